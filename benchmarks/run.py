"""The benchmarks: sizes come in; seconds, ratios, memory, and whether all count the same go out.

    python benchmarks/run.py                                                  # minutes; see benchmarks/README.md
    python benchmarks/run.py --sizes 1000 10000 --runs 1 --only H plain duckdb
    python benchmarks/run.py --plot times.svg --markdown
    python benchmarks/run.py --also "mine=python /tmp/mine.py {question} {folder}"

Each run is a process of its own, timed from its start to its end. The contenders run by turns, so that a busy machine
hits all of them. The loop written by hand says what the counts are, and what the others are held against. Ends with
exit code 1 when a count is wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from contenders import BY_HAND, CONTENDERS, WORKLOADS, Contender, Workload, counts_of
from measuring import Limits, run
from peers import Counts
from plot import svg
from tables import Result, markdown, text

HERE = Path(__file__).resolve().parent
REHEARSAL = 50  # reports on which everybody shows first that they can answer at all
WRONG = "WRONG"


class Answer(NamedTuple):
    """What one run took and counted, or why it did not."""

    seconds: float
    peak: float
    counts: Counts
    failed: str = ""


def ask(who: Contender, workload: Workload, folder: Path, limits: Limits) -> Answer:
    """One run of one contender."""
    seconds, peak, out, failed = run(who.argv(workload.question, folder), limits, HERE)
    if failed:
        return Answer(seconds, peak, {}, failed)
    try:
        return Answer(seconds, peak, counts_of(workload.question, folder, out))
    except (ValueError, TypeError, KeyError, OSError) as error:
        return Answer(seconds, peak, {}, f"no counts in its output: {error}")


def rehearse(workload: Workload, contenders: Sequence[Contender], limits: Limits) -> Iterator[tuple[Contender, str]]:
    """Each contender, and why it cannot take part, if so."""
    with tempfile.TemporaryDirectory() as name:
        workload.make(REHEARSAL, Path(name))
        for who in contenders:
            yield who, ask(who, workload, Path(name), limits).failed


def measure(workload: Workload, size: int, contenders: Sequence[Contender], runs: int, limits: Limits) -> list[Result]:
    """Everybody's result at one size; the loop written by hand comes first."""
    answers: dict[str, list[Answer]] = {who.name: [] for who in contenders}
    with tempfile.TemporaryDirectory() as name:
        workload.make(size, Path(name))
        for _ in range(runs):
            for who in contenders:
                if not any(one.failed for one in answers[who.name]):
                    answers[who.name].append(ask(who, workload, Path(name), limits))
    hand = answers[BY_HAND.name]
    if failed := hand[0].failed:
        sys.exit(f"the loop written by hand: {failed}")
    right = hand[0].counts | {"reports": size}
    yardstick = median(one.seconds for one in hand)
    return [_result(workload.name, size, who.name, answers[who.name], right, yardstick) for who in contenders]


def _result(workload: str, size: int, who: str, answers: Sequence[Answer], right: Counts, yardstick: float) -> Result:
    if why := next((one.failed for one in answers if one.failed), ""):
        return Result(workload, size, who, None, 0, 0, why)
    seconds = median(one.seconds for one in answers)
    words = [compared(one.counts, right) for one in answers]
    said = next((word for word in words if word.startswith(WRONG)), words[0])
    return Result(workload, size, who, seconds, seconds / yardstick, max(one.peak for one in answers), said)


def compared(counts: Counts, right: Counts) -> str:
    """Whether what was counted is right: everything, or, by a scan, the reports."""
    read_only = counts.keys() == {"reports"}
    wanted = ["reports"] if read_only else [name for name in right if name != "reports"]
    wrong = [f"{name} {counts.get(name)} (not {right[name]})" for name in wanted if counts.get(name) != right[name]]
    if wrong:
        return f"{WRONG}: {', '.join(wrong)}"
    return "as many reports" if read_only else "agree"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 when a count is wrong."""
    given = _options().parse_args(arguments)
    limits = Limits(given.timeout, given.memory)
    contenders = [*CONTENDERS, *given.also]
    only = {name.lower() for name in given.only}
    if unknown := only - {one.name.lower() for one in (*WORKLOADS, *contenders)}:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}")
    workloads = [one for one in WORKLOADS if one.name.lower() in only] or WORKLOADS
    named = [one for one in contenders if one.name.lower() in only] or contenders
    chosen = [one for one in named if one is not BY_HAND]
    results: list[Result] = []
    notes: dict[str, list[str]] = {}  # what there is to say, and of which workloads
    for workload in workloads:
        results += _race(workload, chosen, given.sizes, given.runs, limits, notes)
    said = [f"{note} ({', '.join(names)})" for note, names in notes.items()]
    said += (f"{who.name} only up to {who.most:,} reports" for who in chosen if who.most < max(given.sizes))
    says = {one.name: one.says for one in workloads}
    if given.markdown:
        print(markdown(says, results, said, given.runs))
    else:
        for name, what in says.items():
            print(f"{name}: {what}\n{text([one for one in results if one.workload == name])}\n")
        for note in said:
            print(note)
    if given.plot:
        Path(given.plot).write_text(svg(results), encoding="utf-8")
    return int(any(one.said.startswith(WRONG) for one in results))


def _race(
    workload: Workload,
    chosen: Sequence[Contender],
    sizes: Sequence[int],
    runs: int,
    limits: Limits,
    notes: dict[str, list[str]],
) -> Iterator[Result]:
    """All sizes of one workload; who did not finish at one size is not asked at a greater one."""
    alive = [BY_HAND]
    for who, why in rehearse(workload, chosen, limits):
        if why:
            notes.setdefault(f"{who.name} is left out: {why}", []).append(workload.name)
        else:
            alive.append(who)
    for size in sorted(sizes):
        print(f"{workload.name}: {size:,} reports ...", file=sys.stderr)
        found = measure(workload, size, [who for who in alive if size <= who.most], runs, limits)
        stopped = {one.who for one in found if one.seconds is None}
        alive = [who for who in alive if who.name not in stopped]
        yield from found


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = options.add_argument
    add("--sizes", type=int, nargs="+", default=[10_000, 30_000, 100_000], help="numbers of reports")
    add("--runs", type=int, default=5, help="of which the median is taken")
    names = ", ".join(one.name for one in (*WORKLOADS, *CONTENDERS))
    add("--only", nargs="+", default=[], metavar="NAME", help=f"these workloads and contenders: {names}")
    add(
        "--also",
        action="append",
        type=Contender.parse,
        default=[],
        metavar="NAME=COMMAND",
        help="a contender of your own; prints JSON",
    )
    add("--timeout", type=float, default=120, help="seconds after which a run is stopped")
    add("--memory", type=float, default=4096, help="MiB at which a run is stopped")
    add("--markdown", action="store_true", help="print the table in Markdown, with the machine and the date")
    add("--plot", metavar="FILE.svg", help="draw seconds over reports")
    return options


if __name__ == "__main__":
    sys.exit(main())
