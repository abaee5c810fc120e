"""Tens of thousands of operations over many rebuilds: the same answers as with nothing but dictionaries.

The same at a million, with time and memory: `benchmarks/rete_load.py`.
"""

from __future__ import annotations

import random
from collections import defaultdict
from functools import partial
from types import MappingProxyType

import pytest

from servanda.matching import Body, ClauseFact, available
from servanda.matching import rete as rete_module
from servanda.matching.plain import PlainMatcher
from servanda.matching.rete import ReteMatcher
from servanda.matching.rules import read_rules
from servanda.matching.session import Session
from servanda.rulebook import rules_dir

pytestmark = pytest.mark.skipif(not available(), reason="durable_rules cannot be imported here")

RULES = read_rules(rules_dir() / "flagging.yaml")
ACTS = ("force", "force.attack", "force.attack.raid", "talk", "talk.meet", "trade")
ACTORS = tuple(f"P{party}{brigade}" for party in range(8) for brigade in ("", ".b1", ".b2"))


@pytest.fixture
def rebuilds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of live facts at each rebuild of a state."""
    seen: list[int] = []
    rebuild = Session._rebuild

    def noted(session: Session) -> None:
        seen.append(len(session._live))
        rebuild(session)

    monkeypatch.setattr(Session, "_rebuild", noted)
    return seen


def wholes(actor: str) -> tuple[str, ...]:
    party, _, brigade = actor.partition(".")
    return (actor, party) if brigade else (actor,)


def test_the_engines_agree_on_many_bodies(rebuilds: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """They are asked themselves, past the memory of `make_matcher`."""
    rng = random.Random(1)

    def some(names: tuple[str, ...], least: int) -> tuple[str, ...]:
        return tuple(rng.choice(names) for _ in range(rng.randint(least, 2)))

    monkeypatch.setattr(rete_module, "Session", partial(Session, rebuild_after=5_000))
    roles = ("duty", "trigger")
    facts = [ClauseFact(n, f"a{n % 3}", rng.choice(roles), some(ACTS, 0), some(ACTORS, 1)) for n in range(100)]
    rete, plain = ReteMatcher(facts, wholes, RULES), PlainMatcher(facts, wholes)
    for n in range(10_000):
        act = None if rng.random() < 0.02 else rng.choice(ACTS) + rng.choice(("", f".{n}"))
        body = Body(act, None if rng.random() < 0.01 else some((*ACTORS, "stranger"), 1))
        assert rete.touched(body) == plain.touched(body), body
    assert len(rebuilds) > 5
    assert set(rebuilds) == {len(rete._refs)}
    rete.close()


@pytest.mark.parametrize(("live", "rebuild_after"), [(20, 1_000), (400, 10**9), (400, 1_000)])
def test_replaced_facts_match_as_in_a_dictionary(live: int, rebuild_after: int, rebuilds: list[int]) -> None:
    """Each fact is replaced in its turn, with a report after it; matches come by rule, then by age of the fact."""
    rng = random.Random(2)
    where: dict[int, tuple[str, int]] = {}
    keys: defaultdict[tuple[str, int], dict[int, None]] = defaultdict(dict)
    numbers = MappingProxyType({"agreement": 1, "actor": 0})
    with Session(RULES, rebuild_after) as session:
        for n in range(15_000):
            key, role, act = n % live, rng.choice(("duty", "trigger")), rng.randrange(max(1, live // 5))
            if n >= live:
                session.retract_fact(key)
                del keys[where[key]][key]
            assert session.assert_fact(key, {"kind": "clause", "role": role, "act": act, **numbers}) == ()
            where[key] = role, act
            keys[role, act][key] = None
            asked = rng.randrange(max(1, live // 5))
            found = session.post("report", {"kind": "report", "act": asked, **numbers})
            assert [(match.rule, match.keys["clause"]) for match in found] == [
                (f"may-touch-{role}", key) for role in ("duty", "trigger") for key in keys[role, asked]
            ]
    assert len(rebuilds) > 10
    assert max(rebuilds) <= live
