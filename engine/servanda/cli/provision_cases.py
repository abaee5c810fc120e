"""A provision of the rule library comes in; its cases, each with what it reads, go out."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from servanda.cli.loading import Inputs
from servanda.cli.shared import Unreadable
from servanda.errors import LoadError
from servanda.evidence import state
from servanda.model.agreement import Agreement
from servanda.model.report import Report
from servanda.reading import loads
from servanda.reading.misfits import misfits
from servanda.reading.provisions import Provision, ProvisionError, read_provision
from servanda.reading.rejected import ReportError
from servanda.reading.reports import report
from servanda.render.cases import InlineCase, ProvisionCases
from servanda.render.words import clean

KINDS = ("kept", "broken", "disputed")


def read_cases(path: Path) -> Iterator[tuple[str, Inputs, InlineCase]]:
    """Each case: its kind, its agreement with the reports, and what is expected. Raises Unreadable."""
    try:
        provision = read_provision(path)
    except ProvisionError as error:
        raise Unreadable("\n".join(clean(line) for line in str(error).splitlines())) from None
    cases = _cases(provision)
    agreement = _agreement(provision, cases.agreement)
    for kind in KINDS:
        case: InlineCase = getattr(cases, kind)
        statements = [state(one, agreement) for one in _reports(provision, kind, case)]
        latest = max((one.reported for one in statements), default=None)
        yield kind, Inputs([agreement], {agreement.id: statements}, now=time.time_ns() // 1000, latest=latest), case


def _cases(provision: Provision) -> ProvisionCases:
    node = provision.root.at("cases")
    try:
        return ProvisionCases.model_validate(node.plain())
    except ValidationError as error:
        raise Unreadable("\n".join(map(clean, misfits(str(provision.path), node, error)))) from None


def _agreement(provision: Provision, written: dict[str, Any]) -> Agreement:
    """The agreement of the cases; the head that all agreements have need not be written."""
    whole = {"servanda": 1, "agreement": provision.file.provision, **written}
    try:
        # JSON is YAML, with every text in quotes.
        return loads(json.dumps(whole, indent=1, ensure_ascii=False), f"{provision.path} (agreement of the cases)")
    except LoadError as error:
        raise Unreadable(str(error)) from None


def _reports(provision: Provision, kind: str, case: InlineCase) -> Iterator[Report]:
    for number, fields in enumerate(case.reports):
        try:
            yield report(fields)
        except ReportError as error:
            spot = provision.root.at("cases", kind, "reports", number).spot
            where = f"{provision.path}:{spot.line}:{spot.column}"
            raise Unreadable(clean(f"{where}: error[{error.rejected.code}]: {error.rejected.message}")) from None
