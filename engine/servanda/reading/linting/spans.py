"""When a clause asks for something: a body comes in, the earliest and latest instants that can count go out.

What a trigger moves is left out: these are the limits that the file itself sets.
"""

from __future__ import annotations

from servanda.model.agreement import Agreement
from servanda.model.moments import BEGINNING, END, Interval
from servanda.reading.linting.subject import Body

Limit = tuple[int, str]


def opening(body: Body, agreement: Agreement) -> int:
    """The first instant that can count."""
    clause = body.clause
    anchor = clause.every.anchor if clause.every else BEGINNING
    on = clause.on.earliest if clause.on else BEGINNING
    return max(agreement.term.earliest, clause.start or BEGINNING, on, anchor)


def limits(body: Body, agreement: Agreement) -> list[Limit]:
    """When the window may end, with the key that says so; the term has none."""
    clause, term = body.clause, agreement.term
    said: list[Limit] = []
    if clause.by is not None:
        said.append((clause.by, "by"))
    if clause.on is not None:
        said.append((clause.on.latest, "on"))
    if clause.within is not None and not body.triggered and clause.every is None:
        said.append((clause.within.after(term.earliest, agreement.zone), "within"))
    if clause.every is not None:  # the last period is cut there
        return [*said, *([(clause.until, "until")] if clause.until is not None else []), (term.latest, "")]
    dated = bool(said) or (clause.within is not None and clause.duty == "must")
    # A power may be exercised until its own end, though the term be over.
    bounded = clause.duty not in ("must", "can")
    if clause.until is not None and (clause.duty != "must" or not dated):
        said.append((clause.until, "until"))
    if bounded or not (said or dated):
        said.append((term.latest, ""))
    return said or [(END, "")]


def closing(body: Body, agreement: Agreement) -> Limit:
    """The last instant that can count, with the key that says so."""
    return min(limits(body, agreement))


def span(body: Body, agreement: Agreement) -> Interval | None:
    """All that can count; None where nothing can."""
    start, end = opening(body, agreement), closing(body, agreement)[0]
    return Interval(start, end) if start <= end else None
