"""Every matching engine answers alike, and as the meaning of `touched` says, on fixed and generated cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servanda.matching import Body, ClauseFact, Matcher, available, make_matcher
from servanda.matching import choice as choice_module
from servanda.matching.rete import ReteMatcher
from servanda.matching.rules import Condition, Join, Rules, read_rules
from servanda.matching.session import Match
from servanda.rulebook import rules_dir

ENGINES: list[Literal["rete", "plain", "columnar"]] = ["plain", "columnar"] + (["rete"] if available() else [])

# Two armies, a brigade of one and its company; two that are part of each other, by mistake.
PART_OF = {"army": "PAK", "brigade": "army", "Löwen": "AFG", "x": "y", "y": "x"}


def wholes(actor: str) -> tuple[str, ...]:
    chain = [actor]
    while (outer := PART_OF.get(chain[-1])) is not None and outer not in chain:
        chain.append(outer)
    return tuple(chain)


# --- the meaning, word for word -------------------------------------------------------------------------


def act_touches(fact: ClauseFact, body: Body) -> bool:
    if not fact.acts or body.act is None:
        return True
    return any(
        asked == body.act or body.act.startswith(asked + ".") or asked.startswith(body.act + ".") for asked in fact.acts
    )


def actor_touches(fact: ClauseFact, body: Body) -> bool:
    if not fact.actors or body.actors is None:
        return True
    return any(
        asked == actor or asked in wholes(actor) or actor in wholes(asked)
        for asked in fact.actors
        for actor in body.actors
    )


def meaning(facts: list[ClauseFact], body: Body) -> tuple[int, ...]:
    return tuple(fact.ref for fact in facts if act_touches(fact, body) and actor_touches(fact, body))


# --- fixed cases ----------------------------------------------------------------------------------------

FACTS = [
    ClauseFact(0, "a", "duty", ("force.attack",), ("PAK",)),
    ClauseFact(1, "a", "duty", ("force.attack",), ("AFG",)),
    ClauseFact(2, "a", "trigger", ("force",), ()),
    ClauseFact(3, "a", "duty", (), ("army",)),
    ClauseFact(4, "b", "duty", ("talk.meet", "talk"), ("PAK", "AFG")),
    ClauseFact(5, "b", "trigger", (), ()),
    ClauseFact(6, "a", "trigger", ("force.attack",), ("PAK", "PAK")),
]
CASES = [
    (Body("force.attack", ("PAK",)), (0, 2, 3, 5, 6)),
    (Body("force.attack.airstrike", ("PAK",)), (0, 2, 3, 5, 6)),  # finer than asked
    (Body("force", ("PAK",)), (0, 2, 3, 5, 6)),  # coarser than asked
    (Body("force.attacks", ("PAK",)), (2, 3, 5)),  # whole segments only
    (Body("force.restrain", ("AFG",)), (2, 5)),
    (Body("force.attack", ("brigade",)), (0, 2, 3, 5, 6)),  # a part of a part
    (Body("force.attack", ("Löwen", "TTP")), (1, 2, 5)),
    (Body("force.attack", None), (0, 1, 2, 3, 5, 6)),
    (Body("talk", ("AFG", "PAK")), (3, 4, 5)),
    (Body(None, ("AFG",)), (1, 2, 4, 5)),
    (Body(None, None), (0, 1, 2, 3, 4, 5, 6)),
    (Body("trade", ("IND",)), (5,)),
    (Body("force.attack", ()), (2, 5)),  # somebody is needed where somebody is asked for
    (Body("*", ("*",)), (5,)),
    (Body("", ("",)), (5,)),
    (Body("force." + "x." * 2_000, ("PAK",)), (2, 3, 5)),
    (Body("force.attack" + ".x" * 1_000_000, ("PAK" * 1_000_000, "PAK")), (0, 2, 3, 5, 6)),
]


@pytest.fixture(params=ENGINES)
def matcher(request: pytest.FixtureRequest) -> Iterator[Matcher]:
    made = make_matcher(FACTS, wholes, request.param)
    assert made.name == request.param
    yield made
    made.close()


@pytest.mark.parametrize(("body", "expected"), CASES, ids=[f"{n}" for n in range(len(CASES))])
def test_fixed_cases(matcher: Matcher, body: Body, expected: tuple[int, ...]) -> None:
    assert meaning(FACTS, body) == expected
    assert matcher.touched(body) == expected
    assert matcher.touched(body) == expected  # out of memory


@pytest.mark.parametrize("engine", ENGINES)
def test_no_facts_no_flags(engine: Literal["rete", "plain", "columnar"]) -> None:
    matcher = make_matcher([], wholes, engine)
    assert matcher.touched(Body("force", ("PAK",))) == matcher.touched(Body(None, None)) == ()
    matcher.close()


# --- generated cases ------------------------------------------------------------------------------------

ACT = st.lists(st.sampled_from(["a", "b", "ab", "", "ø"]), min_size=1, max_size=4).map(".".join) | st.just("*")
ACTOR = st.sampled_from(["PAK", "AFG", "army", "brigade", "Löwen", "TTP", "x", "y", "*", "?", '"\\\ud800'])
ROLE = st.sampled_from(["duty", "trigger"])
FACT = st.tuples(
    st.sampled_from(["one", "two", "three"]),
    ROLE,
    st.lists(ACT, max_size=3).map(tuple),
    st.lists(ACTOR, max_size=3).map(tuple),
)
BODY = st.builds(Body, st.none() | ACT, st.none() | st.lists(ACTOR, max_size=3).map(tuple))


@settings(max_examples=300, deadline=None)
@given(st.lists(FACT, max_size=25), st.lists(BODY, min_size=1, max_size=25))
def test_generated_cases(entries: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]], bodies: list[Body]) -> None:
    facts = [ClauseFact(ref, *entry) for ref, entry in enumerate(entries)]
    expected = [meaning(facts, body) for body in bodies]
    for engine in ENGINES:
        matcher = make_matcher(facts, wholes, engine)
        try:
            assert [matcher.touched(body) for body in bodies] == expected, engine
        finally:
            matcher.close()


@pytest.mark.skipif(not available(), reason="durable_rules cannot be imported here")
def test_a_body_that_can_touch_nothing_is_never_posted(monkeypatch: pytest.MonkeyPatch) -> None:
    posted: list[object] = []
    facts = [ClauseFact(n, f"agreement {n}", "duty", (f"act.{n}",), (f"actor {n}",)) for n in range(300)]
    matcher = ReteMatcher(facts, wholes, read_rules(rules_dir() / "flagging.yaml"))
    post = matcher._session.post

    def counted(key: str, event: Mapping[str, object]) -> tuple[Match, ...]:
        posted.append(event)
        return post(key, event)

    monkeypatch.setattr(matcher._session, "post", counted)
    assert matcher.touched(Body("act.5", ("actor 6",))) == ()
    assert matcher.touched(Body("other", None)) == ()
    assert matcher.touched(Body(None, ("nobody",))) == ()
    assert posted == []
    assert matcher.touched(Body("act", ("actor 7",))) == (7,)
    assert len(posted) == 1
    matcher.close()


# --- the choice and the memory --------------------------------------------------------------------------


def test_auto_takes_rete_where_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = make_matcher(FACTS, wholes)
    assert matcher.name == ("rete" if available() else "plain")
    matcher.close()
    monkeypatch.setattr(choice_module, "available", lambda: False)
    assert make_matcher(FACTS, wholes).name == "plain"


def test_a_name_or_role_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="no matching engine 'drools'"):
        make_matcher(FACTS, wholes, "drools")  # type: ignore[arg-type]
    for engine in ENGINES:
        with pytest.raises(ValueError, match="clause fact 0 has the role 'dury'"):
            make_matcher([ClauseFact(0, "a", "dury", (), ())], wholes, engine)


def test_flagging_rules_of_another_shape_are_refused() -> None:
    joins = tuple(Join.parse(f"{field} == clause.{field}") for field in ("agreement", "act", "actor"))
    numbers = frozenset({"agreement", "act", "actor"})
    clause = Condition("clause", {"kind": "clause", "role": "duty"})
    report = Condition("report", {"kind": "report"}, joins)
    with pytest.raises(ValueError, match="no flagging rule reads clause facts of the role trigger"):
        ReteMatcher(FACTS, wholes, Rules({"r": (clause, report)}, numbers))
    with pytest.raises(ValueError, match="must join a clause and then a report"):
        ReteMatcher(FACTS, wholes, Rules({"r": (clause, report._replace(joins=joins[:2]))}, numbers))
    with pytest.raises(ValueError, match="must join a clause and then a report"):
        ReteMatcher(FACTS, wholes, Rules({"r": (clause,)}, numbers))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_closed_matcher_says_so(engine: Literal["rete", "plain", "columnar"]) -> None:
    matcher = make_matcher(FACTS, wholes, engine)
    matcher.touched(Body("force", None))
    matcher.close()
    matcher.close()
    with pytest.raises(RuntimeError, match="closed"):
        matcher.touched(Body("force", None))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_body_is_matched_once_and_long_ones_are_not_remembered(engine: Literal["rete", "plain", "columnar"]) -> None:
    asked: list[str] = []

    def counting(actor: str) -> tuple[str, ...]:
        asked.append(actor)
        return wholes(actor)

    matcher = make_matcher(FACTS, counting, engine)
    asked.clear()
    for actor in ("army", "army", "a" * 1_001, "a" * 1_001):
        matcher.touched(Body("force", (actor,)))
    assert [len(actor) for actor in asked] == [4, 1_001, 1_001]
    matcher.close()
