"""What takes too long for the test suite. Comes in: what to run; a line for each run goes out, and 1 where something differs.

python -m spark.long histories --count 20         # in tests/: generated histories, as a table
python -m spark.long stream --agreements 10000    # a stream, against a registry
python -m spark.long killed --stages 3 5 8 12     # a worker is killed, in a table and in a stream
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from servanda import Report, loads, report
from spark.killed import SALE, prepared, told, wanted
from spark.sessions import session
from spark.test_batch import data, expected, on_cluster
from spark.test_stream import expected as found_by_registry
from spark.test_stream import ordered, plain, run, written
from test_registry import Houses


def histories(asked: argparse.Namespace, folder: Path) -> bool:
    """Agreements that share names, and reports that wander between them."""
    spark, right = session(folder), True
    for seed in range(100, 100 + asked.count):
        houses, start = Houses(seed), time.perf_counter()
        as_of, known_at = houses.times[seed % 2]
        how: dict[str, Any] = {"as_of": as_of, "known_at": known_at} if seed % 2 else {}
        same = data(on_cluster(spark, houses.agreements, houses.reports, **how)) == expected(
            houses.agreements, houses.reports, **how
        )
        right &= same
        print(f"history {seed}: {'same' if same else 'DIFFERS'}, {time.perf_counter() - start:.1f} s", flush=True)
    return right


def stream(asked: argparse.Namespace, folder: Path) -> bool:
    """Very many agreements, two reports on each, in three batches, and time that passes."""
    from servanda.spark import watch
    from servanda.spark.stream import STORE

    spark = session(folder, **{"spark.sql.streaming.stateStore.providerClass": STORE})
    agreements = [loads(SALE.replace("NUMBER", str(number))) for number in range(asked.agreements)]
    batches = [*sales(asked.agreements), *([said(f"end{n}", "Z", "sing", 59)] for n in (1, 2))]
    written(folder / "in", [[one.content for one in ordered(batch, agreements)] for batch in batches])
    reports = spark.readStream.option("maxFilesPerTrigger", 1).text(str(folder / "in"), lineSep="\n")
    start = time.perf_counter()
    run(watch(reports, agreements, engine="plain", linked=not asked.alone).table, folder)
    took = time.perf_counter() - start
    rows = spark.read.schema("agreement string, number long, data string").json(str(folder / "out")).collect()
    found: dict[str, list[Any]] = {}
    for row in sorted(rows, key=lambda row: (row.agreement, row.number)):
        found.setdefault(row.agreement, []).append(plain(row.data))
    start = time.perf_counter()
    same = found == found_by_registry(agreements, batches)
    alone = time.perf_counter() - start
    count = sum(map(len, batches))
    print(
        f"{asked.agreements} agreements, {count} reports, {len(rows)} findings: {'same' if same else 'DIFFERS'}", end=""
    )
    print(f"; stream {took:.0f} s, registry {alone:.0f} s")
    return same


def sales(count: int) -> list[list[Report]]:
    """On each agreement a delivery, sometimes late, and a payment, sometimes never; a first report is by itself."""
    delivered = [said(f"d{n}", f"Seller {n}", "deliver", 1 + n % 7) for n in range(count)]
    paid = [said(f"p{n}", f"Buyer {n}", ("pay", "publish", "sing")[n % 3], 8 + n % 9) for n in range(count)]
    return [[said("first", "Z", "sing", 0)], delivered, paid]


def said(name: str, actor: str, act: str, day: int) -> Report:
    at = f"2026-{1 + day // 30:02}-{1 + day % 30 % 28:02}"
    return report({"id": name, "source": "feed", "reported": at, "act": act, "actor": actor, "occurred": at})


def killed(asked: argparse.Namespace, folder: Path) -> bool:
    """One of two workers is killed at these stages."""
    right = True
    for kind in ("batch", "stream"):
        for stage in asked.stages:
            at, start = folder / f"{kind}{stage}", time.perf_counter()
            at.mkdir()
            prepared(at)
            same = told(kind, at, stage)["found"] == json.loads(json.dumps(wanted(kind)))
            right &= same
            took = time.perf_counter() - start
            print(f"{kind}, killed at stage {stage}: {'same' if same else 'DIFFERS'}, {took:.0f} s", flush=True)
    return right


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["histories", "stream", "killed"])
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--agreements", type=int, default=10_000)
    parser.add_argument("--alone", action="store_true", help="with linked=False")
    parser.add_argument("--stages", type=int, nargs="+", default=[3, 5, 8, 12])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return not {"histories": histories, "stream": stream, "killed": killed}[asked.what](asked, Path(folder))


if __name__ == "__main__":
    sys.exit(main())
