"""What differs between two assessments: new, revised and withdrawn instances, and what time alone would bring."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings

from oracle.generate import GeneratedCase, cases
from properties.versus import agreement_of, reports_of
from servanda import Tracker, assess, loads, report
from servanda.assessing import assess as judged
from servanda.assessing import moment
from servanda.evidence import state
from servanda.explain.ahead import coming, deadlines
from servanda.explain.differences import differences
from servanda.model.moments import Duration, rfc3339

AGREEMENT = loads("""
servanda: 1
agreement: river
timezone: UTC
term: {from: 2026-01-01, until: 2026-12-31}
actors: {NORTH: {role: party}, SOUTH: {role: party}, MON: {role: body}}
sources: {mission: {kind: monitor, speaks_for: MON}}
evidence: {corroboration: 1, grace: P3D}
clauses:
  quiet: {binds: [NORTH, SOUTH], must_not: {act: force.attack, target: $other}}
  inquiry: {binds: MON, when: {violated: quiet}, must: {act: investigate}, within: P30D}
  withdrawal: {binds: NORTH, must: {act: force.withdraw}, by: 2026-02-28}
  food: {binds: NORTH, every: P1M, must: {act: aid.food}, quantity: {reach: 100}}
  longer: {binds: [NORTH, SOUTH], can: {act: agree.extension}, effect: {amend: {withdrawal: {by: 2026-03-31, grace: P9D, must: {act: force.withdraw.heavyweapons}}}}}
""")


MISSION = {"source": "mission"}


def told(name: str, day: str, **fields: Any) -> Any:
    return report({"id": name, **MISSION, "reported": day, "occurred": day, **fields})


ATTACK = told("r1", "2026-01-05", act="force.attack", actor="SOUTH", target="NORTH")
AID = told("r2", "2026-01-06", act="aid.food", actor="NORTH", quantity=60)


def compared(before: list[Any], after: list[Any], at: str = "2026-01-10") -> list[tuple[str, str, Any, Any]]:
    old, new = (assess(AGREEMENT, told, as_of=at, known_at=at) for told in (before, after))
    return [
        (one.change, one.instance.clause, one.before and one.before.status, one.after and one.after.status)
        for one in differences(old, new)
    ]


def test_nothing_differs_from_itself():
    assert compared([ATTACK, AID], [AID, ATTACK]) == []


def test_new_and_revised_clause_by_clause_as_written():
    assert compared([], [ATTACK]) == [
        ("revised", "quiet", "holding", "violated"),
        ("new", "inquiry", None, "pending"),  # the dormant stand-in goes, and is no difference
    ]


def test_withdrawn_with_what_was_lost():
    gone = told("x", "2026-01-07", says="retracts", of="r1")
    assert compared([ATTACK], [ATTACK, gone]) == [
        ("revised", "quiet", "violated", "holding"),
        ("withdrawn", "inquiry", "pending", None),
    ]
    old, new = (assess(AGREEMENT, told, as_of="2026-01-10") for told in ([ATTACK], [ATTACK, gone]))
    quiet, inquiry = differences(old, new)
    assert [(e.incident, e.effect) for e in quiet.lost] == [("r1", "breach")]
    assert (quiet.evidence, quiet.because) == ((), ())
    assert inquiry.evidence == ()
    assert inquiry.instance is inquiry.before


def test_a_verdict_that_stays_with_other_evidence_or_progress_is_revised():
    more = told("x", "2026-01-07", act="aid.food", actor="NORTH", quantity=10)
    assert compared([AID], [AID, more]) == [("revised", "food", "pending", "pending")]
    old, new = (assess(AGREEMENT, told, as_of="2026-01-10") for told in ([AID], [AID, more]))
    (food,) = differences(old, new)
    assert [(e.incident, e.reports) for e in food.evidence] == [("x", ("x",))]


def test_progress_that_is_corrected_is_a_difference():
    corrected = report({**MISSION, "id": "x", "reported": "2026-01-07", "says": "corrects", "of": "r2", "quantity": 70})
    assert compared([AID], [AID, corrected]) == [("revised", "food", "pending", "pending")]


def test_a_deadline_that_moves_is_a_difference():
    moved = told("x", "2026-01-07", act="agree.extension", actor=["NORTH"])
    assert compared([], [moved]) == [("revised", "withdrawal", "pending", "pending")]


def test_a_deadline_that_moves_by_what_is_no_evidence_is_one_too():
    """A suspension that is over makes `within` end later, and says nothing of the verdict."""
    agreement = loads("""
servanda: 1
agreement: road
actors: {NORTH: {role: party}}
states: {passable: {starts: {act: access.grant}, stops: {act: access.deny}, initially: on}}
clauses: {road: {binds: NORTH, when: {act: ask}, must: {act: rebuild}, within: P30D, while: {state: passable}}}
""")
    shut = [told("r1", "2026-01-05", act="ask"), told("r2", "2026-01-06", act="access.deny")]
    old, new = (
        assess(agreement, [*shut, told("r3", day, act="access.grant")], as_of="2026-01-10", known_at="2026-01-10")
        for day in ("2026-01-07", "2026-01-09")
    )
    (one,) = differences(old, new)
    assert (one.change, one.before and one.before.status, one.after and one.after.status) == (
        "revised",
        "pending",
        "pending",
    )
    assert (one.evidence, one.lost) == ((), ())


def test_a_reason_that_is_new():
    denied = told("x", "2026-01-07", says="denies", of="r1")
    old, new = (assess(AGREEMENT, told, as_of="2026-01-10") for told in ([ATTACK], [ATTACK, denied]))
    found = differences(old, new)
    assert [one.change for one in found] == ["revised", "revised"]
    assert [(b.reason, b.incident) for b in found[0].because] == [("contested", "r1")]
    assert found[0].evidence[0].reports == ("r1", "x")


def test_only_what_is_new_is_told_of_reasons_and_evidence():
    more = told("r8", "2026-01-08", act="force.attack", actor="SOUTH", target="NORTH")
    doubt = [told(f"x{one}", "2026-01-09", says="denies", of=one) for one in ("r1", "r8")]
    old, new = (assess(AGREEMENT, given, as_of="2026-01-10") for given in ([ATTACK, doubt[0]], [ATTACK, more, *doubt]))
    quiet = differences(old, new)[0]
    assert quiet.after is not None
    assert [one.incident for one in quiet.after.because] == ["r1", "r8"]
    assert [one.incident for one in quiet.because] == ["r8"]
    assert [one.incident for one in quiet.evidence] == ["r8"]


def test_being_spoken_of_is_no_difference():
    assert compared([], [told("x", "2026-01-07", act="talk", actor="SOUTH")]) == []


def ahead(tracker: Tracker, at: str, **more: Any) -> list[tuple[str, str, str]]:
    found = deadlines(tracker.assessed(as_of=at, known_at=at), **more)
    return [(one.kind, one.instance.clause, one.owed) for one in found]


def test_a_duty_goes_from_due_to_overdue_to_missed_to_nothing():
    tracker = Tracker(AGREEMENT)
    withdrawal = ("withdrawal", "force.withdraw by NORTH")
    food = ("food", "aid.food by NORTH, a quantity of 100 in all")
    assert ahead(tracker, "2026-01-10") == [("due", *food), ("due", *withdrawal)]
    assert ahead(tracker, "2026-02-28") == [("overdue", *withdrawal), ("overdue", *food), ("missed", *food)]
    assert ahead(tracker, "2026-03-03")[0] == ("due", *food)
    assert ("missed", *withdrawal) in ahead(tracker, "2026-03-03")
    tracker.observe(told("late", "2026-03-05", act="force.withdraw", actor="NORTH"))
    assert withdrawal not in [one[1:] for one in ahead(tracker, "2026-03-06")]


def test_what_is_owed_and_its_grace_are_as_amended_before_the_deadline():
    tracker = Tracker(AGREEMENT)
    tracker.observe(told("x", "2026-01-07", act="agree.extension", actor=["NORTH"]))
    (one,) = (one for one in deadlines(tracker.assessed(as_of="2026-04-01")) if one.instance.clause == "withdrawal")
    assert one.owed == "force.withdraw.heavyweapons by NORTH"
    assert one.grace_over is not None
    assert [rfc3339(at) for at in (*one.due, *one.grace_over)] == [
        "2026-03-31T23:59:59.999999Z"] * 2 + ["2026-04-09T23:59:59.999999Z"] * 2  # fmt: skip


def test_within_hides_what_comes_later_and_nothing_that_has_passed():
    tracker = Tracker(AGREEMENT)
    assert [one[1] for one in ahead(tracker, "2026-01-10", within=Duration.parse("P21D"))] == ["food"]
    assert ahead(tracker, "2026-01-10", within=Duration.parse("P20D")) == []
    assert [one[0] for one in ahead(tracker, "2026-02-28", within=Duration.parse("P1D"))] == [
        "overdue",
        "overdue",
        "missed",
    ]


def test_what_silence_brings_comes_in_the_order_in_which_it_happens():
    tracker = Tracker(AGREEMENT)
    tracker.observe(ATTACK)
    found = coming(*(tracker.assessed(as_of=at, known_at=at) for at in ("2026-01-10", "2026-04-02")))
    assert [
        (
            one.at and rfc3339(one.at.latest)[:10],
            one.difference.change,
            one.difference.instance.clause,
            one.difference.instance.status,
            one.grace_over and rfc3339(one.grace_over.latest)[:10],
        )
        for one in found
    ] == [
        ("2026-01-31", "revised", "food", "violated", "2026-02-03"),
        ("2026-02-04", "revised", "inquiry", "violated", "2026-02-07"),
        ("2026-02-28", "revised", "withdrawal", "violated", "2026-03-03"),
        ("2026-02-28", "new", "food", "violated", "2026-03-03"),
        ("2026-03-31", "new", "food", "overdue", "2026-04-03"),
        ("2026-04-01", "new", "food", "pending", None),
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_on_any_history_the_differences_are_what_two_assessments_show(case: GeneratedCase) -> None:
    agreement = agreement_of(case[0])
    told = [state(one, agreement) for one in reports_of(case[1])]
    times = [moment(at, agreement) for at in case[3:]]
    one, two = (judged(agreement, given, case[2], *times, engine="plain") for given in (told[::2], told))
    before, after = ({i.key: i for i in each.assessment.instances} for each in (one, two))
    for found in differences(one.assessment, two.assessment):
        key = found.instance.key
        assert found.before == before.get(key) or (found.before is None and before[key].statuses == {"dormant"})
        assert found.after == after.get(key) or (found.after is None and after[key].statuses == {"dormant"})
    same = {key for key in before if key in after} - {
        f.instance.key for f in differences(one.assessment, two.assessment)
    }
    assert all(before[key].statuses == after[key].statuses for key in same)
    for deadline in deadlines(two):
        assert deadline.instance.due == deadline.due
        assert (deadline.grace_over is None) is (deadline.kind == "due")
