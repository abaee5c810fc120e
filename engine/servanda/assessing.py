"""The one idea: agreement, reports, view and times come in; instances with their outcomes go out.

`assess` is a pure function: it does not depend on the order in which reports arrived.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from servanda.evidence import Known, Standing, Statement, by_then, know, stand
from servanda.lifecycle import (
    Past,
    Reported,
    Run,
    Touching,
    World,
    finished,
    fold,
    groups_of,
    names_of,
    refine,
    roles_of,
    under,
    world_of,
)
from servanda.matching import Matcher, make_matcher
from servanda.model.agreement import Agreement, View
from servanda.model.clauses import Clause
from servanda.model.moments import BEGINNING, When, sayable
from servanda.model.verdict import Assessment, ReportDiagnostic

Engine = Literal["auto", "rete", "columnar", "plain"]
Time = str | int | dt.date  # an EDTF text, an instant in UTC microseconds, a date or a datetime


@dataclass(frozen=True)
class Assessed:
    """An assessment with the ground it stands on, for explanations."""

    assessment: Assessment
    agreement: Agreement
    view: View
    clauses: tuple[Clause, ...]
    runs: Mapping[str, list[Run]]
    standings: Mapping[str, Standing]
    world: World
    known: Known

    def all_runs(self) -> list[Run]:
        """Every run in the order of the assessment's instances."""
        return [run for runs in self.runs.values() for run in runs]


def assess(
    agreement: Agreement,
    statements: Iterable[Statement],
    view: str,
    as_of: int,
    known_at: int,
    *,
    engine: Engine = "auto",
    counts: tuple[int, int] = (0, 0),
) -> Assessed:
    """Judge every clause; `counts` are the lines of the run that were rejected and set aside.

    Raises KeyError for an unknown view and TooMuchError for clauses that trigger each other without end.
    """
    prepared = prepare(agreement, view, engine)
    try:
        return judge(prepared, know(statements, known_at, agreement), (as_of, known_at), counts)
    finally:
        prepared.matcher.close()


@dataclass(frozen=True)
class Prepared:
    """An agreement under a view with its clauses as rule facts in a matching engine, ready to judge.

    It belongs to the thread that made it; close `matcher` when done.
    """

    agreement: Agreement
    view: View
    clauses: tuple[Clause, ...]
    touching: Touching
    matcher: Matcher


def prepare(agreement: Agreement, view: str, engine: Engine = "auto") -> Prepared:
    """Make the clauses, as the view reads them, rule facts; raises KeyError for an unknown view."""
    seen = agreement.view(view)
    clauses = under(agreement, seen.account_of)
    touching = Touching(clauses, agreement)
    return Prepared(agreement, seen, clauses, touching, make_matcher(touching.facts, agreement.wholes, engine))


def used(clauses: Sequence[Clause], world: World) -> set[str]:
    """The powers and permissions that some incident may make use of."""
    return {one.name for one in clauses if one.duty in ("may", "can") and world.touching(one.name, "duty")}


Judged = Callable[[tuple[str, ...], World], Mapping[str, Sequence[Run]] | None]


def judge(
    prepared: Prepared,
    known: Known,
    times: tuple[int, int],
    counts: tuple[int, int] = (0, 0),
    judged: Judged | None = None,
    past: Past | None = None,
) -> Assessed:
    """Judge every clause on what is known.

    `judged` may know the runs of clauses, by their names, on what touches them; None where it does not. `past` is
    what is settled, and not judged again.
    """
    agreement = prepared.agreement
    standings = standings_of(known, prepared.view, agreement, times[0])
    world = world_of(agreement, standings, times, prepared.matcher, prepared.touching, prepared.clauses, past)
    runs: dict[str, Sequence[Run]] = {}
    for group in groups_of(prepared.clauses, used(prepared.clauses, world)):
        part = world.part(group, roles_of(group))
        held = judged(names_of(group), part) if judged is not None else None
        if held is None:
            held = refine(group, part, fold(group, part), fold)
        runs |= held
    return assembled(prepared, runs, world, known, counts)


def standings_of(known: Known, view: View, agreement: Agreement, as_of: int) -> dict[str, Standing]:
    """How each incident that something is known of stands under a view, as of a time."""
    return {
        incident: by_then(standing, as_of)
        for incident, statements in known.incidents.items()
        if (standing := stand(incident, statements, known.depth, view, agreement)) is not None
    }


def assembled(
    prepared: Prepared, runs: Mapping[str, Sequence[Run]], world: World, known: Known, counts: tuple[int, int]
) -> Assessed:
    """The assessment that judged runs make, with the coverage of each, in its order."""
    agreement, view, times = prepared.agreement, prepared.view, (world.as_of, world.known_at)
    by_name = {clause.name: clause for top in prepared.clauses for clause in top.with_otherwise()}
    reported = Reported(world.standings.values(), agreement)
    ordered = {
        name: sorted(finished(runs[name], by_name, reported, agreement, times), key=in_order)
        for name in by_name
        if name in runs
    }
    notes = [*known.diagnostics, *(d for s in world.standings.values() for d in s.diagnostics)]
    assessment = Assessment(
        agreement.id,
        *times,
        view.name,
        prepared.matcher.name,
        tuple(run.instance for found in ordered.values() for run in found),
        in_report_order(notes),
        *counts,
    )
    return Assessed(assessment, agreement, view, prepared.clauses, ordered, world.standings, world, known)


def in_order(run: Run) -> tuple[object, ...]:
    """Puts the runs of a clause in order: by bearer, trigger time and period."""
    options = run.cause.options if run.cause is not None else ()
    when = min((time.earliest for option in options for time in option.times), default=BEGINNING)
    period = run.instance.period
    return (run.instance.bearer, when, -1 if period is None else period.index, repr(run.instance.origin))


def in_report_order(notes: Iterable[ReportDiagnostic]) -> tuple[ReportDiagnostic, ...]:
    """Notes by report, code and message, each once."""
    return tuple(sorted(dict.fromkeys(notes), key=lambda note: (note.report or "", note.code, note.message)))


def moment(said: Time, agreement: Agreement) -> int:
    """An `as_of` or `known_at` as an instant: a date counts with its end, a clock without a zone is local.

    Raises ValueError for a text that is no time.
    """
    text = said.isoformat() if isinstance(said, dt.date) else said  # a datetime is one, too
    at = text if isinstance(text, int) else When.parse(text).interval(agreement.zone).latest
    if not sayable(at):
        msg = f"{text} lies outside the years 1 to 9999"
        raise ValueError(msg)
    return at


def times(agreement: Agreement, latest: int | None, as_of: Time | None, known_at: Time | None) -> tuple[int, int]:
    """`as_of` and `known_at` as instants: both by default the latest `reported`, and `known_at` else `as_of`.

    Raises ValueError for a text that is no time, or when there is neither a report nor an `as_of`.
    """
    at = latest if as_of is None else moment(as_of, agreement)
    if at is None:
        msg = "there is no report to take the time from: say as_of"
        raise ValueError(msg)
    known = latest if known_at is None else moment(known_at, agreement)
    return at, at if known is None else known
