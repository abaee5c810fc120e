"""Clauses without powers and permissions, instance by instance: what touches one comes in, what it changed goes out.

Each instance, with the substitutes that its violations create, is judged again only when something changes that
it looks at: an act in the stretch in which acts matter to it, a state of which its clause speaks, the clauses
that trigger it or that it requires, or the time. Judging is that of an assessment, on the same ground.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

from servanda.errors import TooMuchError
from servanda.evidence import Standing
from servanda.lifecycle import (
    MOST_ROUNDS,
    MOST_TOUCHING,
    Breached,
    Duty,
    Ground,
    Occurrence,
    Requirement,
    Role,
    Run,
    Switched,
    World,
    dormant,
    duties,
    looked_at,
    requirement,
    run_of,
    top_of,
    with_substitutes,
)
from servanda.lifecycle.acts import act_of
from servanda.lifecycle.patterns import Context
from servanda.lifecycle.triggers import event_triggers, of_event
from servanda.live.breaches import Breaches, is_plain, is_suspendable
from servanda.live.change import Change, Key, untold
from servanda.live.families import Families, Family, FamilyKey, Origin
from servanda.live.group import Group
from servanda.live.stretches import over_before, tree
from servanda.live.switching import Switching
from servanda.live.telling import Pair, Told, differing
from servanda.live.waking import Periods, Wake
from servanda.model.clauses import NORMS, Clause, StatusTrigger
from servanda.model.moments import END
from servanda.model.verdict import Instance

Dirty = dict[str, dict[int, Family]]  # by clause: the families to judge again
_NOBODY = Context((), ())


def can_follow(clauses: Iterable[Clause]) -> bool:
    """Whether clauses can be followed instance by instance: powers and permissions change what they stand on."""
    return all(clause.duty in NORMS for clause in clauses)


class Following(Group):
    """A group whose instances are judged again one by one."""

    def __init__(self, clauses: tuple[Clause, ...], world: World, believed: Mapping[Key, Instance]) -> None:
        super().__init__(clauses, world, believed)
        self._top = {clause.name: clause for clause in clauses}
        self._order = {name: number for number, name in enumerate(self._top)}
        self._plain = [clause for clause in clauses if is_plain(clause)]
        self._periodic = [clause for clause in clauses if clause.every is not None]
        self._named = {clause.name: clause for top in clauses for clause in top.with_otherwise()}
        self._readers: dict[str, list[Clause]] = {name: [] for name in self._top}
        for clause in clauses:
            for name in dict.fromkeys(looked_at(clause)):
                self._readers[name].append(clause)
        self._past = world.past
        self._begin()

    def _begin(self) -> None:
        """Forget everything that was judged, to judge all of it again."""
        self._own = self._world.along(self.clauses)
        self._ground = Ground(self.clauses, self._own)
        self._families = Families(self._named.values(), self._own, self.graces)
        self._needs: dict[str, list[Requirement | None]] = {}
        self._touched: dict[Role, dict[str, Standing | None]] = {}
        self._switching = Switching(self._named.values(), self._ground, self._own, self._families.alive)
        self._periods = {clause.name: Periods(clause, self._own.agreement) for clause in self._periodic}
        self._whole: Mapping[str, list[Run]] | None = None  # the runs, where they are settled case by case
        self._kept: list[Family] = []  # by their breaches
        self._said: list[Change] = []  # of families that are kept by their breaches
        self._fresh = True
        self._stirred = False

    # --- what changes it ----------------------------------------------------------------------------------

    def touch(self, role: Role, incident: str, before: Standing | None) -> None:
        """An incident stands differently now in a role, and stood so before."""
        self._own.put(role, incident)
        self._touched.setdefault(role, {}).setdefault(incident, before)

    def switch(self, state: str, incident: str, found: Sequence[Switched]) -> bool:
        """An incident may switch a state otherwise now, at some times; whether that can make any difference here."""
        if self._families.mentioning(incident):
            self._touched.setdefault((f"state {state}", "starts"), {})[incident] = None
        minded = self._switching.add(state, found)
        return minded or bool(self._touched) or self._families.loose  # which are settled by all that is there

    def stir(self) -> None:
        """Time has passed; whatever is restless is to be looked at."""
        self._stirred = True

    def settle(self) -> list[Change]:
        """Judge again what is touched, and say what changed."""
        fresh = self._fresh
        was_whole = self._whole is not None
        try:
            changed = self._judge_all()
            self._whole = self._settled()
        except BaseException:
            self._begin()  # what is half judged is not to be relied on
            raise
        if fresh or was_whole or self._whole is not None:
            changed = dict.fromkeys(self.believed)
            changed.update((run.instance.key, run.instance) for runs in self.runs.values() for run in runs)
        said, self._said = self._said, []
        changes = self._believe(changed) + said
        self._keep_by_breaches()
        wake = self._families.wake()
        self.wake = Wake(min(wake.at, *(each.next for each in self._periods.values()), END), wake.restless)
        return changes

    def _judge_all(self) -> dict[Key, Instance | None]:
        """Judge all families that something touches, and those touched by what became of these; what changed."""
        self._own.keep_up(self._world)
        self._families.before = self.before
        dirty: Dirty = defaultdict(dict)
        touched, self._touched = self._touched, {}
        if self._fresh:
            self._fresh, touched = False, {}
            self._start(dirty)
        for clause, one in self._switching.take(touched):
            self._switched(clause, one, dirty)
        for (name, kind), incidents in touched.items():
            for incident in incidents:
                _mark_all(self._families.mentioning(incident), dirty)
            if kind == "trigger":
                self._triggered(self._top[top_of(name)], incidents, dirty)
            elif kind in ("duty", "release"):
                for incident, before in incidents.items():
                    self._acted((name, kind), incident, before, dirty)
        self._passed(dirty)
        changed: dict[Key, Instance | None] = {}
        queue, rounds = deque(sorted(dirty, key=self._order.__getitem__)), Counter[str]()
        while queue:
            name = queue.popleft()
            rounds[name] += 1
            if rounds[name] > MOST_ROUNDS:
                msg = f"clause {name!r} keeps creating instances: clauses that trigger each other need longer deadlines or a term that ends"
                raise TooMuchError(msg)
            there = [family for family in dirty.pop(name).values() if not family.is_stale(self._own.standings)]
            told = [self._judge(family, changed) for family in there]
            queue += (reader for reader in self._tell(name, told, dirty) if reader not in queue)
        return changed

    # --- which families are touched -----------------------------------------------------------------------

    def _start(self, dirty: Dirty) -> None:
        for clause in self.clauses:
            if not clause.when and clause.every is None:
                for duty in duties(clause, clause.bearers):
                    _mark(self._families.add(duty, ()), dirty)
            self._triggered(clause, [one.incident for one in self._own.touching(clause.name, "trigger")], dirty)

    def _triggered(self, clause: Clause, incidents: Iterable[str], dirty: Dirty) -> None:
        """What an event creates may be created otherwise, or no more."""
        for duty in duties(clause, clause.bearers):
            asked = event_triggers(duty)
            for incident in incidents if asked else ():
                standing = self._own.stands((clause.name, "trigger"), incident)
                act = None if standing is None else act_of(standing, asked, self._own.agreement, END)
                self._caused(duty, ("event", incident), None if act is None else of_event(act), dirty)

    def _caused(self, duty: Duty, origin: Origin, cause: Occurrence | None, dirty: Dirty) -> None:
        family = self._families.get((duty.clause.name, duty.bearers, origin))
        if family is None and cause is not None and not self._past.has(duty.clause.name, duty.bearers, origin):
            family = self._families.add(duty, origin)
        if family is not None:
            family.cause = cause
            _mark(family, dirty)

    def _acted(self, role: Role, incident: str, before: Standing | None, dirty: Dirty) -> None:
        """An act stands differently now: judge again whatever looks, or looked, at it."""
        for regime in self._ground.regimes_of(self._named[role[0]]):
            regime.forget(incident)
        for standing in (before, self._own.stands(role, incident)):
            if standing is not None:
                _mark_all(self._families.looking_at(role, standing), dirty)
        for family in self._kept:
            if family.key[0] == role[0]:
                family.touched[incident] = None
                _mark(family, dirty)

    def _switched(self, clause: Clause, one: Switched, dirty: Dirty) -> None:
        """A state may be on or off otherwise: judge again what was done, and what was in force, meanwhile."""
        if clause.keep is None:
            for line in self._own.candidates(clause, "duty", clause.pattern).during(*one.during, _NOBODY):
                for standing in list(line):
                    if one.concerns(standing):
                        self._acted((clause.name, "duty"), standing.incident, None, dirty)
        _mark_all(self._families.alive(clause.name, one.during), dirty)

    def _passed(self, dirty: Dirty) -> None:
        """The time has passed what some were waiting for, and other periods may have begun."""
        now = self._own.as_of
        _mark_all((*self._families.due(now), *(self._families.restless() if self._stirred else ())), dirty)
        self._stirred = False
        for clause in self._periodic:
            for period in self._periods[clause.name].begun(now):
                origin = ("period", period.index)
                for duty in duties(clause, clause.bearers):
                    if not self._past.has(clause.name, duty.bearers, origin):
                        family = self._families.add(duty, origin)
                        family.period = period
                        _mark(family, dirty)

    # --- judging ------------------------------------------------------------------------------------------

    def _judge(self, family: Family, changed: dict[Key, Instance | None]) -> Told:
        """Judge a family again."""
        clause, before, run, told = family.duty.clause, family.run, None, []
        if family.breaches is not None:
            told = self._judge_breaches(family, family.breaches)
            if family.breaches.apart:
                return Told(None, None, told)
            self._past.tangled.add(family.key[:2])  # from now on as any other; whoever looks at it sees it anew
            self._kept.remove(family)
            family.breaches = None
        if family.created:
            needs = self._needs_of(clause)[0]
            run = self._past.shown(run_of(family.duty, family.cause, needs, self._ground, family.period))
            if run.instance.statuses == {"dormant"} and (clause.when or clause.every):
                run = None
        family.run = run
        if before is not None:
            changed.update((one.instance.key, None) for one in tree(before))
        if run is not None:
            changed.update((one.instance.key, one.instance) for one in tree(run))
        self._families.look(family)
        if run is None:
            self._families.drop(family)
        return Told(before, run, told)

    def _judge_breaches(self, family: Family, breaches: Breaches) -> list[Pair]:
        """Take the incidents that were touched, and say what changed; what they gave rise to, and give rise to now."""
        before = breaches.statuses
        pairs = breaches.update(family.touched)
        family.touched.clear()
        change = breaches.change(before, pairs) if breaches.apart else None
        if change is not None:
            self._said.append(change)
            self.believed[change.key] = untold(change.clause, change.bearer, change.after)
        return list(breaches.violations(pairs)) if self._readers[family.key[0]] else []

    def _keep_by_breaches(self) -> None:
        """Keep prohibitions by their breaches where there are, or once were, very many incidents."""
        many = self._plain and self._world.size_of(self.roles) > MOST_TOUCHING
        if not many and not self._past.breaches:
            return
        for clause in self._plain:
            for family in self._families.of_clause(clause.name):
                bound, past = family.key[:2], self._past
                if family.run is None or bound in past.tangled or not (many or bound in past.breaches):
                    continue
                if bound in past.breaches or not is_suspendable(clause) or family.run.instance.statuses == {"violated"}:
                    found = Breaches(family.duty, self._ground, self._own)
                    if not found.apart:
                        past.tangled.add(bound)
                        continue
                    past.breaches.setdefault(bound, Breached())
                    self.believed[*bound, ()] = untold(*bound, family.run.instance.statuses)
                    family.breaches, family.run = found, None
                    self._kept.append(family)
                    self._families.look(family)

    def _run_by_breaches(self, family: Family) -> Run:
        return self._past.shown(run_of(family.duty, None, None, self._ground))

    # --- what others see of it ----------------------------------------------------------------------------

    def _tell(self, name: str, told: Sequence[Told], dirty: Dirty) -> Iterator[str]:
        """The clauses that look at this one and see something else now."""
        for reader in self._readers[name]:
            for trigger in reader.when:
                if isinstance(trigger, StatusTrigger) and top_of(trigger.clause) == name:
                    for origin, cause in differing(trigger, told):
                        for duty in duties(reader, reader.bearers):
                            self._caused(duty, origin, cause, dirty)
            if any(one.requires is not None and top_of(one.requires) == name for one in reader.with_otherwise()):
                held = self._needs.pop(reader.name, None)
                if held is not None and self._needs_of(reader) != held:
                    _mark_all(self._families.of_clause(reader.name), dirty)
            if reader.name in dirty:
                yield reader.name

    def _needs_of(self, clause: Clause) -> list[Requirement | None]:
        """What the clause and its substitutes require, as far as it was fulfilled."""
        if clause.name not in self._needs:
            for one in clause.with_otherwise():
                if one.requires is not None:
                    self._ground.runs.update(self._runs_of(self._top[top_of(one.requires)]))
            self._needs[clause.name] = [requirement(one, self._ground.others) for one in clause.with_otherwise()]
        return self._needs[clause.name]

    # --- what is forgotten --------------------------------------------------------------------------------

    def retire(self, horizon: int) -> Iterator[Run]:
        """Let go of the instances that were over before the horizon, but not of what created one that is kept."""
        required = {top_of(one.requires) for one in self._named.values() if one.requires is not None}
        for clause in reversed(self.clauses if not self._families.loose else ()):  # what is caused mostly comes later
            if clause.name in required:
                continue
            for family in self._families.of_clause(clause.name):
                if family.run is None or not (family.cause or family.period):
                    continue
                runs = list(tree(family.run))
                if not family.wake.restless and all(over_before(run, horizon) for run in runs):
                    caused = list(self._caused_by(family.run))
                    if any(self._families.get(key) is not None for key in caused):
                        continue
                    self._past.settle(*family.key)
                    for key in caused:
                        self._past.drop(*key)
                    for run in runs:
                        self.believed.pop(run.instance.key, None)
                    family.run, family.cause, family.period = None, None, None
                    self._families.look(family)
                    self._families.drop(family)
                    yield from runs

    def _caused_by(self, run: Run) -> Iterator[FamilyKey]:
        """What a run and those of its substitutes give rise to in other clauses."""
        for reader in self._readers[top_of(run.instance.clause)]:
            for trigger in reader.when:
                if isinstance(trigger, StatusTrigger):
                    for origin, _ in differing(trigger, (Told(run, None),)):
                        yield from ((reader.name, duty.bearers, origin) for duty in duties(reader, reader.bearers))

    def needs_incident(self, role: Role, incident: str, horizon: int) -> bool:
        """Whether anything that is kept looks at an incident in a role, or may still look at it."""
        name, kind = role
        if self._families.mentioning(incident):
            return True
        standing = self._own.stands(role, incident)
        if standing is None or self._fresh:
            return standing is not None
        if kind == "trigger":
            bound = duties(self._top[name], self._top[name].bearers)
            return any(self._families.get((name, duty.bearers, ("event", incident))) is not None for duty in bound)
        if kind in ("duty", "release"):
            return any(True for _ in self._families.looking_at(role, standing))
        return self._switching.needs(role, incident, horizon)

    def forget(self, role: Role, incident: str) -> None:
        """An incident in a role will not be revised, and nothing looks at it."""
        self._own.put(role, incident)
        for regime in self._ground.regimes_of(self._named[role[0]]) if role[0] in self._named else ():
            regime.forget(incident)
        for family in self._kept:
            if family.breaches is not None and (family.key[0], "duty") == role:
                family.breaches.settle(incident)

    # --- what it comes to ---------------------------------------------------------------------------------

    @property
    def runs(self) -> Mapping[str, list[Run]]:
        """The runs of every clause, by name."""
        if self._whole is not None:
            return self._whole
        return {name: runs for clause in self.clauses for name, runs in self._runs_of(clause).items()}

    def _runs_of(self, clause: Clause) -> dict[str, list[Run]]:
        families = self._families.of_clause(clause.name)
        held = [family.run or self._run_by_breaches(family) for family in families if family.run or family.breaches]
        there = {run.instance.bearer for run in held}
        held += [dormant(duty, self._ground) for duty in duties(clause, clause.bearers) if duty.bearers not in there]
        return with_substitutes(clause, held, self._ground)

    def _settled(self) -> Mapping[str, list[Run]] | None:
        """The runs of all, settled case by case where an incident is used twice; None where there is no need."""
        if not self._families.loose or self._world.size_of(self.roles) > MOST_TOUCHING:
            return None
        return self.judged()


def _mark(family: Family, dirty: Dirty) -> None:
    dirty[family.key[0]][family.number] = family


def _mark_all(families: Iterable[Family], dirty: Dirty) -> None:
    for family in families:
        _mark(family, dirty)
