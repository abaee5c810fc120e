"""What incidents do to a duty: standings and a pattern come in, acts in order of time go out.

An act is an incident as one duty of one bearer sees it: the alternatives that match, with the times
at which they may have happened, and whether it happens in every world.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from servanda.evidence import Alternative, Standing
from servanda.lifecycle.patterns import Context, answer, plain_text, referred
from servanda.lifecycle.spans import Spans
from servanda.model.agreement import Agreement
from servanda.model.kleene import Answer, Reason, Truth, either
from servanda.model.moments import Interval
from servanda.model.patterns import BODY_FIELDS, Pattern, Ref, above

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


def spread(standing: Standing) -> Interval:
    """When an incident may have happened, whatever the alternative."""
    if len(standing.alternatives) == 1:  # the usual case
        return standing.alternatives[0].time
    times = [a.time for a in standing.alternatives]
    return Interval(min(t.earliest for t in times), max(t.latest for t in times))


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """An incident that is kept, told apart by identity: standings are long to compare."""

    standing: Standing


_standing: Callable[[_Held], Standing] = attrgetter("standing")


def _name(held: _Held) -> str:
    return held.standing.incident


class Candidates:
    """The incidents that can touch a pattern, found by time and by what the trigger refers to; changed in place.

    Where the pattern asks a field to be `$trigger.FIELD`, incidents are kept by the values of that
    field, so that ten thousand instances do not each look at ten thousand incidents.
    """

    def __init__(self, standings: Iterable[Standing], pattern: Pattern, agreement: Agreement) -> None:
        """Sort the incidents by time, and by the field that refers to the trigger, if any."""
        self._agreement = agreement
        self._link = next(
            ((n, t) for n, t in pattern.tests if isinstance(t, Ref) and t.name == "trigger" and n != "quantity"),
            None,
        )
        self._held = {one.incident: _Held(one) for one in standings if one.alternatives}
        timed = [(held, spread(held.standing)) for held in self._held.values()]
        self._all = Spans(timed, _name)
        filed: dict[str | None, list[tuple[_Held, Interval]]] = {}  # None: the field may have any value
        for one in timed if self.linked else ():
            for key in self._filed(one[0].standing):
                filed.setdefault(key, []).append(one)
        self._by_value = {key: Spans(items, _name) for key, items in filed.items()}

    @property
    def linked(self) -> bool:
        """Whether the pattern asks a field to be what the trigger says."""
        return self._link is not None

    def put(self, standing: Standing) -> None:
        """Take an incident as it stands now, however it stood before; without alternatives it is left out."""
        self.drop(standing.incident)
        if not standing.alternatives:
            return
        held, time = _Held(standing), spread(standing)
        self._held[standing.incident] = held
        self._all.put(held, time)
        for key in self._filed(standing) if self.linked else ():
            if key not in self._by_value:
                self._by_value[key] = Spans((), _name)
            self._by_value[key].put(held, time)

    def drop(self, incident: str) -> None:
        """Leave an incident out, if it was there at all."""
        held = self._held.pop(incident, None)
        if held is None:
            return
        self._all.drop(held)
        for key in self._filed(held.standing) if self.linked else ():
            self._by_value[key].drop(held)
            if not self._by_value[key]:
                del self._by_value[key]

    def during(self, low: int, high: int, context: Context) -> list[Iterator[Standing]]:
        """Those that may match between two instants, in a few runs, each in order of the earliest time.

        An incident may stand in more than one run.
        """
        keys = self.wanted(context)
        lines = (
            [self._all] if keys is None else [self._by_value[k] for k in (None, *sorted(keys)) if k in self._by_value]
        )
        return [map(_standing, run) for line in lines for run in line.runs(low, high)]

    def values_of(self, standing: Standing) -> frozenset[str] | None:
        """The keys under which an incident is looked up; None: it may have any, or the pattern does not ask.

        An incident can touch an instance only if either has None here and in `wanted`, or they share a key.
        """
        if self._link is None:
            return None
        found: set[str] = set()
        for alternative in standing.alternatives:
            keys = self._keys(self._link[0], alternative)
            if keys is None:
                return None
            found |= keys
        return frozenset(found)

    def wanted(self, context: Context) -> frozenset[str] | None:
        """The keys that an instance looks up, besides incidents that may have any; None: it looks at all."""
        if self._link is None or (wanted := referred(self._link[1], context)) is None:
            return None
        name = self._link[0]
        keys = {f"<{plain_text(v)}" for v in wanted} | {f"<{v}" for v in wanted}
        if name in BODY_FIELDS:
            keys |= {f"={up}" for v in wanted for up in self._upwards(name, v)[1:]}
        return frozenset(keys)

    def _filed(self, standing: Standing) -> Iterable[str | None]:
        keys = self.values_of(standing)
        return (None,) if keys is None else keys

    def _keys(self, name: str, alternative: Alternative) -> set[str] | None:
        """The values a field has or lies below, marked `=` for the value itself; None: it may be any."""
        if name in BODY_FIELDS:
            value = getattr(alternative.core, name)
            if value is None:
                return None
            values = value if isinstance(value, tuple) else (value,)
            counted = (act for act, _ in alternative.counted) if name == "act" else ()  # as that act and no finer one
            below = {f"<{up}" for v in (*values, *counted) for up in self._upwards(name, v)}
            return below | {f"={v}" for v in values}
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
