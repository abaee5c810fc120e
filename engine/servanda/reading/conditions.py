"""What a clause depends on: triggers, requirements, states and amounts of a body come in, frozen values go out."""

from __future__ import annotations

from typing import Any, Literal, cast

from servanda.model.clauses import (
    AtLeast,
    AtMost,
    EventTrigger,
    Keep,
    Rate,
    State,
    StatusTrigger,
    Trigger,
    While,
)
from servanda.model.moments import Interval
from servanda.model.patterns import BODY_FIELDS, Scalar
from servanda.reading.agreement_file import AgreementFile, KeepEntry
from servanda.reading.body import Body, clause_with_outcome
from servanda.reading.complaints import quoted
from servanda.reading.frame import Frame
from servanda.reading.patterns import NOT_OF_THE_EVENT, look_alike, read_duty, read_pattern
from servanda.reading.times import read_earliest, read_latest
from servanda.reading.tree import Node
from servanda.reading.windows import duration_of

_STATUSES = ("violated", "fulfilled", "ended")


# --- triggers and requirements ------------------------------------------------------------------------


def read_triggers(body: Body) -> tuple[Trigger, ...]:
    """`when`: what creates instances, any of them."""
    node = body.node.child("when")
    if node is None or body.depth:
        return ()
    found = [_trigger(item, body) for item in node.items()]
    return tuple(trigger for trigger in found if trigger is not None)


def _trigger(node: Node, body: Body) -> Trigger | None:
    entries = node.entries()
    statuses = [key for key in entries if key in _STATUSES]
    if not statuses:
        return EventTrigger(read_pattern(node, body.frame, body.references & {"bearer", "other"}))
    if len(entries) > 1:
        remedy = "write a list, with one trigger in each entry"
        body.wrong("A409", node, f"{statuses[0]!r} stands alone in a trigger", remedy)
        return None
    name = entries[statuses[0]]
    if not isinstance(name.value, str):
        body.wrong(
            "A409", name, f"{statuses[0]!r} needs the name of one clause", "write a list of triggers for several"
        )
        return None
    clause_with_outcome(name.value, name, body.frame)
    return StatusTrigger(cast("Literal['violated', 'fulfilled', 'ended']", statuses[0]), name.value)


def read_requires(body: Body) -> str | None:
    """`requires`: the clause that must have been fulfilled."""
    if body.entry.requires is None:
        return None
    name = body.entry.requires.fulfilled
    clause_with_outcome(name, body.node.at("requires", "fulfilled"), body.frame, body.frame.plain_clauses)
    return name


# --- states -------------------------------------------------------------------------------------------


def read_states(file: AgreementFile, frame: Frame) -> dict[str, State]:
    """The states of an agreement by name."""
    section, states = frame.root.at("states"), dict[str, State]()
    for name, entry in (file.states or {}).items():
        node = section.at(name)
        starts = read_pattern(node.at("starts"), frame, ())
        stops = read_pattern(node.at("stops"), frame, ())
        if entry.key is not None:
            field_of_event(entry.key, node.at("key"), frame)
        states[name] = State(name, starts, stops, entry.initially == "on", entry.key)
    return states


def read_condition(body: Body) -> While | None:
    """`while`: the state that the clause is in force with."""
    entry = body.entry.condition
    if entry is None:
        return None
    node = body.node.at("while")
    state = _state(entry.state, node.at("state"), body.frame)
    if state is not None and (state.key is None) is not (entry.key is None):
        if entry.key is None:
            message = f"the state {quoted(entry.state)} is one for each {state.key!r}"
            body.wrong(
                "A212", node.at("state"), message, f"add `key: {state.key}`: the field of the incident to look at"
            )
        else:
            message = f"the state {quoted(entry.state)} is one for all: it has no key"
            body.wrong("A212", node.at("key"), message, "leave `key` out, or give the state a `key`")
    if entry.key is not None:
        field_of_event(entry.key, node.at("key"), body.frame)
    return While(entry.state, entry.key, entry.value != "off")


def read_keep(body: Body, entry: KeepEntry, references: frozenset[str]) -> Keep | None:
    """`must_keep`: the state of that name, or one described here."""
    node, frame = body.node.at("must_keep"), body.frame
    written = node.entries().keys() | node.dropped.keys()
    named, described = "state" in written, bool(written & {"started", "stopped", "initially"})
    if named is described or (described and not {"started", "stopped"} <= written):
        message = "'must_keep' names a state, or says by which events it is started and stopped"
        remedy = "write `{state: NAME}`, or `{started: PATTERN, stopped: PATTERN}`"
        body.wrong_key("A414", "must_keep", message, remedy)
        return None
    if named:
        state = _state(entry.state, node.at("state"), frame) if entry.state is not None else None
        return None if state is None else Keep(state, _kept_key(state, entry, node, body))
    if "key" in written:
        message = "a state described here is one for all: it has no key"
        body.wrong_key("A212", "must_keep", message, "leave `key` out, or give the state a name in `states:`")
    started = read_duty(node.at("started"), frame, references)
    return Keep(State(body.name, started, read_duty(node.at("stopped"), frame, references), entry.initially == "on"))


def _kept_key(state: State, entry: KeepEntry, node: Node, body: Body) -> Scalar | None:
    if state.key is not None and "key" not in node.entries() and "key" not in node.dropped:
        message = f"the state {quoted(state.name)} is one for each {state.key!r}"
        body.wrong("A212", node.at("state"), message, f"say for which, in `key`: a value of {state.key!r}")
    elif state.key is None and entry.key is not None:
        message = f"the state {quoted(state.name)} is one for all: it has no key"
        body.wrong("A212", node.at("key"), message, "leave `key` out, or give the state a `key`")
    if state.key in ("actor", "target", "object") and isinstance(entry.key, str):
        return body.frame.agreement.actor_id(entry.key)
    return cast("Scalar | None", entry.key)


def _state(name: str, node: Node, frame: Frame) -> State | None:
    found = frame.agreement.states.get(name)
    if found is None and name not in frame.root.at("states").dropped and "states" not in frame.root.dropped:
        remedy = frame.complaints.near(name, frame.agreement.states) or "add it to `states`"
        frame.complaints.add("A211", node.spot, f"unknown state {quoted(name)}", remedy)
    return found


def field_of_event(name: str, node: Node, frame: Frame) -> None:
    """Complain of a field that no event has, or that looks like another."""
    if remedy := NOT_OF_THE_EVENT.get(name):
        frame.complaints.add("A404", node.spot, f"{name!r} is not a field of the event", remedy)
    elif name not in BODY_FIELDS:
        look_alike(name, Node(name, node.spot), frame)


# --- amounts ------------------------------------------------------------------------------------------


def read_amounts(body: Body) -> dict[str, Any]:
    """`at_most`, `rate`, `at_least` and `quantity`."""
    entry = body.entry
    found: dict[str, Any] = {"at_most": None, "rate": None, "at_least": None, "reach": None}
    if entry.at_most is not None:
        found["at_most"] = AtMost(entry.at_most.n, duration_of(body, entry.at_most.within, "at_most", "in"))
    if entry.at_least is not None:
        if entry.at_least.distinct is not None:
            field_of_event(entry.at_least.distinct, body.node.at("at_least", "distinct"), body.frame)
        found["at_least"] = AtLeast(entry.at_least.n, entry.at_least.distinct)
    if entry.quantity is not None:
        found["reach"] = entry.quantity.reach
    if entry.rate is not None:
        found["rate"] = _rate(body)
    return found


def _rate(body: Body) -> Rate | None:
    entry, complaints = body.entry.rate, body.frame.complaints
    assert entry is not None
    window = duration_of(body, entry.within, "rate", "in")
    baseline = body.node.at("rate", "baseline")
    start = read_earliest(entry.baseline.start, baseline.at("from"), body.frame.agreement.zone, complaints)
    until = read_latest(entry.baseline.until, baseline.at("until"), body.frame.agreement.zone, complaints)
    if start is None or until is None or window is None:
        return None
    if until < start:
        complaints.add("A304", baseline.at("until").spot, "the baseline ends before it starts", "let it end later")
        return None
    if window.after(start, body.frame.agreement.zone) <= start:
        complaints.add(
            "A302", body.node.at("rate", "in").spot, "a window takes some time", "write a duration such as P7D"
        )
        return None
    return Rate(window, entry.exceeds, Interval(start, until))
