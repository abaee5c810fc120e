"""What is changed in place answers as what is built at once: intervals by key, and the incidents for a pattern."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lifecycle.history import judged
from servanda import loads
from servanda.evidence import Alternative, Core, Standing
from servanda.lifecycle.acts import Candidates, act_of, spread
from servanda.lifecycle.patterns import Context
from servanda.lifecycle.spans import Spans
from servanda.model.kleene import YES, maybe
from servanda.model.moments import BEGINNING, DAY, END, Interval
from servanda.model.patterns import Is, Pattern, Ref

AGREEMENT = loads("""\
servanda: 1
agreement: example
timezone: UTC
term: {from: 2025-10-01}
actors:
  A: {role: party}
  A1: {role: group, part_of: A}
  B: {role: party}
places: {north: {}, fort: {in: north}, south: {}}
clauses:
  calm: {binds: A, must_not: {act: force}}
""")

WIDTHS = st.sampled_from((0, 0, 1, 2, 3, 8, 100, DAY - 1, 400 * DAY, 500 * DAY))
MOMENTS = st.one_of(st.integers(0, 12), st.integers(-1000 * DAY, 1000 * DAY))


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    low = draw(MOMENTS)
    time = Interval(low, low + draw(WIDTHS))
    open_ = draw(st.integers(0, 9))  # 1: without a beginning, 2: without an end, 3: neither
    return Interval(BEGINNING if open_ in (1, 3) else time.earliest, END if open_ in (2, 3) else time.latest)


# --- spans --------------------------------------------------------------------------------------------

CHANGES = st.lists(st.tuples(st.integers(0, 8), st.none() | intervals()), max_size=40)


@given(st.dictionaries(st.integers(0, 8), intervals()), CHANGES, st.lists(intervals(), min_size=1, max_size=5))
def test_spans_are_what_is_put_and_not_dropped(
    first: dict[int, Interval], changes: list[tuple[int, Interval | None]], asked: list[Interval]
) -> None:
    spans, held = Spans(first.items()), dict(first)
    for key, time in [(-1, None), *changes]:
        if time is None:
            spans.drop(key)
            held.pop(key, None)
        else:
            spans.put(key, time)
            held[key] = time
        assert len(spans) == len(held)
        assert {key for key in range(-1, 9) if key in spans} == set(held)
        fresh = Spans(held.items())
        for one in asked:
            meeting = list(spans.meeting(*one))
            assert sorted(meeting) == sorted(key for key, time in held.items() if time.meets(one))
            assert meeting == list(fresh.meeting(*one))
            for run in map(list, spans.runs(*one)):
                assert run == sorted(run, key=lambda key: (*held[key], key))


def test_what_came_last_does_not_narrow_the_search() -> None:
    spans = Spans[int]([(1, Interval(0, 3))])
    spans.put(2, Interval(5, 7))
    assert list(spans.meeting(3, 3)) == [1]


def test_a_long_interval_does_not_widen_the_search_for_short_ones() -> None:
    """It is looked at alone: counted by the entries that a search goes through."""
    spans = Spans[int]((n, Interval(n, n)) for n in range(1000))
    spans.put(-1, Interval(0, 10**6))
    spans.put(-2, Interval(BEGINNING, END))
    looked: list[Any] = []
    for entries in spans._classes.values():
        begin = entries.irange
        entries.irange = lambda *a, begin=begin: (looked.append(one) or one for one in begin(*a))  # type: ignore[method-assign]
    assert sorted(spans.meeting(500, 502)) == [-2, -1, 500, 501, 502]
    assert len(looked) <= 6  # and the one at which the run of instants ends


# --- candidates ---------------------------------------------------------------------------------------

NAMES = ("i1", "i2", "i3", "i4", "i5")
FIELDS = {
    "act": st.sampled_from((None, "force", "force.attack", "force.attack.raid", "force.siege", "talk")),
    "actor": st.sampled_from((None, ("A",), ("A1",), ("B",), ("A1", "B"))),
    "object": st.sampled_from((None, "A", "A1", "B")),
    "place": st.sampled_from((None, "north", "fort", "south")),
}
TOLD = st.sampled_from(((), ("x",), ("5",), (5,), (5.0,), (True,), ("true",), ("x", "y"), (("x", "y"),)))


@st.composite
def alternatives(draw: st.DrawFn) -> Alternative:
    told = draw(TOLD)
    core = Core(**{name: draw(values) for name, values in FIELDS.items()})
    counted = draw(st.sampled_from(((), (), (("force.siege", YES),), (("talk", maybe("unspecified")),))))
    return Alternative(core, draw(intervals()), None, {"lot": told} if told else {}, ("r",), 0, counted)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    found = tuple(draw(st.lists(alternatives(), max_size=3)))
    return Standing(draw(st.sampled_from(NAMES)), found, frozenset(), ("r",), (("m", 0),), ())


PATTERNS = [
    Pattern((("act", Is("force")),)),
    *(Pattern(((name, Ref("trigger", name)),)) for name in FIELDS),
    Pattern((("lot", Ref("trigger", "lot")),)),
    Pattern((("lot", Ref("trigger", "place")),)),
    Pattern((("place", Ref("trigger", "lot")),)),
]


def contexts(triggers: list[Alternative]) -> list[Context]:
    return [Context(("A",), ("B",)), *(Context(("A",), ("B",), (), one) for one in triggers)]


@given(st.sampled_from(PATTERNS), st.data())
def test_candidates_changed_in_place_are_those_built_at_once(pattern: Pattern, data: st.DataObject) -> None:
    held: dict[str, Standing] = {one.incident: one for one in data.draw(st.lists(standings(), max_size=3))}
    live = Candidates(held.values(), pattern, AGREEMENT)
    for change in data.draw(st.lists(st.one_of(st.sampled_from(NAMES), standings()), max_size=8)):
        if isinstance(change, str):
            live.drop(change)
            held.pop(change, None)
        else:
            live.put(change)
            held[change.incident] = change
    fresh = Candidates(held.values(), pattern, AGREEMENT)
    assert live.linked is fresh.linked is (pattern is not PATTERNS[0])
    asked = data.draw(st.lists(intervals(), min_size=1, max_size=3))
    for context in contexts(data.draw(st.lists(alternatives(), max_size=3))):
        for low, high in asked:
            runs = [list(run) for run in live.during(low, high, context)]
            for run in runs:
                assert run == sorted(run, key=lambda one: (*spread(one), one.incident))
            assert runs == [list(run) for run in fresh.during(low, high, context)]
            found = {one.incident for run in runs for one in run}
            assert found == {
                name for name, one in held.items() if concerns(live, one, context) and lies(one, low, high)
            }


@given(st.sampled_from(PATTERNS), st.data())
def test_what_matches_concerns_the_instance(pattern: Pattern, data: st.DataObject) -> None:
    standing = data.draw(standings())
    candidates = Candidates((), pattern, AGREEMENT)
    for context in contexts(data.draw(st.lists(alternatives(), min_size=1, max_size=4))):
        if act_of(standing, [(pattern, context)], AGREEMENT, END) is not None:
            assert concerns(candidates, standing, context)
    assert candidates.linked or candidates.values_of(standing) is None


def test_what_an_incident_is_looked_up_by_tells_instances_apart() -> None:
    candidates = Candidates((), PATTERNS[4], AGREEMENT)
    north, fort, south, anywhere = (
        Alternative(Core(place=place), Interval(0, 0), None, {}, ("r",), 0)
        for place in ("north", "fort", "south", None)
    )
    for told, trigger, wanted in (
        (fort, north, True),
        (north, fort, True),  # known more coarsely: perhaps
        (south, fort, False),
        (anywhere, fort, True),
        (south, anywhere, True),
    ):
        standing = Standing("i1", (told,), frozenset(), ("r",), (("m", 0),), ())
        assert concerns(candidates, standing, Context(("A",), (), (), trigger)) is wanted


def test_what_counts_as_the_act_of_the_trigger_is_found() -> None:
    clauses = (
        "  siege: {counts_as: {pattern: {act: block}, act: force.siege}}\n"
        "  likewise: {binds: A, when: {act: force, actor: B}, must: {act: $trigger.act}, within: P9D}\n"
    )
    force = {"act": "force", "actor": "B", "occurred": "2025-10-02"}
    block = {"act": "block", "actor": "A", "occurred": "2025-10-03"}
    for act, statuses in (("block", {"fulfilled"}), ("talk", {"violated"})):
        (likewise,) = judged(clauses, force, block | {"act": act})
        assert likewise.statuses == statuses


def concerns(candidates: Candidates, standing: Standing, context: Context) -> bool:
    if not standing.alternatives:
        return False
    values, wanted = candidates.values_of(standing), candidates.wanted(context)
    return values is None or wanted is None or not values.isdisjoint(wanted)


def lies(standing: Standing, low: int, high: int) -> bool:
    return spread(standing).meets(Interval(low, high))
