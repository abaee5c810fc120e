"""Names and values come in; SQL that means just them goes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

_BATCH = 5_000  # rows in one statement


def quoted(name: str) -> str:
    """A name of a column.

    >>> quoted('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text.

    >>> text("it's")
    "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"


def tuple_of(values: Iterable[object]) -> str:
    """The values of a row: texts, numbers, truth values and nulls.

    >>> tuple_of(("a", 1, True, None))
    "('a', 1, true, null)"
    """
    return f"({', '.join(map(_value, values))})"


def _value(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else text(str(value))


def batches(rows: Iterable[tuple[object, ...]]) -> Iterator[list[tuple[object, ...]]]:
    """Rows, as many at a time as one statement takes."""
    left = iter(rows)
    while some := list(islice(left, _BATCH)):
        yield some
