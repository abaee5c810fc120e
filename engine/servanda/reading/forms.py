"""What a reader makes of the cells of a row: the cells come in, the value of one report field goes out.

There are nine forms: a text with `{columns}`, a list, `first`, `by` with `cases`, `split`, `date`, `time`, `from` with
`until`, `latest`, `range`. They may stand inside each other. A form none of whose cells is filled gives None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from servanda.reading.foreign_dates import Format, Span, read_clock, read_day
from servanda.reading.rejected import shown, wrong

Value = str | Span | list[str | Span] | dict[str, float] | None

_WHOLE = re.compile(r"(\d+)\.0+", re.ASCII)
_NUMBER = re.compile(r"[-+]?\d{1,18}(?:\.\d{0,18})?(?:[eE][-+]?\d{1,2})?", re.ASCII)


class Cells(NamedTuple):
    """The filled cells of one row under their columns, and how its dates are written."""

    texts: Mapping[str, str]
    formats: tuple[Format, ...]


class Form(Protocol):
    """One way to make a value of cells."""

    def of(self, row: Cells) -> Value:
        """The value, or None; raises ReportError for a cell that cannot be used."""

    def columns(self) -> Iterator[str]:
        """Every column that is looked at."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text, in pieces: literal, column, literal, column, … literal.

    >>> Text(("ucdp-", "id", "")).of(Cells({"id": "7"}, ()))
    'ucdp-7'
    """

    pieces: tuple[str, ...]

    def of(self, row: Cells) -> str | None:
        """The text, or None when one of its columns is empty."""
        out: list[str] = []
        for at, piece in enumerate(self.pieces):
            filled = row.texts.get(piece) if at % 2 else piece
            if filled is None:
                return None
            out.append(filled)
        return "".join(out)

    def columns(self) -> Iterator[str]:
        """The columns named."""
        yield from self.pieces[1::2]


@dataclass(frozen=True, slots=True)
class Several:
    """Other forms, and whether all of them count, the first that is filled, the latest, or the range they span."""

    how: str
    forms: tuple[Form, ...]

    def of(self, row: Cells) -> Value:
        """What comes of the forms taken together."""
        if self.how == "first":
            return next((value for form in self.forms if (value := form.of(row)) is not None), None)
        values = [value for form in self.forms for value in _flat(form.of(row))]
        if not values:
            return None
        if self.how == "latest":
            return max((_span(value) for value in values), key=lambda span: span.last)
        if self.how == "range":
            numbers = [_number(value) for value in values]
            return {"low": min(numbers), "high": max(numbers)}
        return values

    def columns(self) -> Iterator[str]:
        """Those of every form."""
        for form in self.forms:
            yield from form.columns()


@dataclass(frozen=True, slots=True)
class Choice:
    """`by` a code, one of several forms; without `other`, a code that is not listed is an error."""

    by: Form
    cases: Mapping[str, Form | None]
    other: Form | None
    closed: bool

    def of(self, row: Cells) -> Value:
        """The value of the case; an empty cell is the case `""`, if there is one."""
        code = self.by.of(row)
        key = folded(code) if isinstance(code, str) else ""
        if key in self.cases:
            form = self.cases[key]
        elif self.closed and key:
            raise unknown_code(str(code), "write it into `cases` of the reader, or add `else`")
        else:
            form = self.other
        return None if form is None else form.of(row)

    def columns(self) -> Iterator[str]:
        """Those of the code and of every case."""
        for form in (self.by, *self.cases.values(), self.other):
            if form is not None:
                yield from form.columns()


@dataclass(frozen=True, slots=True)
class Split:
    """The parts of a text, or only the one of that number, from 1."""

    form: Form
    at: str
    take: int | None

    def of(self, row: Cells) -> Value:
        """The parts that are not empty."""
        text = self.form.of(row)
        parts = [part for each in text.split(self.at) if (part := each.strip())] if isinstance(text, str) else []
        if self.take is not None:
            return parts[self.take - 1] if self.take <= len(parts) else None
        return [*parts] or None

    def columns(self) -> Iterator[str]:
        """Those of the text."""
        return self.form.columns()


@dataclass(frozen=True, slots=True)
class Dated:
    """A text, or every text of a list, read as a day that may be off by `margin` days, or as an instant."""

    form: Form
    clock: bool
    margin: int

    def of(self, row: Cells) -> Value:
        """The days or instants."""
        value = self.form.of(row)
        spans: list[str | Span] = [self._read(str(one), row.formats) for one in _flat(value)]
        return (spans if isinstance(value, list) else spans[0]) if spans else None

    def _read(self, text: str, formats: tuple[Format, ...]) -> Span:
        return read_clock(text, formats) if self.clock else read_day(text, formats, self.margin)

    def columns(self) -> Iterator[str]:
        """Those of the text."""
        return self.form.columns()


@dataclass(frozen=True, slots=True)
class Between:
    """Some time from the beginning of one time to the end of another; one of them alone where the other is empty."""

    start: Form
    end: Form

    def of(self, row: Cells) -> Span | None:
        """The interval."""
        spans = [_span(value) for form in (self.start, self.end) for value in _flat(form.of(row))]
        return Span(spans[0].first, spans[-1].last) if spans else None

    def columns(self) -> Iterator[str]:
        """Those of both times."""
        yield from self.start.columns()
        yield from self.end.columns()


def folded(code: str) -> str:
    """A code as codes are compared: case does not count, nor does the `.0` that a spreadsheet adds to numbers.

    >>> folded(" Armed Clash "), folded("7.0")
    ('armed clash', '7')
    """
    text = code.strip().casefold()
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


def unknown_code(code: str, remedy: str) -> Exception:
    """The error of a row with a code that nothing is known of (R022)."""
    return wrong("R022", f"the code {shown(code, 40)!r} is not known", f"{remedy[:1].upper()}{remedy[1:]}.")


def _flat(value: Value) -> list[str | Span]:
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, str | Span) else []


def _span(value: str | Span) -> Span:
    return value if isinstance(value, Span) else Span(value, value)


def _number(value: str | Span) -> float:
    text = str(value)
    if not isinstance(value, str) or not _NUMBER.fullmatch(text):
        raise wrong("R014", f"{shown(text, 40)!r} is not a number")
    number = float(text)
    return int(number) if number.is_integer() else number
