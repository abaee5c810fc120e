"""An assessment in columns comes in; the rows of its CSV go out, those that are in columns straight from there.

They are the same bytes as the rows of `servanda.render.csv` for the same instances.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from servanda.assessing import in_order
from servanda.columnar import Asked, InColumns, by_clause, met_of, with_all_breaches, with_met
from servanda.columnar.shapes import shape_of
from servanda.columnar.sql import text
from servanda.lifecycle import Run, delay_between
from servanda.model.moments import Interval
from servanda.render.csv import lines_of, rows

_PIECE = 1 << 20
_FEW = 1000  # instances of a deadline; to let DuckDB write fewer does not pay
_SAYABLE = 253_402_300_799_999_999  # the last instant of the year 9999; what is later has no end


def csv_rows(judged: InColumns, wanted: Callable[[str], bool], head: Sequence[str] = ()) -> Iterator[bytes]:
    """The rows of the clauses that are wanted, in pieces; each begins with the cells of the head."""
    breaches, few = _breaches(judged), met_of(judged, _FEW)
    found = judged.lines.connection.execute("select distinct duty from met").fetchall()
    many = {duty for (duty,) in found} - few.keys()
    for one in by_clause(judged):
        if not wanted(one.clause.name):
            continue
        if not one.in_columns:
            yield _encoded(rows((run.instance for run in one.runs), head))
        for asked in one.in_columns:
            if asked.number in many:
                yield from _met(one.of(asked), asked, judged, head)
            elif shape_of(one.clause) == "deadline":
                yield _encoded(rows(with_met(one.of(asked), few.get(asked.number, ()), asked, judged), head))
            else:
                told = breaches.get(asked.number)
                yield _encoded("".join(_prohibited(run, asked, judged, head, told) for run in one.of(asked)))


def _encoded(cells: str) -> bytes:
    return cells.encode("utf-8", "replace")


class _Breaches(NamedTuple):
    """The breaches of a prohibition that are in columns, as they are written in a cell; and the two that may be the first."""

    cell: str
    first: frozenset[str]


def _breaches(judged: InColumns) -> dict[int, _Breaches]:
    query = """
        select duty, string_agg('breach:' || incident, ';' order by first, incident),
            arg_min(incident, (last, incident)), arg_min(incident, (first, incident))
        from breach group by duty
    """
    found = judged.lines.connection.execute(query).fetchall()
    return {duty: _Breaches(cell, frozenset(first)) for duty, cell, *first in found}


def _prohibited(run: Run, asked: Asked, judged: InColumns, head: Sequence[str], breaches: _Breaches | None) -> str:
    """The row of a prohibition."""
    if breaches is None:
        return rows([run.instance], head)
    if not breaches.first.issuperset(str(one.incident) for one in run.instance.evidence):
        return rows([with_all_breaches(run, asked, judged)], head)
    bare = rows([replace(run.instance, evidence=())], head).removesuffix("\n")
    return f"{bare}{breaches.cell}\n"


def _met(runs: Sequence[Run], asked: Asked, judged: InColumns, head: Sequence[str]) -> Iterator[bytes]:
    """The instances of a deadline in columns, with those that the general rules judged in their places."""
    lines = judged.lines
    columns = {"moment": "bigint", "origin": "varchar", "cells": "varchar"}
    others = ((in_order(run)[1], in_order(run)[3], rows([run.instance], head).removesuffix("\n")) for run in runs)
    lines.put("other_row", columns, others)
    lines.put("delay", {"day": "bigint", "elapsed": "bigint", "words": "varchar"}, _delays(asked, judged))
    start = lines_of([(*head, asked.duty.clause.name, ";".join(asked.duty.bearers))]).removesuffix("\n")
    query = f"""
        select cells from (
            select moment, '(''event'', ''' || incident || ''')' as origin, concat(
                {text(start + ",event:")}, incident, ',,', status, ',,,', due_at, '/', due_at, ',', since, '/', since, ',,',
                case when status = 'violated' and act is not null
                    then concat({_written("act_moment")}, '/', {_written("act_moment")}, ';', words) else '' end,
                ',,trigger:', incident,
                case when status = 'fulfilled' then concat(';fulfilment:', act)
                    when act is not null then concat(';cure:', act) else '' end,
                case when status in ('violated', 'overdue') then ';omission' else '' end
            ) as cells
            from (
                select met.*, words, {_written("due")} as due_at,
                    {_written("case status when 'pending' then opens when 'fulfilled' then act_moment else due end")} as since
                from met left join delay
                    on {_DAY} is not distinct from delay.day and act_moment - due = delay.elapsed and status = 'violated'
                where duty = {asked.number}
            )
            union all select moment, origin, cells from other_row
        ) order by moment, origin
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows"
        form = "format csv, header false, delimiter '\x01', quote '', escape ''"  # a cell to a line, as it is
        lines.connection.execute(f"copy ({query}) to {text(str(path))} ({form})")
        with path.open("rb") as stream:
            while piece := stream.read(_PIECE):
                yield piece


def _written(at: str) -> str:
    """An instant in RFC 3339."""
    seconds = f"replace(make_timestamp({at} - {at} % 1000000)::varchar, ' ', 'T')"  # quicker than a format
    fraction = f"case when {at} % 1000000 = 0 then 'Z' else printf('.%06dZ', {at} % 1000000) end"
    return f"case when {at} > {_SAYABLE} then '..' else concat({seconds}, {fraction}) end"


_DAY = "case when (due + 1) % 1000000 = 0 then due end"  # a deadline that may be a day's last instant


def _delays(asked: Asked, judged: InColumns) -> Iterator[tuple[int | None, int, str]]:
    """The words for every delay that there is; only after a day's end does it matter when it began."""
    query = f"""
        select distinct {_DAY}, act_moment - due from met
        where duty = ? and status = 'violated' and act is not null
    """
    for day, elapsed in judged.lines.connection.execute(query, [asked.number]).fetchall():
        since = day or 0
        between = delay_between(
            Interval(since, since), Interval(since + elapsed, since + elapsed), judged.agreement.zone
        )
        yield day, elapsed, between
