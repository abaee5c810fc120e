"""Many agreements in one registry, few of them touched. Comes in: how many; goes out: what each costs, and ratios.

    python benchmarks/registry.py                    # 100, 1,000 and 10,000 agreements
    python benchmarks/registry.py 100 1000 --reports 400

Whatever the number of agreements, the same reports touch the same hundred of them; as many touch nobody. The same
trackers are given the same reports by a loop that knows whose each is: that the ratio stays level says that a report
costs what it touches. Setting a tracker up (at the first report, or time), a missed deadline in each, and what each
agreement takes in memory are measured apart. Ends with 1 when the registry finds anything else than the loop.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import sys
import time
from collections.abc import Iterator

from memory import resident

from servanda import Agreement, Finding, Registry, Report, Tracker, loads, report

TOUCHED = 100
START = dt.date(2026, 1, 1)
ACTS = ("goods.deliver", "pay", "talk.publish", "talk.meet")


def agreement(number: int) -> Agreement:
    """A sale between two parties of its own, with a deadline in June."""
    return loads(f"""
servanda: 1
agreement: sale-{number}
timezone: UTC
actors:
  S{number}: {{name: Seller {number}, role: party, aliases: [Works {number}]}}
  B{number}: {{name: Buyer {number}, role: party}}
clauses:
  delivery: {{binds: S{number}, must: {{act: goods.deliver, object: engine}}, by: 2026-06-01}}
  payment: {{binds: B{number}, when: {{act: goods.deliver, actor: S{number}}}, must: {{act: pay}}, within: P14D}}
  silence: {{binds: [S{number}, B{number}], must_not: {{act: talk.publish}}}}
""")


def told(count: int) -> Iterator[tuple[str, Report]]:
    """Seeded reports with the agreement that they touch, and after each one that touches nobody."""
    dice = random.Random(5)
    for number in range(count):
        whose = number % TOUCHED
        head = {"source": "feed", "reported": (START + dt.timedelta(days=100 * number // count)).isoformat()}
        body = {"act": dice.choice(ACTS), "actor": f"{dice.choice(('Seller', 'Buyer'))} {whose}", "object": "engine"}
        yield f"sale-{whose}", report({"id": f"r{number}", **head, **body, "occurred": head["reported"]})
        yield "", report({"id": f"n{number}", **head, **body, "actor": f"Somebody {number}"})


def measure(size: int, given: list[tuple[str, Report]]) -> tuple[list[float], bool]:
    """The figures of one size, and whether the registry found what the loop found."""
    agreements = [agreement(number) for number in range(size)]
    alone = {f"sale-{number}": Tracker(agreements[number], engine="plain") for number in range(TOUCHED)}
    clock = time.perf_counter
    before, start = resident(), clock()
    registry = Registry(agreements, engine="plain")
    add = clock() - start
    start = clock()
    registry.advance("2025-12-31")
    first = clock() - start
    taken = resident() - before
    for tracker in alone.values():
        tracker.advance("2025-12-31")
    routed: list[tuple[str, Finding]] = []
    expected: list[tuple[str, Finding]] = []
    seconds = {"routed": 0.0, "nobody": 0.0, "alone": 0.0}
    for name, one in given:
        start = clock()
        routed += registry.observe(one)
        seconds["routed" if name else "nobody"] += clock() - start
        if name:
            start = clock()
            expected += ((name, finding) for finding in alone[name].observe(one))
            seconds["alone"] += clock() - start
    for tracker in alone.values():
        tracker.advance(registry.clock or 0)
    start = clock()
    missed = {name for name, _ in registry.advance("2026-06-02")}
    due = clock() - start
    late = {name for name, tracker in alone.items() if tracker.advance("2026-06-02")}
    late |= {f"sale-{number}" for number in range(TOUCHED, size)}
    right = _same(routed, expected) and missed == late and registry.unheard == len(given) // 2
    each = [1e6 * seconds[kind] / (len(given) // 2) for kind in ("routed", "alone", "nobody")]
    return [
        1e3 * add / size,
        1e3 * first / size,
        1024 * taken / size,
        *each,
        each[0] / each[1],
        1e3 * due / len(missed),
    ], right


def _same(routed: list[tuple[str, Finding]], expected: list[tuple[str, Finding]]) -> bool:
    """Whether the findings of reports are the same; time comes to the two at different reports."""
    return [one for one in routed if one[1].report] == [one for one in expected if one[1].report]


def main(sizes: list[int], reports: int) -> int:
    """Print a row for each number of agreements; 1 when something else was found."""
    given, wrong = list(told(reports)), 0
    heads = ("add ms", "first ms", "KiB", "report us", "alone us", "nobody us", "ratio", "due ms")
    print(f"{'agreements':>10} " + " ".join(f"{head:>9}" for head in heads))
    for size in sizes:
        figures, right = measure(size, given)
        wrong |= not right
        print(f"{size:>10} " + " ".join(f"{one:>9.2f}" for one in figures) + ("" if right else "  findings differ"))
    return wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A registry of many agreements.")
    parser.add_argument("sizes", nargs="*", type=int, default=[100, 1_000, 10_000])
    parser.add_argument("--reports", type=int, default=2_000)
    options = parser.parse_args()
    sys.exit(main(options.sizes, options.reports))
