"""States whose switches are changed in place answer as those built at once, and say how far a change reaches."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations_with_replacement

from hypothesis import given, settings
from hypothesis import strategies as st

from servanda import loads
from servanda.evidence import Alternative, Core, Standing
from servanda.lifecycle.acts import Act, Hit, made
from servanda.lifecycle.keyed import KeyedState
from servanda.lifecycle.switches import Switches
from servanda.model.clauses import State
from servanda.model.kleene import Truth
from servanda.model.moments import BEGINNING, DAY, END, Interval
from servanda.model.patterns import Is, Pattern

AGREEMENT = loads("""\
servanda: 1
agreement: example
timezone: UTC
term: {from: 2025-10-01}
actors:
  A: {role: party}
  A1: {role: group, part_of: A}
  A2: {role: group, part_of: A}
  B: {role: party}
places: {north: {}, fort: {in: north}, tower: {in: fort}, south: {}}
clauses:
  calm: {binds: A, must_not: {act: force}}
""")
NAMES = ("i1", "i2", "i3", "i4")
LONG = 500 * DAY
# Every stretch of a few instants, and some that only what is very uncertain reaches.
TIMES = [
    *(Interval(low, high) for low, high in combinations_with_replacement(range(9), 2)),
    *(Interval(at, at) for at in (BEGINNING, -LONG, -1, LONG, LONG + 9, END)),
    Interval(-LONG - 9, 5),
    Interval(5, LONG + 9),
]
Acts = tuple[Act | None, Act | None]  # what an incident does to a state: starts it, stops it

times = st.one_of(
    st.builds(lambda low, width: Interval(low, low + width), st.integers(0, 7), st.sampled_from((0, 0, 0, 1, 3))),
    st.sampled_from((Interval(-LONG, 3), Interval(4, LONG), Interval(2, END), Interval(BEGINNING, END))),
)


@st.composite
def alternatives(draw: st.DrawFn) -> Alternative:
    place = draw(st.sampled_from((None, "north", "fort", "tower", "south")))
    actor = draw(st.sampled_from((None, ("A",), ("A1",), ("A1", "A2"), ("B", "A2"))))
    told = draw(st.sampled_from(((), ("x",), ("",), (5,), ("x", "y"), (("x", "y"),))))
    return Alternative(Core("switch", actor, None, None, place), draw(times), None, {"lot": told}, ("r",), 0)


@st.composite
def switching(draw: st.DrawFn) -> tuple[str, Acts]:
    """An incident with what it does: some of its alternatives start the state, some stop it, surely or perhaps."""
    found = tuple(draw(st.lists(alternatives(), min_size=1, max_size=2)))
    nothing = draw(st.sampled_from((frozenset(), frozenset(("contested",)))))  # type: ignore[arg-type]
    standing = Standing(draw(st.sampled_from(NAMES)), found, nothing, ("r",), (("m", 0),), ())

    def act() -> Act | None:
        does = [(one, draw(st.sampled_from((True, True, False, None)))) for one in found]
        hits = [Hit(*one.time, one, sure) for one, sure in does if sure is not None]
        doubts = frozenset(("unspecified", standing.incident) for hit in hits if not hit.sure)
        counts = made(standing, hits, doubts, END)  # type: ignore[arg-type]
        return None if counts is None else counts._replace(twice=draw(st.booleans()) and not counts.certain)

    kind = draw(st.sampled_from(("start", "stop", "both")))
    return standing.incident, (act() if kind != "stop" else None, act() if kind != "start" else None)


changes = st.lists(st.one_of(switching(), st.tuples(st.sampled_from(NAMES), st.just((None, None)))), max_size=8)


def built(held: Mapping[str, Acts]) -> Switches:
    starts, stops = ([both[number] for both in held.values() if both[number]] for number in (0, 1))
    return Switches(starts, stops, initially=False)  # type: ignore[arg-type]


def answers(state: Switches, but: str | None = None) -> list[object]:
    """Whatever can be asked of a state about times, as far as they are in `TIMES`."""
    return [answer(state, time, but) for time in TIMES]


def answer(state: Switches, time: Interval, but: str | None) -> tuple[object, ...]:
    return state.at(time, but), list(state.last(time, but)), set(state.cuts(time)), list(state.during(*time))


@settings(deadline=None)
@given(changes, changes)
def test_switches_changed_in_place_are_those_built_at_once(
    first: list[tuple[str, Acts]], then: list[tuple[str, Acts]]
) -> None:
    held = dict(first)
    live = built(held)
    for name, both in then:
        live.put(name, *both)
        held[name] = both
        fresh = built(held)
        assert live.all == fresh.all
        assert live.last_start == fresh.last_start
        for but in (None, name):
            assert answers(live, but) == answers(fresh, but)
        acts = [act for each in held.values() for act in each if act]
        assert [live.reach(act) for act in acts] == [fresh.reach(act) for act in acts]


@settings(deadline=None)
@given(changes, st.data())
def test_an_act_changes_no_answer_beyond_its_reach(found: list[tuple[str, Acts]], data: st.DataObject) -> None:
    held = dict(found)
    name, both = data.draw(switching())
    acts = [act for act in both if act]
    without, with_ = built(held | {name: (None, None)}), built(held | {name: both})
    reach = max((with_.reach(act) for act in acts), default=BEGINNING)
    assert reach == max((without.reach(act) for act in acts), default=BEGINNING)
    since = min((act.earliest for act in acts), default=END)
    for time in TIMES:
        if time.earliest > reach or time.latest <= since:
            for but in (None, *(other for other in NAMES if other != name)):
                assert with_.at(time, but) == without.at(time, but)
                assert list(with_.last(time, but)) == list(without.last(time, but))


def act_at(name: str, time: Interval, *, sure: bool = True) -> Act:
    one = Alternative(Core("switch"), time, None, {}, ("r",), 0)
    standing = Standing(name, (one,), frozenset(), ("r",), (("m", 0),), ())
    found = made(standing, [Hit(*time, one, sure)], frozenset(), END)
    assert found is not None
    return found


def test_the_reach_of_an_act_ends_with_the_next_certain_switch_of_another() -> None:
    asked = act_at("i1", Interval(1, 3))
    state = Switches(
        [asked, act_at("i2", Interval(4, 5), sure=False), act_at("i4", Interval(6, 8))],
        [act_at("i1", Interval(4, 4)), act_at("i3", Interval(3, 6)), act_at("i2", Interval(4, LONG))],
        initially=False,
    )
    assert state.reach(asked) == 8
    state.put("i4", None, None)
    assert state.reach(asked) == END  # a certain one whose time is very uncertain does not end it
    state.put("i3", None, act_at("i3", Interval(4, 6)))
    assert state.reach(asked) == 6


def test_an_event_that_starts_and_perhaps_stops_is_open_twice_where_it_matters() -> None:
    start = act_at("i1", Interval(3, 3))
    stop = start._replace(certain=False, hits=tuple(hit._replace(sure=False) for hit in start.hits))
    earlier = act_at("i2", Interval(1, 1), sure=False)
    state = built({"i1": (start, stop), "i2": (earlier, None)})
    for time, but, twice in ((5, None, True), (2, None, False), (2, "i1", True)):
        found = state.at(Interval(time, time), but)
        assert found.truth is Truth.MAYBE
        assert found.twice is twice
    state.put("i1", start, None)
    assert state.at(Interval(5, 5)).truth is Truth.YES
    assert not state.at(Interval(2, 2), "i1").twice


# --- keyed states -------------------------------------------------------------------------------------

VALUES = {
    "place": ("north", "fort", "tower", "south"),
    "actor": ("A", "A1", "A2", "B"),
    "lot": ("x", "y", "", "5", "6"),
}


def keyed(key: str, held: Mapping[str, Acts]) -> KeyedState:
    starts, stops = ([both[number] for both in held.values() if both[number]] for number in (0, 1))
    state = State("s", Pattern((("act", Is("on")),)), Pattern((("act", Is("off")),)), initially=False, key=key)
    return KeyedState(state, starts, stops, AGREEMENT, key, wanted=True)  # type: ignore[arg-type]


@settings(deadline=None)
@given(st.sampled_from(sorted(VALUES)), changes, changes, st.data())
def test_a_keyed_state_changed_in_place_is_that_built_at_once(
    key: str, first: list[tuple[str, Acts]], then: list[tuple[str, Acts]], data: st.DataObject
) -> None:
    held = dict(first)
    live = keyed(key, held)
    states = {value: live.of_value(value) for value in data.draw(st.sets(st.sampled_from(VALUES[key])))}
    for name, both in then:
        before = {value: state.all for value, state in states.items()}
        touched = [live.touched(act) for act in (*held.get(name, ()), *both) if act]
        live.put(name, *both)
        held[name] = both
        fresh = keyed(key, held)
        for value, state in states.items():
            assert live.of_value(value) is state
            assert state.all == fresh.of_value(value).all
            assert state.last_start == fresh.of_value(value).last_start
            assert answers(state) == answers(fresh.of_value(value))
            if not any(values is None or value in values for values in touched):
                assert state.all == before[value]
    fresh = keyed(key, held)
    assert [live.of_value(value).all for value in VALUES[key]] == [fresh.of_value(value).all for value in VALUES[key]]


def test_the_values_that_an_act_touches() -> None:
    """Its own, what that lies in, and what is known to lie in it; any, where it leaves the field out."""

    def act(place: str | None) -> Act:
        one = Alternative(Core("switch", place=place), Interval(1, 1), None, {}, ("r",), 0)
        found = made(Standing("i1", (one,), frozenset(), ("r",), (), ()), [Hit(1, 1, one)], frozenset(), END)
        assert found is not None
        return found

    state = keyed("place", {})
    assert state.touched(act("fort")) == {"fort", "north"}
    state.of_value("tower")
    assert state.touched(act("fort")) == {"tower", "fort", "north"}
    assert state.touched(act("south")) == {"south"}
    assert state.touched(act(None)) is None
