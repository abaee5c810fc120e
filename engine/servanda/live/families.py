"""Instances with their substitutes, and what each looks at: judged runs come in; whom something concerns, and when, goes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from servanda.evidence import Standing
from servanda.lifecycle import Duty, Occurrence, Role, Run, World
from servanda.lifecycle.acts import spread
from servanda.lifecycle.patterns import Context
from servanda.live.breaches import Breaches, is_suspendable
from servanda.live.concerned import Concerned, Keys
from servanda.live.stretches import acts_stretch, life, tree
from servanda.live.waking import Wake, wake_of
from servanda.model.clauses import Clause
from servanda.model.moments import END, Duration, Interval
from servanda.model.patterns import Pattern
from servanda.model.periods import Period

Origin = tuple[object, ...]
FamilyKey = tuple[str, tuple[str, ...], Origin]  # its clause, who is bound, and what created it


@dataclass(slots=True)
class Family:
    """One instance with those of its substitutes: what creates it, and how it was judged last.

    Where very many incidents breach it, `breaches` has them instead of a run, and `touched` those to look at again.
    """

    number: int
    key: FamilyKey
    duty: Duty
    cause: Occurrence | None = None
    period: Period | None = None
    run: Run | None = None  # None: nothing creates it, or it is kept by its breaches
    wake: Wake = Wake()
    breaches: Breaches | None = None
    touched: dict[str, None] = field(default_factory=dict)

    @property
    def created(self) -> bool:
        """Whether there is anything that creates it."""
        clause = self.duty.clause
        return self.cause is not None or self.period is not None or not (clause.when or clause.every)

    def is_stale(self, standings: Mapping[str, Standing]) -> bool:
        """Whether what caused it is no more: it is judged again once its cause was."""
        options = self.cause.options if self.cause is not None else ()
        return any(one.incident is not None and one.incident not in standings for one in options)


class Families:
    """The families of a group of clauses, found by what they look at and by when time may change them."""

    def __init__(self, clauses: Iterable[Clause], world: World, graces: Mapping[str, Iterable[Duration]]) -> None:
        """None yet, of the clauses and their substitutes."""
        self._world, self._graces = world, graces
        self._named = {clause.name: clause for clause in clauses}
        self._by_key: dict[FamilyKey, Family] = {}
        self._by_number: dict[int, Family] = {}
        self._by_clause: dict[str, dict[int, Family]] = {name: {} for name in self._named}
        self._numbers = count()
        self.before = END  # where the clock stood before
        self._concerned: dict[Role, Concerned] = {}
        self._heap: list[tuple[int, int]] = []
        self._restless: dict[int, None] = {}
        self._loose: dict[int, None] = {}
        self._mentioned: dict[str, dict[int, None]] = {}  # by incident: who speaks of it on account of other clauses
        self._mentions: dict[int, frozenset[str]] = {}

    def get(self, key: FamilyKey) -> Family | None:
        """The family of this key, if there is one."""
        return self._by_key.get(key)

    def add(self, duty: Duty, origin: Origin) -> Family:
        """A new family, that looks at nothing yet."""
        family = Family(next(self._numbers), (duty.clause.name, duty.bearers, origin), duty)
        self._by_key[family.key] = self._by_number[family.number] = family
        self._by_clause[duty.clause.name][family.number] = family
        return family

    def drop(self, family: Family) -> None:
        """A family that nothing creates any more."""
        del self._by_key[family.key], self._by_number[family.number], self._by_clause[family.key[0]][family.number]

    def of_clause(self, name: str) -> list[Family]:
        """The families of a clause."""
        return list(self._by_clause[name].values())

    @property
    def loose(self) -> bool:
        """Whether some instance uses an incident twice."""
        return bool(self._loose)

    # --- whom something concerns --------------------------------------------------------------------------

    def looking_at(self, role: Role, standing: Standing) -> Iterator[Family]:
        """The families that look at an incident in a role."""
        concerned = self._concerned.get(role)
        if concerned is not None and standing.alternatives:
            candidates = self._world.candidates(self._named[role[0]], role[1], self.asked(role))
            for number in concerned.of(spread(standing), candidates.values_of(standing)):
                yield self._by_number[number]

    def mentioning(self, incident: str) -> list[Family]:
        """The families that speak of an incident because other clauses do: those trigger them, or are required."""
        return [self._by_number[number] for number in self._mentioned.get(incident, ())]

    def alive(self, clause: str, during: Interval) -> list[Family]:
        """The families for which it matters meanwhile whether a clause is in force, or a state on."""
        concerned = self._concerned.get((clause, "life"))
        return [] if concerned is None else [self._by_number[number] for number in concerned.of(during)]

    def due(self, now: int) -> Iterator[Family]:
        """Those that wait for a time that has come."""
        while self._heap and self._heap[0][0] <= now:
            at, number = heappop(self._heap)
            if self._waits(at, number):
                yield self._by_number[number]

    def restless(self) -> list[Family]:
        """Those that any time may change."""
        return [self._by_number[number] for number in self._restless]

    def wake(self) -> Wake:
        """When time alone may change one of them."""
        while self._heap and not self._waits(*self._heap[0]):
            heappop(self._heap)
        return Wake(self._heap[0][0] if self._heap else END, bool(self._restless))

    def _waits(self, at: int, number: int) -> bool:
        return number in self._by_number and self._by_number[number].wake.at == at

    # --- what a family looks at ---------------------------------------------------------------------------

    def look(self, family: Family) -> None:
        """Note what a family looks at as it was judged, and when time alone may change it."""
        runs = [] if family.run is None else list(tree(family.run))
        stretches: dict[Role, list[tuple[Interval, Keys]]] = {}
        wake = Wake() if family.breaches is None else Wake(family.breaches.closes)
        for run in runs:
            clause = self._named[run.instance.clause]
            acts = acts_stretch(run, clause)
            kinds = [] if clause.keep is not None else ["duty"]
            kinds += ["release"] if clause.unless is not None and clause.duty == "must" else []
            for kind in kinds:
                stretches.setdefault((clause.name, kind), []).append((acts, self._keys(run, clause, kind)))
            if clause.keep is not None or is_suspendable(clause):
                stretches.setdefault((clause.name, "life"), []).append((life(run, clause), None))
            graces, now = self._graces[clause.name], self._world.as_of
            wake = wake.sooner(wake_of(run, graces, self._world.agreement, now, self.before))
        self._note(family, stretches)
        self._mention(family, runs)
        self._expect(family, wake)
        self._loose.pop(family.number, None)
        if any(run.instance.approximate for run in runs):
            self._loose[family.number] = None

    def _note(self, family: Family, stretches: Mapping[Role, list[tuple[Interval, Keys]]]) -> None:
        for clause in family.duty.clause.with_otherwise():
            for role in ((clause.name, "duty"), (clause.name, "release"), (clause.name, "life")):
                if role in stretches:
                    during, keys = _together(stretches[role])
                    self._concerned.setdefault(role, Concerned()).put(family.number, during, keys)
                elif role in self._concerned:
                    self._concerned[role].drop(family.number)

    def _mention(self, family: Family, runs: Iterable[Run]) -> None:
        told: set[str] = set()
        for run in runs:
            if run.cause is not None and run.cause.ref.kind != "event":
                told |= run.cause.lineage | {one.incident for one in run.cause.options if one.incident is not None}
                told |= set(run.outcome.uses) if run.outcome is not None else set()
            elif self._named[run.instance.clause].requires is not None and run.outcome is not None:
                told |= set(run.outcome.uses)
        if not told and family.number not in self._mentions:
            return
        for incident in self._mentions.pop(family.number, ()):
            del self._mentioned[incident][family.number]
            if not self._mentioned[incident]:
                del self._mentioned[incident]
        if told:
            self._mentions[family.number] = frozenset(told)
            for incident in told:
                self._mentioned.setdefault(incident, {})[family.number] = None

    def _expect(self, family: Family, wake: Wake) -> None:
        if wake.at < END and wake.at != family.wake.at:
            heappush(self._heap, (wake.at, family.number))
        self._restless.pop(family.number, None)
        if wake.restless:
            self._restless[family.number] = None
        family.wake = wake

    def _keys(self, run: Run, clause: Clause, kind: str) -> Keys:
        """The keys that a run looks up, whatever triggered it."""
        candidates = self._world.candidates(clause, kind, self.asked((clause.name, kind)))
        if not candidates.linked or run.cause is None:
            return None
        found: set[str] = set()
        for option in run.cause.options:
            wanted = candidates.wanted(Context(run.instance.bearer, (), trigger=option.alternative))
            if wanted is None:
                return None
            found |= wanted
        return frozenset(found)

    def asked(self, role: Role) -> Pattern:
        """What a clause asks of incidents in a role."""
        clause = self._named[role[0]]
        if role[1] == "duty":
            return clause.pattern
        assert clause.unless is not None  # it releases
        return clause.unless


def _together(stretches: list[tuple[Interval, Keys]]) -> tuple[Interval, Keys]:
    """One stretch over several, and the keys of all of them."""
    during, keys = stretches[0]
    for other, more in stretches[1:]:
        during = during.hull(other)
        keys = None if keys is None or more is None else keys | more
    return during, keys
