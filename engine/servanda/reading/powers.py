"""Permissions and powers: a body comes in, whom it shields, what its exercise does and who must consent go out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from servanda.model.clauses import NORMS, Effect, EffectKind
from servanda.reading.agreement_file import EffectEntry, ReadingEntry, TermsEntry
from servanda.reading.body import DUTIES, Body, known_clause
from servanda.reading.complaints import quoted
from servanda.reading.patterns import read_act
from servanda.reading.tree import Node
from servanda.reading.windows import duration_of

Terms = Callable[[Body], dict[str, Any]]
# What a key of a clause is, once read.
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "must": ("pattern",),
    "must_not": ("pattern",),
    "must_keep": ("pattern", "keep"),
    "from": ("start",),
    "until": ("until", "lasting"),
    "while": ("condition",),
    "quantity": ("reach",),
}


def read_power(body: Body, written: Mapping[str, tuple[TermsEntry, Node]], terms: Terms) -> dict[str, Any]:
    """`shields`, `effect`, `consents` and the act of `counts_as`.

    `written` are the clauses as the file has them, and `terms` reads what can be amended of one.
    """
    entry, node, frame = body.entry, body.node, body.frame
    if not isinstance(entry, ReadingEntry):
        return {}
    shields = [str(item.value) for item in node.at("shields").items()] if entry.shields else []
    for item in node.at("shields").items() if entry.shields else ():
        known_clause(str(item.value), item, frame)
    consents = [frame.actor(str(item.value), item) for item in node.at("consents").items()] if entry.consents else []
    counted = None
    if entry.counts_as is not None and read_act(entry.counts_as.act, node.at("counts_as", "act"), frame):
        counted = entry.counts_as.act
    return {
        "shields": tuple(dict.fromkeys(shields)),
        "consents": tuple(dict.fromkeys(one for one in consents if one is not None)),
        "effect": _effect(body, entry.effect, written, terms) if entry.effect else None,
        "counted": counted,
    }


def _effect(
    body: Body, entry: EffectEntry, written: Mapping[str, tuple[TermsEntry, Node]], terms: Terms
) -> Effect | None:
    node = body.node.at("effect")
    said = [key for key in node.entries() if key in EffectEntry.model_fields]
    if len(said) != 1:
        if not (node.dropped and not said):
            message = "a power has one effect"
            remedy = "write one of `extend`, `suspend`, `resume`, `terminate`, `waive` and `amend`"
            body.wrong_key("A416", "effect", message, remedy)
        return None
    kind = cast("EffectKind", said[0])
    if kind == "extend":
        duration = duration_of(body, entry.extend, "effect", "extend")
        return None if duration is None else Effect("extend", duration=duration)
    if kind == "amend":
        return _amendment(body, entry.amend or {}, written, terms)
    return Effect(kind, _affected(body, node.at(kind)))


def _affected(body: Body, node: Node) -> tuple[str, ...]:
    """The clauses named; `all` is every clause with an outcome and every permission."""
    clauses = body.frame.clauses
    if [item.value for item in node.items()] == ["all"]:
        return tuple(name for name, kind in clauses.items() if kind in NORMS or kind == "may")
    names = [str(item.value) for item in node.items() if known_clause(str(item.value), item, body.frame)]
    return tuple(dict.fromkeys(names))


def _amendment(
    body: Body,
    amended: Mapping[str, TermsEntry],
    written: Mapping[str, tuple[TermsEntry, Node]],
    terms: Terms,
) -> Effect:
    changes: dict[str, Mapping[str, object]] = {}
    for name, entry in amended.items():
        node = body.node.at("effect", "amend", name)
        if name not in written:
            known_clause(name, Node(name, node.name_spot), body.frame, body.frame.plain_clauses)
            continue
        if not entry.model_fields_set and not node.dropped:
            message = f"the amendment of {quoted(name)} replaces nothing"
            body.frame.complaints.add("A108", node.name_spot, message, "give the keys that are to be read otherwise")
        changes[name] = _changes(name, (entry, node), written[name], body, terms)
    return Effect("amend", tuple(changes), changes=changes)


def _changes(
    name: str, amended: tuple[TermsEntry, Node], base: tuple[TermsEntry, Node], body: Body, terms: Terms
) -> dict[str, Any]:
    (entry, node), (old, place) = amended, base
    before = Body(name, old, place, body.frame)
    for duty in DUTIES:
        if duty in node.entries() and duty != before.duty:
            message = f"the clause {quoted(name)} says {before.duty!r}, which cannot become {duty!r}"
            body.frame.complaints.add(
                "A417", node.at(duty).name_spot, message, "end the clause, and write another that begins then"
            )
    replaced = {key: getattr(entry, key) for key in entry.model_fields_set if key not in DUTIES or key == before.duty}
    kept = {key: inner for key, inner in node.entries().items() if key not in DUTIES or key == before.duty}
    merged = Node(place.entries() | kept, node.spot, node.key, dropped=place.dropped | node.dropped)
    read = terms(Body(name, old.model_copy(update=replaced), merged, body.frame))
    return {field: read[field] for key in kept for field in _FIELDS.get(key, (key,))}
