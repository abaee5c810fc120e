"""Duties that bind nobody: the tree of a file comes in, the places where `binds` is missing go out.

Permissions, powers and `counts_as` may leave it out: a rule of that kind can be anybody's, or nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from servanda.model.clauses import NORMS
from servanda.reading import agreement_file as shape
from servanda.reading.tree import Node

_FREE = frozenset(("may", "can", "counts_as"))


def unbound(root: Node) -> Iterator[dict[str, Any]]:
    """Every place where it is missing, put as pydantic puts a missing key."""
    for name, clause in root.at("clauses").entries().items() if root.child("clauses") else ():
        if not isinstance(clause.value, dict) or "binds" in clause.value:
            continue
        if _needs_bearer(clause):
            yield {"type": "missing", "loc": ("clauses", name, "binds")}
            continue
        readings = clause.child("readings")
        for party, reading in readings.entries().items() if readings else ():
            if "binds" not in reading.entries() and not NORMS.isdisjoint(reading.entries()):
                yield {"type": "missing", "loc": ("clauses", name, "readings", party, "binds")}


def _needs_bearer(clause: Node) -> bool:
    """Whether it says a duty that binds somebody, or none at all; an unknown key may stand for one that does not."""
    keys = clause.entries().keys()
    if not NORMS.isdisjoint(keys):
        return True
    known = shape.keys(shape.ClauseEntry)
    return _FREE.isdisjoint(keys) and all(key in known for key in keys)
