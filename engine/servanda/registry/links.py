"""Reports that belong together: reports come in one by one, the group of each goes out.

Reports on one incident decide together what may have happened in it, so they go the same way. `id`,
`incident` and `of` name reports and incidents in one breath, and what a name stands for can change as reports
come in; so whatever shares a name is linked. That may be too much, but never too little.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from servanda.model.report import Report
from servanda.registry.routes import Said


@dataclass(slots=True)
class Group:
    """Linked reports: what they say, and the numbers of the agreements that they were found to concern.

    `reports` are those that name no agreement, each with its number; the others went where they said.
    """

    names: list[str] = field(default_factory=list)
    reports: list[tuple[int, Report]] = field(default_factory=list)
    concerned: set[int] = field(default_factory=set)
    said: Said = Said()


class Part(NamedTuple):
    """A group as it was before a report linked it to others."""

    concerned: set[int]
    reports: list[tuple[int, Report]]


class Links:
    """Every group, by the names that stand in its reports."""

    def __init__(self) -> None:
        """Start with no report."""
        self._groups: dict[str, Group] = {}

    def link(self, report: Report) -> tuple[Group, list[Part]]:
        """The group that a report belongs to, and what it was put together from if the report links several."""
        names = dict.fromkeys(name for name in (report.id, report.incident, report.of) if name is not None)
        found = list({id(one): one for name in names if (one := self._groups.get(name)) is not None}.values())
        group = max(found, key=lambda one: len(one.names)) if found else Group()
        parts = [Part(group.concerned, group.reports)]
        if len(found) > 1:
            parts = [Part(set(one.concerned), list(one.reports)) for one in found]
            self._join(group, [one for one in found if one is not group])
        self._name(group, [name for name in names if name not in self._groups])
        return group, parts

    def _join(self, group: Group, others: list[Group]) -> None:
        group.said = group.said.joined(*(one.said for one in others))
        for other in others:
            group.reports += other.reports
            group.concerned |= other.concerned
            self._name(group, other.names)

    def _name(self, group: Group, names: list[str]) -> None:
        group.names += names
        self._groups.update(dict.fromkeys(names, group))

    def unheard(self, there: Iterable[int]) -> int:
        """How many reports concern none of these agreements so far."""
        groups = {id(one): one for one in self._groups.values()}
        return sum(len(one.reports) for one in groups.values() if one.concerned.isdisjoint(there))
