"""Dates as other people's tables write them come in, with the formats to read them by; days or instants go out.

A format is written as for strptime: `%Y-%m-%d`, `%d %B %Y`, `%m/%d/%Y %H:%M`, `%Y%m%d%H%M%S`, or `unix` for seconds
since 1970. Names of months are English, whatever the machine speaks. A clock time is UTC.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from servanda.reading.rejected import shown, wrong

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WIDE = {"Y": r"\d{4}", "f": r"\d{1,9}", "B": r"[A-Za-z]{3,9}\.?", "b": r"[A-Za-z]{3,9}\.?"}
_TWO = "mdHMS"
_UNIX = re.compile(r"-?\d{1,11}", re.ASCII)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Span(NamedTuple):
    """A time as a report writes it: from a first to a last day or instant, both included."""

    first: str
    last: str

    @property
    def text(self) -> str:
        """The time in EDTF.

        >>> Span("2015-02-14", "2015-02-15").text
        '2015-02-14/2015-02-15'
        """
        return self.first if self.first == self.last else f"{self.first}/{self.last}"


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a date; `pattern` is None for seconds since 1970."""

    pattern: re.Pattern[str] | None
    clock: bool

    def read(self, text: str) -> dt.datetime | None:
        """The time that the text says in this format, or None."""
        try:
            if self.pattern is None:
                return _EPOCH + dt.timedelta(seconds=int(text)) if _UNIX.fullmatch(text) else None
            found = self.pattern.fullmatch(text)
            return _time(found.groupdict()) if found else None
        except (ValueError, OverflowError):  # a thirteenth month, or a year beyond the calendar
            return None


def _time(parts: dict[str, str | None]) -> dt.datetime:
    name = parts.get("B") or parts.get("b")
    month = _MONTHS.index(name[:3].lower()) + 1 if name else int(parts["m"] or 0)
    hour, minute, second = (int(parts.get(key) or 0) for key in "HMS")
    micro = int((parts.get("f") or "")[:6].ljust(6, "0"))
    return dt.datetime(int(parts["Y"] or 0), month, int(parts["d"] or 0), hour, minute, second, micro, dt.UTC)


def compile_format(text: str) -> Format:
    """The format of a text; raises ValueError that says what is wrong with it.

    >>> compile_format("%d %B %Y").read("15 February 2015").isoformat()
    '2015-02-15T00:00:00+00:00'
    """
    if text == "unix":
        return Format(None, clock=True)
    literals, names = re.split("%.", text), [found[1] for found in re.finditer("%(.)", text)]
    expression = _escaped(literals[0])
    for at, name in enumerate(names):
        if (name not in _WIDE and name not in _TWO) or names.count(name) > 1:
            raise ValueError(f"{'%' + name!r} stands there twice, or is not known")
        # digits that touch others are told apart by their number only
        touches = (at > 0 and not literals[at]) or (at + 1 < len(names) and not literals[at + 1])
        digits = _WIDE.get(name) or (r"\d\d" if touches else r"\d\d?")
        expression += f"(?P<{name}>{digits}){_escaped(literals[at + 1])}"
    if not ("Y" in names and "d" in names and {"m", "B", "b"} & set(names)):
        raise ValueError("a year, a month and a day are needed")
    return Format(re.compile(expression, re.ASCII), clock="H" in names)


def _escaped(literal: str) -> str:
    return r"\s+".join(map(re.escape, re.split(r"\s+", literal)))


@lru_cache(maxsize=4096)
def read_day(text: str, formats: tuple[Format, ...], margin: int) -> Span:
    """The day of a text, widened by a number of days on each side.

    What the formats read in several ways, such as 03/04/2015, lies between the first and the last of them.
    Raises ReportError (R012) where no format fits.
    """
    days = [found.date() for form in formats if (found := form.read(text))]
    if not days:
        raise _unreadable(text)
    try:
        first, last = min(days) - dt.timedelta(days=margin), max(days) + dt.timedelta(days=margin)
    except OverflowError:
        raise _unreadable(text) from None
    return Span(first.isoformat(), last.isoformat())


@lru_cache(maxsize=4096)
def read_clock(text: str, formats: tuple[Format, ...]) -> Span:
    """The instant of a text, or its day where it says no time of day; raises ReportError (R012)."""
    found = [(form, time) for form in formats if (time := form.read(text))]
    instants = [time for form, time in found if form.clock]
    if not instants:
        return read_day(text, formats, 0)
    first, last = (f"{time.replace(tzinfo=None).isoformat()}Z" for time in (min(instants), max(instants)))
    return Span(first, last)


def _unreadable(text: str) -> Exception:
    remedy = "Correct the cell, or add its format to `dates` of the reader."
    return wrong("R012", f"{shown(text, 40)!r} is in none of the reader's date formats", remedy)
