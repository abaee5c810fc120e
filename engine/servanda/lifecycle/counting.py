"""Breaches by number: acts that count and a limit come in; which of them may be, or surely are, breaches goes out.

A match is a breach when with it more matches than the limit lie within one window; then counting
starts from zero (semantics section 5). Acts are taken in the order of time with every count that the
evidence leaves open: which acts counted so far, as far as a later one can still see them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from servanda.lifecycle.acts import Act
from servanda.model.moments import Interval

_MOST_STATES = 256


class Counted(NamedTuple):
    """An act within the window of an instance: when it may have happened in it, and whether it surely did."""

    act: Act
    time: Interval
    sure: bool


class Breaches(NamedTuple):
    """Which acts are breaches: incidents that may be, those that surely are, and whether there may be none."""

    possible: frozenset[str]
    sure: frozenset[str]
    none: bool
    exact: bool
    jumbled: bool  # whether it depends on the order of some which of them is a breach
    unordered: frozenset[
        str
    ]  # those whose order leaves it open which is a breach; whether there is one does not depend on it
    timed: frozenset[str]  # those whose distance leaves it open whether there is one


Within = Callable[[int], int]  # the last instant of the window that begins at an instant


def breaches(acts: Sequence[Counted], limit: int, within: Within | None) -> Breaches:
    """The breaches among acts, of which `limit` are none within a window; without one, over all time."""
    return _Count(acts, limit, within).result()


class _Count:
    """One count over the acts of an instance."""

    def __init__(self, acts: Sequence[Counted], limit: int, within: Within | None) -> None:
        self.acts = sorted(acts, key=lambda one: (one.time.earliest, one.time.latest, one.act.incident))
        self.limit, self.within = limit, within
        self.together = set(_overlapping(self.acts))
        self.doubted: Counter[int] = Counter()  # how often it was open whether an act lies within a window

    def result(self) -> Breaches:
        possible: set[str] = set()
        missing: set[str] = set()
        states: set[tuple[tuple[int, ...], bool]] = {((), False)}  # who counts so far, and whether one was a breach
        for number, one in enumerate(self.acts):
            found = set() if one.sure else set(states)
            for held, broken in states:
                for breach in self._breach((*held, number)):
                    (possible if breach else missing).add(one.act.incident)
                    kept = () if breach or not self.limit else (*held, number)[-self.limit :]
                    found.add((kept, broken or breach))
            if len(found) > _MOST_STATES:
                return self._coarse()
            states = found
        # Which of those whose times overlap is the one too many depends on their order.
        unordered = {self.acts[number].act.incident for number in self.together} if self.limit and possible else set()
        sure = {one.act.incident for one in self.acts if one.sure} & possible - missing - unordered
        exact = all(times == 1 for times in self.doubted.values())
        none = any(not broken for _, broken in states)
        return Breaches(
            possible=frozenset(possible | unordered),
            sure=frozenset(sure),
            none=none,
            exact=exact,
            jumbled=bool(unordered),
            unordered=frozenset(unordered),
            timed=frozenset(self.acts[number].act.incident for number in self.doubted),
        )

    def _breach(self, counted: tuple[int, ...]) -> Sequence[bool]:
        """Whether the last of these is a breach: yes, no, or perhaps."""
        if len(counted) <= self.limit:
            return (False,)
        if self.limit == 0 or self.within is None:
            return (True,)
        several = counted[-self.limit - 1 :]
        pairs = combinations(several, 2) if self.together.intersection(several) else ((several[0], several[-1]),)
        answers = {self._near(*pair) for pair in pairs}
        if False in answers:
            return (False,)
        if None in answers:
            self.doubted.update((several[0], several[-1]))
            return (True, False)
        return (True,)

    def _near(self, one: int, two: int) -> bool | None:
        """Whether two acts lie within one window; None where that is open."""
        assert self.within is not None
        first, last = self.acts[one].time, self.acts[two].time
        if last.earliest > self.within(first.latest):
            return False
        near = last.latest <= self.within(first.earliest) and first.latest <= self.within(last.earliest)
        return True if near else None

    def _coarse(self) -> Breaches:
        """Bounds, where there are too many counts to follow: any may be a breach; one surely is, if certain ones suffice."""
        certain = [one for one in self.acts if one.sure]
        enough = zip(certain, certain[self.limit :], strict=False)
        none = not any(
            self.within is None or max(one.time.latest for one in (first, last)) <= self.within(first.time.earliest)
            for first, last in enough
        )
        every = frozenset(one.act.incident for one in self.acts)
        return Breaches(every, frozenset(), none, exact=False, jumbled=True, unordered=every, timed=every)


def _overlapping(acts: Sequence[Counted]) -> Iterator[int]:
    """The positions of those whose time overlaps that of another; the acts are in the order of time."""
    longest = 0
    for number in range(1, len(acts)):
        one, two = acts[longest].time, acts[number].time
        known = one == two and one.earliest == one.latest  # of one instant they are taken by name
        if two.earliest <= one.latest and not known:
            yield from (longest, number)
        if acts[number].time.latest >= acts[longest].time.latest:
            longest = number
