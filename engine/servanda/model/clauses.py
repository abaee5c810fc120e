"""Clauses and states: who is bound to what, when and on what condition, as frozen values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from servanda.model.moments import Duration, Interval
from servanda.model.patterns import Pattern, Scalar

Status = Literal[
    "dormant",
    "pending",
    "holding",
    "overdue",
    "fulfilled",
    "violated",
    "suspended",
    "waived",
    "ended",
    "unenforceable",
]
DutyKind = Literal["must", "must_not", "must_keep", "may", "can", "counts_as"]
EffectKind = Literal["extend", "suspend", "resume", "terminate", "waive", "amend"]
NORMS = frozenset(("must", "must_not", "must_keep"))  # the duties that have an outcome


@dataclass(frozen=True, slots=True)
class EventTrigger:
    """`when: P`: one instance per matching event."""

    pattern: Pattern


@dataclass(frozen=True, slots=True)
class StatusTrigger:
    """`when: {violated: CLAUSE}` and its like: one instance per breach, fulfilment or ending."""

    status: Literal["violated", "fulfilled", "ended"]
    clause: str


Trigger = EventTrigger | StatusTrigger


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written in a file: line and column count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class State:
    """What lasts between events: events that match `starts` switch it on, those that match `stops` off.

    With `key` there is one state for each value of that field. The name of a state that a clause
    describes itself is the clause's.
    """

    name: str
    starts: Pattern
    stops: Pattern
    initially: bool = False
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    """`must_keep`: the state that has to stay on; of a keyed one, for which value of its field."""

    state: State
    key: Scalar | None = None


@dataclass(frozen=True, slots=True)
class While:
    """`while`: in force only while the state has the value `on`.

    With `key` the state looked up is that of the value that an incident has in this field.
    """

    state: str
    key: str | None = None
    on: bool = True


@dataclass(frozen=True, slots=True)
class Every:
    """`every`: periods of a duration, or those that the occurrences of an RFC 5545 rule begin."""

    text: str
    duration: Duration | None
    anchor: int  # where the first period begins, or the rule starts to count


@dataclass(frozen=True, slots=True)
class AtMost:
    """`at_most`: so many matches are no breach, in any window of this length; None: in all."""

    n: int
    within: Duration | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """`rate`: matches in a window may not exceed so many times those of the baseline, over equal time."""

    within: Duration
    exceeds: float
    baseline: Interval


@dataclass(frozen=True, slots=True)
class AtLeast:
    """`at_least`: so many matching incidents, or so many values of a field among them."""

    n: int
    distinct: str | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What the exercise of a power does, and to which clauses.

    `changes` holds, for each amended clause, the fields of `Clause` that are replaced.
    """

    kind: EffectKind
    clauses: tuple[str, ...] = ()
    duration: Duration | None = None
    changes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clause:
    """One checkable norm: who is bound, to what, when, on what condition.

    Instants are UTC microseconds. `until` as a date is kept as the last instant included.
    `bearers` is empty in an `otherwise` that says no `binds`: it is bound to the violator. It may also be
    empty with `may`, `can` and `counts_as`, which need not bind anybody.
    The pattern of a `must_keep` is that of what switches its state off.
    """

    name: str
    duty: DutyKind
    pattern: Pattern
    bearers: tuple[str, ...]
    joint: bool = False
    toward: tuple[str, ...] = ()
    keep: Keep | None = None
    on: Interval | None = None
    by: int | None = None
    start: int | None = None  # `from`
    until: int | None = None
    within: Duration | None = None
    lasting: Duration | None = None  # `until` a duration after the trigger, its end excluded
    every: Every | None = None
    grace: Duration | None = None  # None: the agreement's
    when: tuple[Trigger, ...] = ()
    unless: Pattern | None = None
    condition: While | None = None  # `while`
    requires: str | None = None
    at_most: AtMost | None = None
    rate: Rate | None = None
    at_least: AtLeast | None = None
    reach: float | None = None  # `quantity`
    shields: tuple[str, ...] = ()
    effect: Effect | None = None
    consents: tuple[str, ...] = ()
    counted: str | None = None  # the act of a `counts_as`
    otherwise: Clause | None = None
    readings: Mapping[str, Clause] = field(default_factory=dict)
    text: str | None = None
    cites: Mapping[str, Scalar] | None = None
    place: Place = Place(1, 1)

    def with_otherwise(self) -> Iterator[Clause]:
        """The clause and its chain of substitutes."""
        clause: Clause | None = self
        while clause is not None:
            yield clause
            clause = clause.otherwise

    def amended(self, changes: Mapping[str, object]) -> Clause:
        """The clause with some of its fields replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]
