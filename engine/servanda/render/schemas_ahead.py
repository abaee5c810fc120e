"""What `due` and `assess --suppose` print: nothing comes in; the pydantic models of their JSON go out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from servanda.model.clauses import Status
from servanda.model.verdict import Verdict
from servanda.render.schemas import (
    BecauseOut,
    CuredOut,
    DiagnosticOut,
    EventTriggerOut,
    EvidenceOut,
    PeriodOut,
    ProgressOut,
    Shape,
    SpanOut,
    StatusTriggerOut,
    Time,
)

Possible = Annotated[list[Status] | None, Field(description="null unless undetermined")]


class WhichOut(Shape):
    """Which run of a clause it is about."""

    clause: str
    bearer: list[str]
    trigger: EventTriggerOut | StatusTriggerOut | None
    period: PeriodOut | None


# --- differences ------------------------------------------------------------------------------------------


class OutcomeOut(Shape):
    """The verdict on an instance on one side of a comparison."""

    status: Verdict
    possible: Possible
    because: list[BecauseOut]
    due: Time | None
    since: SpanOut | None
    progress: ProgressOut | None
    cured: CuredOut | None


class DifferenceOut(WhichOut):
    """An instance that is not the same before and after."""

    change: Literal["new", "revised", "withdrawn"]
    before: Annotated[OutcomeOut | None, Field(description="null where it is new")]
    after: Annotated[OutcomeOut | None, Field(description="null where it is withdrawn")]
    evidence: Annotated[list[EvidenceOut], Field(description="evidence that is new, or rests on other reports")]
    lost: Annotated[list[EvidenceOut], Field(description="evidence that no longer counts")]


class ComparisonOut(Shape):
    """What supposed reports change in the verdicts on one agreement under one view."""

    agreement: str
    as_of: Time
    known_at: Time
    view: str
    differences: list[DifferenceOut]
    diagnostics: list[DiagnosticOut]
    rejected: int
    set_aside: int


class DifferencesOut(ComparisonOut):
    """The comparison of a run with one agreement and view."""

    servanda: Literal[1]
    supposed: Annotated[list[str], Field(description="the files with the supposed reports")]


class ComparisonsOut(Shape):
    """The comparisons of a run with several agreements or views."""

    servanda: Literal[1]
    supposed: list[str]
    comparisons: list[ComparisonOut]


# --- due --------------------------------------------------------------------------------------------------


class RemainingOut(Shape):
    """A span of time known to lie between two (ISO 8601); null where it has no end."""

    least: str | None
    most: str | None


class DeadlineOut(WhichOut):
    """Something owed by a time."""

    kind: Literal["overdue", "due", "missed"]
    due: SpanOut
    left: Annotated[RemainingOut | None, Field(description="from as_of to the deadline; null where it has passed")]
    late: Annotated[RemainingOut | None, Field(description="from the deadline to as_of; null where it has not passed")]
    grace_over: Annotated[SpanOut | None, Field(description="when it counts as violated; null where it is not due yet")]
    owed: Annotated[str, Field(description="what is owed, in words")]
    text: Annotated[str | None, Field(description="the clause in its author's words")]
    toward: list[str]
    requires: Annotated[str | None, Field(description="the clause that must be fulfilled for it to be owed at all")]
    status: Verdict
    possible: Possible
    because: list[BecauseOut]
    progress: ProgressOut | None


class ComingOut(DifferenceOut):
    """A change that silence would bring."""

    at: Annotated[SpanOut | None, Field(description="when the new status begins")]
    grace_over: Annotated[SpanOut | None, Field(description="when a missed deadline counts as violated")]


class SilentOut(Shape):
    """What changes if nothing more is reported."""

    until: Time
    differences: list[ComingOut]


class OutlookOut(Shape):
    """What falls due under one agreement and view, and what silence would bring."""

    agreement: str
    as_of: Time
    known_at: Time
    view: str
    deadlines: list[DeadlineOut]
    silent: Annotated[SilentOut | None, Field(description="null where it was not asked for")]
    diagnostics: list[DiagnosticOut]
    rejected: int
    set_aside: int


class DueOut(OutlookOut):
    """The outlook of a run with one agreement and view."""

    servanda: Literal[1]


class DuesOut(Shape):
    """The outlooks of a run with several agreements or views."""

    servanda: Literal[1]
    outlooks: list[OutlookOut]
