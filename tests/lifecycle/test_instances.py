"""Hand-made histories whose outcome sets, times and cures are worked out on paper."""

from __future__ import annotations

import pytest

from lifecycle.history import HEAD, judged, one
from servanda import TooMuchError, Tracker, loads
from servanda.model.moments import rfc3339

PAY = "  pay: {binds: A, when: {act: demand}, must: {act: pay}, within: P5D}\n"


def test_two_acts_that_each_cover_part_of_an_uncertain_trigger_fulfil_together() -> None:
    """Whenever the demand came, one of the two payments was in time: definite, though neither alone is."""
    demand = {"act": "demand", "occurred": "2025-10-01/2025-10-03"}
    early = {"act": "pay", "actor": "A", "occurred": "2025-10-02T12:00:00Z"}
    late = {"act": "pay", "actor": "A", "occurred": "2025-10-07T06:00:00Z"}
    assert one(judged(PAY, demand, early, late), "pay").statuses == {"fulfilled"}
    assert one(judged(PAY, demand, early), "pay").statuses == {"fulfilled", "violated"}
    assert one(judged(PAY, demand, late), "pay").statuses == {"fulfilled", "violated"}


def test_a_duty_is_fulfilled_by_the_first_act_that_certainly_came() -> None:
    demand = {"act": "demand", "occurred": "2025-10-01T00:00:00Z"}
    first = {"act": "pay", "actor": "A", "occurred": "2025-10-03"}
    second = {"act": "pay", "actor": "A", "occurred": "2025-10-02/2025-10-05"}
    since = one(judged(PAY, demand, first, second), "pay").since
    assert since is not None
    assert (rfc3339(since.earliest), rfc3339(since.latest)) == ("2025-10-02T00:00:00Z", "2025-10-03T23:59:59.999999Z")


def test_a_violation_is_cured_by_the_first_act_that_certainly_came_late() -> None:
    demand = {"act": "demand", "occurred": "2025-10-01T00:00:00Z"}
    first = {"act": "pay", "actor": "A", "occurred": "2025-10-08"}
    second = {"act": "pay", "actor": "A", "occurred": "2025-10-10"}
    instance = one(judged(PAY, demand, first, second), "pay")
    assert instance.status == "violated"
    assert instance.cured is not None
    assert rfc3339(instance.cured.at.latest) == "2025-10-08T23:59:59.999999Z"
    assert [evidence.effect for evidence in instance.evidence] == ["trigger", "cure", "omission"]


def test_until_a_duration_after_the_trigger_leaves_its_end_out() -> None:
    truce = "  truce: {binds: A, when: {act: declare}, must_not: {act: force}, until: P7D}\n"
    declared = {"act": "declare", "occurred": "2025-10-01T00:00:00Z"}
    last = {"act": "force", "actor": "A", "occurred": "2025-10-07T23:59:59.999999Z"}
    after = {"act": "force", "actor": "A", "occurred": "2025-10-08T00:00:00Z"}
    assert one(judged(truce, declared, last), "truce").status == "violated"
    assert one(judged(truce, declared, after), "truce").status == "fulfilled"


@pytest.mark.parametrize(
    ("paid", "status"), [("09T23:59:59.999999Z", "unenforceable"), ("09T23:59:59.999998Z", "violated")]
)
def test_what_is_required_counts_as_cured_only_before_the_duty_falls_due(paid: str, status: str) -> None:
    clauses = (
        "  pay: {binds: A, must: {act: pay}, by: 2025-10-05}\n"
        "  deliver: {binds: B, requires: {fulfilled: pay}, must: {act: deliver}, by: 2025-10-09}\n"
    )
    late = {"act": "pay", "actor": "A", "occurred": f"2025-10-{paid}"}
    assert one(judged(clauses, late), "deliver").status == status


def test_equality_counts_as_over_and_grace_is_waited_for() -> None:
    clauses = "  pay: {binds: A, must: {act: pay}, by: 2025-10-05, grace: P2D}\n  fine: {binds: M, when: {violated: pay}, must: {act: sanction}, within: P9D}\n"
    at = [("2025-10-05T23:59:59.999998Z", None, "pending"), ("2025-10-05", None, "overdue")]
    at += [("2025-10-09", "2025-10-07T23:59:59.999998Z", "overdue"), ("2025-10-09", "2025-10-07", "violated")]
    for as_of, known_at, status in at:
        instances = judged(clauses, as_of=as_of, known_at=known_at)
        assert one(instances, "pay").status == status
        assert one(instances, "fine").status == ("pending" if status == "violated" else "dormant")


def test_a_prohibition_is_cured_when_the_substitute_of_each_breach_is_done() -> None:
    clauses = "  calm: {binds: A, must_not: {act: force}, otherwise: {must: {act: pay, object: $trigger.object}, within: P3D}}\n"
    first = {"act": "force", "actor": "A", "object": "bridge", "occurred": "2025-10-02"}
    second = {"act": "force", "actor": "A", "object": "mill", "occurred": "2025-10-04"}
    paid = {"act": "pay", "actor": "A", "object": "bridge", "occurred": "2025-10-04"}
    half = judged(clauses, first, second, paid)
    assert one(half, "calm").cured is None
    assert sorted(i.status for i in half if i.clause == "calm.otherwise") == ["fulfilled", "violated"]
    whole = one(judged(clauses, first, second, paid, paid | {"object": "mill", "occurred": "2025-10-06"}), "calm")
    assert whole.status == "violated"
    assert whole.cured is not None
    assert whole.cured.delay == "P4D"  # from the first breach to the last cure


def test_a_group_that_is_nobodys_part_breaches_for_nobody() -> None:
    clauses = "  calm: {binds: [A, B], must_not: {act: force}}\n"
    attack = {"act": "force", "actor": "bandits", "target": "A", "occurred": "2025-10-02"}
    assert {i.status for i in judged(clauses, attack)} == {"holding"}


def test_reported_but_unattributed_may_have_been_anybody() -> None:
    clauses = "  calm: {binds: [A, B], must_not: {act: force.attack}}\n"
    instances = judged(clauses, {"act": "force.attack.ied", "occurred": "2025-10-02"})
    assert {i.statuses for i in instances} == {frozenset({"holding", "violated"})}
    assert {b.reason for i in instances for b in i.because} == {"unspecified"}


def test_clauses_that_trigger_each_other_come_to_rest_at_as_of() -> None:
    clauses = (
        "  a: {binds: A, when: [{act: demand}, {violated: b}], must: {act: pay}, within: P1D}\n"
        "  b: {binds: B, when: {violated: a}, must: {act: pay}, within: P1D}\n"
    )
    demand = {"act": "demand", "occurred": "2025-10-01T00:00:00Z"}
    instances = judged(clauses, demand, as_of="2025-10-05T12:00:00Z", known_at="2025-10-31")
    assert [i.status for i in instances if i.clause == "a"] == ["violated", "violated", "pending"]
    assert [i.status for i in instances if i.clause == "b"] == ["violated", "violated"]


def test_clauses_that_trigger_each_other_too_fast_are_an_error_not_a_hang() -> None:
    clauses = "  a: {binds: A, when: [{act: demand}, {violated: a}], must: {act: pay}, within: PT1M}\n"
    with pytest.raises(TooMuchError, match="'a'"):
        judged(clauses, {"act": "demand", "occurred": "2025-10-01T00:00:00Z"})


def test_an_undated_duty_ends_with_the_term_and_fires_that() -> None:
    text = HEAD.replace("{from: 2025-10-01}", "{from: 2025-10-01, until: 2025-10-10}") + "clauses:\n"
    text += (
        "  pay: {binds: A, must: {act: pay}}\n  say: {binds: B, when: {ended: pay}, must: {act: notify}, within: P3D}\n"
    )
    tracker = Tracker(loads(text), engine="plain")
    statuses = {i.clause: i.status for i in tracker.assess(as_of="2025-10-11").instances}
    assert statuses == {"pay": "ended", "say": "pending"}


def test_coverage_counts_reports_claimants_and_days_in_the_window() -> None:
    clauses = "  calm: {binds: A, must_not: {act: force.attack}, from: 2025-10-05}\n"
    rows = [
        {"act": "talk", "actor": "A", "occurred": "2025-10-06", "reported": "2025-10-07"},
        {"act": "talk", "target": "A", "occurred": "2025-10-07", "reported": "2025-10-07T10:00:00Z", "claimant": "x"},
        {"act": "talk", "actor": "A", "occurred": "2025-10-02", "reported": "2025-10-03"},
        {"act": "talk", "actor": "B", "occurred": "2025-10-07", "reported": "2025-10-08"},
    ]
    coverage = one(judged(clauses, *rows), "calm").coverage
    assert coverage is not None
    assert (coverage.reports, coverage.claimants, coverage.days) == (2, 2, 1)


def test_the_time_of_a_trigger_is_a_reason_only_where_it_matters() -> None:
    demand = {"act": "demand", "occurred": "2025-10-01"}
    paid = {"act": "pay", "actor": "A", "occurred": "2025-10-03", "incident": "i"}
    denied = {"says": "denies", "of": "i", "source": "x"}
    contested = one(judged(PAY, demand, paid, denied), "pay")
    assert [(b.reason, b.incident) for b in contested.because] == [("contested", "i")]
    same_day = one(judged(PAY, demand, paid | {"occurred": "2025-10-01T12:00:00Z"}), "pay")
    assert same_day.statuses == {"fulfilled", "violated"}
    assert ("time_uncertain", "r1") in [(b.reason, b.incident) for b in same_day.because]


def test_the_order_of_acts_is_a_reason_only_for_what_a_breach_creates() -> None:
    """Which of two acts of one day is the one too many is open, whether there is one is not."""
    clauses = """\
  calm: {binds: A, must_not: {act: force}, at_most: {n: 1, in: P7D}}
  pay: {binds: A, when: {violated: calm}, must: {act: pay}, within: P60D}
"""
    first, second = ({"act": "force", "actor": "A", "occurred": "2025-10-06", "incident": name} for name in "ij")
    denied = {"says": "denies", "of": "j", "source": "x"}
    instances = judged(clauses, first, second, denied)
    calm, *paying = [({*one.statuses}, [(b.reason, b.incident) for b in one.because]) for one in instances]
    assert calm == ({"holding", "violated"}, [("contested", "j")])
    assert paying == [
        ({"dormant", "pending"}, [("time_uncertain", "i")]),
        ({"dormant", "pending"}, [("contested", "j"), ("time_uncertain", "j")]),
    ]


def test_what_only_a_cure_depends_on_is_no_reason() -> None:
    """It is one for what the cure creates."""
    clauses = """\
  meet: {binds: A, must: {act: meet}, by: 2025-10-06}
  pay: {binds: B, when: {fulfilled: meet}, must: {act: pay}, within: P60D}
"""
    acts = [
        {"act": "meet", "actor": "A", "incident": name, "occurred": f"2025-10-0{day}"} for name, day in ("i3", "j8")
    ]
    denials = [{"says": "denies", "of": name, "source": "x"} for name in "ij"]
    meet, pay = judged(clauses, *acts, *denials)
    assert meet.statuses == {"fulfilled", "violated"}
    assert [(b.reason, b.incident) for b in meet.because] == [("contested", "i")]
    assert pay.statuses == {"dormant", "pending"}
    assert [(b.reason, b.incident) for b in pay.because] == [("contested", "i"), ("contested", "j")]
    (late, _) = judged(clauses, acts[1], denials[1])
    assert (late.statuses, late.because) == ({"violated"}, ())


def test_an_open_verdict_always_says_why() -> None:
    demand = {"act": "demand", "occurred": "2025-10-01"}
    paid = {"act": "pay", "actor": "A", "occurred": "2025-10-06T12:00:00Z"}
    instance = one(judged(PAY, demand, paid), "pay")
    assert instance.statuses == {"fulfilled", "violated"}
    assert instance.because


@pytest.mark.parametrize(
    ("told", "statuses"),
    [
        ("2025-10-06T18:10:00Z", {"violated"}),
        ("2025-10-06T20:00:00Z", {"holding", "violated"}),
        ("2025-10-07", {"holding", "violated"}),
    ],
)
def test_what_was_reported_by_as_of_had_happened_by_then(told: str, statuses: set[str]) -> None:
    """An event of a day, as of the evening of that day: its report says whether it was before or may come."""
    clauses = "  calm: {binds: A, must_not: {act: force}}\n"
    attack = {"act": "force", "actor": "A", "occurred": "2025-10-06", "reported": told}
    instance = one(judged(clauses, attack, as_of="2025-10-06T19:00:00Z", known_at="2025-10-09"), "calm")
    assert instance.statuses == statuses


@pytest.mark.parametrize(
    ("occurred", "statuses"),
    [
        ("2025-10-05/2025-10-06", {"violated"}),
        ("2025-10-06/2025-10-07", {"holding", "violated"}),
        ("2025-10", {"holding", "violated"}),
        ("2025-10-05/..", {"holding", "violated"}),
        ("2025-10-06T12:00:00Z/2025-10-06T22:00:00Z", {"holding", "violated"}),
    ],
)
def test_only_an_event_that_was_over_with_the_day_of_its_report_had_happened_by_then(
    occurred: str, statuses: set[str]
) -> None:
    """A time that goes on after the day of the report is not cut there: `as_of` may lie before the event."""
    clauses = "  calm: {binds: A, must_not: {act: force}}\n"
    attack = {"act": "force", "actor": "A", "occurred": occurred, "reported": "2025-10-06T18:10:00Z"}
    instance = one(judged(clauses, attack, as_of="2025-10-06T19:00:00Z", known_at="2025-11-09"), "calm")
    assert instance.statuses == statuses


def test_a_correction_after_as_of_does_not_say_that_it_had_happened_by_then() -> None:
    clauses = "  calm: {binds: A, must_not: {act: force}}\n"
    attack = {"act": "force", "actor": "A", "occurred": "2025-10-01", "reported": "2025-10-02"}
    moved = {"says": "corrects", "of": "r1", "occurred": "2025-10-06", "reported": "2025-10-08"}
    instance = one(judged(clauses, attack, moved, as_of="2025-10-06T19:00:00Z", known_at="2025-10-09"), "calm")
    assert instance.statuses == {"holding", "violated"}
