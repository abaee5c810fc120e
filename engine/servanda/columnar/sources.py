"""Files of reports as tables: a path comes in; SQL for its lines, with what makes one plain, goes out.

Whatever the format, a line that is plain means the same to DuckDB and to the reader of small files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from servanda.columnar.layout import Layout, layout_of
from servanda.columnar.sql import quoted, text
from servanda.columnar.unfit import UnfitError
from servanda.model.report import Report
from servanda.reading.lines import LINE_LIMIT, Line
from servanda.reading.rejected import Rejected
from servanda.reading.report_body import FIELDS
from servanda.reading.reports import scan_line, scan_parquet, scan_row

_NUMBER = r"(0|[1-9]\d{0,14})(\.\d{0,8}[1-9])?"  # which JSON and its readers write in one way only
_PIECE = 1 << 20
_BOM = b"\xef\xbb\xbf"
_BLANK = r"[\s\x{1c}-\x{1f}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"


class Source(Protocol):
    """A file as a table: a row for each line, a column for each of its keys, all of them text."""

    first: int  # the number of its first row in the file

    @property
    def keys(self) -> Sequence[str]:
        """The names of its columns."""
        ...

    @property
    def table(self) -> str:
        """The table."""
        ...

    def tests(self) -> Iterator[str]:
        """What makes a row plain, in this format."""
        ...

    def as_json(self, name: str) -> str:
        """The value of a key as JSON."""
        ...

    def lines(self) -> int | None:
        """How many rows there must be; None where nothing can be overlooked."""
        ...

    def read(self, numbers: Sequence[int]) -> Iterator[Report | Rejected]:
        """Some lines, by ascending numbers, as they are written."""
        ...


def source_of(path: str) -> Source:
    """The file by its ending, else as JSON Lines. Raises UnfitError."""
    if not Path(path).is_file() or any(mark in path for mark in "*?["):  # which DuckDB takes for patterns
        raise UnfitError(f"{path} is no file with a usual name")
    ending = Path(path).suffix.lower()
    return Parquet(path) if ending == ".parquet" else Csv(path) if ending == ".csv" else JsonLines(path)


class JsonLines:
    """JSON Lines: a line is plain when it is the same text once it is put together again from its values."""

    first = 1

    def __init__(self, path: str) -> None:
        """Look at the first lines. Raises UnfitError."""
        self.path = path
        self._layout = layout_of(path)
        self.keys = self._layout.keys
        schema = "{" + ", ".join(f'"{key}": "VARCHAR"' for key in self.keys) + "}"
        self.table = f'(select line as "#line", unnest(try(from_json(line, {text(schema)}))) from {_raw(path)})'

    def tests(self) -> Iterator[str]:
        """Written like the others, its numbers such as are written in one way only."""
        yield f'"#line" = {_again(self._layout)}'
        if "quantity" in self.keys and "quantity" not in self._layout.bare:
            yield "quantity is null"
        for name in self._layout.bare:
            values = _NUMBER if name in FIELDS else f"{_NUMBER}|true|false"
            yield f"({quoted(name)} is null or regexp_full_match({quoted(name)}, {text(values)}))"

    def as_json(self, name: str) -> str:
        """The value as it stands, or between quotes: nothing in it is escaped."""
        return quoted(name) if name in self._layout.bare else f"'\"' || {quoted(name)} || '\"'"

    def lines(self) -> int:
        """The lines of the file."""
        return newlines(self.path)

    def read(self, numbers: Sequence[int]) -> Iterator[Report | Rejected]:
        """The lines as JSON."""
        found = (scan_line(line, self.path) for line in _picked(self.path, numbers))
        yield from (one for one in found if one is not None)


class Csv:
    """CSV without any quotes: a line is plain when each column has a cell, with neither blanks around it nor a list in it."""

    first = 2

    def __init__(self, path: str) -> None:
        """Look at the header, and for quotes. Raises UnfitError."""
        self.path = path
        try:
            with Path(path).open("rb") as stream:
                header = stream.readline(LINE_LIMIT).removeprefix(_BOM).decode()
        except (OSError, UnicodeDecodeError):
            raise UnfitError(f"{path} has no header that can be read") from None
        if any(b'"' in piece for piece in _pieces(path)):
            raise UnfitError(f"{path} has quotes")
        self._names = [name.strip() for name in header.split(",")]
        self.keys = tuple(self._names)
        if len({one.lower() for one in self.keys}) < len(self.keys) or not all(self.keys) or "#" in header:
            raise UnfitError(f"{path} has columns without a name, or with the same one, or with a `#`")
        cells = (f"nullif(\"#cells\"[{n}], '') as {quoted(name)}" for n, name in enumerate(self.keys, 1))
        split = f'select line as "#line", string_split(line, \',\') as "#cells" from {_raw(path, skip=1)}'
        self.table = f"(select *, {', '.join(cells)} from ({split}))"

    def tests(self) -> Iterator[str]:
        """A cell for each column, and nothing that a reader of cells takes away or takes apart."""
        yield f'len("#cells") = {len(self.keys)}'
        yield f'not contains("#line", \';\') and not regexp_matches("#line", {text(f"(^|,){_BLANK}|{_BLANK}(,|$)")})'
        if "quantity" in self.keys:
            yield f"(quantity is null or regexp_full_match(quantity, {text(_NUMBER)}))"

    def as_json(self, name: str) -> str:
        """A number of a quantity, else a text."""
        return name if name == "quantity" else f"to_json({quoted(name)})::varchar"

    def lines(self) -> int:
        """The lines of the file but for the header."""
        return newlines(self.path) - 1

    def read(self, numbers: Sequence[int]) -> Iterator[Report | Rejected]:
        """The lines as rows."""
        found = (scan_row(line, self._names, self.path) for line in _picked(self.path, numbers))
        yield from (one for one in found if one is not None)


class Parquet:
    """Parquet: a row is plain when it has texts, numbers and times only; there is nothing to be read otherwise."""

    first = 1

    def __init__(self, path: str) -> None:
        """Look at the schema. Raises UnfitError."""
        import duckdb

        self.path = path
        try:
            with duckdb.connect() as connection:
                found = connection.execute(f"describe from read_parquet({text(path)})").fetchall()
        except duckdb.Error as error:
            raise UnfitError(f"{path} is no Parquet: {str(error).splitlines()[0]}") from None
        self._kinds = {name: kind for name, kind, *_ in found}
        self.keys = tuple(self._kinds)
        if len({one.lower() for one in self.keys}) < len(self.keys):
            raise UnfitError(f"{path} has several columns of one name")
        texts = (f"{_as_text(quoted(name), kind)} as {quoted(name)}" for name, kind in self._kinds.items())
        self.table = f"(select {', '.join(texts)} from read_parquet({text(path)}))"

    def tests(self) -> Iterator[str]:
        """No list, object or truth value; numbers where numbers may be."""
        for name, kind in self._kinds.items():
            number = kind in _NUMBERS and (name in ("act", "object", "place", "quantity") or name not in FIELDS)
            if kind != "VARCHAR" and not number and not kind.startswith("TIMESTAMP") and kind != "DATE":
                yield f"{quoted(name)} is null"
            if number:
                yield f"({quoted(name)} is null or regexp_full_match({quoted(name)}, {text(_NUMBER)}))"
            if name == "quantity" and not number:
                yield "quantity is null"

    def as_json(self, name: str) -> str:
        """A number as it stands, else a text."""
        return quoted(name) if self._kinds[name] in _NUMBERS else f"to_json({quoted(name)})::varchar"

    def lines(self) -> None:
        """A row is a row."""

    def read(self, numbers: Sequence[int]) -> Iterator[Report | Rejected]:
        """The rows again."""
        yield from scan_parquet(self.path, numbers)


_NUMBERS = frozenset(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"))


def _as_text(column: str, kind: str) -> str:
    """A value of Parquet as a report has it."""
    if kind.startswith("TIMESTAMP"):
        moment = f"{column}::timestamp"
        whole = f"date_trunc('second', {moment}) = {moment}"
        return f"case when {whole} then strftime({moment}, '%Y-%m-%dT%H:%M:%SZ') else strftime({moment}, '%Y-%m-%dT%H:%M:%S.%fZ') end"
    return f"{column}::varchar"


# --- lines ----------------------------------------------------------------------------------------------


def newlines(path: str) -> int:
    """How many lines a file has, the last one with or without its end."""
    ends, last = 0, b"\n"
    for piece in _pieces(path):
        ends, last = ends + piece.count(b"\n"), piece[-1:]
    return ends + (last != b"\n")


def _pieces(path: str) -> Iterator[bytes]:
    with Path(path).open("rb") as stream:
        while piece := stream.read(_PIECE):
            yield piece


def _picked(path: str, numbers: Sequence[int]) -> Iterator[Line]:
    """Some lines of a file, by ascending numbers from 1."""
    wanted = iter(numbers)
    following = next(wanted, None)
    with Path(path).open("rb") as stream:
        for number, data in enumerate(stream, 1):
            if number == following:
                yield Line(number, (data.removeprefix(_BOM) if number == 1 else data).removesuffix(b"\n"))
                following = next(wanted, None)
                if following is None:
                    return


def _raw(path: str, skip: int = 0) -> str:
    """The lines of a file as a table with one column, `line`; a blank line is null."""
    options = f"delim = '\x01', quote = '', escape = '', header = false, auto_detect = false, skip = {skip}"
    return f"read_csv({text(path)}, columns = {{'line': 'VARCHAR'}}, {options}, max_line_size = {LINE_LIMIT})"


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
