"""States: acts that switch something on or off come in; whether it is on at a time - yes, no, maybe - goes out.

The value at an instant is set by the last switch strictly before it; where two fall on one instant,
what switches off prevails. The search looks only at the switches that can be the last.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from servanda.lifecycle.acts import Act, Doubt, softened
from servanda.model.kleene import Truth
from servanda.model.moments import BEGINNING, DAY, Interval

_WIDE = 400 * DAY


class Lookup(NamedTuple):
    """An answer about a time, with the doubts that leave it open: reasons and the incidents they are about.

    `twice` says that one incident leaves two of the answers open of which this one is made.
    """

    truth: Truth
    doubts: frozenset[Doubt] = frozenset()
    twice: bool = False


YES = Lookup(Truth.YES)
NO = Lookup(Truth.NO)


def all_of(lookups: Iterable[Lookup]) -> Lookup:
    """Whether all hold.

    >>> all_of([YES, NO]).truth.name
    'NO'
    """
    truth, doubts, twice = Truth.YES, frozenset[Doubt](), False
    for found in lookups:
        if found.truth is Truth.NO:
            return NO
        if found.truth is Truth.MAYBE:
            twice |= found.twice or (
                bool(doubts) and not {name for _, name in doubts}.isdisjoint(name for _, name in found.doubts)
            )
            truth, doubts = Truth.MAYBE, doubts | found.doubts
    return Lookup(truth, doubts, twice)


def any_of(lookups: Iterable[Lookup]) -> Lookup:
    """Whether any holds."""
    return opposite(all_of(opposite(one) for one in lookups))


def opposite(found: Lookup) -> Lookup:
    """Whether it does not hold."""
    return found._replace(truth=Truth(2 - found.truth))


class Switch(NamedTuple):
    """An act that switches a state, as one of its intervals of time."""

    latest: int
    earliest: int
    on: bool
    certain: bool
    act: Act


class Switches:
    """Everything that switches one state."""

    def __init__(self, starts: Iterable[Act], stops: Iterable[Act], *, initially: bool) -> None:
        """Sort the switches by the last instant at which they may have happened."""
        self.initially = initially
        stops = list(stops)
        both = {(act.incident, id(hit.alternative)) for act in stops for hit in act.hits if hit.sure}
        perhaps = {(act.incident, id(hit.alternative)) for act in stops for hit in act.hits if not hit.sure}
        starts = list(starts)
        self._tangled = any((act.incident, id(hit.alternative)) in perhaps for act in starts for hit in act.hits)
        starts = [left for act in starts if (left := _but_for(act, both)) is not None]
        found = [Switch(act.latest, act.earliest, on, act.certain, act) for on, acts in ((True, starts), (False, stops)) for act in acts]  # fmt: skip
        self.last_start = max(
            (one.act for one in found if one.on), key=lambda act: (act.latest, act.incident), default=None
        )
        found.sort(key=lambda one: (one.latest, one.earliest, one.on, one.act.incident))
        self._narrow = [one for one in found if one.latest - one.earliest <= _WIDE]
        self._wide = [one for one in found if one.latest - one.earliest > _WIDE]
        self._latest = [one.latest for one in self._narrow]
        self._width = max((one.latest - one.earliest for one in self._narrow), default=0)
        self._floors: list[tuple[int, int]] = []  # over the first n: the latest earliest of certain stops, and of all
        stop = any_ = BEGINNING
        for one in self._narrow:
            if one.certain:
                any_ = max(any_, one.earliest)
                stop = stop if one.on else max(stop, one.earliest)
            self._floors.append((stop, any_))

    @property
    def all(self) -> list[Switch]:
        """Every switch, by when it can have happened at the latest."""
        return sorted([*self._narrow, *self._wide], key=lambda one: (one.latest, one.earliest))

    def at(self, time: Interval, but: str | None = None) -> Lookup:
        """Whether the state is on just before an instant of this interval; `but` is an incident left out."""
        last = list(self.last(time, but))
        values = {one.on for one in last}
        overridden = self._floor(time.earliest)[1] > BEGINNING or any(
            one.certain and one.latest < time.earliest for one in last
        )
        if not overridden:
            values.add(self.initially)
        if len(values) == 1:
            return YES if values.pop() else NO
        doubts = frozenset(doubt for one in last for doubt in _doubts(one, time))
        # Else it is the time that is asked about that is open.
        doubts = doubts or frozenset(("time_uncertain", one.act.incident) for one in last)
        return Lookup(Truth.MAYBE, doubts, self._tangled or any(one.act.twice for one in last))

    def last(self, time: Interval, but: str | None = None) -> Iterator[Switch]:
        """The switches that may be the last before an instant of the interval."""
        stop, any_ = self._floor(time.earliest)
        for one in self._wide:
            if any_ <= one.latest and one.earliest < time.latest and one.act.incident != but:
                yield one
        for position in range(bisect_left(self._latest, any_), len(self._narrow)):
            one = self._narrow[position]
            if one.latest - self._width >= time.latest:
                break
            if one.earliest >= time.latest or one.act.incident == but:
                continue
            if not (one.on and one.latest <= stop):
                yield one

    def _floor(self, before: int) -> tuple[int, int]:
        """Of the certain stops, and of all certain switches, that surely lie before: the latest earliest."""
        number = bisect_left(self._latest, before)
        return self._floors[number - 1] if number else (BEGINNING, BEGINNING)

    def during(self, low: int, high: int) -> Iterator[Switch]:
        """The switches that may have happened between two instants, without looking at all of them."""
        yield from (one for one in self._wide if one.earliest <= high and one.latest >= low)
        for position in range(bisect_left(self._latest, low), len(self._narrow)):
            one = self._narrow[position]
            if one.latest - self._width > high:
                return
            if one.earliest <= high:
                yield one

    def cuts(self, time: Interval) -> Iterator[int]:
        """The instants in an interval at which the answer may change: where a later stretch begins."""
        for one in self._wide:
            yield from (at + 1 for at in (one.earliest, one.latest) if time.earliest <= at < time.latest)
        for position in range(bisect_left(self._latest, time.earliest), len(self._narrow)):
            one = self._narrow[position]
            if one.latest - self._width > time.latest:
                break
            yield from (at + 1 for at in (one.earliest, one.latest) if time.earliest <= at < time.latest)


def _but_for(start: Act, stopping: set[tuple[str, int]]) -> Act | None:
    """What is left of a start where the same event switches off as well."""
    hits = tuple(hit for hit in start.hits if (start.incident, id(hit.alternative)) not in stopping)
    if len(hits) == len(start.hits):
        return start
    return softened(start._replace(hits=hits), frozenset()) if hits else None


def _doubts(one: Switch, time: Interval) -> Iterator[Doubt]:
    """Why it is open whether this switch is the last: it may not be one, or not lie before."""
    yield from one.act.doubts
    if one.earliest < one.latest and one.latest >= time.earliest:
        yield ("time_uncertain", one.act.incident)
