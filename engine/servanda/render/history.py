"""A revision log comes in; a table for people, JSON or JSON Lines go out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import RenderableType
from rich.table import Table

from servanda.lifecycle.wording import clock
from servanda.model.agreement import Agreement
from servanda.model.moments import Interval, rfc3339
from servanda.model.verdict import Instance
from servanda.render.columns import Cell, Line
from servanda.render.compare import title_of
from servanda.render.data import Data, instance_data
from servanda.render.grid import MOST_ROWS, cell, column, page, table, text, verdict
from servanda.render.words import cause_words, clean, day_words, people, plural, why_words
from servanda.revisions import Revision

_WHO = ("clause", "bearer", "trigger", "period")  # keys that have the form they have in an assessment
_WHAT = ("because", "cured")


@dataclass(frozen=True)
class Shown:
    """A revision log with what it is of, as far as it is shown; `rejected` and `set_aside` count report lines."""

    agreement: Agreement
    view: str
    as_of: int | None
    known_at: int
    revisions: Sequence[Revision]
    rejected: int = 0
    set_aside: int = 0


def json_text(log: Shown) -> str:
    """The whole log, for programs."""
    data = {
        "servanda": 1,
        "agreement": log.agreement.id,
        "view": log.view,
        "as_of": None if log.as_of is None else rfc3339(log.as_of),
        "known_at": rfc3339(log.known_at),
        "revisions": [_data(one) for one in log.revisions],
        "rejected": log.rejected,
        "set_aside": log.set_aside,
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def jsonl_text(log: Shown) -> str:
    """One revision a line, saying first what it belongs to."""
    head = {"agreement": log.agreement.id, "view": log.view}
    return "".join(json.dumps(head | _data(one), ensure_ascii=False) + "\n" for one in log.revisions)


def _data(one: Revision) -> Data:
    own = instance_data(_run(one))
    return {
        "at": rfc3339(one.at),
        **{name: own[name] for name in _WHO},
        "change": one.change,
        "status": one.status,
        "possible": None if one.possible is None else list(one.possible),
        **{name: own[name] for name in _WHAT},
        "before": sorted(one.before),
        "reports": list(one.reports),
    }


def _run(one: Revision) -> Instance:
    """The instance as far as the revision tells of it."""
    said = (one.clause, one.bearer, one.trigger, one.statuses or one.before, one.because)
    return Instance(*said, None, None, one.cured, None, (), period=one.period)


# --- for people -----------------------------------------------------------------------------------------


def table_text(log: Shown, *, colours: bool) -> str:
    """What was believed of each instance, one after the other."""

    def parts(width: int) -> Iterator[RenderableType]:
        agreement = log.agreement
        of = "" if log.as_of is None else f" of what happened up to {clock(log.as_of, agreement.zone)}"
        until = clock(log.known_at, agreement.zone)
        yield text(title_of(agreement), "bold")
        yield text(f"what was believed up to {until}{of} ({agreement.zone.key}), view: {log.view}", "dim")
        if log.revisions:
            yield _table(log, width)
        if (more := len(log.revisions) - MOST_ROWS) > 0:
            yield text(f"... and {plural(more, 'more revision')}; --format jsonl has them all", "dim")
        yield text(plural(len(log.revisions), "revision"))

    return page(parts, colours=colours)


def _table(log: Shown, width: int) -> Table:
    rows = _by_instance(log)[:MOST_ROWS]
    zone = log.agreement.zone
    first = [not number or rows[number - 1].key != one.key for number, one in enumerate(rows)]
    columns = [
        column("clause", [cell(one.clause if new else "", "bold") for one, new in zip(rows, first, strict=True)]),
        column("bearer", [cell(people(one.bearer) if new else "") for one, new in zip(rows, first, strict=True)]),
        column(
            "trigger", [cell(cause_words(_run(one), zone) if new else "") for one, new in zip(rows, first, strict=True)]
        ),
        column("when", [cell(day_words(Interval(one.at, one.at), zone)) for one in rows]),
        column("believed", [_believed(one) for one in rows]),
        column("because of", [_cause(one) for one in rows]),
    ]
    if not any(one.trigger or one.period for one in rows):
        del columns[2]
    return table(columns, [repr(one.key) for one in rows], width)


def _by_instance(log: Shown) -> list[Revision]:
    """Instance by instance, in the order of the clauses."""
    names = [part.name for clause in log.agreement.clauses for part in clause.with_otherwise()]
    seen = {key: number for number, key in enumerate(dict.fromkeys(one.key for one in log.revisions))}

    def order(one: Revision) -> tuple[int, int]:
        return (names.index(one.clause) if one.clause in names else len(names), seen[one.key])

    return sorted(log.revisions, key=order)


def _believed(one: Revision) -> Cell:
    if not one.statuses:
        return cell("withdrawn", "dim")
    run = _run(one)
    return verdict(run) + tuple(Line(clean(words), "dim") for words in why_words(run))


def _cause(one: Revision) -> Cell:
    return cell(", ".join(one.reports)) if one.reports else cell("time alone", "dim")
