"""Explanations: what they quote is in the reports, and what they say would change a verdict changes it."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings

from oracle.generate import GeneratedCase, cases
from properties.versus import agreement_of, reports_of
from servanda import Tracker, report
from servanda.explain import prose, why


def derived(tracker: Tracker, case: GeneratedCase) -> list[dict[str, Any]]:
    assessed = tracker.assessed(as_of=case[3], known_at=case[4], view=case[2])
    return [one for name in assessed.runs for one in why(assessed, name)]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_an_explanation_can_be_checked_against_the_reports(case: GeneratedCase) -> None:
    agreement = agreement_of(case[0])
    tracker = Tracker(agreement, engine="plain")
    told = reports_of(case[1])
    for one in told:
        tracker.observe(one)
    known = {(r.id, agreement.source_id(r.claimant), r.says) for r in told}
    for data in derived(tracker, case):
        assert prose([data])
        for incident in data["incidents"] + data["not_counted"]:
            assert {(r["id"], r["claimant"], r["says"]) for r in incident["reports"]} <= known
            said = {r["id"] for r in incident["reports"]}
            assert all(set(option["reports"]) <= said for option in incident["alternatives"])
        for because in data["because"]:
            assert because["incident"] in {i["incident"] for i in data["incidents"]} | {
                r.incident or r.id for r in told
            } | {r.of for r in told}


def test_the_report_that_would_change_it_changes_it() -> None:
    text = (
        "servanda: 1\nagreement: x\nterm: {from: 2025-10-01}\nactors: {A: {role: party}, B: {role: party}}\nclauses:\n"
        "  pay: {binds: A, must: {act: pay, object: bridge}, by: 2025-10-05}\n"
        "  calm: {binds: [A, B], must_not: {act: force.attack, target: $other}}\n"
    )
    case: Any = (None, None, "neutral", "2025-10-09", "2025-10-09")
    tracker = Tracker(agreement_of_text(text), engine="plain")
    turned = 0
    for data in derived(tracker, case):
        for change in data["would_change"]:
            fresh = Tracker(tracker.agreement, engine="plain")
            fresh.observe(
                report(
                    {"id": "r", "source": "s", "reported": "2025-10-08", "occurred": "2025-10-05", **change["report"]}
                )
            )
            after = {(i.clause, list(i.bearer)[0]): i.status for i in fresh.assess(as_of="2025-10-09").instances}
            assert after[data["clause"], data["bearer"][0]] == change["turns"]
            turned += 1
    assert turned == 3


def test_what_is_set_aside_names_its_tier_counted_from_one_in_data_and_prose() -> None:
    text = (
        "servanda: 1\nagreement: x\nterm: {from: 2025-10-01}\nactors: {A: {role: party}, B: {role: party}}\n"
        "sources: {a: {speaks_for: A}, n: {kind: media}}\nclauses:\n  calm: {binds: A, must_not: {act: force.attack}}\n"
    )
    tracker = Tracker(agreement_of_text(text), engine="plain")
    body = {"reported": "2025-10-03", "occurred": "2025-10-02", "act": "force.attack", "incident": "i"}
    tracker.observe(report({"id": "heard", "source": "a", "actor": "A", **body}))
    tracker.observe(report({"id": "aside", "source": "n", "actor": "A", **body}))
    case: Any = (None, None, "account of A", "2025-10-09", "2025-10-09")
    data = derived(tracker, case)
    assert data[0]["incidents"][0]["set_aside"] == [{"report": "aside", "tier": 2}]
    assert "aside set aside: tier 2, a better tier speaks" in prose(data)


def agreement_of_text(text: str) -> Any:
    from servanda import loads

    return loads(text)
