"""Cells and a width come in; how wide each column is, and the cells broken into lines that fit, go out.

Lines are broken between words, then after a mark inside a word (`_`, `-`, `.`, ...), and only where a piece
is still too long for its column, anywhere. Nothing is ever left out. Words held together by a no-break space
count as one word, and are shown with a plain space.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len

HELD = "\u00a0"
_PIECES = re.compile(rf"[^_\-.+/:;,@{HELD}]*[_\-.+/:;,@{HELD}]+|[^_\-.+/:;,@{HELD}]+")


class Line(NamedTuple):
    """A line of a cell, and its style."""

    text: str
    style: str = ""


Cell = tuple[Line, ...]


class Needs(NamedTuple):
    """How wide a column wants to be: to break no line, to break no word, to break words only after a mark."""

    whole: int
    word: int
    piece: int


def needs(cells: Iterable[Cell]) -> Needs:
    """What a column of these cells needs."""
    lines = {line.text for cell in cells for line in cell}
    words = {word for line in lines for word in _words(line)}
    pieces = {piece for word in words for piece in _PIECES.findall(word)}
    return Needs(*(max((cell_len(text) for text in texts), default=1) or 1 for texts in (lines, words, pieces)))


def widths(columns: Sequence[Needs], room: int) -> list[int]:
    """A width for each column, together no more than the room where each can have one.

    >>> widths([Needs(30, 10, 5), Needs(10, 10, 5)], 30)
    [20, 10]
    """
    found = [one.piece for one in columns]
    while sum(found) > room and max(found) > 1:
        found[found.index(max(found))] -= 1
    _grow(found, [one.word for one in columns], room)
    for at, one in sorted(enumerate(columns), key=lambda pair: pair[1].whole - found[pair[0]]):
        if 0 < one.whole - found[at] <= (room - sum(found)) // 3:  # what misses little gets it at once
            found[at] = one.whole
    _grow(found, [one.whole for one in columns], room)
    return found


def _grow(found: list[int], wanted: Sequence[int], room: int) -> None:
    """Give the room that is left to the columns that miss most."""
    for _ in range(room - sum(found)):
        lacking = [at for at, width in enumerate(found) if width < wanted[at]]
        if not lacking:
            return
        found[max(lacking, key=lambda at: wanted[at] / found[at])] += 1


def wrapped(cell: Cell, width: int) -> Cell:
    """The cell in lines that are no wider than this.

    >>> [line.text for line in wrapped((Line("withdraw_heavy_weapons by 2026"),), 15)]
    ['withdraw_heavy_', 'weapons by 2026']
    """
    return tuple(Line(text.replace(HELD, " "), line.style) for line in cell for text in _broken(line.text, width))


def _words(text: str) -> list[str]:
    return [word for word in text.split(" ") if word]


def _broken(text: str, width: int) -> Iterator[str]:
    row = ""
    for word in _words(text):
        if cell_len(word) <= width:
            fits = not row or cell_len(row) + 1 + cell_len(word) <= width
            row, full = (f"{row} {word}".lstrip(), "") if fits else (word, row)
            if full:
                yield full
            continue
        for number, piece in enumerate(_parts(word, width)):
            joined = row + (" " if row and not number else "") + piece
            if row and cell_len(joined) > width:
                yield row
                joined = piece
            row = joined
    yield row


def _parts(word: str, width: int) -> Iterator[str]:
    """The pieces of a word, cut where even a piece is too long."""
    for piece in _PIECES.findall(word):
        part = ""
        for char in piece:
            if part and cell_len(part + char) > width:
                yield part
                part = ""
            part += char
        yield part
