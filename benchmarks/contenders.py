"""Who takes part, and in what: names come in; commands go out, and counts are read from what they leave."""

from __future__ import annotations

import csv
import json
import shlex
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import workload_h
import workload_w
from peers import Counts

csv.field_size_limit(2**31 - 1)  # the evidence of one instance may be all reports


class Workload(NamedTuple):
    """Reports, an agreement, and a question about them; the peers know it as `question`."""

    name: str
    question: str
    says: str
    make: Callable[[int, Path], None]


class Contender(NamedTuple):
    """Who answers, by which command, and with how many reports at most.

    `{python}`, `{question}` and `{folder}` stand for what they are called. The counts are printed as JSON, unless an
    assessment is written to `assessed.csv` in the folder.
    """

    name: str
    command: str
    most: int = sys.maxsize

    def argv(self, question: str, folder: Path) -> list[str]:
        """The command for one question about the reports in one folder."""
        parts = shlex.split(self.command)
        for name, value in (("{python}", sys.executable), ("{question}", question), ("{folder}", str(folder))):
            parts = [part.replace(name, value) for part in parts]
        return parts

    @staticmethod
    def parse(text: str) -> Contender:
        """Read `NAME=COMMAND`; a ValueError where it is something else.

        >>> Contender.parse("mine=python mine.py {question} {folder}").name
        'mine'
        """
        name, command = text.split("=", 1)
        return Contender(name, command)


WORKLOADS = (
    Workload("H", "h", "hand-overs missed, and strikes under a ceasefire; 2 clauses", workload_h.make),
    Workload("W100", "w", "breaches of 100 prohibitions", partial(workload_w.make, clauses=100)),
    Workload("W10000", "w", "breaches of 10,000 prohibitions", partial(workload_w.make, clauses=10_000)),
)
BY_HAND = Contender("by hand", "{python} -m peers by_hand {question} {folder}")
ASSESS = (
    "{python} -m servanda assess {folder}/agreement.yaml -r {folder}/reports.jsonl"
    " --format csv -o {folder}/assessed.csv --fail-on never --engine"
)
CONTENDERS = (
    BY_HAND,
    Contender("plain", f"{ASSESS} plain"),
    Contender("rete", f"{ASSESS} rete"),
    Contender("columnar", f"{ASSESS} columnar"),
    Contender("duckdb", "{python} -m peers duckdb {question} {folder}"),
    Contender("duckdb, scan", "{python} -m peers duckdb scan {folder}"),
    Contender("polars", "{python} -m peers polars {question} {folder}"),
    Contender("polars, scan", "{python} -m peers polars scan {folder}"),
    Contender("clips", "{python} -m peers clips {question} {folder}"),
    # Used as documented, it keeps each event that no rule took, and can lose matches or crash in a long run.
    Contender("durable_rules", "{python} -m peers durable_rules {question} {folder}", most=20_000),
    Contender("experta", "{python} -m peers experta {question} {folder}", most=10_000),  # 3,000 reports a second
)


def counts_of(question: str, folder: Path, out: str) -> Counts:
    """What a run counted: what it printed, or what is in the assessment that it wrote."""
    if out.strip():
        return dict(json.loads(out))
    with folder.joinpath("assessed.csv").open(newline="") as file:
        counts = {"missed": 0, "strikes": 0} if question == "h" else {"breaches": 0}
        for row in csv.DictReader(file):
            breaches = sum(one.startswith("breach:") for one in row["evidence"].split(";"))
            if question == "w":
                counts["breaches"] += breaches
            elif row["clause"] == "handover":
                counts["missed"] += row["status"] == "violated"
            else:
                counts["strikes"] += breaches
    return counts
