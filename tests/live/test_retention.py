"""A tracker with a retention: what it settles, what it still revises, and what it says of reports that come too late."""

from __future__ import annotations

from collections import Counter

import pytest

from servanda import Agreement, Tracker, loads, report
from servanda.model.report import Report

TEXT = """
servanda: 1
agreement: border
timezone: UTC
term: {from: 2025-01-01, until: open}
actors:
  A: {name: Alpha, role: party}
  B: {name: Bravo, role: party}
states:
  ceasefire: {key: place, starts: {act: declare.on}, stops: {act: declare.off}, initially: off}
clauses:
  handover:
    binds: B
    when: {act: demand}
    must: {act: detain.handover, object: $trigger.object}
    within: PT1H
  no-strike:
    binds: A
    while: {state: ceasefire, key: place}
    must_not: {act: force.attack}
  settle:
    binds: A
    must: {act: pay}
    by: 2025-12-31
"""


@pytest.fixture
def agreement() -> Agreement:
    return loads(TEXT)


def at(minute: int) -> str:
    return f"2025-01-{1 + minute // 1440:02}T{minute // 60 % 24:02}:{minute % 60:02}:00Z"


def told(name: str, minute: int, occurred: int | None = None, **fields: object) -> Report:
    happened = {} if fields.get("says") else {"occurred": at(minute if occurred is None else occurred)}
    return report({"id": name, "source": "feed", "reported": at(minute), **happened, **fields})


def stream(number: int) -> list[Report]:
    """Demands of which every third is not met, strikes while a ceasefire is on and off, and what touches nothing."""
    found = []
    for n in range(number):
        base = n * 10
        found.append(told(f"d{n}", base, act="demand", actor="A", object=str(n)))
        if n % 3:
            found.append(told(f"h{n}", base + 4, act="detain.handover", actor="B", object=str(n)))
        switch = "declare.on" if n % 4 < 2 else "declare.off"
        found.append(told(f"s{n}", base + 5, act=switch, actor="A", place=f"p{n % 2}"))
        found.append(told(f"f{n}", base + 6, act="force.attack", actor="A", place=f"p{n % 2}"))
        found.append(told(f"n{n}", base + 7, act="talk", actor="B"))
    return found


def counts(tracker: Tracker) -> Counter[tuple[str, str]]:
    """How many instances have which verdict, those that were settled and let go among them."""
    found = Counter((one.clause, str(one.status)) for one in tracker.assess().instances)
    for (clause, _, status), number in tracker.settled.items():
        found[clause, str(status)] += number
    return found


def test_verdicts_are_those_of_a_tracker_that_keeps_everything(agreement: Agreement) -> None:
    short, whole = Tracker(agreement, retention="PT3H"), Tracker(agreement)
    for one in stream(400):
        ours, theirs = short.observe(one), whole.observe(one)
        assert [(f.key, f.before, f.statuses, f.evidence) for f in ours] == [
            (f.key, f.before, f.statuses, f.evidence) for f in theirs
        ]
    assert counts(short) == counts(whole)
    ours, theirs = ({one.clause: one for one in each.assess().instances} for each in (short, whole))
    assert ours["no-strike"].statuses == theirs["no-strike"].statuses == {"violated"}
    assert ours["no-strike"].since == theirs["no-strike"].since
    assert ours["settle"] == theirs["settle"]


def test_what_is_kept_does_not_grow_with_what_has_passed(agreement: Agreement) -> None:
    tracker = Tracker(agreement, retention="PT3H")
    kept = []
    for n, one in enumerate(stream(600)):
        tracker.observe(one)
        if n % 500 == 499:
            kept.append((len(tracker.reports), len(tracker.assess().instances)))
    assert max(kept[2:]) <= max(kept[:2])


def test_a_late_report_still_revises_what_lies_within_the_retention(agreement: Agreement) -> None:
    tracker = Tracker(agreement, retention="PT3H")
    for one in stream(60):
        tracker.observe(one)
    missed = told("late", 600, occurred=573, act="detain.handover", actor="B", object="57")
    (finding,) = [one for one in tracker.observe(missed) if one.report == "late"]
    assert (finding.clause, finding.before, finding.statuses) == ("handover", {"pending"}, {"fulfilled"})


def test_what_comes_in_later_is_a_diagnostic_and_changes_nothing(agreement: Agreement) -> None:
    tracker = Tracker(agreement, retention="PT3H")
    for one in stream(60):
        tracker.observe(one)
    tracker.advance(at(600))
    before, settled = counts(tracker), tracker.settled
    assert tracker.observe(told("late", 600, occurred=3, act="detain.handover", actor="B", object="0")) == []
    assert (counts(tracker), tracker.settled) == (before, settled)
    (note,) = [one for one in tracker.assess().diagnostics if one.code == "R111"]
    assert note.report == "late"
    assert "2025-01-01T00:03+00:00" in note.message


def test_what_may_reach_further_back_counts_and_is_told(agreement: Agreement) -> None:
    tracker = Tracker(agreement, retention="PT3H")
    for one in stream(60):
        tracker.observe(one)
    tracker.advance(at(600))
    undated = report({"id": "u", "source": "feed", "reported": at(600), "act": "pay", "actor": "A"})
    assert [one.clause for one in tracker.observe(undated)] == ["settle"]
    assert [one.report for one in tracker.assess().diagnostics if one.code == "R112"] == ["u"]


def test_a_correction_of_what_was_let_go_waits(agreement: Agreement) -> None:
    tracker = Tracker(agreement, retention="PT3H")
    for one in stream(60):
        tracker.observe(one)
    tracker.advance(at(600))
    assert tracker.observe(told("c", 600, says="retracts", of="d0")) == []
    assert [one.report for one in tracker.assess().diagnostics if one.code == "R102"] == ["c"]


def test_it_says_that_instances_are_not_listed_and_answers_for_the_present_only(agreement: Agreement) -> None:
    tracker = Tracker(agreement, retention="PT3H")
    for one in stream(60):
        tracker.observe(one)
    (note,) = [one for one in tracker.assess().diagnostics if one.code == "R113"]
    assert str(sum(tracker.settled.values())) in note.message
    with pytest.raises(ValueError, match="only the present is known"):
        tracker.assess(as_of="2025-01-01")
    with pytest.raises(ValueError, match="only the present is known"):
        tracker.assess(view="account of A")


def test_a_retention_is_a_duration(agreement: Agreement) -> None:
    with pytest.raises(ValueError, match="ISO 8601 duration"):
        Tracker(agreement, retention="a month")


def test_a_report_for_another_agreement_is_kept_as_long_as_nothing_is_let_go(agreement: Agreement) -> None:
    tracker = Tracker(agreement, retention="P1D")
    tracker.observe(told("x", 0, act="pay", agreement="other"))
    tracker.observe(told("d", 0, act="demand", actor="A", object="1"))
    tracker.advance(at(600))
    assert tracker.complete
    assert [one.id for one in tracker.reports] == ["x", "d"]
