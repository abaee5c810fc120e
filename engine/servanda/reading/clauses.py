"""Clauses: their entries and places in the file come in, clauses with all names resolved go out.

A reading becomes a whole clause: the written one with the party's keys in place of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, cast

from servanda.model.clauses import Clause, EventTrigger, Place, StatusTrigger, Trigger
from servanda.model.moments import Duration, Interval
from servanda.model.patterns import Pattern
from servanda.reading.agreement_file import ClauseEntry, ReadingEntry, SubstituteEntry, keys
from servanda.reading.complaints import Complaints, quoted
from servanda.reading.frame import Frame
from servanda.reading.patterns import read_duty, read_pattern
from servanda.reading.times import read_duration, read_earliest, read_latest, read_until, read_when
from servanda.reading.tree import Node

MAX_OTHERWISE = 16
_STATUSES = ("violated", "fulfilled", "ended")
_BAD_NAME = re.compile(r"[./;,$\s]")
_DUTIES = ("must", "must_not")
_OTHER_KEYS = frozenset(keys(ClauseEntry)) - {*_DUTIES}
_EMPTY = Pattern(())


@dataclass(frozen=True, slots=True)
class _Body:
    """One clause body on its way to a Clause: its entry, its place, and what stands above it."""

    name: str
    entry: SubstituteEntry
    node: Node
    place: Place
    frame: Frame
    depth: int = 0  # how many `otherwise` it lies in

    def wrong(self, code: str, node: Node, message: str, remedy: str = "") -> None:
        self.frame.complaints.add(code, node.spot, message, remedy)


def clause_names(clauses: Node, complaints: Complaints) -> frozenset[str]:
    """Every name a clause or an `otherwise` can be referred to by; complains of unusable ones."""
    names: set[str] = set(clauses.dropped)
    for name, node in clauses.entries().items():
        if not name or _BAD_NAME.search(name):
            message = f"{quoted(name)} cannot be the name of a clause"
            remedy = "use letters, digits, `-` and `_`: the name is part of `CLAUSE.otherwise` and `CLAUSE/BEARER`"
            complaints.add("A110", node.name_spot, message, remedy)
        names.update(_chain(name, node))
    return frozenset(names)


def _chain(name: str, node: Node) -> Iterator[str]:
    yield name
    readings = node.child("readings")
    bodies = [node, *(readings.entries().values() if readings else ())]
    if any("otherwise" in body.dropped for body in bodies):
        yield f"{name}.otherwise"
    for body in bodies:
        if inner := body.child("otherwise"):
            yield from _chain(f"{name}.otherwise", inner)


def read_clause(name: str, entry: ClauseEntry, node: Node, frame: Frame) -> Clause:
    """The clause of that name, its substitutes, and the readings of the parties."""
    clause = _clause(_Body(name, entry, node, _place(node), frame))
    readings: dict[str, Clause] = {}
    for party, reading in (entry.readings or {}).items():
        written = node.at("readings", party)
        holder = _party(party, written, frame)
        if holder is None:
            continue
        if not reading.model_fields_set and not written.dropped:
            message = f"the reading of {quoted(party)} replaces nothing"
            frame.complaints.add("A108", written.spot, message, "give the keys that this party reads otherwise")
        if holder in readings:
            message = f"{quoted(party)} has another reading already"
            frame.complaints.add("A204", written.name_spot, message, "keep one")
            continue
        merged = _Body(name, _merged(entry, reading), overlaid(node, written), _place(written), frame)
        readings[holder] = _clause(merged)
    return replace(clause, readings=readings)


def _place(node: Node) -> Place:
    return Place(node.name_spot.line, node.name_spot.column)


# --- readings -----------------------------------------------------------------------------------------


def _party(name: str, node: Node, frame: Frame) -> str | None:
    found = frame.agreement.actor_id(name)
    actor = frame.agreement.actors.get(found)
    if actor is None:
        frame.actor(name, Node(name, node.name_spot))
        return None
    if actor.role != "party" and "role" not in frame.root.at("actors", found).dropped:
        message = f"{quoted(name)} is a {actor.role}, and only a party has readings"
        frame.complaints.add("A208", node.name_spot, message, "give the reading to a party")
    return found


def _merged(entry: ClauseEntry, reading: ReadingEntry) -> ClauseEntry:
    changes = {key: getattr(reading, key) for key in reading.model_fields_set}
    if any(duty in changes for duty in _DUTIES):
        changes = dict.fromkeys(_DUTIES) | changes
    return entry.model_copy(update=changes | {"readings": None})


def overlaid(node: Node, reading: Node) -> Node:
    """The clause's place in the file with a reading's keys in place of its own."""
    replaces_duty = any(duty in reading.entries() for duty in _DUTIES)
    kept = {
        key: inner
        for key, inner in node.entries().items()
        if key != "readings" and not (replaces_duty and key in _DUTIES)
    }
    return Node(kept | reading.entries(), reading.spot, reading.key, dropped=node.dropped | reading.dropped)


# --- one body -----------------------------------------------------------------------------------------


def _clause(body: _Body) -> Clause:
    entry = body.entry
    when = _triggers(body)
    duty, pattern = _duty(body, when)
    bearers = _bearers(body)
    start, until, by, on = _window(body)
    lasting = _lasting(body)
    return Clause(
        name=body.name,
        duty=duty,
        pattern=pattern,
        bearers=bearers,
        joint=bool(entry.joint),
        on=on,
        by=by,
        start=start,
        until=until,
        within=_within(body),
        lasting=lasting,
        grace=_grace(body),
        when=when,
        requires=_requires(body),
        otherwise=_otherwise(body),
        text=entry.text,
        cites=entry.cites,
        place=body.place,
    )


def _duty(body: _Body, when: tuple[Trigger, ...]) -> tuple[Literal["must", "must_not"], Pattern]:
    found = [duty for duty in _DUTIES if duty in body.node.entries()]
    if not found:
        # A key that was taken out as unknown or not yet understood may be the duty.
        if all(key in _OTHER_KEYS for key in body.node.dropped):
            at = Node(None, body.node.name_spot)
            body.wrong("A401", at, f"{_of(body)} says no duty", "add `must:` or `must_not:` with a pattern")
        return "must", _EMPTY
    if len(found) > 1:
        at = Node(None, body.node.at(found[1]).name_spot)
        body.wrong("A402", at, f"{_of(body)} says both 'must' and 'must_not'", "make two clauses of it")
    allowed = {"bearer", "other", "all"}
    if body.depth or when or "when" in body.node.dropped:
        allowed.add("trigger")
    violated = any(isinstance(one, StatusTrigger) and one.status == "violated" for one in when)
    if body.depth or violated or "when" in body.node.dropped:
        allowed.add("violator")
    for duty in found[1:]:
        read_pattern(body.node.at(duty), body.frame, allowed)
    pattern = read_duty(body.node.at(found[0]), body.frame, allowed)
    return cast("Literal['must', 'must_not']", found[0]), pattern


def _of(body: _Body) -> str:
    return f"clause {quoted(body.name)}"


def _bearers(body: _Body) -> tuple[str, ...]:
    if body.entry.binds is None or "binds" in body.node.dropped:
        return ()
    node, known = body.node.at("binds"), body.frame.bearers
    if id(node) not in known:
        known[id(node)] = _bound(body, node)
    return known[id(node)]


def _bound(body: _Body, node: Node) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for item in node.items():
        name = str(item.value)
        actor = body.frame.actor(name, item)
        if actor in found:
            body.wrong("A410", item, f"{quoted(name)} is bound twice", "name each bearer once")
        elif actor is not None:
            found[actor] = None
    return tuple(found)


def _otherwise(body: _Body) -> Clause | None:
    inner = body.entry.otherwise
    if inner is None:
        return None
    node = body.node.at("otherwise")
    if body.depth >= MAX_OTHERWISE:
        at = Node(None, node.name_spot)
        body.wrong("A408", at, f"more than {MAX_OTHERWISE} 'otherwise' in each other", "end the chain earlier")
        return None
    return _clause(_Body(f"{body.name}.otherwise", inner, node, _place(node), body.frame, body.depth + 1))


def _requires(body: _Body) -> str | None:
    if body.entry.requires is None:
        return None
    name, node = body.entry.requires.fulfilled, body.node.at("requires", "fulfilled")
    if name not in body.frame.plain_clauses:
        _unknown_clause(name, node, body.frame.plain_clauses, body.frame)
    return name


def _unknown_clause(name: str, node: Node, known: frozenset[str], frame: Frame) -> None:
    remedy = frame.complaints.near(name, known) or "name one of the clauses of this agreement"
    frame.complaints.add("A203", node.spot, f"unknown clause {quoted(name)}", remedy)


# --- triggers -----------------------------------------------------------------------------------------


def _triggers(body: _Body) -> tuple[Trigger, ...]:
    node = body.node.child("when")
    if node is None or body.depth:
        return ()
    found = [_trigger(item, body) for item in node.items()]
    return tuple(trigger for trigger in found if trigger is not None)


def _trigger(node: Node, body: _Body) -> Trigger | None:
    entries = node.entries()
    statuses = [key for key in entries if key in _STATUSES]
    if not statuses:
        return EventTrigger(read_pattern(node, body.frame, ("bearer", "other")))
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
    if name.value not in body.frame.clauses:
        _unknown_clause(name.value, name, body.frame.clauses, body.frame)
    return StatusTrigger(cast("Literal['violated', 'fulfilled', 'ended']", statuses[0]), name.value)


# --- time ---------------------------------------------------------------------------------------------


def _window(body: _Body) -> tuple[int | None, int | None, int | None, Interval | None]:
    """`from`, `until`, `by` and `on`."""
    entry, node = body.entry, body.node
    zone, complaints = body.frame.agreement.zone, body.frame.complaints
    start = until = by = on = None
    if entry.start is not None:
        start = read_earliest(entry.start, node.at("from"), zone, complaints)
    if entry.by is not None:
        by = read_latest(entry.by, node.at("by"), zone, complaints)
    if entry.on is not None:
        on = read_when(entry.on, node.at("on"), zone, complaints)
    if entry.until is not None and not (_triggered(body) and entry.until.startswith("P")):
        counted_from = start if start is not None else body.frame.term_start
        until = read_until(entry.until, counted_from, node.at("until"), zone, complaints)
        said = entry.start is not None or "from" in node.dropped
        if entry.until.startswith("P") and counted_from is None and not said:
            _no_start(body, "until", f"{entry.until} is counted from a start that is not said")
    return start, until, by, on


def _lasting(body: _Body) -> Duration | None:
    """`until` a duration after the trigger."""
    text = body.entry.until
    if text is None or not text.startswith("P") or not _triggered(body):
        return None
    return read_duration(text, body.node.at("until"), body.frame.complaints)


def _triggered(body: _Body) -> bool:
    return bool(body.depth) or "when" in body.node.entries() or "when" in body.node.dropped


def _within(body: _Body) -> Duration | None:
    if body.entry.within is None:
        return None
    duration = read_duration(body.entry.within, body.node.at("within"), body.frame.complaints)
    if duration is not None and not _triggered(body) and body.frame.term_start is None:
        _no_start(body, "within", f"{body.entry.within} is counted from the start of a term that is not said")
    return duration


def _no_start(body: _Body, key: str, message: str) -> None:
    if not body.frame.term_unclear:
        remedy = "add `from:` to the term" + (", or to the clause" if key == "until" else ", or `when:` to the clause")
        body.wrong("A305", body.node.at(key), message, remedy)


def _grace(body: _Body) -> Duration | None:
    if body.entry.grace is None:
        return None
    return read_duration(body.entry.grace, body.node.at("grace"), body.frame.complaints)
