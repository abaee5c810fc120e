"""The plain tree of a file with its positions: what was written and where comes in, look-ups go out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

Step = str | int


class Spot(NamedTuple):
    """A place in a file, from 1, and the length of what is written there."""

    line: int
    column: int
    length: int = 1


START = Spot(1, 1, 1)


@dataclass(slots=True)
class Node:
    """One value of the file: where it is, where its key is, and how a scalar was spelled.

    `dropped` keeps what was taken out of a mapping because it is wrong, so that nothing else is said
    to be missing on its account.
    """

    value: str | int | float | bool | list[Node] | dict[str, Node] | None
    spot: Spot
    key: Spot | None = None
    raw: str = ""
    dropped: dict[str, Node | None] = field(default_factory=dict)

    def entries(self) -> dict[str, Node]:
        """The mapping's entries; none when this is not a mapping."""
        return self.value if isinstance(self.value, dict) else {}

    def items(self) -> list[Node]:
        """The list's items; a single value is a list of one."""
        return self.value if isinstance(self.value, list) else [self]

    def at(self, *path: Step) -> Node:
        """The node the path leads to, or the last one on the way where the path goes on into nothing."""
        node = self
        for step in path:
            inner = node.child(step)
            if inner is None:
                break
            node = inner
        return node

    def child(self, step: Step) -> Node | None:
        """The entry or item of that name or number, or None."""
        if isinstance(self.value, dict) and isinstance(step, str):
            return self.value.get(step)
        if isinstance(self.value, list) and isinstance(step, int) and step < len(self.value):
            return self.value[step]
        return None

    @property
    def name_spot(self) -> Spot:
        """Where the key of this value is written; its own place where it has no key."""
        return self.key or self.spot

    def plain(self) -> object:
        """The value without positions."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def texts(self) -> Iterator[str]:
        """Every text and key in and below this node, also in what was dropped."""
        if isinstance(self.value, str):
            yield self.value
        for key, node in [*self.entries().items(), *self.dropped.items()]:
            yield key
            if node is not None:
                yield from node.texts()
        if isinstance(self.value, list):
            for node in self.value:
                yield from node.texts()
