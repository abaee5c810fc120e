"""Two commits side by side: their names come in; how many times as long the newer one takes goes out.

    python benchmarks/compare.py HEAD~1 HEAD
    python benchmarks/compare.py v0.1.0 main --worse 1.1 --only H-plain tracker

Each commit is checked out into a folder of its own, and run by this Python with what is installed here. The two take
turns, so that a busy machine hits both: a ratio is the median of those of runs that followed one another. Ends with
exit code 1 when a ratio is worse than `--worse`, or when the newer commit fails where the older one does not.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

import workload_h
import workload_w
from measuring import Limits, Run, run

ROOT = Path(__file__).resolve().parent.parent
CASE = ROOT / "cases" / "istanbul-2025"
OURS = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")  # what would have one side compile each time

COMMAND = ("-m", "servanda")
TRACKER = """
import sys
from servanda import Tracker, load, read_reports
tracker = Tracker(load(sys.argv[1]))
for report in read_reports(sys.argv[3]):
    tracker.observe(report)
"""


class Compared(NamedTuple):
    """The runs of one benchmark on both sides; `failed` is by side, empty where all went well."""

    name: str
    old: list[float]
    new: list[float]
    failed: tuple[str, str] = ("", "")

    @property
    def ratio(self) -> float:
        """How many times as long the newer one takes."""
        return median(new / old for old, new in zip(self.old, self.new, strict=True))

    def worse(self, limit: float) -> bool:
        """Whether the newer one is too slow, or fails where the older one does not."""
        old, new = self.failed
        return bool(new and not old) or (not old and not new and self.ratio > limit)


def benchmarks(folder: Path, size: int) -> Mapping[str, tuple[str, ...]]:
    """A short list of what Python is to run, on reports that are made for it."""
    for name, make in (("H", workload_h.make), ("few", workload_h.make)):
        (folder / name).mkdir()
        make(size if name == "H" else max(1, size // 5), folder / name)
    (folder / "W").mkdir()
    workload_w.make(size, folder / "W", clauses=1_000)

    def files(name: str) -> tuple[str, ...]:
        return str(folder / name / "agreement.yaml"), "-r", str(folder / name / "reports.jsonl")

    def assess(name: str, engine: str) -> tuple[str, ...]:
        return *COMMAND, "assess", *files(name), "--engine", engine, "--format", "csv", "--fail-on", "never"

    founding = (str(CASE / "agreement.yaml"), "-r", str(CASE / "reports.jsonl"), "--fail-on", "never")
    return {
        "start": (*COMMAND, "--version"),
        "founding-case": (*COMMAND, "assess", *founding, "--view", "all"),
        "lint": (*COMMAND, "lint", str(folder / "W" / "agreement.yaml")),
        **{f"H-{engine}": assess("H", engine) for engine in ("plain", "rete", "columnar")},
        **{f"W-{engine}": assess("W", engine) for engine in ("plain", "rete", "columnar")},
        "tracker": ("-c", TRACKER, *files("few")),
    }


def compare(name: str, arguments: Sequence[str], sides: tuple[Path, Path], runs: int, limits: Limits) -> Compared:
    """Run one benchmark on both sides by turns; a first turn, which compiles, does not count."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for turn in range(runs + 1):
        found: dict[int, Run] = {}
        for side in (0, 1) if turn % 2 else (1, 0):  # neither always goes first
            env = {key: value for key, value in os.environ.items() if key not in OURS}
            env["PYTHONPATH"] = str(sides[side] / "engine")
            found[side] = run([sys.executable, *arguments], limits, sides[side], env)
        failed = found[0].failed, found[1].failed
        if any(failed):
            return Compared(name, [], [], failed)
        if turn:
            for side in (0, 1):
                seconds[side].append(found[side].seconds)
    return Compared(name, *seconds)


@contextmanager
def checked_out(commits: Sequence[str], folder: Path) -> Iterator[list[Path]]:
    """Each commit in a folder of its own, for a while."""
    places = [folder / f"{n}" for n in range(len(commits))]
    try:
        for commit, place in zip(commits, places, strict=True):
            _git("worktree", "add", "--quiet", "--detach", str(place), commit)
        yield places
    finally:
        for place in places:
            if place.exists():
                _git("worktree", "remove", "--force", str(place))


def _git(*arguments: str) -> None:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"git {' '.join(arguments)}: {done.stderr.strip()}")


def row(one: Compared, limit: float) -> str:
    """A line of the table."""
    if any(one.failed):
        old, new = one.failed
        words = (
            f"both: {old}" if old == new else "; ".join(filter(None, (old and f"old: {old}", new and f"new: {new}")))
        )
        return f"{one.name:<14} {'-':>8} {'-':>8} {'-':>6}  {'WORSE  ' if one.worse(limit) else ''}{words}"
    worse = "  WORSE" if one.worse(limit) else ""
    return f"{one.name:<14} {median(one.old):>8.3f} {median(one.new):>8.3f} {one.ratio:>6.2f}{worse}"


def main() -> int:
    """Print the table; 1 when the newer commit is too slow somewhere."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("old", help="a commit")
    options.add_argument("new", help="another")
    options.add_argument("--worse", type=float, default=1.25, help="the greatest ratio that is let pass")
    options.add_argument("--runs", type=int, default=7)
    options.add_argument("--size", type=int, default=5_000, help="reports")
    options.add_argument("--only", nargs="+", default=[], metavar="NAME")
    options.add_argument("--timeout", type=float, default=120, help="seconds after which a run is stopped")
    given = options.parse_args()
    limits, results = Limits(seconds=given.timeout), []
    with tempfile.TemporaryDirectory() as folder:
        for name in ("data", "commits"):
            Path(folder, name).mkdir()
        wanted = benchmarks(Path(folder, "data"), given.size)
        if unknown := set(given.only) - wanted.keys():
            sys.exit(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(wanted)}")
        with checked_out((given.old, given.new), Path(folder, "commits")) as (old, new):
            print(f"{'seconds':<14} {'old':>8} {'new':>8} {'ratio':>6}")
            for name, arguments in wanted.items():
                if not given.only or name in given.only:
                    results.append(compare(name, arguments, (old, new), given.runs, limits))
                    print(row(results[-1], given.worse), flush=True)
    return int(any(one.worse(given.worse) for one in results))


if __name__ == "__main__":
    sys.exit(main())
