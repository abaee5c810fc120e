"""Clauses that add nothing: an agreement comes in, warnings about duplicates and what others say already go out."""

from __future__ import annotations

from dataclasses import fields

from servanda.model.clauses import Clause, Keep, State, StatusTrigger
from servanda.model.moments import Interval
from servanda.model.patterns import Ref
from servanda.reading.complaints import quoted
from servanda.reading.linting.meaning import Reader
from servanda.reading.linting.shelf import Entry, Shelf
from servanda.reading.linting.spans import span
from servanda.reading.linting.subject import Subject, patterns_of, tests_in

# What does not change what a clause means, or is compared in its own way.
_ASIDE = frozenset(("name", "bearers", "text", "cites", "place", "keep", "otherwise", "readings"))
# What must be the same in two clauses of which one says all that the other does.
_TIMES = ("on", "by", "start", "until", "within", "lasting")
_ALIKE = ("joint", "when", "condition", "requires", "unless", "every", "at_most", "rate", "at_least", "reach")


def duplicates(subject: Subject) -> None:
    """W019: a clause that says exactly what another one says already, to all whom it binds."""
    for name, other in _repeated(subject).items():
        message = f"{quoted(name)} says the same as {quoted(other)}"
        subject.warn_key("W019", subject.by_name[name].node, message, "remove one of the two, or say how they differ")


def _repeated(subject: Subject) -> dict[str, str]:
    """Every clause that repeats an earlier one, with that one."""
    seen: dict[tuple[str, str], str] = {}
    repeated: dict[str, str] = {}
    for clause in subject.agreement.clauses:
        meaning = _meaning(clause)
        together = clause.joint or any(_refers(one) for one in clause.with_otherwise())
        bearers = [",".join(sorted(clause.bearers))] if together or not clause.bearers else list(clause.bearers)
        if all((meaning, bearer) in seen for bearer in bearers):
            repeated[clause.name] = seen[meaning, bearers[0]]
        for bearer in bearers:
            seen.setdefault((meaning, bearer), clause.name)
    return repeated


def _meaning(clause: Clause) -> str:
    return repr(_parts(clause))


def _parts(clause: Clause) -> list[object]:
    """Everything that makes a difference, as values whose `repr` says it all."""
    parts: list[object] = [getattr(clause, one.name) for one in fields(clause) if one.name not in _ASIDE]
    keep = clause.keep
    parts.append(None if keep is None else Keep(_nameless(keep.state, clause), keep.key))
    parts.append(None if clause.otherwise is None else (_parts(clause.otherwise), clause.otherwise.bearers))
    parts += [(party, _parts(reading)) for party, reading in sorted(clause.readings.items())]
    return parts


def _nameless(state: State, clause: Clause) -> State:
    """A state that a clause describes itself, without the clause's name."""
    return state if state.name != clause.name else State("", state.starts, state.stops, state.initially, state.key)


def _refers(clause: Clause) -> bool:
    """Whether it speaks of its other bearers, so that it means something else with others."""
    tests = (test for pattern in patterns_of(clause) for _, whole in pattern.tests for test in tests_in(whole))
    return any(isinstance(test, Ref) and test.name in ("other", "all") for test in tests)


def shadowed(subject: Subject) -> None:
    """W020: a duty that another one includes: who keeps that one keeps this, and who breaks this breaks that.

    A clause has a point of its own where others wait for it, where it has an `otherwise` or readings, where it cites
    another place than the other one, and where a permission or a power touches only the other.
    """
    reader, passed, repeated = Reader(subject.agreement, together=True), _awaited(subject), _repeated(subject)
    shelf = {"must": Shelf(subject.agreement), "must_not": Shelf(subject.agreement)}
    entries: list[Entry] = []
    spans: dict[str, Interval] = {}
    for body in subject.written:
        clause = body.clause
        found = span(body, subject.agreement)
        if body.base is None and clause.duty in shelf and clause.name not in repeated and found is not None:
            spans[clause.name] = found
            entries += [Entry(body, one, reader.tests(clause, one, clause.pattern)) for one in clause.bearers]
    for entry in entries:
        shelf[entry.body.clause.duty].put(entry)
    for narrow in entries:
        for wide in shelf[narrow.body.clause.duty].around(narrow.bearer, narrow.tests):
            # A wider prohibition includes the narrower one; of duties to act, the narrower includes the wider.
            idle, full = (wide, narrow) if narrow.body.clause.duty == "must" else (narrow, wide)
            one, other = full.body.clause, idle.body.clause
            if (
                wide.bearer == narrow.bearer
                and other.name not in passed
                and _in_time(one, other, spans[one.name], spans[other.name])
                and reader.within(narrow.tests, wide.tests)
                and _has_no_point(other, one, subject)
                and _includes(one, other, reader, alike=spans[one.name] == spans[other.name])
            ):
                passed.add(other.name)
                message = f"{quoted(one.name)} asks for all that {quoted(other.name)} asks for"
                subject.warn_key("W020", idle.body.node, message, "remove it, or say how it differs")


def _awaited(subject: Subject) -> set[str]:
    """The clauses that others wait for."""
    found = {body.clause.requires for body in subject.bodies if body.clause.requires is not None}
    for body in subject.bodies:
        found |= {one.clause for one in body.clause.when if isinstance(one, StatusTrigger)}
    return found


def _in_time(full: Clause, idle: Clause, wide: Interval, narrow: Interval) -> bool:
    """Whether what one clause asks for is asked for at all times at which the other asks for it, or in time for it."""
    if full is idle or (full.when and any(getattr(full, key) != getattr(idle, key) for key in _TIMES)):
        return False
    if full.duty == "must":
        return wide.within(narrow) and wide.latest == narrow.latest
    return narrow.within(wide)


def _includes(full: Clause, idle: Clause, reader: Reader, *, alike: bool) -> bool:
    """Whether the pattern includes the other one for all whom that binds; the same pattern in the same time does not."""
    if idle.joint or _refers(idle) or _refers(full):
        if set(full.bearers) != set(idle.bearers):
            return False
    elif not set(idle.bearers) <= set(full.bearers):
        return False
    asked = [
        (reader.tests(full, bearer, full.pattern), reader.tests(idle, bearer, idle.pattern)) for bearer in idle.bearers
    ]
    inward = all(reader.within(one, other) for one, other in asked)
    outward = all(reader.within(other, one) for one, other in asked)
    return (inward if full.duty == "must" else outward) and not (alike and inward and outward)


def _has_no_point(idle: Clause, full: Clause, subject: Subject) -> bool:
    """Whether nothing but the pattern and the time tells the one from the other."""
    if idle.otherwise is not None or idle.readings or full.readings or idle.rate is not None:
        return False
    if idle.cites is not None and full.cites is not None and idle.cites != full.cites:
        return False
    if any(getattr(idle, key) != getattr(full, key) for key in _ALIKE) or subject.amended(full.name):
        return False
    shields = [{permission.name for permission in subject.shields.get(one.name, ())} for one in (full, idle)]
    if not shields[0] <= shields[1]:
        return False
    lifting = [subject.affected(one.name, "suspend", "terminate", "waive") for one in (full, idle)]
    return lifting[0] <= lifting[1]
