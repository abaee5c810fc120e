"""The catalogue of codes: every code that the package uses is explained, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import servanda.diagnostics
from servanda.diagnostics import CATALOGUE

PACKAGE = Path(servanda.diagnostics.__file__).parent
CODE = re.compile(r"""["']([AMWRS]\d{3})["']""")


def used() -> set[str]:
    rooms = (path for path in PACKAGE.rglob("*.py") if path.parent.name != "codes")
    return {code for path in rooms for code in CODE.findall(path.read_text(encoding="utf-8"))}


def test_every_code_used_is_explained() -> None:
    assert used() <= set(CATALOGUE)


@pytest.mark.parametrize("group", ["A", "M", "W", "R0", "R1", "S"])
def test_every_code_explained_is_used(group: str) -> None:
    explained = {code for code in CATALOGUE if code.startswith(group)}
    assert explained <= used()


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_an_entry_says_enough(code: str) -> None:
    entry = CATALOGUE[code]
    assert entry.code == code
    assert entry.title
    assert entry.remedy.endswith(".")
    assert entry.wrong != entry.right
    assert 1 <= len(re.findall(r"[.!](?:\s|$)", entry.meaning)) <= 5
