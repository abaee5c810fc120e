"""Times of a file: dates and durations as written come in, instants and complaints go out."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from servanda.model.calendars import Calendar
from servanda.model.moments import ALWAYS, BEGINNING, END, Duration, Interval, When
from servanda.reading.agreement_file import TermEntry
from servanda.reading.complaints import Complaints, quoted
from servanda.reading.tree import Node

_DATE_HELP = "write a date such as 2025-11-06, 2025-11 or 2025-11-06T18:10:00+05:00"


def read_zone(name: str | None, node: Node, complaints: Complaints) -> ZoneInfo:
    """The time zone of that name; UTC where none is said or none is known."""
    if name is None:
        return ZoneInfo("UTC")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        zones = sorted(available_timezones())
        by_city = {zone.rpartition("/")[2]: zone for zone in zones}
        near = complaints.nearest(name, zones) or by_city.get(complaints.nearest(name, by_city) or "")
        remedy = f"did you mean {near!r}?" if near else "write a name of the IANA database, such as Asia/Karachi"
        complaints.add("A303", node.spot, f"unknown time zone {quoted(name)}", remedy)
        return ZoneInfo("UTC")


def read_when(text: str, node: Node, zone: ZoneInfo, complaints: Complaints) -> Interval | None:
    """The interval of a date; None, and a complaint, when it is none."""
    try:
        return When.parse(text).interval(zone)
    except (ValueError, OverflowError) as error:
        message = str(error) if len(text) <= 80 else "a date is at most 80 characters long"
        complaints.add("A301", node.spot, message, _DATE_HELP)
        return None


def read_latest(text: str, node: Node, zone: ZoneInfo, complaints: Complaints) -> int | None:
    """The last instant of a date that must have one."""
    interval = read_when(text, node, zone, complaints)
    if interval is not None and interval.latest >= END:
        complaints.add("A306", node.spot, f"{quoted(text)} has no end", "write a date that ends")
        return None
    return interval.latest if interval else None


def read_earliest(text: str, node: Node, zone: ZoneInfo, complaints: Complaints) -> int | None:
    """The first instant of a date that must have one."""
    interval = read_when(text, node, zone, complaints)
    if interval is not None and interval.earliest <= BEGINNING:
        complaints.add("A306", node.spot, f"{quoted(text)} has no beginning", "write a date that begins")
        return None
    return interval.earliest if interval else None


def read_calendar(code: str | None, node: Node, complaints: Complaints) -> Calendar:
    """The calendar of business days; without a code Saturdays and Sundays are free."""
    if code is None:
        return Calendar()
    try:
        return Calendar.parse(code)
    except ValueError:
        message = f"no calendar is known by {quoted(code)}"
        complaints.add("A307", node.spot, message, "write a country's code, such as PK, or a part of it, such as DE-BY")
        return Calendar()


def read_duration(text: str, node: Node, complaints: Complaints, calendar: Calendar) -> Duration | None:
    """A duration; None, and a complaint, when it is none."""
    try:
        return Duration.parse(text, calendar)
    except ValueError as error:
        message = str(error) if len(text) <= 60 else f"{quoted(text)} is not an ISO 8601 duration"
        remedy = (
            "it cannot be negative" if text.startswith(("-", "P-")) else "write a duration such as P30D, P1M or PT48H"
        )
        complaints.add("A302", node.spot, message, remedy)
        return None


def read_until(
    text: str, start: int | None, node: Node, zone: ZoneInfo, complaints: Complaints, calendar: Calendar
) -> int | None:
    """The last instant of an `until`: that of a date, or the one before a duration is over."""
    if not text.startswith(("P", "-P")):
        return read_latest(text, node, zone, complaints)
    duration = read_duration(text, node, complaints, calendar)
    if duration is None or start is None:
        return None
    end = duration.after(start, zone)
    return end - 1 if end < END else END


def read_term(
    entry: TermEntry | None, node: Node, zone: ZoneInfo, complaints: Complaints, calendar: Calendar
) -> Interval:
    """From when until when the agreement is in force."""
    if entry is None:
        return ALWAYS
    start, until, at = None, None, node.at("until")
    if entry.start is not None:
        start = read_earliest(entry.start, node.at("from"), zone, complaints)
    if entry.until is not None and entry.until != "open":
        until = read_until(entry.until, start, at, zone, complaints, calendar)
        if entry.start is None and entry.until.startswith("P") and "from" not in node.dropped:
            message = f"the term ends {entry.until} after a start that is not said"
            complaints.add("A305", at.spot, message, "add `from:` to the term, or write a date")
    if start is not None and until is not None and until < start:
        complaints.add("A304", at.spot, "the term ends before it starts", "let `until` be later than `from`")
        return ALWAYS
    return Interval(BEGINNING if start is None else start, END if until is None else until)
