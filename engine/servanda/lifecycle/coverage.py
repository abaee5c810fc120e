"""How much was reported of whom: standings come in; the coverage of bearers in a window goes out (semantics section 5)."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Protocol

from servanda.evidence import Standing
from servanda.lifecycle.acts import spread
from servanda.model.agreement import Agreement
from servanda.model.moments import Interval, local_clock
from servanda.model.verdict import Coverage


class Covering(Protocol):
    """Says how much was reported of whom."""

    def coverage(self, bearers: tuple[str, ...], window: Interval) -> Coverage:
        """How much was reported of the bearers in a window, no report counted twice; nothing in an empty one."""
        ...


class Reported:
    """The reports that are known and not set aside, by the actors that their incidents name."""

    def __init__(self, standings: Iterable[Standing], agreement: Agreement) -> None:
        """Sort the reports to the actors, and to what these are part of."""
        self._agreement = agreement
        self._covered: dict[tuple[tuple[str, ...], Interval], Coverage] = {}
        self._by_actor: dict[str, list[tuple[Interval, Standing]]] = {}
        self._lines: dict[tuple[str, ...], _Line] = {}
        for standing in standings:
            if standing.alternatives:
                time = spread(standing)
                for name in sorted(named(standing, agreement)):
                    self._by_actor.setdefault(name, []).append((time, standing))

    def coverage(self, bearers: tuple[str, ...], window: Interval) -> Coverage:
        """How much was reported of the bearers in a window, no report counted twice; nothing in an empty one."""
        if window.latest < window.earliest:
            return Coverage(0, 0, 0)
        key = (bearers, window)
        if key not in self._covered:
            if bearers not in self._lines:
                self._lines[bearers] = self._line(bearers)
            self._covered[key] = self._lines[bearers].count(window)
        return self._covered[key]

    def _line(self, bearers: tuple[str, ...]) -> _Line:
        every = {s.incident: (time, s) for name in bearers for time, s in self._by_actor.get(name, ())}
        return _Line(every.values(), self._agreement)


def named(standing: Standing, agreement: Agreement) -> frozenset[str]:
    """Everybody whom an incident names as actor or target, and what they are part of."""
    cores = [alternative.core for alternative in standing.alternatives]
    people = (one for core in cores for field in (core.actor, core.target) for one in field or ())
    return frozenset(whole for one in people for whole in agreement.wholes(one))


class _Line:
    """The reports on some incidents, counted for any window by bisection."""

    def __init__(self, items: Iterable[tuple[Interval, Standing]], agreement: Agreement) -> None:
        self._reports = _Times()
        self._claimants: dict[str, _Times] = {}
        self._days: dict[dt.date, _Times] = {}
        for time, standing in items:
            for claimant, reported in standing.voices:
                day = local_clock(reported, agreement.zone).date()
                self._reports.add(time)
                self._claimants.setdefault(claimant, _Times()).add(time)
                self._days.setdefault(day, _Times()).add(time)
        for times in (self._reports, *self._claimants.values(), *self._days.values()):
            times.sort()

    def count(self, window: Interval) -> Coverage:
        return Coverage(
            self._reports.meeting(window),
            sum(times.meeting(window) > 0 for times in self._claimants.values()),
            sum(times.meeting(window) > 0 for times in self._days.values()),
        )


class _Times:
    """Intervals, of which those that meet a window are counted without looking at each."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, time: Interval) -> None:
        self._starts.append(time.earliest)
        self._ends.append(time.latest)

    def sort(self) -> None:
        self._starts.sort()
        self._ends.sort()

    def meeting(self, window: Interval) -> int:
        return bisect_right(self._starts, window.latest) - bisect_left(self._ends, window.earliest)
