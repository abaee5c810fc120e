"""Clauses without powers and permissions, instance by instance: what touches one comes in, what it changed goes out.

Each instance, with the substitutes that its violations create, is judged again only when something changes that
it looks at: an act in the stretch in which acts matter to it, a state of which its clause speaks, the clauses
that trigger it or that it requires, or the time. Judging is that of an assessment, on the same ground.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

from servanda.errors import TooMuchError
from servanda.evidence import Standing
from servanda.lifecycle import (
    MOST_ROUNDS,
    MOST_TOUCHING,
    Duty,
    Ground,
    Occurrence,
    Requirement,
    Role,
    Run,
    World,
    dormant,
    duties,
    looked_at,
    requirement,
    run_of,
    top_of,
    with_substitutes,
)
from servanda.lifecycle.acts import act_of, spread
from servanda.lifecycle.patterns import Context
from servanda.lifecycle.triggers import event_triggers, of_event, of_status
from servanda.live.change import Change, Key
from servanda.live.concerned import Concerned, Keys
from servanda.live.group import Group
from servanda.live.stretches import acts_stretch, life, tree
from servanda.live.switching import Switched, Touched, switched
from servanda.live.waking import Wake, next_period, wake_of
from servanda.model.clauses import NORMS, Clause, StatusTrigger
from servanda.model.moments import BEGINNING, END, Interval
from servanda.model.patterns import Pattern
from servanda.model.periods import Period, periods
from servanda.model.verdict import Instance

Origin = tuple[object, ...]
FamilyKey = tuple[str, tuple[str, ...], Origin]
Dirty = dict[str, dict[FamilyKey, None]]  # by clause: the families to judge again


_NOBODY = Context((), ())


@dataclass(slots=True)
class Family:
    """One instance with those of its substitutes: what creates it, and how it was judged last."""

    number: int
    key: FamilyKey
    duty: Duty
    cause: Occurrence | None = None
    period: Period | None = None
    run: Run | None = None  # None: nothing creates it
    wake: Wake = Wake()


def can_follow(clauses: Iterable[Clause]) -> bool:
    """Whether clauses can be followed instance by instance: powers and permissions change what they stand on."""
    return all(clause.duty in NORMS for clause in clauses)


class Following(Group):
    """A group whose instances are judged again one by one."""

    def __init__(self, clauses: tuple[Clause, ...], world: World, believed: Mapping[Key, Instance]) -> None:
        super().__init__(clauses, world, believed)
        self._begin()

    def _begin(self) -> None:
        """Forget everything, to judge all again."""
        self._own = self._world.along(self.clauses)
        self._ground = Ground(self.clauses, self._own)
        self._top = {clause.name: clause for clause in self.clauses}
        self._named = {clause.name: clause for top in self.clauses for clause in top.with_otherwise()}
        self._readers = {name: [c for c in self.clauses if name in looked_at(c)] for name in self._top}
        self._families: dict[FamilyKey, Family] = {}
        self._numbered: dict[int, FamilyKey] = {}
        self._of_clause: dict[str, dict[FamilyKey, None]] = {name: {} for name in self._top}
        self._concerned: dict[Role, Concerned] = {}
        self._numbers = count()
        self._needs: dict[str, list[Requirement | None]] = {}
        self._touched: dict[Role, dict[str, Standing | None]] = {}
        self._heap: list[tuple[int, int]] = []
        self._restless: dict[int, None] = {}
        self._begun: dict[str, int] = {}  # by clause: how many of its periods
        self._next_period: dict[str, int] = {}
        self._loose: dict[int, None] = {}  # the families in which an incident is used twice
        self._whole: Mapping[str, list[Run]] | None = None  # the runs, where they are settled case by case
        self._fresh = True
        self._stirred = False

    # --- what changes it ----------------------------------------------------------------------------------

    def touch(self, role: Role, incident: str, before: Standing | None, after: Standing | None) -> None:
        """An incident stands differently now in a role."""
        self._own.put(role, incident)
        self._touched.setdefault(role, {}).setdefault(incident, before)

    def stir(self) -> None:
        """Time has passed; whatever is restless is to be looked at."""
        self._stirred = True

    def settle(self) -> list[Change]:
        """Judge again what is touched, and say what changed."""
        fresh = self._fresh
        try:
            changed = self._judge_all()
        except BaseException:
            self._begin()  # what is half judged is not to be relied on
            raise
        was_whole, self._whole = self._whole is not None, self._settled()
        if fresh or was_whole or self._whole is not None:
            changed = dict.fromkeys(self.believed)
            changed.update((run.instance.key, run.instance) for runs in self.runs.values() for run in runs)
        self._wake_up()
        return self._believe(changed)

    def _judge_all(self) -> dict[Key, Instance | None]:
        """Judge all families that something touches, and those touched by what became of these; what changed."""
        self._own.keep_up(self._world)
        dirty: Dirty = {name: {} for name in self._top}
        touched, self._touched = self._touched, {}
        if self._fresh:
            self._fresh = False
            touched = {}
            self._start(dirty)
        self._touched_states(touched, dirty)
        for (name, kind), incidents in touched.items():
            if kind == "trigger":
                self._triggered(self._top[top_of(name)], incidents, dirty)
            elif kind in ("duty", "release"):
                for incident, before in incidents.items():
                    self._acted((name, kind), incident, before, dirty)
        self._passed(dirty)
        self._more_periods(dirty)
        changed: dict[Key, Instance | None] = {}
        queue = deque(name for name in self._top if dirty[name])
        rounds: dict[str, int] = {}
        while queue:
            name = queue.popleft()
            rounds[name] = rounds.get(name, 0) + 1
            if rounds[name] > MOST_ROUNDS:
                msg = f"clause {name!r} keeps creating instances: clauses that trigger each other need longer deadlines or a term that ends"
                raise TooMuchError(msg)
            keys, dirty[name] = dirty[name], {}
            pairs = [self._judge(key, changed) for key in keys]
            for reader in self._told(name, pairs, dirty):
                if reader not in queue:
                    queue.append(reader)
        return changed

    # --- which families are touched -----------------------------------------------------------------------

    def _start(self, dirty: Dirty) -> None:
        for clause in self.clauses:
            if not clause.when and clause.every is None:
                for duty in duties(clause, clause.bearers):
                    dirty[clause.name][self._family(duty, ()).key] = None
            self._triggered(clause, {one.incident: None for one in self._own.touching(clause.name, "trigger")}, dirty)

    def _triggered(self, clause: Clause, incidents: Mapping[str, object], dirty: Dirty) -> None:
        """What an event creates may be created otherwise, or no more."""
        for duty in duties(clause, clause.bearers):
            asked = event_triggers(duty)
            for incident in incidents if asked else ():
                standing = self._own.stands((clause.name, "trigger"), incident)
                act = None if standing is None else act_of(standing, asked, self._own.agreement, END)
                cause = None if act is None else of_event(act)
                self._caused(duty, ("event", incident), cause, dirty)

    def _caused(self, duty: Duty, origin: Origin, cause: Occurrence | None, dirty: Dirty) -> None:
        key = (duty.clause.name, duty.bearers, origin)
        held = self._families.get(key)
        if held is None and cause is None:
            return
        if held is None:
            held = self._family(duty, origin)
        held.cause = cause
        dirty[duty.clause.name][key] = None

    def _acted(self, role: Role, incident: str, before: Standing | None, dirty: Dirty) -> None:
        """An act stands differently now: judge again whatever looks, or looked, at it."""
        clause = self._named[role[0]]
        for regime in self._ground.regimes_of(clause):
            regime.forget(incident)
        concerned = self._concerned.get(role)
        if concerned is None:
            return
        candidates = self._own.candidates(clause, role[1], _asked(clause, role[1]))
        for standing in (before, self._own.stands(role, incident)):
            if standing is not None and standing.alternatives:
                for number in concerned.of(spread(standing), candidates.values_of(standing)):
                    self._mark(number, dirty)

    def _touched_states(self, touched: Touched, dirty: Dirty) -> None:
        """States may be on or off otherwise: judge again what was done, and what was in force, meanwhile."""
        for clause, one in switched(touched, self._named.values(), self._ground, self._own):
            self._switched(clause, one, dirty)

    def _switched(self, clause: Clause, one: Switched, dirty: Dirty) -> None:
        if clause.keep is None:
            for line in self._own.candidates(clause, "duty", clause.pattern).during(*one.during, _NOBODY):
                for standing in list(line):
                    if one.concerns(standing):
                        self._acted((clause.name, "duty"), standing.incident, None, dirty)
        concerned = self._concerned.get((clause.name, "life"))
        for number in list(concerned.of(one.during)) if concerned is not None else ():
            self._mark(number, dirty)

    def _passed(self, dirty: Dirty) -> None:
        """The time has passed what these were waiting for."""
        now = self._own.as_of
        while self._heap and self._heap[0][0] <= now:
            at, number = heappop(self._heap)
            if self._waits(at, number):
                self._mark(number, dirty)
        for number in self._restless if self._stirred else ():
            self._mark(number, dirty)
        self._stirred = False

    def _more_periods(self, dirty: Dirty) -> None:
        """Periods that have begun by now."""
        now, agreement = self._own.as_of, self._own.agreement
        for clause in self.clauses:
            if clause.every is None or now < self._next_period.get(clause.name, BEGINNING):
                continue
            end = agreement.term.latest if clause.until is None else min(agreement.term.latest, clause.until)
            begun = list(periods(clause.every, now, end, agreement.zone))
            for period in begun[self._begun.get(clause.name, 0) :]:
                for duty in duties(clause, clause.bearers):
                    family = self._family(duty, ("period", period.index))
                    family.period = period
                    dirty[clause.name][family.key] = None
            self._begun[clause.name] = len(begun)
            self._next_period[clause.name] = next_period(clause, agreement, now).at

    def _mark(self, number: int, dirty: Dirty) -> None:
        key = self._numbered[number]
        dirty[key[0]][key] = None

    # --- judging ------------------------------------------------------------------------------------------

    def _family(self, duty: Duty, origin: Origin) -> Family:
        key = (duty.clause.name, duty.bearers, origin)
        family = Family(next(self._numbers), key, duty)
        self._families[key] = family
        self._numbered[family.number] = key
        self._of_clause[duty.clause.name][key] = None
        return family

    def _judge(self, key: FamilyKey, changed: dict[Key, Instance | None]) -> tuple[Run | None, Run | None]:
        """Judge a family again; the run before and the run now."""
        family = self._families[key]
        clause, before = family.duty.clause, family.run
        needs = self._needs_of(clause)[0]
        run: Run | None = None
        if family.cause is not None or family.period is not None or not (clause.when or clause.every):
            run = run_of(family.duty, family.cause, needs, self._ground, family.period)
            if run.instance.statuses == {"dormant"} and (clause.when or clause.every):
                run = None
        family.run = run
        if before is not None:
            changed.update((one.instance.key, None) for one in tree(before))
        if run is not None:
            changed.update((one.instance.key, one.instance) for one in tree(run))
        self._look(family)
        if run is None:
            self._drop(key, family)
        return before, run

    def _look(self, family: Family) -> None:
        """Note what the family looks at, and when time alone may change it."""
        runs = [] if family.run is None else list(tree(family.run))
        stretches: dict[Role, list[tuple[Interval, Keys]]] = {}
        wake, agreement, now = Wake(), self._own.agreement, self._own.as_of
        for run in runs:
            clause = self._named[run.instance.clause]
            acts = acts_stretch(run, clause)
            if clause.keep is None:
                stretches.setdefault((clause.name, "duty"), []).append((acts, self._keys(run, clause, "duty")))
            if clause.unless is not None and clause.duty == "must":
                stretches.setdefault((clause.name, "release"), []).append((acts, self._keys(run, clause, "release")))
            if clause.keep is not None or clause.condition is not None:
                stretches.setdefault((clause.name, "life"), []).append((life(run, clause), None))
            wake = wake.sooner(wake_of(run, self.graces[clause.name], agreement, now))
        for top in family.duty.clause.with_otherwise():
            for kind in ("duty", "release", "life"):
                role = (top.name, kind)
                if role in stretches:
                    found = stretches[role]
                    during = found[0][0]
                    for other, _ in found[1:]:
                        during = during.hull(other)
                    keys = [keys for _, keys in found]
                    together = None if None in keys else frozenset().union(*(k for k in keys if k is not None))
                    self._concerned.setdefault(role, Concerned()).put(family.number, during, together)
                elif role in self._concerned:
                    self._concerned[role].drop(family.number)
        self._expect(family, wake)
        self._loose.pop(family.number, None)
        if any(run.instance.approximate for run in runs):
            self._loose[family.number] = None

    def _expect(self, family: Family, wake: Wake) -> None:
        if wake.at < END and wake.at != family.wake.at:
            heappush(self._heap, (wake.at, family.number))
        self._restless.pop(family.number, None)
        if wake.restless:
            self._restless[family.number] = None
        family.wake = wake

    def _keys(self, run: Run, clause: Clause, kind: str) -> Keys:
        """The keys that a run looks up, whatever triggered it."""
        candidates = self._own.candidates(clause, kind, _asked(clause, kind))
        if not candidates.linked or run.cause is None:
            return None
        found: set[str] = set()
        for option in run.cause.options:
            wanted = candidates.wanted(Context(run.instance.bearer, (), trigger=option.alternative))
            if wanted is None:
                return None
            found |= wanted
        return frozenset(found)

    def _drop(self, key: FamilyKey, family: Family) -> None:
        del self._families[key], self._numbered[family.number], self._of_clause[key[0]][key]

    # --- what others see of it ----------------------------------------------------------------------------

    def _told(
        self,
        name: str,
        pairs: Sequence[tuple[Run | None, Run | None]],
        dirty: Dirty,
    ) -> Iterator[str]:
        """The clauses that look at this one and see something else now."""
        if not self._readers[name]:
            return
        for reader in self._readers[name]:
            for trigger in reader.when:
                if isinstance(trigger, StatusTrigger) and top_of(trigger.clause) == name:
                    for origin, cause in _differing(trigger, pairs):
                        for duty in duties(reader, reader.bearers):
                            self._caused(duty, origin, cause, dirty)
            if any(one.requires is not None and top_of(one.requires) == name for one in reader.with_otherwise()):
                held = self._needs.pop(reader.name, None)
                if held is not None and self._needs_of(reader) != held:
                    dirty[reader.name].update(self._of_clause[reader.name])
            if dirty[reader.name]:
                yield reader.name

    def _needs_of(self, clause: Clause) -> list[Requirement | None]:
        """What the clause and its substitutes require, as far as it was fulfilled."""
        if clause.name not in self._needs:
            for one in clause.with_otherwise():
                if one.requires is not None:
                    self._ground.runs.update(self._runs_of(self._top[top_of(one.requires)]))
            self._needs[clause.name] = [requirement(one, self._ground.others) for one in clause.with_otherwise()]
        return self._needs[clause.name]

    # --- what it comes to ---------------------------------------------------------------------------------

    @property
    def runs(self) -> Mapping[str, list[Run]]:
        """The runs of every clause, by name."""
        if self._whole is not None:
            return self._whole
        return {name: runs for clause in self.clauses for name, runs in self._runs_of(clause).items()}

    def _runs_of(self, clause: Clause) -> dict[str, list[Run]]:
        held = [run for key in self._of_clause[clause.name] if (run := self._families[key].run) is not None]
        there = {run.instance.bearer for run in held}
        stand_ins = (duty for duty in duties(clause, clause.bearers) if duty.bearers not in there)
        return with_substitutes(clause, [*held, *(dormant(duty, self._ground) for duty in stand_ins)], self._ground)

    def _settled(self) -> Mapping[str, list[Run]] | None:
        """The runs of all, settled case by case where an incident is used twice; None where there is no need."""
        if not self._loose or self._world.size_of(self.roles) > MOST_TOUCHING:
            return None
        return self.judged()

    def _wake_up(self) -> None:
        """When to look again."""
        while self._heap and not self._waits(*self._heap[0]):
            heappop(self._heap)
        at = min(self._heap[0][0] if self._heap else END, *self._next_period.values(), END)
        self.wake = Wake(at, restless=bool(self._restless))

    def _waits(self, at: int, number: int) -> bool:
        return number in self._numbered and self._families[self._numbered[number]].wake.at == at


def _asked(clause: Clause, kind: str) -> Pattern:
    if kind == "duty":
        return clause.pattern
    assert clause.unless is not None  # it releases
    return clause.unless


def _differing(
    trigger: StatusTrigger, pairs: Sequence[tuple[Run | None, Run | None]]
) -> Iterator[tuple[Origin, Occurrence | None]]:
    """What runs of a clause gave rise to and give rise to no more, or otherwise now; by what it creates."""
    for before, after in pairs:
        old, new = (
            {
                one.origin: one
                for run in (tree(top) if top is not None else ())
                if run.instance.clause == trigger.clause
                for one in of_status(trigger, run)
            }
            for top in (before, after)
        )
        for origin in {**old, **new}:
            if old.get(origin) != new.get(origin):
                yield origin, new.get(origin)
