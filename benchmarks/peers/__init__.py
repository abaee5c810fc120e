"""What Servanda is held against: reports in a folder come in, counts go out.

    python -m peers duckdb h FOLDER          # in benchmarks/; prints {"missed": 1, "strikes": 2}

Each module asks the questions of the workloads in its own tool's way: `h` counts missed hand-overs and strikes
under a ceasefire, `w` counts breaches, and `scan` only reads. A folder has `reports.jsonl` and, for `w`,
`bans.csv`: what each clause forbids to whom.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

Counts = dict[str, int]


class Ban(NamedTuple):
    """Who must not do what, with what."""

    actor: str
    act: str
    object: str


def rows(folder: Path) -> Iterator[dict[str, str]]:
    """The reports, as the JSON has them."""
    with (folder / "reports.jsonl").open() as file:
        yield from map(json.loads, file)


def bans(folder: Path) -> list[Ban]:
    """What the clauses of workload W forbid."""
    with (folder / "bans.csv").open(newline="") as file:
        return [Ban(**row) for row in csv.DictReader(file)]
