"""Clauses that add nothing: an agreement comes in, warnings about duplicates and what others say already go out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from servanda.model.clauses import Clause, Keep, State, StatusTrigger
from servanda.model.patterns import Ref
from servanda.reading.complaints import quoted
from servanda.reading.linting.meaning import Reader
from servanda.reading.linting.shelf import Entry, Shelf
from servanda.reading.linting.spans import span
from servanda.reading.linting.subject import Body, Subject, patterns_of, tests_in

# What does not change what a clause means, or is compared in its own way.
_ASIDE = frozenset(("name", "bearers", "text", "cites", "place", "keep", "otherwise", "readings"))
# What must be the same in two clauses of which one says all that the other does.
_TIMES = ("on", "by", "start", "until", "within", "lasting")
_ALIKE = ("joint", "when", "condition", "requires", "unless", "every", "at_most", "rate", "at_least", "reach")


def duplicates(subject: Subject) -> None:
    """W019: a clause that says exactly what another one says already, to all whom it binds."""
    seen: dict[tuple[str, str], str] = {}
    for body in subject.written:
        if body.base is not None:
            continue
        clause = body.clause
        meaning = _meaning(clause)
        together = clause.joint or any(_refers(one) for one in clause.with_otherwise())
        bearers = [",".join(sorted(clause.bearers))] if together or not clause.bearers else list(clause.bearers)
        found = [seen.get((meaning, bearer)) for bearer in bearers]
        if all(name is not None for name in found):
            message = f"{quoted(clause.name)} says the same as {quoted(found[0])}"
            subject.warn_key("W019", body.node, message, "remove one of the two, or say how they differ")
        for bearer in bearers:
            seen.setdefault((meaning, bearer), clause.name)


def _meaning(clause: Clause) -> str:
    parts: list[object] = [getattr(clause, one.name) for one in fields(clause) if one.name not in _ASIDE]
    keep = clause.keep
    parts.append(None if keep is None else Keep(_nameless(keep.state, clause), keep.key))
    parts.append(None if clause.otherwise is None else (_meaning(clause.otherwise), clause.otherwise.bearers))
    parts += [(party, _meaning(reading)) for party, reading in sorted(clause.readings.items())]
    return repr(parts)


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
    reader, awaited = Reader(subject.agreement, together=True), _awaited(subject)
    shelf = {"must": Shelf(subject.agreement), "must_not": Shelf(subject.agreement)}
    duties = [body for body in subject.written if body.base is None and body.clause.duty in shelf]
    for body in duties:
        for bearer in body.clause.bearers:
            entry = Entry(body, bearer, reader.tests(body.clause, bearer, body.clause.pattern))
            shelf[body.clause.duty].put(entry)
    told: set[str] = set()
    for body in duties:
        for entry in _around(body, shelf[body.clause.duty], reader):
            # A wider prohibition includes the narrower one; of duties to act, the narrower includes the wider.
            idle, full = (body, entry.body) if body.clause.duty == "must_not" else (entry.body, body)
            name = idle.clause.name
            if name in told or name in awaited or not _has_no_point(idle.clause, full.clause, subject):
                continue
            if all(_includes(full, idle, one, reader, subject) for one in idle.clause.bearers):
                told.add(name)
                message = f"{quoted(full.clause.name)} asks for all that {quoted(name)} asks for"
                subject.warn_key("W020", idle.node, message, "remove it, or say how it differs")


def _around(body: Body, shelf: Shelf, reader: Reader) -> Iterator[Entry]:
    for bearer in body.clause.bearers:
        yield from shelf.around(bearer, reader.tests(body.clause, bearer, body.clause.pattern))


def _awaited(subject: Subject) -> set[str]:
    """The clauses that others wait for."""
    found = {body.clause.requires for body in subject.bodies if body.clause.requires is not None}
    for body in subject.bodies:
        found |= {one.clause for one in body.clause.when if isinstance(one, StatusTrigger)}
    return found


def _has_no_point(idle: Clause, full: Clause, subject: Subject) -> bool:
    """Whether nothing but the pattern and the time tells the one from the other."""
    if idle is full or idle.otherwise is not None or idle.readings or full.readings or idle.rate is not None:
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


def _includes(full: Body, idle: Body, bearer: str, reader: Reader, subject: Subject) -> bool:
    together = idle.clause.joint or _refers(idle.clause) or _refers(full.clause)
    if bearer not in full.clause.bearers or (together and set(full.clause.bearers) != set(idle.clause.bearers)):
        return False
    wide, narrow = span(full, subject.agreement), span(idle, subject.agreement)
    if wide is None or narrow is None:
        return False
    one, other = full.clause, idle.clause
    if one.when and any(getattr(one, key) != getattr(other, key) for key in _TIMES):
        return False
    asked = reader.tests(one, bearer, one.pattern), reader.tests(other, bearer, other.pattern)
    if wide == narrow and reader.within(*asked) and reader.within(*reversed(asked)):
        return False  # that is a duplicate
    if one.duty == "must":
        return wide.latest == narrow.latest and wide.within(narrow) and reader.within(*asked)
    return narrow.within(wide) and reader.within(*reversed(asked))
