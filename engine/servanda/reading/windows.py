"""The times of a clause: a body comes in, its window, periods and grace as fields of a clause go out."""

from __future__ import annotations

from typing import Any

from servanda.model.clauses import Every
from servanda.model.moments import Duration
from servanda.reading.agreement_file import ReadingEntry
from servanda.reading.body import Body
from servanda.reading.recurrence import check_rule
from servanda.reading.times import read_duration, read_earliest, read_latest, read_until, read_when


def read_window(body: Body) -> dict[str, Any]:
    """`on`, `by`, `from`, `until`, `within` and `grace`."""
    entry, node = body.entry, body.node
    zone, complaints = body.frame.agreement.zone, body.frame.complaints
    start = by = on = None
    if entry.start is not None:
        start = read_earliest(entry.start, node.at("from"), zone, complaints)
    if entry.by is not None:
        by = read_latest(entry.by, node.at("by"), zone, complaints)
    if entry.on is not None:
        on = read_when(entry.on, node.at("on"), zone, complaints)
    return {
        "on": on,
        "by": by,
        "start": start,
        "until": _until(body, start),
        "lasting": _lasting(body),
        "within": _within(body),
        "grace": duration_of(body, entry.grace, "grace"),
    }


def read_every(body: Body, start: int | None) -> Every | None:
    """`every`: the periods, anchored at `from` or the term's start."""
    text = body.entry.every if isinstance(body.entry, ReadingEntry) else None
    if text is None:
        return None
    if body.said("when"):
        message = "'every' does not go with 'when': its periods are counted from `from` or the term's start"
        body.wrong_key("A415", "every", message, "leave one of the two out; `while` makes a clause hold at times only")
        return None
    anchor = start if start is not None else body.frame.term_start
    if anchor is None:
        if not body.said("from"):
            _no_start(body, "every", f"the periods of {text} begin at a start that is not said")
        return None
    node, frame = body.node.at("every"), body.frame
    if not text.startswith(("P", "-P")):
        if not check_rule(text, anchor, frame.agreement.zone, node, frame.complaints):
            return None
        return Every(text, None, anchor)
    duration = duration_of(body, text, "every")
    if duration is not None and duration.after(anchor, frame.agreement.zone) <= anchor:
        body.wrong("A302", node, "a period takes some time", "write a duration such as P1M")
        return None
    return None if duration is None else Every(text, duration, anchor)


def duration_of(body: Body, text: str | None, *path: str) -> Duration | None:
    """A duration said under a key."""
    if text is None:
        return None
    return read_duration(text, body.node.at(*path), body.frame.complaints, body.frame.calendar)


def _until(body: Body, start: int | None) -> int | None:
    text = body.entry.until
    if text is None or (body.triggered and text.startswith("P")):
        return None
    frame, counted_from = body.frame, start if start is not None else body.frame.term_start
    until = read_until(
        text, counted_from, body.node.at("until"), frame.agreement.zone, frame.complaints, frame.calendar
    )
    if text.startswith("P") and counted_from is None and not body.said("from"):
        _no_start(body, "until", f"{text} is counted from a start that is not said")
    return until


def _lasting(body: Body) -> Duration | None:
    """`until` a duration after the trigger."""
    text = body.entry.until
    return duration_of(body, text, "until") if text and text.startswith("P") and body.triggered else None


def _within(body: Body) -> Duration | None:
    duration = duration_of(body, body.entry.within, "within")
    counted = body.triggered or body.said("every") or body.frame.term_start is not None
    if duration is not None and not counted:
        _no_start(body, "within", f"{body.entry.within} is counted from the start of a term that is not said")
    return duration


def _no_start(body: Body, key: str, message: str) -> None:
    if not body.frame.term_unclear:
        remedy = "add `from:` to the term" + (", or `when:` to the clause" if key == "within" else ", or to the clause")
        body.wrong("A305", body.node.at(key), message, remedy)
