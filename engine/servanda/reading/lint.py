"""Warnings about a sound agreement: the agreement and its tree come in, doubts about what it says go out.

One function looks for one thing. Acts and misspelled fields are warned of where patterns are read.
"""

from __future__ import annotations

from collections.abc import Iterator

from servanda.model.agreement import Agreement
from servanda.model.clauses import Clause, StatusTrigger
from servanda.model.moments import BEGINNING, END
from servanda.model.patterns import AnyOf, Is, Not, Pattern, Ref, Test
from servanda.reading.clauses import overlaid
from servanda.reading.complaints import Complaints, quoted
from servanda.reading.tree import Node

Body = tuple[Clause, Node]
_UNBOUND = {"group": "a group acts, but signed nothing", "observer": "an observer is not bound"}


def warn(agreement: Agreement, root: Node, complaints: Complaints) -> None:
    """Note everything that is probably not meant."""
    bodies = list(_bodies(agreement, root))
    _unused_actors(agreement, root, bodies, complaints)
    _unused_sources(agreement, root, complaints)
    _never_triggered(agreement, root, complaints)
    _odd_bearers(agreement, bodies, complaints)
    _lonely_other(bodies, complaints)
    for clause, node in bodies:
        _requires_itself(clause, node, complaints)
        _empty_window(clause, node, agreement, complaints)


def _bodies(agreement: Agreement, root: Node) -> Iterator[Body]:
    """Every clause, substitute and reading with its place."""
    clauses = root.at("clauses")
    for clause in agreement.clauses:
        node = clauses.at(clause.name)
        versions = [(clause, node)]
        for name, written in node.at("readings").entries().items() if node.child("readings") else ():
            reading = clause.readings.get(agreement.actor_id(name))
            if reading is not None:
                versions.append((reading, overlaid(node, written)))
        for version, place in versions:
            at = place
            for part in version.with_otherwise():
                yield part, at
                at = at.at("otherwise")


# --- who ----------------------------------------------------------------------------------------------


def _unused_actors(agreement: Agreement, root: Node, bodies: list[Body], complaints: Complaints) -> None:
    used: set[object] = {source.speaks_for for source in agreement.sources.values()}
    for actor in agreement.actors.values():
        if actor.part_of is not None:
            used |= {actor.id, actor.part_of}
    for view in agreement.own_views.values():
        used |= {member.removeprefix("actor:") for tier in view.ranking for member in tier}
    for clause, _ in bodies:
        used.update(clause.readings)
    # Readings share what they do not replace, so each thing is looked at once.
    for bearers in {id(clause.bearers): clause.bearers for clause, _ in bodies}.values():
        used.update(bearers)
    for pattern in {id(pattern): pattern for clause, _ in bodies for pattern in _patterns(clause)}.values():
        used |= {test.value for _, whole in pattern.tests for test in _tests(whole) if isinstance(test, Is)}
    for name in agreement.actors.keys() - used:
        spot = root.at("actors", name).name_spot
        message = f"the actor {quoted(name)} is nowhere used"
        complaints.add("W002", spot, message, "remove it, or check the names in clauses and sources")


def _unused_sources(agreement: Agreement, root: Node, complaints: Complaints) -> None:
    ranked = {member for view in agreement.own_views.values() for tier in view.ranking for member in tier}
    for source in agreement.sources.values():
        if source.kind is None and source.speaks_for is None and source.id not in ranked:
            spot = root.at("sources", source.id).name_spot
            message = f"the source {quoted(source.id)} has no kind, speaks for nobody and is in no ranking"
            complaints.add("W003", spot, message, "say `kind:` or `speaks_for:`")


def _odd_bearers(agreement: Agreement, bodies: list[Body], complaints: Complaints) -> None:
    binds = [inner for _, node in bodies if (inner := node.child("binds"))]
    for item in (item for node in {id(node): node for node in binds}.values() for item in node.items()):
        actor = agreement.actors.get(agreement.actor_id(str(item.value)))
        if actor is not None and (why := _UNBOUND.get(actor.role)):
            message = f"{quoted(str(item.value))} is bound, but is an actor of role {actor.role!r}"
            complaints.add("W005", item.spot, message, f"{why}; bind the party that answers for it")


# --- clauses that cannot do anything ----------------------------------------------------------------------


def _never_triggered(agreement: Agreement, root: Node, complaints: Complaints) -> None:
    """Status triggers that lead only to each other in a circle never fire."""
    follows: dict[str, list[str]] = {}
    live: set[str] = set()
    for clause in agreement.clauses:
        causes = [one.clause.partition(".")[0] for one in clause.when if isinstance(one, StatusTrigger)]
        if len(causes) == len(clause.when) > 0:
            for cause in causes:
                follows.setdefault(cause, []).append(clause.name)
        else:
            live.add(clause.name)
    waiting = list(live)
    while waiting:
        started = [name for name in follows.get(waiting.pop(), ()) if name not in live]
        live.update(started)
        waiting += started
    for clause in agreement.clauses:
        if clause.name not in live:
            spot = root.at("clauses", clause.name, "when").name_spot
            message = f"nothing ever triggers the clause {quoted(clause.name)} but itself"
            remedy = "trigger it by an event, or by a clause that can begin without it"
            complaints.add("W006", spot, message, remedy)


def _lonely_other(bodies: list[Body], complaints: Complaints) -> None:
    found: dict[int, list[Node]] = {}
    for clause, node in bodies:
        if len(clause.bearers) != 1:
            continue
        for place in (node.child(clause.duty), node.child("when")):
            if place is None:
                continue
            if id(place) not in found:
                found[id(place)] = [item for item in _values(place) if item.value == "$other"]
            for item in found[id(place)]:
                message = f"'$other' is another bearer of the clause, and only {quoted(clause.bearers[0])} is bound"
                complaints.add("W009", item.spot, message, "name the actor, or leave the field out")


def _requires_itself(clause: Clause, node: Node, complaints: Complaints) -> None:
    if clause.requires is not None and clause.requires == clause.name.partition(".")[0]:
        spot = node.at("requires", "fulfilled").spot
        message = f"the clause {quoted(clause.requires)} requires its own fulfilment"
        complaints.add("W011", spot, message, "require another clause, or nothing")


def _empty_window(clause: Clause, node: Node, agreement: Agreement, complaints: Complaints) -> None:
    term, on = agreement.term, clause.on
    if on is not None and not on.meets(term):
        spot = node.at("on").spot
        complaints.add("W008", spot, "this day lies outside the term of the agreement", "check the year")
        return
    start = max(term.earliest, clause.start or BEGINNING, on.earliest if on else BEGINNING)
    end, key = min(_ends(clause, agreement))
    if end < start:
        place = node.at(key) if key else node.at("from")
        message = f"the window of {quoted(clause.name)} ends before it begins"
        complaints.add(
            "W007", place.spot, message, "check the dates, the years above all, against each other and the term"
        )


def _ends(clause: Clause, agreement: Agreement) -> list[tuple[int, str]]:
    """When the window may end, with the key that says so."""
    ends = [(clause.by, "by"), (clause.on.latest if clause.on else None, "on")]
    if clause.within and not clause.when and "." not in clause.name:
        ends.append((clause.within.after(agreement.term.earliest, agreement.zone), "within"))
    said = [(end, key) for end, key in ends if end is not None]
    if clause.until is not None and (clause.duty == "must_not" or not said):
        said.append((clause.until, "until"))
    if clause.duty == "must_not" or not said:
        said.append((agreement.term.latest, ""))
    return said or [(END, "")]


# --- looking into patterns ----------------------------------------------------------------------------


def _patterns(clause: Clause) -> Iterator[Pattern]:
    yield clause.pattern
    for trigger in clause.when:
        if not isinstance(trigger, StatusTrigger):
            yield trigger.pattern


def _tests(test: Test) -> Iterator[Is | Ref | Test]:
    yield test
    if isinstance(test, AnyOf):
        for inner in test.tests:
            yield from _tests(inner)
    elif isinstance(test, Not):
        yield from _tests(test.test)


def _values(node: Node) -> Iterator[Node]:
    yield node
    inner = node.value if isinstance(node.value, list) else node.entries().values()
    for item in inner:
        yield from _values(item)
