"""What lies ahead comes in; an iCalendar file (RFC 5545) with an event for each deadline goes out.

The same input gives the same bytes, and the event of an instance keeps its UID: a calendar that the file is
read into again changes its events, and does not double them.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vText

from servanda.explain.ahead import Deadline, Outlook
from servanda.lifecycle.wording import clock
from servanda.model.agreement import Agreement
from servanda.model.moments import Interval, local_clock, sayable
from servanda.model.verdict import Assessment
from servanda.render.compare import title_of
from servanda.render.due import doubt_words, owed_words
from servanda.render.words import DAY_LAST, cause_words, clean, day_words, people, verdict_words

_NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "servanda:due")


def ics_text(outlooks: Sequence[Outlook], agreements: Mapping[str, Agreement]) -> str:
    """The calendar of all deadlines; one of which neither end is known has no event."""
    calendar = Calendar()
    calendar.add("prodid", "-//Servanda//servanda due//EN")
    calendar.add("version", "2.0")
    names = dict.fromkeys(agreements[one.assessment.agreement].title for one in outlooks)
    calendar.add("x-wr-calname", vText(clean(", ".join(names))))
    for outlook in outlooks:
        for event in _events(outlook, agreements[outlook.assessment.agreement]):
            calendar.add_component(event)
    return str(calendar.to_ical(sorted=False).decode("utf-8"))


def _events(outlook: Outlook, agreement: Agreement) -> Iterator[Event]:
    for one in outlook.deadlines:
        when = _when(one.due, agreement.zone)
        if when is None:
            continue
        event, of = Event(), outlook.assessment
        event.add("uid", _uid(one, of))
        event.add("dtstamp", _utc(of.known_at))
        event.add("dtstart", when[0])
        if when[1] != when[0]:
            event.add("dtend", when[1])
        event.add("summary", _summary(one) + (f" [{clean(of.view)}]" if of.view != "neutral" else ""))
        event.add("description", "\n".join(clean(line) for line in _description(one, of, agreement)))
        event.add("status", "CONFIRMED" if len(one.instance.statuses) == 1 else "TENTATIVE")
        event.add("transp", "TRANSPARENT")
        yield event


def _uid(one: Deadline, of: Assessment) -> str:
    """A name that stays while evidence comes in: of the instance, in this agreement and view."""
    return str(uuid.uuid5(_NAMES, json.dumps([of.agreement, of.view, *one.instance.key])))


def _when(due: Interval, zone: ZoneInfo) -> tuple[dt.date, dt.date] | None:
    """From when until when (excluded): whole days where the deadline is the end of a day, else instants."""
    ends = [at for at in due if sayable(at)]
    if not ends:
        return None
    first, last = local_clock(ends[0], zone), local_clock(ends[-1], zone)
    if last.time() == DAY_LAST and first.time() in (dt.time(0), DAY_LAST):
        return first.date(), last.date() + dt.timedelta(days=1)
    return _utc(ends[0]), _utc(ends[-1])


def _utc(at: int) -> dt.datetime:
    """An instant to the second, as iCalendar has it."""
    return local_clock(at, ZoneInfo("UTC")).replace(microsecond=0, tzinfo=dt.UTC)


def _summary(one: Deadline) -> str:
    perhaps = "perhaps " if len(one.instance.statuses) > 1 else ""
    return clean(f"{perhaps}{one.kind}: {people(one.instance.bearer)}, {one.instance.clause}: {one.owed}")


def _description(one: Deadline, of: Assessment, agreement: Agreement) -> Iterator[str]:
    if one.text is not None:
        yield one.text
    yield from owed_words(one)
    cause = cause_words(one.instance, agreement.zone)
    if cause:
        yield f"{'in' if one.instance.period else 'after'} {cause}"
    yield f"due {day_words(one.due, agreement.zone)}"
    if one.kind == "overdue" and one.grace_over is not None:
        yield f"grace until {day_words(one.grace_over, agreement.zone)}"
    yield f"verdict: {verdict_words(one.instance)}"
    yield from doubt_words(one)
    as_of, known_at = (clock(at, agreement.zone) for at in (of.as_of, of.known_at))
    yield f"{title_of(agreement)}, as of {as_of}, known at {known_at} ({agreement.zone.key}), view: {of.view}"
