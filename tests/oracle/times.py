"""Text of a date, an interval, an instant or a duration comes in; integer microseconds UTC go out.

Only what the generated family needs: days, `day/day` with open ends, RFC 3339 instants, and
durations of weeks, days, hours, minutes and seconds. The zone is UTC, so a day is always 24 hours
and every duration is a fixed number of microseconds: sums of times stay linear.
"""

import re
from datetime import UTC, date, datetime, timedelta

Bound = int | float
"""An instant, or minus or plus infinity where an end is open."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY = 86_400_000_000
INFINITY = float("inf")
DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$")
UNITS = (7 * DAY, DAY, 3_600_000_000, 60_000_000, 1_000_000)


def interval(value: object) -> tuple[Bound, Bound]:
    """The earliest and the latest instant that a written time may mean (§4)."""
    if isinstance(value, int):
        return value, value
    text = value.isoformat() if isinstance(value, date) else str(value)
    if "/" in text:
        first, last = text.split("/")
        return (
            -INFINITY if first in ("", "..") else interval(first)[0],
            INFINITY if last in ("", "..") else interval(last)[1],
        )
    moment = datetime.fromisoformat(text)
    start = (moment.replace(tzinfo=moment.tzinfo or UTC) - EPOCH) // MICROSECOND
    return (start, start) if "T" in text else (start, start + DAY - 1)


def earliest(value: object) -> Bound:
    return interval(value)[0]


def latest(value: object) -> Bound:
    """Bounds include their ends, and so do `as_of`, `known_at` and `reported` given as dates."""
    return interval(value)[1]


def last_of_day(at: Bound) -> Bound:
    return at if at in (INFINITY, -INFINITY) else at - at % DAY + DAY - 1


def is_duration(value: object) -> bool:
    return isinstance(value, str) and value.startswith("P")


def duration(text: str) -> int:
    found = DURATION.match(text)
    if not found or text in ("P", "PT"):
        raise ValueError(f"not a duration the oracle reads: {text!r}")
    return sum(int(n) * unit for n, unit in zip(found.groups(), UNITS, strict=True) if n)
