"""Whether one pattern lies within another, or apart from it: tests come in, yes or "it cannot be said" goes out.

Both answers are certain where they are yes. A field may have several values, and may have been left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from servanda.model.agreement import Agreement
from servanda.model.clauses import Clause
from servanda.model.patterns import AnyOf, Anything, Compare, Exists, Is, Not, Pattern, Ref, Test, above
from servanda.reading.linting.subject import plain, tests_in

Tests = Mapping[str, Test]


_MANY = 100  # bearers; of a clause that binds more, references are left as they are, and lie within nothing


class Reader:
    """Reads patterns in an agreement: references become names, and names are compared with what they lie in.

    `together` says that the clauses compared have the same trigger, so that references to it mean the same.
    """

    def __init__(self, agreement: Agreement, *, together: bool = False) -> None:
        self.agreement, self.together = agreement, together
        self._counted = any(clause.counted is not None for clause in agreement.clauses)

    def tests(self, clause: Clause, bearer: str | None, pattern: Pattern, *, owed: bool = False) -> Tests:
        """The tests of a pattern by field, as one bearer is asked; `owed` says that `$all` is done by that one too."""
        return {field: self._named(test, clause, bearer, owed=owed) for field, test in pattern.tests}

    def _named(self, test: Test, clause: Clause, bearer: str | None, *, owed: bool) -> Test:
        if isinstance(test, AnyOf):
            return AnyOf(tuple(self._named(one, clause, bearer, owed=owed) for one in test.tests))
        if isinstance(test, Not):
            return Not(self._named(test.test, clause, bearer, owed=False))
        if isinstance(test, Ref) and bearer is not None and len(clause.bearers) <= _MANY:
            if test.name == "all" and owed:
                return Is(bearer)
            if test.name == "bearer":
                return _any(clause.bearers if clause.joint else (bearer,), test)
            if test.name == "other":
                return _any([one for one in clause.bearers if clause.joint or one != bearer], test)
        return test

    def within(self, inner: Tests, outer: Tests) -> bool:
        """Whether every event that matches the one certainly matches the other."""
        return all(
            isinstance(test, Anything) or (field in inner and self._implies(field, inner[field], test))
            for field, test in outer.items()
        )

    def apart(self, one: Tests, other: Tests) -> bool:
        """Whether no event can match both. Acts are never apart where one may count as another."""
        if self._counted:
            return False
        acts, others = plain(one.get("act")), plain(other.get("act"))
        if acts is None or others is None:
            return False
        return not any(a in above(b) or b in above(a) for a in acts for b in others)

    def _implies(self, field: str, inner: Test, outer: Test) -> bool:
        if isinstance(outer, Anything):
            return True
        if inner == outer:
            return self.together or not any(isinstance(one, Ref) for one in tests_in(inner))
        if isinstance(inner, AnyOf):
            return all(self._implies(field, one, outer) for one in inner.tests)
        if isinstance(outer, AnyOf):
            return any(self._implies(field, inner, one) for one in outer.tests)
        if isinstance(outer, Exists):
            return outer.wanted and isinstance(inner, Is | Compare)
        if isinstance(inner, Not) and isinstance(outer, Not):
            return self._implies(field, outer.test, inner.test)
        if isinstance(inner, Is) and isinstance(outer, Is):
            return outer.value in self._above(field, inner.value)
        if isinstance(outer, Compare):
            return _bounded(inner, outer)
        return False

    def _above(self, field: str, value: object) -> tuple[object, ...]:
        if isinstance(value, str):
            if field == "act":
                return above(value)
            if field in ("actor", "target"):
                return self.agreement.wholes(value)
            if field == "place":
                return self.agreement.enclosing(value)
        return (value,)


def _any(names: tuple[str, ...] | list[str], fallback: Test) -> Test:
    if not names:
        return fallback
    return Is(names[0]) if len(names) == 1 else AnyOf(tuple(Is(name) for name in names))


def _bounded(inner: Test, outer: Compare) -> bool:
    """Whether what passes the one is a number within the bounds of the other."""
    if isinstance(inner, Is) and not isinstance(inner.value, str | bool):
        bounds: tuple[tuple[str, float], ...] = (("gte", inner.value), ("lte", inner.value))
    elif isinstance(inner, Compare):
        bounds = inner.bounds
    else:
        return False
    return all(any(_tighter(one, limit) for one in bounds) for limit in outer.bounds)


def _tighter(one: tuple[str, float], limit: tuple[str, float]) -> bool:
    (word, number), (wanted, bound) = one, limit
    if word[:2] != wanted[:2]:
        return False
    if number == bound:
        return word == wanted or wanted in ("gte", "lte")
    return number > bound if wanted[:1] == "g" else number < bound


def is_nobody(pattern: Pattern, agreement: Agreement) -> str | None:
    """The first name of a pattern whose actor can only be somebody that the agreement does not know."""
    names = plain(pattern.test("actor"))
    return names[0] if names is not None and agreement.actors.keys().isdisjoint(names) else None
