"""What a case file and the cases of a provision hold: nothing comes in; the pydantic models of it go out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictInt, StrictStr

from servanda.model.clauses import Status
from servanda.model.kleene import Reason
from servanda.model.verdict import Verdict
from servanda.render.schemas import Shape, Text, Written

Count = Annotated[StrictInt, Field(ge=0)]
Expected = Verdict | Annotated[list[Status], Field(min_length=1)] | Annotated[dict[Verdict, Count], Field(min_length=1)]


class Expectation(Shape):
    """What is expected under one view at one time; instances that are not named are not looked at."""

    note: StrictStr | None = None
    view: Text = "neutral"
    as_of: Written
    known_at: Annotated[Written | None, Field(description="default: as_of")] = None
    verdicts: Annotated[
        dict[str, Expected],
        Field(description="CLAUSE or CLAUSE/BEARER or CLAUSE/A+B: a status, a list of possible ones, or counts"),
    ] = Field(default_factory=dict)
    because: Annotated[dict[str, list[Reason]], Field(description="the reasons of an undetermined one")] = Field(
        default_factory=dict
    )


class CaseFile(Shape):
    """A case: an agreement, its reports and the verdicts expected."""

    case: Literal[1]
    title: StrictStr | None = None
    note: StrictStr | None = None
    agreement: Text
    reports: list[Text] = Field(default_factory=list)
    expect: Annotated[list[Expectation], Field(min_length=1)]


class InlineCase(Shape):
    """What was reported, and what it comes to."""

    note: StrictStr | None = None
    reports: list[dict[str, Any]] = Field(default_factory=list)
    expect: Annotated[list[Expectation], Field(min_length=1)]


class ProvisionCases(Shape):
    """The cases of a provision: an agreement that uses it, and one history each that keeps, breaks and disputes it."""

    agreement: dict[str, Any]
    kept: InlineCase
    broken: InlineCase
    disputed: InlineCase
