"""States that do nothing: an agreement comes in, warnings about states never used or never switched go out."""

from __future__ import annotations

from servanda.model.clauses import State
from servanda.reading.complaints import quoted
from servanda.reading.linting.meaning import Reader, is_nobody
from servanda.reading.linting.subject import Subject
from servanda.reading.tree import Node


def never_used(subject: Subject) -> None:
    """W021: a state that no `while` and no `must_keep` names."""
    used = {body.clause.condition.state for body in subject.bodies if body.clause.condition is not None}
    used |= {body.clause.keep.state.name for body in subject.bodies if body.clause.keep is not None}
    for _, effect in subject.effects():
        for name, changes in effect.changes.items():
            for part in subject.by_name[name].clause.amended(changes).with_otherwise():
                used |= {part.condition.state} if part.condition is not None else set()
                used |= {part.keep.state.name} if part.keep is not None else set()
    for name in subject.agreement.states:
        if name not in used:
            message = f"no clause asks for the state {quoted(name)}"
            subject.warn_key("W021", subject.root.at("states", name), message, "remove it, or name it in a `while`")


def never_switched(subject: Subject) -> None:
    """W022: a state that no event can switch on or off: what starts it also stops it, or only nobody could."""
    for state in subject.agreement.states.values():
        node = subject.root.at("states", state.name)
        _switches(state, node.at("starts"), node.at("stops"), subject)
    for body in subject.bodies:
        keep = body.clause.keep
        if keep is not None and keep.state.name not in subject.agreement.states:
            node = body.node.at("must_keep")
            _switches(keep.state, node.at("started"), node.at("stopped"), subject)


def _switches(state: State, starts: Node, stops: Node, subject: Subject) -> None:
    remedy = "tell the events that start it from those that stop it"
    if Reader(subject.agreement, together=True).within(dict(state.starts.tests), dict(state.stops.tests)):
        message = f"nothing switches {quoted(state.name)} on: whatever starts it stops it as well"
        subject.warn_key("W022", starts, message, remedy)
    for pattern, node, word in ((state.starts, starts, "on"), (state.stops, stops, "off")):
        if name := is_nobody(pattern, subject.agreement):
            message = (
                f"nobody of this agreement switches {quoted(state.name)} {word}: {quoted(name)} is none of its actors"
            )
            subject.warn("W022", node.at("actor"), message, "name one of the actors, or leave the field out")
