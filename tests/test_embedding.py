"""A library inside other programs: threads, asyncio, no threads of its own, and nothing that two trackers share."""

from __future__ import annotations

import asyncio
import functools
import random
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

import servanda
from servanda import Agreement, Assessment, Finding, Registry, Report, Tracker, assess, loads, report
from servanda.matching import available
from servanda.matching.session import EngineError

THREADS = 8
ACTS = ("pay", "sing")


def agreement(name: str = "sale", act: str = "pay") -> Agreement:
    return loads(f"""
servanda: 1
agreement: {name}
timezone: UTC
actors:
  A: {{name: Alpha, role: party}}
  B: {{name: Beta, role: party}}
clauses:
  due: {{binds: [A, B], must: {{act: {act}}}, by: 2026-02-01}}
  calm: {{binds: [A, B], must_not: {{act: force}}}}
  answer: {{binds: B, when: {{act: ask, actor: A}}, must: {{act: tell}}, within: P3D}}
""")


def reports(seed: int, act: str = "pay") -> list[Report]:
    """Reports that differ in what the matcher is asked, some about others, in any order."""
    dice, found = random.Random(seed), []
    for number in range(60):
        one: dict[str, Any] = {
            "id": f"r{number}",
            "source": dice.choice("xyz"),
            "reported": f"2026-01-{1 + number // 2:02}",
        }
        if number and dice.random() < 0.2:
            one |= {"says": dice.choice(["denies", "confirms"]), "of": f"r{dice.randrange(number)}"}
        else:
            act_ = dice.choice([act, "force", "ask", "tell"]) + dice.choice(["", f".kind{number}"])
            one |= {"act": act_, "actor": dice.choice(["A", "B", "Z"]), "occurred": one["reported"]}
        found.append(report(one))
    dice.shuffle(found)
    return found


def instances(assessment: Assessment) -> object:
    return assessment.instances


def alone(of: Agreement, given: list[Report]) -> object:
    return instances(assess(of, given, engine="plain"))


# --- threads --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_many_threads_with_a_lock_come_to_what_one_comes_to(seed: int) -> None:
    given, tracker, lock = reports(seed), Tracker(agreement(), engine="plain"), threading.Lock()

    def observe(one: Report) -> None:
        with lock:
            tracker.observe(one)

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(observe, given))
    assert instances(tracker.assess()) == alone(agreement(), given)


@pytest.mark.parametrize("made", [Tracker, lambda one: Registry([one])])
def test_many_threads_with_an_owner_come_to_what_one_comes_to(made: Callable[[Agreement], Any]) -> None:
    given = reports(4)
    with ThreadPoolExecutor(1) as owner, ThreadPoolExecutor(THREADS) as threads:
        whole = owner.submit(made, agreement()).result()
        list(threads.map(lambda one: owner.submit(whole.observe, one).result(), given))
        tracker = whole if isinstance(whole, Tracker) else owner.submit(whole.__getitem__, "sale").result()
        assert instances(owner.submit(tracker.assess).result()) == alone(agreement(), given)


@pytest.mark.skipif(not available(), reason="the rules engine is not there")
def test_the_rules_engine_is_not_to_be_shared_even_with_a_lock() -> None:
    tracker = Tracker(agreement(), engine="rete")
    first, second = (report({"id": n, "source": "x", "reported": "2026-01-01", "act": "pay", "actor": n}) for n in "AB")
    tracker.observe(first)
    with ThreadPoolExecutor(1) as other, pytest.raises(EngineError, match="belongs to the thread that made it"):
        other.submit(tracker.observe, second).result()
    tracker.advance("2026-01-02")
    assert instances(tracker.assess()) == instances(
        assess(agreement(), [first, second], as_of="2026-01-02", known_at="2026-01-02", engine="plain")
    )


def test_two_trackers_in_two_threads_are_independent() -> None:
    """Report by report in turn, so that what one leaves behind would be there for the other."""
    turn = threading.Barrier(2, timeout=60)

    def run(number: int) -> tuple[list[Finding], list[Assessment]]:
        tracker, found = Tracker(agreement(f"a{number}", ACTS[number])), []
        for one in reports(number, ACTS[number]):
            turn.wait()
            found += tracker.observe(one)
        return found, [tracker.assess(), tracker.assess(as_of="2026-01-20", known_at="2026-01-25")]

    with ThreadPoolExecutor(2) as threads:
        both = list(threads.map(run, range(2)))
    for number, (found, assessments) in enumerate(both):
        of, given = agreement(f"a{number}", ACTS[number]), reports(number, ACTS[number])
        tracker = Tracker(of)
        assert found == [finding for one in given for finding in tracker.observe(one)]
        assert assessments == [assess(of, given), assess(of, given, as_of="2026-01-20", known_at="2026-01-25")]


# --- asyncio --------------------------------------------------------------------------------------------


def test_the_event_loop_runs_while_the_owner_judges() -> None:
    """Each report is judged only when the loop has said so meanwhile: if it were held up, neither would go on."""
    said = threading.Event()

    class Waiting(Tracker):
        def observe(self, report: Report) -> list[Finding]:
            assert said.wait(60)
            said.clear()
            return super().observe(report)

    async def say(done: asyncio.Event) -> None:
        while not done.is_set():
            said.set()
            await asyncio.sleep(0)

    async def main() -> object:
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        with ThreadPoolExecutor(1) as owner:
            tracker = await loop.run_in_executor(owner, Waiting, agreement())
            saying = asyncio.create_task(say(done))
            for one in reports(5):
                await loop.run_in_executor(owner, tracker.observe, one)
            done.set()
            await saying
            return instances(await loop.run_in_executor(owner, tracker.assess))

    assert asyncio.run(main()) == alone(agreement(), reports(5))


def test_to_thread_takes_a_lock_and_the_plain_engine() -> None:
    async def main() -> object:
        tracker, lock = Tracker(agreement(), engine="plain"), asyncio.Lock()

        async def observe(one: Report) -> None:
            async with lock:
                await asyncio.to_thread(tracker.observe, one)

        await asyncio.gather(*map(observe, reports(6)))
        return instances(tracker.assess())

    assert asyncio.run(main()) == alone(agreement(), reports(6))


# --- nothing in the background, nothing left behind -------------------------------------------------------

EVERYTHING = """
import os, sys, threading
from servanda import Registry, Tracker, assess, load, read_reports
from servanda.cli import main
agreement = load("cases/netbill/agreement.yaml")
reports = list(read_reports("cases/netbill/reports.jsonl"))
tracker, registry = Tracker(agreement), Registry([agreement])
for one in reports:
    for finding in tracker.observe(one):
        finding.explain()
    registry.observe(one)
registry.advance("2030-01-01")
tracker.assess(), registry.assess(), assess(agreement, reports)
main(["assess", "cases/netbill/agreement.yaml", "-r", "cases/netbill/reports.jsonl", "--fail-on", "never"], standalone_mode=False)
tasks = "/proc/self/task"
print(len(threading.enumerate()), len(os.listdir(tasks)) if os.path.isdir(tasks) else 1, file=sys.stderr)
"""


def test_nothing_starts_a_thread() -> None:
    """Neither one that Python knows of, nor, where that can be seen, one that it does not."""
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", EVERYTHING],
        cwd=root,
        env={"PYTHONPATH": str(Path(servanda.__file__).parents[1]), "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stderr == "1 1\n"


COUNTED = {("servanda.matching.session", "_session_numbers")}  # gives each set of rules in C a name of its own


def state_of_modules() -> dict[tuple[str, str], object]:
    """Every value that a module or class of the library holds, as far as it can be seen to change."""
    found: dict[tuple[str, str], object] = {}
    for name, module in sorted(sys.modules.items()):
        if name == "servanda" or name.startswith("servanda."):
            holders = [(name, module), *((f"{name}.{c.__qualname__}", c) for c in _classes(module))]
            found.update({(where, key): _seen(value) for where, held in holders for key, value in vars(held).items()})
    return {key: value for key, value in found.items() if key not in COUNTED}


def _classes(module: ModuleType) -> list[type]:
    return [one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__]


def _seen(value: object) -> object:
    if isinstance(value, dict | list | set | frozenset | tuple):
        return (id(value), len(value), repr(value))
    if isinstance(value, FunctionType):
        return (id(value), repr(value.__defaults__), sorted(vars(value)))
    if isinstance(value, functools._lru_cache_wrapper | type | ModuleType):
        return id(value)  # a cache of a pure function; and classes and modules, which are looked into
    return (id(value), repr(value))


def follow(name: str, act: str) -> None:
    one = agreement(name, act)
    tracker, registry = Tracker(one, view="account of A"), Registry([one])
    for told in reports(7, act):
        for finding in tracker.observe(told):
            finding.explain()
        registry.observe(told)
    registry.advance("2027-01-01")
    tracker.assess()


def test_a_tracker_leaves_nothing_in_any_module() -> None:
    follow("first", "pay")  # whatever is made once, is made now
    before = state_of_modules()
    follow("second", "sing")
    assert state_of_modules() == before
    assert len(before) > 1000
