"""`servanda rules` shows each provision, and `servanda test` runs the cases that it carries."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from servanda.reading.provisions import provision, provision_names
from servanda.render.schemas import schema_of
from servanda.rulebook import rules_dir


@pytest.mark.parametrize("name", provision_names())
def test_the_page_of_a_provision(run, name):
    file = provision(name).file
    page = run("rules", name).stdout
    assert page.startswith(f"{name}: {file.title}\n{file.template}; PAM: ")
    assert all(f"\n  {parameter} " in page for parameter in file.parameters)
    assert all(f"\n  {act}" in page for act in (*file.fulfilled_by, *file.broken_by))
    assert all(other in page for other in (*file.names.pam, *file.names.pax))
    assert f"use: {name}" in page[page.index("\nexample:\n") :]
    assert max(map(len, page.splitlines())) <= 120


def test_provisions_are_found_by_what_others_call_them(run):
    assert "no-attack  " in run("rules", "ceprov").stdout
    assert run("rules", "T16").stdout.splitlines()[1].split()[0] == "sanction-ladder"
    assert "did you mean 'no-attack'?" in run("rules", "no-atack").stderr


@pytest.mark.parametrize("name", provision_names())
def test_the_cases_of_a_provision(run, name):
    found = run("test", str(rules_dir() / "provisions" / f"{name}.yaml"))
    assert found.stdout.endswith(" passed, 0 failed\n"), found.stdout
    assert found.exit_code == 0


@pytest.fixture
def copy(tmp_path):
    """One provision in a folder of one's own."""
    place = tmp_path / "provisions"
    place.mkdir()
    path = Path(shutil.copy(rules_dir() / "provisions" / "no-attack.yaml", place))
    return lambda old, new: path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8") and path


def test_a_folder_of_provisions(run, copy):
    path = copy("", "")
    passed = run("test", str(path)).stdout
    assert run("test", str(path.parent)).stdout == passed
    assert run("test", str(path.parent.parent)).stdout == passed


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("\n  kept:", "\n  keeping:", "error: kept: field required"),
        ("{id: r1, ", "{", "error[R010]"),
        ("use: no-attack", "use: no-atack", "error[A501]"),
        ("title:", "titel:", "title: field required"),
        ("provision: no-attack", "provision: [", "error[A009]"),
    ],
)
def test_a_provision_that_cannot_be_run(run, copy, old, new, words):
    path = copy(old, new)
    found = run("test", str(path))
    assert (found.exit_code, found.stdout) == (2, "0 passed, 0 failed, 1 unreadable\n")
    assert words in found.stderr
    assert path.name in found.stderr


def test_a_case_that_fails(run, copy):
    path = copy("ceasefire/NORTH: violated", "ceasefire/NORTH: holding")
    found = run("test", str(path))
    assert found.exit_code == 1
    assert f"{path}: broken: neutral, as of 2026-03-01: ceasefire/NORTH: expected holding, got violated" in found.stdout


@pytest.mark.parametrize(
    ("clause", "fits"),
    [
        ({"use": "no-attack", "with": {"parties": "A"}}, True),
        ({"binds": ["A"], "must": {"act": "talk"}, "otherwise": {"use": "no-attack"}}, True),
        ({"use": "no-attack", "by": "2026-03-01"}, True),
        ({"binds": ["A"], "with": {}}, False),
        ({"must": {"act": "talk"}}, False),
        ({"use": 3}, False),
    ],
)
def test_the_schema_knows_use_and_with(clause, fits):
    whole = {"servanda": 1, "agreement": "a", "actors": {"A": {"role": "party"}}, "clauses": {"c": clause}}
    assert Draft202012Validator(schema_of("agreement")).is_valid(whole) is fits


def test_a_provision_of_the_library_that_is_not_sound(run, copy, monkeypatch):
    path = copy("title:", "titel:")
    monkeypatch.setattr("servanda.rulebook.rules_dir", lambda: path.parents[1])
    monkeypatch.setattr("servanda.reading.provisions.rules_dir", lambda: path.parents[1])
    found = run("rules", "no-attack")
    assert found.exit_code == 2
    assert "title: field required" in found.stderr
