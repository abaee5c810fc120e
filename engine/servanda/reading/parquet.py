"""Reports in Parquet: a path comes in; the mapping of each row goes out, with what is in them as JSON would have it.

A row counts as a line, from 1. Times without a zone are UTC, as Parquet has them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from servanda.reading.rejected import ReportFileError

_BATCH = 10_000  # rows


def read_parquet(path: str, numbers: Sequence[int] | None = None) -> Iterator[tuple[int, Mapping[str, object]]]:
    """Every row that says something, or those with these numbers, in order. Raises ReportFileError."""
    import duckdb

    if not Path(path).is_file() or any(mark in path for mark in "*?["):  # which would stand for several files
        raise ReportFileError(path, "is no file, or has `*`, `?` or `[` in its name", "check the path")
    wanted = "" if numbers is None else f"where file_row_number + 1 in ({', '.join(map(str, numbers)) or 'null'})"
    query = f"select * from read_parquet(?, file_row_number = true) {wanted} order by file_row_number"  # noqa: S608
    try:
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            found = connection.execute(query, [path])
            names = [column[0] for column in found.description]
            while rows := found.fetchmany(_BATCH):
                for row in rows:
                    told = {name: json_like(value) for name, value in zip(names, row, strict=True) if value is not None}
                    number = told.pop("file_row_number")
                    assert isinstance(number, int)
                    yield number + 1, told
    except (duckdb.Error, OSError) as error:
        reason = str(error).splitlines()[0]
        raise ReportFileError(
            path, f"cannot be read as Parquet ({reason})", "check the path, or write it again"
        ) from None


def json_like(value: object) -> object:
    """A value as JSON would have it.

    >>> json_like(dt.datetime(2025, 11, 6, 18, 10)), json_like(dt.date(2025, 11, 6))
    ('2025-11-06T18:10:00Z', '2025-11-06')
    """
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None).isoformat() + "Z"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list | tuple):
        return [json_like(one) for one in value]
    if isinstance(value, dict):
        return {name: json_like(one) for name, one in value.items()}
    return value
