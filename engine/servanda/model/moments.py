"""Time: texts (EDTF dates, ISO 8601 durations) come in, intervals of UTC microseconds go out.

Instants are integers, microseconds since 1970-01-01T00:00:00Z. Every time is an interval with both
ends included; an open end is `BEGINNING` or `END`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from servanda.model.calendars import Calendar

BEGINNING = -(2**62)
END = 2**62
SECOND = 1_000_000
DAY = 86_400 * SECOND

_YEAR_1 = -62_135_510_400 * SECOND  # the second day of year 1, clear of every offset
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - naive on purpose: UTC without the cost of a zone
_LAST = (dt.datetime.max - _EPOCH) // dt.timedelta(microseconds=1)  # noqa: DTZ901 - as above


class Interval(NamedTuple):
    """A time known only to lie between two instants, both included.

    >>> Interval(3, 7).meets(Interval(7, 9))
    True
    """

    earliest: int
    latest: int

    def meets(self, other: Interval) -> bool:
        """Whether the two have an instant in common."""
        return self.earliest <= other.latest and other.earliest <= self.latest

    def within(self, other: Interval) -> bool:
        """Whether every instant of this one lies in the other."""
        return other.earliest <= self.earliest and self.latest <= other.latest

    def cut(self, other: Interval) -> Interval | None:
        """What the two have in common, or None.

        >>> Interval(3, 7).cut(Interval(5, 9))
        Interval(earliest=5, latest=7)
        """
        low, high = max(self.earliest, other.earliest), min(self.latest, other.latest)
        return Interval(low, high) if low <= high else None

    def hull(self, other: Interval) -> Interval:
        """The smallest interval that holds both."""
        return Interval(min(self.earliest, other.earliest), max(self.latest, other.latest))


ALWAYS = Interval(BEGINNING, END)


def _micros(naive: dt.datetime) -> int:
    delta = naive - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * SECOND + delta.microseconds


def instant(local: dt.datetime, zone: ZoneInfo) -> int:
    """The instant of a local clock time; its `fold` says which of two an ambiguous one is.

    >>> instant(dt.datetime(1970, 1, 1, 5), ZoneInfo("Asia/Karachi"))
    0
    """
    offset = zone.utcoffset(local) or dt.timedelta(0)
    return _micros(local.replace(tzinfo=None)) - offset // dt.timedelta(microseconds=1)


def sayable(at: int) -> bool:
    """Whether an instant has a date on every clock: a day clear of the ends of the years 1 to 9999."""
    return _YEAR_1 < at < _LAST - DAY


def local_clock(at: int, zone: ZoneInfo) -> dt.datetime:
    """The local clock at an instant, without zone, with its fold.

    Raises OverflowError for an instant outside the years 1 to 9999.
    """
    utc = (_EPOCH + dt.timedelta(microseconds=at)).replace(tzinfo=zone)
    return zone.fromutc(utc).replace(tzinfo=None)


def rfc3339(at: int) -> str | None:
    """An instant as RFC 3339 in UTC, with a fraction only when it is not zero; None for an open end.

    An instant outside the years 1 to 9999, which an offset can give, counts as an open end.

    >>> rfc3339(1_500_000)
    '1970-01-01T00:00:01.500000Z'
    """
    if not BEGINNING < at < END:
        return None
    try:
        return (_EPOCH + dt.timedelta(microseconds=at)).isoformat() + "Z"
    except OverflowError:
        return None


# --- Extended Date/Time Format, levels 0 and 1 (Library of Congress, ISO 8601-2:2019) ----------------

_STAMP = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[Tt ](?P<clock>\d\d:\d\d)(?P<sec>:\d\d(?P<frac>[.,]\d{1,9})?)?"
    r"(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)
_DATE = re.compile(r"(?P<y>\d{4}|\d{3}X|\d{2}XX)(?:-(?P<m>\d\d|XX)(?:-(?P<d>\d\d|XX))?)?", re.ASCII)
_SEASONS = {21: (3, 3), 22: (6, 3), 23: (9, 3), 24: (12, 3)}


@dataclass(frozen=True, slots=True)
class When:
    """A date or time as written: `.interval(zone)` says when that is.

    >>> day = When.parse("2025-11-06").interval(ZoneInfo("UTC"))
    >>> day.latest - day.earliest == DAY - 1
    True
    """

    text: str
    first: dt.datetime | int | None  # local clock, or an instant where an offset was given; None: open
    after: dt.datetime | int | None  # the first moment after it, or the instant itself where `exact`
    exact: bool

    @staticmethod
    def parse(text: str) -> When:
        """Read EDTF level 0 or 1; raises ValueError that says what is wrong and what would be right.

        `~` and `%` widen by one unit of the precision on each side; `?` does not. Clock times may
        leave out seconds and zone; without a zone they are local.
        """
        return _parse_when(text)

    def interval(self, zone: ZoneInfo) -> Interval:
        """The instants it may be, local times read on the clock of `zone`."""
        if self.exact:
            assert self.first is not None
            assert self.after is not None
            first, after = _both(self.first, zone), _both(self.after, zone)
            return Interval(min(first), max(after))
        earliest = BEGINNING if self.first is None else _at(self.first, zone, 0)
        latest = END if self.after is None else _last(self.after, zone)
        return Interval(earliest, max(earliest, latest))


def _at(point: dt.datetime | int, zone: ZoneInfo, fold: int) -> int:
    return point if isinstance(point, int) else instant(point.replace(fold=fold), zone)


def _both(point: dt.datetime | int, zone: ZoneInfo) -> tuple[int, int]:
    """The two instants of a clock time shown twice, or skipped when the clock is put forward."""
    return _at(point, zone, 0), _at(point, zone, 1)


def _last(after: dt.datetime | int, zone: ZoneInfo) -> int:
    """The last instant before `after`: of a clock time shown twice, the second."""
    return after - 1 if isinstance(after, int) else _at(after - dt.timedelta(microseconds=1), zone, 1)


@lru_cache(maxsize=4_096)
def _parse_when(text: str) -> When:
    if len(text) > 80:
        msg = "a date is at most 80 characters long"
        raise ValueError(msg)
    if "/" not in text:
        return _part(text)
    start, _, end = text.partition("/")
    if "/" in end or end.startswith("P"):
        msg = f"{text!r} is not a date or an interval of two dates, such as 2025-10-18/2025-10-19"
        raise ValueError(msg)
    first = _part(start) if start not in ("", "..") else None
    last = _part(end) if end not in ("", "..") else None
    if first is None and last is None:
        msg = f"{text!r} says nothing: at least one end must be a date"
        raise ValueError(msg)
    low, high = first.first if first else None, _exclusive(last) if last else None
    utc = ZoneInfo("UTC")
    if (
        low is not None
        and high is not None
        and _at(low, utc, 0) >= _at(high, utc, 0) + (0 if isinstance(low, int) is isinstance(high, int) else DAY)
    ):
        msg = f"{text!r} ends before it starts"
        raise ValueError(msg)
    return When(text, low, high, exact=False)


def _exclusive(part: When) -> dt.datetime | int | None:
    """The first moment after a part: an exact instant includes itself."""
    if not part.exact or part.after is None:
        return part.after
    return part.after + 1 if isinstance(part.after, int) else part.after + dt.timedelta(microseconds=1)


def _part(text: str) -> When:
    bare, mark = (text[:-1], text[-1]) if text[-1:] in ("?", "~", "%") else (text, "")
    wide = mark in ("~", "%")
    try:
        if stamp := _STAMP.fullmatch(bare):
            return _stamp(text, stamp, wide=wide)
        if date := _DATE.fullmatch(bare):
            return _date(text, date, wide=wide)
    except (ValueError, OverflowError) as error:
        msg = f"{text!r} is not a possible date: {error}"
        raise ValueError(msg) from None
    msg = f"{text!r} is not a date: write 2025-11-06, 2025-11, 2025-11-06T18:10:00+05:00 or 2025-10-18/2025-10-19"
    raise ValueError(msg)


def _stamp(text: str, m: re.Match[str], *, wide: bool) -> When:
    seconds = (m["sec"] or ":00").replace(",", ".")
    whole, _, fraction = seconds.partition(".")
    if m["clock"] >= "24:00":  # which Python 3.13 would take for the next day, and 3.12 would not
        msg = "the clock goes from 00:00 to 23:59"
        raise ValueError(msg)
    moment = dt.datetime.fromisoformat(f"{m['day']}T{m['clock']}{whole}")
    moment += dt.timedelta(microseconds=int(fraction[:6].ljust(6, "0")))
    point: dt.datetime | int = moment
    if zone := m["zone"]:
        digits = zone[1:].replace(":", "").ljust(4, "0")
        if digits[2:] >= "60" or digits > "2359":
            msg = f"{zone} is not an offset from UTC"
            raise ValueError(msg)
        shift = 0 if zone in "Zz" else (int(digits[:2]) * 60 + int(digits[2:])) * 60 * SECOND
        point = _micros(moment) + (shift if zone[0] == "-" else -shift)
    if not wide:
        return When(text, point, point, exact=True)
    unit = dt.timedelta(seconds=1) if m["sec"] else dt.timedelta(minutes=1)
    if isinstance(point, int):
        step = unit // dt.timedelta(microseconds=1)
        return When(text, point - step, point + step, exact=True)
    return When(text, point - unit, point + unit, exact=True)


def _date(text: str, m: re.Match[str], *, wide: bool) -> When:
    year, month, day = m["y"], m["m"], m["d"]
    years = 10 ** year.count("X")
    first = dt.datetime(int(year.replace("X", "0")), 1, 1)  # noqa: DTZ001 - local clock
    span = unit = relativedelta(years=years)
    if month and month.isdigit() and years == 1:
        first, unit = _month(first, int(month), bare=day is None)
        span = unit
        if day and day.isdigit():
            first, span = first.replace(day=int(day)), relativedelta(days=1)
        unit = relativedelta(days=1) if day else unit
    elif (month and month.isdigit()) or (day and day.isdigit()):
        msg = "a known month or day after an unknown year or month is beyond level 1"
        raise ValueError(msg)
    if day == "XX" and month and month.isdigit():
        span = relativedelta(months=1)
    if wide:
        first, span = first - unit, span + unit + unit
    try:
        after: dt.datetime | None = first + span
    except (ValueError, OverflowError):
        after = None
    return When(text, first, after, exact=False)


def _month(first: dt.datetime, month: int, *, bare: bool) -> tuple[dt.datetime, relativedelta]:
    if bare and month in _SEASONS:
        start, length = _SEASONS[month]
        return first.replace(month=start), relativedelta(months=length)
    return first.replace(month=month), relativedelta(months=1)


# --- ISO 8601 durations ---------------------------------------------------------------------------

_BUSINESS = re.compile(r"P(\d{1,4})B", re.ASCII)
_DURATION = re.compile(
    r"P(?:(?P<y>\d+)Y)?(?:(?P<mo>\d+)M)?(?:(?P<w>\d+)W)?(?:(?P<d>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<mi>\d+)M)?(?:(?P<s>\d+)(?:[.,](?P<f>\d{1,6}))?S)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Duration:
    """An ISO 8601 duration: calendar months and days on the local clock, then elapsed microseconds.

    A number of business days stands alone: the same clock time on the nth business day after.

    >>> karachi = ZoneInfo("Asia/Karachi")
    >>> Duration.parse("PT10S").after(0, karachi)
    10000000
    >>> rfc3339(Duration.parse("P5B").after(0, karachi))  # from a Thursday to a Thursday
    '1970-01-08T00:00:00Z'
    """

    text: str
    months: int = 0
    days: int = 0
    micros: int = 0
    business: int = 0
    calendar: Calendar = Calendar()

    @staticmethod
    def parse(text: str, calendar: Calendar = Calendar()) -> Duration:  # noqa: B008 - a frozen value
        """Read a duration such as P30D, P1Y2M, PT48H, P5B; raises ValueError saying what would be right."""
        if business := _BUSINESS.fullmatch(text):
            return Duration(text, business=int(business[1]), calendar=calendar)
        match = _DURATION.fullmatch(text) if len(text) <= 60 else None
        if match is None or not any(match.groups()) or text.endswith("T"):
            msg = f"{text!r} is not an ISO 8601 duration such as P30D, P1M or PT48H"
            raise ValueError(msg)
        n = {k: int(v or 0) for k, v in match.groupdict().items() if k != "f"}
        if max(n.values()) > 10_000_000_000:
            msg = f"{text!r} is longer than any calendar"
            raise ValueError(msg)
        fraction = int((match["f"] or "").ljust(6, "0") or 0)
        return Duration(
            text,
            12 * n["y"] + n["mo"],
            7 * n["w"] + n["d"],
            ((n["h"] * 60 + n["mi"]) * 60 + n["s"]) * SECOND + fraction,
        )

    def after(self, at: int, zone: ZoneInfo) -> int:
        """The instant this long after `at`; an end that no calendar reaches is `END`."""
        if not _YEAR_1 < at < END:
            return at
        if self.months or self.days or self.business:
            try:
                clock = local_clock(at, zone)
                if self.business:
                    day = self.calendar.after(clock.date(), self.business)
                    clock = dt.datetime.combine(day, clock.time())
                if self.months:
                    clock += relativedelta(months=self.months)
                at = instant(clock + dt.timedelta(days=self.days), zone)
            except (ValueError, OverflowError):
                return END
        return at + self.micros if at + self.micros <= _LAST else END

    def times(self, number: int) -> Duration:
        """The duration so many times: counted at once, months do not lose days on the way."""
        return Duration(
            self.text,
            self.months * number,
            self.days * number,
            self.micros * number,
            self.business * number,
            self.calendar,
        )


NO_TIME = Duration("P0D")
