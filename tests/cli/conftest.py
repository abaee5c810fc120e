"""The command line in-process and as a program, and the worked example."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.watched import lines
from servanda.cli import main

DATA = Path(__file__).parent / "data"
ENGINE = Path(__file__).parents[2] / "engine"


@pytest.fixture
def example() -> tuple[str, str]:
    return str(DATA / "agreement.yaml"), str(DATA / "reports.jsonl")


@pytest.fixture
def run() -> Callable[..., Result]:
    def call(*args: str, stdin: str | bytes | None = None, env: dict[str, str | None] | None = None) -> Result:
        found = CliRunner().invoke(main, args, input=stdin, env={"COLUMNS": "140", **(env or {})})
        assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
        assert "Traceback" not in found.output
        return found

    return call


@pytest.fixture
def assess(run: Callable[..., Result], example: tuple[str, str]) -> Callable[..., Result]:
    """`servanda assess` on the example, with further options."""
    agreement, reports = example
    return lambda *args, **more: run("assess", agreement, "-r", reports, *args, **more)


@pytest.fixture
def process() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    def call(*args: str, **settings: Any) -> subprocess.CompletedProcess[bytes]:
        env = {**os.environ, "PYTHONPATH": str(ENGINE), **settings.pop("env", {})}
        command = [sys.executable, "-m", "servanda.cli", *args]
        return subprocess.run(command, capture_output=True, env=env, timeout=60, check=False, **settings)

    return call


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A file to be watched."""
    path = tmp_path / "reports.jsonl"
    path.write_text("".join(f"{one}\n" for one in lines()))
    return path
