"""What the checks look at: an agreement, its tree and where complaints go; clauses found in several ways go out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from servanda.model.agreement import Agreement
from servanda.model.clauses import Clause, Effect, EffectKind, EventTrigger
from servanda.model.patterns import AnyOf, Is, Not, Pattern, Test
from servanda.reading.clauses import overlaid
from servanda.reading.complaints import Complaints
from servanda.reading.tree import Node


@dataclass(frozen=True, slots=True)
class Body:
    """A clause, substitute or reading with its place in the file."""

    clause: Clause
    node: Node
    base: Clause | None = None  # what a substitute is the substitute of

    @property
    def triggered(self) -> bool:
        """Whether something creates its instances: a `when`, or the violation that a substitute answers."""
        return bool(self.clause.when) or self.base is not None


@dataclass(frozen=True)
class Subject:
    """One agreement under examination."""

    agreement: Agreement
    root: Node
    complaints: Complaints

    @cached_property
    def written(self) -> tuple[Body, ...]:
        """Every clause and substitute as written."""
        clauses = self.root.at("clauses")
        return tuple(body for clause in self.agreement.clauses for body in _chain(clause, clauses.at(clause.name)))

    @cached_property
    def bodies(self) -> tuple[Body, ...]:
        """Those, and what the readings of the parties make of them."""
        found = list(self.written)
        for clause in self.agreement.clauses:
            node = self.root.at("clauses", clause.name)
            for name, inner in node.at("readings").entries().items() if clause.readings else ():
                reading = clause.readings.get(self.agreement.actor_id(name))
                if reading is not None:
                    found += _chain(reading, overlaid(node, inner))
        return tuple(found)

    @cached_property
    def by_name(self) -> Mapping[str, Body]:
        """Clauses and substitutes as written, by name."""
        return {body.clause.name: body for body in self.written}

    @cached_property
    def _affected(self) -> Mapping[tuple[str, str], frozenset[str]]:
        found: dict[tuple[str, str], set[str]] = {}
        for name, effect in self.effects():
            for target in effect.clauses:
                found.setdefault((target, effect.kind), set()).add(name)
        return {key: frozenset(names) for key, names in found.items()}

    def effects(self) -> Iterator[tuple[str, Effect]]:
        """The effect of every power, also as a party reads it, with the name of its clause."""
        for clause in self.agreement.clauses:
            for version in (clause, *clause.readings.values()):
                if version.effect is not None:
                    yield clause.name, version.effect

    def affected(self, name: str, *kinds: EffectKind) -> frozenset[str]:
        """The powers that can do one of these things to a clause or substitute."""
        return frozenset[str]().union(*(self._affected.get((name, kind), ()) for kind in kinds))

    @cached_property
    def shields(self) -> Mapping[str, list[Clause]]:
        """For each clause, the permissions that name it, also as a party reads them."""
        found: dict[str, list[Clause]] = {}
        for body in self.bodies:
            for name in body.clause.shields:
                found.setdefault(name, []).append(body.clause)
        return found

    def amended(self, name: str) -> bool:
        """Whether a power can change what the clause says."""
        return bool(self.affected(name.partition(".")[0], "amend"))

    def warn(self, code: str, node: Node, message: str, remedy: str) -> None:
        """Note a doubt about a value."""
        self.complaints.add(code, node.spot, message, remedy)

    def warn_key(self, code: str, node: Node, message: str, remedy: str) -> None:
        """Note a doubt; the key is what is marked."""
        self.complaints.add(code, node.name_spot, message, remedy)


def _chain(clause: Clause, node: Node) -> Iterator[Body]:
    base, at = None, node
    for part in clause.with_otherwise():
        yield Body(part, at, base)
        base, at = part, at.at("otherwise")


def patterns_of(clause: Clause) -> Iterator[Pattern]:
    """Every pattern that a clause says, without those of its substitutes and of named states."""
    yield clause.pattern
    if clause.keep is not None:
        yield from (clause.keep.state.starts, clause.keep.state.stops)
    yield from (trigger.pattern for trigger in clause.when if isinstance(trigger, EventTrigger))
    if clause.unless is not None:
        yield clause.unless


def tests_in(test: Test) -> Iterator[Test]:
    """A test and all tests within it."""
    yield test
    if isinstance(test, AnyOf):
        for inner in test.tests:
            yield from tests_in(inner)
    elif isinstance(test, Not):
        yield from tests_in(test.test)


def options(test: Test | None) -> tuple[Test, ...]:
    """The tests of which one must hold; none where nothing is asked."""
    if isinstance(test, AnyOf):
        return tuple(one for inner in test.tests for one in options(inner))
    return () if test is None else (test,)


def plain(test: Test | None) -> tuple[str, ...] | None:
    """The texts of which the field must be one; None where it may be anything else."""
    values = tuple(one.value for one in options(test) if isinstance(one, Is) and isinstance(one.value, str))
    return values if values and len(values) == len(options(test)) else None
