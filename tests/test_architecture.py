"""The rooms of the house: what each may import. Data flow one way, and so do dependencies."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parent.parent / "engine" / "servanda"

BOTTOM = frozenset({"codes", "diagnostics", "errors", "rulebook"})
# From left to right; the rooms of one step do not know each other.
STEPS: tuple[frozenset[str], ...] = (
    frozenset({"model"}),
    frozenset({"reading", "matching", "evidence"}),
    frozenset({"lifecycle"}),
    frozenset({"assessing"}),
    frozenset({"columnar", "live"}),
    frozenset({"explain", "snapshot"}),  # a tracker can be saved, and be made again
    frozenset({"api", "tracker"}),  # a finding can explain itself
    frozenset({"registry", "revisions"}),
    frozenset({"render"}),
    frozenset({"cli", "spark"}),
)
BELOW = {"codes": set[str](), "diagnostics": {"codes"}, "errors": {"codes", "diagnostics"}, "rulebook": set[str]()}
DOORS = frozenset({"__init__", "__main__"})  # the public names, and `python -m servanda`
# The only rooms that know a package of the outside; the others need none of it.
OUTSIDE = {
    "click": {"cli"},
    "duckdb": {"columnar", "matching", "reading"},
    "durable": set[str](),
    "durable_rules_engine": {"matching"},
    "icalendar": {"render"},
    "pydantic": {"reading", "render", "cli"},
    "pydantic_core": {"reading"},
    "pyspark": {"spark"},
    "rich": {"render"},
    "yaml": {"reading", "matching"},
}


def _modules() -> list[Path]:
    return sorted(HOUSE.rglob("*.py"))


def _room(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def _imports(path: Path) -> Iterator[str]:
    """Every module imported, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _may_use(room: str) -> set[str]:
    if room in BELOW:
        return {room, *BELOW[room]}
    found = {room, *BOTTOM}
    for step in STEPS:
        if room in step:
            return found
        found |= step
    raise AssertionError(f"{room} is a new room: give it a place in STEPS and in docs/architecture.md")


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_rooms_import_only_from_the_left(path: Path) -> None:
    room = _room(path)
    if room in DOORS:
        return
    allowed = _may_use(room)
    for name in _imports(path):
        if name == "servanda" or name.startswith("servanda."):
            used = name.split(".")[1]
            if used.startswith("__"):  # the version
                used = room
            assert used in allowed, f"{path.relative_to(HOUSE)} imports {name}"


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_packages_of_the_outside_stay_in_their_rooms(path: Path) -> None:
    for name in _imports(path):
        package = name.split(".")[0]
        if package in OUTSIDE:
            assert _room(path) in OUTSIDE[package], f"{path.relative_to(HOUSE)} imports {package}"


def test_no_module_is_longer_than_the_house_rule_allows() -> None:
    for path in _modules():
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path.name
