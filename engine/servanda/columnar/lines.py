"""Report files as columns: paths come in; a table with a row for every line goes out.

DuckDB reads the files, on all cores and out of core. A line is *plain* when it is read by DuckDB as the reader of small
files would read it, and that finds no fault with it: how that is known depends on the format. Every other line is
odd, and is read as the lines of a small file are, one at a time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from tempfile import TemporaryDirectory

from servanda.columnar.bodies import TEXTS, column
from servanda.columnar.sources import Source, source_of
from servanda.columnar.sql import quoted, text
from servanda.columnar.unfit import UnfitError
from servanda.matching import put
from servanda.model.moments import When
from servanda.model.report import Report
from servanda.reading.json_lines import DEPTH_LIMIT
from servanda.reading.rejected import Rejected, ReportError
from servanda.reading.report_body import FIELDS, reported_of

_TEXTS = ("id", "incident", "agreement", "source", "claimant", *TEXTS)
_MOST_ODD = 0.25  # of the lines; where more are odd, reading them in columns first does not pay
_FEW = 1000
_MEMORY = "1700MB"  # what does not fit is kept in temporary files
_ODD = "select rowid from line where not plain order by rowid"
_SAYABLE = "between timestamp '1000-01-01' and timestamp '8999-12-31'"
_NOTHING = "null::varchar"


class Lines:
    """The lines of files in a table `line`, one row each in their order, with the odd ones marked.

    Its columns: `plain`; the fields of a report as text, null where a line leaves them out; `quantity` and the
    attributes asked for, as `attribute NAME`, as JSON; `reported` and `occurred` as instants in UTC microseconds, or null where
    `reported_text`, `occurred_text` say it in another way. Of an odd line no column but `plain` says anything.
    It belongs to the thread that made it; close it when done.
    """

    def __init__(self, paths: Sequence[str], attributes: Iterable[str]) -> None:
        """Read the files; `attributes` are the free fields that are needed. Raises UnfitError."""
        import duckdb

        self.attributes = tuple(sorted(set(attributes) - FIELDS))
        self._sources: list[Source] = []
        self._starts: list[int] = []  # the row of each file's first line
        self.connection = duckdb.connect()
        self._spilled = TemporaryDirectory(prefix="servanda-")
        settings = f"set memory_limit = '{_MEMORY}'; set temp_directory = {text(self._spilled.name)}"
        self.connection.execute(f"{settings}; set timezone = 'UTC'; set enable_progress_bar = false")
        try:
            for path in paths:
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
            source = self._sources[number]
            yield from source.read([row - self._starts[number] + source.first for row in found])

    def place_of(self, row: int) -> int:
        """The line number of a row in its file, from 1."""
        number = bisect_right(self._starts, row) - 1
        return row - self._starts[number] + self._sources[number].first

    def _read(self, path: str) -> None:
        import duckdb

        source = source_of(path)
        start = self.number("select count(*) from line") if self._sources else 0
        query = f"""
            {"insert into line" if self._sources else "create temp table line as"}
            select * exclude ("#reported", "#occurred", "#at"),
                case when "#at" {_SAYABLE} then epoch_us("#at") end as reported,
                case when "#at" {_SAYABLE} then null else "#reported" end as reported_text,
                case when "#occurred" = "#reported" then reported  -- what is read already
                    when {_usual("#occurred")} {_SAYABLE} then epoch_us({_usual("#occurred")}) end as occurred,
                case when occurred is null then nullif("#occurred", '') end as occurred_text
            from (
                select coalesce({" and ".join(_tests(source))}, false) as plain, {", ".join(self._columns(source))}
                from {source.table}
            )
        """
        try:
            self.connection.execute(query)
        except duckdb.Error as error:
            raise UnfitError(f"{path} cannot be taken apart: {str(error).splitlines()[0]}") from None
        self._doubt(start)
        self._sources.append(source)
        self._starts.append(start)
        lines = self.number("select count(*) from line") - start
        odd = self.number(f"select count(*) from line where rowid >= {start} and not plain")
        if odd > max(_MOST_ODD * lines, _FEW):
            raise UnfitError(f"the lines of {path} are not written alike")
        if odd and source.lines() not in (None, lines):  # a line that is cut at a carriage return is odd
            raise UnfitError(f"{path} has line ends that are no line feeds")

    def _doubt(self, start: int) -> None:
        """Mark the lines as odd whose times or sources no report can have."""
        for name, fits in (("reported_text", _fits_reported), ("occurred_text", _fits_when), ("source", str.strip)):
            query = f"select distinct {name} from line where rowid >= {start} and plain and {name} is not null"
            found = [(said,) for (said,) in self.connection.execute(query).fetchall() if not fits(said)]
            if found:
                self.put("misfit", {"said": "varchar"}, found)
                self.connection.execute(f"update line set plain = false where {name} in (from misfit)")

    def _columns(self, source: Source) -> Iterator[str]:
        for name in _TEXTS:
            yield f"{_text_of(name, source)} as {quoted(name)}"
        for name in ("quantity", *self.attributes):
            yield f"{source.as_json(name) if name in source.keys else _NOTHING} as {column(name)}"
        yield f'reported as "#reported", {_usual("reported")} as "#at"'
        yield f'{"occurred" if "occurred" in source.keys else _NOTHING} as "#occurred"'


def _text_of(name: str, source: Source) -> str:
    return f"nullif({quoted(name)}, '')" if name in source.keys else _NOTHING


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


def _tests(source: Source) -> Iterator[str]:
    """What makes a line plain: its format says so, and no report reader finds fault with it."""
    yield from source.tests()
    yield f"{_usual_name('id')} and id <> '' and source is not null and reported <> ''"
    if "incident" in source.keys:
        yield f"(incident is null or {_usual_name('incident')})"
    if "act" in source.keys:
        yield f"(act is null or strlen(act) - strlen(replace(act, '.', '')) < {DEPTH_LIMIT})"
    yield from (f"{quoted(name)} is null" for name in ("of", "says") if name in source.keys)  # one of several


def _usual_name(column: str) -> str:
    """Whether a name is written alike wherever it is shown: no cell quotes it, and nothing in it is escaped."""
    unusual = " or ".join(f"contains({column}, chr({ord(one)}))" for one in "',\x7f ")
    return f"strlen({column}) = length({column}) and not ({unusual})"
