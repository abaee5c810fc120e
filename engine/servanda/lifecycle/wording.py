"""Times and delays in words: instants come in, local dates, clock times and ISO 8601 delays go out."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from servanda.model.moments import BEGINNING, END, SECOND, Interval, instant, local_clock, sayable
from servanda.model.verdict import Progress

_DAY_LAST = dt.time(23, 59, 59, 999_999)


def clock(at: int, zone: ZoneInfo) -> str:
    """An instant on the local clock: a date where it is a day's last instant, else date, time and offset.

    >>> clock(86_399_999_999, ZoneInfo("UTC"))
    '1970-01-01'
    """
    if not sayable(at):
        return "the beginning" if at < 0 else "the end of time"
    local = local_clock(at, zone)
    if local.time() == _DAY_LAST:
        return local.date().isoformat()
    shown = local.replace(tzinfo=zone)
    fine = "auto" if shown.second or shown.microsecond else "minutes"
    return shown.isoformat(timespec=fine)


def span(time: Interval, zone: ZoneInfo) -> str:
    """An interval in words: one date where it is a day, one time where it is an instant.

    >>> span(Interval(0, 86_399_999_999), ZoneInfo("UTC"))
    '1970-01-01'
    """
    if time.earliest == time.latest:
        return clock(time.latest, zone)
    if time.earliest <= BEGINNING:
        return f"at or before {clock(time.latest, zone)}"
    first = opening(time.earliest, zone)
    if time.latest >= END:
        return f"{first} or later"
    last = clock(time.latest, zone)
    return first if first == last else f"{first} to {last}"


def opening(at: int, zone: ZoneInfo) -> str:
    """An instant at which something opens: a date where it is a day's first instant.

    >>> opening(0, ZoneInfo("UTC"))
    '1970-01-01'
    """
    if not sayable(at):
        return clock(at, zone)
    local = local_clock(at, zone)
    return local.date().isoformat() if local.time() == dt.time(0) else clock(at, zone)


def delay_between(since: Interval, at: Interval, zone: ZoneInfo) -> str:
    """How long after a violation it was cured: whole days where both are dates, else elapsed time.

    Where the times are open, it is counted between the latest of each.

    >>> day = 86_400_000_000
    >>> delay_between(Interval(day - 1, day - 1), Interval(2 * day, 3 * day - 1), ZoneInfo("UTC"))
    'P2D'
    """
    start, end = since.latest, at.latest
    if not (sayable(start) and sayable(end)):
        return "P0D"
    first, last = local_clock(start, zone), local_clock(end, zone)
    if first.time() == _DAY_LAST:
        if last.time() == _DAY_LAST:
            return f"P{max((last.date() - first.date()).days, 0)}D"
        start = instant(first + dt.timedelta(microseconds=1), zone)
    return _iso(max(end - start, 0))


def progress_words(progress: Progress) -> str:
    """How much of a quantity was done.

    >>> progress_words(Progress(600, 700, 1000))
    '600 to 700 of 1000 done (60 to 70 %)'
    """
    low, high = progress.percent
    if progress.high is None:
        return f"{progress.low} or more of {progress.of} done ({low} % or more)"
    if progress.low == progress.high:
        return f"{progress.low} of {progress.of} done ({low} %)"
    return f"{progress.low} to {progress.high} of {progress.of} done ({low} to {high} %)"


def _iso(micros: int) -> str:
    seconds, fraction = divmod(micros, SECOND)
    days, seconds = divmod(seconds, 86_400)
    hours, seconds = divmod(seconds, 3_600)
    minutes, seconds = divmod(seconds, 60)
    date = f"{days}D" if days else ""
    second = f"{seconds}.{fraction:06d}".rstrip("0").rstrip(".") if fraction else str(seconds)
    time = "".join(f"{n}{u}" for n, u in ((hours, "H"), (minutes, "M")) if n)
    time += f"{second}S" if second != "0" else ""
    if not date and not time:
        return "PT0S"
    return "P" + date + ("T" + time if time else "")
