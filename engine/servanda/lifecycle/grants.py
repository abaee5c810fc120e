"""Permissions and powers in time: when whom a clause allows what comes in, whether it covers an incident goes out.

A grant is one run of a `may` or a `can`: for one bearer, and where the clause has a trigger, from one trigger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from servanda.evidence import Alternative
from servanda.lifecycle.acts import Doubt
from servanda.lifecycle.patterns import Context, answer
from servanda.lifecycle.spans import Spans
from servanda.lifecycle.switches import NO, YES, Lookup, all_of, any_of, opposite
from servanda.model.agreement import Agreement
from servanda.model.clauses import Clause
from servanda.model.kleene import Answer, Truth
from servanda.model.moments import Interval

InForce = Callable[[Interval, str], Lookup]


@dataclass(frozen=True, slots=True)
class Grant:
    """What one bearer may do, from an opening to a closing; `certain` that the grant came about at all."""

    context: Context
    opens: Interval
    closes: Interval
    certain: bool = True
    doubts: frozenset[Doubt] = frozenset()
    own: str | None = None  # the incident that triggered it, which it does not cover
    lineage: frozenset[str] = frozenset()  # the uncertain incidents that its coming about depends on


class Grants:
    """Every grant of one clause, found by time."""

    def __init__(
        self,
        clause: Clause,
        grants: Iterable[Grant],
        in_force: InForce,
        changes: Callable[[Interval], Iterable[int]],
        agreement: Agreement,
    ) -> None:
        """Sort the grants by time; `in_force` says when the clause itself holds, `changes` when that may change."""
        self.clause, self._in_force, self._changes, self._agreement = clause, in_force, changes, agreement
        self.grants = tuple(grants)
        times = (Interval(one.opens.earliest, one.closes.latest) for one in self.grants)
        self._spans = Spans(enumerate(times))

    def cover(self, alternative: Alternative, time: Interval, incident: str) -> Lookup:
        """Whether what may have happened at an instant of this interval is covered by some grant."""
        found = []
        for grant in self._meeting(time):
            if grant.own != incident:
                found.append(self._covers(grant, alternative, time, incident))
                if found[-1].truth is Truth.YES:
                    return YES
        return any_of(found) if found else NO

    def _covers(self, grant: Grant, alternative: Alternative, time: Interval, incident: str) -> Lookup:
        asked = answer(self.clause.pattern, alternative, grant.context, self._agreement)
        if asked.truth is Truth.NO:
            return NO
        unless = Answer(Truth.NO)
        if self.clause.unless is not None:
            unless = answer(self.clause.unless, alternative, grant.context, self._agreement)
        given = Lookup(Truth.YES if grant.certain else Truth.MAYBE, grant.doubts)
        during = within(time, grant.opens, grant.closes, incident, grant.own)
        asks = (looked_up(asked, incident), opposite(looked_up(unless, incident)))
        found = all_of((*asks, given, during, self._in_force(time, incident)))
        return found._replace(twice=True) if incident in grant.lineage and found.truth is Truth.MAYBE else found

    def cuts(self, time: Interval, incident: str) -> Iterator[int]:
        """The instants in an interval at which it may change whether a grant covers an incident."""
        yield from self._changes(time)
        for one in self._meeting(time):
            if one.own != incident:
                yield from (one.opens.earliest, one.opens.latest, one.closes.earliest + 1, one.closes.latest + 1)

    def _meeting(self, time: Interval) -> Iterator[Grant]:
        return (self.grants[number] for number in self._spans.meeting(*time))


def looked_up(found: Answer, incident: str) -> Lookup:
    """The answer of a pattern about an incident."""
    return Lookup(found.truth, frozenset((reason, incident) for reason in found.reasons))


def within(time: Interval, opens: Interval, closes: Interval, incident: str, trigger: str | None) -> Lookup:
    """Whether an instant of an incident's interval lies in a window whose ends are open to some degree.

    >>> within(Interval(3, 4), Interval(0, 1), Interval(9, 9), "i1", None).truth.name
    'YES'
    """
    if time.earliest >= opens.latest and time.latest <= closes.earliest:
        return YES
    if max(time.earliest, opens.earliest) > min(time.latest, closes.latest):
        return NO
    doubts: set[Doubt] = {("time_uncertain", incident)} if time.earliest != time.latest else set()
    if trigger is not None and (opens.earliest != opens.latest or closes.earliest != closes.latest):
        doubts.add(("time_uncertain", trigger))
    return Lookup(Truth.MAYBE, frozenset(doubts))
