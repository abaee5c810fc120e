"""Explanations: what they quote is in the reports, and what they say would change a verdict changes it."""

from __future__ import annotations

from typing import Any

import pytest
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


def told_of(clause: str, *reports: dict[str, Any], as_of: str = "2025-10-09") -> list[dict[str, Any]]:
    """What `why` says of the only clause, after these reports."""
    text = (
        "servanda: 1\nagreement: x\nterm: {from: 2025-10-01}\nactors: {A: {role: party}, B: {role: party}}\n"
        "states: {open: {key: place, starts: {act: access.grant}, stops: {act: access.deny}, initially: on}}\n"
        f"clauses:\n  c: {{binds: A, {clause}}}\n"
    )
    tracker = Tracker(agreement_of_text(text), engine="plain")
    for number, body in enumerate(reports):
        tracker.observe(
            report(
                {"id": f"r{number}", "source": f"s{number}", "reported": "2025-10-08", "occurred": "2025-10-03", **body}
            )
        )
    case: Any = (None, None, "neutral", as_of, as_of)
    return [change for one in derived(tracker, case) for change in one["would_change"]]


AID = {"act": "aid.deliver", "actor": "A"}


def test_what_is_missing_of_an_amount_is_said() -> None:
    found = told_of("must: {act: aid.deliver}, quantity: {reach: 100}, by: 2025-10-20", {**AID, "quantity": 60})
    assert [(one["text"], one["report"]["quantity"]) for one in found] == [
        ("reports of aid.deliver by A with `occurred` on or before 2025-10-20, 100 in all", 40)
    ]
    late = told_of("must: {act: aid.deliver}, quantity: {reach: 100}, by: 2025-10-02", {**AID, "quantity": 60})
    assert late[0]["report"]["quantity"] == 100  # what was done after the deadline does not count


@pytest.mark.parametrize(
    ("clause", "amount"),
    [
        ("must: {act: aid.deliver}, at_least: {n: 3}, by: 2025-10-05", "3 in all"),
        (
            "must: {act: aid.deliver}, at_least: {n: 3, distinct: place}, by: 2025-10-05",
            "3 in all with different place",
        ),
        ("must_not: {act: aid.deliver}, at_most: {n: 2, in: P7D}", "more than 2 within P7D"),
        ("must_not: {act: aid.deliver}, at_most: {n: 2}", "more than 2"),
        (
            "must_not: {act: aid.deliver}, rate: {in: P7D, exceeds: 1.5, baseline: {from: 2025-09-01, until: 2025-09-30}}",
            "more than 1.5 times the rate of the baseline",
        ),
    ],
)
def test_where_one_act_is_not_enough_it_is_said_how_many(clause: str, amount: str) -> None:
    text = told_of(clause)[0]["text"]
    assert text.startswith("reports of aid.deliver by A")
    assert text.endswith(f", {amount}")


@pytest.mark.parametrize(
    "clause",
    [
        "must: {act: aid.deliver}, at_least: {n: 3}, by: 2025-10-05",
        "must_not: {act: aid.deliver}, at_most: {n: 2, in: P7D}",
    ],
)
def test_the_loss_of_what_did_not_suffice_changes_nothing(clause: str) -> None:
    assert [one["turns"] for one in told_of(clause, AID)] == ["fulfilled" if "by:" in clause else "violated"]


def test_what_two_tell_is_not_undone_by_one_of_them() -> None:
    found = told_of("must: {act: aid.deliver}, by: 2025-10-05", {**AID, "incident": "i"}, {**AID, "incident": "i"})
    assert [one["report"] for one in found] == [{"says": "denies", "of": "i"}]


def test_an_act_that_cannot_turn_the_verdict_is_not_asked_for() -> None:
    call, denial = {"act": "talk.call", "actor": "B", "occurred": "2025-10-02"}, {"says": "denies", "of": "r0"}
    when = "when: {act: talk.call}, must: {act: aid.deliver}, within: P2D"
    open_to_both = told_of(when, call, AID, denial)
    assert {one["turns"] for one in open_to_both} == {"settled"}  # dormant or fulfilled: one more act is of no use


def test_a_keyed_state_comes_back_at_the_value_that_the_clause_looks_at() -> None:
    off = {"act": "access.deny", "actor": "B", "place": "Spin"}
    cure = told_of("must_keep: {state: open, key: Spin}", off)[0]
    assert cure["report"] == {"says": "asserts", "act": "access.grant", "place": "Spin"}
    assert cure["text"] == "a report of access.grant, place Spin after that"


def agreement_of_text(text: str) -> Any:
    from servanda import loads

    return loads(text)


def test_what_nearly_counted_is_told_also_where_another_act_was_asked_for_meanwhile() -> None:
    agreement = agreement_of_text("""\
servanda: 1
agreement: a
timezone: UTC
term: {from: 2025-10-01, until: 2025-12-31}
actors: {A: {role: party}, B: {role: party}}
clauses:
  pay: {binds: A, must: {act: pay, object: gold}, by: 2025-11-01}
  change: {binds: B, can: {act: agree, actor: $bearer}, effect: {amend: {pay: {must: {act: deliver, object: gold}}}}}
""")
    tracker = Tracker(agreement)
    for name, act, actor, thing in (
        ("r1", "agree", "B", "gold"),
        ("r2", "deliver", "A", "tin"),
        ("r3", "pay", "A", "tin"),
    ):
        row = {"id": name, "source": "x", "reported": "2025-10-06", "act": act, "actor": actor, "object": thing}
        tracker.observe(report(row | {"occurred": "2025-10-05T01:00:00Z"}))
    (told,) = why(tracker.assessed(), "pay")
    assert [one["incident"] for one in told["not_counted"]] == ["r2", "r3"]
