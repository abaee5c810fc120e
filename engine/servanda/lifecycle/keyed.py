"""Keyed states: acts that switch them, each for the values of a field, come in; answers for one value go out.

A switch touches a value surely when it has that value (or, for actors, a part of it), and perhaps when
it leaves the field out, or has a value that is coarser or finer (semantics section 5, *Matching*).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from servanda.evidence import Alternative
from servanda.lifecycle.acts import Act, Doubt, softened
from servanda.lifecycle.patterns import plain_text
from servanda.lifecycle.switches import NO, Lookup, Switches, any_of, opposite
from servanda.model.agreement import Agreement
from servanda.model.clauses import State
from servanda.model.kleene import Truth
from servanda.model.moments import Interval
from servanda.model.patterns import BODY_FIELDS

Values = tuple[str, ...] | None  # None: may be any
Kept = dict[str, list[Act]]


class KeyedState:
    """The switches of one keyed state, by value; and which value a clause asks for, and in which field."""

    def __init__(
        self,
        state: State,
        starts: Iterable[Act],
        stops: Iterable[Act],
        agreement: Agreement,
        field: str,
        *,
        wanted: bool,
    ) -> None:
        """Sort the acts by the values that they switch."""
        assert state.key is not None
        self._state, self._agreement = state, agreement
        self._key, self._field, self._wanted = state.key, field, wanted
        self._acts = [self._sorted(starts), self._sorted(stops)]
        self._below: dict[str, set[str]] = {}
        for value in {value for acts in self._acts for value in acts}:
            for up in self._upwards(value)[1:]:
                self._below.setdefault(up, set()).add(value)
        self._made: dict[str, Switches] = {}

    def _sorted(self, acts: Iterable[Act]) -> Kept:
        """Acts by value; under the empty text those that may switch any."""
        found: Kept = {}
        for act in acts:
            told = [(hit, values_of(self._key, hit.alternative)) for hit in act.hits]
            every = {value for _, values in told for value in values or ()}
            for value in every:
                hits = tuple(hit for hit, values in told if values and value in values)
                one = act._replace(
                    hits=hits, earliest=min(h.earliest for h in hits), latest=max(h.latest for h in hits)
                )
                sure = len(hits) == len(act.hits) and all(len(values or ()) >= 1 for _, values in told)
                contested = _contested(self._key, (hit.alternative for hit in hits))
                found.setdefault(value, []).append(one if sure and not contested else _unsure(one, contested))
            if any(values is None for _, values in told):
                found.setdefault("", []).append(act)
        return found

    def of_value(self, value: str) -> Switches:
        """The state of one value."""
        if value not in self._made:
            starts, stops = (list(self._touching(value, acts)) for acts in self._acts)
            self._made[value] = Switches(starts, stops, initially=self._state.initially)
        return self._made[value]

    def _touching(self, value: str, acts: Kept) -> Iterator[Act]:
        yield from acts.get(value, ())
        below = sorted(self._below.get(value, ()))
        if self._key in ("actor", "target", "object"):  # an actor stands for its parts
            yield from (act for part in below for act in acts.get(part, ()))
            below = []
        for other in ("", *self._upwards(value)[1:], *below):
            for act in acts.get(other, ()):
                found = self._perhaps(act, value)
                if found is not None:
                    yield found

    def _perhaps(self, act: Act, value: str) -> Act | None:
        """An act that may switch this value: surely, or not at all, where that was settled."""
        question = f"{self._key} {value}"
        answers = [dict(hit.alternative.settled).get(question) for hit in act.hits]
        if answers == [True]:
            return act
        if answers == [False]:
            return None
        for hit in act.hits:
            if hit.alternative.asked is not None:
                hit.alternative.asked.add(question)
        return softened(act, frozenset((("unspecified", act.incident),)))

    def _upwards(self, value: str) -> tuple[str, ...]:
        if self._key == "place":
            return self._agreement.enclosing(value)
        return self._agreement.wholes(value) if self._key in ("actor", "target", "object") else (value,)

    def of_incident(self, alternative: Alternative, incident: str, time: Interval) -> Lookup:
        """Whether the state of the incident's own value is as the clause asks."""
        values = values_of(self._field, alternative)
        if values is None:
            return Lookup(Truth.MAYBE, frozenset((("unspecified", incident),)))
        if not values:
            return NO
        found = [self.of_value(value).at(time, incident) for value in values]
        answer = any_of(found if self._wanted else [opposite(one) for one in found])
        if _contested(self._field, (alternative,)) and len({one.truth for one in found}) > 1:
            return Lookup(Truth.MAYBE, answer.doubts | {("contested", incident)})
        return answer

    def cuts(self, alternative: Alternative, time: Interval) -> Iterator[int]:
        """The instants in an interval at which the state of the incident's own value may change."""
        for value in values_of(self._field, alternative) or ():
            yield from self.of_value(value).cuts(time)


def values_of(name: str, alternative: Alternative) -> Values:
    """The values of a field, as text; None where it may be any."""
    if name in BODY_FIELDS:
        if name == "quantity":
            amount = alternative.quantity
            return None if amount is None or amount.low != amount.high else (plain_text(amount.low),)
        value = getattr(alternative.core, name)
        return value if value is None or isinstance(value, tuple) else (value,)
    told = alternative.attributes.get(name, ())
    return tuple(plain_text(one) for each in told for one in (each if isinstance(each, tuple) else (each,)))


def _contested(name: str, alternatives: Iterable[Alternative]) -> bool:
    return name not in BODY_FIELDS and any(len(one.attributes.get(name, ())) > 1 for one in alternatives)


def _unsure(act: Act, contested: bool) -> Act:  # noqa: FBT001 - it is what is told apart
    doubts: frozenset[Doubt] = frozenset((("contested", act.incident),)) if contested else frozenset()
    return softened(act, doubts or frozenset((reason, act.incident) for reason in act.standing.reasons))
