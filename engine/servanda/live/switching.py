"""States that go on and off: incidents that stand differently come in; whom that concerns, and when, goes out.

A switch makes a difference from its time on, until one that surely comes after it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from servanda.evidence import Standing
from servanda.lifecycle import Duty, Ground, Role, Switched, World, state_of, switching
from servanda.lifecycle.patterns import Context
from servanda.model.clauses import Clause
from servanda.model.moments import Interval

Touched = Mapping[Role, Mapping[str, Standing | None]]
_NOBODY = Context((), ())


class Switching:
    """The states that clauses look at, and what of these clauses is to be judged again on account of switches."""

    def __init__(
        self,
        clauses: Iterable[Clause],
        ground: Ground,
        world: World,
        alive: Callable[[str, Interval], Collection[object]],
    ) -> None:
        """`alive` knows the instances of a clause for which it matters when its state was on."""
        self._clauses = tuple(clauses)
        self._ground, self._world, self._alive = ground, world, alive
        self._minded: list[tuple[Clause, Switched]] = []

    def add(self, state: str, found: Iterable[Switched]) -> bool:
        """A state may be on or off otherwise at some times; whether that can make a difference to anything there is."""
        before = len(self._minded)
        told = ((clause, one) for one in found for clause in self._clauses if one.matters_to(clause, state))
        self._minded += ((clause, one) for clause, one in told if self._minds(clause, one))
        return len(self._minded) > before

    def take(self, touched: Touched) -> Iterator[tuple[Clause, Switched]]:
        """For each clause, when what it looks at may be on or off otherwise: what was added, and states of its own.

        The latter are brought up to date with what was touched.
        """
        yield from self._minded
        self._minded = []
        names = {name for name, kind in touched if kind in ("starts", "stops")}
        for clause in self._clauses if names else ():
            if clause.name in names:
                yield from ((clause, one) for one in self._of_its_own(clause, touched))

    def _of_its_own(self, clause: Clause, touched: Touched) -> Iterator[Switched]:
        assert clause.keep is not None  # only such a clause has a state of its own
        roles = [(clause.name, "starts"), (clause.name, "stops")]
        incidents = dict.fromkeys(incident for role in roles for incident in touched.get(role, ()))
        for incident in incidents:
            self._ground.switch_kept(clause, incident)
        for incident in incidents:
            starts, stops = (
                (_before(touched, role, incident, self._world), self._world.stands(role, incident)) for role in roles
            )
            for duty, switches in self._ground.kept_states(clause):
                context = Context(duty.bearers, duty.others)
                for start, stop in zip(starts, stops, strict=True):  # as it was before, and as it is
                    acts = switching(start, stop, clause.keep.state, context, self._world)
                    yield from (Switched(switches.stretch(act)) for act in acts if act is not None)

    def _minds(self, clause: Clause, one: Switched) -> bool:
        if clause.keep is None:
            for line in self._world.candidates(clause, "duty", clause.pattern).during(*one.during, _NOBODY):
                if any(one.concerns(standing) for standing in line):
                    return True
        return bool(self._alive(clause.name, one.during))

    def needs(self, role: Role, incident: str, horizon: int) -> bool:
        """Whether anything that is kept, or comes after the horizon, can depend on how an incident switches a state."""
        name = state_of(role)
        if name is None:
            return True
        state = self._world.agreement.states[name]
        for clause in self._clauses:  # ask for it: nobody may have done so yet
            if clause.condition is not None and clause.condition.state == name:
                self._ground.regime(Duty(clause, (), ()), self._ground.terms[0])
            if clause.keep is not None and clause.keep.state is state:
                self._ground.kept(Duty(clause, (), ()))
        return any(
            one.during.latest >= horizon or self._minds(clause, one)
            for one in self._world.states.switched(name, incident)
            for clause in self._clauses
            if one.matters_to(clause, name)
        )


def _before(touched: Touched, role: Role, incident: str, world: World) -> Standing | None:
    held = touched.get(role, {})
    return held[incident] if incident in held else world.stands(role, incident)
