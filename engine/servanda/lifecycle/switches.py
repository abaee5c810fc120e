"""States: acts that switch something on or off come in; whether it is on at a time - yes, no, maybe - goes out.

The value at an instant is set by the last switch strictly before it; where two fall on one instant,
what switches off prevails. The search looks only at the switches that can be the last.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from servanda.lifecycle.acts import Act, Doubt, softened
from servanda.model.kleene import Truth
from servanda.model.moments import BEGINNING, DAY, END, Interval

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


Floor = tuple[int, int]  # of some switches: the latest earliest of the certain stops, and of all certain ones


class Switches:
    """Everything that switches one state; changed in place."""

    def __init__(self, starts: Iterable[Act], stops: Iterable[Act], *, initially: bool) -> None:
        """Sort the switches by the last instant at which they may have happened."""
        self.initially = initially
        self._of: dict[str, list[Switch]] = {}
        self._tangled: set[str] = set()  # the incidents that switch on, and perhaps off by the same event
        on, off = _by_incident(starts), _by_incident(stops)
        found = [one for name in on | off for one in self._switching(name, on.get(name, ()), off.get(name, ()))]
        found.sort(key=_order)
        self._narrow = [one for one in found if one.latest - one.earliest <= _WIDE]
        self._wide = [one for one in found if one.latest - one.earliest > _WIDE]
        self._latest = [one.latest for one in self._narrow]
        self._width = max((one.latest - one.earliest for one in self._narrow), default=0)
        self._floors = list(accumulate(self._narrow, _raised, initial=(BEGINNING, BEGINNING)))  # of the first n

    def put(self, incident: str, start: Act | None, stop: Act | None) -> None:
        """Take what an incident does to the state as it stands now, however it stood before; None: nothing."""
        self.replace(incident, [start] if start is not None else (), [stop] if stop is not None else ())

    def replace(self, incident: str, starts: Sequence[Act], stops: Sequence[Act]) -> None:
        """The same for an incident that may switch the state in more ways than one."""
        for one in self._of.pop(incident, ()):
            self._remove(one)
        self._tangled.discard(incident)
        for one in self._switching(incident, starts, stops):
            self._insert(one)
        self.__dict__.pop("last_start", None)

    def _switching(self, incident: str, starts: Sequence[Act], stops: Sequence[Act]) -> list[Switch]:
        """The switches of one incident, noted as its own."""
        if starts and stops:
            both = {id(hit.alternative) for act in stops for hit in act.hits if hit.sure}
            perhaps = {id(hit.alternative) for act in stops for hit in act.hits if not hit.sure}
            if any(id(hit.alternative) in perhaps for act in starts for hit in act.hits):
                self._tangled.add(incident)
            starts = [left for act in starts if (left := _but_for(act, both)) is not None]
        found = [Switch(act.latest, act.earliest, on=True, certain=act.certain, act=act) for act in starts]
        found += [Switch(act.latest, act.earliest, on=False, certain=act.certain, act=act) for act in stops]
        if found:
            self._of[incident] = found
        return found

    def _insert(self, one: Switch) -> None:
        if _is_wide(one):
            insort_right(self._wide, one, key=_order)
            return
        position = bisect_right(self._narrow, _order(one), key=_order)
        self._narrow.insert(position, one)
        self._latest.insert(position, one.latest)
        self._floors.insert(position + 1, self._floors[position])
        self._width = max(self._width, one.latest - one.earliest)
        self._raise(position)

    def _remove(self, one: Switch) -> None:
        among = self._wide if _is_wide(one) else self._narrow
        position = bisect_left(among, _order(one), key=_order)
        while among[position] is not one:
            position += 1
        del among[position]
        if among is self._narrow:
            del self._latest[position]
            del self._floors[position + 1]
            self._raise(position)

    def _raise(self, position: int) -> None:
        """The floors from a position on, as far as they change."""
        for number in range(position, len(self._narrow)):
            floor = _raised(self._floors[number], self._narrow[number])
            if floor == self._floors[number + 1]:
                return
            self._floors[number + 1] = floor

    @cached_property
    def last_start(self) -> Act | None:
        """The start that may have happened later than any other."""
        starts = (one.act for one in self.all if one.on)
        return max(starts, key=lambda act: (act.latest, act.incident), default=None)

    def stretch(self, act: Act) -> Interval:
        """The times about which a change of this act can change an answer."""
        return Interval(act.earliest, max(act.earliest, self.reach(act)))

    def reach(self, act: Act) -> int:
        """Until when a change of this act can change an answer; END where no other switch puts an end to it.

        Answers about times later than that, or no later than the act's earliest, are the same with and without it:
        another incident's certain switch lies in between, which `_floor` puts before all that is earlier. (One whose
        own time is very uncertain is no such floor.) Whoever changes all that an incident does asks for each act.
        """
        first = bisect_right(self._floors, act.latest, key=lambda floor: floor[1]) - 1
        for one in map(self._narrow.__getitem__, range(first, len(self._narrow))):
            if one.certain and one.earliest > act.latest and one.act.incident != act.incident:
                return one.latest
        return END

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
        twice = but in self._tangled or any(one.act.twice or one.act.incident in self._tangled for one in last)
        return Lookup(Truth.MAYBE, doubts, twice)

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

    def _floor(self, before: int) -> Floor:
        """Of the switches that surely lie before; those that are very uncertain do not count."""
        return self._floors[bisect_left(self._latest, before)]

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


def _by_incident(acts: Iterable[Act]) -> dict[str, list[Act]]:
    found: dict[str, list[Act]] = {}
    for act in acts:
        found.setdefault(act.incident, []).append(act)
    return found


def _order(one: Switch) -> tuple[int, int, bool, str]:
    return one.latest, one.earliest, one.on, one.act.incident


def _is_wide(one: Switch) -> bool:
    return one.latest - one.earliest > _WIDE


def _raised(floor: Floor, one: Switch) -> Floor:
    """The floor of some switches and one more."""
    if not one.certain:
        return floor
    stop, any_ = floor
    return stop if one.on else max(stop, one.earliest), max(any_, one.earliest)


def _but_for(start: Act, stopping: set[int]) -> Act | None:
    """What is left of a start where the same event switches off as well."""
    hits = tuple(hit for hit in start.hits if id(hit.alternative) not in stopping)
    if len(hits) == len(start.hits):
        return start
    return softened(start._replace(hits=hits), frozenset()) if hits else None


def _doubts(one: Switch, time: Interval) -> Iterator[Doubt]:
    """Why it is open whether this switch is the last: it may not be one, or not lie before."""
    yield from one.act.doubts
    if one.earliest < one.latest and one.latest >= time.earliest:
        yield ("time_uncertain", one.act.incident)
