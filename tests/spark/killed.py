"""A run on two workers of which one is killed. Comes in: what to run, and when to kill; goes out: what the run found, as JSON.

    python -m spark.killed batch FOLDER --stage 5     # in tests/; `prepared` fills the folder
    python -m spark.killed stream FOLDER --stage 8

The worker is killed as soon as so many stages have begun. Ends with 1 when none was.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from servanda import Agreement, Registry, Report, loads, report
from servanda import assessing as one_machine
from servanda.evidence import state
from servanda.render.data import assessment_data
from servanda.render.findings import finding_data
from spark.sessions import ENGINE, session

LIMIT = 300  # seconds
SALE = """
servanda: 1
agreement: sale-NUMBER
timezone: UTC
actors: {S: {name: Seller NUMBER, role: party}, B: {name: Buyer NUMBER, role: party}}
clauses:
  delivery: {binds: S, must: {act: deliver}, by: 2026-01-05}
  payment: {binds: B, when: {act: deliver, actor: S}, must: {act: pay}, within: P14D}
  silence: {binds: [S, B], must_not: {act: publish}}
"""
ACTS = ("deliver", "pay", "publish", "sing")


def agreements() -> list[Agreement]:
    """Twenty sales between people of their own."""
    return [loads(SALE.replace("NUMBER", str(number))) for number in range(20)]


def reports() -> list[Report]:
    """Reports on them, a third of them denied; at last time has passed."""
    told = []
    for number in range(200):
        who = f"{('Seller', 'Buyer')[number % 2]} {number % 25}"
        head = {"source": f"feed{number % 3}", "reported": f"2026-01-{1 + number // 10:02}"}
        told.append(
            {"id": f"r{number}", **head, "act": ACTS[number % 7 % 4], "actor": who, "occurred": head["reported"]}
        )
        if number % 3 == 0:
            told.append({"id": f"d{number}", **head, "source": "other", "says": "denies", "of": f"r{number}"})
    told += [{"id": f"end{n}", "source": "feed", "reported": "2026-03-01", "act": "sing", "actor": "Z"} for n in (1, 2)]
    return [report(one) for one in told]


def prepared(folder: Path) -> None:
    """Write the reports to one file, and in four to be read one after the other."""
    lines = [f"{one.content}\n" for one in reports()]
    (folder / "reports.jsonl").write_text("".join(lines), "utf-8")
    (folder / "reports").mkdir()
    for number, (start, end) in enumerate(((0, 120), (120, 250), (250, len(lines) - 1), (len(lines) - 1, None))):
        path = folder / "reports" / f"{number}.jsonl"
        path.write_text("".join(lines[start:end]), "utf-8")
        os.utime(path, (1_000_000_000 + number,) * 2)


def wanted(kind: str) -> Any:
    """What one machine finds."""
    if kind == "stream":
        registry = Registry(agreements(), engine="plain")
        found = [
            (name, finding_data(one, registry[name].agreement, "neutral"))
            for r in reports()
            for name, one in registry.observe(r)
        ]
        return [data for _, data in sorted(found, key=lambda one: one[0])]
    given = reports()
    latest = max(one.reported.interval(agreements()[0].zone).latest for one in given)
    judged = (
        one_machine.assess(one, [state(r, one) for r in given], "neutral", latest, latest, engine="plain").assessment
        for one in agreements()
    )
    return {one.agreement: assessment_data(one) for one in judged}


def told(kind: str, folder: Path, stage: int) -> Any:
    """What a run finds of which a worker is killed, in a process of its own."""
    tests = str(Path(__file__).parents[1])
    run = subprocess.run(
        [sys.executable, "-m", "spark.killed", kind, str(folder), "--stage", str(stage)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([tests, str(ENGINE)])},
        capture_output=True,
        timeout=LIMIT,
        check=False,
    )
    assert run.returncode == 0, run.stderr.decode()[-4000:]
    return json.loads(run.stdout.splitlines()[-1])


def executors(driver: int) -> list[int]:
    """The executors that a driver has started, by the ids of their processes."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes()
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent == driver and b"CoarseGrainedExecutorBackend" in words:
            found.append(int(entry.name))
    return sorted(found)


def kill_one(spark: Any, stage: int, killed: list[int]) -> None:
    """Kill one executor once so many stages have begun and one of them is at work."""
    context = spark.sparkContext
    driver = context._gateway.proc.pid
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        active = context.statusTracker().getActiveStageIds()
        if max(active, default=0) >= stage and (there := executors(driver)):
            os.kill(there[0], signal.SIGKILL)
            killed.append(there[0])
            return
        time.sleep(0.02)


def main() -> int:
    """Run, kill, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["batch", "stream"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--stage", type=int, required=True)
    asked = parser.parse_args()
    from servanda.spark.stream import STORE

    settings = {"spark.sql.streaming.stateStore.providerClass": STORE, "spark.executor.memory": "700m"}
    spark = session(asked.folder / "spark", "local-cluster[2,1,1024]", **settings)
    killed: list[int] = []
    watcher = threading.Thread(target=kill_one, args=(spark, asked.stage, killed), daemon=True)
    watcher.start()
    found = {"batch": batch, "stream": stream}[asked.kind](spark, asked.folder)
    sys.stdout.write(json.dumps({"killed": len(killed), "found": found}) + "\n")
    sys.stdout.flush()
    spark.stop()
    return 0 if killed else 1


def batch(spark: Any, folder: Path) -> dict[str, Any]:
    """The assessment of each agreement."""
    from servanda.spark import assess

    table = spark.read.text(str(folder / "reports.jsonl"), lineSep="\n").repartition(4)
    found = assess(table, agreements(), engine="plain").table.collect()
    return {row.agreement: json.loads(row.data) for row in found}


def stream(spark: Any, folder: Path) -> list[Any]:
    """The findings of each agreement, in their order."""
    from servanda.spark import watch

    lines = spark.readStream.option("maxFilesPerTrigger", 1).text(str(folder / "reports"), lineSep="\n")
    table = watch(lines, agreements(), engine="plain").table
    out, at = str(folder / "out"), str(folder / "checkpoint")
    table.writeStream.option("checkpointLocation", at).trigger(availableNow=True).start(out, "json").awaitTermination()
    rows = spark.read.schema("agreement string, number long, data string").json(out).orderBy("agreement", "number")
    return [json.loads(row.data) for row in rows.collect()]


if __name__ == "__main__":
    sys.exit(main())
