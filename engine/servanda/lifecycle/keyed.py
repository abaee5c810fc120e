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
Kept = dict[str | None, dict[str, Act]]  # by value and incident
Filed = dict[str | None, Act]  # what one incident does to each value; None: to any


class KeyedState:
    """The switches of one keyed state, by value, changed in place; and which value a clause asks for, in which field.

    An incident starts the state at most once, and stops it at most once.
    """

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
        self._kept: tuple[Kept, Kept] = ({}, {})  # what starts it, and what stops it
        self._values: dict[str, frozenset[str | None]] = {}  # by incident, those that its acts are filed under
        self._below: dict[str, set[str]] = {}  # by value, those below it that were filed or asked for: it only grows
        self._made: dict[str, Switches] = {}
        for kept, acts in zip(self._kept, (starts, stops), strict=True):
            for act in acts:
                self._file(act.incident, self._filed(act), kept)

    def put(self, incident: str, start: Act | None, stop: Act | None) -> None:
        """Take what an incident does to the state as it stands now, however it stood before; None: nothing."""
        before = self._values.pop(incident, frozenset())
        now = [{} if act is None else self._filed(act) for act in (start, stop)]
        for kept, filed in zip(self._kept, now, strict=True):
            for value in before & kept.keys():
                kept[value].pop(incident, None)
                if not kept[value]:
                    del kept[value]
            self._file(incident, filed, kept)
        concerned = self._touched(before | self._values.get(incident, frozenset()))
        for value in self._made.keys() if concerned is None else concerned & self._made.keys():
            acts = (self._touching(value, {key: {incident: act} for key, act in filed.items()}) for filed in now)
            self._made[value].replace(incident, *map(list, acts))

    def touched(self, act: Act) -> frozenset[str] | None:
        """The values of which an act may switch the state, as far as they were heard of; None: any."""
        return self._touched(frozenset(self._filed(act)))

    def _touched(self, values: frozenset[str | None]) -> frozenset[str] | None:
        found: set[str] = set()
        for value in values:
            if value is None:
                return None
            found.update(self._upwards(value), self._below.get(value, ()))
        return frozenset(found)

    def _file(self, incident: str, filed: Filed, kept: Kept) -> None:
        for value, act in filed.items():
            if value is not None and value not in kept:
                self._hear_of(value)
            kept.setdefault(value, {})[incident] = act
        if filed:
            self._values[incident] = self._values.get(incident, frozenset()) | filed.keys()

    def _hear_of(self, value: str) -> None:
        for up in self._upwards(value)[1:]:
            self._below.setdefault(up, set()).add(value)

    def _filed(self, act: Act) -> Filed:
        """The act by the values that it switches, as far as it switches each."""
        found: Filed = {}
        told = [(hit, values_of(self._key, hit.alternative)) for hit in act.hits]
        for value in {value for _, values in told for value in values or ()}:
            hits = tuple(hit for hit, values in told if values and value in values)
            one = act._replace(hits=hits, earliest=min(h.earliest for h in hits), latest=max(h.latest for h in hits))
            sure = len(hits) == len(act.hits) and all(len(values or ()) >= 1 for _, values in told)
            contested = _contested(self._key, (hit.alternative for hit in hits))
            found[value] = one if sure and not contested else _unsure(one, contested)
        if any(values is None for _, values in told):
            found[None] = act
        return found

    def of_value(self, value: str) -> Switches:
        """The state of one value."""
        if value not in self._made:
            self._hear_of(value)
            starts, stops = (self._touching(value, kept) for kept in self._kept)
            self._made[value] = Switches(starts, stops, initially=self._state.initially)
        return self._made[value]

    def _touching(self, value: str, kept: Kept) -> Iterator[Act]:
        yield from kept.get(value, {}).values()
        below = sorted(self._below.get(value, set()) & kept.keys())
        if self._key in ("actor", "target", "object"):  # an actor stands for its parts
            yield from (act for part in below for act in kept[part].values())
            below = []
        for other in (None, *self._upwards(value)[1:], *below):
            for act in kept.get(other, {}).values():
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
