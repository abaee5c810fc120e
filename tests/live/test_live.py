"""A tracker after every report, and at every instant, comes to what an assessment from scratch comes to.

One that lets go of what has passed goes on as if it had not been saved and restored.
"""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

import pytest

from live.versus import differences, from_scratch, lost, unlike
from servanda import Finding, Tracker, loads, report
from servanda.assessing import moment
from servanda.lifecycle import refining
from servanda.live import following

CASES, BATCHES = 240, 8


@pytest.fixture
def _little_splitting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Worlds are split a few times only: what is settled so is settled alike, and costs most of the time."""
    monkeypatch.setattr(refining, "_MOST_IN_ALL", 3)


@pytest.fixture
def _many_incidents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every group counts as one that very many incidents touch."""
    monkeypatch.setattr(refining, "MOST_TOUCHING", 0)
    monkeypatch.setattr(following, "MOST_TOUCHING", 0)


@pytest.mark.usefixtures("_little_splitting")
@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_tracker_comes_to_the_same_as_an_assessment_from_scratch(batch: int) -> None:
    wrong = {seed: found for seed in range(batch, CASES, BATCHES) if (found := list(differences(seed)))}
    assert not wrong


@pytest.mark.usefixtures("_little_splitting", "_many_incidents")
@pytest.mark.parametrize("batch", range(BATCHES))
def test_it_does_so_too_where_breaches_are_kept_by_their_number(batch: int) -> None:
    first = 1_000
    wrong = {seed: found for seed in range(first + batch, first + CASES, BATCHES) if (found := list(differences(seed)))}
    assert not wrong


@pytest.mark.usefixtures("_little_splitting")
@pytest.mark.parametrize("batch", range(BATCHES))
def test_what_was_let_go_of_is_not_missed_after_a_restart(batch: int, tmp_path: Path) -> None:
    first = 2_000
    seeds = range(first + batch, first + CASES, BATCHES)
    assert not {seed: found for seed in seeds if (found := list(lost(seed, tmp_path / "s")))}


@pytest.mark.usefixtures("_little_splitting", "_many_incidents")
@pytest.mark.parametrize("batch", range(BATCHES))
def test_nor_are_breaches_that_are_kept_by_their_number(batch: int, tmp_path: Path) -> None:
    first = 3_000
    seeds = range(first + batch, first + CASES, BATCHES)
    assert not {seed: found for seed in seeds if (found := list(lost(seed, tmp_path / "s")))}


# --- by hand --------------------------------------------------------------------------------------------

HEAD = """\
servanda: 1
agreement: a
timezone: UTC
term: {from: 2025-11-01, until: open}
actors: {A: {role: party}, B: {role: party}}
clauses:
"""


def test_a_deadline_just_ahead_is_found_at_its_instant() -> None:
    tracker = Tracker(loads(HEAD + "  c: {binds: A, must_not: {act: pay}, within: P1D}"))
    due = moment("2025-11-01", tracker.agreement) + 1
    tracker.advance(due - 1)
    assert tracker.wakes() == due
    assert [(one.at, one.statuses) for one in tracker.advance(due + 10**9)] == [(due, {"fulfilled"})]


def test_a_violation_that_was_cured_is_not_told_again_while_only_the_time_of_that_is_open() -> None:
    tracker = Tracker(loads(HEAD + "  c: {binds: A, must: {act: pay}, by: 2025-11-01}"))
    row = {"id": "r", "source": "s", "reported": "2025-11-04T01:00:00Z", "act": "pay", "actor": "A"}
    (finding,) = tracker.observe(report({**row, "occurred": "2025-11-03/2025-11-04"}))
    assert (finding.status, [one.effect for one in finding.evidence]) == ("violated", ["cure"])
    cured = set()
    for hour in range(2, 24):
        assert tracker.advance(f"2025-11-04T{hour:02}:00:00Z") == []
        (instance,) = tracker.assess().instances
        cured.add(instance.cured)
    assert len(cured) > 10


@pytest.mark.parametrize("order", [("c", "d"), ("d", "c")])
def test_what_caused_an_instance_is_retracted(order: tuple[str, str]) -> None:
    """In whatever order the clauses are written."""
    clauses = {
        "c": "  c: {binds: A, must_not: {act: force}, until: 2025-11-03}\n",
        "d": "  d: {binds: B, when: {violated: c}, must_not: {act: talk}}\n",
    }
    tracker = Tracker(loads(HEAD + "".join(clauses[name] for name in order)))
    row = {"id": "r", "source": "s", "reported": "2025-11-04", "act": "force", "actor": "A"}
    tracker.observe(report({**row, "occurred": "2025-11-02/2025-11-04"}))
    found = tracker.observe(report({"id": "x", "source": "s", "reported": "2025-11-08", "says": "retracts", "of": "r"}))
    assert {(one.clause, one.change, one.status) for one in found} == {
        ("c", "revised", "fulfilled"),
        ("d", "withdrawn", None),
    }


def test_findings_of_one_instant_come_by_clause_bearer_and_period() -> None:
    clauses = """
  d: {binds: [B, A], when: {act: ask}, must: {act: pay}, within: P1D}
  c: {binds: [A, B], must: {act: pay}, by: 2025-11-02}
"""
    tracker = Tracker(loads(HEAD + clauses))

    def told_at(time: str, **fields: object) -> list[Finding]:
        return tracker.observe(report({"source": "s", "reported": time, "occurred": time, **fields}))

    for name in ("z", "y"):
        told_at("2025-11-01T12:00:00Z", id=name, act="ask")
    found = told_at("2025-11-02T11:00:00Z", id="p", act="pay", actor=["A", "B"])
    told = [(one.clause, *one.bearer, one.trigger.incident if one.trigger else None) for one in found]
    assert told == [
        ("d", "A", "y"),
        ("d", "A", "z"),
        ("d", "B", "y"),
        ("d", "B", "z"),
        ("c", "A", None),
        ("c", "B", None),
    ]


STATE = """\
  c: {binds: [A, B], while: {state: calm}, must_not: {act: force}}
  d: {binds: B, when: {violated: c}, must: {act: pay}, within: P1D}
states: {calm: {starts: {act: declare}, stops: {act: lift}, initially: on}}
"""


@pytest.mark.usefixtures("_little_splitting", "_many_incidents")
@pytest.mark.parametrize("seed", range(30))
def test_breaches_are_kept_by_their_number_while_a_state_goes_on_and_off(seed: int) -> None:
    dice = random.Random(seed)
    agreement = loads(HEAD + STATE)
    rows = []
    for number in range(25):
        at = f"2025-11-{dice.randrange(3, 9):02}T{dice.randrange(24):02}:00:00Z"
        row = {"id": f"r{number}", "source": "s", "reported": at, "act": dice.choice(("force", "force", "declare", "lift", "pay"))}  # fmt: skip
        rows.append(row | {"actor": dice.choice("AB"), "occurred": at if dice.random() < 0.9 else at[:10]})
    rows += [
        {"id": f"x{number}", "source": "s", "reported": "2025-11-09", "says": "retracts", "of": of["id"]}
        for number, of in enumerate(dice.sample(rows, 8))
    ]
    tracker, known, breaches = Tracker(agreement, engine="plain"), [], 0
    for row in rows:
        known.append(report(row))
        tracker.observe(known[-1])
        assert tracker.clock is not None
        live = dataclasses.replace(tracker.assess(), matcher="")
        assert not list(unlike(live, from_scratch(agreement, known, "neutral", tracker.clock)))
        breaches += any(one.status == "violated" for one in live.instances)
    assert breaches  # there were some, and not all were taken back before
