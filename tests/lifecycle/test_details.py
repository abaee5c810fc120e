"""Hand-made histories for what the oracle does not say: since when, cured when, how late, and why."""

from __future__ import annotations

import pytest

from lifecycle.history import HEAD, judged, one
from servanda import assess, loads, report
from servanda.model.moments import rfc3339


def test_a_state_that_came_back_and_was_made_good_is_cured_by_the_first_of_both() -> None:
    clauses = (
        "  open: {binds: A, must_keep: {started: {act: open}, stopped: {act: close}, initially: on},\n"
        "    otherwise: {must: {act: pay}, within: P9D}}\n"
    )
    closed = {"act": "close", "actor": "A", "occurred": "2025-10-02T12:00:00Z"}
    paid = {"act": "pay", "actor": "A", "occurred": "2025-10-04T12:00:00Z"}
    opened = {"act": "open", "actor": "A", "occurred": "2025-10-06T18:00:30Z"}
    for rows, cured, delay in (
        ((closed, paid, opened), "2025-10-04T12:00:00Z", "P2D"),
        ((closed, opened), "2025-10-06T18:00:30Z", "P4DT6H30S"),
    ):
        instance = one(judged(clauses, *rows), "open")
        assert instance.status == "violated"
        assert instance.cured is not None
        assert [rfc3339(at) for at in instance.cured.at] == [cured, cured]
        assert instance.cured.delay == delay


@pytest.mark.parametrize(
    ("paid", "delay"),
    [
        ("2025-10-08", "P3D"),  # whole days where both are dates
        ("2025-10-08T06:00:00Z", "P2DT6H"),
        ("2025-10-06T00:00:00.25Z", "PT0.25S"),
        ("2025-10-06T00:00:00Z", "PT0S"),
    ],
)
def test_how_late_a_duty_was_done(paid: str, delay: str) -> None:
    clauses = "  pay: {binds: A, must: {act: pay}, by: 2025-10-05}\n"
    instance = one(judged(clauses, {"act": "pay", "actor": "A", "occurred": paid}), "pay")
    assert instance.cured is not None
    assert instance.cured.delay == delay


def test_business_days_from_an_uncertain_trigger_are_counted_from_each_day() -> None:
    """From Friday to Sunday, the next business day is Monday: by its end the deadline has passed, whenever it was.

    So it is, too, where so much else happened that worlds are not split any more.
    """
    pay = "  pay: {binds: A, when: {act: demand}, must: {act: pay}, within: P1B}\n"
    pay += "  quiet: {binds: B, must_not: {act: noise}}\n"
    demand = {"act": "demand", "occurred": "2025-10-03/2025-10-05"}
    noise = {"act": "noise", "actor": "B", "occurred": "2025-10-02"}
    for as_of, statuses in (("06", {"violated"}), ("06T06:00Z", {"pending", "violated"}), ("05", {"pending"})):
        for much in (0, 410):
            instances = judged(pay, demand, *[noise] * much, as_of=f"2025-10-{as_of}", known_at="2025-10-31")
            assert one(instances, "pay").statuses == statuses


def test_every_reason_for_which_it_is_open_is_given() -> None:
    """Whether it was A's act, and whether it was before the clause was in force."""
    clauses = "  calm: {binds: [A, B], must_not: {act: force}, from: 2025-10-05}\n"
    fight = {"act": "force", "occurred": "2025-10-04/2025-10-06"}
    for rows, reasons in (
        (fight, {"unspecified", "time_uncertain"}),
        (fight | {"occurred": "2025-10-06"}, {"unspecified"}),
        (fight | {"actor": ["A", "B"]}, {"time_uncertain"}),
    ):
        for instance in judged(clauses, rows):
            assert instance.statuses == {"holding", "violated"}
            assert {(b.reason, b.incident) for b in instance.because} == {(reason, "r1") for reason in reasons}


@pytest.mark.parametrize(
    ("demand", "statuses"),
    [({"actor": "B"}, {"fulfilled"}), ({"actor": "M"}, {"violated"}), ({}, {"fulfilled", "violated"})],
)
def test_a_free_attribute_can_be_asked_to_be_a_field_of_the_trigger(
    demand: dict[str, object], statuses: set[str]
) -> None:
    clauses = "  pay: {binds: A, when: {act: demand}, must: {act: pay, payee: $trigger.actor}, within: P5D}\n"
    asked = {"act": "demand", "occurred": "2025-10-01T00:00:00Z"} | demand
    for payee in ("B", ["x", "B"]):
        paid = {"act": "pay", "actor": "A", "payee": payee, "occurred": "2025-10-03"}
        assert one(judged(clauses, asked, paid), "pay").statuses == statuses


def test_what_was_to_be_done_to_others_where_there_are_none_is_said() -> None:
    clauses = "  talk: {binds: A, must: {act: talk, target: $other}, by: 2025-10-05}\n"
    (omission,) = one(judged(clauses), "talk").evidence
    assert omission.text is not None
    assert "target $other (nobody)" in omission.text


def test_where_it_is_contested_which_place_was_closed_each_may_be_open() -> None:
    clauses = "  calm: {binds: A, must_not: {act: force}, while: {state: open, key: place}}\n"
    states = "states: {open: {key: place, starts: {act: open}, stops: {act: close}, initially: on}}\n"
    closed = {"act": "close", "place": "mill", "occurred": "2025-10-02T12:00:00Z", "incident": "i"}
    fight = {"act": "force", "actor": "A", "place": "mill", "occurred": "2025-10-03"}
    for rows, statuses in (
        ((closed, fight), {"holding"}),
        ((closed, closed | {"place": "bridge"}, fight), {"holding", "violated"}),
        ((closed | {"place": "bridge"}, fight), {"violated"}),
    ):
        assert one(judged(clauses, *rows, more=states), "calm").statuses == statuses


@pytest.mark.parametrize(("paid", "status"), [("07", "fulfilled"), ("11", "violated")])
def test_a_duty_that_an_amendment_moves_into_the_past_can_be_done_until_then(paid: str, status: str) -> None:
    clauses = (
        "  pay: {binds: A, must: {act: pay}, by: 2025-10-20}\n"
        "  hasten: {can: {act: hasten}, effect: {amend: {pay: {by: 2025-10-05}}}}\n"
    )
    hastened = {"act": "hasten", "actor": "B", "occurred": "2025-10-10T12:00:00Z"}
    done = {"act": "pay", "actor": "A", "occurred": f"2025-10-{paid}"}
    assert one(judged(clauses, hastened, done), "pay").status == status


def test_a_prohibition_is_made_good_only_if_every_breach_is() -> None:
    """One breach is made good; whether there was another, which is not, decides whether all was."""
    clauses = (
        "  calm: {binds: A, must_not: {act: force},\n"
        "    otherwise: {must: {act: pay, object: $trigger.object}, within: P3D}}\n"
        "  thank: {binds: B, when: {fulfilled: calm}, must: {act: thank}, within: P1D}\n"
    )
    first = {"act": "force", "actor": "A", "object": "bridge", "occurred": "2025-10-02"}
    paid = {"act": "pay", "actor": "A", "object": "bridge", "occurred": "2025-10-03"}
    other = {"act": "force", "actor": "A", "object": "mill", "occurred": "2025-10-04", "incident": "i"}
    denied = {"says": "denies", "of": "i", "source": "x"}
    for rows, statuses in (
        ((first, paid), {"violated"}),
        ((first, paid, other), {"dormant"}),
        ((first, paid, other, denied), {"dormant", "violated"}),
    ):
        assert one(judged(clauses, *rows), "thank").statuses == statuses


def test_one_of_several_tests_that_any_value_may_pass_lets_every_value_in() -> None:
    clauses = "  calm: {binds: A, must_not: {act: [force.attack, {not: talk}]}}\n"
    for act, status in (("force.attack", "violated"), ("pay", "violated"), ("talk.meet", "holding")):
        done = {"act": act, "actor": "A", "occurred": "2025-10-02"}
        assert one(judged(clauses, done), "calm").status == status


@pytest.mark.parametrize(
    ("harm", "status"), [(1, "holding"), (2, "violated"), (4.5, "violated"), (5, "holding"), ("many", "holding")]
)
def test_a_free_attribute_lies_within_both_bounds(harm: object, status: str) -> None:
    clauses = "  calm: {binds: A, must_not: {act: force, harm: {gte: 2, lt: 5}}}\n"
    fight = {"act": "force", "actor": "A", "harm": harm, "occurred": "2025-10-02"}
    assert one(judged(clauses, fight), "calm").status == status


@pytest.mark.parametrize(
    ("low", "high", "statuses"),
    [
        (6, 7, {"violated"}),
        (5, 7, {"fulfilled", "violated"}),
        (1, 3, {"fulfilled", "violated"}),
        (1, 2, {"violated"}),
    ],
)
def test_amounts_that_may_be_the_same(low: int, high: int, statuses: set[str]) -> None:
    clauses = "  pay: {binds: A, when: {act: demand}, must: {act: pay, quantity: $trigger.quantity}, within: P5D}\n"
    demand = {"act": "demand", "occurred": "2025-10-01T00:00:00Z", "quantity": {"low": 3, "high": 5}}
    paid = {"act": "pay", "actor": "A", "occurred": "2025-10-03", "quantity": {"low": low, "high": high}}
    assert one(judged(clauses, demand, paid), "pay").statuses == statuses


def test_only_what_leaves_a_number_open_is_a_reason() -> None:
    clauses = "  open: {binds: A, must: {act: open}, at_least: {n: 2, distinct: place}, by: 2025-10-05}\n"
    mill = {"act": "open", "actor": "A", "place": "mill", "occurred": "2025-10-02"}
    bridge = mill | {"place": "bridge", "incident": "i"}
    denied = {"says": "denies", "of": "i", "source": "x"}
    assert one(judged(clauses, mill, bridge), "open").statuses == {"fulfilled"}
    instance = one(judged(clauses, mill, bridge, denied), "open")
    assert instance.statuses == {"fulfilled", "violated"}
    assert [(b.reason, b.incident) for b in instance.because] == [("contested", "i")]


def test_when_a_place_was_closed_is_the_only_reason_where_that_alone_is_open() -> None:
    clauses = "  calm: {binds: A, must_not: {act: force}, while: {state: open, key: place}}\n"
    states = "states: {open: {key: place, starts: {act: open}, stops: {act: close}, initially: on}}\n"
    closed = {"act": "close", "place": "mill", "occurred": "2025-10-02/2025-10-04"}
    fight = {"act": "force", "actor": "A", "place": "mill", "occurred": "2025-10-03T12:00:00Z"}
    instance = one(judged(clauses, closed, fight, more=states), "calm")
    assert instance.statuses == {"holding", "violated"}
    assert {b.reason for b in instance.because} == {"time_uncertain"}


def test_a_contested_sector_leaves_open_whether_the_state_of_its_sector_was_on() -> None:
    clauses = "  calm: {binds: A, must_not: {act: force}, while: {state: open, key: sector}}\n"
    states = "states: {open: {key: sector, starts: {act: open}, stops: {act: close}, initially: on}}\n"
    closed = {"act": "close", "sector": "north", "occurred": "2025-10-02"}
    fight = {"act": "force", "actor": "A", "occurred": "2025-10-03", "incident": "i"}
    told = [fight | {"sector": sector} for sector in ("north", "south")]
    instance = one(judged(clauses, closed, *told, more=states), "calm")
    assert instance.statuses == {"holding", "violated"}
    assert {(b.reason, b.incident) for b in instance.because} == {("contested", "i")}


def test_a_state_that_may_have_gone_off_after_it_came_on_is_not_surely_cured() -> None:
    clauses = "  open: {binds: A, must_keep: {started: {act: open}, stopped: {act: close}, initially: on}}\n"
    closed = {"act": "close", "actor": "A", "occurred": "2025-10-02/2025-10-04"}
    for opened, cured in (("2025-10-03T12:00:00Z", False), ("2025-10-05", True), ("2025-10-02/2025-10-06", False)):
        instance = one(judged(clauses, closed, {"act": "open", "actor": "A", "occurred": opened}), "open")
        assert instance.status == "violated"
        assert (instance.cured is not None) is cured
    denied = ({"act": "open", "occurred": "2025-10-05", "incident": "i"}, {"says": "denies", "of": "i", "source": "x"})
    assert one(judged(clauses, closed, *denied), "open").cured is None


@pytest.mark.parametrize("duty", ["must: {act: meet}, by: 2025-10-05", "must_not: {act: force}"])
def test_a_substitute_that_two_owe_is_done_when_the_last_of_them_has_done_it(duty: str) -> None:
    clauses = (
        f"  duty: {{binds: [A, B], joint: true, {duty}, otherwise: {{binds: [A, B], must: {{act: pay}}, within: P9D}}}}\n"
        "  aid: {binds: A, when: {fulfilled: duty}, must: {act: aid}, within: P2D}\n"
        "  free: {binds: A, must: {act: free}, by: 2025-10-07, requires: {fulfilled: duty}}\n"
    )
    force = {"act": "force", "actor": "B", "occurred": "2025-10-05T12:00:00Z"}
    first = {"act": "pay", "actor": "A", "occurred": "2025-10-06T12:00:00Z"}
    last = {"act": "pay", "actor": "B", "occurred": "2025-10-08T12:00:00Z"}
    instances = judged(clauses, force, first, last)
    cured = one(instances, "duty").cured
    assert cured is not None
    assert [rfc3339(at) for at in cured.at] == ["2025-10-08T12:00:00Z"] * 2
    assert [e.incident for e in one(instances, "duty").evidence if e.effect == "cure"] == ["r2", "r3"]
    assert one(instances, "free").status == "unenforceable"  # not fulfilled yet on the 7th
    if duty.startswith("must:"):
        due = one(instances, "aid").due
        assert due is not None
        assert [rfc3339(at) for at in due] == ["2025-10-10T12:00:00Z"] * 2
    alone = judged(clauses, force, first)
    assert one(alone, "duty").cured is None
    assert one(alone, "aid").status == "dormant"


def test_consents_whose_order_is_open_may_extend_once_more() -> None:
    head = HEAD.replace("term: {from: 2025-10-01}", "term: {from: 2025-10-01, until: 2025-10-14}")
    clauses = (
        "clauses:\n"
        "  owed: {binds: A, must: {act: deliver}}\n"
        "  longer: {binds: A, can: {act: agree}, effect: {extend: P2D}, consents: [A, B]}\n"
    )
    rows = [
        {"id": "x1", "act": "agree", "actor": ["A", "B"], "occurred": "2025-10-09/2025-10-12"},
        {"id": "x2", "act": "agree", "actor": ["A", "B"], "occurred": "2025-10-10"},
        {"id": "x3", "act": "agree", "actor": "A", "occurred": "2025-10-09"},
    ]
    told = [report({"source": "m", "reported": "2025-10-13"} | row) for row in rows]
    found = {
        day: one(list(assess(loads(head + clauses), told, as_of=f"2025-10-{day}").instances), "owed")
        for day in (17, 19)
    }
    # Whichever of the two joint acts came first, there were two: the term ends with 18 October, not with the 16th.
    assert "pending" in found[17].statuses
    assert found[17].approximate or found[17].statuses == {"pending"}
    assert found[19].statuses == {"ended"}
