"""A judged agreement comes in; what falls due next, what is overdue or missed, and what silence would bring go out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from servanda.assessing import Assessed
from servanda.explain.conditions import conditions, ground_of
from servanda.explain.derivation import clause_of, context_of
from servanda.explain.differences import Difference, differences
from servanda.lifecycle import Ground, Run
from servanda.lifecycle.patterns import phrase
from servanda.model.clauses import Clause
from servanda.model.moments import END, Duration, Interval
from servanda.model.verdict import Assessment, Instance

Kind = Literal["overdue", "due", "missed"]
KINDS: tuple[Kind, ...] = ("overdue", "due", "missed")  # what can still be put right in time comes first


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something owed by a time: still to come (`due`), passed with its grace running (`overdue`), or `missed`.

    Times are intervals of UTC microseconds; `grace_over`, of what is not `due` any more, is when it counts as
    violated. `owed` says in words what is owed, and how much of it. The instance says how sure it is.
    """

    kind: Kind
    instance: Instance
    due: Interval
    grace_over: Interval | None
    owed: str
    requires: str | None
    text: str | None
    toward: tuple[str, ...]

    @property
    def late(self) -> bool:
        """Whether the deadline has passed, or may have, and nothing made it good."""
        return bool(self.instance.statuses & {"overdue", "violated"})


@dataclass(frozen=True, slots=True)
class Coming:
    """A change that time alone would bring: `at` is when its new status begins, None where nothing says so.

    `grace_over` is given where it is that of a deadline that would be missed.
    """

    difference: Difference
    at: Interval | None
    grace_over: Interval | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What lies ahead under one agreement and view; `until` is up to when `coming` supposes silence, None: not asked."""

    assessment: Assessment
    deadlines: tuple[Deadline, ...]
    until: int | None
    coming: tuple[Coming, ...]


def deadlines(assessed: Assessed, within: Duration | None = None) -> tuple[Deadline, ...]:
    """What is overdue, what falls due next, and what was missed and not made good; each by deadline.

    What is only possible counts: as overdue where it may be, else as due where it may be in time. Duties without a
    deadline fall due never. `within` leaves out what falls due later than that after `as_of`; it hides nothing that has.
    """
    ground = ground_of(assessed)
    as_of, zone = assessed.assessment.as_of, assessed.agreement.zone
    horizon = END if within is None else within.after(as_of, zone)
    found = []
    for run in assessed.all_runs():
        due, kind = run.instance.due, _kind(run.instance)
        if due is not None and kind is not None and due.earliest <= horizon:
            found.append(_deadline(kind, due, run, assessed, ground))
    return tuple(sorted(found, key=lambda one: (KINDS.index(one.kind), one.due.earliest)))


def coming(before: Assessed, after: Assessed) -> tuple[Coming, ...]:
    """What differs at a later time with the same reports, in the order in which it would happen.

    A missed deadline happens at the deadline, also where it becomes a violation only when grace is over.
    """
    ground = ground_of(after)
    runs = {run.instance.key: run for run in after.all_runs()}
    found = []
    for one in differences(before.assessment, after.assessment):
        at = over = None
        if one.after is not None:
            at = one.after.since or one.after.due
            if one.after.due is not None and one.after.statuses & {"overdue", "violated"}:
                over = _grace_over(one.after.due, runs[one.after.key], after, ground)
        found.append(Coming(one, at, over))
    return tuple(sorted(found, key=lambda one: END if one.at is None else one.at.earliest))


def _kind(instance: Instance) -> Kind | None:
    """On which list an instance with a deadline stands; None where nothing of it is owed any more."""
    if instance.cured is not None:
        return None
    if "overdue" in instance.statuses:
        return "overdue"
    if "pending" in instance.statuses:
        return "due"
    return "missed" if "violated" in instance.statuses else None


def _deadline(kind: Kind, due: Interval, run: Run, assessed: Assessed, ground: Ground) -> Deadline:
    clause = clause_of(assessed, run)
    owed = dict.fromkeys(_owed(one, run, assessed) for one in _versions(clause, due, ground))
    return Deadline(
        kind,
        run.instance,
        due,
        None if kind == "due" else _grace_over(due, run, assessed, ground),
        " or ".join(owed),
        clause.requires,
        clause.text,
        clause.toward,
    )


def _owed(clause: Clause, run: Run, assessed: Assessed) -> str:
    context = context_of(run, clause)
    amounts = takewhile(lambda one: one["key"] in ("at_least", "quantity"), conditions(assessed, run, clause, context))
    return ", ".join([phrase(clause.pattern, context), *(str(one["text"]) for one in amounts)])


def _grace_over(due: Interval, run: Run, assessed: Assessed, ground: Ground) -> Interval:
    agreement = assessed.agreement
    graces = [one.grace or agreement.grace for one in _versions(clause_of(assessed, run), due, ground)]
    ends = [[grace.after(at, agreement.zone) for grace in graces] for at in due]
    return Interval(min(ends[0]), max(ends[1]))


def _versions(clause: Clause, due: Interval, ground: Ground) -> Iterable[Clause]:
    """The clause as it reads when it falls due, in each way in which it may have been amended."""
    for way in ground.ways(clause):
        yield [one.clause for one in way if one.since is None or one.since.earliest < due.latest][-1]
