"""The name of a reader, or the path of a mapping file, comes in; the `Mapping` that it says goes out.

A mapping says how a table of others is written, and which report fields are made of which columns. Those
that come with the library lie in `rules/readers/`, their crosswalks in `rules/crosswalks/`.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from servanda.diagnostics import Diagnostic
from servanda.errors import LoadError
from servanda.reading.complaints import Complaints, quoted
from servanda.reading.crosswalk import Crosswalk, read_crosswalk
from servanda.reading.foreign_dates import Format, compile_format
from servanda.reading.form_nodes import check_keys, column_name, read_form
from servanda.reading.forms import Form, folded
from servanda.reading.report_body import FIELDS, NEEDED
from servanda.reading.table import Table
from servanda.reading.tree import START, Node, Spot
from servanda.reading.yaml_tree import MAX_BYTES, decode, read_tree
from servanda.rulebook import rules_dir

_KEYS = (
    *("servanda", "reader", "text", "like", "delimiter", "quotes", "encodings", "header", "columns", "optional"),
    *("empty", "dates", "only", "crosswalk", "fields", "keep", "revisions", "version"),
)
_DELIMITERS = {"comma": ",", "tab": "\t", "semicolon": ";"}

Read = TypeVar("Read")


def read_mapping(name: str | Path) -> Table:
    """The mapping of that name or path; raises LoadError with everything that is wrong with it.

    >>> read_mapping("ucdp-ged").name
    'ucdp-ged'
    """
    return _Reading(_find(str(name), "readers"), ()).table()


def reader_names() -> list[str]:
    """The readers that come with the library."""
    return sorted(path.stem for path in (rules_dir() / "readers").glob("*.yaml"))


def _find(name: str, shelf: str, beside: Path | None = None) -> Path:
    """The file of a name: one that ends with `.yaml` is a path, any other lies in the library."""
    if name.endswith((".yaml", ".yml")):
        return (beside or Path()) / name
    return rules_dir() / shelf / f"{Path(name).name}.yaml"


def _open(path: Path, complaints: Complaints, spot: Spot) -> str | None:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        shelf = [one.stem for one in path.parent.glob("*.yaml")] if path.parent.parent == rules_dir() else []
        near = complaints.near(path.stem, shelf) or ("known are " + ", ".join(sorted(shelf)) if shelf else "")
        what = f"there is no {path.parent.name[:-1]} {path.stem!r}" if shelf else f"{path} cannot be opened: {reason}"
        complaints.add("M001", spot, what, near or "check the path and its permissions")
        return None
    return decode(data, complaints)


class _Reading:
    """One mapping file being read; it collects what is wrong."""

    def __init__(self, path: Path, trail: tuple[Path, ...]) -> None:
        self.path, self.trail = path, (*trail, path)
        complaints = Complaints(str(path))
        text = _open(path, complaints, START)
        self.complaints = complaints if text is None else Complaints(str(path), text)
        self.root = None if text is None else read_tree(text, self.complaints)
        self.others: list[Diagnostic] = []

    def table(self) -> Table:
        """The compiled mapping; raises LoadError."""
        found = None if self.root is None else self._compiled(self.root)
        problems = (*self.complaints.ordered(), *self.others)
        if found is None or problems:
            raise LoadError(problems)
        return found

    def _compiled(self, root: Node) -> Table | None:
        if not isinstance(root.value, dict):
            self.complaints.add(
                "M004", root.spot, "a reader is a mapping", "begin with `servanda: 1` and `reader: NAME`"
            )
            return None
        check_keys(root, _KEYS, self.complaints)
        base = self._base(root)
        crosswalk, code = self._crosswalk(root.child("crosswalk")) or (base.crosswalk, base.code)
        made = replace(
            base,
            name=self.path.stem,
            delimiters=self._list("delimiter", base.delimiters, self._delimiter),
            quotes=self._flag("quotes", base=base.quotes),
            encodings=self._list("encodings", base.encodings, self._encoding),
            header=self._list("header", base.header, self._column),
            columns={**base.columns, **self._each("columns", self._columns)},
            optional=base.optional | set(self._list("optional", (), self._column)),
            empty=frozenset(self._list("empty", tuple(base.empty), self._text)),
            dates=self._list("dates", base.dates, self._format),
            only={**base.only, **{column_name(key): one for key, one in self._each("only", self._codes).items()}},
            crosswalk=crosswalk,
            code=code,
            fields=self._fields(base),
            kept={**base.kept, **{name: column_name(name) for name in self._list("keep", (), self._attribute)}},
            revisions=self._flag("revisions", base=base.revisions),
            version=self._form("version") or base.version,
        )
        self._check(made, root)
        return made

    def _base(self, root: Node) -> Table:
        """What the mapping builds on."""
        like = root.child("like")
        name = like and self._text(like)
        if like is None or not name:
            return Table(self.path.stem)
        path = _find(name, "readers", self.path.parent)
        if path in self.trail or len(self.trail) > 8:
            self.complaints.add("M004", like.spot, "a reader cannot be like itself", "name another one")
            return Table(self.path.stem)
        reading = _Reading(path, self.trail)
        try:
            return reading.table()
        except LoadError as error:
            self.others += error.diagnostics
            return Table(self.path.stem)

    def _crosswalk(self, node: Node | None) -> tuple[Crosswalk, Form] | None:
        if node is None:
            return None
        check_keys(node, ("name", "of"), self.complaints)
        name, of = node.child("name"), node.child("of")
        if name is None or of is None or not (said := self._text(name)):
            message, remedy = "a crosswalk needs `name` and `of`", 'write {name: cameo, of: "{column}"}'
            self.complaints.add("M003", node.spot, message, remedy)
            return None
        path = _find(said, "crosswalks", self.path.parent)
        text = _open(path, self.complaints, name.spot)
        if text is None:
            return None
        inner = Complaints(str(path), text)
        root = read_tree(text, inner)
        found = Crosswalk(path.stem, {}, parents=False) if root is None else read_crosswalk(root, path.stem, inner)
        self.others += inner.ordered()
        return found, read_form(of, self.complaints)

    def _fields(self, base: Table) -> Mapping[str, Form]:
        """The fields of the base with one's own in their place; `null` leaves one out."""
        own = self._each("fields", lambda node: None if node.value is None else read_form(node, self.complaints))
        return {name: form for name, form in {**base.fields, **own}.items() if form is not None}

    def _check(self, made: Table, root: Node) -> None:
        at = root.at("fields")
        for name in NEEDED:
            if name not in made.fields and name not in at.dropped:
                self.complaints.add("M003", at.name_spot, f"no field {name!r} is made", f"say what `{name}` is")
        offered = {column for code in (made.crosswalk.codes if made.crosswalk else {}).values() for column in code}
        for name in sorted(column for form in made.fields.values() for column in form.columns()):
            if name.startswith("crosswalk_") and name not in offered:
                near = self.complaints.near(name, offered) or "give one of its codes that name"
                self.complaints.add("M006", at.name_spot, f"the crosswalk says nothing under {quoted(name)}", near)
        if made.header:
            for name in sorted(made.used - set(made.header)):
                near = self.complaints.near(name, made.header)
                message = f"the column {quoted(name)} is not among those of `header`"
                self.complaints.add("M006", at.name_spot, message, near or "name one of them")

    # --- parts of the file ------------------------------------------------------------------------------

    def _list(self, key: str, base: tuple[Read, ...], read: Callable[[Node], Read | None]) -> tuple[Read, ...]:
        node = self.root.child(key) if self.root else None
        if node is None:
            return base
        return tuple(one for item in node.items() if (one := read(item)) is not None)

    def _each(self, key: str, read: Callable[[Node], Read]) -> dict[str, Read]:
        node = self.root.child(key) if self.root else None
        if node is None:
            return {}
        if not isinstance(node.value, dict):
            self.complaints.add("M004", node.spot, f"{key!r} is a mapping", "write `NAME: VALUE` in each line")
        return {name: read(one) for name, one in node.entries().items()}

    def _text(self, node: Node) -> str | None:
        if isinstance(node.value, str) and node.value:
            return node.value
        self.complaints.add(
            "M004", node.spot, "here goes a text", f'put it in quotes: "{node.raw}"' if node.raw else "write one"
        )
        return None

    def _column(self, node: Node) -> str | None:
        text = self._text(node)
        return None if text is None else column_name(text)

    def _columns(self, node: Node) -> tuple[str, ...]:
        return tuple(name for item in node.items() if (name := self._column(item)) is not None)

    def _codes(self, node: Node) -> frozenset[str]:
        return frozenset(folded(text) for item in node.items() if (text := self._text(item)) is not None)

    def _attribute(self, node: Node) -> str | None:
        text = self._text(node)
        if text in FIELDS:
            message = f"{quoted(text)} is a field of reports, and cannot be the name of an attribute"
            self.complaints.add(
                "M004", node.spot, message, f'give it another name under `fields`, such as its_{text}: "{{{text}}}"'
            )
        return text

    def _delimiter(self, node: Node) -> str | None:
        text = _DELIMITERS.get(str(node.value), node.value)
        if isinstance(text, str) and len(text) == 1 and text not in '"\r\n':
            return text
        self.complaints.add(
            "M004", node.spot, "a delimiter is one character", "write comma, tab, semicolon or a character"
        )
        return None

    def _encoding(self, node: Node) -> str | None:
        text = self._text(node)
        if text is None:
            return None
        try:
            if "\r\n\t,".encode(codecs.lookup(text).name) == b"\r\n\t,":
                return text
        except (LookupError, ValueError):
            pass
        self.complaints.add("M004", node.spot, f"{quoted(text)} is not an encoding for lines", "write utf-8 or cp1252")
        return None

    def _format(self, node: Node) -> Format | None:
        text = self._text(node)
        if text is None:
            return None
        try:
            return compile_format(text)
        except ValueError as error:
            message = f"{quoted(text)} is not a date format: {error}"
            self.complaints.add("M007", node.spot, message, "write %Y-%m-%d, %d %B %Y, %m/%d/%Y or unix")
            return None

    def _flag(self, key: str, *, base: bool) -> bool:
        node = self.root.child(key) if self.root else None
        if node is None or isinstance(node.value, bool):
            return base if node is None else node.value is True
        self.complaints.add("M004", node.spot, f"{key!r} is true or false", f"write `{key}: true`")
        return base

    def _form(self, key: str) -> Form | None:
        node = self.root.child(key) if self.root else None
        return None if node is None else read_form(node, self.complaints)
