"""Where the rules engine cannot be imported, plain Python serves, and the user is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from servanda.cli import main

CASE = Path(__file__).parents[2] / "cases" / "late-delivery"


@pytest.mark.parametrize("importable", [True, False])
def test_the_output_says_when_plain_python_matched(monkeypatch: pytest.MonkeyPatch, importable: bool) -> None:
    monkeypatch.setattr("servanda.cli.loading.available", lambda: importable)
    args = ["assess", str(CASE / "agreement.yaml"), "-r", str(CASE / "reports.jsonl"), "--format", "json"]
    assert ("plain Python" in CliRunner().invoke(main, args).stderr) is not importable
