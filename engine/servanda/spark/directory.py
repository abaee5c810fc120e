"""Whom reports on a cluster concern: agreements come in once, then linked reports; the numbers of agreements go out.

An agreement is known by its place among those given. Where every report is told to everybody, each agreement also
notes what is odd in reports that do not concern it; so odd ones go to all, unless only its `own` are to be noted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal
from zoneinfo import ZoneInfo

from servanda.assessing import moment
from servanda.evidence import know, stand, state
from servanda.model.agreement import Agreement
from servanda.model.moments import END
from servanda.model.report import Report
from servanda.registry.routes import MAY_BLUR, Routes, Said

Notes = Literal["all", "own"]

_KEPT = 100_000  # names that are kept with those who may have meant another


@dataclass(frozen=True, slots=True)
class _Zone:
    """The agreements of one time zone, and what a report says to somebody there who knows nobody."""

    stranger: Agreement
    numbers: frozenset[int]
    known_at: int


class Directory:
    """What each agreement listens to, and what it notes.

    >>> from servanda import loads, report
    >>> text = '''
    ... servanda: 1
    ... agreement: sale-NUMBER
    ... actors: {S: {name: Seller NUMBER, role: party}}
    ... clauses:
    ...   delivery: {binds: S, must: {act: deliver}, by: 2025-11-06}
    ... '''
    >>> directory = Directory([loads(text.replace("NUMBER", one)) for one in ("1", "2")], notes="own")
    >>> told = {"id": "r1", "source": "buyer", "reported": "2025-11-05", "act": "deliver", "actor": "Seller 2"}
    >>> directory.concerned([report(told)]), directory.number_of("sale-2")
    ({1}, 1)
    """

    def __init__(
        self, agreements: Sequence[Agreement], *, known_at: str | int | None = None, notes: Notes = "all"
    ) -> None:
        """Take in the agreements. Raises ValueError for two of one id, and for a `known_at` that is no time."""
        self._numbers = {agreement.id: number for number, agreement in enumerate(agreements)}
        if len(self._numbers) < len(agreements):
            msg = "two agreements have one id: give one of them another"
            raise ValueError(msg)
        self._names = tuple(self._numbers)
        self.routes = Routes()
        self._where: dict[int, ZoneInfo] = {}
        members: dict[ZoneInfo, set[int]] = {}
        for number, agreement in enumerate(agreements):
            self.routes.add(number, agreement)
            self._where[number] = agreement.zone
            members.setdefault(agreement.zone, set()).add(number)
        self._zones = [_zone(zone, numbers, known_at) for zone, numbers in members.items()]
        self._slips = _Slips(agreements) if notes == "all" else None

    def number_of(self, agreement: str) -> int | None:
        """The number of an agreement; None where it is not here."""
        return self._numbers.get(agreement)

    def name_of(self, number: int) -> str:
        """The id of the agreement of a number."""
        return self._names[number]

    def latest(self, report: Report) -> int | None:
        """When a report is known to all that it goes to, in UTC microseconds; None where it goes to none."""
        if report.agreement is None:
            zones = [one.stranger.zone for one in self._zones]
        else:
            number = self.number_of(report.agreement)
            zones = [] if number is None else [self._where[number]]
        return max((report.reported.interval(zone).latest for zone in zones), default=None)

    def concerned(self, reports: Sequence[Report]) -> set[int]:
        """The numbers of the agreements that linked reports, which name none, may concern or be noted by."""
        each = [Said.by(one) for one in reports]
        found = self.routes.concerned({each[0].joined(*each[1:]), *each})
        if self._slips is not None:
            found |= self._slips.made(reports)
            many = _accounts(reports) >= MAY_BLUR
            for zone in self._zones:
                if not zone.numbers <= found and (many or _odd(reports, zone)):
                    found |= zone.numbers
        return found


def _zone(zone: ZoneInfo, numbers: Iterable[int], known_at: str | int | None) -> _Zone:
    stranger = Agreement("", "", zone, {}, {}, {}, ())
    return _Zone(stranger, frozenset(numbers), END if known_at is None else moment(known_at, stranger))


def _odd(reports: Sequence[Report], zone: _Zone) -> bool:
    """Whether there is something to note, if nobody has an alias: who knows the people notes no more than that."""
    stranger = zone.stranger
    known = know((state(one, stranger) for one in reports), zone.known_at, stranger)
    if known.diagnostics:
        return True
    if len(reports) == 1:  # what is noted of an incident is between several reports, or was noted before
        return False
    view = stranger.view("neutral")
    standings = (stand(name, said, known.depth, view, stranger) for name, said in known.incidents.items())
    return any(one is not None and one.diagnostics for one in standings)


def _accounts(reports: Sequence[Report]) -> int:
    """How many of the reports may give an account of their own."""
    return sum(one.says in ("asserts", "confirms", "corrects") for one in reports)


class _Slips:
    """Names of which an agreement notes that another may be meant, because it knows one that looks like it."""

    def __init__(self, agreements: Sequence[Agreement]) -> None:
        self._actors: dict[str, set[int]] = {}
        self._sources: dict[str, set[int]] = {}  # of actors too: they may speak for themselves
        for number, agreement in enumerate(agreements):
            for actor in agreement.actors.values():
                for name in (actor.id, actor.name, *actor.aliases):
                    self._actors.setdefault(name, set()).add(number)
                    self._sources.setdefault(name, set()).add(number)
            for source in agreement.sources.values():
                for name in (source.id, source.name, *source.aliases):
                    self._sources.setdefault(name, set()).add(number)
        self._meant: dict[tuple[bool, str], frozenset[int]] = {}

    def made(self, reports: Iterable[Report]) -> set[int]:
        """Those who may note a name of these reports."""
        found: set[int] = set()
        for one in reports:
            people = [one.body.get(field) for field in ("actor", "target")]
            names = {(True, name) for name in (one.source, one.claimant)}
            names |= {(False, str(name)) for several in people if isinstance(several, tuple) for name in several}
            found |= frozenset().union(*(self._noting(*name) for name in names))
        return found

    def _noting(self, speaks: bool, name: str) -> frozenset[int]:  # noqa: FBT001 - the two kinds of names
        if (speaks, name) not in self._meant:
            if len(self._meant) >= _KEPT:
                self._meant.clear()
            self._meant[speaks, name] = _alike(name, self._sources if speaks else self._actors)
        return self._meant[speaks, name]


def _alike(name: str, known: Mapping[str, set[int]]) -> frozenset[int]:
    """Those who know a name like this one, but not it itself."""
    close = get_close_matches(name, known, len(known), 0.8) if known else ()
    return frozenset().union(*(known[one] for one in close)) - known.get(name, set())
