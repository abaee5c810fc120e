"""A pattern, an incident and a world come in; whether the incident matches goes out (§5, Matching).

First in Kleene's three values (None is *maybe*), from what was reported; then, where no test fails,
every maybe is settled by the world.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .evidence import BODY_FIELDS, Alternative
from .names import Names, act_within
from .worlds import World

Kleene = bool | None
NUMERIC = {"gte": "__ge__", "gt": "__gt__", "lte": "__le__", "lt": "__lt__"}
UNKNOWN = object()
"""The value of a reference to a field that is not known, or is contested."""
FAILS = object()
"""The value of a reference to a free attribute that nobody reported."""


@dataclass(frozen=True)
class Context:
    """Who stands behind `$bearer`, `$other`, `$all`, `$violator` and `$trigger`."""

    bearers: tuple[str, ...]
    others: tuple[str, ...] = ()
    violators: tuple[str, ...] = ()
    trigger: str | None = None
    """The incident that `$trigger` reads."""


def matches(pattern: Mapping[str, Any], incident: str, context: Context, world: World, names: Names) -> bool:
    tests = [Test(field, test, context, world, names) for field, test in pattern.items()]
    # Where no alternative can match, which one it was does not matter here.
    if not any(possible(tests, alternative) for alternative in world.incidents[incident]):
        return False
    alternative = world.alternative(incident)
    if alternative is None or not possible(tests, alternative):
        return False
    return all(test.settled(alternative, incident) for test in tests)


def possible(tests: "list[Test]", alternative: Alternative | None) -> bool:
    return alternative is not None and all(test.kleene(alternative) is not False for test in tests)


class Test:
    """One test of a pattern on one field, with its references read."""

    __test__ = False  # not a test case for pytest

    def __init__(self, field: str, test: Any, context: Context, world: World, names: Names) -> None:
        self.field, self.world, self.names = field, world, names
        self.context = context
        self.negated = isinstance(test, Mapping) and set(test) == {"not"}
        inner = test["not"] if self.negated else test
        self.numeric = inner if isinstance(inner, Mapping) and "exists" not in inner else None
        self.exists = inner["exists"] if isinstance(inner, Mapping) and "exists" in inner else None
        self.anything = isinstance(inner, str) and inner == "any"
        self.every = isinstance(inner, str) and inner == "$all"
        self.values = [] if isinstance(inner, Mapping) else self.read(inner)

    def read(self, value: Any) -> list[Any]:
        """The values of a list, of a reference, or the one value itself."""
        if isinstance(value, list):
            return [v for each in value for v in self.read(each)]
        if not isinstance(value, str):
            return [value]
        if value in ("$bearer", "$all"):
            return list(self.context.bearers)
        if value == "$other":
            return list(self.context.others)
        if value == "$violator":
            return list(self.context.violators)
        if value.startswith("$trigger."):
            return self.read_trigger(value.removeprefix("$trigger."))
        return [self.names.actor(value) if self.field in ("actor", "target") else value]

    def read_trigger(self, field: str) -> list[Any]:
        absent = UNKNOWN if field in BODY_FIELDS else FAILS
        if self.context.trigger is None:
            return [absent]
        known = self.world.alternative(self.context.trigger)
        assert known is not None
        if field == "quantity":
            return [self.world.quantity(self.context.trigger)] if known.quantity else [absent]
        if field in BODY_FIELDS:
            value = known.fields.get(field, absent)
            return sorted(value) if isinstance(value, frozenset) else [value]
        said = known.free.get(field, frozenset())
        return [absent] if not said else list(said) if len(said) == 1 else [UNKNOWN]

    def kleene(self, known: Alternative) -> Kleene:
        reported = (
            known.quantity is not None
            if self.field == "quantity"
            else self.field in known.fields or self.field in known.free
        )
        if self.exists is not None:
            return bool((reported == self.exists) != self.negated)
        if self.anything:
            return not self.negated
        if not reported:
            return None if self.field in BODY_FIELDS else False
        if FAILS in self.values:
            return False
        found = self.amount(known) if self.field == "quantity" else self.compare(known)
        return found if found is None or not self.negated else not found

    def compare(self, known: Alternative) -> Kleene:
        if self.field not in BODY_FIELDS:
            said = known.free[self.field]
            return self.number_or_equal(next(iter(said))) if len(said) == 1 else None
        each = [None if v is UNKNOWN else self.body_field(known.fields[self.field], v) for v in self.values]
        return conjunction(each) if self.every else disjunction(each)

    def body_field(self, known: Any, asked: Any) -> Kleene:
        if self.field == "act":
            return True if act_within(known, asked) else None if act_within(asked, known) else False
        if self.field == "place":
            inside = self.names.place_within
            return True if inside(known, asked) else None if inside(asked, known) else False
        if self.field in ("actor", "target"):
            part = self.names.actor_within
            return disjunction([True if part(a, asked) else None if part(asked, a) else False for a in known])
        return bool(known == asked)

    def amount(self, known: Alternative) -> Kleene:
        """A maybe where the range holds values that pass and values that fail."""
        assert known.quantity is not None
        low, high = known.quantity
        if low == high:
            return self.number_or_equal(low)
        limits = list(self.numeric.values()) if self.numeric else self.values
        inside = [n for n in limits if n is UNKNOWN or low <= n <= high]
        return None if inside else self.number_or_equal(low)

    def number_or_equal(self, value: Any) -> Kleene:
        if self.numeric is not None:
            if not isinstance(value, int | float):
                return False
            return all(getattr(float(value), NUMERIC[name])(float(n)) for name, n in self.numeric.items())
        return disjunction([None if v is UNKNOWN else value == v for v in self.values])

    def settled(self, known: Alternative, incident: str) -> bool:
        found = self.kleene(known)
        if found is not None:
            return found
        if self.field == "quantity" and known.quantity is not None and UNKNOWN not in self.values:
            exact = self.number_or_equal(self.world.quantity(incident))
            return bool(exact) != self.negated
        return self.world.settled(incident, self.field, self.question()) != self.negated

    def question(self) -> str:
        asked = ["?" if v is UNKNOWN else repr(v) for v in self.values]
        whose = self.context.trigger if UNKNOWN in self.values else None
        return f"{'all' if self.every else 'any'} {sorted(asked)} {self.numeric} {whose}"


def disjunction(each: list[Kleene]) -> Kleene:
    return True if True in each else None if None in each else False


def conjunction(each: list[Kleene]) -> Kleene:
    return False if False in each else None if None in each else True
