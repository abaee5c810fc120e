"""An agreement under one view, kept up to date: incidents on which something was said, or time, come in; changes go out.

What an incident comes to is found anew only when something was said of it, or when the time passes the time of
what happened; clauses are judged anew only when such an incident touches their group, or time may have changed them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush

from servanda.assessing import Assessed, Judged, Prepared, assembled, used
from servanda.errors import TooMuchError
from servanda.evidence import Knowledge, Standing, by_then, stand
from servanda.lifecycle import Past, Role, Run, World, counted, extends, groups_of, names_of, state_of, telling
from servanda.live.change import Change, Key
from servanda.live.following import Following, can_follow
from servanda.live.group import Group
from servanda.model.moments import END
from servanda.model.verdict import Instance


class LiveView:
    """The verdicts under one view as of a clock that only goes forward, with what is known by then."""

    def __init__(self, prepared: Prepared, knowledge: Knowledge, clock: int, past: Past) -> None:
        """Start at a time; `settle` then judges all that is known, and is not settled in the `past`."""
        self._prepared, self._knowledge = prepared, knowledge
        self._standings: dict[str, Standing] = {}
        self._touching: dict[Role, dict[str, Standing]] = {}
        agreement, clauses = prepared.agreement, prepared.clauses
        self._world = World(agreement, self._standings, (clock, clock), self._touching, telling(clauses), clauses, past)
        self._counting = tuple(one for one in clauses if one.duty == "counts_as" or extends(one))
        self._optional = tuple(one for one in clauses if one.duty in ("may", "can"))
        self.before = END  # where the clock stood before
        self._order = {name: number for number, name in enumerate(names_of(clauses))}
        self._roles: dict[str, list[Role]] = {}  # in which an incident touches clauses
        self._whole: dict[str, Standing] = {}  # what happened, whenever: not cut at the clock
        self._bounds: list[tuple[int, str]] = []  # heap: when the time of an incident begins, or has passed
        self._bound: dict[str, int] = {}  # of each incident the one that counts; other entries are out of date
        self._passing: set[str] = set()  # the incidents in whose time the clock lies
        self._used: set[str] = set()
        self._groups: list[Group] = []
        self._of_role: dict[Role, list[Group]] = {}
        self._dirty: dict[Group, None] = {}
        self._unsaid: list[Change] = []  # changes found before something went wrong
        self._wakes: list[tuple[int, int, Group]] = []  # heap; an entry that is not the group's wake is out of date
        self._number = 0
        self._restless: dict[Group, None] = {}
        self._regroup()
        self.touch(knowledge.incidents)

    @property
    def clock(self) -> int:
        """The time up to which this has come."""
        return self._world.as_of

    # --- what changes it ----------------------------------------------------------------------------------

    def touch(self, incidents: Iterable[str]) -> None:
        """Something was said of these incidents; `settle` says what that changed."""
        for incident in incidents:
            statements = self._knowledge.incidents.get(incident, ())
            prepared = self._prepared
            whole = stand(incident, statements, self._knowledge.depth, prepared.view, prepared.agreement)
            self._passing.discard(incident)
            if whole is None:
                self._whole.pop(incident, None)
                self._bound.pop(incident, None)
            else:
                self._whole[incident] = whole
                self._watch(incident, whole)
            self._stand_again(incident, whole)
        self._regroup()

    def _watch(self, incident: str, whole: Standing) -> None:
        """Remember when the clock enters, and has passed, the times at which it may have happened."""
        at = min((at for one in whole.alternatives for at in one.time if at > self.clock), default=END)
        if at >= END:
            self._bound.pop(incident, None)
        elif self._bound.get(incident) != at:
            self._bound[incident] = at
            heappush(self._bounds, (at, incident))
        if any(one.time.earliest <= self.clock < one.time.latest for one in whole.alternatives):
            self._passing.add(incident)

    def next(self) -> int:
        """The next instant at which time alone may change something; END if there is none."""
        while self._wakes and self._wakes[0][2].wake.at != self._wakes[0][0]:
            heappop(self._wakes)
        while self._bounds and self._bound.get(self._bounds[0][1]) != self._bounds[0][0]:
            heappop(self._bounds)
        wake = self._wakes[0][0] if self._wakes else END
        return min(wake, self._bounds[0][0] if self._bounds else END)

    def move(self, to: int, *, on_the_way: bool = False) -> None:
        """Let the clock go to a time; `settle` says what that changed.

        On the way to a later time only what waits for this very instant is looked at, not what is restless.
        """
        self.before, self._world.as_of, self._world.known_at = self.clock, to, to
        entered = set(self._passing)
        while self._bounds and self._bounds[0][0] <= to:
            at, incident = heappop(self._bounds)
            if self._bound.get(incident) == at:
                del self._bound[incident]
                entered.add(incident)
        for incident in sorted(entered):
            self._passing.discard(incident)
            self._watch(incident, self._whole[incident])
            self._stand_again(incident, self._whole[incident])
        while self._wakes and self._wakes[0][0] <= to:
            at, _, group = heappop(self._wakes)
            if group.wake.at == at:
                self._dirty[group] = None
        if not on_the_way:
            for group in self._restless:
                self._dirty[group] = None
                group.stir()

    def settle(self) -> list[Change]:
        """Judge again what is touched, and say what changed: by clause, in the order written, by bearer, and by period.

        Raises TooMuchError for clauses that trigger each other without end; what changed in others is said next time.
        """
        failure: TooMuchError | None = None
        for group in list(self._dirty):
            group.before = self.before
            try:
                self._unsaid += group.settle()
            except TooMuchError as error:
                failure = failure or error
                continue
            del self._dirty[group]
            group.judged_at = self.clock
            self._expect(group)
        if failure is not None:
            raise failure
        changes, self._unsaid = self._unsaid, []
        return sorted(changes, key=self._place) if len(changes) > 1 else changes

    def _place(self, change: Change) -> tuple[object, ...]:
        """Where a change comes among others: that does not depend on how things were found."""
        period = -1 if change.period is None else change.period.index
        return self._order[change.clause], change.bearer, period, repr(change.key)

    def _expect(self, group: Group) -> None:
        self._restless.pop(group, None)
        if group.wake.restless:
            self._restless[group] = None
        if group.wake.at < END:
            self._number += 1
            heappush(self._wakes, (group.wake.at, self._number, group))

    # --- incidents and groups -----------------------------------------------------------------------------

    def _stand_again(self, incident: str, whole: Standing | None) -> None:
        """Put an incident where it belongs as of the clock, and mark the groups that it touches."""
        prepared = self._prepared
        after: Standing | None = None
        if whole is not None:
            cut = {incident: by_then(whole, self.clock)}
            after = counted(self._counting, cut, prepared.agreement)[incident]
        before = self._standings.get(incident)
        held = self._roles.pop(incident, [])
        roles = [] if after is None else prepared.touching.of(after, prepared.matcher)
        for role in held:
            self._touching[role].pop(incident, None)
        if after is None:
            self._standings.pop(incident, None)
        else:
            self._standings[incident] = after
            self._roles[incident] = roles
            for role in roles:
                self._touching.setdefault(role, {})[incident] = after
        concerned = dict.fromkeys((*held, *roles))
        flips = {
            name: self._world.states.put(name, incident) for name in dict.fromkeys(map(state_of, concerned)) if name
        }
        for role in concerned:
            state = state_of(role)
            for group in self._of_role.get(role, ()):
                if state is None:
                    group.touch(role, incident, before if role in held else None)
                    self._dirty[group] = None
                elif group.switch(state, incident, flips[state]):
                    self._dirty[group] = None

    def _regroup(self) -> None:
        """Group the clauses again where powers or permissions are used that were not, or no longer."""
        now = used(self._optional, self._world)
        if self._groups and now == self._used:
            return
        self._used = now
        held: dict[tuple[str, ...], Group] = {group.names: group for group in self._groups}
        believed: dict[str, dict[Key, Instance]] = {}
        for old in self._groups:
            for key, instance in old.believed.items():
                believed.setdefault(instance.clause, {})[key] = instance
        self._groups, self._of_role = [], {}
        for clauses in groups_of(self._prepared.clauses, now):
            names = names_of(clauses)
            group: Group | None = held.pop(names, None)
            if group is None:
                kind = Following if can_follow(clauses) else Group
                group = kind(clauses, self._world, {k: i for n in names for k, i in believed.get(n, {}).items()})
                self._dirty[group] = None
            self._groups.append(group)
            for role in group.roles:
                self._of_role.setdefault(role, []).append(group)
        for gone in held.values():
            gone.wake = gone.wake._replace(at=END)
            self._dirty.pop(gone, None)
            self._restless.pop(gone, None)

    # --- what is forgotten --------------------------------------------------------------------------------

    def retire(self, horizon: int) -> Iterator[Run]:
        """Let go of the instances that were over before the horizon; the runs that are settled so."""
        for group in self._groups:
            yield from group.retire(horizon)

    def needs(self, incident: str, horizon: int) -> bool:
        """Whether an incident may still be looked at: it is not over, or something that is kept depends on it."""
        whole = self._whole.get(incident)
        if whole is None:
            return False
        if any(one.time.latest >= horizon for one in whole.alternatives):
            return True
        roles = [(role, group) for role in self._roles.get(incident, ()) for group in self._of_role.get(role, ())]
        return any(group.needs_incident(role, incident, horizon) for role, group in roles)

    def forget(self, incident: str) -> None:
        """Let go of an incident that nothing needs."""
        self._world.past.forget(incident)
        self._whole.pop(incident, None)
        self._bound.pop(incident, None)
        self._standings.pop(incident, None)
        self._passing.discard(incident)
        roles = self._roles.pop(incident, [])
        for role in roles:
            self._touching[role].pop(incident, None)
        for name in dict.fromkeys(map(state_of, roles)):
            if name is not None:
                self._world.states.put(name, incident)
        for role in roles:
            for group in self._of_role.get(role, ()):
                group.forget(role, incident)

    # --- what it comes to ---------------------------------------------------------------------------------

    def judged_by(self, at: int) -> Judged:
        """The runs of groups that are the same at an earlier time: touched by the same, and not judged since then."""
        groups = {group.names: group for group in self._groups if group.judged_at <= at}

        def held(names: tuple[str, ...], part: World) -> Mapping[str, Sequence[Run]] | None:
            group = groups.get(names)
            return group.runs if group is not None and part.touched_alike(self._world, group.roles) else None

        return held

    def assessed(self, counts: tuple[int, int]) -> Assessed:
        """The assessment as of the clock, once everything is settled."""
        runs = {name: found for group in self._groups for name, found in group.runs.items()}
        return assembled(self._prepared, runs, self._world, self._knowledge.known(), counts)
