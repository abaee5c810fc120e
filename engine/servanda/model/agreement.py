"""The agreement as the engine uses it: frozen nouns of semantics section 2, names already resolved.

Nothing here reads a file; `servanda.reading` makes these values and guarantees that every name in
them exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from servanda.model.clauses import Clause, State
from servanda.model.moments import BEGINNING, END, Duration, Interval

Role = Literal["party", "mediator", "body", "group", "observer"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, is bound, mediates or monitors."""

    id: str
    name: str
    role: Role
    aliases: tuple[str, ...] = ()
    part_of: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Somebody who speaks, for an actor or for themselves."""

    id: str
    name: str
    kind: str | None = None
    speaks_for: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """Whom you believe: tiers of claimants in order, and how many must say so.

    A member is a source's id, `actor:ID`, `kind:NAME`, `role:NAME` (speaks for an actor of that role;
    built-in views only) or `rest`. `corroboration` None means the agreement's; `account_of` names the
    party whose readings apply.
    """

    name: str
    ranking: tuple[tuple[str, ...], ...]
    corroboration: int | None = None
    account_of: str | None = None


@dataclass(frozen=True)
class Agreement:
    """Actors, sources, a term, a time zone, an evidence policy, views and clauses, all names resolved."""

    id: str
    title: str
    zone: ZoneInfo
    actors: Mapping[str, Actor]
    sources: Mapping[str, Source]
    places: Mapping[str, str | None]  # place -> what it lies in
    clauses: tuple[Clause, ...]
    term: Interval = Interval(BEGINNING, END)
    corroboration: int = 1
    grace: Duration = Duration("P0D")
    own_views: Mapping[str, View] = field(default_factory=dict)
    states: Mapping[str, State] = field(default_factory=dict)
    path: str | None = None

    @cached_property
    def views(self) -> Mapping[str, View]:
        """Every view by name: neutral, the account of each party, mediators, monitors, and its own."""
        views = {"neutral": View("neutral", (("rest",),))}
        for actor in self.actors.values():
            if actor.role == "party":
                name = f"account of {actor.id}"
                views[name] = View(name, ((f"actor:{actor.id}",),), 1, actor.id)
        views["mediators"] = View("mediators", (("role:mediator",),))
        views["monitors"] = View("monitors", (("kind:monitor", "role:body"),))
        return views | dict(self.own_views)

    def view(self, name: str) -> View:
        """The view of that name; an account also by the party's alias. Raises KeyError."""
        if name.startswith("account of ") and name not in self.views:
            name = f"account of {self.actor_id(name.removeprefix('account of '))}"
        return self.views[name]

    def clause(self, name: str) -> Clause:
        """The clause of that name, as written. Raises KeyError."""
        for clause in self.clauses:
            if clause.name == name:
                return clause
        raise KeyError(name)

    def actor_id(self, name: str) -> str:
        """The id behind an id, alias or name; what nobody answers to stays as it is."""
        return self._actor_names.get(name, name)

    def source_id(self, name: str) -> str:
        """The id behind a source's id, alias or name; what nobody answers to stays as it is."""
        return self._source_names.get(name, name)

    @cached_property
    def _actor_names(self) -> Mapping[str, str]:
        return _names(self.actors.values())

    @cached_property
    def _source_names(self) -> Mapping[str, str]:
        return _names(self.sources.values())

    @cached_property
    def _wholes(self) -> dict[str, tuple[str, ...]]:
        return {}

    def wholes(self, actor: str) -> tuple[str, ...]:
        """The actor and everything it is a part of, from the inside out."""
        found = self._wholes.get(actor)
        if found is None and actor not in self.actors:
            return (actor,)  # not kept: reports may name very many
        if found is None:
            chain, at = [actor], self.actors.get(actor)
            while at is not None and at.part_of is not None and at.part_of not in chain:
                chain.append(at.part_of)
                at = self.actors.get(at.part_of)
            found = self._wholes[actor] = tuple(chain)
        return found

    def enclosing(self, place: str) -> tuple[str, ...]:
        """The place and everything it lies in, from the inside out."""
        chain = [place]
        while (outer := self.places.get(chain[-1])) is not None and outer not in chain:
            chain.append(outer)
        return tuple(chain)


def _names(entries: object) -> Mapping[str, str]:
    """Ids first, then aliases, then names that only one entry has."""
    from collections import Counter

    listed: list[Actor | Source] = list(entries)  # type: ignore[call-overload]
    times = Counter(entry.name for entry in listed)
    names = {entry.name: entry.id for entry in listed if times[entry.name] == 1}
    names |= {alias: entry.id for entry in listed for alias in entry.aliases}
    return names | {entry.id: entry.id for entry in listed}
