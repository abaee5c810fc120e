"""What incidents do to a duty: standings and a pattern come in, acts in order of time go out.

An act is an incident as one duty of one bearer sees it: the alternatives that match, with the times
at which they may have happened, and whether it happens in every world.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from servanda.evidence import Alternative, Standing
from servanda.lifecycle.patterns import Context, answer, plain_text, referred
from servanda.model.agreement import Agreement
from servanda.model.kleene import Answer, Reason, Truth, either
from servanda.model.moments import DAY, Interval
from servanda.model.patterns import BODY_FIELDS, Pattern, Ref, above

T = TypeVar("T")
Doubt = tuple[Reason, str]


class Hit(NamedTuple):
    """An alternative that matches, and when it may have happened; `sure` that it does match."""

    earliest: int
    latest: int
    alternative: Alternative
    sure: bool = True


class Act(NamedTuple):
    """An incident as a duty sees it.

    `certain`: it counts in every world and has happened by `as_of` in every one. `doubts` say why it is
    not certain, apart from time.
    """

    standing: Standing
    hits: tuple[Hit, ...]
    certain: bool
    doubts: frozenset[Doubt]
    earliest: int
    latest: int
    twice: bool = False  # whether the incident was asked more than one thing that is open

    @property
    def incident(self) -> str:
        """The id of the incident."""
        return self.standing.incident


Asked = tuple[Pattern, Context]


def act_of(standing: Standing, asked: Sequence[Asked], agreement: Agreement, as_of: int) -> Act | None:
    """The incident as these patterns (any of them) see it; None where it cannot touch them."""
    hits: list[Hit] = []
    reasons: frozenset[Reason] = frozenset()
    for alternative in standing.alternatives:
        found = _matched(asked, alternative, agreement)
        if found.truth is Truth.NO or alternative.time.earliest > as_of:
            continue
        reasons |= found.reasons
        sure = found.truth is Truth.YES
        hits.append(Hit(alternative.time.earliest, min(alternative.time.latest, as_of), alternative, sure))
    act = made(standing, hits, frozenset((reason, standing.incident) for reason in reasons), as_of)
    twice = any(counts.truth is Truth.MAYBE for hit in hits for _, counts in hit.alternative.counted)
    return act._replace(twice=True) if act is not None and twice else act


def made(
    standing: Standing, hits: Sequence[Hit], doubts: frozenset[Doubt], as_of: int, *, whole: bool = True
) -> Act | None:
    """The act that hits on an incident make; it is certain when something sure happened whatever the alternative.

    `whole` says that no part of the time of an alternative was left out.
    """
    if not hits:
        return None
    every = {id(hit.alternative) for hit in hits} == {id(one) for one in standing.alternatives}
    everywhere = whole and every and not standing.nothing and all(hit.sure for hit in hits)
    if not every or standing.nothing:
        doubts |= {(reason, standing.incident) for reason in standing.reasons}
    if any(hit.alternative.time.latest > as_of for hit in hits):
        everywhere = False
        doubts |= {("time_uncertain", standing.incident)}
    if not everywhere and not doubts:
        doubts = frozenset((reason, standing.incident) for reason in (*standing.reasons, "time_uncertain"))
    return Act(
        standing,
        tuple(hits),
        everywhere,
        frozenset() if everywhere else doubts,
        min(hit.earliest for hit in hits),
        max(hit.latest for hit in hits),
    )


def softened(act: Act, doubts: frozenset[Doubt]) -> Act:
    """The act, not certain any more."""
    return act._replace(certain=False, doubts=act.doubts | doubts, hits=tuple(h._replace(sure=False) for h in act.hits))


def _matched(asked: Sequence[Asked], alternative: Alternative, agreement: Agreement) -> Answer:
    if len(asked) == 1:
        return answer(asked[0][0], alternative, asked[0][1], agreement)
    return either(answer(pattern, alternative, context, agreement) for pattern, context in asked)


_WIDE = 400 * DAY


class Timeline(Generic[T]):
    """Items with a time, found by when they may have happened without looking at all of them."""

    def __init__(self, items: Iterable[tuple[Interval, T]]) -> None:
        """Sort the items; those whose time is very uncertain are kept apart and always looked at."""
        ordered = sorted(items, key=lambda item: item[0])
        narrow = [item for item in ordered if item[0].latest - item[0].earliest <= _WIDE]
        self._wide = [item for item in ordered if item[0].latest - item[0].earliest > _WIDE]
        self._items = narrow
        self._earliest = [time.earliest for time, _ in narrow]
        self._width = max((time.latest - time.earliest for time, _ in narrow), default=0)

    def during(self, low: int, high: int) -> tuple[Iterator[T], Iterator[T]]:
        """Those that may have happened between two instants: the very uncertain, and the rest by time."""
        begin = bisect_left(self._earliest, low - self._width)
        end = bisect_right(self._earliest, high)
        return (
            (item for time, item in self._wide if time.earliest <= high and time.latest >= low),
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
        found = sorted((s for s in standings if s.alternatives), key=lambda s: s.incident)
        self._all = Timeline((spread(s), s) for s in found)
        self._link = next(
            ((n, t) for n, t in pattern.tests if isinstance(t, Ref) and t.name == "trigger" and n != "quantity"),
            None,
        )
        self._by_value: dict[str, Timeline[Standing]] = {}
        self._open: Timeline[Standing] = Timeline(())
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
        return {f"<{plain_text(v)}" for one in told for v in (one if isinstance(one, tuple) else (one,))}

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
        keys = {f"<{plain_text(v)}" for v in wanted} | {f"<{v}" for v in wanted}
        if name in BODY_FIELDS:
            keys |= {f"={up}" for v in wanted for up in self._upwards(name, v)[1:]}
        lines = [self._open, *(self._by_value[k] for k in sorted(keys) if k in self._by_value)]
        return [run for line in lines for run in line.during(low, high)]
