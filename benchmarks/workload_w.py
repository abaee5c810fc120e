"""Workload W: many prohibitions, many reports, few matches. Comes in: sizes; goes out: seconds and ratios.

    python benchmarks/workload_w.py              # 100 and 10,000 clauses x 100,000 reports
    python benchmarks/workload_w.py 20000        # that many reports

Each clause forbids one party one act. The hand-written loop looks reports up in a dictionary. The time
of the engine should be linear in reports and flat in clauses; loading the agreement is timed apart.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import sys
import tempfile
import time
from pathlib import Path

from servanda import loads, read_reports
from servanda.assessing import assess
from servanda.evidence import state

START = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
PARTIES = 50


def agreement(clauses: int) -> str:
    """Prohibitions, each of one act by one party."""
    lines = ["servanda: 1", "agreement: workload-w", "timezone: UTC", "term: {from: 2025-01-01}", "actors:"]
    lines += [f"  P{n}: {{role: party}}" for n in range(PARTIES)]
    lines.append("clauses:")
    lines += [
        f"  c{n}: {{binds: [P{n % PARTIES}], must_not: {{act: act{n // PARTIES}, object: x}}}}" for n in range(clauses)
    ]
    return "\n".join(lines)


def make(reports: int, path: Path) -> None:
    """Seeded reports; about one in four matches a clause where there are 100 of them or more."""
    rng = random.Random(11)
    with path.open("w") as file:
        for n in range(reports):
            when = (START + dt.timedelta(seconds=n)).isoformat().replace("+00:00", "Z")
            hit = rng.random() < 0.25
            act = f"act{rng.randrange(2)}" if hit else f"noise{rng.randrange(1000)}"
            row = {"id": f"e{n}", "source": "feed", "reported": when, "occurred": when, "act": act, "object": "x"}
            file.write(json.dumps(row | {"actor": f"P{rng.randrange(PARTIES)}"}) + "\n")


def by_hand(path: Path, clauses: int) -> int:
    """Breaches by a dictionary look-up."""
    banned = {(f"P{n % PARTIES}", f"act{n // PARTIES}") for n in range(clauses)}
    breaches = 0
    with path.open() as file:
        for line in file:
            row = json.loads(line)
            dt.datetime.fromisoformat(row["occurred"])
            breaches += (row["actor"], row["act"]) in banned and row["object"] == "x"
    return breaches


def main(reports: int) -> int:
    """Print a row for each number of clauses and engine; 1 when counts differ."""
    wrong = 0
    print(
        f"{'clauses':>8} {'reports':>8} {'engine':>7} {'breaches':>9} {'load s':>8} {'engine s':>9} {'by hand s':>10} {'ratio':>7}"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reports.jsonl"
        make(reports, path)
        for clauses in (100, 10_000):
            start = time.perf_counter()
            loaded = loads(agreement(clauses))
            load = time.perf_counter() - start
            start = time.perf_counter()
            expected = by_hand(path, clauses)
            hand = time.perf_counter() - start
            for engine in ("plain", "auto"):
                start = time.perf_counter()
                statements = [state(report, loaded) for report in read_reports(path)]
                latest = max(statement.reported for statement in statements)
                judged = assess(loaded, statements, "neutral", latest, latest, engine=engine)  # type: ignore[arg-type]
                spent = time.perf_counter() - start
                found = sum(e.effect == "breach" for i in judged.assessment.instances for e in i.evidence)
                wrong |= found != expected
                print(
                    f"{clauses:>8} {reports:>8} {judged.assessment.matcher:>7} {found:>9} {load:>8.2f}"
                    f" {spent:>9.2f} {hand:>10.2f} {spent / hand:>7.1f}"
                    + ("" if found == expected else "  counts differ")
                )
    return wrong


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
