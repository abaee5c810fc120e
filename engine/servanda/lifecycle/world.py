"""What all instances of one assessment share: an agreement under a view with its standings.

Comes in: agreement, standings, the matcher's word on which incident can touch which clause. Goes out:
for each clause its candidate incidents, and what they are as acts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from servanda.evidence import Standing
from servanda.lifecycle.acts import Act, Asked, Candidates, act_of
from servanda.lifecycle.constituting import counted
from servanda.lifecycle.past import Past
from servanda.lifecycle.states import Role, States, state_of
from servanda.lifecycle.touching import Touching
from servanda.matching import Matcher
from servanda.model.agreement import Agreement
from servanda.model.clauses import Clause, StatusTrigger
from servanda.model.patterns import AnyOf, Not, Pattern, Ref, Test


def under(agreement: Agreement, account_of: str | None) -> tuple[Clause, ...]:
    """The clauses as a view reads them: as written, or with a party's own readings."""
    if account_of is None:
        return agreement.clauses
    return tuple(clause.readings.get(account_of, clause) for clause in agreement.clauses)


class World:
    """The shared ground of one assessment. Immutable in effect: what it keeps, it keeps to be quick."""

    def __init__(
        self,
        agreement: Agreement,
        standings: Mapping[str, Standing],
        times: tuple[int, int],
        touching: Mapping[Role, dict[str, Standing]],
        telling: frozenset[str],
        written: tuple[Clause, ...],
        past: Past | None = None,
        states: States | None = None,
    ) -> None:
        """What is given, `touching` by incident; the rest follows on demand. `world_of` asks the matcher.

        `written` are all clauses, for what counts as what; `past` is what is settled and not judged again; `states`
        are those of a world of which this one is a part.
        """
        self.agreement = agreement
        self.standings = standings
        self.as_of, self.known_at = times
        self.telling = telling
        self.written = written
        self.past = Past() if past is None else past
        self.states = States(self) if states is None else states
        self.judged: dict[object, tuple[object, object]] = {}  # what was judged before, with its inputs
        self._touching = touching
        self._candidates: dict[tuple[str, str, int], Candidates] = {}

    def where(self, settled: Mapping[str, Standing | None]) -> World:
        """The part of the worlds in which these incidents stand so; None: nothing happened."""
        standings = {name: settled.get(name, standing) for name, standing in self.concerned.items()}
        touching = {
            role: {name: one for name in found if (one := standings[name]) is not None}
            for role, found in self._touching.items()
        }
        there = {name: standing for name, standing in standings.items() if standing is not None}
        times = (self.as_of, self.known_at)
        return World(self.agreement, there, times, touching, self.telling, self.written, self.past)

    def part(self, clauses: tuple[Clause, ...], roles: Iterable[Role]) -> World:
        """What of it matters to some clauses: the incidents that touch them, in these roles."""
        touching = {
            role: self._touching[role] if state_of(role) is not None else dict(sorted(self._touching[role].items()))
            for role in roles
            if role in self._touching
        }
        return self._like(touching, clauses)

    def along(self, clauses: tuple[Clause, ...]) -> World:
        """The same incidents, shared, as some clauses look at them: `keep_up` and `put` keep it up to date."""
        return self._like(self._touching, clauses)

    def _like(self, touching: Mapping[Role, dict[str, Standing]], clauses: tuple[Clause, ...]) -> World:
        """The same world, with the same states, for some clauses."""
        times, tells = (self.as_of, self.known_at), telling(clauses)
        return World(self.agreement, self.standings, times, touching, tells, self.written, self.past, self.states)

    @property
    def concerned(self) -> dict[str, Standing]:
        """The incidents that touch its clauses, in the order of their names."""
        return dict(sorted({name: one for found in self._touching.values() for name, one in found.items()}.items()))

    def keep_up(self, other: World) -> None:
        """Let the time be that of another world."""
        self.as_of, self.known_at = other.as_of, other.known_at

    def put(self, role: Role, incident: str) -> None:
        """An incident stands differently now in a role."""
        standing = self._touching.get(role, {}).get(incident)
        for (clause, kind, _), candidates in self._candidates.items():
            if (clause, kind) != role:
                continue
            if standing is None:
                candidates.drop(incident)
            else:
                candidates.put(standing)

    def stands(self, role: Role, incident: str) -> Standing | None:
        """How an incident stands that can touch a clause in this role; None if it cannot."""
        return self._touching.get(role, {}).get(incident)

    def touched_alike(self, other: World, roles: Iterable[Role]) -> bool:
        """Whether the same incidents, standing so, touch clauses in these roles here and there."""
        return all(self._touching.get(role, {}) == other._touching.get(role, {}) for role in roles)

    def size_of(self, roles: Iterable[Role]) -> int:
        """How many incidents touch clauses in these roles."""
        return sum(len(self._touching.get(role, ())) for role in roles)

    @property
    def size(self) -> int:
        """How many incidents touch how many clauses."""
        return sum(len(found) for found in self._touching.values())

    def touching(self, clause: str, role: str) -> Collection[Standing]:
        """The incidents that can touch a clause in this role."""
        return self._touching.get((clause, role), {}).values()

    def candidates(self, clause: Clause, role: str, pattern: Pattern) -> Candidates:
        """The incidents that can match a pattern of a clause, ready to be asked for by time."""
        key = (clause.name, role, id(pattern))
        if key not in self._candidates:
            self._candidates[key] = Candidates(self.touching(clause.name, role), pattern, self.agreement)
        return self._candidates[key]

    def act(self, role: Role, incident: str, asked: Sequence[Asked]) -> Act | None:
        """An incident in a role, as an act of these patterns; None where it does not touch it."""
        standing = self.stands(role, incident)
        return None if standing is None else act_of(standing, asked, self.agreement, self.as_of)

    def acts(self, role: Role, asked: Sequence[Asked], as_of: int | None = None) -> Iterator[Act]:
        """The incidents in a role, as acts of these patterns."""
        for standing in self.touching(*role):
            act = act_of(standing, asked, self.agreement, self.as_of if as_of is None else as_of)
            if act is not None:
                yield act


def world_of(
    agreement: Agreement,
    standings: Mapping[str, Standing],
    times: tuple[int, int],
    matcher: Matcher,
    roles: Touching,
    clauses: tuple[Clause, ...],
    past: Past | None = None,
) -> World:
    """The ground of an assessment: the matcher is asked once for each thing that may have happened."""
    standings = counted(clauses, standings, agreement)
    touching: dict[Role, dict[str, Standing]] = {}
    for standing in standings.values():
        for role in roles.of(standing, matcher):
            touching.setdefault(role, {})[standing.incident] = standing
    return World(agreement, standings, times, touching, telling(clauses), clauses, past)


def refers(pattern: Pattern) -> bool:
    """Whether a pattern refers to what differs between instances of one bearer."""
    return any(_refers(test) for _, test in pattern.tests)


def telling(clauses: tuple[Clause, ...]) -> frozenset[str]:
    """The clauses for which it matters which alternative triggered them.

    They refer to `$trigger`, or a clause that does is triggered by them. For the others, what may have
    triggered them differs in time only.
    """
    found = {c.name for c in clauses if any(refers(p) for one in c.with_otherwise() for p in patterns_of(one))}
    causes = {
        c.name: {top_of(t.clause) for one in c.with_otherwise() for t in one.when if isinstance(t, StatusTrigger)}
        for c in clauses
    }
    work = list(found)
    while work:
        for cause in causes.get(work.pop(), ()):
            if cause not in found:
                found.add(cause)
                work.append(cause)
    return frozenset(found)


def patterns_of(clause: Clause) -> Iterator[Pattern]:
    """The patterns that incidents are held against once a clause has been triggered."""
    yield clause.pattern
    if clause.keep is not None:
        yield clause.keep.state.starts
    if clause.unless is not None:
        yield clause.unless


def looked_at(clause: Clause) -> Iterator[str]:
    """The clauses whose outcomes a clause depends on by itself: what it requires, and what triggers it."""
    for one in clause.with_otherwise():
        if one.requires is not None:
            yield top_of(one.requires)
        for trigger in one.when:
            if isinstance(trigger, StatusTrigger):
                yield top_of(trigger.clause)


def top_of(name: str) -> str:
    """The clause that a substitute belongs to."""
    while name.endswith(".otherwise"):
        name = name.removesuffix(".otherwise")
    return name


def _refers(test: Test) -> bool:
    if isinstance(test, Ref):
        return test.name in ("trigger", "violator")
    if isinstance(test, AnyOf):
        return any(_refers(one) for one in test.tests)
    return isinstance(test, Not) and _refers(test.test)
