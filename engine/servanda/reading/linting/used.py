"""Names that nothing uses, and bearers that nothing can be asked of: an agreement comes in, warnings go out."""

from __future__ import annotations

from collections.abc import Iterator

from servanda.model.clauses import Clause
from servanda.model.patterns import Is, Pattern
from servanda.reading.complaints import quoted
from servanda.reading.linting.subject import Subject, patterns_of, tests_in
from servanda.reading.tree import Node

_UNBOUND = {"group": "a group acts, but signed nothing", "observer": "an observer is not bound"}


def unused_actors(subject: Subject) -> None:
    """W002: an actor that is in no clause, pattern, state or ranking, for whom nobody speaks, and part of nobody."""
    agreement = subject.agreement
    used: set[object] = {source.speaks_for for source in agreement.sources.values()}
    for actor in agreement.actors.values():
        if actor.part_of is not None:
            used |= {actor.id, actor.part_of}
    for view in agreement.own_views.values():
        used |= {member.removeprefix("actor:") for tier in view.ranking for member in tier}
    patterns: dict[int, Pattern] = {}
    for state in agreement.states.values():
        patterns |= {id(pattern): pattern for pattern in (state.starts, state.stops)}
    # Readings share what they do not replace, so each pattern is looked at once.
    for clause in _said(subject):
        used.update(clause.bearers, clause.toward, clause.consents, clause.readings)
        if clause.keep is not None:
            used.add(clause.keep.key)
        patterns |= {id(pattern): pattern for pattern in patterns_of(clause)}
    for pattern in patterns.values():
        used |= {test.value for _, whole in pattern.tests for test in tests_in(whole) if isinstance(test, Is)}
    for name in agreement.actors.keys() - used:
        node = subject.root.at("actors", name)
        message = f"the actor {quoted(name)} is nowhere used"
        subject.warn_key("W002", node, message, "remove it, or check the names in clauses and sources")


def _said(subject: Subject) -> Iterator[Clause]:
    """Every clause, substitute, reading and amendment."""
    for body in subject.bodies:
        yield body.clause
    for _, effect in subject.effects():
        for name, changes in effect.changes.items():
            amended = subject.by_name[name].clause.amended(changes)
            yield from amended.with_otherwise()


def unused_sources(subject: Subject) -> None:
    """W003: a source that no view can tell from anybody else."""
    ranked = {member for view in subject.agreement.own_views.values() for tier in view.ranking for member in tier}
    for source in subject.agreement.sources.values():
        if source.kind is None and source.speaks_for is None and source.id not in ranked:
            message = f"the source {quoted(source.id)} has no kind, speaks for nobody and is in no ranking"
            subject.warn_key("W003", subject.root.at("sources", source.id), message, "say `kind:` or `speaks_for:`")


def odd_bearers(subject: Subject) -> None:
    """W005: a duty of somebody who signed nothing."""
    binds = {id(inner): inner for body in subject.bodies if (inner := body.node.child("binds"))}
    for item in (item for node in binds.values() for item in node.items()):
        actor = subject.agreement.actors.get(subject.agreement.actor_id(str(item.value)))
        if actor is not None and (why := _UNBOUND.get(actor.role)):
            message = f"{quoted(str(item.value))} is bound, but is an actor of role {actor.role!r}"
            subject.warn("W005", item, message, f"{why}; bind the party that answers for it")


def lonely_other(subject: Subject) -> None:
    """W009: `$other` in a clause that binds one actor, where nothing can match."""
    found: dict[int, list[Node]] = {}
    for body in subject.bodies:
        if len(body.clause.bearers) != 1:
            continue
        for place in (body.node.child(key) for key in (body.clause.duty, "when", "unless")):
            if place is None:
                continue
            if id(place) not in found:
                found[id(place)] = [item for item in _values(place) if item.value == "$other"]
            for item in found[id(place)]:
                message = (
                    f"'$other' is another bearer of the clause, and only {quoted(body.clause.bearers[0])} is bound"
                )
                subject.warn("W009", item, message, "name the actor, or leave the field out")


def _values(node: Node) -> Iterator[Node]:
    yield node
    inner = node.value if isinstance(node.value, list) else node.entries().values()
    for item in inner:
        yield from _values(item)
