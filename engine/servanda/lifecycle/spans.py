"""What lasts for a time: keys with intervals come in, one at a time or all at once; those that meet a stretch go out."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import chain
from typing import Any, Generic, TypeVar

from sortedcontainers import SortedList

from servanda.model.moments import Interval

K = TypeVar("K", bound=Hashable)
_Entry = tuple[Any, ...]  # (earliest, latest, order, key); where a search begins, (earliest,) alone


class Spans(Generic[K]):
    """Intervals by key, changed in place, and found without looking at all of them.

    They are kept by the number of digits of their width: what meets a stretch began no earlier than the widest of
    its class before it, so that one long interval does not make the search for short ones any wider.

    >>> spans = Spans[str]([("day", Interval(0, 9)), ("instant", Interval(3, 3))])
    >>> spans.put("later", Interval(7, 8))
    >>> sorted(spans.meeting(8, 20))
    ['day', 'later']
    """

    def __init__(self, items: Iterable[tuple[K, Interval]] = (), order: Callable[[K], Any] = lambda key: key) -> None:
        """Sort the intervals, each with a key of its own; those of one time by what `order` makes of their keys."""
        self._order = order
        self._held: dict[K, Interval] = dict(items)
        self._classes: dict[int, SortedList[_Entry]] = {}
        self._widest: dict[int, int] = {}  # of a class; it only grows
        classes: dict[int, list[_Entry]] = {}
        for key, time in self._held.items():
            classes.setdefault(self._class(time), []).append((*time, order(key), key))
        for number, entries in classes.items():
            self._classes[number] = SortedList(entries)

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, key: K) -> bool:
        return key in self._held

    def put(self, key: K, time: Interval) -> None:
        """Keep the key with this interval, whatever it had before."""
        self.drop(key)
        self._held[key] = time
        self._classes.setdefault(self._class(time), SortedList()).add((*time, self._order(key), key))

    def drop(self, key: K) -> None:
        """Keep the key no more, if it was kept at all."""
        time = self._held.pop(key, None)
        if time is not None:
            number = self._class(time)
            self._classes[number].remove((*time, self._order(key), key))
            if not self._classes[number]:
                del self._classes[number]

    def meeting(self, low: int, high: int) -> Iterator[K]:
        """The keys whose interval has an instant in common with [low, high]."""
        return chain.from_iterable(self.runs(low, high))

    def runs(self, low: int, high: int) -> list[Iterator[K]]:
        """The same in a few runs, wide ones first, each in order of earliest, latest and `order`.

        They do not outlast a change.
        """
        return [
            _run(self._classes[number], low - self._widest[number], low, high)
            for number in sorted(self._classes, reverse=True)
        ]

    def _class(self, time: Interval) -> int:
        width = time.latest - time.earliest
        number = width.bit_length()
        self._widest[number] = max(width, self._widest.get(number, 0))
        return number


def _run(entries: SortedList[_Entry], begin: int, low: int, high: int) -> Iterator[Any]:
    for earliest, latest, _, key in entries.irange((begin,)):
        if earliest > high:
            return
        if latest >= low:
            yield key
