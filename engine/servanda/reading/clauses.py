"""Clauses: their entries and places in the file come in, clauses with all names resolved go out.

A reading becomes a whole clause: the written one with the party's keys in place of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from servanda.model.clauses import NORMS, Clause, DutyKind
from servanda.model.patterns import Pattern
from servanda.reading.agreement_file import AgreementFile, ClauseEntry, ReadingEntry, SubstituteEntry, keys
from servanda.reading.body import DUTIES, Body
from servanda.reading.complaints import Complaints, listing, quoted
from servanda.reading.conditions import read_amounts, read_condition, read_keep, read_requires, read_triggers
from servanda.reading.frame import Frame
from servanda.reading.patterns import read_duty, read_pattern
from servanda.reading.powers import read_power
from servanda.reading.tree import Node
from servanda.reading.windows import read_every, read_window

_BAD_NAME = re.compile(r"[./;,$\s]")
_OTHER_KEYS = frozenset(keys(ClauseEntry)) - {*DUTIES}
_EMPTY = Pattern(())
_ALL_BUT_COUNTS_AS = frozenset(DUTIES) - {"counts_as"}
# With which duties a key goes; those not named go with all.
_FIT: Mapping[str, frozenset[str]] = {
    "at_most": frozenset(("must_not",)),
    "rate": frozenset(("must_not",)),
    "at_least": frozenset(("must",)),
    "quantity": frozenset(("must",)),
    "shields": frozenset(("may",)),
    "effect": frozenset(("can",)),
    "consents": frozenset(("can",)),
    "every": NORMS,
    "otherwise": NORMS,
    "when": _ALL_BUT_COUNTS_AS,
    "while": _ALL_BUT_COUNTS_AS,
    "unless": _ALL_BUT_COUNTS_AS,
    "requires": _ALL_BUT_COUNTS_AS,
}


def clause_names(clauses: Node, complaints: Complaints) -> dict[str, str]:
    """Every name a clause or an `otherwise` can be referred to by, with its kind of duty.

    Complains of unusable names.
    """
    names: dict[str, str] = {}
    for name, node in clauses.entries().items():
        if not name or name == "all" or _BAD_NAME.search(name):
            message = f"{quoted(name)} cannot be the name of a clause"
            remedy = "use letters, digits, `-` and `_`: the name is part of `CLAUSE.otherwise` and `CLAUSE/BEARER`"
            complaints.add("A110", node.name_spot, message, remedy)
        for found, body in _chain(name, node):
            names.setdefault(found, next((duty for duty in DUTIES if body and duty in body.entries()), ""))
    return names | dict.fromkeys((name for name in clauses.dropped if name not in names), "")


def _chain(name: str, node: Node) -> Iterator[tuple[str, Node | None]]:
    yield name, node
    readings = node.child("readings")
    bodies = [node, *(readings.entries().values() if readings else ())]
    if any("otherwise" in body.dropped for body in bodies):
        yield f"{name}.otherwise", None
    for body in bodies:
        if inner := body.child("otherwise"):
            yield from _chain(f"{name}.otherwise", inner)


def read_clauses(file: AgreementFile, frame: Frame) -> tuple[Clause, ...]:
    """Every clause as written, with its substitutes and the readings of the parties."""
    section = frame.root.at("clauses")
    written = {name: (entry, section.at(name)) for name, entry in file.clauses.items()}
    return tuple(_read(name, entry, written, frame) for name, entry in file.clauses.items())


Written = Mapping[str, tuple[ClauseEntry, Node]]


def _read(name: str, entry: ClauseEntry, written: Written, frame: Frame) -> Clause:
    node = written[name][1]
    clause = _clause(Body(name, entry, node, frame), written)
    readings: dict[str, Clause] = {}
    for party, reading in (entry.readings or {}).items():
        place = node.at("readings", party)
        holder = _party(party, place, frame)
        if holder is None:
            continue
        if not reading.model_fields_set and not place.dropped:
            message = f"the reading of {quoted(party)} replaces nothing"
            frame.complaints.add("A108", place.spot, message, "give the keys that this party reads otherwise")
        if holder in readings:
            message = f"{quoted(party)} has another reading already"
            frame.complaints.add("A204", place.name_spot, message, "keep one")
            continue
        readings[holder] = _clause(Body(name, _merged(entry, reading), overlaid(node, place), frame), written)
    return replace(clause, readings=readings)


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
    if any(duty in changes for duty in DUTIES):
        changes = dict.fromkeys(DUTIES) | changes
    return entry.model_copy(update=changes | {"readings": None})


def overlaid(node: Node, reading: Node) -> Node:
    """The clause's place in the file with a reading's keys in place of its own."""
    replaces_duty = any(duty in reading.entries() for duty in DUTIES)
    kept = {
        key: inner
        for key, inner in node.entries().items()
        if key != "readings" and not (replaces_duty and key in DUTIES)
    }
    return Node(kept | reading.entries(), reading.spot, reading.key, dropped=node.dropped | reading.dropped)


# --- one body -----------------------------------------------------------------------------------------


def _clause(body: Body, written: Written) -> Clause:
    when = read_triggers(body)
    _check_fit(body)
    terms = _terms(body)
    return Clause(
        name=body.name,
        duty=body.duty,
        bearers=_bearers(body),
        joint=bool(isinstance(body.entry, SubstituteEntry) and body.entry.joint),
        every=read_every(body, terms["start"]),
        when=when,
        place=body.place,
        **terms,
        **read_power(body, written, _terms),
    )


def _terms(body: Body) -> dict[str, Any]:
    """What can be amended of a clause."""
    entry = body.entry
    pattern, keep = _duty(body)
    unless = body.node.child("unless")
    return {
        "pattern": pattern,
        "keep": keep,
        **read_window(body),
        "unless": None if unless is None else read_pattern(unless, body.frame, body.references),
        "condition": read_condition(body),
        "requires": read_requires(body),
        **read_amounts(body),
        "toward": _actors(body, "toward") if entry.toward else (),
        "otherwise": _otherwise(body),
        "text": entry.text,
        "cites": entry.cites,
    }


def _duty(body: Body) -> tuple[Pattern, object]:
    """The pattern of the duty, and what is to be kept."""
    found: list[DutyKind] = [duty for duty in DUTIES if duty in body.node.entries()]
    if not found:
        # A key that was taken out as unknown may be the duty.
        if all(key in _OTHER_KEYS for key in body.node.dropped):
            at = Node(None, body.node.name_spot)
            remedy = "add `must:` or `must_not:` with a pattern, `must_keep:`, `may:`, `can:` or `counts_as:`"
            body.wrong("A401", at, f"{body.of()} says no duty", remedy)
        return _EMPTY, None
    if len(found) > 1:
        remedy = "make two clauses of it"
        body.wrong_key("A402", found[1], f"{body.of()} says both {found[0]!r} and {found[1]!r}", remedy)
    patterns = [_pattern(body, duty) for duty in found]
    return patterns[0]


def _pattern(body: Body, duty: DutyKind) -> tuple[Pattern, object]:
    node, allowed = body.node.at(duty), body.references
    if duty in ("must", "must_not"):
        return read_duty(node, body.frame, allowed), None
    if duty == "must_keep":
        keep = read_keep(body, body.entry.must_keep, allowed) if body.entry.must_keep is not None else None
        return (keep.state.stops if keep else _EMPTY), keep
    return read_pattern(node if duty != "counts_as" else node.at("pattern"), body.frame, allowed), None


def _check_fit(body: Body) -> None:
    """Complain of keys that mean nothing with the duty, and of a power without an effect."""
    for key, duties in _FIT.items():
        if key in body.node.entries() and body.duty not in duties and any(d in body.node.entries() for d in DUTIES):
            goes = listing(duty for duty in DUTIES if duty in duties)
            body.wrong_key("A413", key, f"{key!r} goes with {goes}, not with {body.duty!r}", "leave it out")
    if body.duty == "can" and not body.said("effect"):
        remedy = "add `effect:` with `extend`, `suspend`, `resume`, `terminate`, `waive` or `amend`"
        body.wrong_key("A416", "can", f"{body.of()} is a power without an effect", remedy)


def _bearers(body: Body) -> tuple[str, ...]:
    entry = body.entry
    if not isinstance(entry, SubstituteEntry) or entry.binds is None or "binds" in body.node.dropped:
        return ()
    node, known = body.node.at("binds"), body.frame.bearers
    if id(node) not in known:
        known[id(node)] = _actors(body, "binds")
    return known[id(node)]


def _actors(body: Body, key: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for item in body.node.at(key).items():
        name = str(item.value)
        actor = body.frame.actor(name, item)
        if actor in found:
            word = "bound" if key == "binds" else "named"
            body.wrong("A410", item, f"{quoted(name)} is {word} twice", "name each once")
        elif actor is not None:
            found[actor] = None
    return tuple(found)


def _otherwise(body: Body) -> Clause | None:
    inner = body.entry.otherwise
    if inner is None:
        return None
    node = body.node.at("otherwise")
    return _clause(Body(f"{body.name}.otherwise", inner, node, body.frame, body.depth + 1), {})
