"""Paths come in; agreements and the statements each of them reads go out, with what could not be read."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import click

from servanda.assessing import Assessed, Engine, judge, moment, prepare
from servanda.cli.shared import REJECTED, Failure, Unreadable, did_you_mean, say
from servanda.errors import LoadError, TooMuchError
from servanda.evidence import Known, Statement, know, state
from servanda.matching import available
from servanda.model.agreement import Agreement
from servanda.model.moments import BEGINNING, END
from servanda.model.report import Report
from servanda.model.verdict import Assessment, ReportDiagnostic
from servanda.reading import check
from servanda.reading.rejected import Rejected, ReportFileError
from servanda.reading.reports import format_of, scan_reports
from servanda.render.words import clean, plural

if TYPE_CHECKING:
    from servanda.columnar import Lines
    from servanda.reading.foreign import Reader

SHOWN = 20
_KEPT = 1000  # rejected lines that are listed; all of them are counted

T = TypeVar("T")
Statements = dict[str, list[Statement]]  # of each agreement


@dataclass
class Inputs:
    """What a run reads."""

    agreements: list[Agreement]
    statements: Statements
    rejected: int = 0
    set_aside: int = 0
    lines: list[ReportDiagnostic] = field(default_factory=list)
    now: int = 0
    latest: int | None = None  # when the latest report was made that goes to any of the agreements
    supposed: Statements = field(default_factory=lambda: defaultdict(list))  # not reported, only supposed to be
    columns: Lines | None = None  # the reports that are no statements


def read_inputs(
    agreements: Sequence[str],
    reports: Sequence[str],
    max_rejects: int | None,
    reader: str | None = None,
    supposed: Sequence[str] = (),
    columns: Callable[[Sequence[Agreement], Sequence[str]], Lines | None] = lambda _, __: None,
) -> Inputs:
    """Load the agreements and route the reports to them, those that are only supposed apart from the others.

    `reader` is how tables of others are read. `columns` may take the reports in columns: then only those of odd
    lines become statements.
    """
    loaded = load_agreements(agreements)
    inputs = Inputs(loaded, {one.id: [] for one in loaded}, now=time.time_ns() // 1000)
    inputs.columns = columns(loaded, reports)
    files = [*((path, inputs.statements) for path in reports), *((path, inputs.supposed) for path in supposed)]
    if inputs.columns is None:
        found = scan_files(files, reader)
    else:
        found = ((item, inputs.statements) for item in inputs.columns.odd())
        _count(inputs, inputs.columns)
    for item, where in found:
        if isinstance(item, Report):
            _route(item, where, inputs)
        else:
            _reject(item, inputs, max_rejects, several=len(files) > 1)
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
            if format_of(path) is not None and not path.endswith(".json"):  # which an agreement may be, too
                broken.append(
                    clean(f"help: {path} is named like a file of reports; those are given with --reports, or -r")
                )
        elif agreement.id in loaded:
            both = f"{path} and {loaded[agreement.id].path}"
            broken.append(clean(f"error: {both} are both the agreement {agreement.id!r}: give one of them another id"))
        else:
            loaded[agreement.id] = agreement
    if broken:
        raise Unreadable("\n".join(broken))
    return list(loaded.values())


def scan_files(files: Sequence[tuple[str, T]], name: str | None) -> Iterator[tuple[Report | Rejected, T]]:
    """Everything in the files, each with what was said of its file.

    They share one reader, so that a later release of the data corrects an earlier one.
    """
    paths = [path for path, _ in files]
    if paths.count("-") > 1:
        raise click.UsageError("'-' can be read only once")
    if "-" in paths:
        check_stdin()
    try:
        reader = None if name is None else _reader(name)
        for path, of in files:
            for item in scan_reports(path, reader=reader):
                yield item, of
    except LoadError as error:
        raise Unreadable(str(error)) from None
    except ReportFileError as error:
        raise Failure(str(error)) from None


def _reader(name: str) -> Reader:
    """Most report files are no tables of others."""
    from servanda.reading.foreign import Reader

    return Reader(name)


def check_stdin() -> None:
    """Raises Failure where there is no stdin to read."""
    if sys.stdin is None:
        raise Failure("stdin is closed; give the reports as a file")


def say_rejected(item: Rejected) -> None:
    """What is wrong with a line, on stderr."""
    say(f"{item.file}:{item.line}: error[{item.code}]: {item.message}")
    say(f"   help: {item.remedy}")


def _route(report: Report, where: Statements, inputs: Inputs) -> None:
    """A report goes to the agreement it names, or to all."""
    if report.agreement is not None and report.agreement not in inputs.statements:
        inputs.set_aside += 1
        return
    for agreement in inputs.agreements:
        if report.agreement in (None, agreement.id):
            statement = state(report, agreement)
            where[agreement.id].append(statement)
            inputs.latest = max(statement.reported, inputs.latest or statement.reported)


def _count(inputs: Inputs, columns: Lines) -> None:
    """Count in the reports that are in columns."""
    from servanda.columnar import latest, set_aside

    inputs.set_aside += set_aside(columns, [one.id for one in inputs.agreements])
    made = (latest(columns, one) for one in inputs.agreements)
    inputs.latest = max((at for at in made if at is not None), default=None)


def _reject(item: Rejected, inputs: Inputs, most: int | None, *, several: bool) -> None:
    inputs.rejected += 1
    if inputs.rejected <= SHOWN:
        say_rejected(item)
    if inputs.rejected <= _KEPT:
        message = f"{item.file}: {item.message}" if several else item.message
        inputs.lines.append(ReportDiagnostic(item.code, message, item.report, item.line))
    if most is not None and inputs.rejected > most:
        say(
            f"error: more than {plural(most, 'rejected line')}, which --max-rejects does not allow; nothing is assessed"
        )
        raise click.exceptions.Exit(REJECTED)


# --- assessing ----------------------------------------------------------------------------------------


def times_for(agreement: Agreement, as_of: str | None, known_at: str | None, inputs: Inputs) -> tuple[int, int]:
    """The two times of an assessment: as said, else the latest report."""
    latest = inputs.latest
    at = latest if as_of is None else time_said("--as-of", as_of, agreement, inputs.now)
    if at is None:
        raise click.UsageError("there is no report to take the time from: say --as-of, or give reports with -r")
    if known_at is not None:
        return at, time_said("--known-at", known_at, agreement, inputs.now)
    return at, at if latest is None else latest


def time_said(option: str, text: str, agreement: Agreement, now: int) -> int:
    """The time given to an option, a date with its end; `now` is the run's own. Raises UsageError."""
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


def chosen(agreements: Sequence[Agreement], asked: Sequence[str]) -> Callable[[str], bool]:
    """Whether a clause is among those asked for, or a substitute of one. Raises Failure for an unknown one."""
    known = [name for agreement in agreements for name in clause_names(agreement)]
    for name in asked:
        if name not in known:
            raise Failure(f"there is no clause {name!r}{did_you_mean(name, known)}")
    return lambda clause: not asked or any(f"{clause}.".startswith(f"{name}.") for name in asked)


def known_by(at: int, agreement: Agreement, inputs: Inputs, *, supposing: bool = False) -> Known:
    """What was reported on an agreement by a time; `supposing` takes what is only supposed for reported."""
    told = inputs.statements[agreement.id]
    return know([*told, *inputs.supposed[agreement.id]] if supposing else told, at, agreement)


def judged(
    agreement: Agreement, inputs: Inputs, views: Sequence[str], times: tuple[int, int], engine: Engine
) -> Iterator[Assessed]:
    """The assessments of one agreement, one for each view; what is known is sorted only once."""
    known = known_by(times[1], agreement, inputs)
    for (one,) in judged_each(agreement, inputs, views, [(known, times)], engine):
        yield one


def judged_each(
    agreement: Agreement,
    inputs: Inputs,
    views: Sequence[str],
    questions: Sequence[tuple[Known, tuple[int, int]]],
    engine: Engine,
) -> Iterator[tuple[Assessed, ...]]:
    """For each view the answers to several questions: on what is known, as of and known at which times."""
    counts = (inputs.rejected, inputs.set_aside)
    if engine == "auto" and not available():
        say("note: matched in plain Python, because durable_rules cannot be imported; the verdicts are the same")
    for view in views:
        # what is not in columns is matched one by one, for which DuckDB is not made
        prepared = prepare(agreement, view, "plain" if engine == "columnar" else engine)
        try:
            yield tuple(judge(prepared, known, times, counts) for known, times in questions)
        except TooMuchError as error:
            raise Failure(f"{agreement.id}: {error}") from None
        finally:
            prepared.matcher.close()


def tell(assessments: Sequence[Assessment], inputs: Inputs) -> None:
    """What the reader should know about reports, once, on stderr."""
    told = {(note.code, note.message) for note in inputs.lines}
    notes = dict.fromkeys(
        (note.code, note.message)
        for one in assessments
        for note in one.diagnostics
        if (note.code, note.message) not in told
    )
    for code, message in list(notes)[:SHOWN]:
        say(f"warning[{code}]: {message}")
    if len(notes) > SHOWN:
        say(f"... and {len(notes) - SHOWN} more, all of them in --format json")
