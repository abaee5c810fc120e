"""For every code of an agreement file, an input that fails with it: code, place, and what the caret marks."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from servanda.diagnostics import CATALOGUE, Diagnostic
from servanda.reading import acts, check
from servanda.reading.agreement import _check
from servanda.reading.complaints import Complaints
from servanda.reading.linting.checks import CHECKS, warn
from servanda.reading.tree import START, Node
from servanda.reading.yaml_tree import read_tree

HERE = Path(__file__).parent
FILES = sorted((HERE / "bad").glob("*.yaml"))
GOOD = sorted((HERE / "good").glob("*.yaml"))
KNOWN = frozenset(
    [
        "force",
        "force.attack",
        "force.restrain",
        "talk",
        "talk.meet",
        "sanction",
        "establish",
        "detain.handover",
        "detain.arrest",
    ]
)
HEAD = "servanda: 1\nagreement: example\n"
GENERATED = {
    "A004": "#" * (8 * 1024 * 1024 + 1),
    "A005": HEAD + "x: [" + "1," * 2_000_000 + "]",
    "A007": HEAD + f"title: {'x' * 70_000}\n",
    "A017": HEAD + "".join(f"k{number}: 1\n" for number in range(1_200)),
}


@pytest.fixture(autouse=True)
def _taxonomy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "taxonomy", lambda: KNOWN)


def marked(found: Diagnostic) -> str:
    """What stands above the caret."""
    at = found.column - 1 - found.cut
    return "".join(char for char in found.excerpt[at : at + found.length] if char.isprintable())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_code_place_and_caret(path: Path) -> None:
    first = path.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0]
    expected = [part.strip() for part in first.removeprefix("# expect:").split("|")]
    _, found = check(path)
    assert [f"{one.code} {one.line}:{one.column} {marked(one)}".rstrip() for one in found] == expected
    assert path.name[:4] in {one.code for one in found}
    assert all(one.remedy and one.message for one in found)
    assert all(one.severity == CATALOGUE[one.code].severity for one in found)


@pytest.mark.parametrize("code", sorted(GENERATED))
def test_too_large_to_keep(code: str) -> None:
    agreement, found = _check(GENERATED[code], "big.yaml", None)
    assert agreement is None
    assert code in {one.code for one in found}


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path, "a\0b"):
        assert [one.code for one in check(path)[1]] == ["A001"]


def test_every_code_has_its_input() -> None:
    codes = {code for code in CATALOGUE if code.startswith(("A", "W"))}
    assert {path.name[:4] for path in FILES} | set(GENERATED) | {"A001"} == codes


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_what_only_looks_like_a_mistake_is_left_alone(path: Path) -> None:
    agreement, found = check(path)
    assert agreement is not None
    assert [one.render() for one in found] == []


def test_every_check_has_what_it_stays_silent_about() -> None:
    """Those of names and words are held silent by all the others."""
    codes = {code for code in CATALOGUE if code.startswith("W") and code >= "W006"} - {"W010"}
    assert {path.name[:4] for path in GOOD} >= codes


def test_every_check_says_what_it_looks_for() -> None:
    told = "".join(check.__doc__ or "" for check in CHECKS)
    assert set(re.findall(r"W\d{3}", told)) | {"W001", "W004", "W010"} == {code for code in CATALOGUE if code[0] == "W"}


@pytest.mark.parametrize("times", [", by: 2025-02-01", ", by: 2025-02-01T00:{0:02}:{1:02}"])
def test_many_clauses_are_compared_quickly(times: str) -> None:
    """Alike or not: were each compared with each, this would take minutes."""
    head = "servanda: 1\nagreement: long\nactors: {A: {role: party}}\nclauses:\n"
    lines = (f"  c{n}: {{binds: A, must: {{act: talk}}{times.format(n // 60, n % 60)}}}\n" for n in range(3_000))
    agreement, _ = _check(head + "".join(lines), "long.yaml", None)
    assert agreement is not None
    started = time.process_time()
    warn(agreement, read_tree(head, Complaints("long.yaml")) or Node({}, START), Complaints("long.yaml"))
    assert time.process_time() - started < 20


def test_a_good_agreement_gives_nothing() -> None:
    agreement, found = check(HERE / "istanbul.yaml")
    assert agreement is not None
    assert found == ()
