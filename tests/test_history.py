"""The revision log: at each instant it says what `assess` says, and between its entries nothing changes."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oracle.generate import GeneratedCase, cases
from properties.versus import agreement_of, reports_of
from servanda import Report, Revision, assess, history, loads, report
from servanda.assessing import moment
from servanda.model.agreement import Agreement
from servanda.model.moments import DAY, rfc3339
from servanda.model.verdict import Instance

HOUR = DAY // 24
HEAD = """\
servanda: 1
agreement: sale
timezone: UTC
evidence: {grace: P2D}
actors: {SELLER: {role: party}, BUYER: {role: party}}
clauses:
"""
DELIVERY = HEAD + "  delivery: {binds: SELLER, must: {act: deliver}, by: 2026-03-31}\n"


def row(name: str, reported: str, **fields: object) -> Report:
    body = {"source": "carrier", "act": "deliver", "actor": "SELLER", "occurred": "2026-03-30"}
    return report(
        {"id": name, "reported": reported, **({} if "says" in fields else body), "source": "carrier", **fields}
    )


def told(log: list[Revision]) -> list[tuple[object, ...]]:
    return [(str(rfc3339(one.at))[:16], one.clause, one.status, one.reports) for one in log]


# --- against assessments --------------------------------------------------------------------------------


def verdict(one: Instance | Revision) -> object:
    return one.statuses, one.because, one.cured is not None


def holds(
    agreement: Agreement, reports: list[Report], view: str, times: tuple[int | None, int], log: list[Revision], at: int
) -> None:
    """What the log says at an instant is what an assessment says."""
    as_of = at if times[0] is None else min(at, times[0])
    believed: dict[object, Revision] = {}
    for one in log:
        if one.at <= at:
            believed[one.key] = one
    found = {
        one.key: one
        for one in assess(agreement, reports, view=view, as_of=as_of, known_at=at, engine="plain").instances
    }
    for key, instance in found.items():
        if key in believed:
            assert verdict(believed[key]) == verdict(instance), (rfc3339(at), instance)
        else:
            assert instance.trigger is None
            assert instance.statuses <= {"dormant", "pending", "holding"}
            later = [one.before for one in log if one.key == key]
            assert not later or later[0] in (instance.statuses, frozenset())
    assert {key for key, one in believed.items() if one.statuses and one.statuses != {"dormant"}} <= found.keys()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(), st.randoms(use_true_random=False), st.sampled_from(["free", "held", "both"]))
def test_it_says_what_assessments_say(case: GeneratedCase, dice: random.Random, kind: str) -> None:
    agreement, reports, view = agreement_of(case[0]), reports_of(case[1]), case[2]
    as_of = None if kind == "free" else moment(case[3], agreement)
    known_at = moment(case[4], agreement) + 9 * DAY if kind == "both" else None
    log = history(agreement, reports, view=view, as_of=as_of, known_at=known_at, engine="plain")
    known = [one.reported.interval(agreement.zone).latest for one in reports]
    if not known:
        assert kind == "both" or log == []
        return
    last = max(known) if known_at is None else known_at
    first = min([*known, last])
    assert all(first <= one.at <= last for one in log)
    assert [one.at for one in log] == sorted(one.at for one in log)
    instants = {one.at for one in log} | {one.at - 1 for one in log} | {first, last}
    instants |= {dice.randint(first, last) for _ in range(8)}
    for at in sorted(instants):
        if first <= at <= last:
            holds(agreement, reports, view, (as_of, last), log, at)
    before: dict[object, frozenset[str]] = {}
    for one in log:
        assert one.before == before.get(one.key, one.before)
        assert one.change == "new" or one.before or one.change == "withdrawn"
        before[one.key] = one.statuses
        assert set(one.reports) <= {r.id for r, at in zip(reports, known, strict=True) if at == one.at}


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_reports_makes_no_difference(case: GeneratedCase, dice: random.Random) -> None:
    agreement, reports = agreement_of(case[0]), reports_of(case[1])
    shuffled = dice.sample(reports, len(reports))
    assert history(agreement, shuffled, engine="plain") == history(agreement, reports, engine="plain")


# --- what is in it --------------------------------------------------------------------------------------


def test_a_deadline_that_passes_and_a_report_that_comes_late() -> None:
    reports = [
        row("r2", "2026-04-04T12:00Z"),
        row("r1", "2026-03-01", act="promise"),
        row("r3", "2026-04-05", says="retracts", of="r2"),
    ]
    log = history(loads(DELIVERY), reports)
    assert told(log) == [
        ("2026-03-31T23:59", "delivery", "overdue", ()),
        ("2026-04-02T23:59", "delivery", "violated", ()),
        ("2026-04-04T12:00", "delivery", "fulfilled", ("r2",)),
        ("2026-04-05T23:59", "delivery", "violated", ("r3",)),
    ]
    assert [one.change for one in log] == ["revised"] * 4
    assert log[0].before == {"pending"}
    assert history(loads(DELIVERY), reports, known_at="2026-04-03") == log[:2]


def test_what_was_missed_before_anything_was_known() -> None:
    log = history(loads(DELIVERY), [row("r1", "2026-04-04", act="promise")])
    assert told(log) == [("2026-04-04T23:59", "delivery", "violated", ())]
    assert told(history(loads(DELIVERY), [], known_at="2026-04-01")) == [
        ("2026-04-01T23:59", "delivery", "overdue", ())
    ]
    assert history(loads(DELIVERY), []) == []
    assert history(loads(DELIVERY), [row("r1", "2026-04-04", act="promise", agreement="other")]) == []


def test_a_cure_is_a_revision_and_a_second_word_is_none() -> None:
    reports = [
        row("r1", "2026-04-04", occurred="2026-04-03"),
        row("r2", "2026-04-05", occurred="2026-04-03", incident="r1", source="mate"),
    ]
    log = history(loads(DELIVERY), [row("r0", "2026-03-01", act="promise"), *reports])
    assert [(one.status, one.reports, one.cured is not None) for one in log] == [
        ("overdue", (), False),
        ("violated", (), False),
        ("violated", ("r1",), True),
    ]


def test_event_time_is_held_back() -> None:
    """As of the deadline the delivery was missed; how long one waits for late reports is a matter of knowledge."""
    reports = [row("r0", "2026-03-01", act="promise"), row("r1", "2026-04-20", occurred="2026-04-03")]
    log = history(loads(DELIVERY), reports, as_of="2026-03-31T23:59:59.999999Z")
    assert told(log) == [
        ("2026-03-31T23:59", "delivery", "overdue", ()),
        ("2026-04-02T23:59", "delivery", "violated", ()),
    ]
    assert history(loads(DELIVERY), reports, as_of="2026-03-30") == []
    held = history(loads(DELIVERY), [row("r1", "2026-04-20")], as_of="2026-03-31")
    assert told(held) == [("2026-04-20T23:59", "delivery", "fulfilled", ("r1",))]


def test_what_is_created_and_withdrawn() -> None:
    more = "  payment: {binds: BUYER, when: {act: deliver}, must: {act: pay}, within: P14D}\n  talks: {binds: BUYER, must: {act: talk}}\n"
    reports = [
        row("r0", "2026-03-01", act="talk", actor="BUYER", occurred="2026-03-01"),
        row("r1", "2026-03-30T10:00Z", occurred="2026-03-29"),
        row("r2", "2026-03-30T11:00Z", says="retracts", of="r1"),
    ]
    log = history(loads(DELIVERY + more), reports)
    assert [(one.clause, one.change, one.status, one.before, one.reports) for one in log] == [
        ("talks", "revised", "fulfilled", {"pending"}, ("r0",)),
        ("delivery", "revised", "fulfilled", {"pending"}, ("r1",)),
        ("payment", "new", "pending", frozenset(), ("r1",)),
        ("delivery", "revised", "pending", {"fulfilled"}, ("r2",)),
        ("payment", "withdrawn", None, {"pending"}, ("r2",)),
    ]


def test_what_comes_and_goes_by_time_alone() -> None:
    """What is to happen was told before; nothing is reported in between."""
    more = (
        "  pause: {binds: BUYER, can: {act: notify.pause}, effect: {suspend: [delivery]}}\n"
        "  resume: {binds: BUYER, can: {act: notify.resume}, effect: {resume: [delivery]}}\n"
    )
    at = [
        row(f"r{n}", "2026-03-01", act=act, actor="BUYER", occurred=f"2026-03-{day}T12:00Z")
        for n, act, day in ((1, "notify.pause", "05"), (2, "notify.resume", 10))
    ]
    assert told(history(loads(DELIVERY + more), at, known_at="2026-03-20")) == [
        ("2026-03-05T12:00", "delivery", "suspended", ()),
        ("2026-03-10T12:00", "delivery", "pending", ()),
    ]


def test_where_no_report_is_about_the_instance_all_of_the_step_are_named() -> None:
    agreement = loads(
        DELIVERY + "  payment: {binds: BUYER, requires: {fulfilled: delivery}, must: {act: pay}, by: 2026-04-10}\n"
    )
    reports = [
        row("r0", "2026-03-01", act="promise"),
        row("r1", "2026-04-20T12:00Z"),
        row("x1", "2026-04-20T12:00Z", act="promise"),
    ]
    last = [one for one in history(agreement, reports) if one.clause == "payment"][-1]
    assert (last.before, last.status, last.reports) == ({"unenforceable"}, "violated", ("r1", "x1"))


def test_what_becomes_known_at_once_is_one_step() -> None:
    """Between two reports of one instant nothing is believed; those are named that are about the instance."""
    agreement = loads(DELIVERY + "  payment: {binds: BUYER, must: {act: pay}, by: 2026-03-31}\n")
    when = "2026-03-30T12:00Z"
    reports = [
        row("r9", when, source="mate", says="denies", of="r1"),
        row("r1", when),
        row("p1", when, act="pay", actor="BUYER"),
        row("x1", when, act="promise"),
    ]
    log = history(agreement, reports)
    assert [(one.clause, one.status, one.possible, one.reports) for one in log] == [
        ("delivery", "undetermined", ("fulfilled", "pending"), ("r1", "r9")),
        ("payment", "fulfilled", None, ("p1",)),
    ]
    gone = [row("r1", when), row("r2", when, says="retracts", of="r1")]
    assert history(agreement, gone) == []


def test_a_report_and_a_deadline_at_one_instant() -> None:
    when = "2026-03-31T23:59:59.999999Z"
    early = row("r0", "2026-03-01", act="promise")
    assert told(history(loads(DELIVERY), [early, row("x", when, act="promise")])) == [
        ("2026-03-31T23:59", "delivery", "overdue", ())
    ]
    assert told(history(loads(DELIVERY), [early, row("r1", when)])) == [
        ("2026-03-31T23:59", "delivery", "fulfilled", ("r1",))
    ]


def test_a_verdict_that_hangs_on_another_clause_names_the_report() -> None:
    agreement = loads(
        DELIVERY + "  payment: {binds: BUYER, when: {fulfilled: delivery}, must: {act: pay}, by: 2026-04-30}\n"
    )
    (first, second) = history(agreement, [row("r1", "2026-03-30T12:00Z")])
    assert (first.clause, first.reports) == ("delivery", ("r1",))
    assert (second.clause, second.reports) == ("payment", ("r1",))


def test_times_and_views() -> None:
    agreement = loads(DELIVERY)
    with pytest.raises(ValueError, match="soon"):
        history(agreement, [row("r1", "2026-03-30")], as_of="soon")
    with pytest.raises(KeyError):
        history(agreement, [], view="nobody")
    sides = [
        row("r1", "2026-03-30", source="BUYER"),
        row("r2", "2026-03-30T23:59:59Z", source="SELLER", says="denies", of="r1"),
    ]
    assert [one.status for one in history(agreement, sides, view="account of BUYER")][-1] == "fulfilled"
