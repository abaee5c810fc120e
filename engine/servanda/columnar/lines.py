"""Report files as columns: paths of JSON Lines come in; a table with a row for every line goes out.

DuckDB reads the files, on all cores and out of core. A line is *plain* when it is written as the first lines of its
file are: one flat object, its keys in the same order, values without escapes. Put together again from what was
read, a plain line is the same text, so that nothing in it can have been overlooked: no repeated key, no further
field. Every other line is odd, and is read as the lines of a small file are, one at a time.
"""

from __future__ import annotations

import mmap
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from servanda.columnar.layout import Layout, layout_of
from servanda.columnar.sql import quoted, text
from servanda.columnar.unfit import UnfitError
from servanda.matching import put
from servanda.model.moments import When
from servanda.model.report import Report
from servanda.reading.json_lines import DEPTH_LIMIT
from servanda.reading.lines import LINE_LIMIT, Line
from servanda.reading.rejected import Rejected, ReportError
from servanda.reading.report_body import FIELDS, reported_of
from servanda.reading.reports import scan_line

if TYPE_CHECKING:
    pass

TEXTS = ("id", "incident", "agreement", "source", "claimant", "act", "actor", "target", "object", "place")
_MOST_ODD = 0.25  # of the lines; where more are odd, reading them in columns first does not pay
_FEW = 1000
_MEMORY = "1GB"  # what does not fit is kept in temporary files
_ODD = "select rowid from line where not plain order by rowid"
_CHUNK = 1 << 24
_SAYABLE = "between timestamp '1000-01-01' and timestamp '8999-12-31'"
_NUMBER = r"(0|[1-9]\d{0,14})(\.\d{0,8}[1-9])?"  # which JSON and its readers write in one way only


class Lines:
    """The lines of files in a table `line`, one row each in their order, with the odd ones marked.

    Its columns: `plain`; the fields of a report as text, null where a line leaves them out; `quantity` and the
    attributes asked for as JSON; `reported` and `occurred` as instants in UTC microseconds, or null where
    `reported_text`, `occurred_text` say it in another way. Of an odd line no column but `plain` says anything.
    It belongs to the thread that made it; close it when done.
    """

    def __init__(self, paths: Sequence[str], attributes: Iterable[str]) -> None:
        """Read the files; `attributes` are the free fields that are needed. Raises UnfitError."""
        import duckdb

        self.paths = tuple(paths)
        self.attributes = tuple(sorted(set(attributes) - FIELDS))
        self._starts: list[int] = []  # the row of each file's first line
        self.connection = duckdb.connect()
        self._spilled = TemporaryDirectory(prefix="servanda-")
        settings = f"set memory_limit = '{_MEMORY}'; set temp_directory = {text(self._spilled.name)}"
        self.connection.execute(f"{settings}; set timezone = 'UTC'; set enable_progress_bar = false")
        try:
            for path in self.paths:
                self._read(path)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give back memory and temporary files."""
        self.connection.close()
        self._spilled.cleanup()

    def put(self, name: str, columns: Mapping[str, str], rows: Iterable[tuple[object, ...]]) -> None:
        """Make a table of Python values; `columns` are its names with their SQL types."""
        put(self.connection, name, columns, rows)

    def number(self, query: str) -> int:
        """The one number that a query gives."""
        return int(self.connection.execute(query).fetchall()[0][0])

    def odd(self) -> Iterator[Report | Rejected]:
        """The reports, or what is wrong, of the odd lines; blank ones are nothing."""
        yield from self.read(number for (number,) in self.connection.execute(_ODD).fetchall())

    def read(self, rows: Iterable[int]) -> Iterator[Report | Rejected]:
        """The same of some lines, by ascending row, as they are written in their files."""
        for number, found in groupby(rows, lambda row: bisect_right(self._starts, row) - 1):
            path = self.paths[number]
            for line in _picked(path, [row - self._starts[number] + 1 for row in found]):
                item = scan_line(line, path)
                if item is not None:
                    yield item

    def place_of(self, row: int) -> int:
        """The line number of a row in its file, from 1."""
        return row - self._starts[bisect_right(self._starts, row) - 1] + 1

    def _read(self, path: str) -> None:
        import duckdb

        layout = layout_of(path)
        start = self.number("select count(*) from line") if self._starts else 0
        query = f"""
            {"insert into line" if self._starts else "create temp table line as"}
            select * exclude ("#reported", "#occurred", "#at"),
                case when "#at" {_SAYABLE} then epoch_us("#at") end as reported,
                case when "#at" {_SAYABLE} then null else "#reported" end as reported_text,
                case when "#occurred" = "#reported" then reported  -- what is read already
                    when {_usual("#occurred")} {_SAYABLE} then epoch_us({_usual("#occurred")}) end as occurred,
                case when occurred is null then nullif("#occurred", '') end as occurred_text
            from (
                select coalesce({" and ".join(_tests(layout))}, false) as plain, {", ".join(self._columns(layout))}
                from (select line as "#line", unnest(try(from_json(line, {text(_schema(layout))}))) from {_raw(path)})
            )
        """
        try:
            self.connection.execute(query)
        except duckdb.Error as error:
            raise UnfitError(f"{path} is not plain JSON Lines: {str(error).splitlines()[0]}") from None
        self._doubt(start)
        self._starts.append(start)
        lines = self.number("select count(*) from line") - start
        odd = self.number(f"select count(*) from line where rowid >= {start} and not plain")
        if lines != newlines(path):
            raise UnfitError(f"{path} has line ends that are no line feeds")
        if odd > max(_MOST_ODD * lines, _FEW):
            raise UnfitError(f"the lines of {path} are not written alike")

    def _doubt(self, start: int) -> None:
        """Mark the lines as odd whose times or sources no report can have."""
        for column, fits in (("reported_text", _fits_reported), ("occurred_text", _fits_when), ("source", str.strip)):
            query = f"select distinct {column} from line where rowid >= {start} and plain and {column} is not null"
            found = [(said,) for (said,) in self.connection.execute(query).fetchall() if not fits(said)]
            if found:
                self.put("misfit", {"said": "varchar"}, found)
                self.connection.execute(f"update line set plain = false where {column} in (from misfit)")

    def _columns(self, layout: Layout) -> Iterator[str]:
        for name in TEXTS:
            found = f"nullif({quoted(name)}, '')" if name in layout.keys else "null::varchar"
            yield f"{found} as {quoted(name)}"
        for name in ("quantity", *self.attributes):
            value = quoted(name) if name in layout.bare else f"'\"' || {quoted(name)} || '\"'"
            yield f"{value if name in layout.keys else 'null::varchar'} as {quoted(name)}"
        yield f'reported as "#reported", {_usual("reported")} as "#at"'
        yield f'{"occurred" if "occurred" in layout.keys else "null::varchar"} as "#occurred"'


def _fits_when(said: str) -> bool:
    try:
        When.parse(said)
    except ValueError:
        return False
    return True


def _fits_reported(said: str) -> bool:
    try:
        reported_of(said)
    except ReportError:
        return False
    return True


def _usual(name: str) -> str:
    """An instant as most are written, to the second in UTC; null where it is written otherwise, and kept as text.

    Of twenty characters, no number can lack a digit; a year that begins with a blank is not sayable.
    """
    return f"try_strptime(case when strlen({quoted(name)}) = 20 then {quoted(name)} end, '%Y-%m-%dT%H:%M:%SZ')"


def _tests(layout: Layout) -> Iterator[str]:
    """What makes a line plain: it is written like the others, and no report reader finds fault with it."""
    yield f'"#line" = {_again(layout)}'
    yield f"{_usual_name('id')} and id <> '' and source is not null and reported <> ''"
    if "incident" in layout.keys:
        yield f"(incident is null or {_usual_name('incident')})"
    if "act" in layout.keys:
        yield f"(act is null or strlen(act) - strlen(replace(act, '.', '')) < {DEPTH_LIMIT})"
    if "quantity" in layout.keys and "quantity" not in layout.bare:
        yield "quantity is null"
    for name in layout.bare:
        values = _NUMBER if name in FIELDS else f"{_NUMBER}|true|false"
        yield f"({quoted(name)} is null or regexp_full_match({quoted(name)}, {text(values)}))"


def _usual_name(column: str) -> str:
    """Whether a name is written alike wherever it is shown: no cell quotes it, and nothing in it is escaped."""
    unusual = " or ".join(f"contains({column}, chr({ord(one)}))" for one in "',\x7f ")
    return f"strlen({column}) = length({column}) and not ({unusual})"


def newlines(path: str) -> int:
    """How many lines a file has, the last one with or without its end."""
    if Path(path).stat().st_size == 0:
        return 0
    with Path(path).open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        ends = sum(data[at : at + _CHUNK].count(b"\n") for at in range(0, len(data), _CHUNK))
        return ends + (data[-1:] != b"\n")


def _picked(path: str, numbers: Sequence[int]) -> Iterator[Line]:
    """Some lines of a file, by ascending numbers from 1."""
    wanted = iter(numbers)
    following = next(wanted, None)
    with Path(path).open("rb") as stream:
        for number, data in enumerate(stream, 1):
            if number == following:
                yield Line(number, data.removesuffix(b"\n"))
                following = next(wanted, None)
                if following is None:
                    return


def _raw(path: str) -> str:
    """The lines of a file as a table with one column, `line`; a blank line is null."""
    options = "delim = '\x01', quote = '', escape = '', header = false, auto_detect = false"
    return f"read_csv({text(path)}, columns = {{'line': 'VARCHAR'}}, {options}, max_line_size = {LINE_LIMIT})"


def _schema(layout: Layout) -> str:
    return "{" + ", ".join(f'"{key}": "VARCHAR"' for key in layout.keys) + "}"


def _again(layout: Layout) -> str:
    """The text of a line, put together again from its values."""
    parts: list[str] = []
    for number, key in enumerate(layout.keys):
        name, mark = quoted(key), "" if key in layout.bare else '"'
        head = (layout.comma if number else "") + f'"{key}"{layout.colon}'
        if key in layout.always:
            parts += [text(head + mark), name, text(mark)]
            continue
        value = f"concat({text(head + mark)}, {name}, {text(mark)})"
        parts.append(
            f"case when {name} is null then {text(head + 'null' if key in layout.nulls else '')} else {value} end"
        )
    return f"concat('{{', {', '.join(parts)}, '}}')"
