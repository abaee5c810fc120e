"""An agreement comes in; a digest goes out that changes when the agreement means something else, and only then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from servanda.model.agreement import Agreement
from servanda.model.clauses import Clause, Effect
from servanda.model.patterns import Compare, Pattern
from servanda.reading.json_lines import canonical

# What is there for people and for messages, and changes no verdict.
_WORDS = {Agreement: {"title", "path"}, Clause: {"text", "cites", "place"}}


def fingerprint(agreement: Agreement) -> str:
    r"""A digest of what an agreement means: the same whatever its comments, its titles and the order of its keys.

    >>> from servanda import loads
    >>> head = "servanda: 1\nagreement: a\nactors: {S: {role: party}}\nclauses:\n"
    >>> one, same = loads(head + "  c: {binds: S, must: {act: pay}}"), loads(head + "  c: {must: {act: pay}, binds: S}")
    >>> fingerprint(one) == fingerprint(same) != fingerprint(loads(head + "  c: {binds: S, must: {act: give}}"))
    True
    """
    return blake2b(canonical(_plain(agreement)).encode(), digest_size=16).hexdigest()


def _plain(value: object) -> object:
    """A frozen value as JSON. Defaults are left out: a field that is new tomorrow changes no fingerprint of today."""
    if isinstance(value, ZoneInfo):
        return value.key
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, (Pattern, Compare)):  # both are mappings in the file
        pairs = value.tests if isinstance(value, Pattern) else value.bounds
        return {"is": type(value).__name__, "of": {key: _plain(one) for key, one in pairs}}
    if not is_dataclass(value):
        return value
    said = {one.name: getattr(value, one.name) for one in fields(value) if getattr(value, one.name) != _default(one)}
    kept = {name: _plain(one) for name, one in said.items() if name not in _WORDS.get(type(value), ())}
    if isinstance(value, Agreement):
        kept["clauses"] = {clause.name: _plain(clause) for clause in value.clauses}
    if isinstance(value, Effect):
        kept["clauses"] = sorted(value.clauses)
    return {"is": type(value).__name__, "of": kept}


def _default(one: Field[Any]) -> object:
    return one.default if one.default_factory is MISSING else one.default_factory()
