"""How a file of JSON Lines is written: its path comes in; the layout that its first lines share goes out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from servanda.columnar.unfit import UnfitError
from servanda.reading.report_body import HEAD

_SAMPLED = 1 << 18  # bytes
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}", re.ASCII)
_STYLES = ((", ", ": "), (",", ":"))
_NEEDED = frozenset(("id", "source", "reported"))
_NEVER_BARE = HEAD | {"actor", "target", "occurred"}
_NEVER_PLAIN = frozenset(("of", "says"))  # a report that has them is one of several on an incident


@dataclass(frozen=True)
class Layout:
    """The keys of a line in their order, and how it writes their values.

    `bare` values stand without quotes; `always` are the keys that no line leaves out; one that is in `nulls` is
    null where the others leave it out. `comma` and `colon` come with the spaces after them.
    """

    keys: tuple[str, ...]
    bare: frozenset[str]
    always: frozenset[str]
    nulls: frozenset[str]
    comma: str
    colon: str


def layout_of(path: str) -> Layout:
    """The layout of a file's first lines; those that have another are left out of account. Raises UnfitError."""
    keys: list[str] = []
    seen: list[Mapping[str, object]] = []
    style: tuple[str, str] | None = None
    for line in _first_lines(path):
        fields = _flat(line)
        found = next((one for one in _STYLES if fields is not None and _written(fields, one) == line), None)
        if fields is None or found is None or (style or found) != found:
            continue
        style = found
        seen.append(fields)
        _merge(keys, list(fields))
    if style is None or not set(keys) >= _NEEDED:
        raise UnfitError(f"{path} does not begin with flat reports of text and numbers")
    if any(_NAME.fullmatch(key) is None for key in keys) or len({key.lower() for key in keys}) < len(keys):
        raise UnfitError(f"{path} has keys with unusual names")
    values = {key: [fields[key] for fields in seen if key in fields] for key in keys}
    bare = {key for key, found in values.items() if not any(isinstance(one, str) for one in found)}
    nulls = {key for key, found in values.items() if any(one is None for one in found)}
    bare -= {key for key in nulls if all(one is None for one in values[key])}
    if bare & _NEVER_BARE:
        raise UnfitError(f"{path} has numbers where names or times should be")
    always = {key for key, found in values.items() if len(found) == len(seen)} - nulls
    return Layout(tuple(keys), frozenset(bare), frozenset(always), frozenset(nulls), *style)


def _first_lines(path: str) -> Iterator[str]:
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(_SAMPLED)
            *lines, rest = data.split(b"\n")
            lines += [rest] if len(data) < _SAMPLED else []
    except OSError as error:
        raise UnfitError(f"{path} cannot be read ({error.strerror})") from None
    for line in lines:
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError:
            continue


def _flat(line: str) -> Mapping[str, object] | None:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return None
    flat = isinstance(fields, dict) and all(
        one is None or isinstance(one, str | int | float) for one in fields.values()
    )
    return fields if flat and not _NEVER_PLAIN.intersection(fields) else None


def _written(fields: Mapping[str, object], style: tuple[str, str]) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=style)


def _merge(keys: list[str], more: list[str]) -> None:
    """Put the keys of a line among those seen so far, each after the one before it."""
    at = 0
    for key in more:
        if key in keys:
            at = keys.index(key) + 1
        else:
            keys.insert(at, key)
            at += 1
