"""Formats as pydantic models: nothing comes in; the JSON Schemas of reports, assessments and cases go out.

The models describe what `servanda.render.data` writes and what report files hold; those of cases, which are read
with them, are in `servanda.render.cases`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictStr, TypeAdapter

from servanda.model.clauses import Status
from servanda.model.kleene import Reason
from servanda.model.verdict import Effect, StandingName, Verdict

Format = Literal["agreement", "report", "assessment", "differences", "due", "finding", "case"]
FORMATS: tuple[Format, ...] = ("agreement", "report", "assessment", "differences", "due", "finding", "case")
_DIALECT = "https://json-schema.org/draft/2020-12/schema"

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"}, description="RFC 3339, in UTC")]
Written = Annotated[StrictStr, Field(description="a date or time, EDTF level 0 or 1")]
Text = Annotated[StrictStr, Field(min_length=1)]


class Shape(BaseModel):
    """Something with these keys and no others."""

    model_config = ConfigDict(extra="forbid")


# --- assessment -----------------------------------------------------------------------------------------


class SpanOut(Shape):
    """A time known to lie between two instants, both included; an open end is null."""

    earliest: Time | None
    latest: Time | None


class BecauseOut(Shape):
    """Why a verdict is open, and the incident that leaves it so."""

    reason: Reason
    incident: str


class EventTriggerOut(Shape):
    """An event created the instance."""

    kind: Literal["event"]
    incident: str | None


class StatusTriggerOut(Shape):
    """Another instance created it."""

    kind: Literal["violated", "fulfilled", "ended"]
    clause: str
    bearer: list[str]
    incident: str | None


class PeriodOut(Shape):
    """A period of a recurring duty; `until` is excluded."""

    index: int
    start: Annotated[Time, Field(alias="from")]
    until: Time | None


class RangeOut(Shape):
    """A number known to lie between two; `high` is null where nothing bounds it."""

    low: float
    high: float | None


class ProgressOut(Shape):
    """How much of a quantity is done."""

    done: RangeOut
    of: float
    percent: RangeOut


class CuredOut(Shape):
    """When a violation was made good, and how long after it (ISO 8601)."""

    at: SpanOut
    delay: str


class CoverageOut(Shape):
    """How much was reported of a bearer in the window."""

    reports: int
    claimants: int
    days: int


class EvidenceOut(Shape):
    """What an incident does to an instance; `text` is there only for an omission."""

    incident: str | None
    standing: StandingName | None
    effect: Effect
    reports: list[str]
    text: str = ""


class InstanceOut(Shape):
    """One run of a clause for one bearer, with its verdict."""

    clause: str
    bearer: list[str]
    trigger: EventTriggerOut | StatusTriggerOut | None
    period: PeriodOut | None
    status: Verdict
    possible: Annotated[list[Status] | None, Field(description="null unless undetermined")]
    because: list[BecauseOut]
    due: Time | None
    since: SpanOut | None
    progress: ProgressOut | None
    cured: CuredOut | None
    coverage: CoverageOut | None
    evidence: list[EvidenceOut]
    approximate: Annotated[Literal[True], Field(description="there only where a status may be one too many")] = True


class DiagnosticOut(Shape):
    """Something to know about a report, or about a line that is none."""

    code: str
    message: str
    report: str | None
    line: int | None


class AssessmentOut(Shape):
    """The verdicts on one agreement under one view."""

    servanda: Literal[1]
    agreement: str
    as_of: Time
    known_at: Time
    view: str
    summary: dict[Verdict, int]
    instances: list[InstanceOut]
    diagnostics: list[DiagnosticOut]
    rejected: int
    set_aside: int


class AssessmentsOut(Shape):
    """The assessments of a run with several agreements or views."""

    servanda: Literal[1]
    assessments: list[AssessmentOut]


# --- report --------------------------------------------------------------------------------------------


Number = Annotated[float, Field(ge=0)]
Said = Annotated[StrictStr, Field(pattern=r"\S")]
Named = StrictStr | float
_OF = {"required": ["of"], "properties": {"of": {"type": "string", "minLength": 1}}}
_INCIDENT = {"required": ["incident"], "properties": {"incident": {"type": "string", "minLength": 1}}}


class QuantityIn(Shape):
    """A quantity known to lie between two numbers."""

    low: Number
    high: Number


def _saying(words: list[str], then: dict[str, Any]) -> dict[str, Any]:
    return {"if": {"required": ["says"], "properties": {"says": {"enum": words}}}, "then": then}


class ReportIn(BaseModel):
    """One line of a report file; further keys are kept as attributes of the event.

    An empty text is as good as none, except where one is needed.
    """

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "allOf": [
                _saying(["confirms", "corrects", "retracts"], _OF),
                _saying(["denies"], {"anyOf": [_OF, _INCIDENT]}),
            ]
        },
    )

    id: Said
    reported: Annotated[Written, Field(min_length=1)]
    source: Said
    claimant: StrictStr | None = None
    says: Literal["asserts", "denies", "confirms", "corrects", "retracts"] | None = None
    of: StrictStr | None = None
    incident: StrictStr | None = None
    agreement: StrictStr | None = None
    act: Named | None = None
    actor: StrictStr | list[StrictStr] | None = None
    target: StrictStr | list[StrictStr] | None = None
    object: Named | None = None
    place: Named | None = None
    occurred: Written | None = None
    quantity: Number | QuantityIn | None = None


def schema_of(name: Format) -> dict[str, Any]:
    """The JSON Schema of a format."""
    from servanda.reading.agreement_file import AgreementFile
    from servanda.render import schemas_ahead as ahead
    from servanda.render.cases import CaseFile
    from servanda.render.findings import FindingOut

    types: dict[Format, Any] = {
        "agreement": AgreementFile,
        "report": ReportIn,
        "assessment": AssessmentOut | AssessmentsOut,
        "differences": ahead.DifferencesOut | ahead.ComparisonsOut,
        "due": ahead.DueOut | ahead.DuesOut,
        "finding": FindingOut,
        "case": CaseFile,
    }
    schema = _untitled(TypeAdapter(types[name]).json_schema())
    if name == "agreement":
        _allow_use(schema["$defs"])
    return {"$schema": _DIALECT, "title": f"servanda {name}", **schema}


def _allow_use(models: dict[str, Any]) -> None:
    """`use` and `with` are filled in before the models see a clause, so that only the schema knows them."""
    for name in ("ClauseEntry", "SubstituteEntry"):
        models[name]["properties"] |= {
            "use": {"type": "string", "minLength": 1, "description": "the name of a provision of the rule library"},
            "with": {"type": "object", "description": "its parameters"},
        }
        models[name]["dependentRequired"] = {"with": ["use"]}
    clause = models["ClauseEntry"]
    # Permissions, powers and `counts_as` need not bind anybody.
    clause["anyOf"] = [{"required": [key]} for key in ("binds", "use", "may", "can", "counts_as")]


def _untitled(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "title"}
