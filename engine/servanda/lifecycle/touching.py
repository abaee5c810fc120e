"""Which incidents can touch which clauses: clauses come in as rule facts, and for each incident its roles go out.

A matcher joins act and actor; what a clause asks of target, object and place narrows that down, so that an incident
concerns no clause that is about somebody, something or somewhere else. It may be one role too many, never one too few.
"""

from __future__ import annotations

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
_FEW = 32  # of what a matcher finds; more are filed, so that not each of them is looked at for each incident
_MOST_FILED = 100  # bodies


class _Wanted(NamedTuple):
    """The values that a pattern asks for in a field; and with all they are part of, or lie in."""

    field: int
    values: frozenset[str]
    wider: frozenset[str]


class _Told(NamedTuple):
    """The values that a body has in a field; and with all they are part of, or lie in."""

    values: tuple[str, ...]
    wider: frozenset[str]


class _Filed:
    """Numbers of patterns by the last field that each narrows."""

    def __init__(self, wanted: Iterable[tuple[int, Sequence[_Wanted]]]) -> None:
        self._free: list[int] = []  # they narrow none
        self._all: defaultdict[int, list[int]] = defaultdict(list)
        self._by_value: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
        self._by_wider: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
        for ref, fields in wanted:
            if not fields:
                self._free.append(ref)
                continue
            field, values, wider = fields[-1]
            self._all[field].append(ref)
            for value in values:
                self._by_value[field, value].append(ref)
            for value in wider:
                self._by_wider[field, value].append(ref)

    def going_with(self, told: Sequence[_Told | None]) -> Iterator[int]:
        """Those that can go with this, as far as that field tells; one may come more than once."""
        yield from self._free
        for field, held in enumerate(told):
            if held is None:
                yield from self._all.get(field, ())
                continue
            for value in held.wider:
                yield from self._by_value.get((field, value), ())
            for value in held.values:
                yield from self._by_wider.get((field, value), ())


class Touching:
    """The patterns of clauses and states, as facts for a matcher, with the roles in which incidents match them."""

    def __init__(self, clauses: Iterable[Clause], agreement: Agreement) -> None:
        """The facts, numbered in the order written."""
        self.facts: list[ClauseFact] = []
        self._roles: list[Role] = []
        self._wanted: list[tuple[_Wanted, ...]] = []
        self._filed: dict[Body, _Filed] = {}
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
            for body in _bodies(alternative):
                seen.update(self.narrowed(body, matcher.touched(body), alternative.core))
        return sorted(seen)

    def narrowed(self, body: Body, refs: Sequence[int], core: Core) -> Iterator[Role]:
        """The roles of what a matcher found for a body that go with the rest of what happened."""
        told = (core.target, core.object and (core.object,), core.place and (core.place,))
        found = [_Told(values, self._widened(n, values)) if values else None for n, values in enumerate(told)]
        for ref in refs if len(refs) <= _FEW else self._file(body, refs).going_with(found):
            for field, values, wider in self._wanted[ref]:
                held = found[field]
                if held is not None and values.isdisjoint(held.wider) and wider.isdisjoint(held.values):
                    break
            else:
                yield self._roles[ref]

    def _file(self, body: Body, refs: Sequence[int]) -> _Filed:
        if body not in self._filed:
            if len(self._filed) >= _MOST_FILED:
                self._filed.clear()
            self._filed[body] = _Filed((ref, self._wanted[ref]) for ref in refs)
        return self._filed[body]

    def near(self, standing: Standing, matcher: Matcher) -> set[Role]:
        """The roles in which an incident is what is asked for by act and actor, whatever it is else."""
        bodies = {body for one in standing.alternatives for body in _bodies(one)}
        return {self._roles[ref] for body in bodies for ref in matcher.touched(body)}


def _bodies(alternative: Alternative) -> Iterator[Body]:
    """What happened, and what it counts as, by act and actor."""
    for act in (alternative.core.act, *(act for act, _ in alternative.counted)):
        yield Body(act, alternative.core.actor)


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
