"""An assessment comes in; the plain data of `--format json` goes out, its keys in their fixed order.

Times are RFC 3339 in UTC, open ends null. `servanda.render.schemas` describes the same data as a schema.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from servanda.model.moments import Interval, rfc3339
from servanda.model.periods import Period
from servanda.model.verdict import Assessment, Cured, Evidence, Instance, Progress, ReportDiagnostic, TriggerRef

Data = dict[str, object]


def assessment_data(assessment: Assessment) -> Data:
    """One assessment."""
    return {
        "servanda": 1,
        "agreement": assessment.agreement,
        "as_of": rfc3339(assessment.as_of),
        "known_at": rfc3339(assessment.known_at),
        "view": assessment.view,
        "summary": assessment.summary,
        "instances": [instance_data(instance) for instance in assessment.instances],
        "diagnostics": [diagnostic_data(one) for one in assessment.diagnostics],
        "rejected": assessment.rejected,
        "set_aside": assessment.set_aside,
    }


def run_data(assessments: Sequence[Assessment]) -> Data:
    """What a run prints: the assessment, or a list of several."""
    if len(assessments) == 1:
        return assessment_data(assessments[0])
    return {"servanda": 1, "assessments": [assessment_data(one) for one in assessments]}


def json_text(assessments: Sequence[Assessment]) -> str:
    """The data of a run as JSON text."""
    return json.dumps(run_data(assessments), ensure_ascii=False, indent=2) + "\n"


def instance_data(instance: Instance) -> Data:
    """One instance."""
    coverage = instance.coverage
    data: Data = {
        "clause": instance.clause,
        "bearer": list(instance.bearer),
        "trigger": None if instance.trigger is None else _trigger(instance.trigger),
        "period": None if instance.period is None else _period(instance.period),
        "status": instance.status,
        "possible": None if instance.possible is None else list(instance.possible),
        "because": [{"reason": one.reason, "incident": one.incident} for one in instance.because],
        "due": None if instance.due is None else rfc3339(instance.due.latest),
        "since": None if instance.since is None else interval_data(instance.since),
        "progress": None if instance.progress is None else _progress(instance.progress),
        "cured": None if instance.cured is None else _cured(instance.cured),
        "coverage": coverage and {"reports": coverage.reports, "claimants": coverage.claimants, "days": coverage.days},
        "evidence": [_evidence(one) for one in instance.evidence],
    }
    return data | {"approximate": True} if instance.approximate else data


def interval_data(time: Interval) -> Data:
    """An interval with both ends, an open one null."""
    return {"earliest": rfc3339(time.earliest), "latest": rfc3339(time.latest)}


def diagnostic_data(one: ReportDiagnostic) -> Data:
    """Something to know about a report."""
    return {"code": one.code, "message": one.message, "report": one.report, "line": one.line}


def _cured(cured: Cured) -> Data:
    return {"at": interval_data(cured.at), "delay": cured.delay}


def _period(period: Period) -> Data:
    return {"index": period.index, "from": rfc3339(period.start), "until": rfc3339(period.until)}


def _progress(progress: Progress) -> Data:
    low, high = progress.percent
    return {
        "done": {"low": progress.low, "high": progress.high},
        "of": progress.of,
        "percent": {"low": low, "high": high},
    }


def _trigger(trigger: TriggerRef) -> Data:
    if trigger.kind == "event":
        return {"kind": "event", "incident": trigger.incident}
    return {
        "kind": trigger.kind,
        "clause": trigger.clause,
        "bearer": list(trigger.bearer),
        "incident": trigger.incident,
    }


def _evidence(one: Evidence) -> Data:
    data: Data = {
        "incident": one.incident,
        "standing": one.standing,
        "effect": one.effect,
        "reports": list(one.reports),
    }
    return data | {"text": one.text} if one.text is not None else data
