"""The rules engine under load: sizes come in; time by ratios, memory and wrong answers go out.

    python benchmarks/rete_load.py                           # full size: a quarter of an hour of a processor's time
    python benchmarks/rete_load.py --bodies 50000 --replacements 50000 --rebuild-after 20000     # less than a minute

Two loads. Bodies of reports go through the rete and the plain matcher, which must answer alike; both are
asked themselves, past the memory that `make_matcher` puts before them, so that the engine sees each body,
and no two bodies are the same. Then clause facts in a session are replaced in turn, a report posted after each, and
the matches compared, in their order, with those of a dictionary.
"""
# ruff: noqa: SLF001 - it looks at when a session rebuilds its state, which is no business of a caller

from __future__ import annotations

import argparse
import itertools
import operator
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from memory import flat, resident

from servanda.matching import Body, ClauseFact
from servanda.matching.plain import PlainMatcher
from servanda.matching.rete import ReteMatcher
from servanda.matching.rules import read_rules
from servanda.matching.session import REBUILD_AFTER, Session
from servanda.rulebook import rules_dir

CHUNK = 500  # steps timed in one go, by turns with those they are held against
WINDOWS = 10  # rows printed for each load
ACTS = [f"{a}.{b}" for a in ("force", "talk", "trade", "detain") for b in ("one", "two", "three")]
RULES = read_rules(rules_dir() / "flagging.yaml")


class Load(NamedTuple):
    """Endless steps, how the engine takes one, and how what it is held against does; both give the answer."""

    what: str
    against: str
    session: Session  # that the engine's steps go through
    steps: Iterator[Any]
    engine: Callable[[Any], object]
    other: Callable[[Any], object]


# --- bodies -------------------------------------------------------------------------------------------


def wholes(actor: str) -> tuple[str, ...]:
    """A brigade `P3.b1` is part of the party `P3`."""
    party, _, brigade = actor.partition(".")
    return (actor, party) if brigade else (actor,)


def clause_facts(number: int) -> list[ClauseFact]:
    """About ten facts for each party; one in fifty asks for any act, ten in all for any actor."""
    rng = random.Random(5)
    facts = []
    for ref in range(number):
        party = f"P{rng.randrange(max(1, number // 10))}"
        actors = () if ref < 10 else (party, f"{party}.b{rng.randrange(3)}")[: rng.randint(1, 2)]
        depth = rng.randint(1, 2)
        acts = () if rng.random() < 0.02 else tuple(".".join(rng.choice(ACTS).split(".")[:depth]) for _ in "ab")
        facts.append(ClauseFact(ref, f"agreement {ref % 20}", rng.choice(("duty", "trigger")), acts, actors))
    return facts


def bodies(parties: int) -> Iterator[Body]:
    """Endless bodies, no two the same: fine and coarse acts, brigades, strangers, and what is left out."""
    rng = random.Random(6)
    for n in itertools.count():
        actors = tuple(
            f"P{rng.randrange(parties * 5 // 4)}" + rng.choice(("", ".b1", ".b2.new"))
            for _ in range(rng.choice((1, 1, 2)))
        )
        luck = rng.random()
        if luck < 0.01:
            yield Body(None, (*actors, f"stranger {n}"))
        elif luck < 0.02:
            yield Body(rng.choice(ACTS).split(".")[0], (*actors, f"stranger {n}"))
        elif luck < 0.0202:
            yield Body(f"{rng.choice(ACTS)}.{n}", None)
        else:
            yield Body(f"{rng.choice(ACTS)}.{n}", actors)


def through_matchers(clauses: int) -> Load:
    """Bodies for the rete matcher, held against the plain one."""
    facts, asked = clause_facts(clauses), bodies(max(1, clauses // 10))
    rete, plain = ReteMatcher(facts, wholes, RULES), PlainMatcher(facts, wholes)
    what = f"bodies of reports, {clauses:,} clause facts"
    return Load(what, "plain", rete._session, asked, rete.touched, plain.touched)


# --- clause facts -------------------------------------------------------------------------------------


class Numbers(NamedTuple):
    """What a clause fact and a report must have in common."""

    agreement: int
    act: int
    actor: int


class Step(NamedTuple):
    """The fact of a key is replaced, and then a report posted."""

    key: int
    role: str
    fact: Numbers
    report: Numbers


def steps(live: int) -> Iterator[Step]:
    """Endless steps; about five live facts have the same numbers, half of them the same role too."""
    rng = random.Random(7)
    some = max(1, live // 5)

    def numbers() -> Numbers:
        one = rng.randrange(some)
        return Numbers(one % 7, one, one % 11)

    for n in itertools.count():
        yield Step(n % live, rng.choice(("duty", "trigger")), numbers(), numbers())


class Dictionary:
    """What the rules say, with nothing but a dictionary."""

    def __init__(self) -> None:
        self._where: dict[int, tuple[str, Numbers]] = {}
        self._keys: defaultdict[tuple[str, Numbers], dict[int, None]] = defaultdict(dict)

    def take(self, step: Step) -> list[tuple[str, int]]:
        """Replace and post: the rules that fire and the keys that they fire for."""
        old = self._where.get(step.key)
        if old is not None:
            del self._keys[old][step.key]
        self._where[step.key] = step.role, step.fact
        self._keys[step.role, step.fact][step.key] = None
        return [
            (f"may-touch-{role}", key)
            for role in ("duty", "trigger")
            for key in self._keys.get((role, step.report), ())
        ]


def through_session(live: int) -> Load:
    """Replacements for a session, held against a dictionary."""
    session = Session(RULES)

    def take(step: Step) -> list[tuple[str, object]]:
        if step.key in session._live:
            session.retract_fact(step.key)
        session.assert_fact(step.key, {"kind": "clause", "role": step.role, **step.fact._asdict()})
        matches = session.post("report", {"kind": "report", **step.report._asdict()})
        return [(match.rule, match.keys["clause"]) for match in matches]

    return Load(f"replaced clause facts, {live:,} live", "dictionary", session, steps(live), take, Dictionary().take)


# --- the table ----------------------------------------------------------------------------------------


def run(load: Load, number: int) -> int:
    """Take so many steps, print a row for each window of them; the number of wrong answers goes out."""
    rebuilds = counted(load.session)
    print(f"\n{load.what}")
    print(
        f"{'steps':>9} {'rete us':>9} {load.against + ' us':>14} {'ratio':>7} {'rebuilds':>9} {'MiB':>8} {'wrong':>6}"
    )
    samples, wrong, chunks = [], 0, max(1, number // CHUNK // WINDOWS)
    for window in range(1, WINDOWS + 1):
        engine = other = 0.0
        for _ in range(chunks):
            chunk = list(itertools.islice(load.steps, CHUNK))
            start = time.perf_counter()
            found = list(map(load.engine, chunk))
            between = time.perf_counter()
            expected = list(map(load.other, chunk))
            end = time.perf_counter()
            engine, other = engine + between - start, other + end - between
            wrong += sum(map(operator.ne, found, expected))
        samples.append(resident())
        each = 1e6 / (chunks * CHUNK)
        print(
            f"{window * chunks * CHUNK:>9} {engine * each:>9.1f} {other * each:>14.2f} {engine / other:>7.1f}"
            f" {len(rebuilds):>9} {samples[-1]:>8.1f} {wrong:>6}",
            flush=True,
        )
    print(flat(samples))
    return wrong


def counted(session: Session) -> list[None]:
    """A list that grows by one whenever the session rebuilds its state."""
    rebuilds: list[None] = []
    rebuild = session._rebuild

    def counting() -> None:
        rebuilds.append(None)
        rebuild()

    session._rebuild = counting
    return rebuilds


def main() -> int:
    """Run both loads at every size; 1 when an answer was wrong."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--bodies", type=int, default=1_000_000)
    options.add_argument("--replacements", type=int, default=1_000_000)
    options.add_argument("--clauses", type=int, nargs="*", default=[1_000], help="clause facts that bodies meet")
    options.add_argument("--live", type=int, nargs="*", default=[1_000, 10_000], help="clause facts that are replaced")
    options.add_argument("--rebuild-after", type=int, default=REBUILD_AFTER, help="facts seen in matches")
    given = options.parse_args()
    wrong = 0
    for make, sizes, number in (
        (through_matchers, given.clauses, given.bodies),
        (through_session, given.live, given.replacements),
    ):
        for size in sizes:
            load = make(size)
            load.session._rebuild_after = given.rebuild_after
            wrong += run(load, number)
            load.session.close()
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
