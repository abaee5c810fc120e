"""Workload W: sizes come in; an agreement of many prohibitions and so many seeded reports go out.

Each clause forbids one party one act with one object. The question is how many reports breach a clause. Its time should be
linear in reports and flat in clauses.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator
from pathlib import Path

START = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
PARTIES = 50


def make(size: int, folder: Path, clauses: int) -> None:
    """Write the agreement, what it forbids as a table, and so many reports."""
    banned = [(f"P{n % PARTIES}", f"act{n // PARTIES}", "x") for n in range(clauses)]
    folder.joinpath("agreement.yaml").write_text(agreement(banned))
    folder.joinpath("bans.csv").write_text(
        "".join(",".join(row) + "\n" for row in (("actor", "act", "object"), *banned))
    )
    with folder.joinpath("reports.jsonl").open("w") as file:
        file.writelines(json.dumps(row) + "\n" for row in reports(size))


def agreement(banned: list[tuple[str, str, str]]) -> str:
    """A clause for each party, act and object that is forbidden."""
    lines = ["servanda: 1", "agreement: workload-w", "timezone: UTC", "term: {from: 2025-01-01}", "actors:"]
    lines += [f"  P{n}: {{role: party}}" for n in range(PARTIES)]
    lines.append("clauses:")
    lines += [
        f"  c{n}: {{binds: [{party}], must_not: {{act: {act}, object: {thing}}}}}"
        for n, (party, act, thing) in enumerate(banned)
    ]
    return "\n".join(lines)


def reports(size: int) -> Iterator[dict[str, str]]:
    """Seeded reports; about one in four matches a clause where there are 100 of them or more."""
    rng = random.Random(11)
    for n in range(size):
        when = (START + dt.timedelta(seconds=n)).isoformat().replace("+00:00", "Z")
        hit = rng.random() < 0.25
        act = f"act{rng.randrange(2)}" if hit else f"noise{rng.randrange(1000)}"
        row = {"id": f"e{n}", "source": "feed", "reported": when, "occurred": when, "act": act, "object": "x"}
        yield row | {"actor": f"P{rng.randrange(PARTIES)}"}
