"""Which incidents can touch which clauses: clauses come in as rule facts, and for each incident its roles go out.

A matcher joins act and actor; what a clause asks of target, object and place narrows that down, so that an incident
concerns no clause that is about somebody, something or somewhere else. It may be one role too many, never one too few.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from servanda.evidence import Alternative, Core, Standing
from servanda.lifecycle.patterns import text
from servanda.lifecycle.states import Role
from servanda.matching import Body, ClauseFact, Matcher
from servanda.model.agreement import Agreement
from servanda.model.clauses import Clause, EventTrigger
from servanda.model.patterns import AnyOf, Is, Pattern, Ref, Test

_NARROWING = ("target", "object", "place")


class _Wanted(NamedTuple):
    """The values that a pattern asks for in a field; and with all they are part of, or lie in."""

    field: int
    values: frozenset[str]
    wider: frozenset[str]


class _Told(NamedTuple):
    """The values that a body has in a field; and with all they are part of, or lie in."""

    values: tuple[str, ...]
    wider: frozenset[str]


class Touching:
    """The patterns of clauses and states, as facts for a matcher, with the roles in which incidents match them."""

    def __init__(self, clauses: Iterable[Clause], agreement: Agreement) -> None:
        """The facts, numbered in the order written."""
        self.facts: list[ClauseFact] = []
        self._roles: list[Role] = []
        self._wanted: list[tuple[_Wanted, ...]] = []
        # The numbers by the last field that each narrows: all; by a value asked for; by what that lies in, itself included.
        self._free: list[int] = []
        self._narrow: defaultdict[int, list[int]] = defaultdict(list)
        self._by_value: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
        self._by_wider: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
        self._upwards: tuple[Callable[[str], tuple[str, ...]], ...] = (
            agreement.wholes,
            agreement.wholes,
            agreement.enclosing,
        )
        for name, role, pattern, bearers in _asked(clauses, agreement):
            rule = "trigger" if role == "trigger" else "duty"
            actors = asked_for(pattern.test("actor"), bearers)
            acts = asked_for(pattern.test("act"))
            self.facts.append(ClauseFact(len(self.facts), agreement.id, rule, acts, actors))
            self._roles.append((name, role))
            self._wanted.append(tuple(self._wanted_by(pattern, bearers)))
            self._file(len(self._roles) - 1, self._wanted[-1])

    def _file(self, ref: int, wanted: Sequence[_Wanted]) -> None:
        if not wanted:
            self._free.append(ref)
            return
        field, values, wider = wanted[-1]
        self._narrow[field].append(ref)
        for value in values:
            self._by_value[field, value].append(ref)
        for value in wider:
            self._by_wider[field, value].append(ref)

    def _wanted_by(self, pattern: Pattern, bearers: tuple[str, ...]) -> Iterator[_Wanted]:
        for number, name in enumerate(_NARROWING):
            values = asked_for(pattern.test(name), bearers)
            if values:
                yield _Wanted(number, frozenset(values), self._widened(number, values))

    def _widened(self, field: int, values: Iterable[str]) -> frozenset[str]:
        return frozenset(wider for value in values for wider in self._upwards[field](value))

    def of(self, standing: Standing, matcher: Matcher) -> list[Role]:
        """The roles in which an incident can touch a clause, whatever happened in it."""
        seen: set[Role] = set()
        for alternative in standing.alternatives:
            for refs in _found(alternative, matcher):
                seen.update(self.narrowed(refs, alternative.core))
        return sorted(seen)

    def narrowed(self, refs: Sequence[int], core: Core) -> Iterator[Role]:
        """The roles of what a matcher found, in ascending order, that go with the rest of what happened."""
        told = (core.target, core.object and (core.object,), core.place and (core.place,))
        found = [_Told(values, self._widened(n, values)) if values else None for n, values in enumerate(told)]
        filed = list(self._filed(found))
        if sum(map(len, filed)) < len(refs):  # that much there is to look at, however many clauses there are
            refs = sorted({ref for some in filed for ref in some if _is_among(ref, refs)})
        for ref in refs:
            for field, values, wider in self._wanted[ref]:
                held = found[field]
                if held is not None and values.isdisjoint(held.wider) and wider.isdisjoint(held.values):
                    break
            else:
                yield self._roles[ref]

    def _filed(self, told: Sequence[_Told | None]) -> Iterator[Sequence[int]]:
        """Lists that together hold all that can go with this, as far as the field tells by which each is filed."""
        yield self._free
        for field, held in enumerate(told):
            if held is None:
                yield self._narrow.get(field, ())
                continue
            yield from (self._by_value.get((field, value), ()) for value in held.wider)
            yield from (self._by_wider.get((field, value), ()) for value in held.values)

    def near(self, standing: Standing, matcher: Matcher) -> set[Role]:
        """The roles in which an incident is what is asked for by act and actor, whatever it is else."""
        return {self._roles[ref] for one in standing.alternatives for refs in _found(one, matcher) for ref in refs}


def _found(alternative: Alternative, matcher: Matcher) -> Iterator[Sequence[int]]:
    """What a matcher finds for an act, and for each act that it counts as."""
    for act in (alternative.core.act, *(act for act, _ in alternative.counted)):
        yield matcher.touched(Body(act, alternative.core.actor))


def _is_among(ref: int, refs: Sequence[int]) -> bool:
    position = bisect_left(refs, ref)
    return position < len(refs) and refs[position] == ref


def _asked(clauses: Iterable[Clause], agreement: Agreement) -> Iterator[tuple[str, str, Pattern, tuple[str, ...]]]:
    """Every pattern with its clause or state, its role in it, and the bearers."""
    clauses = tuple(clauses)
    bound: dict[str, tuple[str, ...]] = {}
    for top in clauses:
        bearers = top.bearers
        for clause in top.with_otherwise():
            bearers = bound[clause.name] = clause.bearers or bearers
            yield from _asked_by(clause, bearers)
    for power in clauses:  # a clause may be amended to ask for something else
        for name, changes in power.effect.changes.items() if power.effect else ():
            base = next(one for one in clauses if one.name == name)
            yield from _asked_by(base.amended(changes), bound[name])
    for state in agreement.states.values():
        yield f"state {state.name}", "starts", state.starts, ()
        yield f"state {state.name}", "stops", state.stops, ()


def _asked_by(clause: Clause, bearers: tuple[str, ...]) -> Iterator[tuple[str, str, Pattern, tuple[str, ...]]]:
    if clause.keep is not None:
        yield clause.name, "starts", clause.keep.state.starts, bearers
        yield clause.name, "stops", clause.keep.state.stops, bearers
    elif clause.duty != "counts_as":
        yield clause.name, "duty", clause.pattern, bearers
    if clause.unless is not None and clause.duty == "must":
        yield clause.name, "release", clause.unless, bearers
    for trigger in clause.when:
        if isinstance(trigger, EventTrigger):
            yield clause.name, "trigger", trigger.pattern, bearers


def asked_for(test: Test | None, bearers: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The values that a test can match, or what lies below them; () for any."""
    if isinstance(test, Is):
        return (text(test.value),)
    if isinstance(test, Ref) and test.name in ("bearer", "other", "all"):
        return bearers
    if isinstance(test, AnyOf):
        found = [asked_for(one, bearers) for one in test.tests]
        return tuple(dict.fromkeys(v for one in found for v in one)) if all(found) else ()
    return ()
