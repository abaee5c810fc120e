"""Clauses that look at one state share its switches: how often incidents are looked at for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from servanda import loads, report
from servanda.assessing import prepare, standings_of
from servanda.evidence import know, state
from servanda.lifecycle import World, groups_of, roles_of, world_of
from servanda.lifecycle.acts import Act, Asked
from servanda.lifecycle.states import Role, States

AGREEMENT = loads("""\
servanda: 1
agreement: example
timezone: UTC
term: {from: 2025-10-01}
actors: {A: {role: party}, B: {role: party}}
states:
  truce: {key: place, starts: {act: declare.on}, stops: {act: declare.off}}
  alert: {starts: {act: warn}, stops: {act: declare.off}}
clauses:
  fire: {binds: A, while: {state: truce, key: place}, must_not: {act: force.fire}}
  strike: {binds: B, while: {state: truce, key: target}, must_not: {act: force.strike}}
  leave: {binds: B, while: {state: alert}, must_not: {act: travel}}
""")
TOLD = [
    {"id": "r1", "source": "B", "reported": "2025-10-02", "act": "declare.on", "place": "north", "occurred": "2025-10-02T01:00"},
    {"id": "r2", "source": "B", "reported": "2025-10-03", "act": "declare.off", "place": "north", "occurred": "2025-10-03T01:00"},
]  # fmt: skip


def whole() -> World:
    prepared = prepare(AGREEMENT, "neutral", "plain")
    statements = [state(report(one), AGREEMENT) for one in TOLD]
    now = statements[-1].reported
    standings = standings_of(know(statements, now, AGREEMENT), prepared.view, AGREEMENT, now)
    return world_of(AGREEMENT, standings, (now, now), prepared.matcher, prepared.touching, prepared.clauses)


class Counting:
    """A world that counts how often it is asked for all that touches a role."""

    def __init__(self, world: World) -> None:
        self.agreement, self.asked = AGREEMENT, Counter[Role]()
        self._world = world

    def acts(self, role: Role, asked: list[Asked]) -> Iterator[Act]:
        self.asked[role] += 1
        return self._world.acts(role, asked)

    def act(self, role: Role, incident: str, asked: list[Asked]) -> Act | None:
        return self._world.act(role, incident, asked)


def test_the_incidents_are_looked_at_once_for_all_who_ask() -> None:
    world = Counting(whole())
    states, truce = States(world), AGREEMENT.states["truce"]
    for _ in range(3):
        for field in ("place", "site"):
            for wanted in (True, False):
                states.keyed(truce, field, wanted=wanted)
    assert world.asked == {("state truce", "starts"): 1, ("state truce", "stops"): 1}


def test_groups_of_clauses_share_the_states_of_the_whole() -> None:
    world = whole()
    groups = groups_of(AGREEMENT.clauses, ())
    assert len(groups) == 3
    for group in groups:
        assert world.part(group, roles_of(group)).states is world.states
    assert world.where({}).states is not world.states  # what was settled may switch them otherwise


def test_a_state_says_when_an_incident_may_switch_it_otherwise_and_whom_that_concerns() -> None:
    world = whole()
    assert world.states.put("truce", "r1") == []  # nobody has asked for it
    world.states.keyed(AGREEMENT.states["truce"], "place", wanted=True)
    (on,) = world.states.switched("truce", "r1")
    (off,) = world.states.switched("truce", "r2")
    assert on.during.latest == off.during.earliest
    fire, strike, leave = AGREEMENT.clauses
    assert on.matters_to(fire, "truce")
    assert not on.matters_to(strike, "truce")  # which asks for another field
    assert not on.matters_to(leave, "truce")
    assert not on.matters_to(fire, "alert")
    assert world.states.put("truce", "r1") == [on]
