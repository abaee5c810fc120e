"""Paths come in; agreements and the statements each of them reads go out, with what could not be read."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import click

from servanda.assessing import Assessed, Engine, judge, moment, prepare
from servanda.cli.shared import REJECTED, Failure, Unreadable, did_you_mean, say
from servanda.errors import LoadError, TooMuchError
from servanda.evidence import Statement, know, state
from servanda.matching import available
from servanda.model.agreement import Agreement
from servanda.model.moments import BEGINNING, END
from servanda.model.report import Report
from servanda.model.verdict import ReportDiagnostic
from servanda.reading import check
from servanda.reading.foreign import Reader
from servanda.reading.rejected import Rejected, ReportFileError
from servanda.reading.reports import scan_reports
from servanda.render.words import clean, plural

SHOWN = 20
_KEPT = 1000  # rejected lines that are listed; all of them are counted


@dataclass
class Inputs:
    """What a run reads."""

    agreements: list[Agreement]
    statements: dict[str, list[Statement]]
    rejected: int = 0
    set_aside: int = 0
    lines: list[ReportDiagnostic] = field(default_factory=list)
    now: int = 0
    latest: int | None = None  # when the latest report was made that goes to any of the agreements


def read_inputs(
    agreements: Sequence[str], reports: Sequence[str], max_rejects: int | None, reader: str | None = None
) -> Inputs:
    """Load the agreements and route the reports to them; `reader` is how tables of others are read."""
    loaded = load_agreements(agreements)
    inputs = Inputs(loaded, {one.id: [] for one in loaded}, now=time.time_ns() // 1000)
    if reports.count("-") > 1:
        raise click.UsageError("'-' can be read only once")
    if "-" in reports and sys.stdin is None:
        raise Failure("stdin is closed; give the reports as a file")
    try:
        for item in _scan(reports, reader):
            if isinstance(item, Report):
                _route(item, inputs)
            else:
                _reject(item, inputs, max_rejects, several=len(reports) > 1)
    except ReportFileError as error:
        raise Failure(str(error)) from None
    if inputs.rejected > SHOWN:
        say(f"... and {plural(inputs.rejected - SHOWN, 'more rejected line')}")
    return inputs


def load_agreements(paths: Sequence[str]) -> list[Agreement]:
    """Every agreement; when any has errors, all diagnostics of all of them."""
    loaded: dict[str, Agreement] = {}
    broken: list[str] = []
    for path in paths:
        agreement, diagnostics = check(path)
        if agreement is None:
            broken += [one.render() for one in diagnostics]
        elif agreement.id in loaded:
            both = f"{path} and {loaded[agreement.id].path}"
            broken.append(clean(f"error: {both} are both the agreement {agreement.id!r}: give one of them another id"))
        else:
            loaded[agreement.id] = agreement
    if broken:
        raise Unreadable("\n".join(broken))
    return list(loaded.values())


def _scan(paths: Sequence[str], name: str | None) -> Iterator[Report | Rejected]:
    """Everything in the files; they share one reader, so that a later release of the data corrects an earlier one."""
    try:
        reader = None if name is None else Reader(name)
    except LoadError as error:
        raise Unreadable(str(error)) from None
    for path in paths:
        yield from scan_reports(path, reader=reader)


def _route(report: Report, inputs: Inputs) -> None:
    """A report goes to the agreement it names, or to all."""
    if report.agreement is not None and report.agreement not in inputs.statements:
        inputs.set_aside += 1
        return
    for agreement in inputs.agreements:
        if report.agreement in (None, agreement.id):
            statement = state(report, agreement)
            inputs.statements[agreement.id].append(statement)
            inputs.latest = max(statement.reported, inputs.latest or statement.reported)


def _reject(item: Rejected, inputs: Inputs, most: int | None, *, several: bool) -> None:
    inputs.rejected += 1
    if inputs.rejected <= SHOWN:
        say(f"{item.file}:{item.line}: error[{item.code}]: {item.message}")
        say(f"   help: {item.remedy}")
    if inputs.rejected <= _KEPT:
        message = f"{item.file}: {item.message}" if several else item.message
        inputs.lines.append(ReportDiagnostic(item.code, message, None, item.line))
    if most is not None and inputs.rejected > most:
        say(
            f"error: more than {plural(most, 'rejected line')}, which --max-rejects does not allow; nothing is assessed"
        )
        raise click.exceptions.Exit(REJECTED)


# --- assessing ----------------------------------------------------------------------------------------


def times_for(agreement: Agreement, as_of: str | None, known_at: str | None, inputs: Inputs) -> tuple[int, int]:
    """The two times of an assessment: as said, else the latest report."""
    latest = inputs.latest
    at = latest if as_of is None else _moment("--as-of", as_of, agreement, inputs.now)
    if at is None:
        raise click.UsageError("there is no report to take the time from: say --as-of, or give reports with -r")
    if known_at is not None:
        return at, _moment("--known-at", known_at, agreement, inputs.now)
    return at, at if latest is None else latest


def _moment(option: str, text: str, agreement: Agreement, now: int) -> int:
    if text == "now":
        return now
    try:
        at = moment(text, agreement)
    except (ValueError, OverflowError) as error:
        raise click.UsageError(f"{option}: {clean(str(error))}") from None
    if not BEGINNING < at < END:
        raise click.UsageError(f"{option}: {clean(text)!r} has no end, or lies too far away; say a date or a time")
    return at


def view_names(agreement: Agreement, asked: Sequence[str]) -> list[str]:
    """The views asked for, each once; `all` is every view."""
    names: dict[str, None] = {}
    for view in asked or ("neutral",):
        try:
            found = list(agreement.views) if view == "all" else [agreement.view(view).name]
        except KeyError:
            known = "; it has " + ", ".join(repr(name) for name in agreement.views)
            guess = did_you_mean(view, [*agreement.views, "all"]) or known
            raise Failure(f"the agreement {agreement.id!r} has no view {view!r}{guess}") from None
        names |= dict.fromkeys(found)
    return list(names)


def clause_names(agreement: Agreement) -> list[str]:
    """Every clause with its chain of substitutes, those of readings too."""
    versions = [version for clause in agreement.clauses for version in (clause, *clause.readings.values())]
    return list(dict.fromkeys(part.name for version in versions for part in version.with_otherwise()))


def judged(
    agreement: Agreement, inputs: Inputs, views: Sequence[str], times: tuple[int, int], engine: Engine
) -> Iterator[Assessed]:
    """The assessments of one agreement, one for each view; what is known is sorted only once."""
    known = know(inputs.statements[agreement.id], times[1], agreement)
    counts = (inputs.rejected, inputs.set_aside)
    if engine == "auto" and not available():
        say("note: matched in plain Python, because durable_rules cannot be imported; the verdicts are the same")
    for view in views:
        prepared = prepare(agreement, view, engine)
        try:
            yield judge(prepared, known, times, counts)
        except TooMuchError as error:
            raise Failure(f"{agreement.id}: {error}") from None
        finally:
            prepared.matcher.close()
