"""Numbered lines of a CSV file come in; each row goes out as a mapping from column to text, or as an error.

RFC 4180: a quoted cell may hold commas, doubled quotes and line ends. A row whose quotes do not work out
is given up at its first line, and reading goes on at the next one. Tables of others may have another
delimiter, no quotes, or another encoding: that is their dialect.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from servanda.reading.lines import LINE_LIMIT, Line
from servanda.reading.rejected import ReportError, ReportFileError, wrong

_QUOTED = re.compile(r'[^"]*(?:""[^"]*)*')
_SHOWN = 1024  # as much of a row is kept for its excerpt


class Dialect(NamedTuple):
    """How a table is written; of several encodings the first one that fits the line is taken."""

    delimiter: str = ","
    quotes: bool = True
    encodings: tuple[str, ...] = ("utf-8",)


CSV = Dialect()


class Row(NamedTuple):
    """One row: its first line, its text, and its cells or why there are none."""

    line: int
    text: str
    cells: list[str] | ReportError


class Cells:
    """A row in the making: feed it line after line until it is complete."""

    def __init__(self, delimiter: str = ",") -> None:
        """Begin with no cells."""
        self.done: list[str] = []
        self._delimiter = delimiter
        self._open: list[str] | None = None  # the lines of the quoted cell that is not closed yet

    def feed(self, text: str) -> bool:
        """Take one line, without its end; whether the row is complete. Raises ReportError (R021)."""
        at = 0
        while True:
            if self._open is None and text[at : at + 1] == '"':
                self._open, at = [], at + 1
            if self._open is None:
                end = text.find(self._delimiter, at)
                end = len(text) if end < 0 else end
                self.done.append(text[at:end])
                at = end
            else:
                found = _QUOTED.match(text, at)
                assert found is not None
                self._open.append(found[0].replace('""', '"'))
                at = found.end()
                if at == len(text):
                    return False
                at += 1
                self.done.append("\n".join(self._open))
                self._open = None
            if at == len(text):
                return True
            if text[at] != self._delimiter:
                raise wrong(code="R021", message=f"something follows a closing quote, in cell {len(self.done)}")
            at += 1


def read_rows(lines: Iterator[Line], dialect: Dialect = CSV) -> Iterator[Row]:
    """The rows of the file, the header among them; blank lines between rows are skipped."""
    again = deque[Line]()
    while (line := _next(again, lines)) is not None:
        text = _text(line, dialect)
        if isinstance(text, ReportError):
            yield Row(line.number, line.data.decode("utf-8", "replace"), text)
        elif text.strip():
            yield _row(line, text, dialect, again, lines)


def _row(line: Line, text: str, dialect: Dialect, again: deque[Line], lines: Iterator[Line]) -> Row:
    """The row that begins at a line; where its quotes do not work out, what was read ahead is read again."""
    if '"' not in text or not dialect.quotes:
        return Row(line.number, text, text.split(dialect.delimiter))
    cells, ahead, size = Cells(dialect.delimiter), list[Line](), len(text)
    try:
        complete = cells.feed(text)
        while not complete:
            following = _next(again, lines)
            if following is None:
                raise wrong(code="R021", message="a quote is opened and never closed")
            ahead.append(following)
            size += len(following.data) + 1
            more = _text(following, dialect)
            if isinstance(more, ReportError) or size > LINE_LIMIT:
                raise wrong(code="R021", message="a quote is opened, and what follows cannot all belong to the cell")
            if len(text) < _SHOWN:
                text += "\n" + more
            complete = cells.feed(more)
    except ReportError as error:
        again.extendleft(reversed(ahead))
        return Row(line.number, text, error)
    return Row(line.number, text, cells.done)


def _next(again: deque[Line], lines: Iterator[Line]) -> Line | None:
    return again.popleft() if again else next(lines, None)


def _text(line: Line, dialect: Dialect) -> str | ReportError:
    """The text of a line without its carriage return, or what is wrong with it."""
    if not line.whole:
        return wrong("R005", f"the line is longer than {LINE_LIMIT} bytes")
    at = 0
    for encoding in dialect.encodings:
        try:
            return line.data.decode(encoding).removesuffix("\r")
        except UnicodeDecodeError as error:
            at = error.start + 1
    return wrong("R006", f"byte {at} of the line is not {' or '.join(map(str.upper, dialect.encodings))}")


def read_header(rows: Iterator[Row], file: str, needed: Sequence[str]) -> list[str]:
    """The column names, from the first row. Raises ReportFileError where there are none to go by."""
    remedy = f"begin the file with a line that names its columns, among them {', '.join(needed)}"
    line, names = header_cells(rows, file, remedy)
    if not set(names) & set(needed):
        raise ReportFileError(file, f"has no header in line {line}", remedy)
    twice = [name for name, times in Counter(names).items() if name and times > 1]
    if twice:
        raise ReportFileError(file, f"has the column {twice[0]!r} twice", "give each column a name of its own")
    return names


def header_cells(rows: Iterator[Row], file: str, remedy: str) -> tuple[int, list[str]]:
    """The first row, with its line. Raises ReportFileError where there is none, or none that can be read."""
    first = next(rows, None)
    if first is None:
        raise ReportFileError(file, "is empty", remedy)
    if isinstance(first.cells, ReportError):
        message = first.cells.rejected.message
        raise ReportFileError(file, f"its header, line {first.line}, cannot be read ({message})", remedy)
    if any("\r" in name.strip() for name in first.cells):
        raise ReportFileError(file, "ends its lines with carriage returns only", "save it with LF or CR LF")
    return first.line, [cell.strip() for cell in first.cells]


def as_mapping(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """The cells that are not empty, under their columns. Raises ReportError (R020).

    >>> as_mapping(["id", "act", ""], ["r1", "", ""])
    {'id': 'r1'}
    """
    for index, cell in enumerate(cells):
        if cell.strip() and not (index < len(names) and names[index]):
            raise wrong(code="R020", message=f"cell {index + 1} has no column; the header names {len(names)}")
    pairs = zip(names, cells, strict=False)
    return {name: bare for name, cell in pairs if (bare := cell.strip())}
