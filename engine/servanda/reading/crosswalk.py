"""A crosswalk file comes in: for each code of others, our act and finer distinctions; a look-up goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from servanda.reading.complaints import Complaints
from servanda.reading.form_nodes import check_keys, column_name
from servanda.reading.forms import folded, unknown_code
from servanda.reading.tree import Node

_KEYS = ("servanda", "crosswalk", "text", "parents", "codes")


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """What each code stands for; with `parents`, one that is not listed is read as the one without its last letter."""

    name: str
    codes: Mapping[str, Mapping[str, str]]
    parents: bool

    def of(self, code: str) -> Mapping[str, str]:
        """What the code stands for, as columns of the row; raises ReportError (R022) when it is unknown.

        >>> Crosswalk("cameo", {"19": {"crosswalk_act": "force"}}, parents=True).of("190")
        {'crosswalk_act': 'force'}
        """
        key = folded(code)
        while key not in self.codes:
            if not self.parents or len(key) < 2:
                raise unknown_code(code, f"add it to the crosswalk {self.name}, or correct it in the table")
            key = key[:-1]
        return self.codes[key]


def read_crosswalk(root: Node, name: str, complaints: Complaints) -> Crosswalk:
    """The crosswalk of a file; what is wrong with it is noted."""
    check_keys(root, _KEYS, complaints)
    parents, codes = root.at("parents").value if root.child("parents") else False, root.child("codes")
    if not isinstance(parents, bool):
        complaints.add("M004", root.at("parents").spot, "'parents' is true or false", "write `parents: true`")
    if codes is None or not codes.entries():
        complaints.add(
            "M003", (codes or root).spot, "the crosswalk has no codes", "write `codes:` with an act for each"
        )
        return Crosswalk(name, {}, parents=False)
    known = {folded(code): _entry(node, complaints) for code, node in codes.entries().items()}
    return Crosswalk(name, known, parents=parents is True)


def _entry(node: Node, complaints: Complaints) -> Mapping[str, str]:
    """An act alone, or an act with other names for finer distinctions."""
    entries = {"act": node} if isinstance(node.value, str) else node.entries()
    found = {_column(key): one.value for key, one in entries.items() if isinstance(one.value, str)}
    if _column("act") not in found or len(found) < len(entries):
        remedy = "write `CODE: ACT` or `CODE: {act: ACT, NAME: TEXT}`"
        complaints.add("M004", node.spot, "a code stands for an act, and names stand for texts", remedy)
    return found


def _column(key: str) -> str:
    return column_name(f"crosswalk.{key}")
