"""A mapping, compiled: what a mapping file says comes in, how to read a table goes out.

`servanda.reading.mapping` makes it of a file, `servanda.reading.foreign` reads tables with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from servanda.reading.crosswalk import Crosswalk
from servanda.reading.foreign_dates import Format
from servanda.reading.forms import Form


@dataclass(frozen=True)
class Table:
    """A mapping, compiled: how to read a table and what to make of a row. Columns are named as `column_name` does."""

    name: str
    delimiters: tuple[str, ...] = (",",)
    quotes: bool = True
    encodings: tuple[str, ...] = ("utf-8", "cp1252")
    header: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    empty: frozenset[str] = frozenset()
    dates: tuple[Format, ...] = ()
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    crosswalk: Crosswalk | None = None
    code: Form | None = None
    fields: Mapping[str, Form] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    revisions: bool = False
    version: Form | None = None

    @property
    def used(self) -> frozenset[str]:
        """The columns that must be there: those that are looked at and neither optional nor only kept."""
        forms = [form for form in (*self.fields.values(), self.code, self.version) if form is not None]
        named = {column for form in forms for column in form.columns()} | set(self.only)
        return frozenset(name for name in named if not name.startswith("crosswalk_")) - self.optional
