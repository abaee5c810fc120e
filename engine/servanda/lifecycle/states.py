"""The states of an agreement: incidents that switch them come in; for every clause that looks at one, its switches go out.

Clauses that look at one state share its switches, so that a switch is looked at once however many clauses there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from servanda.evidence import Standing
from servanda.lifecycle.acts import Act, Asked
from servanda.lifecycle.keyed import KeyedState, values_of
from servanda.lifecycle.patterns import Context
from servanda.lifecycle.switches import Switches
from servanda.model.agreement import Agreement
from servanda.model.clauses import Clause, State
from servanda.model.moments import END, Interval

Role = tuple[
    str, str
]  # a clause's name, and "duty" or "trigger"; or `state` with a state's name, and "starts" or "stops"
Acts = tuple[Act | None, Act | None]  # what an incident does to a state: as what starts it, and as what stops it
_NOBODY = Context((), ())


class Acting(Protocol):
    """What knows which incidents touch a role, and what they are as acts."""

    @property
    def agreement(self) -> Agreement:
        """The agreement that has the states."""

    def acts(self, role: Role, asked: list[Asked]) -> Iterator[Act]:
        """All that touch a role."""

    def act(self, role: Role, incident: str, asked: list[Asked]) -> Act | None:
        """One incident; None where it does not touch the role."""


class Switched(NamedTuple):
    """When a state may be on or off otherwise, and for which values of its field; None: any.

    `field` is where an incident has its value: "" where a clause names the value, None where the state is one for all.
    """

    during: Interval
    values: frozenset[str] | None = None
    field: str | None = None

    def concerns(self, standing: Standing) -> bool:
        """Whether it can make a difference to an incident."""
        if not self.field or self.values is None:
            return True
        told = [values_of(self.field, one) for one in standing.alternatives]
        return any(values is None or not self.values.isdisjoint(values) for values in told)

    def matters_to(self, clause: Clause, state: str) -> bool:
        """Whether a clause looks at that state, of this name, in this field."""
        condition, keep = clause.condition, clause.keep
        asks = condition is not None and condition.state == state and condition.key == self.field
        return asks or (keep is not None and keep.state.name == state and not self.field)


class States:
    """The switches of each state, made when they are asked for; `put` keeps them up to date."""

    def __init__(self, world: Acting) -> None:
        """Nobody has asked for any yet."""
        self._world = world
        self._acts: dict[str, dict[str, Acts]] = {}  # by state and incident, of the states that were asked for
        self._plain: dict[str, Switches] = {}
        self._keyed: dict[str, dict[tuple[str, bool], KeyedState]] = {}

    def of(self, state: State) -> Switches:
        """The switches of a state that is one for all."""
        if state.name not in self._plain:
            self._plain[state.name] = Switches(*self._ways(state), initially=state.initially)
        return self._plain[state.name]

    def keyed(self, state: State, field: str, *, wanted: bool) -> KeyedState:
        """The switches of a keyed state, for clauses that look up the value which an incident has in a field."""
        held = self._keyed.setdefault(state.name, {})
        if (field, wanted) not in held:
            held[field, wanted] = KeyedState(state, *self._ways(state), self._world.agreement, field, wanted=wanted)
        return held[field, wanted]

    def put(self, name: str, incident: str) -> list[Switched]:
        """An incident switches the state of this name otherwise now; when the state may be on or off otherwise for it."""
        held = self._acts.get(name)
        if held is None:
            return []
        before = held.pop(incident, (None, None))
        roles = _asked(self._world.agreement.states[name])
        start, stop = (self._world.act(role, incident, asked) for role, asked in roles)
        if start is not None or stop is not None:
            held[incident] = start, stop
        if name in self._plain:
            self._plain[name].put(incident, start, stop)
        for keyed in self._keyed.get(name, {}).values():
            keyed.put(incident, start, stop)
        return self._switched(name, (*before, start, stop))

    def switched(self, name: str, incident: str) -> list[Switched]:
        """When the state of this name may be on or off on account of an incident, as far as it was asked for."""
        return self._switched(name, self._acts.get(name, {}).get(incident, ()))

    def _ways(self, state: State) -> tuple[list[Act], list[Act]]:
        """The acts that start a state, and those that stop it."""
        if state.name not in self._acts:
            found: list[dict[str, Act]] = [
                {act.incident: act for act in self._world.acts(role, asked)} for role, asked in _asked(state)
            ]
            starts, stops = found
            self._acts[state.name] = {name: (starts.get(name), stops.get(name)) for name in starts | stops}
        held = self._acts[state.name].values()
        return [one for one, _ in held if one is not None], [one for _, one in held if one is not None]

    def _switched(self, name: str, acts: Iterable[Act | None]) -> list[Switched]:
        found = []
        for act in acts:
            if act is None:
                continue
            if name in self._plain:
                found.append(Switched(self._plain[name].stretch(act)))
            for (field, _), keyed in self._keyed.get(name, {}).items():
                values = keyed.touched(act)
                if values is None:
                    found.append(Switched(Interval(act.earliest, END), None, field))
                found += (
                    Switched(keyed.of_value(value).stretch(act), frozenset((value,)), field)
                    for value in sorted(values or ())
                )
        return list(dict.fromkeys(found))


def state_of(role: Role) -> str | None:
    """The name of the state of the agreement that incidents in a role switch; None where they do something else."""
    return role[0].removeprefix("state ") if role[0].startswith("state ") else None


def _asked(state: State) -> Iterator[tuple[Role, list[Asked]]]:
    """The roles in which incidents switch a state, with what it asks of them."""
    for way, pattern in (("starts", state.starts), ("stops", state.stops)):
        yield (f"state {state.name}", way), [(pattern, _NOBODY)]
