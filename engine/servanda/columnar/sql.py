"""Names and texts come in; SQL that means just them goes out."""

from __future__ import annotations


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
