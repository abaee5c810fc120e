"""Assessments come in; a table that people like to read goes out, in colours where these are wanted."""

from __future__ import annotations

import io
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from servanda.lifecycle.wording import clock
from servanda.model.agreement import Agreement
from servanda.model.verdict import Assessment, Instance
from servanda.render.columns import HELD, Cell, Line, Needs, needs, widths, wrapped
from servanda.render.compare import Row, by_agreement, counted_of, derived, rows, title_of
from servanda.render.words import (
    cause_words,
    clean,
    counts_words,
    people,
    plural,
    verdict_words,
    when_words,
    why_words,
)

MOST_ROWS = 1000
_NARROWEST, _USUAL = 60, 120
_BEFORE_DATE = re.compile(r"(?<=[a-z]) (?=\d{4}-)")
_STYLES: Mapping[str, str] = {
    "violated": "bold red",
    "overdue": "bold yellow",
    "undetermined": "yellow",
    "unenforceable": "yellow",
    "suspended": "cyan",
    "pending": "cyan",
    "holding": "green",
    "fulfilled": "bold green",
}


class Column(NamedTuple):
    """A column of a table, with the width that it needs."""

    header: Cell
    cells: Sequence[Cell]
    needs: Needs


def table_text(assessments: Sequence[Assessment], agreements: Mapping[str, Agreement], *, colours: bool) -> str:
    """The tables of a run; several views of an agreement stand side by side, as many as fit."""
    out = io.StringIO()
    width = max(_NARROWEST, shutil.get_terminal_size((_USUAL, 24)).columns)
    console = Console(
        file=out,
        width=width,
        force_terminal=colours,
        color_system="auto" if colours else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    for number, group in enumerate(by_agreement(assessments)):
        agreement = agreements[group[0].agreement]
        if number:
            console.print()
        for part in (*_head(group, agreement), *_body(group, agreement, width)):
            console.print(part, crop=False)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _head(group: Sequence[Assessment], agreement: Agreement) -> Iterator[RenderableType]:
    yield _text(title_of(agreement), "bold")
    as_of, known_at = (clock(at, agreement.zone) for at in (group[0].as_of, group[0].known_at))
    view = f", view: {group[0].view}" if len(group) == 1 else ""
    yield _text(f"as of {as_of}, known at {known_at} ({agreement.zone.key}){view}", "dim")


def _body(group: Sequence[Assessment], agreement: Agreement, width: int) -> Iterator[RenderableType]:
    if len(group) == 1:
        yield _single(group[0], agreement, width)
        more = len(group[0].instances) - MOST_ROWS
        last = [counts_words(group[0].summary)]
    else:
        found = rows(group, agreement)
        yield from _compared(group, found, agreement, width)
        more = len(found) - MOST_ROWS
        last = [f"{one.view}: {counts_words(one.summary)}" for one in group] + derived(group, agreement, found)
    if more > 0:
        yield _text(f"... and {plural(more, 'more instance')}; --format csv has them all", "dim")
    for line in last:
        yield _text(line)
    if counted := counted_of(group[0]):
        yield _text(counted, "yellow")


def _single(assessment: Assessment, agreement: Agreement, width: int) -> Table:
    """One column for each thing; where that would break words, who below what, and when below why."""
    shown = assessment.instances[:MOST_ROWS]
    verdicts = _column("verdict", [_verdict(one) for one in shown])
    columns = [
        _column("clause", [_cell(one.clause, "bold") for one in shown]),
        _column("bearer", [_cell(people(one.bearer)) for one in shown]),
        _column("trigger", [_cell(cause_words(one, agreement.zone)) for one in shown]),
        verdicts,
        _column("why", [_cells(why_words(one)) for one in shown]),
        _column("when", [_cells(_when(one, agreement)) for one in shown]),
    ]
    if not any(one.trigger or one.period for one in shown):
        del columns[2]
    if sum(column.needs.word for column in columns) > _room(len(columns), width):
        columns = [
            _column("clause, bearer", [_caused(one, agreement, bearer=True) for one in shown]),
            verdicts,
            _column("why, when", [_cells([*why_words(one), *_when(one, agreement)]) for one in shown]),
        ]
    return _table(columns, [one.clause for one in shown], width)


def _compared(group: Sequence[Assessment], found: Sequence[Row], agreement: Agreement, width: int) -> Iterator[Table]:
    """As many views side by side as fit, and further tables for the others."""
    shown = found[:MOST_ROWS]
    clauses = [row.first.clause for row in shown]
    lead = [
        _column("clause", [_caused(row.first, agreement) for row in shown]),
        _column("bearer", [_cell(people(row.first.bearer)) for row in shown]),
    ]
    taken: list[Column] = []
    for number, one in enumerate(group):
        column = _column(one.view, [_verdict(row.outcomes[number]) for row in shown])
        beside = [*lead, *taken, column]
        if taken and sum(_least(each, width) for each in beside) > _room(len(beside), width):
            yield _table([*lead, *taken], clauses, width)
            taken = []
        taken.append(column)
    yield _table([*lead, *taken], clauses, width)


def _column(name: str, cells: Sequence[Cell]) -> Column:
    header = _cell(name)
    return Column(header, cells, needs([header, *cells]))


def _least(column: Column, width: int) -> int:
    """How wide a column must be beside others: words are broken only where they would take half of the table."""
    return max(column.needs.piece, min(column.needs.word, width // 2))


def _room(columns: int, width: int) -> int:
    """What the lines and the padding between so many columns leave."""
    return width - 3 * columns - 1


def _table(columns: Sequence[Column], clauses: Sequence[str], width: int) -> Table:
    """The columns, as wide as they can be, with a line below each clause."""
    plain = "utf" not in (getattr(sys.stdout, "encoding", None) or "utf").lower()
    style = box.ASCII2 if plain else box.HORIZONTALS
    table = Table(box=style, padding=(0, 1), header_style="bold", border_style="dim")
    fit = widths([column.needs for column in columns], _room(len(columns), width))
    for column, wide in zip(columns, fit, strict=True):
        table.add_column(_drawn(column.header, wide), overflow="fold", width=wide)
    for number, (clause, below) in enumerate(zip_longest(clauses, clauses[1:])):
        cells = (_drawn(column.cells[number], wide) for column, wide in zip(columns, fit, strict=True))
        table.add_row(*cells, end_section=below != clause)
    return table


def _drawn(cell: Cell, width: int) -> Text:
    return Text("\n").join(Text(line.text, style=line.style) for line in wrapped(cell, width))


def _cell(text: str, style: str = "") -> Cell:
    return (Line(clean(text), style),)


def _cells(lines: Sequence[str]) -> Cell:
    return tuple(Line(clean(line)) for line in lines)


def _when(one: Instance, agreement: Agreement) -> list[str]:
    """The times, each together with the word before it."""
    return [_BEFORE_DATE.sub(HELD, line) for line in when_words(one, agreement.zone)]


def _caused(one: Instance, agreement: Agreement, *, bearer: bool = False) -> Cell:
    """A clause with what triggered it below, and whom it binds."""
    cause = cause_words(one, agreement.zone)
    word = "in" if one.period else "after"
    below = ([people(one.bearer)] if bearer else []) + ([f"{word} {cause}"] if cause else [])
    return _cell(one.clause, "bold") + tuple(Line(clean(line), "dim") for line in below)


def _verdict(one: Instance | None) -> Cell:
    if one is None:
        return _cell("-", "dim")
    style = _STYLES.get(one.status, "dim")
    lines = verdict_words(one).replace(", ", f",{HELD}").replace(": ", ":\n", 1).split("\n")
    return tuple(Line(words, style) for words in lines)


def _text(text: str, style: str = "") -> Text:
    """Words as they stand: no markup, no control characters but line breaks."""
    return Text("\n".join(map(clean, text.split("\n"))), style=style)
