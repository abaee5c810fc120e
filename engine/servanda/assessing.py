"""The one idea: agreement, reports, view and times come in; instances with their outcomes go out.

`assess` is a pure function: it does not depend on the order in which reports arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from servanda.evidence import Known, Standing, Statement, know, stand
from servanda.lifecycle import Run, World, facts_of, fold, under
from servanda.matching import make_matcher
from servanda.model.agreement import Agreement, Clause, View
from servanda.model.moments import BEGINNING, Interval, When
from servanda.model.verdict import Assessment, ReportDiagnostic

Engine = Literal["auto", "rete", "plain"]


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
    known = know(statements, known_at, agreement)
    return judge(agreement, known, agreement.view(view), (as_of, known_at), engine, counts)


def judge(
    agreement: Agreement,
    known: Known,
    view: View,
    times: tuple[int, int],
    engine: Engine,
    counts: tuple[int, int] = (0, 0),
) -> Assessed:
    """Judge every clause on what is known."""
    standings = {
        incident: standing
        for incident, statements in known.incidents.items()
        if (standing := stand(incident, statements, known.depth, view, agreement)) is not None
    }
    clauses = under(agreement, view.account_of)
    roles, facts = facts_of(clauses, agreement)
    matcher = make_matcher(facts, agreement.wholes, engine)
    try:
        world = World(agreement, standings, times, matcher, roles)
    finally:
        matcher.close()
    runs = fold(clauses, world)
    notes = [*known.diagnostics, *(d for s in standings.values() for d in s.diagnostics)]
    ordered = {name: sorted(found, key=_order) for name, found in runs.items()}
    assessment = Assessment(
        agreement.id,
        *times,
        view.name,
        matcher.name,
        tuple(run.instance for found in ordered.values() for run in found),
        tuple(sorted(dict.fromkeys(notes), key=_note_order)),
        *counts,
    )
    return Assessed(assessment, agreement, view, clauses, ordered, standings, world, known)


def _order(run: Run) -> tuple[object, ...]:
    """Instances of a clause by bearer, then by trigger time."""
    options = run.cause.options if run.cause is not None else ()
    when = min((time.earliest for option in options for time in option.times), default=BEGINNING)
    return (run.instance.bearer, when, repr(run.instance.origin))


def _note_order(note: ReportDiagnostic) -> tuple[str, str, str]:
    return (note.report or "", note.code, note.message)


def moment(text: str | int, agreement: Agreement) -> int:
    """An `as_of` or `known_at` as an instant: a date counts with its end. Raises ValueError."""
    if isinstance(text, int):
        return text
    time: Interval = When.parse(text).interval(agreement.zone)
    return time.latest
