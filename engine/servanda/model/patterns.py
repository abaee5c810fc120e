"""Patterns: what a clause asks of an event, as frozen values; and the acts that lie above an act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BODY_FIELDS = ("act", "actor", "target", "object", "place", "quantity")
Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Is:
    """The field is this value, or what lies below it (acts), in it (places), or is its part (actors)."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference: `$bearer`, `$other`, `$all`, `$violator`, or `$trigger.FIELD` with its field."""

    name: Literal["bearer", "other", "all", "violator", "trigger"]
    field: str = ""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the tests holds."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The test does not hold."""

    test: Test


@dataclass(frozen=True, slots=True)
class Compare:
    """Every numeric bound holds, such as `{gte: 3, lt: 10}`."""

    bounds: tuple[tuple[Literal["gte", "gt", "lte", "lt"], float], ...]


@dataclass(frozen=True, slots=True)
class Exists:
    """Whether the field was reported at all; never a maybe."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class Anything:
    """`any`: whatever the field is, also when it is left out."""


Test = Is | Ref | AnyOf | Not | Compare | Exists | Anything


@dataclass(frozen=True, slots=True)
class Pattern:
    """A mapping from event fields to tests, all of which must hold; in the order written."""

    tests: tuple[tuple[str, Test], ...]

    def test(self, name: str) -> Test | None:
        """The test on a field, or None."""
        return next((test for key, test in self.tests if key == name), None)


def above(act: str) -> tuple[str, ...]:
    """An act and everything above it, by whole dotted segments.

    >>> above("force.attack.airstrike")
    ('force.attack.airstrike', 'force.attack', 'force')
    """
    parts = act.split(".")
    return tuple(".".join(parts[:n]) for n in range(len(parts), 0, -1))
