"""When time alone can change a verdict: judged runs and a time come in, the next instant to look again goes out.

An outcome changes with time where the time passes a bound that it depends on: an opening, a deadline, the end of a
grace, the beginning of a period. While the time lies between the two ends of such a bound that is itself
uncertain, the outcome may change at any instant: the run is *restless*, and looked at whenever time moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from servanda.lifecycle import Run
from servanda.model.agreement import Agreement
from servanda.model.clauses import Clause
from servanda.model.moments import END, Duration, Interval
from servanda.model.periods import Period, periods

_DECIDED = frozenset(("fulfilled", "ended", "waived"))


class Wake(NamedTuple):
    """The next instant at which time alone may change something, END if there is none; and whether any may."""

    at: int = END
    restless: bool = False

    def sooner(self, other: Wake) -> Wake:
        """The sooner of two."""
        return Wake(min(self.at, other.at), self.restless or other.restless)


def wake_of(run: Run, graces: Iterable[Duration], agreement: Agreement, now: int, before: int) -> Wake:
    """When to look at a run again; `before` is where the clock stood before it was `now`."""
    out = run.outcome
    if out is None or decided(run):
        return Wake()
    stopped = "suspended" in run.instance.statuses
    closes = out.written if stopped else out.closed  # while it is suspended, its deadline moves on with the time
    found = Wake(restless=stopped)
    for bound in (out.opened, closes):
        if bound is not None:
            found = found.sooner(_passing(bound, now, before))
    if closes is not None:
        for each in graces:
            over = Interval(*(at if at >= END else each.after(at, agreement.zone) for at in closes))
            found = found.sooner(_passing(over, now, before))
    return found


def decided(run: Run) -> bool:
    """Whether the outcome is one that time alone never changes."""
    return len(run.instance.statuses) == 1 and run.instance.statuses <= _DECIDED


def _passing(bound: Interval, now: int, before: int) -> Wake:
    """When the time passes a bound; one that is just ahead, whenever one looks, moves on with the time."""
    if now + 1 in bound:
        return Wake(END if before == now - 1 else now + 1, restless=True)
    if now < bound.earliest:
        return Wake(bound.earliest)
    return Wake(bound.latest, restless=True) if now < bound.latest else Wake()


def next_period(clause: Clause, agreement: Agreement, now: int) -> Wake:
    """When the next period of a clause under `every` begins."""
    if clause.every is None:
        return Wake()
    end = END if clause.until is None else clause.until
    begins = (one.start for one in periods(clause.every, END, end, agreement.zone))
    return Wake(next((start for start in begins if start > now), END))


class Periods:
    """The periods of a clause, one after the other as they begin."""

    def __init__(self, clause: Clause, agreement: Agreement) -> None:
        """None has begun yet."""
        assert clause.every is not None  # it has periods
        end = agreement.term.latest if clause.until is None else min(agreement.term.latest, clause.until)
        self._coming = periods(clause.every, END, end, agreement.zone)
        self._ahead = next(self._coming, None)

    @property
    def next(self) -> int:
        """When the next one begins, END if none does."""
        return END if self._ahead is None else self._ahead.start

    def begun(self, now: int) -> Iterator[Period]:
        """Those that have begun by now, and were not told of before."""
        while self._ahead is not None and self._ahead.start <= now:
            yield self._ahead
            self._ahead = next(self._coming, None)
