"""A report file (JSON Lines or CSV, plain or gzip, a path, `-` or a stream) comes in; reports go out.

With a reader, the file is a table of somebody else. A line from which no report can be made comes out as a `Rejected` in its place, and reading goes on.
What a line must hold is in `servanda.reading.report_body`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from servanda.model.report import Report
from servanda.reading.csv_rows import Row, as_mapping, read_header, read_rows
from servanda.reading.json_lines import parse_json, parse_object
from servanda.reading.lines import LINE_LIMIT, Input, Line, name_of, read_lines
from servanda.reading.parquet import read_parquet
from servanda.reading.rejected import Rejected, ReportError, ReportFileError, shown, wrong
from servanda.reading.report_body import NEEDED, report, report_of

if TYPE_CHECKING:
    from servanda.reading.foreign import Reader

__all__ = ["Format", "Rejected", "ReportError", "ReportFileError", "read_reports", "report", "scan_reports"]

Format = Literal["auto", "jsonl", "csv", "parquet"]
_ENDINGS: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
}


def read_reports(
    path: Input,
    *,
    format: Format = "auto",  # noqa: A002 - the word users know from the command line
    reader: str | Path | Reader | None = None,
    on_reject: Callable[[Rejected], None] | None = None,
) -> Iterator[Report]:
    """Every report of a file, one at a time, in constant memory.

    `reader` is for event data of others: acled, gdelt2, icews, ucdp-ged, or the path of a mapping file.
    A line from which no report can be made goes to `on_reject`; without it, the first one raises
    ReportError. Raises ReportFileError for a file that cannot be read, LoadError for a wrong mapping.
    """
    for item in scan_reports(path, format=format, reader=reader):
        if isinstance(item, Report):
            yield item
        elif on_reject is None:
            raise ReportError(item)
        else:
            on_reject(item)


def scan_reports(
    path: Input,
    *,
    format: Format = "auto",  # noqa: A002 - as above
    reader: str | Path | Reader | None = None,
) -> Iterator[Report | Rejected]:
    """Every report of a file and every rejected line, in the order of the file.

    A file that is named as JSON Lines is read as such with any reader. Raises ReportFileError for a file that
    cannot be read, LoadError for a wrong mapping, and nothing else.
    """
    file = name_of(path)
    if isinstance(reader, str | Path):
        from servanda.reading.foreign import Reader

        reader = Reader(reader)
    if format == "parquet" or (format == "auto" and format_of(file) == "parquet"):
        yield from scan_parquet(file)
        return
    with closing(read_lines(path)) as raw:
        if reader is not None and format_of(file) != "jsonl":
            yield from reader.scan(raw, file)
            return
        found, lines = _guess(file, raw) if format == "auto" else (format, raw)
        yield from _scan_csv(lines, file) if found == "csv" else scan_jsonl(lines, file)


def _guess(file: str, lines: Iterator[Line]) -> tuple[Format, Iterator[Line]]:
    """The format by the file's name, else by the first line that is not blank."""
    if known := format_of(file):
        return known, lines
    for line in lines:
        if line.data.strip():
            return "csv" if _is_header(line) else "jsonl", chain((line,), lines)
    return "jsonl", lines


def _is_header(line: Line) -> bool:
    """Whether a line names a column that is needed; else a bad line that happens to be the first would end the reading.

    Columns with another separator count: what is said of such a table is more help than that it is not JSON.
    """
    cells = re.split("[,;\t]", line.data.decode("utf-8", "replace"))
    return any(cell.strip().strip('"').strip() in NEEDED for cell in cells)


def format_of(file: str) -> Format | None:
    """The format that the ending of a file's name tells; None where it tells none."""
    name = file.lower().removesuffix(".gz")
    return next((known for ending, known in _ENDINGS.items() if name.endswith(ending)), None)


def scan_jsonl(lines: Iterator[Line], file: str) -> Iterator[Report | Rejected]:
    """Every report of lines of JSON, and every rejected line; `file` is what to call the input in messages."""
    for line in lines:
        item = scan_line(line, file)
        if item is not None:
            yield item


def scan_line(line: Line, file: str) -> Report | Rejected | None:
    """The report of a line of JSON, or what is wrong with it; None for a blank line."""
    if line.whole and not line.data.strip():
        return None
    try:
        return _from_json(line)
    except ReportError as error:
        return error.at(line.number, shown(line.data.decode("utf-8", "replace")), file)


def _from_json(line: Line) -> Report:
    if not line.whole:
        raise wrong(code="R005", message=f"the line is longer than {LINE_LIMIT} bytes")
    try:
        text = line.data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise wrong(code="R006", message=f"byte {error.start + 1} of the line is not UTF-8") from None
    return report_of(parse_object(text), line.number, surrogates="\\u" in text)


def scan_parquet(path: str, numbers: Sequence[int] | None = None) -> Iterator[Report | Rejected]:
    """The report of each row of a Parquet file, or what is wrong with it; all of them, or those with these numbers."""
    for number, fields in read_parquet(path, numbers):
        try:
            yield replace(report(fields), line=number)
        except ReportError as error:
            yield error.at(number, shown(str(dict(fields))), path)


def scan_row(line: Line, names: list[str], file: str) -> Report | Rejected | None:
    """The report of a row of CSV that is a line, without quotes, or what is wrong with it; None for a blank line."""
    row = next(read_rows(iter((line,))), None)
    return None if row is None else _scan_row(names, row, file)


def _scan_csv(lines: Iterator[Line], file: str) -> Iterator[Report | Rejected]:
    rows = read_rows(lines)
    names = read_header(rows, file, NEEDED)
    for row in rows:
        yield _scan_row(names, row, file)


def _scan_row(names: list[str], row: Row, file: str) -> Report | Rejected:
    try:
        return _from_row(names, row)
    except ReportError as error:
        return error.at(row.line, shown(row.text), file)


def _from_row(names: list[str], row: Row) -> Report:
    """The report of a row: `;` separates a list, and `quantity` is written as in JSON."""
    if isinstance(row.cells, ReportError):
        raise row.cells
    fields: dict[str, object] = dict(as_mapping(names, row.cells))
    for name, cell in fields.items():
        if name == "quantity":
            fields[name] = _quantity(str(cell))
        elif ";" in str(cell):
            fields[name] = [part for each in str(cell).split(";") if (part := each.strip())]
    return report_of(fields, row.line, surrogates=False)


def _quantity(cell: str) -> object:
    try:
        return parse_json(cell)
    except ReportError:
        raise wrong(code="R014", message=f"`quantity` is {shown(cell, 40)!r}") from None
