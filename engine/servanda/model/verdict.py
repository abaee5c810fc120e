"""What an assessment says: instances with their outcomes, evidence, diagnostics and findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from servanda.model.clauses import Status
from servanda.model.kleene import Reason
from servanda.model.moments import Interval
from servanda.model.periods import Period

Verdict = Status | Literal["undetermined"]
Effect = Literal[
    "trigger",
    "fulfilment",
    "breach",
    "counted",
    "release",
    "suspension",
    "termination",
    "waiver",
    "amendment",
    "extension",
    "cure",
    "omission",
]
StandingName = Literal["established", "refuted", "contested", "uncorroborated"]


def verdict_of(statuses: frozenset[Status]) -> Verdict | None:
    """The one status left, or `undetermined`; None where there is none, because there is no instance.

    >>> verdict_of(frozenset(("holding", "violated"))), verdict_of(frozenset())
    ('undetermined', None)
    """
    return "undetermined" if len(statuses) > 1 else next(iter(statuses), None)


def possible_of(statuses: frozenset[Status]) -> tuple[Status, ...] | None:
    """The statuses left, in alphabetical order; None when the verdict is definite."""
    return tuple(sorted(statuses)) if len(statuses) > 1 else None


@dataclass(frozen=True, slots=True)
class Because:
    """One reason why a verdict is open, and the incident that leaves it so."""

    reason: Reason
    incident: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one incident does to an instance, or, for an omission, what nobody reported."""

    incident: str | None
    standing: StandingName | None
    effect: Effect
    reports: tuple[str, ...]
    text: str | None = None  # an omission's sentence
    certain: bool = True  # False: only in some worlds


@dataclass(frozen=True, slots=True)
class TriggerRef:
    """What created an instance: an event, or another instance's violation, fulfilment or ending."""

    kind: Literal["event", "violated", "fulfilled", "ended"]
    incident: str | None
    clause: str | None = None
    bearer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cured:
    """When a violation was made good, and how long after it happened (ISO 8601)."""

    at: Interval
    delay: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a quantity that is to be reached was done: at least `low`, at most `high`; None: unbounded."""

    low: float
    high: float | None
    of: float

    @property
    def percent(self) -> tuple[float, float | None]:
        """The two as percent of what is to be reached, to six decimals.

        >>> Progress(600, None, 1000).percent
        (60, None)
        """
        return _percent(self.low, self.of), None if self.high is None else _percent(self.high, self.of)


def _percent(done: float, of: float) -> float:
    share = 100.0 if of == 0 else round(100 * done / of, 6)
    return int(share) if share.is_integer() else share


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much was reported of a bearer in the window of a continuous duty."""

    reports: int
    claimants: int
    days: int


@dataclass(frozen=True, slots=True)
class Instance:
    """One run of a clause for one bearer, and the set of outcomes that the evidence leaves.

    `approximate` says that an incident is used twice, and the set may hold a status that no world has.
    """

    clause: str
    bearer: tuple[str, ...]
    trigger: TriggerRef | None
    statuses: frozenset[Status]
    because: tuple[Because, ...]
    due: Interval | None
    since: Interval | None
    cured: Cured | None
    coverage: Coverage | None
    evidence: tuple[Evidence, ...]
    origin: tuple[object, ...] = ()  # what created it, back to the first event; empty without a trigger
    period: Period | None = None
    progress: Progress | None = None
    approximate: bool = False

    @property
    def status(self) -> Verdict:
        """The verdict: the one status left, or `undetermined`."""
        return verdict_of(self.statuses) or "undetermined"

    @property
    def possible(self) -> tuple[Status, ...] | None:
        """The statuses left, in alphabetical order; None when the verdict is definite."""
        return possible_of(self.statuses)

    @property
    def key(self) -> tuple[object, ...]:
        """What stays the same while evidence comes in."""
        return (self.clause, self.bearer, self.origin)


@dataclass(frozen=True, slots=True)
class ReportDiagnostic:
    """Something the reader of a verdict should know about a report."""

    code: str
    message: str
    report: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The verdicts on one agreement under one view at one time with one state of knowledge."""

    agreement: str
    as_of: int
    known_at: int
    view: str
    matcher: str
    instances: tuple[Instance, ...]
    diagnostics: tuple[ReportDiagnostic, ...] = ()
    rejected: int = 0
    set_aside: int = 0

    @property
    def summary(self) -> dict[str, int]:
        """How many instances have each verdict, in alphabetical order."""
        counts: dict[str, int] = {}
        for instance in self.instances:
            counts[instance.status] = counts.get(instance.status, 0) + 1
        return dict(sorted(counts.items()))
