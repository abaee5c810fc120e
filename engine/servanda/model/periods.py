"""Periods: `every` and a time up to which they are wanted come in, intervals in their order go out.

Durations are counted from the anchor at once (the third month is three months after it, so that
months do not lose days on the way); rules are read as RFC 5545 has it, on the local clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from servanda.errors import TooMuchError
from servanda.model.clauses import Every
from servanda.model.moments import END, instant, local_clock

if TYPE_CHECKING:
    from dateutil.rrule import rrule

MOST = 10_000


@dataclass(frozen=True, slots=True)
class Period:
    """One period of a clause under `every`: from its first instant until before `until`."""

    index: int
    start: int
    until: int


def periods(every: Every, last: int, end: int, zone: ZoneInfo) -> Iterator[Period]:
    """The periods begun by `last`, none after `end`, the clause's last instant, at which the last is cut.

    Raises TooMuchError where there are more than 10,000.

    >>> from servanda.model.moments import DAY, Duration
    >>> weekly = Every("P7D", Duration.parse("P7D"), 0)
    >>> [period.until // DAY for period in periods(weekly, 10 * DAY, END, ZoneInfo("UTC"))]
    [7, 14]
    """
    for index, (start, until) in enumerate(_spans(every, min(last, end), zone)):
        if index >= MOST:
            msg = f"every {every.text!r} begins more than {MOST} periods: let the clause begin later, or assess earlier"
            raise TooMuchError(msg)
        yield Period(index, start, min(until, end + 1) if end < END else until)


def _spans(every: Every, last: int, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    if every.duration is None:
        yield from _by_rule(every, last, zone)
        return
    start, number = every.anchor, 0
    while start <= last:
        number += 1
        until = every.duration.times(number).after(every.anchor, zone)
        if until <= start:  # beyond what the calendar reaches
            return
        yield start, until
        start = until


def _by_rule(every: Every, last: int, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    rule = rule_of(every.text, every.anchor, zone)
    endless = rule.replace(count=None, until=None)
    for begun in rule:
        start = instant(begun, zone)
        if start > last:
            return
        after = endless.after(begun)
        yield start, END if after is None else instant(after, zone)


def rule_of(text: str, anchor: int, zone: ZoneInfo) -> rrule:
    """The rule, counting from the anchor on the local clock; raises ValueError for what is none."""
    from dateutil.rrule import rrule, rrulestr

    rule = rrulestr(text, dtstart=local_clock(anchor, zone).replace(fold=0), ignoretz=True)
    if not isinstance(rule, rrule):
        msg = "one rule is needed"
        raise ValueError(msg)  # noqa: TRY004 - the text is what is wrong
    return rule
