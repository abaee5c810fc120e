"""A tracker with a retention: what it settles, what it still revises, and what it says of reports that come too late."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from servanda import Agreement, Tracker, loads, report
from servanda.live import following
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
    month, day = divmod(minute // 1440, 28)
    return f"2025-{1 + month:02}-{1 + day:02}T{minute // 60 % 24:02}:{minute % 60:02}:00Z"


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


def test_a_report_for_another_agreement_is_counted(agreement: Agreement) -> None:
    tracker = Tracker(agreement, retention="P1D")
    tracker.observe(told("x", 0, act="pay", agreement="other"))
    tracker.observe(told("d", 0, act="demand", actor="A", object="1"))
    assert tracker.assess().set_aside == 1
    assert [one.id for one in tracker.reports] == ["d"]


def test_a_report_that_has_waited_as_long_as_that_is_let_go_and_told(agreement: Agreement) -> None:
    tracker = Tracker(agreement, retention="PT3H")
    tracker.observe(told("w", 0, says="denies", of="nobody"))
    tracker.observe(told("v", 0, says="denies", of="w"))
    tracker.observe(told("n", 100, says="denies", of="v"))
    tracker.advance(at(200))
    assert [one.id for one in tracker.reports] == ["n"]
    notes = {one.report: one for one in tracker.assess().diagnostics}
    assert {name: one.code for name, one in notes.items()} == {"n": "R102", "v": "R111", "w": "R111"}
    assert "report 'w' is of 'nobody', and has waited for that longer than PT3H: it is let go" in notes["w"].message
    tracker.observe(told("nobody", 201, act="pay", actor="A"))
    assert {one.clause: one.status for one in tracker.assess().instances}["settle"] == "fulfilled"


def test_what_came_again_with_another_content_is_kept_until_that_is_old_too(agreement: Agreement) -> None:
    tracker = Tracker(agreement, retention="PT3H")
    tracker.observe(told("n", 0, act="talk", actor="B"))
    tracker.observe(told("n", 160, act="demand", actor="A", object="1"))
    tracker.advance(at(300))
    assert tracker.observe(told("n", 300, 160, act="demand", actor="A", object="1")) == []
    tracker.advance(at(3000))
    assert tracker.reports == ()


# --- what is settled stays settled ----------------------------------------------------------------------

HEAD = """
servanda: 1
agreement: a
timezone: UTC
term: {from: 2025-01-01, until: open}
actors: {A: {role: party}, B: {role: party}}
clauses:
"""


def test_what_creates_an_open_instance_is_kept_with_it() -> None:
    clauses = """
  handover: {binds: B, when: {act: demand}, must: {act: detain.handover, object: $trigger.object}, within: PT1H}
  fine: {binds: B, when: {violated: handover}, must: {act: pay}, within: P30D}
"""
    tracker = Tracker(loads(HEAD + clauses), retention="PT3H")
    for n in range(0, 4000, 1000):
        tracker.observe(told(f"d{n}", n, act="demand", actor="A", object=str(n)))
        if n % 2000:
            tracker.observe(told(f"h{n}", n + 30, act="detain.handover", actor="B", object=str(n)))
    tracker.advance(at(5000))
    assert [one.id for one in tracker.reports] == ["d0", "d2000"]
    assert tracker.settled == {("handover", ("B",), "fulfilled"): 2}
    tracker.observe(told("p", 5000, act="pay", actor="B"))
    tracker.advance(at(6000))
    assert tracker.reports == ()
    assert tracker.settled == {
        ("handover", ("B",), "fulfilled"): 2,
        ("handover", ("B",), "violated"): 2,
        ("fine", ("B",), "fulfilled"): 2,
    }


def test_an_instance_does_not_come_back_when_its_trigger_is_spoken_of_again() -> None:
    clauses = """
  handover: {binds: B, when: {act: demand}, must: {act: detain.handover}, within: PT1H}
  answer: {binds: B, when: {act: demand}, must: {act: talk}, within: P3D}
"""
    tracker = Tracker(loads(HEAD + clauses), retention="PT3H")
    tracker.observe(told("d", 0, act="demand", actor="A"))
    tracker.observe(told("h", 30, act="detain.handover", actor="B"))
    tracker.advance(at(1000))
    assert (tracker.settled, [one.id for one in tracker.reports]) == ({("handover", ("B",), "fulfilled"): 1}, ["d"])
    found = tracker.observe(told("n", 1000, says="denies", of="d"))
    assert {one.clause for one in found} == {"answer"}
    assert [one.clause for one in tracker.assess().instances if one.trigger] == ["answer"]


def test_settled_periods_do_not_come_back_when_a_power_is_used() -> None:
    clauses = """
  weekly: {binds: B, every: P7D, must: {act: pay}}
  fine: {binds: B, when: {violated: weekly}, must: {act: talk}, within: P1D}
  leave: {binds: A, can: {act: end}, effect: {suspend: [weekly]}}
"""
    tracker = Tracker(loads(HEAD + clauses), retention="P10D")
    for week in range(12):
        tracker.observe(told(f"p{week}", week * 10080 + 60, act="pay", actor="B"))
    settled = tracker.settled
    assert settled["weekly", ("B",), "fulfilled"] > 6
    found = tracker.observe(told("end", 12 * 10080 + 60, act="end", actor="A"))
    assert {one.period.index for one in found if one.clause == "weekly" and one.period} <= {11, 12}
    assert "fine" not in {one.clause for one in found}
    assert tracker.settled == settled


@pytest.mark.parametrize("sure", [True, False])
def test_a_prohibition_stays_violated_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch, sure: bool) -> None:
    monkeypatch.setattr(following, "MOST_TOUCHING", 0)
    agreement = loads(HEAD + "  quiet: {binds: A, must_not: {act: force}, until: 2025-01-05}")
    tracker, whole = Tracker(agreement, retention="PT3H"), Tracker(agreement)
    reports = [told("f", 100, act="force", actor="A")]
    if not sure:
        reports.append(told("n", 110, says="denies", of="f"))
    for each in (tracker, whole):
        for one in reports:
            each.observe(one)
        each.advance(at(2000))
    assert tracker.reports == ()
    for minute in (2000, 4319, 5760, 9000):
        for each in (tracker, whole):
            each.advance(at(minute))
        ours, theirs = tracker.assess().instances[0], whole.assess().instances[0]
        assert (ours.statuses, ours.since) == (theirs.statuses, theirs.since)
        assert "violated" in ours.statuses


def test_a_breach_is_kept_with_what_it_created(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(following, "MOST_TOUCHING", 0)
    clauses = """
  quiet: {binds: A, must_not: {act: force}}
  fine: {binds: A, when: {violated: quiet}, must: {act: pay, object: $trigger.object}, within: P30D}
"""
    tracker = Tracker(loads(HEAD + clauses), retention="PT3H")
    tracker.observe(told("f", 0, act="force", actor="A", object="1"))
    tracker.observe(told("g", 1, act="force", actor="A", object="2"))
    tracker.observe(told("p", 2, act="pay", actor="A", object="2"))
    tracker.advance(at(1000))
    tracker.advance(at(2000))
    assert "f" in {one.id for one in tracker.reports}
    tracker.save(tmp_path / "s")
    again = Tracker.restore(tracker.agreement, tmp_path / "s")
    for each in (tracker, again):
        (finding,) = each.observe(told("q", 2000, act="pay", actor="A", object="1"))
        assert (finding.clause, finding.before, finding.statuses) == ("fine", {"pending"}, {"fulfilled"})


def test_what_is_remembered_does_not_grow_with_what_has_passed(agreement: Agreement) -> None:
    tracker = Tracker(agreement, retention="PT3H")
    sizes = []
    for n, one in enumerate(stream(600)):
        tracker.observe(one)
        if n % 500 == 499:
            sizes.append(len(str(tracker.memory)))
    assert max(sizes[2:]) < max(sizes[:2]) + 100


def test_a_settled_instance_is_remembered_only_as_long_as_it_could_be_created_again() -> None:
    clauses = """
  weekly: {binds: B, every: P7D, must: {act: pay}}
  fine: {binds: B, when: {violated: weekly}, must: {act: talk}, within: P1D}
  answer: {binds: B, when: {act: demand}, must: {act: talk}, within: P1D}
  long: {binds: B, when: {act: demand}, must: {act: meet}, within: P20D}
"""
    tracker = Tracker(loads(HEAD + clauses), retention="P2D")
    tracker.observe(told("d", 0, act="demand", actor="A"))
    kept = []
    for week in range(1, 9):
        tracker.advance(at(week * 10080 + 5000))
        assert tracker.memory is not None
        kept.append(tracker.memory["instances"])
    assert kept[0] == [["answer", ["B"], ["event", "d"]]]
    assert kept[-1] == []
    assert tracker.settled["fine", ("B",), "violated"] == 8
    assert tracker.memory["periods"] == [["weekly", ["B"], 8, []]]


def test_a_state_that_nobody_has_asked_for_yet_is_forgotten_too() -> None:
    states = "states: {truce: {starts: {act: declare.on}, stops: {act: declare.off}}}\nclauses:\n"
    clauses = "  c: {binds: B, when: {act: demand}, while: {state: truce}, must: {act: pay}, within: P1D}\n"
    tracker = Tracker(loads(HEAD.replace("clauses:\n", states) + clauses), retention="PT3H")
    for n in range(10):
        tracker.observe(told(f"s{n}", n * 1000, act="declare.off" if n % 2 else "declare.on", actor="A"))
    tracker.advance(at(20000))
    assert [one.id for one in tracker.reports] == ["s9"]


def test_nothing_new_is_told_of_a_violation_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "MOST_TOUCHING", 0)
    agreement = loads(HEAD + "  quiet: {binds: A, must_not: {act: force}, until: 2025-01-05}")
    tracker = Tracker(agreement, retention="PT3H")
    tracker.observe(told("f", 100, act="force", actor="A"))
    tracker.advance(at(2000))
    assert tracker.reports == ()
    assert tracker.advance(at(20000)) == []
