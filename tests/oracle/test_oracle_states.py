"""Tiny histories about states, whose verdicts are read off the contract by hand; the oracle must say the same."""

from typing import Any

import pytest

from .handmade import BOTH, Written, agreement, deed, numbered, statuses
from .oracle import Verdict, examine

OPEN = {"crossing": {"starts": {"act": "access.grant"}, "stops": {"act": "access.deny"}, "initially": "on"}}
KEEP = {"binds": ["PAK"], "must_keep": {"state": "crossing"}, "until": "2025-10-09"}
KEY = ("k", ("PAK",), None)


def closed(when: int | str, **more: Any) -> Written:
    return deed("access.deny", when, **more)


def opened(when: int | str, **more: Any) -> Written:
    return deed("access.grant", when, **more)


def verdicts(clauses: Written, *reports: Written, as_of: str = "2025-10-10", **policy: Any) -> dict[Any, Verdict]:
    return examine(agreement(clauses, **policy), numbered(*reports), "neutral", as_of, "2025-10-10")


@pytest.mark.parametrize(
    ("reports", "as_of", "status", "cured"),
    [
        ((), "2025-10-08", "holding", set()),
        ((), "2025-10-10", "fulfilled", set()),  # §5 "fulfilled at the end of its window"
        ((closed(5),), "2025-10-10", "violated", {False}),
        ((closed(5), opened(7)), "2025-10-10", "violated", {True}),  # "cured when S comes back"
        ((closed(5), opened(7), closed(8)), "2025-10-10", "violated", {False}),  # each of its breaches
        ((closed(8), opened(10)), "2025-10-10", "violated", {True}),  # also after the window
        ((closed(8), opened(10)), "2025-10-09", "violated", {False}),
        ((closed(10),), "2025-10-10", "fulfilled", set()),
        ((opened(4), opened(5)), "2025-10-08", "holding", set()),
    ],
)
def test_a_state_to_be_kept(reports: tuple[Written, ...], as_of: str, status: str, cured: set[bool]) -> None:
    found = verdicts({"k": KEEP}, *reports, as_of=as_of, states=OPEN)[KEY]
    assert (found.statuses, found.cured) == ({status}, cured)


def test_each_going_off_is_a_breach() -> None:
    # "`must_keep` is violated when S goes off ...; each going off is one": closing what is closed is none
    answer = {"binds": ["AFG"], "when": {"violated": "k"}, "must": {"act": "pay"}, "within": "P1D"}
    reports = (closed(3), closed(4), opened(5), closed(6))
    found = statuses({"k": KEEP, "a": answer}, *reports, states=OPEN)
    assert {key[2][2] for key in found if key[0] == "a"} == {"r1", "r4"}


def test_off_at_the_opening() -> None:
    # decision: "being off at the window's opening is a breach at the opening (incident null)"
    answer = {"binds": ["AFG"], "when": {"violated": "k"}, "must": {"act": "pay"}, "within": "P4D"}
    states = {"crossing": {**OPEN["crossing"], "initially": "off"}}
    found = verdicts({"k": KEEP, "a": answer}, opened(2), deed("pay", 3, "AFG"), states=states)
    assert (found[KEY].statuses, found[KEY].cured) == ({"violated"}, {True})
    assert found["a", ("AFG",), ("violated", KEY, None)].statuses == {"fulfilled"}
    # Switches count whenever they happened: on before the term, it is on at the opening.
    assert statuses({"k": KEEP}, opened("2025-09-20"), states=states)[KEY] == {"fulfilled"}
    assert statuses({"k": KEEP}, closed("2025-09-20"), states=OPEN)[KEY] == {"violated"}


def test_of_one_instant_the_stop_prevails() -> None:
    # decision: "at one same instant stops prevail over starts"
    states = {"crossing": {**OPEN["crossing"], "initially": "off"}}
    keep = KEEP | {"from": "2025-10-05"}
    assert statuses({"k": keep}, opened(4), closed(4), states=states)[KEY] == {"violated"}
    for reports in ((opened(4), closed(6), opened(6)), (opened(4), closed(6), closed(7), opened(7))):
        found = verdicts({"k": keep}, *reports, states=states)[KEY]
        assert (found.statuses, found.cured) == ({"violated"}, {False})


def test_an_inline_state_is_the_bearers_own_act() -> None:
    # decision: a pattern that names no actor in started, stopped: the bearer's own act
    keep = {
        "binds": ["PAK", "AFG"],
        "must_keep": {
            "started": {"act": "access.grant"},
            "stopped": {"act": "access.deny"},
            "initially": "on",
        },
    }
    found = statuses({"k": keep}, closed(5, actor="AFG"))
    assert found == {("k", ("PAK",), None): {"holding"}, ("k", ("AFG",), None): {"violated"}}
    # A named state: anybody's. Default of `initially` is off.
    assert statuses({"k": KEEP}, closed(5, actor="AFG"), states=OPEN)[KEY] == {"violated"}
    bare = {"crossing": {"starts": {"act": "access.grant"}, "stops": {"act": "access.deny"}}}
    assert statuses({"k": KEEP}, states=bare)[KEY] == {"violated"}


def test_one_state_for_each_value() -> None:
    # decision 3: equal: yes; left out, or comparable but not equal: maybe; else no
    states = {"crossing": {**OPEN["crossing"], "key": "place"}}
    keep = KEEP | {"must_keep": {"state": "crossing", "key": "Chaman"}}
    open_ = {"fulfilled", "violated"}
    for place, expected in (
        ("Chaman", {"violated"}),
        ("Balochistan", open_),
        ("Quetta", {"fulfilled"}),
        (None, open_),
    ):
        report = closed(5) | ({"place": place} if place else {})
        assert statuses({"k": keep}, report, states=states)[KEY] == expected
    province = KEEP | {"must_keep": {"state": "crossing", "key": "Balochistan"}}
    assert statuses({"k": province}, closed(5, place="Chaman"), states=states)[KEY] == open_
    # for actors also: is a part of K
    states = {"crossing": {**OPEN["crossing"], "key": "target"}}
    for value, target, expected in (("AFG", "TTP", {"violated"}), ("TTP", "AFG", open_), ("PAK", "TTP", {"fulfilled"})):
        keep = KEEP | {"must_keep": {"state": "crossing", "key": value}}
        assert statuses({"k": keep}, closed(5, target=target), states=states)[KEY] == expected
    # a field with several values switches each; a contested free attribute: maybe
    keep = KEEP | {"must_keep": {"state": "crossing", "key": "PAK"}}
    assert statuses({"k": keep}, closed(5, target=["AFG", "PAK"]), states=states)[KEY] == {"violated"}
    states = {"crossing": {**OPEN["crossing"], "key": "sector"}}
    keep = KEEP | {"must_keep": {"state": "crossing", "key": "north"}}
    said = (closed(5, sector="north"), closed(5, sector="south", incident="r1"))
    assert statuses({"k": keep}, *said, states=states)[KEY] == open_


def test_while_suspends_acts_and_the_instance() -> None:
    # §5 "While an unkeyed `while` is off the instance is `suspended`"; acts count only while it is on
    ban = {"binds": ["PAK"], "must_not": {"act": "force"}, "while": {"state": "crossing"}}
    key = ("b", ("PAK",), None)
    assert statuses({"b": ban}, closed(4), states=OPEN)[key] == {"suspended"}
    assert statuses({"b": ban}, closed(4), deed("force", 5), states=OPEN)[key] == {"suspended"}
    assert statuses({"b": ban}, closed(4), opened(6), deed("force", 5), states=OPEN)[key] == {"holding"}
    assert statuses({"b": ban}, closed(4), deed("force", 4), states=OPEN)[key] == {"violated"}  # the switch is after
    off = {**ban, "while": {"state": "crossing", "is": "off"}}
    assert statuses({"b": off}, closed(4), deed("force", 5), states=OPEN)[key] == {"violated"}
    # decision 5: "A must_not whose window has ended by as_of is fulfilled, suspended or not"
    assert statuses({"b": ban | {"until": "2025-10-09"}}, closed(4), states=OPEN)[key] == {"fulfilled"}
    # the day of the switch is the day of the act: either may have been first
    reports = (closed("2025-10-05"), deed("force", "2025-10-05"))
    assert statuses({"b": ban}, *reports, states=OPEN)[key] == {"suspended", "violated"}


@pytest.mark.parametrize(
    ("paid", "expected"),
    [
        ("2025-10-04T12:00:00Z", "pending"),  # while suspended
        ("2025-10-07T12:00:00Z", "fulfilled"),
        ("2025-10-08T11:00:00Z", "fulfilled"),
        ("2025-10-08T12:00:00Z", "fulfilled"),  # "`within P10D` includes the last instant"
        ("2025-10-08T12:00:01Z", "violated"),
    ],
)
def test_a_deadline_stops_while_suspended(paid: str, expected: str) -> None:
    # Due four days after the 2nd, noon, so on the 6th; from the 3rd to the 5th, noon, it stood still: the 8th.
    duty = {
        "binds": ["PAK"],
        "when": {"act": "deliver"},
        "must": {"act": "pay"},
        "within": "P4D",
        "while": {"state": "crossing"},
    }
    reports = (deed("deliver", 2, "AFG"), closed(3), opened(5), deed("pay", paid))
    as_of = "2025-10-07" if expected == "pending" else "2025-10-10"
    assert statuses({"d": duty}, *reports, states=OPEN, as_of=as_of)["d", ("PAK",), ("event", "r1")] == {expected}


def test_deadlines_that_move_by_uncertain_times() -> None:
    duty = {"binds": ["PAK"], "must": {"act": "pay"}, "within": "P5D", "while": {"state": "crossing"}}
    key = ("d", ("PAK",), None)
    # Off on the 3rd, on again on the 5th: one day to three days, so due between the start of the 7th and of the 9th.
    stopped = (closed("2025-10-03"), opened("2025-10-05"))
    for day, expected in ((6, {"fulfilled"}), (7, {"fulfilled", "violated"}), (9, {"violated"})):
        for paid in (day, f"2025-10-{day:02}"):
            found = verdicts({"d": duty}, *stopped, deed("pay", paid), states=OPEN)[key]
            assert (found.statuses, found.cured) == (expected, {True} if "violated" in expected else set())
    # Never on (again): suspended, whatever the date. Missed before it went off: violated.
    never = {"crossing": {**OPEN["crossing"], "initially": "off"}}
    assert statuses({"d": duty}, states=never)[key] == {"suspended"}
    assert statuses({"d": duty}, closed(3), states=OPEN)[key] == {"suspended"}
    assert statuses({"d": duty}, closed(6), states=OPEN)[key] == {"violated"}
    # decision 5: suspended from before the opening, the time counts from the opening on
    late = duty | {"from": "2025-10-04"}
    stopped = (closed("2025-10-02T00:00:00Z"), opened("2025-10-05T00:00:00Z"))
    for paid, expected in (("2025-10-06T23:00:00Z", {"fulfilled"}), ("2025-10-07T00:00:01Z", {"violated"})):
        assert statuses({"d": late}, *stopped, deed("pay", paid), states=OPEN)[key] == expected
    # what was over before the opening moves nothing
    over = (closed(2), opened(3), deed("pay", 6))
    assert statuses({"d": late}, *over, states=OPEN)[key] == {"violated"}


def test_a_date_does_not_move_and_falls_due_when_back_in_force() -> None:
    duty = {"binds": ["PAK"], "must": {"act": "pay"}, "by": "2025-10-05", "while": {"state": "crossing"}}
    key = ("d", ("PAK",), None)
    assert statuses({"d": duty}, closed(3), opened(4), deed("pay", 6), states=OPEN)[key] == {"violated"}
    assert statuses({"d": duty}, closed(3), opened(4), deed("pay", 5), states=OPEN)[key] == {"fulfilled"}
    assert statuses({"d": duty}, closed(4), opened(7), states=OPEN, as_of="2025-10-06")[key] == {"suspended"}
    assert statuses({"d": duty}, closed(4), opened(7), states=OPEN)[key] == {"violated"}


def test_a_keyed_while_exempts_single_incidents() -> None:
    # decision 4: "the state looked up is that of the incident's field ...; never `suspended`"
    states = {"quiet": {"key": "place", "starts": {"act": "access.deny"}, "stops": {"act": "access.grant"}}}
    ban = {"binds": ["PAK"], "must_not": {"act": "force"}, "while": {"state": "quiet", "key": "place"}}
    key = ("b", ("PAK",), None)
    quiet = closed(3, place="Chaman")
    for place, expected in (
        ("Chaman", {"violated"}),
        ("Kandahar", {"holding"}),
        ("Balochistan", {"holding", "violated"}),
        (None, {"holding", "violated"}),
    ):
        fight = deed("force", 5) | ({"place": place} if place else {})
        assert statuses({"b": ban}, quiet, fight, states=states)[key] == expected
    # "a free attribute left out: exempt"
    states = {"quiet": {**states["quiet"], "key": "sector", "initially": "on"}}
    ban = ban | {"while": {"state": "quiet", "key": "sector"}}
    assert statuses({"b": ban}, deed("force", 5), states=states)[key] == {"holding"}
    assert statuses({"b": ban}, deed("force", 5, sector="north"), states=states)[key] == {"violated"}


def test_keeping_with_a_substitute() -> None:
    # A breach is cured by the state's return or by its `otherwise`; the instance when each of them is.
    keep = KEEP | {"joint": True, "binds": list(BOTH), "otherwise": {"must": {"act": "pay"}, "within": "P1D"}}
    key = ("k", BOTH, None)
    story = (closed(3), opened(4), closed(6))
    assert verdicts({"k": keep}, *story, states=OPEN)[key].cured == {False}
    found = verdicts({"k": keep}, *story, deed("pay", 7), states=OPEN)
    assert found[key].cured == {True}
    assert found["k.otherwise", BOTH, ("violated", key, "r1")].statuses == {"violated"}
    assert found["k.otherwise", BOTH, ("violated", key, "r3")].statuses == {"fulfilled"}


def test_cured_when_the_last_breach_is() -> None:
    # decision 16: "All breaches cured -> cured.at = last"; "if before the requiring duty fell due"
    story = (closed(3), opened(4), closed(6), opened(8))
    for due, expected in ((7, "unenforceable"), (8, "violated")):
        duty = {"binds": ["AFG"], "must": {"act": "pay"}, "by": f"2025-10-{due:02}", "requires": {"fulfilled": "k"}}
        found = statuses({"k": KEEP, "d": duty}, *story, states=OPEN)
        assert found["d", ("AFG",), None] == {expected}
