"""Real events of the war in Ukraine come in; what any assessment of them must satisfy is checked.

The data is not part of the project: it is looked for beside the checkout, in the shared data folder.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from servanda import Agreement, Assessment, Report, Tracker, load, read_reports, report

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data" / "ucdp" / "ged_ukraine_2014_2019.csv"
pytestmark = pytest.mark.skipif(
    not DATA.is_file(), reason="the UCDP events of Ukraine are not in ../shared/data/ucdp beside the checkout"
)


@pytest.fixture(scope="module")
def agreement() -> Agreement:
    return load(ROOT / "cases" / "minsk-2015" / "agreement.yaml")


@pytest.fixture(scope="module")
def events() -> list[Report]:
    """Every event of the file."""
    return list(read_reports(DATA, reader="ucdp-ged"))


@pytest.fixture(scope="module")
def spring(events: list[Report]) -> list[Report]:
    """The weeks round the ceasefire of 15 February 2015, in the order of the file."""
    return [each for each in events if "2015-02-01" <= occurred(each)[:10] <= "2015-03-31"]


def occurred(event: Report) -> str:
    return event.body["occurred"].text  # type: ignore[attr-defined,no-any-return]


def assess(agreement: Agreement, reports: list[Report], day: str, known_at: str, view: str = "neutral") -> Assessment:
    tracker = Tracker(agreement)
    for each in reports:
        tracker.observe(each)
    return tracker.assess(as_of=day, known_at=known_at, view=view)


def ceasefire(assessment: Assessment) -> dict[str, tuple[str, ...]]:
    """The statuses left to each side."""
    return {
        instance.bearer[0]: instance.possible or (instance.status,)
        for instance in assessment.instances
        if instance.clause == "ceasefire"
    }


def test_every_row_but_the_tags_makes_a_report(events: list[Report]) -> None:
    assert len(events) == len({each.id for each in events}) == 1167


def test_clashes_have_no_actor(events: list[Report]) -> None:
    """One-sided violence is the only kind that has one, and this file holds clashes only."""
    assert not any("actor" in each.body or "target" in each.body for each in events)


def test_before_any_clash_of_the_term_the_ceasefire_holds(agreement: Agreement, spring: list[Report]) -> None:
    before = [each for each in spring if occurred(each)[-10:] < "2015-02-15"]
    assert before
    assert ceasefire(assess(agreement, before, "2015-02-15", "2015-03-31")) == {
        "UKR": ("holding",),
        "CADLR": ("holding",),
    }


def test_clashes_by_nobody_in_particular_convict_nobody(agreement: Agreement, spring: list[Report]) -> None:
    for day in ("2015-02-15", "2015-02-18", "2015-03-31"):
        found = assess(agreement, spring, day, "2015-04-30")
        assert ceasefire(found) == {"UKR": ("holding", "violated"), "CADLR": ("holding", "violated")}
        (one,) = [each for each in found.instances if each.clause == "ceasefire" and each.bearer == ("UKR",)]
        reasons = {because.reason for because in one.because}
        assert "unspecified" in reasons
        assert reasons <= {"unspecified", "time_uncertain"}


def test_one_attack_with_a_name_convicts_that_side_only(agreement: Agreement, spring: list[Report]) -> None:
    named = report(
        {
            "id": "named",
            "source": "smm",
            "reported": "2015-02-20",
            "act": "force.attack.shelling",
            "actor": "DPR",
            "target": "UKR",
            "occurred": "2015-02-19",
        }
    )
    found = ceasefire(assess(agreement, [*spring, named], "2015-03-31", "2015-04-30"))
    assert found == {"UKR": ("holding", "violated"), "CADLR": ("violated",)}


def test_the_order_of_arrival_changes_nothing(agreement: Agreement, spring: list[Report]) -> None:
    shuffled = random.Random(2015).sample(spring, len(spring))  # noqa: S311 - a seed that replays
    for view in ("neutral", "account of UKR", "two-voices"):
        once = assess(agreement, spring, "2015-03-10", "2015-03-12", view)
        again = assess(agreement, shuffled, "2015-03-10", "2015-03-12", view)
        assert once.instances == again.instances


def test_what_becomes_known_later_changes_nothing_earlier(agreement: Agreement, spring: list[Report]) -> None:
    early = [each for each in spring if each.reported.text <= "2015-02-20"]
    assert 0 < len(early) < len(spring)
    assert (
        assess(agreement, early, "2015-02-20", "2015-02-20").instances
        == assess(agreement, spring, "2015-02-20", "2015-02-20").instances
    )


def test_the_evidence_is_the_clashes_that_may_lie_in_the_term(agreement: Agreement, spring: list[Report]) -> None:
    found = assess(agreement, spring, "2015-03-10", "2015-04-30")
    (one,) = [each for each in found.instances if each.clause == "ceasefire" and each.bearer == ("CADLR",)]
    term = [
        each.id
        for each in spring
        if (times := each.body["occurred"].interval(agreement.zone)).latest >= agreement.term.earliest  # type: ignore[attr-defined]
        and times.earliest <= found.as_of
    ]
    assert {each.incident for each in one.evidence} == set(term)
