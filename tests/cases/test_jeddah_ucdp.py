"""Real events of the war in Sudan come in; what the twelve days of the Jeddah ceasefire must look like is checked.

The data is not part of the project: it is looked for beside the checkout, in the shared data folder.
"""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from servanda import Agreement, Assessment, Report, Tracker, load, read_reports

ROOT = Path(__file__).resolve().parents[2]
CASE = ROOT / "cases" / "jeddah-2023"
DATA = ROOT.parent / "shared" / "data" / "ucdp" / "ged_sudan_2023.csv"
MASSACRE = {"ucdp-484831", "ucdp-481558", "ucdp-507348"}  # Misterei, 27 and 28 May: three tellings that overlap
LATER = "2024-06-30"
pytestmark = pytest.mark.skipif(
    not DATA.is_file(), reason="the UCDP events of Sudan are not in ../shared/data/ucdp beside the checkout"
)


@pytest.fixture(scope="module")
def agreement() -> Agreement:
    return load(CASE / "agreement.yaml")


@pytest.fixture(scope="module")
def events() -> list[Report]:
    """Every event of the file."""
    return list(read_reports(DATA, reader="ucdp-ged"))


@pytest.fixture(scope="module")
def weeks(events: list[Report]) -> list[Report]:
    """The events that may touch the weeks from 15 May to 15 June, in the order of the file."""
    return [each for each in events if days(each)[0] <= "2023-06-15" and days(each)[1] >= "2023-05-15"]


@pytest.fixture(scope="module")
def extension() -> Report:
    """The agreement on five days more, as the case has it."""
    (found,) = [each for each in read_reports(CASE / "reports.jsonl") if each.id == "J13"]
    return found


def days(event: Report) -> tuple[str, str]:
    """The first and the last day on which it may have happened."""
    text = event.body["occurred"].text  # type: ignore[attr-defined]
    return text[:10], text[-10:]


def assess(agreement: Agreement, reports: list[Report], day: str, known_at: str = LATER) -> Assessment:
    tracker = Tracker(agreement)
    for each in reports:
        tracker.observe(each)
    return tracker.assess(as_of=day, known_at=known_at)


def statuses(assessment: Assessment, clause: str) -> dict[str, tuple[str, ...]]:
    """The statuses left to each side."""
    return {
        instance.bearer[0]: instance.possible or (instance.status,)
        for instance in assessment.instances
        if instance.clause == clause
    }


def test_quoted_newlines_lose_no_row(events: list[Report]) -> None:
    assert len(events) == len({each.id for each in events}) == 345


def test_a_clash_convicts_nobody(agreement: Agreement, weeks: list[Report], extension: Report) -> None:
    """The data set names the sides of a clash, not who attacked; violence against civilians is another clause's."""
    found = assess(agreement, [*weeks, extension], "2023-06-04")
    assert statuses(found, "ceasefire") == {"SAF": ("fulfilled", "violated"), "RSF": ("fulfilled", "violated")}


def test_one_sided_violence_convicts_who_did_it(agreement: Agreement, weeks: list[Report], extension: Report) -> None:
    found = assess(agreement, [*weeks, extension], "2023-06-04")
    assert statuses(found, "civilians") == {"SAF": ("fulfilled", "violated"), "RSF": ("violated",)}


def test_it_convicts_from_the_day_on_which_it_became_known(
    agreement: Agreement, weeks: list[Report], extension: Report
) -> None:
    """The last of the articles behind the massacre of 28 May is of January 2024."""
    for known_at, rsf in (("2024-01-03", ("fulfilled", "violated")), ("2024-01-04", ("violated",))):
        found = assess(agreement, [*weeks, extension], "2023-06-04", known_at)
        assert statuses(found, "civilians")["RSF"] == rsf


def test_three_tellings_of_one_massacre_are_one_incident(
    agreement: Agreement, events: list[Report], extension: Report
) -> None:
    """Dead on the one side, dead on the other, dead civilians: the data set keeps them apart, the clause need not."""
    told = [replace(each, incident="misterei") for each in events if each.id in MASSACRE]
    assert len(told) == 3
    found = assess(agreement, [*told, extension], "2023-06-04")
    assert statuses(found, "civilians") == {"SAF": ("fulfilled",), "RSF": ("violated",)}
    (one,) = [each for each in found.instances if each.clause == "civilians" and each.bearer == ("RSF",)]
    assert [(each.incident, each.standing) for each in one.evidence if each.effect == "breach"] == [
        ("misterei", "established")
    ]
    assert set(one.evidence[0].reports) == MASSACRE


def test_the_extension_decides_whether_june_counts(
    agreement: Agreement, weeks: list[Report], extension: Report
) -> None:
    """Of the events that surely lie after 21.45 on 29 May none counts, unless the five days were agreed."""
    june = [each for each in weeks if "2023-05-30" <= days(each)[0] <= "2023-06-02"]
    assert june
    assert set(statuses(assess(agreement, june, "2023-06-04"), "ceasefire").values()) == {("fulfilled",)}
    found = assess(agreement, [*june, extension], "2023-06-04")
    assert set(statuses(found, "ceasefire").values()) == {("fulfilled", "violated")}


def test_the_order_of_arrival_changes_nothing(agreement: Agreement, weeks: list[Report], extension: Report) -> None:
    reports = [*weeks, extension]
    shuffled = random.Random(2023).sample(reports, len(reports))  # noqa: S311 - a seed that replays
    once, again = (assess(agreement, each, "2023-06-01", "2023-06-30") for each in (reports, shuffled))
    assert once.instances == again.instances


def test_what_becomes_known_later_changes_nothing_earlier(
    agreement: Agreement, weeks: list[Report], extension: Report
) -> None:
    early = [each for each in [*weeks, extension] if each.reported.text <= "2023-06-01"]
    assert 0 < len(early) < len(weeks)
    assert (
        assess(agreement, early, "2023-06-01", "2023-06-01").instances
        == assess(agreement, [*weeks, extension], "2023-06-01", "2023-06-01").instances
    )
