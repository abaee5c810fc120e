"""Cells in columns come in; tables drawn for a console, and the text of a whole page of them, go out."""

from __future__ import annotations

import io
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from servanda.model.agreement import Agreement
from servanda.model.verdict import Instance
from servanda.render.columns import HELD, Cell, Line, Needs, needs, widths, wrapped
from servanda.render.words import cause_words, clean, people, verdict_words

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


def page(parts: Callable[[int], Iterable[RenderableType]], *, colours: bool) -> str:
    """The text of what is made for a console, given its width; colours only where they are wanted."""
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
    for part in parts(width):
        console.print(part, crop=False)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def column(name: str, cells: Sequence[Cell]) -> Column:
    """A column under its header."""
    header = cell(name)
    return Column(header, cells, needs([header, *cells]))


def room(columns: int, width: int) -> int:
    """What the lines and the padding between so many columns leave."""
    return width - 3 * columns - 1


def table(columns: Sequence[Column], groups: Sequence[str], width: int) -> Table:
    """The columns, as wide as they can be, with a line below each group of rows."""
    plain = "utf" not in (getattr(sys.stdout, "encoding", None) or "utf").lower()
    style = box.ASCII2 if plain else box.HORIZONTALS
    drawn = Table(box=style, padding=(0, 1), header_style="bold", border_style="dim")
    fit = widths([column.needs for column in columns], room(len(columns), width))
    for column, wide in zip(columns, fit, strict=True):
        drawn.add_column(_drawn(column.header, wide), overflow="fold", width=wide)
    for number, (group, below) in enumerate(zip_longest(groups, groups[1:])):
        cells = (_drawn(column.cells[number], wide) for column, wide in zip(columns, fit, strict=True))
        drawn.add_row(*cells, end_section=below != group)
    return drawn


def _drawn(one: Cell, width: int) -> Text:
    return Text("\n").join(Text(line.text, style=line.style) for line in wrapped(one, width))


def cell(text: str, style: str = "") -> Cell:
    """A cell of one line."""
    return (Line(clean(text), style),)


def cells(lines: Sequence[str]) -> Cell:
    """A cell of several lines."""
    return tuple(Line(clean(line)) for line in lines)


def held(lines: Iterable[str]) -> list[str]:
    """Lines in which each date is held together with the word before it."""
    return [_BEFORE_DATE.sub(HELD, line) for line in lines]


def caused(one: Instance, agreement: Agreement, *, bearer: bool = False) -> Cell:
    """A clause with what triggered it below, and whom it binds."""
    cause = cause_words(one, agreement.zone)
    word = "in" if one.period else "after"
    below = ([people(one.bearer)] if bearer else []) + ([f"{word} {cause}"] if cause else [])
    return cell(one.clause, "bold") + tuple(Line(clean(line), "dim") for line in below)


def verdict(one: Instance | None) -> Cell:
    """A verdict, the outcomes left below it; nothing where there is no instance."""
    if one is None:
        return cell("-", "dim")
    style = _STYLES.get(one.status, "dim")
    lines = verdict_words(one).replace(", ", f",{HELD}").replace(": ", ":\n", 1).split("\n")
    return tuple(Line(words, style) for words in lines)


def text(words: str, style: str = "") -> Text:
    """Words as they stand: no markup, no control characters but line breaks."""
    return Text("\n".join(map(clean, words.split("\n"))), style=style)
