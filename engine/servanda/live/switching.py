"""States that go on and off: incidents that stand differently come in; when what may be on or off otherwise goes out.

A switch makes a difference from its time on, until one that surely comes after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from servanda.evidence import Standing
from servanda.lifecycle import Duty, Ground, Role, Switches, World, switching
from servanda.lifecycle.acts import Act
from servanda.lifecycle.keyed import values_of
from servanda.lifecycle.patterns import Context
from servanda.model.clauses import Clause, State
from servanda.model.moments import END, Interval

Touched = Mapping[Role, Mapping[str, Standing | None]]
_NOBODY = Context((), ())


class Switched(NamedTuple):
    """When a state that a clause speaks of may be on or off otherwise, and for which values of its field; None: any.

    `field` is where an incident has its value; None where the state is one for all.
    """

    during: Interval
    values: frozenset[str] | None = None
    field: str | None = None

    def concerns(self, standing: Standing) -> bool:
        """Whether it can make a difference to an incident."""
        if self.field is None or self.values is None:
            return True
        told = [values_of(self.field, one) for one in standing.alternatives]
        return any(values is None or not self.values.isdisjoint(values) for values in told)


def switched(
    touched: Touched, clauses: Iterable[Clause], ground: Ground, world: World
) -> Iterator[tuple[Clause, Switched]]:
    """Bring the states up to date; for each clause, when what it speaks of may be on or off otherwise."""
    names = dict.fromkeys(name for name, kind in touched if kind in ("starts", "stops"))
    clauses = list(clauses) if names else []
    for name in names:
        incidents = {**touched.get((name, "starts"), {}), **touched.get((name, "stops"), {})}
        state = world.agreement.states.get(name.removeprefix("state ")) if name.startswith("state ") else None
        for incident in incidents:
            if state is not None:
                ground.switch(state, incident)
            else:
                ground.switch_kept(next(one for one in clauses if one.name == name), incident)
        for incident in incidents:
            standings = [(_before(touched, (name, role), incident, world), world.stands((name, role), incident)) for role in ("starts", "stops")]  # fmt: skip
            if state is not None:
                yield from _of_state(state, standings, clauses, ground, world)
            else:
                clause = next(one for one in clauses if one.name == name)
                assert clause.keep is not None  # only such a clause has a state of its own
                for duty, switches in ground.kept_states(clause):
                    context = Context(duty.bearers, duty.others)
                    for act in _acts(standings, clause.keep.state, context, world):
                        yield clause, Switched(_during(act, switches))


class Sight(NamedTuple):
    """Who may look at a state: clauses with their incidents, and instances for which it matters when it was on."""

    clauses: list[Clause]
    ground: Ground
    world: World
    alive: Callable[[str, Interval], Sequence[object]]


def needs_switch(state: State, incident: str, horizon: int, sight: Sight) -> bool:
    """Whether anything that is kept, or comes after the horizon, can depend on what an incident does to a state."""
    clauses, ground, world, alive = sight
    now = [world.stands((f"state {state.name}", role), incident) for role in ("starts", "stops")]
    for clause in clauses:  # ask for it: nobody may have done so yet
        if clause.condition is not None and clause.condition.state == state.name:
            ground.regime(Duty(clause, (), ()), ground.terms[0])
        if clause.keep is not None and clause.keep.state is state:
            ground.kept(Duty(clause, (), ()))
    for clause, one in _of_state(state, [(standing, standing) for standing in now], clauses, ground, world):
        if one.during.latest >= horizon or alive(clause.name, one.during):
            return True
        if clause.keep is None:
            for line in world.candidates(clause, "duty", clause.pattern).during(*one.during, _NOBODY):
                if any(one.concerns(standing) for standing in line):
                    return True
    return False


def _before(touched: Touched, role: Role, incident: str, world: World) -> Standing | None:
    held = touched.get(role, {})
    return held[incident] if incident in held else world.stands(role, incident)


def _acts(
    standings: list[tuple[Standing | None, Standing | None]], state: State, context: Context, world: World
) -> list[Act]:
    """What the incident did to the state, and does now."""
    (start_before, start), (stop_before, stop) = standings
    before = switching(start_before, stop_before, state, context, world)
    return [act for act in (*before, *switching(start, stop, state, context, world)) if act is not None]


def _of_state(
    state: State,
    standings: list[tuple[Standing | None, Standing | None]],
    clauses: list[Clause],
    ground: Ground,
    world: World,
) -> Iterator[tuple[Clause, Switched]]:
    acts = _acts(standings, state, _NOBODY, world)
    speaking = [one for one in clauses if _speaks_of(one, state)]
    switches = ground.state_of(state.name)
    if switches is not None:
        for act in acts:
            yield from ((clause, Switched(_during(act, switches))) for clause in speaking)
    for field, keyed in ground.keyed_states(state.name):
        for act in acts:
            values = keyed.touched(act)
            if values is None:
                found = Switched(Interval(act.earliest, END), None, field or None)
                yield from ((clause, found) for clause in speaking)
            for value in sorted(values or ()):
                during = _during(act, keyed.of_value(value))
                found = Switched(during, frozenset((value,)), field or None)
                yield from ((clause, found) for clause in speaking)


def _speaks_of(clause: Clause, state: State) -> bool:
    condition, keep = clause.condition, clause.keep
    return (condition is not None and condition.state == state.name) or (keep is not None and keep.state is state)


def _during(act: Act, switches: Switches) -> Interval:
    return Interval(act.earliest, max(act.earliest, switches.reach(act)))
