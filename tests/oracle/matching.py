"""A pattern, an incident and a world come in; whether the incident matches goes out (§5, Matching).

First in Kleene's three values (None is *maybe*), from what was reported; then, where no test fails,
every maybe is settled by the world.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .book import Clause, Pattern, others
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


class Matcher:
    """What matches in one world. `read` keeps what is the same in every world of a case."""

    in_window: Callable[[Clause, str], bool]
    """Whether an incident falls within the window of a `counts_as` clause."""

    def __init__(self, names: Names, constitutive: list[Clause], world: World, read: dict[Any, Any]) -> None:
        self.names, self.constitutive, self.world, self.read = names, constitutive, world, read
        self.counting: set[tuple[str, str]] = set()
        self.reading: set[str] = set()

    def matches(self, pattern: Pattern, incident: str, context: Context) -> bool:
        tests = self.open_tests(pattern, incident, context)
        if not tests:  # where no alternative can match, which one it was does not matter here
            return False
        known = self.world.alternative(incident)
        if known is None or id(known) not in tests:
            return False
        return all(self.settled(test, found, known, incident) for test, found in tests[id(known)])

    def refers(self, pattern: Pattern) -> bool:
        """Whether a pattern asks who or what created the instance."""
        key = ("refers", id(pattern))
        if key not in self.read:
            self.read[key] = "$trigger" in str(pattern) or "$violator" in str(pattern)
        found: bool = self.read[key]
        return found

    def open_tests(self, pattern: Pattern, incident: str, context: Context) -> "dict[int, list[tuple[Test, Kleene]]]":
        """For each alternative that can match: the tests that are not yet passed."""
        trigger = None
        if context.trigger is not None and self.refers(pattern):
            trigger = self.world.alternative(context.trigger)
        key = (id(pattern), incident, context, id(trigger))
        if key not in self.read:
            tests = [Test(field, test, context, trigger, self.names) for field, test in pattern.items()]
            found = {}
            for known in self.world.incidents[incident]:
                if known is None:
                    continue
                results = [(test, test.kleene(known)) for test in tests]
                if all(f is not False or self.conceivable(test, incident, known) for test, f in results):
                    found[id(known)] = [(test, f) for test, f in results if f is not True]
            self.read[key] = found
        return self.read[key]  # type: ignore[no-any-return]

    def conceivable(self, test: "Test", incident: str, known: Alternative) -> bool:
        """Whether an act that is not of the kind asked for may count as one."""
        for clause in self.constitutive:
            if not test.asks_for(clause.counts_as):
                continue
            if clause.name in self.reading:
                return True
            self.reading.add(clause.name)
            tests = [self.open_tests(clause.pattern, incident, context) for context in contexts(clause)]
            self.reading.discard(clause.name)
            if any(id(known) in each for each in tests):
                return True
        return False

    def counted(self, test: "Test", incident: str) -> bool:
        return any(test.asks_for(clause.counts_as) and self.counts(clause, incident) for clause in self.constitutive)

    def counts(self, clause: Clause, incident: str) -> bool:
        if (clause.name, incident) in self.counting:
            return False
        self.counting.add((clause.name, incident))
        found = any(self.matches(clause.pattern, incident, context) for context in contexts(clause)) and self.in_window(
            clause, incident
        )
        self.counting.discard((clause.name, incident))
        if found:
            self.world.met.add("one act counted as another" + " through a chain" * bool(self.counting))
        return found

    def settled(self, test: "Test", found: Kleene, known: Alternative, incident: str) -> bool:
        if test.field == "act" and self.counted(test, incident):
            return True
        if found is False:
            return False
        if test.field == "quantity" and known.quantity is not None and UNKNOWN not in test.values:
            return test.amount_passes(incident, self.world) != test.negated
        return self.world.settled(incident, test.field, test.question()) != test.negated


def contexts(clause: Clause) -> list[Context]:
    return [Context(bearers, others(clause.binds, bearers)) for _, bearers in clause.nodes()]


class Test:
    """One test of a pattern on one field, with its references read."""

    __test__ = False  # not a test case for pytest

    def __init__(self, field: str, test: Any, context: Context, trigger: Alternative | None, names: Names) -> None:
        self.field, self.names = field, names
        self.context, self.trigger = context, trigger
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
        known = self.trigger
        if known is None:
            return [absent]
        if field == "quantity":
            low, high = known.quantity or (UNKNOWN, UNKNOWN)
            assert low == high, "the oracle does not compare an amount with one that is uncertain"
            return [low]
        if field in BODY_FIELDS:
            value = known.fields.get(field, absent)
            return sorted(value) if isinstance(value, frozenset) else [value]
        said = known.free.get(field, frozenset())
        return [absent] if not said else list(said) if len(said) == 1 else [UNKNOWN]

    def asks_for(self, act: str) -> bool:
        """Whether an incident that counts as this act passes."""
        return (
            self.field == "act"
            and not self.negated
            and any(isinstance(v, str) and act_within(act, v) for v in self.values)
        )

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

    def amount_passes(self, incident: str, world: World) -> bool:
        """The test on the exact amount, whichever it is in this world."""
        if self.numeric is None:
            return any(
                world.reaches([incident], v) and not world.reaches([incident], v, above=True) for v in self.values
            )
        return all(
            world.reaches([incident], n, above=name in ("gt", "lte")) == (name in ("gt", "gte"))
            for name, n in self.numeric.items()
        )

    def question(self) -> str:
        asked = ["?" if v is UNKNOWN else repr(v) for v in self.values]
        whose = self.context.trigger if UNKNOWN in self.values else None
        return f"{'all' if self.every else 'any'} {sorted(asked)} {self.numeric} {whose}"


def disjunction(each: list[Kleene]) -> Kleene:
    return True if True in each else None if None in each else False


def conjunction(each: list[Kleene]) -> Kleene:
    return False if False in each else None if None in each else True
