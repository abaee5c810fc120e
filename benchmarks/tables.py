"""Results come in; a table goes out, as text or in Markdown."""

from __future__ import annotations

import datetime as dt
import os
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

PACKAGES = ("servanda", "durable-rules", "clipspy", "experta", "duckdb", "polars")
HEADS = ("reports", "who", "seconds", "reports/s", "x by hand", "peak MiB", "counts")
_WORDS = (1, 6)  # columns of words
BEGIN, END = "<!-- printed by benchmarks/run.py --markdown: begin -->", "<!-- end -->"


class Result(NamedTuple):
    """What a contender did with a workload at one size; `seconds` is None where it did not finish."""

    workload: str
    size: int
    who: str
    seconds: float | None
    ratio: float  # to the loop written by hand
    peak: float  # MiB
    said: str  # of its counts, or why there are none


def text(results: Sequence[Result]) -> str:
    """Columns by spaces, for a terminal."""
    table = [HEADS, *map(_cells, results)]
    columns = [max(map(len, column)) for column in zip(*table, strict=True)]
    form = "  ".join(f"{{:{'<' if n in _WORDS else '>'}{width}}}" for n, width in enumerate(columns))
    return "\n".join(form.format(*row).rstrip() for row in table)


def markdown(says: dict[str, str], results: Sequence[Result], notes: Sequence[str], runs: int) -> str:
    """A table for each workload, with the machine and the date, between marks."""
    parts = [BEGIN, f"Seen on {machine()}. Medians of {runs} runs, by turns."]
    for workload in dict.fromkeys(one.workload for one in results):
        rows = [_cells(one) for one in results if one.workload == workload]
        table = [HEADS, ("--:", "---", "--:", "--:", "--:", "--:", "---"), *rows]
        parts += [f"**{workload}**: {says[workload]}", "\n".join(f"| {' | '.join(row)} |" for row in table)]
    return "\n\n".join([*parts, *("\n".join(f"* {note}" for note in notes) for _ in notes[:1]), END])


def machine() -> str:
    """The date, the machine and what is installed."""
    today = dt.datetime.now(tz=dt.UTC).date()
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    cores = f"{os.cpu_count()} cores of {next(models, platform.machine())}"
    return ", ".join((f"{today:%-d %B %Y}", cores, f"Python {platform.python_version()}", *_installed()))


def _installed() -> list[str]:
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return found


def _cells(one: Result) -> tuple[str, ...]:
    if one.seconds is None:
        return f"{one.size:,}", one.who, "-", "-", "-", "-", one.said
    speed = one.size / one.seconds
    return (
        f"{one.size:,}",
        one.who,
        f"{one.seconds:.2f}",
        f"{speed:,.0f}",
        f"{one.ratio:.1f}",
        f"{one.peak:.0f}",
        one.said,
    )
