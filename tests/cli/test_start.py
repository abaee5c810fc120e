"""Starting costs little: what a call does not need is not imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CASE = ROOT / "cases" / "istanbul-2025"
HEAVY = {
    *("dateutil", "duckdb", "durable_rules_engine", "holidays", "icalendar", "msgspec", "pyarrow", "pydantic"),
    *("pydantic_core", "rich", "sortedcontainers", "yaml"),
}
CALL = """
import atexit, sys
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
from servanda.cli import main
main()
"""
JUDGING = {"dateutil", "pydantic", "pydantic_core", "sortedcontainers", "yaml"}  # what every assessment needs


def imported(*arguments: str) -> set[str]:
    """The modules that a call of the command line imports, however it does so."""
    command = [sys.executable, "-c", CALL, *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    found = subprocess.run(command, capture_output=True, text=True, env=env, timeout=60, check=True)
    assert found.stdout
    return set(found.stderr.splitlines()[-1].split())


def heavy(modules: set[str]) -> set[str]:
    """The packages among them that take time to import."""
    return {name.partition(".")[0] for name in modules} & HEAVY


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_a_word_about_itself_imports_nothing_heavy(option):
    modules = imported(option)
    assert "servanda.cli" in modules
    assert not heavy(modules)
    assert "servanda.tracker" not in modules


@pytest.mark.parametrize(
    ("options", "more"),
    [
        (("--format", "json", "--engine", "plain"), set()),
        (("--format", "csv", "--engine", "plain"), set()),
        (("--format", "table", "--engine", "plain"), {"rich"}),
        (("--format", "json", "--engine", "rete"), {"durable_rules_engine"}),
    ],
)
def test_the_founding_case_imports_what_it_needs_and_no_more(options, more):
    if "durable_rules_engine" in more:
        pytest.importorskip("durable_rules_engine")
    case = (str(CASE / "agreement.yaml"), "-r", str(CASE / "reports.jsonl"), "--fail-on", "never")
    modules = imported("assess", *case, *options)
    assert heavy(modules) == JUDGING | more
    assert "dateutil.rrule" not in modules
    assert not {"servanda.reading.foreign", "servanda.explain", "servanda.live", "servanda.tracker"} & modules
