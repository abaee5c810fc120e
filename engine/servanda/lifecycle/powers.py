"""Exercises of powers: acts that match a `can` come in; what they did to which clause, and when, goes out.

A power can be exercised only while its own clause is in force, which another power may have changed
before. So exercises are found in rounds, from the assumption that each may count: every round is right
about what the one before was right about, and what depends only on earlier acts comes to rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from servanda.errors import TooMuchError
from servanda.lifecycle.acts import Act, Doubt, act_of, softened
from servanda.lifecycle.grants import Grants
from servanda.lifecycle.restricting import restricted
from servanda.lifecycle.switches import Lookup, all_of
from servanda.lifecycle.term import terms_of
from servanda.lifecycle.world import World
from servanda.model.clauses import Clause, Effect
from servanda.model.kleene import Truth
from servanda.model.moments import END, Duration, Interval
from servanda.model.patterns import Is, Pattern

_ROUNDS = 200
_MOST_CONSENTS = 64
Changes = Mapping[str, object]
GrantsOf = Callable[[Clause, "Exercises"], Grants]


@dataclass(frozen=True)
class Exercises:
    """What powers did: by clause the acts that suspend, resume, terminate, waive or amend it; and extensions."""

    suspend: Mapping[str, tuple[Act, ...]] = field(default_factory=dict)
    resume: Mapping[str, tuple[Act, ...]] = field(default_factory=dict)
    terminate: Mapping[str, tuple[Act, ...]] = field(default_factory=dict)
    waive: Mapping[str, tuple[Act, ...]] = field(default_factory=dict)
    amend: Mapping[str, tuple[tuple[Act, Changes], ...]] = field(default_factory=dict)
    extend: tuple[tuple[Act, Duration], ...] = ()


NONE = Exercises()


def exercises(powers: Sequence[Clause], world: World, grants_of: GrantsOf) -> Exercises:
    """What the powers of an agreement did, by `as_of`."""
    if not powers:
        return NONE
    candidates = [(power, list(_candidates(power, world, grants_of(power, NONE)))) for power in powers]
    found = _sorted(
        (power.effect, softened(act, frozenset()))
        for power, acts in candidates
        for _, act in acts
        if power.effect is not None
    )
    for _ in range(_ROUNDS):
        again = _sorted(
            (power.effect, act)
            for power, acts in candidates
            for act in _effective(power, acts, world, grants_of(power, found), found)
            if power.effect is not None
        )
        if again == found:
            return found
        found = again
    msg = "powers that end or extend each other never come to rest: let their acts be told apart in time"
    raise TooMuchError(msg)


def _sorted(done: Iterable[tuple[Effect, Act]]) -> Exercises:
    kinds: dict[str, dict[str, list[Act]]] = {kind: {} for kind in ("suspend", "resume", "terminate", "waive")}
    amend: dict[str, list[tuple[Act, Changes]]] = {}
    extend: list[tuple[Act, Duration]] = []
    for effect, act in done:
        if effect.kind == "extend":
            assert effect.duration is not None  # so it is read
            extend.append((act, effect.duration))
        for name in effect.clauses:
            if effect.kind == "amend":
                amend.setdefault(name, []).append((act, effect.changes[name]))
            else:
                kinds[effect.kind].setdefault(name, []).append(act)
    extend.sort(key=lambda one: (one[0].earliest, one[0].latest, one[0].incident))
    frozen = {kind: {name: tuple(acts) for name, acts in by_clause.items()} for kind, by_clause in kinds.items()}
    return Exercises(
        **frozen,
        amend={
            name: tuple(sorted(acts, key=lambda one: (one[0].earliest, one[0].incident)))
            for name, acts in amend.items()
        },
        extend=tuple(extend),
    )


# --- acts of one power --------------------------------------------------------------------------------


def _candidates(power: Clause, world: World, grants: Grants) -> Iterator[tuple[str | None, Act]]:
    """The incidents that match the power, with the actor whose consent each is; None where none is needed."""
    for standing in world.touching(power.name, "duty"):
        for who in power.consents or (None,):
            pattern = power.pattern if who is None else Pattern((*power.pattern.tests, ("actor", Is(who))))
            asked = [(pattern, grant.context) for grant in grants.grants]
            act = act_of(standing, asked, world.agreement, world.as_of) if asked else None
            if act is not None:
                yield who, act


def _effective(
    power: Clause, candidates: Iterable[tuple[str | None, Act]], world: World, grants: Grants, found: Exercises
) -> list[Act]:
    counting: list[tuple[str | None, Act]] = []
    for who, act in candidates:
        counts = _while_in_force(power, act, world, grants, found)
        if counts is not None:
            counting.append((who, counts))
    if not power.consents:
        return [act for _, act in counting]
    by_actor = [[act for who, act in counting if who == actor] for actor in power.consents]
    return _consented(by_actor)


def _while_in_force(power: Clause, act: Act, world: World, grants: Grants, found: Exercises) -> Act | None:
    return restricted(
        act,
        lambda hit, time: all_of(
            (grants.cover(hit.alternative, time, act.incident), _in_term(power, act, time, world, found))
        ),
        lambda _, time: grants.cuts(time, act.incident),
        world.as_of,
    )


def _own_end(power: Clause) -> bool:
    """Whether a power says itself until when it can be exercised, and does not end with the term."""
    return any(one is not None for one in (power.by, power.until, power.lasting))


def _in_term(power: Clause, act: Act, time: Interval, world: World, found: Exercises) -> Lookup:
    """Whether the term, as extended before, has not ended yet."""
    if _own_end(power) or world.agreement.term.latest >= END:
        return Lookup(Truth.YES)
    before = tuple(one for one in found.extend if one[0].earliest < time.latest and one[0].incident != act.incident)
    ends = [term.end for term in terms_of(world.agreement, before)]
    if time.latest <= min(ends):
        return Lookup(Truth.YES)
    if time.earliest > max(ends):
        return Lookup(Truth.NO)
    doubts = {doubt for one, _ in before for doubt in one.doubts}
    if time.earliest < time.latest or not doubts:
        doubts.add(("time_uncertain", act.incident))
    return Lookup(Truth.MAYBE, frozenset(doubts))


def _consented(by_actor: list[list[Act]]) -> list[Act]:
    """The exercises of a power that takes everybody's act: each when the last of them has acted."""
    done: list[Act] = []
    used: set[tuple[int, str]] = set()
    last: int | None = None
    certain = [sorted((act for act in acts if act.certain), key=lambda a: (a.latest, a.incident)) for acts in by_actor]
    while True:
        left = [[act for act in acts if last is None or act.earliest > last] for acts in certain]
        if not all(left):
            break
        together = max((acts[0] for acts in left), key=lambda a: (a.latest, a.earliest, a.incident))
        last = together.latest
        used |= {(number, acts[0].incident) for number, acts in enumerate(left)}
        done.append(together._replace(earliest=max(acts[0].earliest for acts in left)))
    done += _perhaps_more(certain, used, done)
    if all(act.certain for acts in by_actor for act in acts):
        return done
    alone = _alone(by_actor)
    combined = [acts for acts in product(*by_actor) if _together(acts, alone)]
    if len(combined) > _MOST_CONSENTS:
        msg = "too many uncertain acts of consent to tell which of them belong together"
        raise TooMuchError(msg)
    for acts in combined:
        if not all(act.certain for act in acts):
            latest = max(acts, key=lambda a: (a.latest, a.earliest, a.incident))
            doubts = frozenset[Doubt]().union(*(act.doubts for act in acts))
            done.append(softened(latest, doubts)._replace(earliest=max(act.earliest for act in acts)))
    return done


def _perhaps_more(certain: list[list[Act]], used: set[tuple[int, str]], done: list[Act]) -> list[Act]:
    """What more may be exercised by acts that are left, where it is open whether they come before an exercise or after."""
    left = [
        [
            act
            for act in acts
            if (number, act.incident) not in used
            and any(
                act.earliest < act.latest
                and Interval(act.earliest, act.latest).meets(Interval(one.earliest, one.latest))
                for one in done
            )
        ]
        for number, acts in enumerate(certain)
    ]
    found = []
    for acts in zip(*left, strict=False):
        latest = max(acts, key=lambda a: (a.latest, a.earliest, a.incident))
        doubts: frozenset[Doubt] = frozenset(("time_uncertain", act.incident) for act in acts)
        found.append(softened(latest, doubts)._replace(earliest=max(act.earliest for act in acts), twice=True))
    return found


def _alone(by_actor: list[list[Act]]) -> set[str]:
    """The incidents that are everybody's act, whatever happened in them: none of them waits for another."""
    ways = [{act.incident: _sure_ways(act) for act in acts} for acts in by_actor]
    same = set(ways[0]).intersection(*ways[1:])
    return {name for name in same if ways[0][name] and all(one[name] == ways[0][name] for one in ways)}


def _sure_ways(act: Act) -> frozenset[int]:
    """The alternatives in which it is the act, where it surely is; else none."""
    return frozenset(id(hit.alternative) for hit in act.hits) if all(hit.sure for hit in act.hits) else frozenset()


def _together(acts: Sequence[Act], alone: set[str]) -> bool:
    """Whether these acts may be those that together exercise the power."""
    incidents = {act.incident for act in acts}
    if len(incidents) == 1:
        ways = [{id(hit.alternative) for hit in act.hits} for act in acts]
        return bool(set.intersection(*ways))
    return not alone & incidents
