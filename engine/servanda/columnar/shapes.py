"""Which clauses can be judged in columns: clauses come in; what is asked of bodies, apart from keys, goes out.

Two shapes make up nearly all instances: a prohibition, and a duty with a deadline that an event sets off. Reports
that leave something open are taken out of the columns and judged by the general rules; so are whole clauses of any
other shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from servanda.lifecycle import goal_of, refers
from servanda.model.agreement import Agreement
from servanda.model.clauses import AtLeast, Clause, EventTrigger, Keep, State, While
from servanda.model.moments import Duration
from servanda.model.patterns import AnyOf, Anything, Not, Pattern, Ref, Test

KEYS = ("actor", "target", "object", "place")  # fields by which reports can be told apart in columns
Shape = Literal["prohibition", "deadline"]


class Link(NamedTuple):
    """The field of an act that must be what a field of the trigger is."""

    act: str
    trigger: str


def shape_of(clause: Clause) -> Shape | None:
    """The shape of a clause that no other clause looks at; None where it is neither of the two."""
    if clause.every or clause.unless or clause.requires or clause.otherwise or clause.at_most or clause.rate:
        return None
    if clause.duty == "must_not" and not clause.when and not refers(clause.pattern):
        condition = clause.condition
        return "prohibition" if condition is None or condition.key in KEYS else None
    deadline = (
        clause.duty == "must"
        and clause.when
        and all(isinstance(one, EventTrigger) and not refers(one.pattern) for one in clause.when)
        and clause.within is not None
        and clause.lasting is None
        and clause.condition is None
        and goal_of(clause).one
        and not _by_business_days(clause.within)
        and not (clause.grace and _by_business_days(clause.grace))
        and not refers(unlinked(clause.pattern))
        and sum(_links(name, test) for name, test in clause.pattern.tests) <= 1
    )
    return "deadline" if deadline else None


def link_of(clause: Clause) -> Link | None:
    """What ties an act to a trigger."""
    return next(
        (Link(name, test.field) for name, test in clause.pattern.tests if isinstance(test, Ref) and _links(name, test)),
        None,
    )


def unlinked(pattern: Pattern) -> Pattern:
    """The pattern without the test that ties an act to a trigger."""
    return Pattern(tuple((name, test) for name, test in pattern.tests if not _links(name, test)))


def _links(name: str, test: Test) -> bool:
    return isinstance(test, Ref) and test.name == "trigger" and name in KEYS and test.field in KEYS


def _by_business_days(duration: Duration) -> bool:
    return duration.business > 0


def tested(clauses: Sequence[Clause], states: Mapping[str, State]) -> Iterator[str]:
    """The fields by which bodies must be told apart, besides the links of deadlines."""
    for clause in clauses:
        shape = shape_of(clause)
        if shape is None:
            continue
        yield from _fields(unlinked(clause.pattern) if shape == "deadline" else clause.pattern)
        for one in clause.when:
            yield from _fields(one.pattern) if isinstance(one, EventTrigger) else ()
        if clause.condition is not None:
            state = states[clause.condition.state]
            yield from (*_fields(state.starts), *_fields(state.stops))


def keys_of(clauses: Sequence[Clause], states: Mapping[str, State]) -> Iterator[str]:
    """The fields by which reports are told apart in columns."""
    for clause in clauses:
        shape = shape_of(clause)
        link = link_of(clause) if shape == "deadline" else None
        yield from link or ()
        if shape == "prohibition" and clause.condition is not None and clause.condition.key is not None:
            yield clause.condition.key
            key = states[clause.condition.state].key
            yield from () if key not in KEYS else (key,)


def asked_about(agreement: Agreement) -> set[str]:
    """Every field that something in an agreement asks about, in whichever of its versions."""
    found: set[str] = set()
    for clause in (one for top in agreement.clauses for one in (top, *top.readings.values())):
        for one in clause.with_otherwise():
            found |= _asked_by(_parts_of(one))
    for state in agreement.states.values():
        found |= _asked_by({"state": state})
    return found


def _parts_of(clause: Clause) -> Mapping[str, object]:
    """The fields of a clause by which incidents are looked at, and those that an amendment puts in their place."""
    changes = clause.effect.changes.values() if clause.effect is not None else ()
    changed = {f"{name} {n}": value for n, one in enumerate(changes) for name, value in one.items()}
    own = ("pattern", "when", "unless", "condition", "keep", "at_least")
    return {name: getattr(clause, name) for name in own} | changed


def _asked_by(parts: Mapping[str, object]) -> set[str]:
    found: set[str] = set()
    for part in parts.values():
        for one in part if isinstance(part, tuple) else (part,):
            if isinstance(one, Pattern):
                found.update(name for name, _ in one.tests)
                found.update(field for _, test in one.tests for field in _referred(test))
            elif isinstance(one, EventTrigger):
                found |= _asked_by({"pattern": one.pattern})
            elif isinstance(one, Keep):
                found |= _asked_by({"state": one.state})
            elif isinstance(one, State):
                found |= _asked_by({"starts": one.starts, "stops": one.stops})
            key = one.distinct if isinstance(one, AtLeast) else one.key if isinstance(one, State | While) else None
            found |= set() if key is None else {key}
    return found


def _referred(test: Test) -> Iterator[str]:
    if isinstance(test, AnyOf):
        for one in test.tests:
            yield from _referred(one)
    elif isinstance(test, Not):
        yield from _referred(test.test)
    elif isinstance(test, Ref) and test.field:
        yield test.field


def _fields(pattern: Pattern) -> Iterator[str]:
    yield from (name for name, test in pattern.tests if not isinstance(test, Anything))
