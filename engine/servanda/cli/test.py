"""`servanda test`: case files come in; each expectation that fails, a summary and an exit code go out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import click

from servanda.cli.documented import Documented
from servanda.cli.shared import FINE, UNUSABLE, Failure, say

if TYPE_CHECKING:
    from pathlib import Path

    from servanda.cli.loading import Inputs
    from servanda.model.agreement import Agreement
    from servanda.model.verdict import Instance
    from servanda.render.cases import CaseFile, Expectation

_FAILED = 1


class Checked(NamedTuple):
    """One expectation: which, and how it fails; None when it holds."""

    name: str
    failure: str | None


@click.command(
    "test",
    cls=Documented,
    examples=(
        "servanda test",
        "servanda test my-agreements/",
    ),
)
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
def command(paths: tuple[str, ...]) -> None:
    """Run case files, or all below a folder; without PATHS the cases and provisions that come with servanda.

    A case names an agreement, its reports and the verdicts expected of them. A provision of the rule
    library carries its cases with it. Exit code: 0 all are as expected; 1 some are not; 2 a case that
    cannot be read.
    """
    from servanda.cli.case_file import find_cases

    try:
        cases = find_cases(paths or _own_cases())
    except FileNotFoundError as error:
        raise Failure(str(error)) from None
    passed = failed = unreadable = 0
    for path in cases:
        try:
            results = list(run_case(path))
        except (click.ClickException, click.exceptions.Exit) as error:
            if isinstance(error, click.ClickException):
                error.show()
            say(f"{path}: cannot be run")
            unreadable += 1
            continue
        for result in results:
            if result.failure is not None:
                _print(f"{path}: {result.name}: {result.failure}")
        failed += sum(result.failure is not None for result in results)
        passed += sum(result.failure is None for result in results)
    _print(f"{passed} passed, {failed} failed" + (f", {unreadable} unreadable" if unreadable else ""))
    raise click.exceptions.Exit(UNUSABLE if unreadable else _FAILED if failed else FINE)


def _own_cases() -> list[str]:
    from servanda.cli.case_file import PROVISIONS
    from servanda.rulebook import cases_dir, rules_dir

    provisions = rules_dir() / PROVISIONS
    return [str(cases_dir()), *([str(provisions)] if provisions.is_dir() else [])]


def _print(text: str) -> None:
    from servanda.render.words import clean

    click.echo(clean(text))


def run_case(path: Path) -> Iterator[Checked]:
    """Every expectation of a case, held against what the reports come to."""
    from servanda.cli.case_file import is_provision, read_case
    from servanda.cli.loading import read_inputs

    if is_provision(path):
        yield from _run_provision(path)
        return
    case: CaseFile = read_case(path)
    here = path.parent
    inputs = read_inputs((str(here / case.agreement),), [str(here / name) for name in case.reports], None)
    for expected in case.expect:
        yield from _expectation(expected, inputs)


def _run_provision(path: Path) -> Iterator[Checked]:
    """The same for the cases that a provision carries."""
    from servanda.cli.provision_cases import read_cases

    for kind, inputs, case in read_cases(path):
        for expected in case.expect:
            for checked in _expectation(expected, inputs):
                yield Checked(f"{kind}: {checked.name}", checked.failure)


def _expectation(expected: Expectation, inputs: Inputs) -> Iterator[Checked]:
    from servanda.cli.loading import judged, times_for, view_names

    agreement = inputs.agreements[0]
    where = f"{expected.view}, as of {expected.as_of}"
    where += f", known at {expected.known_at}" if expected.known_at else ""
    try:
        views = view_names(agreement, (expected.view,))
        times = times_for(agreement, expected.as_of, expected.known_at or expected.as_of, inputs)
        instances = next(judged(agreement, inputs, views, times, "auto")).assessment.instances
    except click.ClickException as error:
        yield Checked(where, error.message)
        return
    for name, verdict in expected.verdicts.items():
        yield Checked(f"{where}: {name}", _compare(name, verdict, agreement, instances))
    for name, reasons in expected.because.items():
        found = _found(name, agreement, instances)
        got = found if isinstance(found, str) else sorted({b.reason for one in found for b in one.because})
        wanted = sorted(set(reasons))
        failure = None if got == wanted else f"expected because {_shown(wanted)}, got {_shown(got)}"
        yield Checked(f"{where}: {name}", failure)


def _compare(name: str, verdict: object, agreement: Agreement, instances: tuple[Instance, ...]) -> str | None:
    """How what is found differs from what is expected, or None."""
    found = _found(name, agreement, instances)
    if isinstance(found, str):
        return f"expected {_shown(verdict)}, got {found}"
    if isinstance(verdict, dict):
        counts = dict(Counter(one.status for one in found))
        wanted = {status: count for status, count in verdict.items() if count}
        return None if counts == wanted else f"expected {_shown(verdict)}, got {_shown(counts)}"
    if len(found) != 1:
        counts = dict(Counter(one.status for one in found))
        many = f"{len(found)} instances ({_shown(counts)}), which need the form {{STATUS: count}}"
        return f"expected {_shown(verdict)}, got {many}"
    one = found[0]
    as_expected = one.statuses == set(verdict) if isinstance(verdict, list) else one.status == verdict
    if as_expected:
        return None
    because = ", ".join(f"{b.reason} {b.incident}" for b in one.because)
    got = f"{one.status} ({' or '.join(one.possible)}; {because})" if one.possible else one.status
    return f"expected {_shown(verdict)}, got {got}"


def _found(name: str, agreement: Agreement, instances: tuple[Instance, ...]) -> list[Instance] | str:
    """The instances meant by `CLAUSE/BEARER`, or why there are none."""
    from servanda.cli.why import split_finding

    try:
        clause, bearer = split_finding(name, agreement)
    except Failure as failure:
        return failure.message
    found = [one for one in instances if one.clause == clause]
    if bearer is None:
        bearers = dict.fromkeys("+".join(one.bearer) for one in found)
        if len(bearers) > 1:
            return f"several bearers ({', '.join(bearers)}): write {clause}/BEARER"
    else:
        wanted = {agreement.actor_id(one) for one in bearer.split("+")}
        found = [one for one in found if set(one.bearer) == wanted]
    return found or "no instance"


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{count} {status}" for status, count in sorted(value.items())) or "none"
    if isinstance(value, list):
        return " or ".join(map(str, sorted(value))) or "none"
    return str(value)
