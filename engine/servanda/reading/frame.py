"""What clauses are read in: the agreement without its clauses, the names known, and where complaints go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from servanda.model.agreement import Actor, Agreement, Source
from servanda.model.calendars import Calendar
from servanda.model.moments import BEGINNING
from servanda.model.patterns import Pattern
from servanda.reading.complaints import Complaints, quoted
from servanda.reading.tree import Node


@dataclass(frozen=True)
class Frame:
    """The agreement so far.

    `clauses` are the names a clause can be referred to by, with their kinds of duty; `excused` are names and keys within parts of the
    file that were taken out as wrong: nothing is said to be unknown on their account. `patterns` and `bearers`
    remember what was read already, by the node it stands in: each reading of a clause shares most of it.
    """

    agreement: Agreement
    root: Node
    complaints: Complaints
    clauses: Mapping[str, str]
    excused: frozenset[str]
    calendar: Calendar
    patterns: dict[tuple[int, frozenset[str]], Pattern] = field(default_factory=dict)
    bearers: dict[int, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def plain_clauses(self) -> frozenset[str]:
        """The names of clauses without those of substitutes."""
        return frozenset(name for name in self.clauses if "." not in name)

    @cached_property
    def actor_names(self) -> tuple[str, ...]:
        """Every id, alias and name that an actor answers to."""
        return _spoken_names(self.agreement.actors)

    @cached_property
    def source_names(self) -> tuple[str, ...]:
        """Every id, alias and name that a source answers to."""
        return _spoken_names(self.agreement.sources)

    @property
    def term_start(self) -> int | None:
        """When the term begins, or None when it does not say."""
        start = self.agreement.term.earliest
        return start if start > BEGINNING else None

    @property
    def term_unclear(self) -> bool:
        """Whether the term was taken out as wrong, so that its start cannot be asked for."""
        return "term" in self.root.dropped or bool(self.root.at("term").dropped)

    def actor(self, name: str, node: Node) -> str | None:
        """The id of an actor that must be known; None, and a complaint, when nobody answers to the name."""
        found = self.agreement.actor_id(name)
        if found in self.agreement.actors:
            return found
        if name not in self.excused:
            remedy = self.complaints.near(name, self.actor_names) or "add it to `actors`"
            self.complaints.add("A201", node.spot, f"unknown actor {quoted(name)}", remedy)
        return None


def _spoken_names(entries: Mapping[str, Actor] | Mapping[str, Source]) -> tuple[str, ...]:
    names: dict[str, None] = dict.fromkeys(entries)
    for entry in entries.values():
        names.update(dict.fromkeys((*entry.aliases, entry.name)))
    return tuple(names)
