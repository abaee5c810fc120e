"""`servanda.assess`: an agreement and reports come in at once; the same verdicts as from a tracker go out."""

from __future__ import annotations

import datetime as dt
import inspect
import random
from pathlib import Path

import pytest

import servanda
from servanda import Assessment, Tracker, assess, load, read_reports, report
from servanda.model.moments import When

CASES = Path(__file__).resolve().parent.parent / "cases"
AGREEMENT = load(CASES / "istanbul-2025" / "agreement.yaml")
REPORTS = list(read_reports(CASES / "istanbul-2025" / "reports.jsonl"))


@pytest.mark.parametrize(
    "times",
    [
        {},
        {"as_of": "2025-11-08"},
        {"known_at": "2025-11-08"},
        {"as_of": "2025-11-08", "known_at": "2025-11-10T12:00+05:00"},
        {"as_of": When.parse("2025-11-08").interval(AGREEMENT.zone).latest},
    ],
)
@pytest.mark.parametrize("view", ["neutral", "account of PAK"])
def test_it_agrees_with_the_tracker(times, view):
    tracker = Tracker(AGREEMENT)
    for one in REPORTS:
        tracker.observe(one)
    found = assess(AGREEMENT, random.sample(REPORTS, len(REPORTS)), view=view, **times)
    assert isinstance(found, Assessment)
    assert found == tracker.assess(view=view, **times)


def test_it_takes_any_iterable_and_no_positional_times():
    assert assess(AGREEMENT, iter(REPORTS)) == assess(AGREEMENT, REPORTS)
    names = list(inspect.signature(assess).parameters.values())
    assert [one.name for one in names] == ["agreement", "reports", "view", "as_of", "known_at", "engine"]
    assert {one.kind for one in names[2:]} == {inspect.Parameter.KEYWORD_ONLY}
    assert servanda.assess is assess


def test_the_engine_makes_no_difference():
    plain, rete = (assess(AGREEMENT, REPORTS, engine=engine) for engine in ("plain", "rete"))
    assert plain.instances == rete.instances


def test_reports_for_another_agreement_are_set_aside():
    other = report({"id": "o", "source": "s", "reported": "2030-01-01", "act": "a", "agreement": "other"})
    found = assess(AGREEMENT, [*REPORTS, other])
    assert found.set_aside == 1
    assert found.as_of == assess(AGREEMENT, REPORTS).as_of


def test_what_cannot_be_assessed():
    with pytest.raises(ValueError, match="no report to take the time from: say as_of"):
        assess(AGREEMENT, [])
    with pytest.raises(ValueError, match="as_of"):
        assess(AGREEMENT, [], known_at="2025-11-08")
    with pytest.raises(ValueError, match="yesterday"):
        assess(AGREEMENT, REPORTS, as_of="yesterday")
    with pytest.raises(KeyError):
        assess(AGREEMENT, REPORTS, view="nobody")
    none = assess(AGREEMENT, [], as_of="2025-11-08")
    assert none.as_of == none.known_at


def test_times_are_texts_dates_datetimes_or_microseconds() -> None:
    zone = dt.timezone(dt.timedelta(hours=5))
    end_of_day = int(
        (dt.datetime(2025, 11, 8, 0, tzinfo=zone) - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).total_seconds()
    )
    noon = dt.datetime(2025, 11, 7, 12, tzinfo=dt.UTC)
    for said, at in (
        ("2025-11-07", end_of_day * 1_000_000 - 1),
        (dt.date(2025, 11, 7), end_of_day * 1_000_000 - 1),
        (noon, int(noon.timestamp()) * 1_000_000),
        (dt.datetime(2025, 11, 7, 17, 0), int(noon.timestamp()) * 1_000_000),  # noqa: DTZ001 - on the agreement's clock
        (int(noon.timestamp()) * 1_000_000, int(noon.timestamp()) * 1_000_000),
    ):
        assert assess(AGREEMENT, REPORTS, as_of=said).as_of == at
        tracker = Tracker(AGREEMENT)
        tracker.advance(said)
        assert tracker.assess(as_of=said, known_at=said).known_at == tracker.clock == at
