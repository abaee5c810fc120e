"""A state and a time come in; whether it is on, and when it went off and came back, go out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .book import Clause, State
from .evidence import BODY_FIELDS, Alternative
from .instances import Scene
from .matching import Context, Test
from .worlds import Time

NOBODY = Context(())


@dataclass(frozen=True)
class Switches:
    """When one state was switched on and off, by which incidents."""

    on: list[tuple[Time, str]]
    off: list[tuple[Time, str]]
    initially: bool


class States:
    """The states of one world: set by the last switch before, and of one instant the stop prevails."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.world, self.names = scene, scene.world, scene.names

    def kept_by(self, clause: Clause, context: Context) -> Switches:
        """The switches of the state that a `must_keep` is about."""
        said = clause.written["must_keep"]
        if "state" not in said:
            return self.switches(clause.inline_state, context)
        return self.switches(self.scene.book.states[said["state"]], NOBODY, said.get("key"))

    def switches(self, state: State, context: Context, value: Any = None) -> Switches:
        key = ("switches", state.name, context, value)
        return self.scene.once(key, lambda: self.find(state, context, value), Switches([], [], state.initially))

    def find(self, state: State, context: Context, value: Any) -> Switches:
        found: tuple[list[tuple[Time, str]], list[tuple[Time, str]]] = ([], [])
        for pattern, kept in zip((state.starts, state.stops), found, strict=True):
            for incident in self.world.incidents:
                if not self.scene.matcher.matches(pattern, incident, context):
                    continue
                if state.key is not None and not self.touches(state.key, value, incident):
                    continue
                time = self.world.time(incident)
                if self.scene.happened(time):
                    kept.append((time, incident))
        return Switches(found[0], found[1], state.initially)

    def touches(self, key: str, value: Any, incident: str) -> bool:
        """Whether a switch is one of the state of this value; one known more coarsely may be."""
        known = self.world.alternative(incident)
        assert known is not None
        test = Test(key, value, NOBODY, None, self.names)
        said = values(known, key)
        if not said:
            return key in BODY_FIELDS and self.world.settled(incident, key, test.question())
        if key not in BODY_FIELDS and len(said) > 1:
            return self.world.settled(incident, key, test.question())
        (asked,) = test.values
        if key in ("actor", "target"):
            exact = any(self.names.actor_within(v, asked) for v in said)
            coarser = any(self.names.actor_within(asked, v) for v in said)
        else:
            exact = asked in said
            coarser = key == "place" and any(self.names.place_within(asked, v) for v in said)
        if exact or coarser:
            return exact or self.world.settled(incident, key, test.question())
        finer = key == "place" and any(self.names.place_within(v, asked) for v in said)
        return finer and self.world.settled(incident, key, f"is {asked}")

    def is_on(self, switches: Switches, time: Time, *, included: bool = False) -> bool:
        """The value that the last switch before the time has set (or at it, where it is `included`)."""
        comes = self.world.not_after if included else self.world.before
        on = [t for t, _ in switches.on if comes(t, time)]
        off = [t for t, _ in switches.off if comes(t, time)]
        if on and off:
            return self.world.before(self.world.latest(off), self.world.latest(on))
        return bool(on) or (not off and switches.initially)

    def goings_off(self, switches: Switches) -> list[tuple[Time, str]]:
        return [(t, i) for t, i in switches.off if self.is_on(switches, t)]

    def comings_back(self, switches: Switches) -> list[tuple[Time, str]]:
        """The starts at whose instant nothing stops."""
        return [(t, i) for t, i in switches.on if not any(self.at_once(t, other) for other, _ in switches.off)]

    def at_once(self, a: Time, b: Time) -> bool:
        return self.world.not_after(a, b) and self.world.not_after(b, a)

    # -- `while` -------------------------------------------------------------------------------

    def unkeyed(self, clause: Clause) -> tuple[Switches, bool] | None:
        """The switches of its `while`, and the value that the state must have."""
        said = clause.written.get("while")
        if said is None or "key" in said:
            return None
        return self.switches(self.scene.book.states[said["state"]], NOBODY), said.get("is", "on") == "on"

    def exempt(self, clause: Clause, incident: str, time: Time) -> bool:
        """Whether the state that a keyed `while` looks up at the incident's field does not hold."""
        said: Mapping[str, Any] | None = clause.written.get("while")
        if said is None or "key" not in said:
            return False
        known = self.world.alternative(incident)
        assert known is not None
        field, wanted = said["key"], said.get("is", "on") == "on"
        looked_up = values(known, field)
        self.world.met.add("a keyed state was looked up")
        if not looked_up and field not in BODY_FIELDS:
            return True
        if not looked_up or (field not in BODY_FIELDS and len(looked_up) > 1):
            return not self.world.settled(incident, field, f"while {said['state']} {wanted}")
        state = self.scene.book.states[said["state"]]
        return all(self.is_on(self.switches(state, NOBODY, v), time) != wanted for v in looked_up)


def values(known: Alternative, field: str) -> list[Any]:
    """What was reported of a field."""
    if field not in BODY_FIELDS:
        return sorted(known.free.get(field, ()), key=str)
    value = known.fields.get(field)
    if value is None:
        return []
    return sorted(value) if isinstance(value, frozenset) else [value]
