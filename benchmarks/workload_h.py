"""Workload H: a hand-over owed within ten seconds of each demand, no strike under a ceasefire; a ratio goes out.

    python benchmarks/workload_h.py 20000 40000 80000

Times the engine from JSON Lines to the verdict of every instance, and a loop written by hand for just
this question, loading included, in the same run; prints seconds and their ratio, and checks that both
find the same missed hand-overs and the same strikes in a place whose ceasefire is on. A ratio that stays
level as the size doubles means linear time.
"""

from __future__ import annotations

import collections
import datetime as dt
import heapq
import json
import random
import sys
import tempfile
import time
from pathlib import Path

from servanda import loads, read_reports
from servanda.assessing import assess
from servanda.evidence import state

EPOCH = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
AGREEMENT = """\
servanda: 1
agreement: workload-h
title: Hand-over on demand, no strike under a ceasefire
timezone: UTC
term: {from: 2025-01-01, until: open}
actors:
  A: {name: Alpha, role: party}
  B: {name: Bravo, role: party}
states:
  ceasefire: {key: place, starts: {act: declare.on}, stops: {act: declare.off}}
clauses:
  handover:
    binds: [B]
    when: {act: demand}
    must: {act: detain.handover, object: $trigger.object}
    within: PT10S
  no-strike:
    binds: [A]
    while: {state: ceasefire, key: place}
    must_not: {act: force.attack}
"""


def make(size: int, path: Path) -> None:
    """Seeded reports: 45 % demands, most answered in time; switches and strikes in twenty places; the rest is noise.

    In one place no two of switches and strikes fall on one second, so that their order is known.
    """
    rng, answers, written, second, demands = random.Random(7), [], 0, 0, 0
    with path.open("w") as file:

        def write(act: str, actor: str, thing: int, field: str = "object") -> None:
            when = (EPOCH + dt.timedelta(seconds=second)).isoformat().replace("+00:00", "Z")
            row = {"id": f"e{written}", "source": "feed", "reported": when, "occurred": when}
            file.write(json.dumps(row | {"act": act, "actor": actor, field: str(thing)}) + "\n")

        while written < size:
            second += 1
            while answers and answers[0][0] <= second and written < size:
                write("detain.handover", "B", heapq.heappop(answers)[1])
                written += 1
            free = list(range(20))
            for _ in range(10):
                if written >= size:
                    break
                kind = rng.random()
                if kind >= 0.75 and free:
                    place = free.pop(rng.randrange(len(free)))
                    act = "declare.on" if kind < 0.8 else "declare.off" if kind < 0.85 else "force.attack.airstrike"
                    write(act, "A" if act.startswith("force") else "B", place, "place")
                elif kind < 0.45:
                    demands += 1
                    write("demand", "A", demands)
                    luck = rng.random()
                    if luck < 0.9:
                        delay = rng.randint(1, 10) if luck < 0.8 else rng.randint(11, 20)
                        heapq.heappush(answers, (second + delay, demands))
                else:
                    write("talk.statement", "B", rng.randrange(1000))
                written += 1


def by_hand(path: Path) -> tuple[int, int]:
    """Missed hand-overs and strikes under a ceasefire, counted by a loop that knows nothing else."""
    owed: dict[str, int] = {}
    queue: collections.deque[tuple[int, str]] = collections.deque()
    on: set[str] = set()
    missed = strikes = at = 0
    with path.open() as file:
        for line in file:
            row = json.loads(line)
            at = int((dt.datetime.fromisoformat(row["occurred"]) - EPOCH).total_seconds())
            while queue and queue[0][0] < at:
                missed += owed.pop(queue.popleft()[1], None) is not None
            if row["act"] == "demand":
                owed[row["object"]] = at + 10
                queue.append((at + 10, row["object"]))
            elif row["act"] == "detain.handover":
                owed.pop(row["object"], None)
            elif row["act"] == "declare.on":
                on.add(row["place"])
            elif row["act"] == "declare.off":
                on.discard(row["place"])
            elif row["act"].startswith("force"):
                strikes += row["place"] in on
    return missed + sum(due <= at for due in owed.values()), strikes


def by_engine(path: Path, engine: str) -> tuple[int, int]:
    """The same from the engine: definite violations, and the breaches of the prohibition."""
    agreement = loads(AGREEMENT)
    statements = [state(report, agreement) for report in read_reports(path)]
    latest = max(statement.reported for statement in statements)
    judged = assess(agreement, statements, "neutral", latest, latest, engine=engine)  # type: ignore[arg-type]
    instances = judged.assessment.instances
    missed = sum(one.status == "violated" for one in instances if one.clause == "handover")
    return missed, sum(e.effect == "breach" for one in instances if one.clause == "no-strike" for e in one.evidence)


def timed(work, *given):  # noqa: ANN001, ANN002, ANN201
    """The result and the seconds it took."""
    start = time.perf_counter()
    return work(*given), time.perf_counter() - start


def main(sizes: list[int]) -> int:
    """Print a row for each size; 1 when counts differ."""
    wrong = 0
    print(
        f"{'reports':>9} {'missed':>7} {'strikes':>8} {'by hand s':>10} {'plain s':>9} {'ratio':>7} {'rete s':>9} {'ratio':>7}"
    )
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "reports.jsonl"
            make(size, path)
            expected, hand = timed(by_hand, path)
            plain, plain_s = timed(by_engine, path, "plain")
            rete, rete_s = timed(by_engine, path, "auto")
        wrong |= not expected == plain == rete
        print(
            f"{size:>9} {expected[0]:>7} {expected[1]:>8} {hand:>10.3f} {plain_s:>9.3f} {plain_s / hand:>7.1f} {rete_s:>9.3f} {rete_s / hand:>7.1f}"
            + ("" if expected == plain == rete else f"  counts differ: {plain}, {rete}")
        )
    return wrong


if __name__ == "__main__":
    sys.exit(main([int(size) for size in sys.argv[1:]] or [20_000, 40_000, 80_000]))
