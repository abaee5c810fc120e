"""YAML text comes in, a plain tree that knows the line and column of every key and value goes out.

Only YAML 1.2 core scalars are known, so `NO`, dates and `12:30:45` stay text. Anchors, aliases, merge
keys, tags, directives and further documents are errors, and every size is bounded: events are taken
one by one, so that a hostile file is left at the first thing that goes too far.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

import yaml

from servanda.reading.complaints import Complaints, quoted
from servanda.reading.tree import START, Node, Spot

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 64
MAX_NODES = 2_000_000
MAX_SCALAR = 64 * 1024

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Not allowed in YAML, or line breaks for some readers of YAML and not for others.
_BAD_CHAR = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_ODD_FLOAT = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_DIGITS = 19
_LINE_BREAK = re.compile(r"\r\n|\r|\n")

_SYNTAX_HELP = (
    ("mapping values are not allowed", "put a text that contains ': ' in quotes, and check the indentation"),
    ("\\t", "indent with spaces, not with tabs"),
    ("tab", "indent with spaces, not with tabs"),
    ("expected ',' or", "close the bracket, and separate its entries with commas"),
    ("could not find expected ':'", "write `key: value`, with a space after the colon"),
    ("end of stream", "close the quotes or the bracket that was opened before"),
    ("block", "let the lines of one block begin in the same column"),
    ("cannot start any token", "put a text that begins with a special character in quotes"),
)


class _StopReading(Exception):  # noqa: N818 - it is no error of its own, only the way out
    """Nothing after this point can be read; why is already noted."""


def decode(data: bytes, complaints: Complaints) -> str | None:
    """The text of a file, or None when it is too large or not UTF-8, which is then noted."""
    if len(data) > MAX_BYTES:
        limit = f"{MAX_BYTES // 1024 // 1024} MiB"
        complaints.add("A004", START, f"the file is larger than {limit}", "an agreement is text written by people")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        lines = _LINE_BREAK.split(before)
        message = f"byte 0x{data[error.start]:02X} is not UTF-8"
        complaints.add("A002", Spot(len(lines), len(lines[-1]) + 1), message, "save the file with the encoding UTF-8")
        return None


def read_tree(text: str, complaints: Complaints) -> Node | None:
    """The tree of the text; None when it cannot be read at all. What is wrong is noted."""
    text = text.removeprefix("\ufeff")
    if not _acceptable(text, complaints):
        return None
    try:
        return _Builder(text, complaints).document()
    except _StopReading:
        return None


def _acceptable(text: str, complaints: Complaints) -> bool:
    if len(text) > MAX_BYTES:
        limit = f"{MAX_BYTES // 1024 // 1024} MiB"
        complaints.add("A004", START, f"the text is larger than {limit}", "an agreement is text written by people")
        return False
    if bad := _BAD_CHAR.search(text):
        lines = _LINE_BREAK.split(text[: bad.start()])
        message = f"the character U+{ord(bad[0]):04X} is not allowed in an agreement"
        complaints.add("A003", Spot(len(lines), len(lines[-1]) + 1), message, "remove it, or retype the line")
        return False
    return True


class _Builder:
    """Builds nodes from parsing events, one at a time."""

    def __init__(self, text: str, complaints: Complaints) -> None:
        self.complaints = complaints
        self._events = self._stream(text)
        self._count = 0

    def _stream(self, text: str) -> Iterator[Any]:
        try:
            yield from yaml.parse(text, Loader=_LOADER)
        except yaml.YAMLError as error:
            self._syntax(error)
        except RecursionError:
            self._stop("A006", START, "the file is nested too deep", "write it flatter")

    def document(self) -> Node:
        """The one document of the stream."""
        next(self._events)
        start = next(self._events)
        if isinstance(start, yaml.StreamEndEvent):
            self._stop(
                "A008", START, "the file is empty", "begin with `servanda: 1`; `servanda init` writes an example"
            )
        if start.version or start.tags:
            self.complaints.add("A014", _spot(start), "a YAML directive is not used here", "remove the line with `%`")
        node = self._node(next(self._events), 1, None)
        next(self._events)
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            self._stop("A014", _spot(after), "a second document begins here", "write one agreement in each file")
        if node is None:
            raise _StopReading
        if node.value is None:
            self._stop("A008", START, "the file says nothing", "begin with `servanda: 1`")
        return node

    def _node(self, event: Any, depth: int, key: Spot | None) -> Node | None:
        """The node an event begins, or None where it is noted as wrong."""
        self._bounded(event, depth)
        if isinstance(event, yaml.AliasEvent):
            help_ = "write the value out where it is used"
            self.complaints.add("A011", _spot(event), f"the alias *{event.anchor} is not used here", help_)
            return None
        if event.anchor is not None:
            spot = _spot(event)._replace(length=len(event.anchor) + 1)
            self.complaints.add("A010", spot, f"the anchor &{event.anchor} is not used here", "remove it")
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event, key)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._sequence(event, depth, key)
        else:
            node = self._mapping(event, depth, key)
        if event.tag is not None:
            help_ = "remove it; put a number or date that is meant as text in quotes"
            self.complaints.add("A013", _spot(event), f"the tag {quoted(event.tag)} is not used here", help_)
            return None
        return node

    def _bounded(self, event: Any, depth: int) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            self._stop("A005", _spot(event), f"the file has more than {MAX_NODES:,} values", "split the agreement")
        if depth > MAX_DEPTH:
            self._stop("A006", _spot(event), f"nested deeper than {MAX_DEPTH} levels", "write it flatter")

    def _scalar(self, event: Any, key: Spot | None) -> Node | None:
        text, spot = event.value, _spot(event)
        if len(text) > MAX_SCALAR:
            message = f"a value is longer than {MAX_SCALAR // 1024} KiB"
            self.complaints.add("A007", spot, message, "shorten the text, and cite the document")
            return None
        if not event.implicit[0]:
            return Node(text, spot, key, text)
        try:
            return Node(_resolve(text), spot if text or key is None else key, key, text)
        except ValueError as error:
            self.complaints.add("A016", spot, str(error), "write a finite number, or put it in quotes if it is text")
            return None

    def _sequence(self, event: Any, depth: int, key: Spot | None) -> Node:
        items: list[Node] = []
        node = Node(items, _spot(event), key)
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            item = self._node(event, depth + 1, None)
            if item is None:
                node.dropped["[]"] = None
            else:
                items.append(item)
        return node

    def _mapping(self, event: Any, depth: int, key: Spot | None) -> Node:
        entries: dict[str, Node] = {}
        node = Node(entries, _spot(event), key)
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            name, spot = self._key(event, depth + 1)
            value = self._node(next(self._events), depth + 1, spot)
            if name is None:
                continue
            if first := entries.get(name):
                at = first.name_spot
                message = f"the key {quoted(name)} is repeated; it is first at {at.line}:{at.column}"
                self.complaints.add("A103", spot, message, "remove one of the two")
            elif value is None:
                node.dropped[name] = None
            else:
                entries[name] = value
        return node

    def _key(self, event: Any, depth: int) -> tuple[str | None, Spot]:
        """The name of a key, None where it cannot be used, and its place."""
        spot = _spot(event)
        node = self._node(event, depth, None)
        if node is None:
            return None, spot
        if node.value == "<<" and not event.style:
            help_ = "write the keys out in each place"
            self.complaints.add("A012", spot, "the merge key << is not used here", help_)
            return None, spot
        if not isinstance(node.value, str):
            help_ = f'put it in quotes: "{node.raw}"' if node.raw else "write `key: value`, with a name as the key"
            self.complaints.add("A015", spot, "a key must be text", help_)
            return None, spot
        return node.value, spot

    def _syntax(self, error: yaml.YAMLError) -> NoReturn:
        problem = str(getattr(error, "problem", None) or getattr(error, "reason", "") or "it cannot be read")
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        spot = Spot(mark.line + 1, mark.column + 1) if mark else START
        if "tag" in problem and "handle" in problem:
            self._stop("A013", spot, "a tag is not used here", "remove it")
        if "directive" in problem or "incompatible YAML" in problem:
            self._stop("A014", spot, "a YAML directive is not used here", "remove the line with `%`")
        if "nesting" in problem or "nesting" in str(getattr(error, "context", "")):
            self._stop("A006", spot, f"nested deeper than {MAX_DEPTH} levels", "write it flatter")
        if "undefined alias" in problem:
            self._stop("A011", spot, "an alias is not used here", "write the value out where it is used")
        fallback = "check the indentation, the quotes and the brackets of this line and the one before"
        remedy = next((text for part, text in _SYNTAX_HELP if part in problem), fallback)
        self._stop("A009", spot, f"this is not YAML: {problem}", remedy)

    def _stop(self, code: str, spot: Spot, message: str, remedy: str) -> NoReturn:
        self.complaints.add(code, spot, message, remedy)
        raise _StopReading


def _spot(event: Any) -> Spot:
    start, end = event.start_mark, event.end_mark
    length = end.column - start.column if end.line == start.line else 1
    return Spot(start.line + 1, start.column + 1, max(1, length))


def _resolve(text: str) -> str | int | float | bool | None:
    """A plain scalar by the YAML 1.2 core schema; raises ValueError for a number nobody can use."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INT.fullmatch(text):
        if len(text.lstrip("+-0xo")) > _DIGITS:
            msg = f"the number {quoted(text)} is too large"
            raise ValueError(msg)
        return int(text, 0) if text[:2] in ("0x", "0o") else int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if math.isinf(number):
            msg = f"the number {quoted(text)} is too large"
            raise ValueError(msg)
        return number
    if _ODD_FLOAT.fullmatch(text):
        msg = f"{text} is not a number that can be compared"
        raise ValueError(msg)
    return text
