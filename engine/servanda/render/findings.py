"""A finding comes in; a line for people or a line of JSON goes out, and the model of that JSON for its schema."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import Field

from servanda.model.agreement import Agreement
from servanda.model.clauses import Status
from servanda.model.moments import rfc3339
from servanda.model.verdict import Evidence, Instance, Verdict
from servanda.render.data import Data, instance_data
from servanda.render.schemas import EventTriggerOut, EvidenceOut, PeriodOut, Shape, StatusTriggerOut, Time
from servanda.render.words import cause_words, clean, people
from servanda.tracker import Finding

_SHARED = ("clause", "bearer", "trigger", "period")  # keys that have the form they have in an assessment
_SHOWN = 3


def finding_data(finding: Finding, agreement: Agreement, view: str) -> Data:
    """A finding, its keys in their fixed order."""
    own = instance_data(_run(finding))
    return {
        "agreement": agreement.id,
        "view": view,
        "at": rfc3339(finding.at),
        "report": finding.report,
        "change": finding.change,
        **{name: own[name] for name in _SHARED},
        "status": finding.status,
        "possible": None if finding.possible is None else list(finding.possible),
        "before": sorted(finding.before),
        "evidence": own["evidence"],
    }


def jsonl_line(finding: Finding, agreement: Agreement, view: str) -> str:
    """A finding as a line of JSON, with its line break."""
    return json.dumps(finding_data(finding, agreement, view), ensure_ascii=False) + "\n"


def text_line(finding: Finding, agreement: Agreement) -> str:
    """A finding on one line, for people: when, who, what it was and is now, and what changed it."""
    run = _run(finding)
    cause = cause_words(run, agreement.zone)
    where = f"{finding.clause}/{people(finding.bearer)}" + (f" [{cause}]" if cause else "")
    what = "by time alone" if finding.report is None else f"by {finding.report}"
    shown = [_proof(one) for one in finding.evidence[:_SHOWN]]
    if more := len(finding.evidence) - len(shown):
        shown.append(f"{more} more")
    because = f" ({'; '.join(shown)})" if shown else ""
    return clean(f"{rfc3339(finding.at)}  {where}  {_change(finding)}  {what}{because}") + "\n"


def _run(finding: Finding) -> Instance:
    """The instance as far as the finding tells of it."""
    said = (finding.clause, finding.bearer, finding.trigger, finding.statuses or finding.before)
    return Instance(*said, (), None, None, None, None, finding.evidence, period=finding.period)


def _change(finding: Finding) -> str:
    now, before = _statuses(finding.statuses), _statuses(finding.before)
    if finding.change == "new":
        return f"new: {now}"
    if finding.change == "withdrawn":
        return f"{before} -> withdrawn"
    return f"still {now}" if now == before else f"{before} -> {now}"


def _statuses(statuses: Collection[Status]) -> str:
    left = " or ".join(sorted(statuses))
    return f"undetermined ({left})" if len(statuses) > 1 else left


def _proof(one: Evidence) -> str:
    if one.text is not None:
        return one.text
    standing = "" if one.standing in (None, "established") else f" {one.standing}"
    return f"{one.effect}: incident {one.incident}{standing}"


class FindingOut(Shape):
    """A change in the outcome of an instance, and what changed it."""

    agreement: str
    view: str
    at: Annotated[Time, Field(description="the tracker's clock: up to when it knows")]
    report: Annotated[str | None, Field(description="the report that changed it; null where time alone did")]
    change: Literal["new", "revised", "withdrawn"]
    clause: str
    bearer: list[str]
    trigger: EventTriggerOut | StatusTriggerOut | None
    period: PeriodOut | None
    status: Annotated[Verdict | None, Field(description="null when it is withdrawn")]
    possible: Annotated[list[Status] | None, Field(description="null unless undetermined")]
    before: Annotated[list[Status], Field(description="the statuses believed before; empty when it is new")]
    evidence: Annotated[list[EvidenceOut], Field(description="what of the evidence is new or has changed")]
