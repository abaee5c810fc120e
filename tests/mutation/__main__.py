"""The command of the mutation test; run in tests/, by hand, it takes its time.

python -m mutation                           # 200 faults, drawn with seed 0
python -m mutation --sample 500 --seed 7     # others; --all for all of them
python -m mutation 'lifecycle/acts.py:57'    # all faults of a line; 'lifecycle/acts.py:*' of a module

Prints each survivor with its place and the fault, then how many were killed, and by what. Exit 1 where fewer than
`--least` percent were killed; about one fault in seven only costs effort or is repaired elsewhere, and survives rightly.
"""

from __future__ import annotations

import argparse
import ast
import gc
import multiprocessing
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from multiprocessing.connection import wait
from typing import Any

from mutation.faults import faults
from mutation.killing import ENGINE, Examined, Fate, Faulty, end, prepared

CORE = ("lifecycle/*.py", "evidence/*.py", "model/kleene.py")
FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Mutant:
    """One fault of one module."""

    place: str
    text: str
    loader: Faulty | None


def mutants(patterns: Sequence[str]) -> Iterator[Mutant]:
    """The faults of the core whose place fits one of the patterns."""
    root = ENGINE / "servanda"
    for path in sorted(found for each in CORE for found in root.glob(each)):
        inside = path.relative_to(root)
        name = ".".join(("servanda", *inside.with_suffix("").parts)).removesuffix(".__init__")
        for number, fault in enumerate(faults(ast.parse(path.read_text(encoding="utf-8")))):
            place = f"{inside.as_posix()}:{fault.line}"
            if any(fnmatch(place, each) for each in patterns):
                yield Mutant(place, str(fault), Faulty(name, str(path), number))


def run(chosen: Sequence[Mutant], cases: Sequence[Examined], jobs: int, told: Callable[[Mutant, str], None]) -> None:
    """Try each, several at a time."""
    waiting, running = list(reversed(chosen)), dict[Any, tuple[Any, Mutant]]()
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            process = FORK.Process(target=end, args=(mutant.loader, cases))
            process.start()
            running[process.sentinel] = (process, mutant)
        for sentinel in wait(list(running)):
            process, mutant = running.pop(sentinel)
            process.join()
            told(mutant, said(process.exitcode))


def said(code: int) -> str:
    """What became of a fault, in words."""
    if code < 0:
        return "timeout" if -code == signal.SIGPROF else "failed"
    return Fate(code).name.lower()


def main() -> int:
    """Read the command line, draw, run, and tell."""
    options = argparse.ArgumentParser(prog="python -m mutation", description="A mutation test of the core.")
    options.add_argument("places", nargs="*", default=["*"], help="e.g. 'lifecycle/acts.py:57' or 'evidence/*'")
    options.add_argument("--sample", type=int, default=200, help="how many faults are drawn")
    options.add_argument("--seed", type=int, default=0, help="the seed they are drawn with")
    options.add_argument("--all", action="store_true", help="all faults of these places")
    options.add_argument("--cases", type=int, default=2000, help="how many seeded cases each is held against")
    options.add_argument("--jobs", type=int, default=2, help="how many at a time")
    options.add_argument("--least", type=float, default=80.0, help="how many percent must be killed")
    options.add_argument("--list", action="store_true", help="only list the faults")
    asked = options.parse_args()
    every = list(mutants(asked.places))
    fewer = asked.all or asked.places != ["*"] or asked.sample >= len(every)
    chosen = every if fewer else random.Random(asked.seed).sample(every, asked.sample)
    if asked.list:
        for mutant in chosen:
            print(f"{mutant.place}: {mutant.text}")
        return 0
    started = time.perf_counter()
    cases = prepared(asked.cases)
    gc.freeze()
    tally: Counter[str] = Counter()

    def told(mutant: Mutant, fate: str) -> None:
        tally[fate] += 1
        if fate == "survived":
            print(f"{tally.total():4}  survived  {mutant.place}: {mutant.text}", flush=True)

    run([Mutant("", "", None)], cases, 1, lambda _, fate: tally.update([fate]))
    if tally.pop("survived", 0) != 1:
        print(f"without any fault the checks fail: {dict(tally)}")
        return 2
    run(chosen, cases, asked.jobs, told)
    killed = len(chosen) - tally["survived"]
    rate = 100 * killed / max(1, len(chosen))
    print(
        f"{len(chosen)} of {len(every)} faults, {killed} killed ({rate:.1f} %), {tally['survived']} survived,", end=" "
    )
    print(f"{tally['timeout']} of the killed by timeout; {time.perf_counter() - started:.0f} s")
    print(", ".join(f"{name}: {count}" for name, count in sorted(tally.items())))
    return 0 if rate >= asked.least else 1


if __name__ == "__main__":
    sys.exit(main())
