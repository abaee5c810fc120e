"""Workload H: a size comes in; an agreement and so many seeded reports go out.

A hand-over is owed within ten seconds of each demand, and nobody strikes a place whose ceasefire is on. The question
is how many hand-overs were missed, and how many strikes there were under a ceasefire; a loop written by hand
for just this question answers it too.
"""

from __future__ import annotations

import collections
import datetime as dt
import heapq
import itertools
import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from servanda.model.verdict import Instance

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


Row = dict[str, str]


def reports() -> Iterator[Row]:
    """Endless seeded reports: 45 % demands, most answered in time; switches and strikes in twenty places; the rest is noise.

    In one place no two of switches and strikes fall on one second, so that their order is known.
    """
    rng, answers, demands, numbers = random.Random(7), [], 0, itertools.count()
    for second in itertools.count(1):
        when = instant(second)

        def row(act: str, actor: str, thing: int, field: str = "object", when: str = when) -> Row:
            told = {"id": f"e{next(numbers)}", "source": "feed", "reported": when, "occurred": when}
            return told | {"act": act, "actor": actor, field: str(thing)}

        while answers and answers[0][0] <= second:
            yield row("detain.handover", "B", heapq.heappop(answers)[1])
        free = list(range(20))
        for _ in range(10):
            kind = rng.random()
            if kind >= 0.75 and free:
                place = free.pop(rng.randrange(len(free)))
                act = "declare.on" if kind < 0.8 else "declare.off" if kind < 0.85 else "force.attack.airstrike"
                yield row(act, "A" if act.startswith("force") else "B", place, "place")
            elif kind < 0.45:
                demands += 1
                yield row("demand", "A", demands)
                luck = rng.random()
                if luck < 0.9:
                    delay = rng.randint(1, 10) if luck < 0.8 else rng.randint(11, 20)
                    heapq.heappush(answers, (second + delay, demands))
            else:
                yield row("talk.statement", "B", rng.randrange(1000))


def late(rows: Iterable[Row]) -> Iterator[Row]:
    """The same reports as they arrive when one in four is up to sixty seconds late."""
    rng, underway = random.Random(8), []
    for number, row in enumerate(rows):
        at = seconds(row["occurred"])
        while underway and underway[0][0] < at:
            yield heapq.heappop(underway)[2]
        arrives = at + (rng.randint(1, 60) if rng.random() < 0.25 else 0)
        heapq.heappush(underway, (arrives, number, row | {"reported": instant(arrives)}))
    while underway:
        yield heapq.heappop(underway)[2]


def instant(second: int) -> str:
    """A second of the workload as a report has it."""
    return (EPOCH + dt.timedelta(seconds=second)).isoformat().replace("+00:00", "Z")


def seconds(when: str) -> int:
    """An instant of a report as a second of the workload."""
    return int((dt.datetime.fromisoformat(when) - EPOCH).total_seconds())


def make(size: int, folder: Path) -> None:
    """Write the agreement and so many reports."""
    folder.joinpath("agreement.yaml").write_text(AGREEMENT)
    with folder.joinpath("reports.jsonl").open("w") as file:
        file.writelines(json.dumps(row) + "\n" for row in itertools.islice(reports(), size))


def by_hand(rows: Iterable[Row]) -> tuple[int, int]:
    """Missed hand-overs and strikes under a ceasefire, counted by a loop that knows nothing else; rows in order."""
    owed: dict[str, int] = {}
    queue: collections.deque[tuple[int, str]] = collections.deque()
    on: set[str] = set()
    missed = strikes = at = 0
    for row in rows:
        at = seconds(row["occurred"])
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


def found_in(instances: Iterable[Instance]) -> tuple[int, int]:
    """Missed hand-overs and strikes under a ceasefire among the instances of an assessment."""
    instances = list(instances)
    missed = sum(one.status == "violated" for one in instances if one.clause == "handover")
    return missed, sum(e.effect == "breach" for one in instances if one.clause == "no-strike" for e in one.evidence)
