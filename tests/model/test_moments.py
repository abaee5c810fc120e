"""Dates and durations as written come in; the intervals and instants they mean are compared."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servanda.model.moments import BEGINNING, END, Duration, Interval, When, instant, local_clock, rfc3339

UTC = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
KARACHI = ZoneInfo("Asia/Karachi")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")  # put its clocks forward at midnight
APIA = ZoneInfo("Pacific/Apia")  # had no 30 December 2011
HOUR = 3_600_000_000
MICRO = dt.timedelta(microseconds=1)


def at(text: str, zone: ZoneInfo = UTC) -> int:
    """The instant of a plain local clock time."""
    return instant(dt.datetime.fromisoformat(text), zone)


def days(first: str, after: str, zone: ZoneInfo = UTC) -> Interval:
    """From the first day's start up to, not including, the start of `after`."""
    return Interval(at(first, zone), at(after, zone) - 1)


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2025-11-06", "2025-11-06", "2025-11-07"),
        ("2025-11", "2025-11-01", "2025-12-01"),
        ("2024-02", "2024-02-01", "2024-03-01"),
        ("2025", "2025-01-01", "2026-01-01"),
        ("2025-10-18/2025-10-19", "2025-10-18", "2025-10-20"),
        ("2025-10/2025-11-06", "2025-10-01", "2025-11-07"),
        ("2024-12-31/2025", "2024-12-31", "2026-01-01"),
        # level 1
        ("2025-11-06?", "2025-11-06", "2025-11-07"),
        ("2025-11?", "2025-11-01", "2025-12-01"),
        ("2025-11-06~", "2025-11-05", "2025-11-08"),
        ("2025-11-06%", "2025-11-05", "2025-11-08"),
        ("2025-03-01~", "2025-02-28", "2025-03-03"),
        ("2025-01-31~", "2025-01-30", "2025-02-02"),
        ("2025-01~", "2024-12-01", "2025-03-01"),
        ("2025~", "2024-01-01", "2027-01-01"),
        ("2025-10-18~/2025-10-19", "2025-10-17", "2025-10-20"),
        ("201X", "2010-01-01", "2020-01-01"),
        ("20XX", "2000-01-01", "2100-01-01"),
        ("2004-XX", "2004-01-01", "2005-01-01"),
        ("2004-02-XX", "2004-02-01", "2004-03-01"),
        ("2004-XX-XX", "2004-01-01", "2005-01-01"),
        ("2001-21", "2001-03-01", "2001-06-01"),
        ("2001-24", "2001-12-01", "2002-03-01"),
    ],
)
def test_a_date_is_all_its_days(text: str, first: str, after: str) -> None:
    assert When.parse(text).interval(UTC) == days(first, after)
    assert When.parse(text).interval(KARACHI) == days(first, after, KARACHI)


@pytest.mark.parametrize("text", ["../2025-11-06", "/2025-11-06"])
def test_an_open_start_reaches_back_without_end(text: str) -> None:
    assert When.parse(text).interval(UTC) == Interval(BEGINNING, at("2025-11-07") - 1)


@pytest.mark.parametrize("text", ["2025-11-06/..", "2025-11-06/"])
def test_an_open_end_reaches_on_without_end(text: str) -> None:
    assert When.parse(text).interval(UTC) == Interval(at("2025-11-06"), END)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2025-11-06T18:10:00+05:00", "2025-11-06T13:10:00"),
        ("2025-11-06T18:10+05", "2025-11-06T13:10:00"),
        ("2025-11-06T18:10:00Z", "2025-11-06T18:10:00"),
        ("2025-11-06t18:10:00z", "2025-11-06T18:10:00"),
        ("2025-11-06 18:10:00Z", "2025-11-06T18:10:00"),
        ("2025-11-06T18:10:00.25Z", "2025-11-06T18:10:00.250000"),
        ("2025-11-06T18:10:00.123456789Z", "2025-11-06T18:10:00.123456"),
        ("2025-11-06T18:10:00-0330", "2025-11-06T21:40:00"),
        ("2025-11-06T18:10:00", "2025-11-06T17:10:00"),
        ("2025-11-06T18:10", "2025-11-06T17:10:00"),
    ],
)
def test_a_clock_time_is_one_instant(text: str, utc: str) -> None:
    assert When.parse(text).interval(BERLIN) == Interval(at(utc), at(utc))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2025-11-06T18:10~", "2025-11-06T18:09:00", "2025-11-06T18:11:00"),
        ("2025-11-06T18:10:30~", "2025-11-06T18:10:29", "2025-11-06T18:10:31"),
        ("2025-11-06T18:10Z~", "2025-11-06T18:09:00", "2025-11-06T18:11:00"),
        ("2025-11-06T18:10Z?", "2025-11-06T18:10:00", "2025-11-06T18:10:00"),
        ("2025-11-06T18:10/2025-11-06T19:00", "2025-11-06T18:10:00", "2025-11-06T19:00:00"),
        ("2025-11-06T18:10/2025-11-06T18:10", "2025-11-06T18:10:00", "2025-11-06T18:10:00"),
        ("2025-11-06T18:10Z/2025-11-06T20:00+01:00", "2025-11-06T18:10:00", "2025-11-06T19:00:00"),
    ],
)
def test_clock_times_widen_and_span(text: str, low: str, high: str) -> None:
    assert When.parse(text).interval(UTC) == Interval(at(low), at(high))


@pytest.mark.parametrize(
    ("date", "zone", "hours"),
    [
        ("2025-11-06", BERLIN, 24),
        ("2025-03-30", BERLIN, 23),
        ("2025-10-26", BERLIN, 25),
        ("2018-11-04", SAO_PAULO, 23),
        ("2018-11-03", SAO_PAULO, 24),
        ("2018-02-17", SAO_PAULO, 25),
        ("2018-02-18", SAO_PAULO, 24),
        ("2025-10-26", KARACHI, 24),
    ],
)
def test_a_day_has_the_hours_its_clock_shows(date: str, zone: ZoneInfo, hours: int) -> None:
    interval = When.parse(date).interval(zone)
    assert interval.latest - interval.earliest + 1 == hours * HOUR


def test_days_of_a_zone_leave_no_gap_and_no_overlap() -> None:
    before, day, after = (When.parse(f"2018-11-0{n}").interval(SAO_PAULO) for n in (3, 4, 5))
    assert before.latest + 1 == day.earliest
    assert day.latest + 1 == after.earliest


def test_a_day_that_a_zone_skipped_is_one_instant_and_not_an_error() -> None:
    interval = When.parse("2011-12-30").interval(APIA)
    assert interval.earliest == interval.latest


def test_a_clock_time_shown_twice_may_be_either() -> None:
    interval = When.parse("2025-10-26T02:30").interval(BERLIN)
    assert interval == Interval(at("2025-10-26T00:30"), at("2025-10-26T01:30"))


def test_a_clock_time_that_was_skipped_is_read_on_both_clocks() -> None:
    interval = When.parse("2025-03-30T02:30").interval(BERLIN)
    assert interval == Interval(at("2025-03-30T00:30"), at("2025-03-30T01:30"))


def test_an_interval_that_ends_on_a_clock_time_shown_twice_includes_the_second() -> None:
    interval = When.parse("2025-10-26T01:00/2025-10-26T02:30").interval(BERLIN)
    assert interval == Interval(at("2025-10-25T23:00"), at("2025-10-26T01:30"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "../..",
        "/",
        "2025-13",
        "2025-00",
        "2025-02-30",
        "2025-11-31",
        "2023-02-29",
        "0000",
        "25-11-06",
        "06/11/2025",
        "11/6/2025",
        "2025-11-06/2025-11-05",
        "2025-11-06/2025-11-07/2025-11-08",
        "2025-11-06/PT48H",
        "2025-11-06T25:00",
        "2025-11-06T24:00",
        "2025-11-06T18:60",
        "2025-11-06T18:10:60",
        "2025-11-06T18:10+25:00",
        "2025-11-06T18:10+05:60",
        "2025-11-06T18",
        "2025-11-06Z",
        "201X-04",
        "2025-XX-06",
        "2025-21-06",
        "2025-11-06~~",
        "٢٠٢٥-11-06",
        "yesterday",
        "2025-11-06\n",
        "9" * 5000,
    ],
)
def test_what_is_no_date_says_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|says nothing|ends before"):
        When.parse(text)


@settings(deadline=None)
@given(
    st.text(max_size=90) | st.from_regex(r"[0-9X]{4}(-[0-9X]{2}){0,2}([T /][0-9:.XZ+-]{0,16})?[?~%]?", fullmatch=True)
)
def test_any_text_is_a_date_with_ends_in_order_or_a_value_error(text: str) -> None:
    try:
        when = When.parse(text)
    except ValueError:
        return
    for zone in (UTC, BERLIN, SAO_PAULO, APIA):
        interval = when.interval(zone)
        assert interval.earliest <= interval.latest


@settings(deadline=None)
@given(st.datetimes(min_value=dt.datetime(1971, 1, 1), max_value=dt.datetime(2100, 1, 1)))  # noqa: DTZ001
def test_a_clock_goes_there_and_back(local: dt.datetime) -> None:
    instants = When.parse(local.isoformat()).interval(BERLIN)
    clocks = {local_clock(point, BERLIN).replace(fold=0) for point in instants}
    assert local in clocks or instants.latest - instants.earliest == HOUR  # skipped


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2025-01-31T10:00", "P1M", "2025-02-28T10:00"),
        ("2024-01-31T10:00", "P1M", "2024-02-29T10:00"),
        ("2024-02-29T10:00", "P1Y", "2025-02-28T10:00"),
        ("2025-01-31T10:00", "P1M1D", "2025-03-01T10:00"),
        ("2025-10-31T10:00", "P4M", "2026-02-28T10:00"),
        ("2025-10-30T10:00", "P2W", "2025-11-13T10:00"),
        ("2025-12-31T23:59:59.999999", "P1D", "2026-01-01T23:59:59.999999"),
        # the clock is put forward on 30 March and back on 26 October: a day is a day, 24 hours are not
        ("2025-03-29T12:00", "P1D", "2025-03-30T12:00"),
        ("2025-03-29T12:00", "PT24H", "2025-03-30T13:00"),
        ("2025-10-25T12:00", "P1D", "2025-10-26T12:00"),
        ("2025-10-25T12:00", "PT24H", "2025-10-26T11:00"),
        ("2025-10-25T12:00", "P1DT24H", "2025-10-27T12:00"),
        # a clock time that was skipped is the one an hour on
        ("2025-03-29T02:30", "P1D", "2025-03-30T03:30"),
    ],
)
def test_a_duration_goes_by_the_calendar_and_then_by_the_clock(start: str, duration: str, end: str) -> None:
    assert Duration.parse(duration).after(at(start, BERLIN), BERLIN) == at(end, BERLIN)


def test_days_keep_the_local_clock_of_the_zone_not_of_utc() -> None:
    start = at("2025-10-31T22:00", UTC)  # already 1 November in Karachi
    assert Duration.parse("P1M").after(start, KARACHI) == at("2025-12-01T03:00", KARACHI)


@pytest.mark.parametrize("text", ["P9999Y", "P99999999999W", "PT1000000000H", "P8000Y", "PT9999999999H"])
def test_what_no_calendar_reaches_is_open(text: str) -> None:
    try:
        duration = Duration.parse(text)
    except ValueError as error:
        assert "longer than any calendar" in str(error)  # noqa: PT017 - one of two right answers
        return
    assert duration.after(at("2025-01-01"), UTC) == END


@pytest.mark.parametrize("end", [BEGINNING, END])
def test_an_open_end_stays_open(end: int) -> None:
    assert Duration.parse("P1D").after(end, UTC) == end


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P1DT", "1D", "P-1D", "-P1D", "P1", "P1H", "PT1D", "p1d", "P1.5D", "P٣D", "P5BT1H", "P99999B"],
)
def test_what_is_no_duration_says_so(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        Duration.parse(text)


def test_a_fraction_of_a_second_counts() -> None:
    assert Duration.parse("PT1.5S").after(0, UTC) == 1_500_000


@pytest.mark.parametrize(
    ("point", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (BEGINNING, None),
        (END, None),
        (END - 1, None),
        (at("9999-12-31T23:59:59.999999"), "9999-12-31T23:59:59.999999Z"),
        (When.parse("9999-12-31T23:59:59-12:00").interval(UTC).latest, None),
        (When.parse("0001-01-01T00:00:00+12:00").interval(UTC).latest, None),
    ],
)
def test_an_instant_is_written_in_utc(point: int, text: str | None) -> None:
    assert rfc3339(point) == text


def test_intervals_meet_cut_and_join() -> None:
    left, right, apart = Interval(3, 7), Interval(7, 9), Interval(8, 9)
    assert left.meets(right)
    assert not left.meets(apart)
    assert left.cut(right) == Interval(7, 7)
    assert left.cut(apart) is None
    assert left.hull(apart) == Interval(3, 9)
    assert Interval(4, 7).within(left)
    assert not left.within(right)
