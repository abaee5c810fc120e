"""Starting costs little: what a call does not need is not imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ENGINE = Path(__file__).parents[2] / "engine"
HEAVY = {"pydantic", "pydantic_core", "rich", "yaml", "durable_rules_engine", "dateutil"}


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_a_word_about_itself_imports_nothing_heavy(option):
    command = [sys.executable, "-X", "importtime", "-m", "servanda.cli", option]
    env = {**os.environ, "PYTHONPATH": str(ENGINE)}
    found = subprocess.run(command, capture_output=True, text=True, env=env, timeout=60, check=True)
    assert "servanda" in found.stdout
    imported = {
        line.rpartition("|")[2].strip() for line in found.stderr.splitlines() if line.startswith("import time:")
    }
    assert "servanda.cli" in imported
    assert not {name.partition(".")[0] for name in imported} & HEAVY
    assert "servanda.tracker" not in imported
