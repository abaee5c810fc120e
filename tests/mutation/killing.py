"""A fault of a module comes in; whether the tests notice it goes out, as the exit code of this process.

The module is read with the fault in it by an import hook: no file is written. Cheap checks come first: seeded cases
against the oracle's verdicts, then hand-made tests and acceptance scenarios, then the cases that take longer.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from mutation.faults import with_fault
from oracle.generate import GeneratedCase, seeded_case
from oracle.oracle import Verdict, examine
from oracle.worlds import TooManyWorlds

TESTS = Path(__file__).resolve().parent.parent
ENGINE = TESTS.parent / "engine"
CHEAP = ("lifecycle", "evidence", "test_assess.py", "acceptance")
PYTEST = ("-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "--rootdir", str(TESTS.parent))
QUICK, SLOW = 0.005, 0.1
"""Seconds for a case: those that take less than the first come before the tests, those over the second are left out."""
LIMIT = 30.0
"""Seconds of processor time for one case or test, after which the system ends this process."""
MEMORY = 4 << 30


@dataclass(frozen=True)
class Examined:
    """A seeded case, what the oracle says of it, and the seconds that the engine takes for it."""

    case: GeneratedCase
    verdicts: dict[Any, Verdict]
    seconds: float


class Fate(IntEnum):
    """What becomes of a fault."""

    SURVIVED = 0
    FAILED = 1
    BY_CASE = 2
    BY_TEST = 3
    BY_SHARE = 4


@dataclass(frozen=True)
class Faulty(importlib.machinery.SourceFileLoader):
    """Finds and reads one module with a fault in it; all others are left to the usual finders."""

    name: str
    path: str
    number: int

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> Any:
        if name != self.name:
            return None
        inside = [str(Path(self.path).parent)] if self.path.endswith("__init__.py") else None
        return importlib.util.spec_from_file_location(name, self.path, loader=self, submodule_search_locations=inside)

    def get_code(self, _name: str) -> CodeType:
        source = Path(self.path).read_text(encoding="utf-8")
        return compile(with_fault(source, self.number), self.path, "exec")


class Watch:
    """A pytest plugin: each test has its own time."""

    def pytest_runtest_logstart(self) -> None:
        allow()


def allow() -> None:
    """Start the time that the next step has."""
    signal.setitimer(signal.ITIMER_PROF, LIMIT)


def end(loader: Faulty | None, examined: Sequence[Examined]) -> None:
    """Put the fault in, run the checks, and end this process with what became of it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    if loader is not None:
        sys.meta_path.insert(0, loader)
    os._exit(fate(examined))


def fate(examined: Sequence[Examined]) -> Fate:
    """What the checks make of the engine as it now is."""
    allow()
    try:
        from properties import versus
    except Exception:  # noqa: BLE001 - whatever it raises, it is noticed
        return Fate.FAILED
    instances: Counter[str] = Counter()
    try:
        if not all(told_alike(each, versus, instances) for each in examined if each.seconds < QUICK):
            return Fate.BY_CASE
        paths = [str(TESTS / each) for each in CHEAP]
        if pytest.main([*PYTEST, *paths], [Watch()]):
            return Fate.BY_TEST
        if not all(told_alike(each, versus, instances) for each in examined if each.seconds >= QUICK):
            return Fate.BY_CASE
    except BaseException:  # noqa: BLE001 - whatever it raises, it is noticed
        return Fate.FAILED
    from properties.test_against_oracle import APPROXIMATE

    return Fate.SURVIVED if versus.share(instances, "all") < APPROXIMATE else Fate.BY_SHARE


def told_alike(each: Examined, versus: Any, instances: Counter[str]) -> bool:
    """Whether engine and oracle agree on a case."""
    allow()
    oracle = {(name, tuple(bearers), versus.flat(origin)): v for (name, bearers, origin), v in each.verdicts.items()}
    engine = {one.key: one for one in versus.engine_says(each.case).assessment.instances}
    instances += versus.kinds(engine)
    return not any(versus.differs(engine.get(key), oracle.get(key)) for key in {*engine, *oracle})


def prepared(number: int) -> list[Examined]:
    """Seeded cases with what the oracle says of them, the quickest first.

    The engine's own modules are left to be loaded anew by each process, all others stay loaded.
    """
    sys.path.insert(0, str(ENGINE))
    for name in ("jsonschema", "servanda.cli", "properties.test_against_oracle"):
        importlib.import_module(name)
    from properties import versus

    assert Path(sys.modules["servanda"].__file__ or "").is_relative_to(ENGINE)
    found = []
    for seed in range(number):
        case = seeded_case(seed)
        with contextlib.suppress(TooManyWorlds):
            verdicts = examine(*case)
            started = time.process_time()
            versus.engine_says(case)
            found.append(Examined(case, verdicts, time.process_time() - started))
    for name in [name for name in sys.modules if name.split(".")[0] in ("servanda", "properties")]:
        del sys.modules[name]
    return sorted((each for each in found if each.seconds <= SLOW), key=lambda each: each.seconds)
