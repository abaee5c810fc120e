"""The benchmarks, at tiny sizes: everybody counts the same, and what is wrong is said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[2]
IN_A_CLONE = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="there are no commits here")


def script(name: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "benchmarks" / name), *options]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    return subprocess.run(command, capture_output=True, text=True, env=env, timeout=120, check=False)


def run(*options: str, only: tuple[str, ...], sizes: tuple[str, ...] = ("100",)) -> subprocess.CompletedProcess[str]:
    return script("run.py", "--runs", "1", "--sizes", *sizes, "--only", *only, *options)


def rows(text: str) -> dict[tuple[str, str], str]:
    """What is said of the counts, by the number of reports and who counted."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    return {(row[0], row[1]): row[-1] for row in cells if row[0][0].isdigit()}


@pytest.mark.parametrize("workload", ["H", "W100"])
def test_everybody_who_can_be_asked_counts_the_same(workload):
    done = run("--markdown", only=(workload,), sizes=("70", "400"))
    assert done.returncode == 0, done.stdout + done.stderr
    said = rows(done.stdout)
    assert {("70", "by hand"), ("70", "plain"), ("400", "by hand"), ("400", "plain")} <= said.keys()
    assert {"agree"} <= set(said.values()) <= {"agree", "as many reports"}  # the latter of those who only read


def test_a_table_and_a_drawing_are_made(tmp_path):
    done = run("--plot", str(tmp_path / "times.svg"), only=("W100", "plain"), sizes=("60", "120"))
    assert [line.split()[:2] for line in done.stdout.splitlines() if line.strip()[:1].isdigit()] == [
        [size, who] for size in ("60", "120") for who in ("by", "plain")
    ]
    drawing = ET.parse(tmp_path / "times.svg").getroot()
    words = [text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert {"W100: seconds by number of reports", "by hand", "plain", "60", "120"} <= set(words)


@pytest.mark.parametrize(
    ("counts", "missed", "strikes"),
    [
        ('{"missed": 1, "strikes": 77}', "1", "77"),
        ('{"missed": 1, "reports": 100}', "1", "None"),
        ("{}", "None", "None"),
    ],
)
def test_a_wrong_count_is_noticed(counts, missed, strikes):
    done = run("--markdown", "--also", f"mine=echo '{counts}'", only=("H", "mine"))
    assert done.returncode == 1
    said = rows(done.stdout)
    assert said["100", "by hand"] == "agree"
    assert said["100", "mine"].startswith(f"WRONG: missed {missed} (not ")
    assert f"strikes {strikes} (not " in said["100", "mine"]


@pytest.mark.parametrize(
    ("command", "seconds", "why"),
    [
        ("{python} -m servanda assess {folder}/agreement.yaml --engine warp", "60", "'warp' is not one of"),
        ("{python} -c 'import no_such_engine'", "60", "ModuleNotFoundError: No module named 'no_such_engine'"),
        ("echo nothing", "60", "no counts in its output"),
        ("true", "60", "no counts in its output"),
        ("{python} -c 'import os; os.abort()'", "60", "ended by SIGABRT"),
        ("{python} -c 'import time; time.sleep(60)'", "2", "stopped after 2 s"),
        ("{python} -c 'import time; big = b\"x\" * 300_000_000; time.sleep(60)'", "60", "stopped at 200 MiB"),
    ],
)
def test_who_cannot_answer_is_left_out_with_a_reason(command, seconds, why):
    done = run("--also", f"mine={command}", "--timeout", seconds, "--memory", "200", only=("H", "mine"))
    assert done.returncode == 0, done.stderr
    (said,) = [line for line in done.stdout.splitlines() if line.startswith("mine is left out: ")]
    assert why in said


@IN_A_CLONE
def test_a_commit_is_as_fast_as_itself_and_a_limit_is_kept():
    same = script("compare.py", "HEAD", "HEAD", "--only", "start", "--runs", "1", "--worse", "1000")
    assert same.returncode == 0, same.stderr
    assert "WORSE" not in same.stdout
    slow = script("compare.py", "HEAD", "HEAD", "--only", "start", "--runs", "1", "--worse", "0.0001")
    assert slow.returncode == 1
    assert slow.stdout.splitlines()[1].endswith("WORSE")
    assert script("compare.py", "HEAD", "no-such-commit").stderr.startswith("git worktree add")


def test_what_fails_on_the_newer_side_alone_is_worse(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    from compare import Compared

    assert Compared("x", [], [], ("", "broken")).worse(1.25)
    assert not Compared("x", [], [], ("unknown", "unknown")).worse(1.25)
    assert not Compared("x", [], [], ("unknown", "")).worse(1.25)
    assert Compared("x", [1, 1, 4], [1, 2, 8]).worse(1.25)
    assert not Compared("x", [1, 1, 4], [1, 1, 8]).worse(1.25)
