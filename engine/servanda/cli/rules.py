"""`servanda rules`: a name or a part of one comes in; acts, provisions, rules and readers that match go out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import click

from servanda.cli.documented import Documented
from servanda.cli.shared import Failure, did_you_mean, emit

if TYPE_CHECKING:
    from pathlib import Path

    from servanda.reading.tree import Node

_PROVISIONS = "provisions"


class Entry(NamedTuple):
    """Something of the library: which shelf it stands on, its name, what it is, and other names it is found by."""

    shelf: str
    name: str
    text: str
    others: str = ""


@click.command(
    "rules",
    cls=Documented,
    examples=(
        "servanda rules",
        "servanda rules acts",
        "servanda rules force.attack",
        "servanda rules custody",
        "servanda rules no-attack",
        "servanda rules CeProv",
    ),
)
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """Look up acts, provisions, rules and readers that come with servanda: all, or those that NAME is part of.

    The name of an act shows the act with everything below it; the name of a provision shows how it is
    used; the name of a shelf, such as acts or provisions, shows everything on it. Provisions are found
    by their names in the Peace Accords Matrix and in PA-X too.
    """
    from servanda.rulebook import rules_dir

    try:
        library = _library(rules_dir())
    except FileNotFoundError as error:
        raise Failure(str(error)) from None
    found = library if name is None else _search(library, name.strip())
    if not found:
        names = [entry.name for entry in library] + [entry.shelf for entry in library]
        raise Failure(f"nothing in the library is called {name!r}{did_you_mean(name or '', names)}")
    emit(_page(found[0], library) if _is_one_provision(found, name) else _text(found), None)


def _is_one_provision(found: list[Entry], name: str | None) -> bool:
    return len(found) == 1 and found[0].shelf == _PROVISIONS and found[0].name == (name or "").strip()


def _page(entry: Entry, library: list[Entry]) -> str:
    from servanda.cli.provision_page import page
    from servanda.cli.shared import Unreadable
    from servanda.reading.provisions import ProvisionError, provision

    try:
        return page(provision(entry.name), {one.name: one.text for one in library if one.shelf == "acts"})
    except ProvisionError as error:
        raise Unreadable(str(error)) from None


def _search(library: list[Entry], name: str) -> list[Entry]:
    """A shelf, else an entry with all below it, else every entry whose name or text holds the words."""
    shelf = [entry for entry in library if name.casefold() in (entry.shelf, entry.shelf.split()[0])]
    if shelf:
        return shelf
    exact = [entry for entry in library if f"{entry.name}.".startswith(f"{name}.")]
    if any(entry.name == name for entry in exact) or not name:
        return exact
    words = name.casefold()
    return [entry for entry in library if any(words in text.casefold() for text in entry[1:])]


def _library(folder: Path) -> list[Entry]:
    entries = [Entry("acts", name, _words(node)) for name, node in _section(folder / "acts.yaml", "acts").items()]
    for path in sorted((folder / _PROVISIONS).glob("*.yaml"), key=lambda path: path.stem):
        if root := _tree(path):
            others = [text for key in ("template", "names") if (node := root.child(key)) for text in node.texts()]
            entries.append(Entry(_PROVISIONS, path.stem, _words(root.at("title")), "; ".join(others)))
    for path in sorted((folder / "readers").glob("*.yaml")):
        root = _tree(path)
        text = root.entries().get("text") or root.entries().get("title") if root else None
        entries.append(Entry("readers", path.stem, _words(text) if text else ""))
    flags = _section(folder / "flagging.yaml", "rules").items()
    return entries + [Entry("flagging rules", name, _words(node.at("text"))) for name, node in flags]


def _section(path: Path, key: str) -> Mapping[str, Node]:
    root = _tree(path)
    return root.at(key).entries() if root is not None and root.child(key) is not None else {}


def _tree(path: Path) -> Node | None:
    from servanda.reading.complaints import Complaints
    from servanda.reading.yaml_tree import read_tree

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return read_tree(text, Complaints(str(path), text))


def _words(node: Node) -> str:
    from servanda.render.words import clean

    return clean(node.value) if isinstance(node.value, str) else ""


def _text(found: list[Entry]) -> str:
    lines: list[str] = []
    width = max(len(_indented(entry)) for entry in found)
    shelves = dict.fromkeys(entry.shelf for entry in found)
    for shelf in shelves:
        lines += ["", f"{shelf}:"] if lines else [f"{shelf}:"]
        lines += [f"  {_indented(one):<{width}}  {one.text}".rstrip() for one in found if one.shelf == shelf]
    return "\n".join(lines) + "\n"


def _indented(entry: Entry) -> str:
    return "  " * entry.name.count(".") + entry.name if entry.shelf == "acts" else entry.name
