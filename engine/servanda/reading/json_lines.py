"""One line of JSON comes in, the mapping it holds goes out; what JSON leaves loose is refused.

Repeated keys, NaN and Infinity, deep nesting and numbers of thousands of digits are errors here:
two programs would read each of them differently, or not at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from servanda.reading.rejected import wrong

DEPTH_LIMIT = 32
DIGIT_LIMIT = 4300
_STRUCTURE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[{\[]|[}\]]')  # the last quote may be missing: linear time


def parse_json(text: str) -> object:
    """The value of a JSON text. Raises ReportError with R001 to R004."""
    if text.count("{") + text.count("[") > DEPTH_LIMIT and _depth(text) > DEPTH_LIMIT:
        raise wrong(code="R004", message=f"more than {DEPTH_LIMIT} levels inside each other")
    try:
        value: object = (_LONG if len(text) > DIGIT_LIMIT else _SHORT).decode(text)
    except json.JSONDecodeError as error:
        raise wrong(code="R001", message=f"not JSON: {error.msg} at column {error.colno}") from None
    return value


def parse_object(text: str) -> Mapping[str, object]:
    """The object of a JSON text. Raises ReportError with R001 to R004."""
    value = parse_json(text)
    if not isinstance(value, dict):
        raise wrong(code="R004", message=f"{kind_of(value)} where an object should be")
    return value


def canonical(value: object) -> str:
    """Canonical JSON: sorted keys, no spaces, nothing escaped that need not be.

    >>> canonical({"b": 1, "a": "ö"})
    '{"a":"ö","b":1}'
    """
    return _CANONICAL.encode(value)


def kind_of(value: object) -> str:
    """What a JSON value is, in words.

    >>> kind_of(True), kind_of([])
    ('true or false', 'a list')
    """
    names = {bool: "true or false", str: "text", list: "a list", tuple: "a list", dict: "an object"}
    return "null" if value is None else names.get(type(value), "a number")


def _depth(text: str) -> int:
    deepest = depth = 0
    for token in _STRUCTURE.finditer(text):
        if token[0] in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif token[0] in "}]":
            depth -= 1
    return deepest


def _unrepeated(pairs: list[tuple[str, object]]) -> dict[str, object]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        seen = set[str]()
        for key, _ in pairs:
            if key in seen:
                raise wrong(code="R002", message=f"the key {key!r} stands there twice")
            seen.add(key)
    return mapping


def _no_constant(name: str) -> object:
    raise wrong(code="R003", message=f"{name} is not a number")


def _number(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise wrong(code="R003", message="a number is too large to be told from infinity")
    return value


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > DIGIT_LIMIT:
        message = f"a number has more than {DIGIT_LIMIT} digits"
        raise wrong(code="R001", message=message, remedy="Leave it out, or write it as text.")
    return int(text)


def _decoder(*, long: bool) -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=_unrepeated,
        parse_constant=_no_constant,
        parse_float=_number,
        parse_int=_integer if long else None,  # the hook costs time, and a short line holds no long number
    )


_SHORT, _LONG = _decoder(long=False), _decoder(long=True)
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
