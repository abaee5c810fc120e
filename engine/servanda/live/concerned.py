"""Which instances look at what happens when: instances with the stretch that they look at come in; those concerned go out."""

from __future__ import annotations

from collections.abc import Iterator

from servanda.lifecycle import Spans
from servanda.model.moments import Interval

Keys = frozenset[str] | None  # what an instance asks of the field that links it to its trigger; None: anything
_FEW = 8


class Concerned:
    """The instances, by number, that look at incidents of one role: in which stretch, and with which keys.

    An incident concerns those whose stretch its time meets and, where both have keys, that share one with it.
    """

    def __init__(self) -> None:
        self._held: dict[int, Keys] = {}
        self._all: Spans[int] = Spans()
        self._any: Spans[int] = Spans()  # those with any key, as soon as there are some with keys
        self._by_key: dict[str, dict[int, Interval] | Spans[int]] = {}

    def put(self, number: int, stretch: Interval, keys: Keys) -> None:
        """Keep an instance with what it looks at, whatever it looked at before."""
        self.drop(number)
        self._held[number] = keys
        self._all.put(number, stretch)
        if keys is None:
            self._any.put(number, stretch)
        for key in keys or ():
            held = self._by_key.setdefault(key, {})
            if isinstance(held, Spans):
                held.put(number, stretch)
                continue
            held[number] = stretch
            if len(held) > _FEW:
                self._by_key[key] = Spans(held.items())

    def drop(self, number: int) -> None:
        """Keep an instance no more, if it was kept at all."""
        if number not in self._held:
            return
        keys = self._held.pop(number)
        self._all.drop(number)
        if keys is None:
            self._any.drop(number)
        for key in keys or ():
            held = self._by_key[key]
            if isinstance(held, Spans):
                held.drop(number)
            else:
                del held[number]
            if not held:
                del self._by_key[key]

    def of(self, time: Interval, keys: Keys = None) -> Iterator[int]:
        """The instances that something of this time, with these keys, concerns; one may come more than once."""
        if keys is None:
            yield from self._all.meeting(*time)
            return
        yield from self._any.meeting(*time)
        for key in keys:
            held = self._by_key.get(key, {})
            if isinstance(held, Spans):
                yield from held.meeting(*time)
            else:
                yield from (number for number, stretch in held.items() if stretch.meets(time))
