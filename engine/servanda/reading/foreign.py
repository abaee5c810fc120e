"""A table of somebody else comes in, with a mapping; reports go out, and rejected rows in their place.

Memory is constant, unless the mapping follows revisions: then a digest of each event is remembered, so that
one that comes back with other values, in a later release of the data, corrects what was read before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from servanda.model.report import Report
from servanda.reading.csv_rows import Dialect, Row, header_cells, read_rows
from servanda.reading.foreign_dates import Span
from servanda.reading.form_nodes import column_name
from servanda.reading.forms import Cells, folded
from servanda.reading.json_lines import canonical
from servanda.reading.lines import Line
from servanda.reading.mapping import read_mapping
from servanda.reading.rejected import Rejected, ReportError, ReportFileError, shown, wrong
from servanda.reading.report_body import HEAD, report_of
from servanda.reading.table import Table

_DIGEST = 16


class _Seen(NamedTuple):
    """What was read last of an event."""

    digest: bytes
    version: str
    reported: str
    times: int


class Reader:
    """Reads tables by a mapping. Give it several releases of the same data, the oldest first.

    `name` is that of a reader of the library or the path of a mapping file. Raises LoadError when it is wrong.
    """

    def __init__(self, name: str | Path) -> None:
        self.table: Table = read_mapping(name)
        self._seen: dict[str, _Seen] = {}

    def scan(self, lines: Iterator[Line], file: str) -> Iterator[Report | Rejected]:
        """Every report and every rejected row, in the order of the table. Raises ReportFileError."""
        dialect, lines = self._dialect(lines)
        rows = read_rows(lines, dialect)
        names = self.table.header or self._header(rows, file)
        above = not self.table.header  # whether a row of tags may come next
        for row in rows:
            try:
                cells = _cells(row)
                tags, above = above and _are_tags(cells), False
                if tags:
                    continue
                made = self._report(names, cells, row.line)
            except ReportError as error:
                yield error.at(row.line, shown(row.text), file)
            else:
                if made is not None:
                    yield made

    def _dialect(self, lines: Iterator[Line]) -> tuple[Dialect, Iterator[Line]]:
        """The dialect, with that delimiter of several which the first line has most of."""
        table, first = self.table, next(lines, None)
        sample = b"" if first is None else first.data
        delimiter = max(table.delimiters, key=lambda one: sample.count(one.encode()))
        return Dialect(delimiter, table.quotes, table.encodings), lines if first is None else chain((first,), lines)

    def _header(self, rows: Iterator[Row], file: str) -> tuple[str, ...]:
        """The columns as the mapping calls them. Raises ReportFileError where one is missing, or stands there twice."""
        table = self.table
        remedy = f"give the table with its header, or a reader other than {table.name}"
        line, written = header_cells(rows, file, remedy)
        found = [column_name(cell) for cell in written]
        for name, others in table.columns.items():
            present = next((other for other in others if other in found), None)
            if name not in found and present is not None:
                found[found.index(present)] = name
        missing = sorted(table.used - set(found))
        if missing:
            what = f"has no column {', '.join(map(repr, missing[:5]))} in its header, line {line}"
            raise ReportFileError(file, what, f"{remedy}, or a mapping that names your columns")
        for name in table.used | set(table.kept.values()) | table.optional:
            if found.count(name) > 1:
                raise ReportFileError(file, f"has the column {name!r} twice", "give each column a name of its own")
        return tuple(found)

    def _report(self, names: tuple[str, ...], cells: list[str], line: int) -> Report | None:
        """The report of a row; None for one that is not asked for, or says nothing new."""
        table = self.table
        texts = _texts(names, cells, table)
        if any(folded(texts.get(name, "")) not in wanted for name, wanted in table.only.items()):
            return None
        row = Cells(texts, table.dates)
        if table.crosswalk is not None and table.code is not None:
            code = table.code.of(row)
            if isinstance(code, str):
                texts |= table.crosswalk.of(code)
        made = {name: _plain(form.of(row)) for name, form in table.fields.items()}
        made |= {name: texts.get(column) for name, column in table.kept.items()}
        fields = {name: value for name, value in made.items() if value is not None}
        report = report_of(fields, line, surrogates=False)
        if not table.revisions:
            return report
        version = table.version.of(row) if table.version else None
        return self._revised(report, made, fields, version if isinstance(version, str) else "")

    def _revised(
        self, report: Report, made: Mapping[str, object], fields: Mapping[str, object], version: str
    ) -> Report | None:
        """The report as it is the first time; later a correction of it, or None when nothing has changed."""
        event, reported = report.id, report.reported.text
        says = canonical({name: value for name, value in fields.items() if name not in HEAD})
        digest = blake2b(says.encode(), digest_size=_DIGEST).digest()
        before = self._seen.get(event)
        if before is None:
            self._seen[event] = _Seen(digest, version, reported, 1)
            return report
        if _order(version) < _order(before.version):
            raise wrong("R024", f"{shown(event, 60)!r} was read before in a later version")
        reported = max(reported, before.reported)
        if digest == before.digest:
            self._seen[event] = before._replace(version=version)
            return None
        times = before.times + 1
        self._seen[event] = _Seen(digest, version, reported, times)
        told = {name: value for name, value in made.items() if name not in HEAD or name in ("source", "claimant")}
        told |= {"id": f"{event}@{times:03}", "says": "corrects", "of": event, "reported": reported}
        return report_of(told, report.line, surrogates=False)


def _cells(row: Row) -> list[str]:
    if isinstance(row.cells, ReportError):
        raise row.cells
    return row.cells


def _are_tags(cells: list[str]) -> bool:
    """Whether this is the row of tags, such as `#date+start`, that HXL puts under the header."""
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and all(cell.startswith("#") for cell in filled)


def _texts(names: tuple[str, ...], cells: list[str], table: Table) -> dict[str, str]:
    """The filled cells under their columns; what stands in a column without a name is not looked at."""
    if table.header and len(cells) < len(names):
        raise wrong("R023", f"the row has {len(cells)} cells, and {table.name} has {len(names)} columns")
    beyond = next((at for at, cell in enumerate(cells) if at >= len(names) and cell.strip()), None)
    if beyond is not None:
        raise wrong("R020", f"cell {beyond + 1} has no column; there are {len(names)}")
    pairs = zip(names, cells, strict=False)
    return {name: bare for name, cell in pairs if (bare := cell.strip()) and bare not in table.empty}


def _plain(value: object) -> object:
    """A value as JSON would give it."""
    if isinstance(value, Span):
        return value.text
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _order(version: str) -> tuple[int, str]:
    """Versions in order: numbers by their size, texts letter by letter."""
    return (int(version), "") if version.isdecimal() and len(version) < 20 else (0, version)
