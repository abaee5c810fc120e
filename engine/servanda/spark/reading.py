"""Rows of a Spark table come in, lines of JSON or cells; what each row tells goes out: a report, or why it is none."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from servanda.model.moments import rfc3339
from servanda.model.report import Report
from servanda.reading.json_lines import canonical
from servanda.reading.lines import LINE_LIMIT, Line
from servanda.reading.rejected import Rejected, ReportError, shown
from servanda.reading.report_body import report, report_of
from servanda.reading.reports import scan_jsonl
from servanda.spark.directory import Directory
from servanda.spark.table import Columns, batch

if TYPE_CHECKING:
    import pyarrow as pa

READ: Columns = {
    "line": "bigint",  # where the row says so
    "id": "string",
    "incident": "string",
    "of": "string",
    "agreement": "int",  # the number of the one that the report names
    "to": "array<int>",  # the numbers of those that one without a name concerns by itself
    "content": "string",  # canonical: the report is made of it again where it is needed
    "reported": "bigint",  # when it is known to all that it goes to
    "aside": "boolean",  # it names an agreement that is not here
    "code": "string",  # the others: of a row that is rejected
    "message": "string",
    "remedy": "string",
    "excerpt": "string",
}
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def read(batches: Iterable[pa.RecordBatch], directory: Directory, line: str | None) -> Iterator[pa.RecordBatch]:
    """What every row tells. The rows hold a line of JSON in `value`, or a report in their columns.

    `line` is the column that holds the number of a row, if one does.
    """
    for one in batches:
        rows = one.to_pylist()
        yield batch((_told(item, number, directory) for item, number in scanned(rows, line)), READ)


def scanned(rows: Iterable[Mapping[str, Any]], line: str | None) -> Iterator[tuple[Report | Rejected, int | None]]:
    """The reports and what was rejected, each with its number; blank lines are skipped.

    >>> [(one.id, number) for one, number in scanned([{"id": "r1", "source": "a", "reported": "2026-01-01", "n": 7}], "n")]
    [('r1', 7)]
    """
    for row in rows:
        number = None if line is None else row[line]
        if "value" in row and "id" not in row:
            value = row["value"] or b""
            data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
            whole = len(data) <= LINE_LIMIT
            for item in scan_jsonl(iter([Line(0, data if whole else data[:LINE_LIMIT], whole)]), "<table>"):
                yield item, number
        else:
            yield _from_columns({name: cell for name, cell in row.items() if name != line}), number


def again(content: str, line: int | None) -> Report:
    """The report of a content that was read before."""
    return report_of(json.loads(content), line, surrogates=False)


def _from_columns(cells: Mapping[str, Any]) -> Report | Rejected:
    """The report of a row; as in a CSV file, an empty cell is an absent field."""
    fields = {name: _plain(cell) for name, cell in cells.items() if cell is not None}
    try:
        return report(fields)
    except ReportError as error:
        return error.at(0, shown(canonical({name: str(cell) for name, cell in fields.items()})), "<table>")


def _plain(cell: object) -> object:
    """A time as a report file writes it; anything else as it stands."""
    if isinstance(cell, dt.datetime):
        return cell.isoformat() if cell.tzinfo is None else rfc3339((cell - _EPOCH) // dt.timedelta(microseconds=1))
    return cell.isoformat() if isinstance(cell, dt.date) else cell


def _told(item: Report | Rejected, line: int | None, directory: Directory) -> dict[str, object]:
    if isinstance(item, Rejected):
        told = {name: getattr(item, name) for name in ("code", "message", "remedy", "excerpt")}
        return {"line": line, **told}
    number = None if item.agreement is None else directory.number_of(item.agreement)
    return {
        "line": line,
        **{name: getattr(item, name) for name in ("id", "incident", "of", "content")},
        "agreement": number,
        "to": sorted(directory.concerned([item])) if item.agreement is None else None,
        "reported": directory.latest(item),
        "aside": item.agreement is not None and number is None,
    }
