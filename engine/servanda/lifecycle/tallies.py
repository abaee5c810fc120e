"""What a duty wants done: `at_least` and `quantity` of a clause and acts come in, when they are reached goes out.

Amounts are added as decimals, so that ten times 0.1 is 1. What an act adds is known between two
bounds: an incident without `quantity` adds an unknown amount of nothing or more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from servanda.evidence import Alternative
from servanda.lifecycle.acts import Act, Doubt
from servanda.lifecycle.keyed import Values, values_of
from servanda.model.clauses import Clause
from servanda.model.patterns import BODY_FIELDS
from servanda.model.verdict import Progress

_INFINITE = Decimal("Infinity")


class Goal(NamedTuple):
    """How many acts, or different values of a field, and which sum of quantities."""

    n: int = 1
    distinct: str | None = None
    reach: Decimal | None = None

    @property
    def one(self) -> bool:
        """Whether any single act does."""
        return self.n == 1 and self.distinct is None and self.reach is None

    def surely(self, acts: Iterable[Act]) -> int | None:
        """The instant by which acts that are certain have reached it in every world; None if not surely."""
        tally = _Tally(self)
        for act in sorted(acts, key=lambda a: (a.latest, a.incident)):
            if tally.add_least(act):
                return act.latest
        return None

    def perhaps(self, acts: Iterable[tuple[int, Act]]) -> int | None:
        """The earliest instant at which acts, each from an instant on, may have reached it; None if never."""
        tally = _Tally(self)
        for earliest, act in sorted(acts, key=lambda one: (one[0], one[1].incident)):
            if tally.add_most(act):
                return earliest
        return None

    def doubts(self, acts: Iterable[Act]) -> frozenset[Doubt]:
        """Why it is open how much the acts add, though they happened."""
        found: set[Doubt] = set()
        for act in acts:
            if self.reach is not None:
                low, high = amounts(act)
                if low != high:
                    found.add(("unspecified" if high == _INFINITE else "quantity_uncertain", act.incident))
            if self.distinct is not None:
                values = [one for hit in act.hits for one in _told(self.distinct, hit.alternative)]
                if any(value is None for value in values):
                    found.add(("unspecified", act.incident))
                elif len(set(values)) > 1:
                    found.add(("contested", act.incident))
        return frozenset(found)


def goal_of(clause: Clause) -> Goal:
    """The goal of a `must`."""
    n, distinct = (clause.at_least.n, clause.at_least.distinct) if clause.at_least else (1, None)
    return Goal(n, distinct, None if clause.reach is None else Decimal(repr(clause.reach)))


class _Tally:
    """Acts added up: their number, the values of a field, and the sum of their quantities."""

    def __init__(self, goal: Goal) -> None:
        self._goal = goal
        self._count = 0
        self._sum = Decimal(0)
        self._values: set[str] = set()
        self._unknown = 0

    def add_least(self, act: Act) -> bool:
        """Add what the act adds at least; whether the goal is reached."""
        self._count += 1
        self._sum += amounts(act)[0]
        if self._goal.distinct is not None:
            told = [set(one or ()) for hit in act.hits for one in _told(self._goal.distinct, hit.alternative)]
            self._values |= set.intersection(*told)
        return self._reached(len(self._values))

    def add_most(self, act: Act) -> bool:
        """Add what the act adds at most; whether the goal is reached."""
        self._count += 1
        self._sum += amounts(act)[1]
        if self._goal.distinct is not None:
            told = {one for hit in act.hits for one in _told(self._goal.distinct, hit.alternative)}
            if len(told) > 1 or None in told:  # one of them, and perhaps a new one
                self._unknown += max(1 if values is None else len(values) for values in told)
            else:
                self._values |= {value for values in told for value in values or ()}
        return self._reached(len(self._values) + self._unknown)

    def _reached(self, different: int) -> bool:
        goal = self._goal
        enough = (self._count if goal.distinct is None else different) >= goal.n
        return enough and (goal.reach is None or self._sum >= goal.reach)


def _told(field: str, alternative: Alternative) -> list[Values]:
    """The values of a field, in each of the ways in which it was told."""
    contested = alternative.attributes.get(field, ()) if field not in BODY_FIELDS else ()
    if len(contested) < 2:
        return [values_of(field, alternative)]
    return [values_of(field, replace(alternative, attributes={field: (one,)})) for one in contested]


def amounts(act: Act) -> tuple[Decimal, Decimal]:
    """What an act adds, at least and at most."""
    found = [hit.alternative.quantity for hit in act.hits]
    low = min(Decimal(0) if one is None else Decimal(repr(one.low)) for one in found)
    high = max(_INFINITE if one is None else Decimal(repr(one.high)) for one in found)
    return low, high


def progress_of(goal: Goal, sure: Iterable[Act], possible: Iterable[Act]) -> Progress | None:
    """How much of the quantity was done; None where no quantity is asked for."""
    if goal.reach is None:
        return None
    low = sum((amounts(act)[0] for act in sure), Decimal(0))
    high = sum((amounts(act)[1] for act in possible), Decimal(0))
    return Progress(_number(low), None if high == _INFINITE else _number(high), _number(goal.reach))


def _number(amount: Decimal) -> float:
    whole = int(amount) if amount == amount.to_integral_value() else None
    return float(amount) if whole is None else whole
