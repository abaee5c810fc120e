"""A source of choices comes in; a small agreement with a history of reports, a view and two times go out.

The generator asks a `Choices` for everything, so that the same code runs on `random.Random` (fast, one
seed per case) and on Hypothesis (shrinks: every first option is the plainest one).

The family: two parties, a group that is part of one, a monitoring body and a mediator; clauses over a
few acts, with every form of the clause language; times in whole days UTC. Left out, because the
contract leaves the meaning open or the oracle has no calendar:
* what counts as the fulfilment of a prohibition with an `otherwise`, or of a `must_keep`, in `requires`
  and `fulfilled`; `$trigger` of a fulfilment or an ending; `$other` in a joint clause; `until` a duration
  after a trigger; a denial of a denial; corrections of anything but an assertion or a correction;
* duties that trigger each other in a circle (a permission or a power may follow from what it shields or
  ends); `at_most` and `rate` with `requires`; `not` on an act that counts as another; a test on
  `quantity` beside `quantity: {reach: …}`;
* extensions of a term that has ended; amendments of anything but dates, patterns, `unless` and `grace`,
  and of a date of a clause with `every`; `by` with `every`; powers over powers and over `counts_as`;
* recurrence rules, business days, time zones, `use` and `toward`.

    python -m oracle.generate 1000        # the tally of 1000 cases (run in tests/)
"""

import sys
import time
from collections import Counter

from hypothesis import strategies as st

from .choices import VIEWS, Agreement, Choices, Drawn, Report, Seeded, day
from .generate_agreement import agreement as make_agreement
from .generate_history import History
from .oracle import examine
from .worlds import TooManyWorlds

GeneratedCase = tuple[Agreement, list[Report], str, str, str]


def case(c: Choices) -> GeneratedCase:
    made = make_agreement(c)
    reports = History(c, made).make()
    order = list(reports)
    if c.chance(30):
        order.reverse()  # the order of arrival means nothing
    as_of = c.int(c.one([4, 8]), 16)
    known_at = max(2, as_of + c.one([0, 0, 1, 2, 5, -2]))
    return made, order, c.one(VIEWS), day(as_of), day(known_at)


def seeded_case(seed: int) -> GeneratedCase:
    return case(Seeded(seed))


@st.composite
def agreements(draw: st.DrawFn) -> Agreement:
    return make_agreement(Drawn(draw))


@st.composite
def histories(draw: st.DrawFn, agreement: Agreement) -> list[Report]:
    return History(Drawn(draw), agreement).make()


@st.composite
def cases(draw: st.DrawFn) -> GeneratedCase:
    return case(Drawn(draw))


def tally(count: int, first_seed: int = 0) -> dict[str, float]:
    """The share of cases in which some instance is definitely so, may be so, and more."""
    seen: Counter[str] = Counter()
    instances = 0
    started = time.perf_counter()
    for seed in range(first_seed, first_seed + count):
        try:
            found = examine(*seeded_case(seed))
        except TooManyWorlds:
            seen["(too many worlds)"] += 1
            continue
        instances += len(found)
        marks = set()
        for (name, _, origin), verdict in found.items():
            marks |= {"* a period"} if origin is not None and origin[0] == "period" else set()
            marks |= {"* otherwise of the third depth"} if origin and name.count(".otherwise") == 3 else set()
            definite = len(verdict.statuses) == 1
            marks.add(next(iter(verdict.statuses)) if definite else "undetermined")
            marks |= set() if definite else {f"possibly {s}" for s in verdict.statuses}
            marks |= {"(cured)"} if verdict.cured == {True} else set()
            marks |= {f"* {what}" for what in verdict.met}
            if not definite:
                marks |= {f"(undetermined, open: {kind})" for kind in verdict.open}
        seen.update(marks)
    seconds = time.perf_counter() - started
    shares = {mark: 100 * n / count for mark, n in sorted(seen.items())}
    return shares | {"(instances per case)": instances / count, "(cases per second)": count / seconds}


if __name__ == "__main__":
    for mark, share in tally(int(sys.argv[1]) if len(sys.argv) > 1 else 1000).items():
        print(f"{share:8.1f}  {mark}")
