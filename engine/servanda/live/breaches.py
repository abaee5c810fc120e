"""A prohibition that many incidents breach: incidents that stand differently come in; what changed of the whole goes out.

Each incident breaches a plain prohibition by itself, whatever the others do. So what it comes to is kept by the
number of incidents that may breach it, and that surely do, and one incident more costs no more than the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from servanda.lifecycle import (
    Breached,
    Duty,
    Ground,
    Occurrence,
    Option,
    World,
    act_of_duty,
    clipped,
    violation_of,
    window_of,
)
from servanda.lifecycle.acts import Act, Doubt
from servanda.live.change import Change
from servanda.model.clauses import Clause, Status
from servanda.model.moments import BEGINNING, END, Interval
from servanda.model.verdict import Evidence


class Breach(NamedTuple):
    """One incident that breaches the prohibition, or may."""

    act: Act
    options: tuple[Option, ...]
    sure: bool
    doubts: frozenset[Doubt]
    evidence: Evidence


def is_plain(clause: Clause) -> bool:
    """Whether each incident breaches the clause by itself, from its beginning to its end."""
    return (
        clause.duty == "must_not"
        and not clause.when
        and clause.every is None
        and clause.at_most is None
        and clause.rate is None
        and clause.requires is None
        and clause.otherwise is None
    )


def is_suspendable(clause: Clause) -> bool:
    """Whether the clause as a whole may be out of force for a while: what it is, unbroken, then depends on that."""
    return clause.condition is not None and clause.condition.key is None


class Breaches:
    """The breaches of one plain prohibition by one bearer."""

    def __init__(self, duty: Duty, ground: Ground, world: World) -> None:
        """Take every incident that touches the prohibition."""
        self._duty, self._ground, self._world = duty, ground, world
        window = window_of(duty.clause, world.agreement, world.agreement.term, triggered=False)
        self._inside = Interval(window.start(BEGINNING), window.last(BEGINNING))
        self.closes = window.end(BEGINNING)
        self._held: dict[str, Breach] = {}
        self._bound = (duty.clause.name, duty.bearers)
        self._sure = int(self._settled.sure < END)
        self._suspendable = is_suspendable(duty.clause)
        self.tangled = False  # whether incidents matter to each other after all
        self.statuses: frozenset[Status] = frozenset()
        self.update(one.incident for one in world.touching(duty.clause.name, "duty"))

    def update(self, incidents: Iterable[str]) -> list[tuple[Breach | None, Breach | None]]:
        """Take incidents as they stand now; what each was as a breach, and is."""
        pairs = []
        for incident in incidents:
            before, after = self._held.pop(incident, None), self._breach(incident)
            if after is not None:
                self._held[incident] = after
                self.tangled |= after.act.twice or any(name != incident for _, name in after.doubts)
            self._sure += (after is not None and after.sure) - (before is not None and before.sure)
            if before != after:
                pairs.append((before, after))
        self.tangled |= self._suspendable and not self._sure  # then its state now matters, too
        open_: Status = "holding" if self.closes > self._world.as_of else "fulfilled"
        statuses: set[Status] = set() if self._sure else {open_}
        self.statuses = frozenset(statuses | ({"violated"} if self._held or self._settled.number else set()))
        return pairs

    @property
    def apart(self) -> bool:
        """Whether it can be kept so: incidents do not matter to each other, and its end has not come."""
        return not self.tangled and self._world.as_of < self.closes

    def settle(self, incident: str) -> None:
        """Keep of a breach only that it was: it will not be revised."""
        one = self._held.pop(incident, None)
        if one is None:
            return
        times = [time for option in one.options for time in option.times]
        during = Interval(min(time.earliest for time in times), max(time.latest for time in times))
        sure = one.act.latest if one.sure else END
        self._world.past.breaches[self._bound] = self._settled.more(during, sure)

    @property
    def _settled(self) -> Breached:
        """What is left of those that will not be revised."""
        return self._world.past.breaches.get(self._bound, Breached())

    def _breach(self, incident: str) -> Breach | None:
        standing = self._world.stands((self._duty.clause.name, "duty"), incident)
        act = None if standing is None else act_of_duty(standing, self._duty, self._ground)
        found = [] if act is None else clipped(act, self._inside)
        if act is None or not found:
            return None
        sure = act.certain and Interval(act.earliest, act.latest).within(self._inside)
        doubts = set[Doubt]() if sure else set(act.doubts)
        if not sure and not (doubts and all(Interval(h.earliest, h.latest).within(self._inside) for h, _ in found)):
            doubts.add(("time_uncertain", incident))
        options = tuple(Option(incident, hit.alternative, (when,)) for hit, when in found)
        evidence = Evidence(incident, act.standing.name, "breach", act.standing.reports, certain=sure)
        return Breach(act, options, sure, frozenset(doubts), evidence)

    def violations(
        self, pairs: Iterable[tuple[Breach | None, Breach | None]]
    ) -> Iterator[tuple[Occurrence | None, Occurrence | None]]:
        """What the breaches gave rise to, and what they give rise to now."""
        for before, after in pairs:
            yield self._violation(before), self._violation(after)

    def _violation(self, one: Breach | None) -> Occurrence | None:
        if one is None:
            return None
        clause, bearers = self._duty.clause, self._duty.bearers
        why = one.doubts | one.act.doubts
        return violation_of(clause, bearers, (clause.name, bearers, ""), one.act, one.options, sure=one.sure, why=why)

    def change(self, before: frozenset[Status], pairs: Iterable[tuple[Breach | None, Breach | None]]) -> Change | None:
        """What changed of the instance; None where a reader believes the same as before."""
        clause, bearers = self._duty.clause, self._duty.bearers
        told = [(one, two) for one, two in pairs if one is None or two is None or _differs(one, two)]
        if before == self.statuses and not told:
            return None
        evidence = tuple(two.evidence for _, two in told if two is not None)
        key = (clause.name, bearers, ())
        return Change(key, clause.name, bearers, None, None, before, self.statuses, evidence)


def _differs(one: Breach, two: Breach) -> bool:
    return one.evidence.reports != two.evidence.reports or one.doubts != two.doubts
