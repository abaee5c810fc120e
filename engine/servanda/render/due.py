"""What lies ahead comes in; the table and the plain data of `servanda due` go out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from rich.console import RenderableType
from rich.table import Table

from servanda.explain.ahead import KINDS, Coming, Deadline, Kind, Outlook
from servanda.lifecycle.wording import clock, delay_between, progress_words
from servanda.model.agreement import Agreement
from servanda.model.moments import DAY, SECOND, Duration, Interval, local_clock, rfc3339, sayable
from servanda.render.compare import counted_of
from servanda.render.data import Data, diagnostic_data, instance_data, interval_data
from servanda.render.differences import difference_data, differences_table, head
from servanda.render.grid import MOST_ROWS, caused, cell, cells, column, held, page, room, table, text, verdict
from servanda.render.words import DAY_LAST, day_words, people, plural, why_words

_SHOWN = ("clause", "bearer", "trigger", "period", "status", "possible", "because", "progress")
_UNITS = (("day", DAY), ("hour", 3_600 * SECOND), ("minute", 60 * SECOND))


def json_text(outlooks: Sequence[Outlook], agreements: Mapping[str, Agreement]) -> str:
    """What lies ahead, as JSON text."""
    found = [_outlook(one, agreements[one.assessment.agreement].zone) for one in outlooks]
    whole: Data = {"servanda": 1} | (found[0] if len(found) == 1 else {"outlooks": found})
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _outlook(one: Outlook, zone: ZoneInfo) -> Data:
    of = one.assessment
    return {
        "agreement": of.agreement,
        "as_of": rfc3339(of.as_of),
        "known_at": rfc3339(of.known_at),
        "view": of.view,
        "deadlines": [_deadline(deadline, of.as_of, zone) for deadline in one.deadlines],
        "silent": None
        if one.until is None
        else {"until": rfc3339(one.until), "differences": [_coming(each) for each in one.coming]},
        "diagnostics": [diagnostic_data(note) for note in of.diagnostics],
        "rejected": of.rejected,
        "set_aside": of.set_aside,
    }


def _deadline(one: Deadline, as_of: int, zone: ZoneInfo) -> Data:
    data = instance_data(one.instance)
    least, most = _apart(one.kind, one.due, as_of, zone)
    remaining = {"least": least, "most": most}
    ahead = one.kind == "due"
    return {
        "kind": one.kind,
        "due": interval_data(one.due),
        "left": remaining if ahead else None,
        "late": None if ahead else remaining,
        "grace_over": one.grace_over and interval_data(one.grace_over),
        "owed": one.owed,
        "text": one.text,
        "toward": list(one.toward),
        "requires": one.requires,
        **{key: data[key] for key in _SHOWN},
    }


def _coming(one: Coming) -> Data:
    times = {"at": one.at and interval_data(one.at), "grace_over": one.grace_over and interval_data(one.grace_over)}
    return difference_data(one.difference) | times


def _apart(kind: Kind, due: Interval, as_of: int, zone: ZoneInfo) -> tuple[str | None, str | None]:
    """How long it is from `as_of` to the deadline, or since then: at least and at most, None without an end."""
    if kind == "due":
        return _between(as_of, due.earliest, zone), _between(as_of, due.latest, zone)
    return _between(due.latest, as_of, zone), _between(due.earliest, as_of, zone)


def _between(start: int, end: int, zone: ZoneInfo) -> str | None:
    """How long it is from one instant to another, in whole days between the ends of days; nothing backwards."""
    if end < start:
        return "P0D"
    if not (sayable(start) and sayable(end)):
        return None
    whole = local_clock(end, zone).time() == DAY_LAST and local_clock(start, zone).time() != DAY_LAST
    return delay_between(Interval(start, start), Interval(end + whole, end + whole), zone)


# --- the table --------------------------------------------------------------------------------------------


def table_text(outlooks: Sequence[Outlook], agreements: Mapping[str, Agreement], *, colours: bool) -> str:
    """What lies ahead, one table for each agreement and view, and one for what silence would bring."""

    def parts(width: int) -> Iterator[RenderableType]:
        for number, one in enumerate(outlooks):
            if number:
                yield text("")
            yield from _parts(one, agreements[one.assessment.agreement], width)

    return page(parts, colours=colours)


def _parts(one: Outlook, agreement: Agreement, width: int) -> Iterator[RenderableType]:
    yield from head(one.assessment, agreement)
    if one.deadlines:
        yield _deadlines(one, agreement, width)
    yield from _rest(len(one.deadlines))
    counts = Counter(deadline.kind for deadline in one.deadlines)
    told = ", ".join(f"{counts[kind]} {kind}" for kind in KINDS if counts[kind])
    yield text(told or "nothing falls due, and nothing is overdue")
    if one.until is not None:
        yield text(f"if nothing more is reported until {clock(one.until, agreement.zone)}:", "bold")
        if one.coming:
            found = [each.difference for each in one.coming]
            when = [held(_happens(each, agreement.zone)) for each in one.coming]
            yield differences_table(found, agreement, ("now", "then"), width, when)
        else:
            yield text("no verdict changes")
        yield from _rest(len(one.coming))
    if counted := counted_of(one.assessment):
        yield text(counted, "yellow")


def _rest(number: int) -> Iterator[RenderableType]:
    if number > MOST_ROWS:
        yield text(f"... and {plural(number - MOST_ROWS, 'more instance')}; --format json has them all", "dim")


def _deadlines(outlook: Outlook, agreement: Agreement, width: int) -> Table:
    shown, as_of = outlook.deadlines[:MOST_ROWS], outlook.assessment.as_of
    when = column("when", [cells(held(when_words(one, as_of, agreement.zone))) for one in shown])
    owed = [cells(owed_words(one)) for one in shown]
    verdicts = [(*verdict(one.instance), *cells(doubt_words(one))) for one in shown]
    columns = [
        when,
        column("clause", [caused(one.instance, agreement) for one in shown]),
        column("bearer", [cell(people(one.instance.bearer)) for one in shown]),
        column("what is owed", owed),
        column("verdict", verdicts),
    ]
    if sum(one.needs.word for one in columns) > room(len(columns), width):
        columns = [
            when,
            column("clause, bearer", [caused(one.instance, agreement, bearer=True) for one in shown]),
            column("what is owed, verdict", [(*one, *two) for one, two in zip(owed, verdicts, strict=True)]),
        ]
    return table(columns, [one.kind for one in shown], width)


def when_words(one: Deadline, as_of: int, zone: ZoneInfo) -> list[str]:
    """When it is due, how long that is from `as_of`, and when its grace is over while that runs."""
    last = Interval(one.due.latest, one.due.latest)
    due = last if day_words(one.due, zone) == day_words(last, zone) else one.due  # one day, whenever on it
    lines = [
        day_words(due, zone),
        f"{_range(*_apart(one.kind, due, as_of, zone))} {'left' if one.kind == 'due' else 'late'}",
    ]
    if one.kind == "overdue" and one.grace_over is not None:
        lines.append(f"grace until {day_words(one.grace_over, zone)}")
    return lines


def owed_words(one: Deadline) -> list[str]:
    """What is owed, how much of it was done, and what it depends on."""
    lines = [one.owed]
    if one.instance.progress is not None:
        lines.append(progress_words(one.instance.progress))
    if one.requires is not None:
        lines.append(f"if {one.requires} is fulfilled by then")
    return lines


def doubt_words(one: Deadline) -> list[str]:
    """Why it is open whether it is owed."""
    return why_words(replace(one.instance, evidence=(), coverage=None, progress=None))


def _happens(one: Coming, zone: ZoneInfo) -> list[str]:
    lines = [] if one.at is None else [day_words(one.at, zone)]
    return lines if one.grace_over is None else [*lines, f"grace until {day_words(one.grace_over, zone)}"]


def _range(least: str | None, most: str | None) -> str:
    """A length known to lie between two.

    >>> _range("P1D", "P5D"), _range("PT7H", "P1D"), _range("P0D", "P5D"), _range("P1D", "P1D"), _range("P1D", None)
    ('1 to 5 days', '7 hours to 1 day', 'up to 5 days', '1 day', '1 day or more')
    """
    if least is None or (least == "P0D" and most is None):
        return "an unknown time"
    first = _long(least)
    if most is None:
        return f"{first} or more"
    last = _long(most)
    if first == last:
        return first
    if least == "P0D":
        return f"up to {last}"
    number, _, unit = first.partition(" ")
    same = unit.rstrip("s") == last.partition(" ")[2].rstrip("s")
    return f"{number if same else first} to {last}"


def _long(duration: str) -> str:
    """A length in its largest unit, rounded down."""
    length = Duration.parse(duration)
    micros = length.days * DAY + length.micros
    for unit, size in _UNITS:
        if micros >= size:
            return plural(micros // size, unit)
    return "less than a minute"
