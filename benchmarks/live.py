"""The live tracker: sizes come in; the cost of one more report goes out, also as ratios to bare decoding.

    python benchmarks/live.py                                                         # full size
    python benchmarks/live.py --reports 2000 --clauses 10 1000 --history 5000         # a short version

The reports are those of workload H, in order and late (one in four by up to a minute). The agreement has
its two clauses, and others of the same kinds that none of these reports touches: whatever its size, there is the
same to do. Each report touches a clause. Timed is `observe`; and, by turns, the decoding of the same lines, into
typed values with dates by msgspec where that is installed, else by `json.loads`. In the end the verdicts are
compared with those of a loop written by hand.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import json
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from workload_h import AGREEMENT, by_hand, found_in, late, reports

from servanda import Tracker, loads, report
from servanda.model.agreement import Agreement

try:
    import msgspec
except ImportError:
    msgspec = None

PARTIES = 50
NOISE = "talk.statement"  # which no clause asks for; it is left out
CHUNK = 500  # reports that are decoded in one go, and then observed


def agreement(clauses: int) -> Agreement:
    """Workload H, with A's strikes forbidden in other places and hand-overs on demand among others until there are so many."""
    bravo, extra = "  B: {name: Bravo, role: party}\n", []
    for n in range(clauses - 2):
        one, other = n % PARTIES, (n + 1 + n // PARTIES % (PARTIES - 1)) % PARTIES
        if n % 2:
            ban = f"must_not: {{act: force.attack, target: P{other}, place: L{n}}}"
            extra.append(f"  ceasefire-{n}: {{binds: [A], {ban}}}\n")
        else:
            duty = f"when: {{act: demand, actor: P{other}, place: L{n}}}, must: {{act: detain.handover, object: $trigger.object}}"
            extra.append(f"  handover-{n}: {{binds: [P{one}], {duty}, within: PT{1 + n % 48}H}}\n")
    actors = "".join(f"  P{n}: {{role: party}}\n" for n in range(PARTIES))
    return loads(AGREEMENT.replace(bravo, bravo + actors) + "".join(extra))


def decoder() -> tuple[str, Callable[[bytes], object]]:
    """What decodes a line, and its name."""
    if msgspec is None:
        return "json.loads", json.loads

    class Decoded(msgspec.Struct):
        id: str
        source: str
        reported: dt.datetime
        occurred: dt.datetime
        act: str
        actor: str
        object: str | None = None
        place: str | None = None

    return "msgspec", msgspec.json.Decoder(Decoded).decode


class Cost(NamedTuple):
    """Microseconds for each report, in the order of arrival."""

    decode: list[float]
    observe: list[float]
    same: bool  # whether the verdicts are those of the loop written by hand


def measure(clauses: int, number: int, *, orderly: bool) -> Cost:
    """Take so many reports, one by one."""
    rows = list(itertools.islice((row for row in reports() if row["act"] != NOISE), number))
    tracker, (_, decode), cost = Tracker(agreement(clauses)), decoder(), Cost([], [], same=False)
    arriving = iter(rows) if orderly else late(rows)
    while chunk := list(itertools.islice(arriving, CHUNK)):
        for line in [json.dumps(row).encode() for row in chunk]:
            cost.decode.append(timed(decode, line))
        for told in map(report, chunk):
            cost.observe.append(timed(tracker.observe, told))
    judged = tracker.assess(as_of=rows[-1]["occurred"])
    return cost._replace(same=found_in(judged.instances) == by_hand(rows))


def timed(work: Callable[[Any], object], given: object) -> float:
    """The microseconds that it took."""
    start = time.perf_counter_ns()
    work(given)
    return (time.perf_counter_ns() - start) / 1e3


def percentile(values: list[float], percent: int) -> float:
    """The least value that so many percent do not exceed."""
    return sorted(values)[max(0, -(-len(values) * percent // 100) - 1)]


def row_of(clauses: int, order: str, which: str, cost: Cost, part: slice) -> str:
    """A row of the table, over a part of the reports."""
    decode, observe = cost.decode[part], cost.observe[part]
    bare, p50, p99 = percentile(decode, 50), percentile(observe, 50), percentile(observe, 99)
    return (
        f"{clauses:>8} {order:>9} {which:>16} {bare:>8.2f} {p50:>12.1f} {p50 / bare:>8.0f} {p99:>12.1f} {p99 / bare:>8.0f}"
        + ("" if cost.same else "  verdicts differ")
    )


def main() -> int:
    """Print the table; 1 when a verdict is not that of the loop written by hand."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--reports", type=int, default=10_000, help="at each number of clauses")
    options.add_argument("--clauses", type=int, nargs="*", default=[10, 1_000, 10_000])
    options.add_argument("--history", type=int, default=100_000, help="reports; the first tenth against the last")
    given = options.parse_args()
    print(f"microseconds for each report; decoding by {decoder()[0]}")
    print(
        f"{'clauses':>8} {'order':>9} {'of the reports':>16} {'decode':>8} {'observe p50':>12} {'x decode':>8}"
        f" {'p99':>12} {'x decode':>8}"
    )
    everything, wrong = slice(None), False
    for orderly, order in ((True, "in order"), (False, "late")):
        for clauses in given.clauses:
            cost = measure(clauses, given.reports, orderly=orderly)
            print(row_of(clauses, order, "all", cost, everything), flush=True)
            wrong |= not cost.same
        cost = measure(10, given.history, orderly=orderly)
        tenth = len(cost.observe) // 10
        print(row_of(10, order, "first tenth", cost, slice(tenth)))
        print(row_of(10, order, "last tenth", cost, slice(-tenth, None)), flush=True)
        wrong |= not cost.same
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
