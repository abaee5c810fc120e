"""What incidents do to a duty: standings and a pattern come in, acts in order of time go out.

An act is an incident as one duty of one bearer sees it: the alternatives that match, with the times
at which they may have happened, and whether it happens in every world.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from servanda.evidence import Alternative, Standing
from servanda.lifecycle.patterns import Context, answer, referred, text
from servanda.model.agreement import Agreement
from servanda.model.kleene import Answer, Reason, Truth, either
from servanda.model.moments import DAY, Interval
from servanda.model.patterns import BODY_FIELDS, Pattern, Ref, above


class Hit(NamedTuple):
    """An alternative that matches, and when it may have happened."""

    earliest: int
    latest: int
    alternative: Alternative


class Act(NamedTuple):
    """An incident as a duty sees it.

    `certain`: it matches in every world and has happened by `as_of` in every one. `reasons` say why
    it is not certain, apart from time.
    """

    standing: Standing
    hits: tuple[Hit, ...]
    certain: bool
    reasons: frozenset[Reason]
    earliest: int
    latest: int

    @property
    def incident(self) -> str:
        """The id of the incident."""
        return self.standing.incident


def act_of(
    standing: Standing, patterns: Iterable[Pattern], context: Context, agreement: Agreement, as_of: int
) -> Act | None:
    """The incident as these patterns (any of them) see it; None where it cannot touch them."""
    patterns = tuple(patterns)
    hits: list[Hit] = []
    reasons: frozenset[Reason] = frozenset()
    sure = 0
    for alternative in standing.alternatives:
        found = _matched(patterns, alternative, context, agreement)
        if found.truth is Truth.NO or alternative.time.earliest > as_of:
            continue
        if found.truth is Truth.YES:
            sure += 1
        else:
            reasons |= found.reasons
        hits.append(Hit(alternative.time.earliest, min(alternative.time.latest, as_of), alternative))
    if not hits:
        return None
    everywhere = sure == len(standing.alternatives) and not standing.nothing
    if len(hits) < len(standing.alternatives) or standing.nothing:
        reasons |= standing.reasons
    if any(hit.alternative.time.latest > as_of for hit in hits):
        everywhere = False
        reasons |= {"time_uncertain"}
    if not everywhere and not reasons:
        reasons = standing.reasons | {"time_uncertain"}
    return Act(
        standing,
        tuple(hits),
        everywhere,
        reasons if not everywhere else frozenset(),
        min(hit.earliest for hit in hits),
        max(hit.latest for hit in hits),
    )


def _matched(patterns: tuple[Pattern, ...], alternative: Alternative, context: Context, agreement: Agreement) -> Answer:
    if len(patterns) == 1:
        return answer(patterns[0], alternative, context, agreement)
    return either(answer(pattern, alternative, context, agreement) for pattern in patterns)


_WIDE = 400 * DAY


class Timeline:
    """Items with a time, found by when they may have happened without looking at all of them."""

    def __init__(self, items: Iterable[tuple[Interval, Standing]]) -> None:
        """Sort the items; those whose time is very uncertain are kept apart and always looked at."""
        ordered = sorted(items, key=lambda item: (item[0], item[1].incident))
        narrow = [item for item in ordered if item[0].latest - item[0].earliest <= _WIDE]
        self._wide = [item for item in ordered if item[0].latest - item[0].earliest > _WIDE]
        self._items = narrow
        self._earliest = [time.earliest for time, _ in narrow]
        self._width = max((time.latest - time.earliest for time, _ in narrow), default=0)

    def during(self, low: int, high: int) -> tuple[Iterator[Standing], Iterator[Standing]]:
        """Those that may have happened between two instants: the very uncertain, and the rest by time."""
        begin = bisect_left(self._earliest, low - self._width)
        end = bisect_right(self._earliest, high)
        return (
            (standing for time, standing in self._wide if time.earliest <= high and time.latest >= low),
            (self._items[i][1] for i in range(begin, end) if self._items[i][0].latest >= low),
        )


def spread(standing: Standing) -> Interval:
    """When an incident may have happened, whatever the alternative."""
    times = [a.time for a in standing.alternatives]
    return Interval(min(t.earliest for t in times), max(t.latest for t in times))


class Candidates:
    """The incidents that can touch a pattern, found by time and by what the trigger refers to.

    Where the pattern asks a field to be `$trigger.FIELD`, incidents are kept by the values of that
    field, so that ten thousand instances do not each look at ten thousand incidents.
    """

    def __init__(self, standings: Iterable[Standing], pattern: Pattern, agreement: Agreement) -> None:
        """Sort the incidents by time, and by the field that refers to the trigger, if any."""
        self._agreement = agreement
        found = [s for s in standings if s.alternatives]
        self._all = Timeline((spread(s), s) for s in found)
        self._link = next(
            ((n, t) for n, t in pattern.tests if isinstance(t, Ref) and t.name == "trigger" and n != "quantity"),
            None,
        )
        self._by_value: dict[str, Timeline] = {}
        self._open: Timeline = Timeline(())
        if self._link is not None:
            self._sort(found, self._link[0])

    def _sort(self, standings: list[Standing], name: str) -> None:
        buckets: dict[str, dict[str, Standing]] = {}
        unknown: dict[str, Standing] = {}
        for standing in standings:
            for alternative in standing.alternatives:
                keys = self._keys(name, alternative)
                if keys is None:
                    unknown[standing.incident] = standing
                for key in keys or ():
                    buckets.setdefault(key, {})[standing.incident] = standing
        self._open = Timeline((spread(s), s) for s in unknown.values())
        self._by_value = {k: Timeline((spread(s), s) for s in b.values()) for k, b in buckets.items()}

    def _keys(self, name: str, alternative: Alternative) -> set[str] | None:
        """The values a field has or lies below, marked `=` for the value itself; None: it may be any."""
        if name in BODY_FIELDS:
            value = getattr(alternative.core, name)
            if value is None:
                return None
            values = value if isinstance(value, tuple) else (value,)
            return {f"<{up}" for v in values for up in self._upwards(name, v)} | {f"={v}" for v in values}
        told = alternative.attributes.get(name, ())
        if len(told) > 1:
            return None
        return {f"<{_plain(v)}" for one in told for v in (one if isinstance(one, tuple) else (one,))}

    def _upwards(self, name: str, value: str) -> tuple[str, ...]:
        if name == "act":
            return above(value)
        if name == "place":
            return self._agreement.enclosing(value)
        return self._agreement.wholes(value) if name in BODY_FIELDS else (value,)

    def during(self, low: int, high: int, context: Context) -> list[Iterator[Standing]]:
        """Those that may match between two instants, in a few runs, each in order of time.

        An incident may stand in more than one run.
        """
        if self._link is None or (wanted := referred(self._link[1], context)) is None:
            return list(self._all.during(low, high))
        name = self._link[0]
        keys = {f"<{_plain(v)}" for v in wanted} | {f"<{v}" for v in wanted}
        if name in BODY_FIELDS:
            keys |= {f"={up}" for v in wanted for up in self._upwards(name, v)[1:]}
        lines = [self._open, *(self._by_value[k] for k in sorted(keys) if k in self._by_value)]
        return [run for line in lines for run in line.during(low, high)]


def _plain(value: object) -> str:
    """A value so written that values which are the same are written the same."""
    shown = text(value)
    try:
        return text(float(shown)) if len(shown) < 40 else shown
    except ValueError:
        return shown
