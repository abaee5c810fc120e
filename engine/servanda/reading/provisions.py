"""The provisions of the rule library: a name or a path comes in, a clause with parameters to fill goes out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import Field, ValidationError

from servanda.reading.agreement_file import Entry, Text, Texts
from servanda.reading.complaints import Complaints, quoted
from servanda.reading.misfits import misfits
from servanda.reading.tree import Node
from servanda.reading.yaml_tree import MAX_BYTES, decode, read_tree
from servanda.rulebook import rules_dir

Kind = Literal[
    "actor",
    "actors",
    "acts",
    "test",
    "pattern",
    "triggers",
    "date",
    "duration",
    "rule",
    "number",
    "count",
    "clause",
    "clauses",
]
KINDS: Mapping[Kind, str] = {
    "actor": "the name of an actor",
    "actors": "an actor or a list of actors",
    "acts": "an act or a list of acts",
    "test": "a value, a list of values, or a test such as {not: x}",
    "pattern": "a pattern, such as {act: talk.meet}",
    "triggers": "a trigger, such as {violated: CLAUSE} or {act: demand}, or a list of them",
    "date": "a date, such as 2025-11-06",
    "duration": "a duration, such as P30D",
    "rule": "a duration such as P1M, or a rule such as FREQ=WEEKLY",
    "number": "a number that is not negative",
    "count": "a whole number that is not negative",
    "clause": "the name of a clause",
    "clauses": "the name of a clause or a list of names",
}
_NAMES = ("actors", "acts", "clauses")
_NAME = ("actor", "clause", "rule")
_HOLE = re.compile(r"<([a-z_]+)>")


class ProvisionError(ValueError):
    """A provision that cannot be used; `lines` say what is wrong with its file, and where."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class ParameterEntry(Entry):
    """What a user of the provision says: required, unless there is a default or it may be left out."""

    text: Text
    type: Kind
    default: Any = None
    optional: bool = False


class NamesEntry(Entry):
    """What others call it: provisions of the Peace Accords Matrix, codes of PA-X."""

    pam: Texts
    pax: Texts


class ProvisionFile(Entry):
    """A file of `rules/provisions/`; `cases` are read by `servanda test`."""

    provision: Text
    title: Text
    text: Text
    template: Text | None = None
    names: NamesEntry | None = None
    parameters: dict[str, ParameterEntry]
    fulfilled_by: list[Text] = Field(default_factory=list)
    broken_by: list[Text] = Field(default_factory=list)
    clause: dict[str, Any]
    cases: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Provision:
    """A clause with holes, and what is said about it."""

    path: Path
    file: ProvisionFile
    root: Node
    lines: tuple[str, ...]

    @property
    def clause(self) -> Mapping[str, Node]:
        """The keys of the clause."""
        return self.root.at("clause").entries()

    def default(self, name: str) -> Node | None:
        """What a parameter is when nobody says it."""
        return self.root.at("parameters", name).child("default")

    def written(self, *path: str) -> list[str]:
        """The lines of the file that hold the entry of that path, from the margin."""
        spot = self.root.at(*path).name_spot
        margin = spot.column - 1
        found = [self.lines[spot.line - 1]]
        for line in self.lines[spot.line :]:
            if line.strip() and len(line) - len(line.lstrip()) <= margin:
                break
            found.append(line)
        return [line[margin:].rstrip() for line in found if line.strip()]


def provision_names() -> list[str]:
    """The names of all provisions, in order; none where there is no library."""
    try:
        return list(_stems(rules_dir() / "provisions"))
    except FileNotFoundError:
        return []


@lru_cache(maxsize=8)
def _stems(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))


def provision(name: str) -> Provision:
    """The provision of the library with that name. Raises ProvisionError when its file is not sound."""
    return read_provision(rules_dir() / "provisions" / f"{name}.yaml")


@lru_cache(maxsize=256)
def read_provision(path: Path) -> Provision:
    """The provision of a file. Raises ProvisionError with everything that is wrong with it."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise ProvisionError([f"error: {path} cannot be opened: {reason}"]) from None
    complaints = Complaints(str(path), data.decode("utf-8", "replace"))
    text = decode(data, complaints)
    root = None if text is None else read_tree(text, complaints)
    if text is None or root is None or complaints.failed:
        raise ProvisionError([one.render() for one in complaints.ordered()])
    try:
        file = ProvisionFile.model_validate(root.plain())
    except ValidationError as error:
        raise ProvisionError(misfits(str(path), root, error)) from None
    if problems := [f"{path}:{node.spot.line}:{node.spot.column}: error: {words}" for node, words in _odd(file, root)]:
        raise ProvisionError(problems)
    return Provision(path, file, root, tuple(text.splitlines()))


def _odd(file: ProvisionFile, root: Node) -> Iterator[tuple[Node, str]]:
    """What is well formed and cannot be meant."""
    used: set[str] = set()
    for node in _scalars(root.at("clause")):
        if name := hole(node):
            used.add(name)
            if name not in file.parameters:
                yield node, f"there is no parameter {quoted(name)}"
    for name in file.parameters:
        node = root.at("parameters", name)
        default = node.child("default")
        if name not in used:
            yield node, f"the clause does not use the parameter {quoted(name)}"
        if default is not None and not fits(default, file.parameters[name].type):
            yield default, f"the default is not {KINDS[file.parameters[name].type]}"


def _scalars(node: Node) -> Iterator[Node]:
    inner = node.value if isinstance(node.value, list) else list(node.entries().values())
    if not inner:
        yield node
    for item in inner:
        yield from _scalars(item)


def hole(node: Node) -> str | None:
    """The parameter whose value belongs here, or None where something else is written.

    >>> from servanda.reading.tree import START
    >>> hole(Node("<parties>", START)), hole(Node("$other", START))
    ('parties', None)
    """
    found = _HOLE.fullmatch(node.value) if isinstance(node.value, str) else None
    return found[1] if found else None


def fits(node: Node, kind: Kind) -> bool:
    """Whether a value has the form that a parameter of this kind needs; names in it are read later."""
    value = node.value
    if kind == "test":
        return value is not None and value not in ([], {})
    if kind in ("pattern", "triggers"):
        items = value if kind == "triggers" and isinstance(value, list) else [node]
        return bool(items) and all(isinstance(item.value, dict) for item in items)
    if kind in ("number", "count"):
        wanted = int if kind == "count" else (int, float)
        return isinstance(value, wanted) and not isinstance(value, bool) and value >= 0
    if kind in _NAMES:
        return bool(node.items()) and all(isinstance(item.value, str) for item in node.items())
    if kind == "date":  # a year alone is a number to YAML
        return isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool))
    return isinstance(value, str) and (kind in _NAME or value.startswith("P"))


assert set(KINDS) == set(get_args(Kind))
