"""A long life of one tracker: a number of reports comes in; memory, time and the final counts go out.

    python benchmarks/soak.py                                            # a million reports
    python benchmarks/soak.py 20000 --every 2000                         # a short version
    python benchmarks/soak.py 20000 --every 2000 --retention none        # forgets nothing: memory grows

The reports are those of workload H, in order, made as they are taken, so that what grows is the tracker. The
missed hand-overs and the strikes under a ceasefire are counted from the findings, because a tracker with a
retention forgets what is settled; in the end they are compared with those of a loop written by hand.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Iterable

from memory import flat, resident
from workload_h import AGREEMENT, by_hand, reports

from servanda import Finding, Tracker, loads, report


class Tally:
    """Missed hand-overs and strikes under a ceasefire, as findings come in and are revised."""

    def __init__(self) -> None:
        self.missed = self.strikes = 0

    def add(self, findings: Iterable[Finding]) -> None:
        """Take what one report changed."""
        for finding in findings:
            if finding.clause == "handover":
                self.missed += (finding.statuses == {"violated"}) - (finding.before == {"violated"})
            else:
                self.strikes += sum(evidence.effect == "breach" for evidence in finding.evidence)


def main() -> int:
    """Print a row for each sample; 1 when the counts differ."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("reports", type=int, nargs="?", default=1_000_000)
    options.add_argument("--retention", default="PT5M", help="a duration, or none")
    options.add_argument("--every", type=int, default=50_000, help="reports between samples")
    given = options.parse_args()
    retention = {} if given.retention == "none" else {"retention": given.retention}
    tracker, tally, samples = Tracker(loads(AGREEMENT), **retention), Tally(), []
    print(f"{'reports':>9} {'us each':>9} {'MiB':>8} {'missed':>8} {'strikes':>8}")
    spent = 0.0
    for number, row in enumerate(itertools.islice(reports(), given.reports), 1):
        told = report(row)
        start = time.perf_counter()
        tally.add(tracker.observe(told))
        spent += time.perf_counter() - start
        if number % given.every == 0:
            samples.append(resident())
            each = spent / given.every * 1e6
            print(f"{number:>9} {each:>9.1f} {samples[-1]:>8.1f} {tally.missed:>8} {tally.strikes:>8}", flush=True)
            spent = 0.0
    expected = by_hand(itertools.islice(reports(), given.reports))
    same = expected == (tally.missed, tally.strikes)
    print(flat(samples))
    print(f"by hand: missed {expected[0]}, strikes {expected[1]}: " + ("the same" if same else "NOT the same"))
    return int(not same)


if __name__ == "__main__":
    sys.exit(main())
