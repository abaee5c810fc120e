"""The nodes of a reader file come in; the forms that make values of cells go out, with complaints.

What the forms do is in `servanda.reading.forms`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from servanda.reading.complaints import Complaints, listing, quoted
from servanda.reading.forms import Between, Choice, Dated, Form, Several, Split, Text, folded
from servanda.reading.tree import Node

# The key that tells a form, and the keys that may stand beside it.
_FORMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "first": (),
        "by": ("cases", "else"),
        "split": ("at", "take"),
        "date": ("margin",),
        "time": (),
        "from": ("until",),
        "until": ("from",),
        "latest": (),
        "range": (),
    }
)
_PLACE = re.compile(r"\{([^{}]*)\}")
_APART = re.compile(r"[\s._-]+")
_NOTHING = Text(("",))


def column_name(written: str) -> str:
    """A column as columns are compared: without case, and a space, a dot or a dash is like `_`.

    >>> column_name("Event Date"), column_name("Actor1Geo_FullName")
    ('event_date', 'actor1geo_fullname')
    """
    return _APART.sub("_", written.strip()).casefold()


def read_form(node: Node, complaints: Complaints) -> Form:
    """The form of a node; one that stands for nothing where it is wrong, which is then noted."""
    if isinstance(node.value, dict):
        return _mapping(node, complaints)
    if isinstance(node.value, list):
        return Several("all", tuple(read_form(item, complaints) for item in node.value))
    return read_text(node, complaints)


def read_text(node: Node, complaints: Complaints) -> Text:
    """The form of a text with `{columns}`."""
    if not isinstance(node.value, str) or not node.value:
        message = "here goes a text, such as '{column}', a list or a mapping with one of " + listing(_FORMS)
        complaints.add("M004", node.spot, message, "write text in quotes, with the name of a column in braces")
        return _NOTHING
    pieces = _PLACE.split(node.value)
    if any("{" in piece or "}" in piece for piece in pieces[::2]) or not all(map(str.strip, pieces[1::2])):
        message = f"the braces of {quoted(node.value)} do not name columns"
        complaints.add("M005", node.spot, message, "write each column as {column}")
    return Text(tuple(column_name(piece) if at % 2 else piece for at, piece in enumerate(pieces)))


def check_keys(node: Node, known: Iterable[str], complaints: Complaints) -> None:
    """Note every key of a mapping that is not known there."""
    known = tuple(known)
    for key, entry in node.entries().items():
        if key not in known:
            remedy = complaints.near(key, known) or f"known are {listing(known, 'and')}"
            complaints.add("M002", entry.name_spot, f"unknown key {quoted(key)}", remedy)


def _mapping(node: Node, complaints: Complaints) -> Form:
    entries = node.entries()
    kind = next((key for key in _FORMS if key in entries), None)
    if kind is None:
        remedy = f"begin with one of {listing(_FORMS)}"
        complaints.add("M002", node.spot, "this mapping is none of the forms that a value has", remedy)
        return _NOTHING
    check_keys(node, (kind, *_FORMS[kind]), complaints)
    if kind == "by":
        return _choice(node, complaints)
    if kind in ("from", "until"):
        ends = (
            read_form(entries[key], complaints) if key in entries else Several("all", ()) for key in ("from", "until")
        )
        return Between(*ends)
    if kind in ("first", "latest", "range"):
        return Several(kind, tuple(read_form(item, complaints) for item in entries[kind].items()))
    inner = read_form(entries[kind], complaints)
    if kind == "split":
        at = entries.get("at")
        if at is None or not isinstance(at.value, str) or not at.value:
            complaints.add("M003", (at or node).spot, "'split' needs `at`", 'say at what, such as at: ";"')
            return inner
        return Split(inner, at.value, _number(node, "take", 1, complaints))
    return Dated(inner, kind == "time", _number(node, "margin", 0, complaints) or 0)


def _choice(node: Node, complaints: Complaints) -> Form:
    entries = node.entries()
    cases, other = node.child("cases"), entries.get("else")
    if cases is None or not isinstance(cases.value, dict):
        complaints.add("M003", (cases or node).spot, "'by' needs `cases`", "say what each code stands for")
        return _NOTHING
    return Choice(
        by=read_form(entries["by"], complaints),
        cases={folded(code): _maybe(one, complaints) for code, one in cases.entries().items()},
        other=None if other is None else _maybe(other, complaints),
        closed=other is None,
    )


def _maybe(node: Node, complaints: Complaints) -> Form | None:
    """The form of a node, where `null` says that the field is left out."""
    return None if node.value is None else read_form(node, complaints)


def _number(node: Node, key: str, least: int, complaints: Complaints) -> int | None:
    found = node.child(key)
    if found is None:
        return None
    if type(found.value) is not int or not least <= found.value <= 10_000:
        complaints.add("M004", found.spot, f"{key!r} is a whole number from {least} on", "write a number such as 3")
        return None
    return found.value
