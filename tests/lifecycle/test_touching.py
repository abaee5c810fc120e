"""Which roles an incident has: never one too few, and none for clauses about somebody, something or somewhere else."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servanda import loads
from servanda.evidence import Alternative, Core, Standing
from servanda.lifecycle import Touching, duties, event_triggers
from servanda.lifecycle import touching as touching_
from servanda.lifecycle.patterns import Context, answer
from servanda.matching import make_matcher
from servanda.model.kleene import Truth
from servanda.model.moments import Interval

FIELDS = ("target", "object", "place")
ACTORS = ("A", "A1", "B", "C", "somebody")
PLACES = ("north", "fort", "tower", "south", "elsewhere")
TESTS = {
    "target": ("A", "A1", "[A1, C]", "{not: A}", "any", "$other", "$bearer"),
    "object": ("A", "A1", "captives", "{exists: false}", "[A, captives]"),
    "place": ("north", "fort", "tower", "[fort, south]", "{not: north}"),
}


def agreement_of(patterns: list[str]) -> str:
    clauses = "".join(
        f"  c{n}: {{binds: [A, B], when: {{act: talk, {one}}}, must_not: {{act: force, {one}}}}}\n"
        for n, one in enumerate(patterns)
    )
    return f"""\
servanda: 1
agreement: example
timezone: UTC
term: {{from: 2025-10-01}}
actors:
  A: {{role: party}}
  A1: {{role: group, part_of: A}}
  B: {{role: party}}
  C: {{role: party}}
places: {{north: {{}}, fort: {{in: north}}, tower: {{in: fort}}, south: {{}}}}
clauses:
{clauses}"""


patterns = st.lists(
    st.fixed_dictionaries({}, optional={name: st.sampled_from(TESTS[name]) for name in FIELDS}).map(
        lambda asked: ", ".join(f"{name}: {test}" for name, test in asked.items()) or "quantity: {gte: 0}"
    ),
    min_size=1,
    max_size=6,
)
people = st.one_of(st.none(), st.lists(st.sampled_from(ACTORS), min_size=1, max_size=2, unique=True).map(tuple))
cores = st.builds(
    Core,
    st.sampled_from((None, "force", "force.attack", "talk")),
    people,
    people,
    st.sampled_from((None, "A", "A1", "captives", "else")),
    st.sampled_from((None, *PLACES)),
)


def happening(*cores: Core) -> Standing:
    found = tuple(Alternative(core, Interval(0, 0), None, {}, ("r",), 0) for core in cores)
    return Standing("i", found, frozenset(), ("r",), (("m", 0),), ())


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("few", [0, 1_000])  # whether what a matcher finds is filed, or not
@given(patterns, st.lists(cores, min_size=1, max_size=2))
def test_whatever_may_match_is_among_the_roles(
    few: int, monkeypatch: pytest.MonkeyPatch, asked: list[str], told: list[Core]
) -> None:
    monkeypatch.setattr(touching_, "_FEW", few)
    agreement = loads(agreement_of(asked))
    touching, standing = Touching(agreement.clauses, agreement), happening(*told)
    matcher = make_matcher(touching.facts, agreement.wholes, "plain")
    roles = touching.of(standing, matcher)
    assert roles == sorted(set(roles))
    assert set(roles) <= touching.near(standing, matcher)
    for clause in agreement.clauses:
        for duty in duties(clause, clause.bearers):
            context = Context(duty.bearers, duty.others)
            for role, asking in (("duty", [(clause.pattern, context)]), ("trigger", event_triggers(duty))):
                for alternative in standing.alternatives:
                    for pattern, each in asking:
                        if answer(pattern, alternative, each, agreement).truth is not Truth.NO:
                            assert (clause.name, role) in roles


@pytest.mark.parametrize("few", [0, 1_000])
def test_what_is_about_somebody_something_or_somewhere_else_has_no_role(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(touching_, "_FEW", few)
    agreement = loads(agreement_of(["target: A1", "object: captives", "place: fort", "place: tower", "place: south"]))
    touching = Touching(agreement.clauses, agreement)
    matcher = make_matcher(touching.facts, agreement.wholes, "plain")

    def clauses(**told: object) -> set[str]:
        return {name for name, _ in touching.of(happening(Core("force", ("B",), **told)), matcher)}  # type: ignore[arg-type]

    everything = {"c0", "c1", "c2", "c3", "c4"}
    assert clauses() == everything
    assert clauses(target=("A",)) == everything  # it may have been that part of it
    assert clauses(target=("C",)) == everything - {"c0"}
    assert clauses(object="else") == everything - {"c1"}
    assert clauses(place="fort") == everything - {"c4"}  # it may have been in the tower
    assert clauses(place="tower", target=("C",), object="A") == {"c2", "c3"}
