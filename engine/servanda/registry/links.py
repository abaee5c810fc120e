"""Reports that belong together: reports come in one by one; whom each tells what goes out.

Reports on one incident decide together what may have happened in it, so they go the same way. `id`,
`incident` and `of` name reports and incidents in one breath, and what a name stands for can change as reports
come in; so whatever shares a name is linked. That may be too much, but never too little.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

from servanda.model.report import Report
from servanda.registry.routes import Routes, Said


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

    def __init__(self, groups: Mapping[str, Group] | None = None) -> None:
        """Start with no report, or with the groups that are known by some names."""
        self._groups: dict[str, Group] = dict(groups or {})

    def tell(self, report: Report, place: int, routes: Routes, to: int | None) -> dict[int, list[tuple[int, Report]]]:
        """What each agreement is told by a report: it, and those linked to it that did not concern it before.

        They stand in the order in which they came, each with its `place` in it. `to` is the one agreement that the
        report names, if it names one.
        """
        group, parts = self._link(report)
        if to is None:
            own = Said.by(report)
            group.said = group.said.joined(own)
            addressed = group.concerned | routes.concerned({group.said, own})
        else:
            addressed = {to}
        told = {}
        for number in addressed if len(parts) == 1 else addressed | group.concerned:
            news = [*_missed(number, parts), *([(place, report)] if number in addressed else [])]
            if news:
                told[number] = news
        group.concerned |= addressed
        if to is None:
            group.reports.append((place, report))
        return told

    def __getitem__(self, name: str) -> Group:
        """The group in which a name stands. Raises KeyError."""
        return self._groups[name]

    def _link(self, report: Report) -> tuple[Group, list[Part]]:
        """The group that a report belongs to, and what it was put together from if the report links several."""
        names = names_in(report)
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


def names_in(report: Report) -> list[str]:
    """The names by which a report may be linked to others.

    >>> from servanda import report
    >>> names_in(report({"id": "r2", "source": "press", "reported": "2026-01-02", "says": "denies", "of": "r1"}))
    ['r2', 'r1']
    """
    return list(dict.fromkeys(name for name in (report.id, report.incident, report.of) if name is not None))


def _missed(number: int, parts: Sequence[Part]) -> list[tuple[int, Report]]:
    """The reports of the parts that did not concern an agreement before, in the order in which they came."""
    missed = [one for part in parts if number not in part.concerned for one in part.reports]
    return sorted(missed, key=itemgetter(0))
