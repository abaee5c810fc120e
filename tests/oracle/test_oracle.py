"""Tiny histories whose verdicts are read off §4 to §6 by hand come in; the oracle must say the same."""

import pytest

from .handmade import BOTH, CEASEFIRE, TALKS, agreement, attack, meeting, numbered, statuses
from .oracle import examine


def test_matching_coarser_or_left_out_is_maybe() -> None:
    # §5 "a body field that the alternative leaves out, or knows only more coarsely ... is maybe"
    unattributed = attack()
    del unattributed["actor"]
    for report in (unattributed, attack(act="force")):
        assert statuses({"c": CEASEFIRE}, report)["c", ("PAK",), None] == {"holding", "violated"}
    # "A free attribute left out fails every test on it but `exists: false`"
    for test, expected in (
        ("north", "holding"),
        ({"not": "north"}, "holding"),
        ({"exists": False}, "violated"),
    ):
        clause = CEASEFIRE | {"must_not": {"act": "force.attack", "sector": test}}
        assert statuses({"c": clause}, attack())["c", ("PAK",), None] == {expected}


def test_a_contested_attribute_is_maybe() -> None:
    # §3.3 "Free attributes that differ become sets, and a test on one of them is maybe"
    clause = CEASEFIRE | {"must_not": {"act": "force.attack", "sector": "north"}}
    said = (attack(sector="north"), attack(sector="south", incident="r1"))
    assert statuses({"c": clause}, *said)["c", ("PAK",), None] == {"holding", "violated"}


@pytest.mark.parametrize(
    ("occurred", "expected"),
    [
        ("2025-10-06", {"fulfilled"}),  # §4 "`by` a date ends with that day"
        ("2025-10-07", {"violated"}),
        ("2025-10-06/2025-10-07", {"fulfilled", "violated"}),
        ("2025-09-30", {"violated"}),  # §4 "An act before the term ... fulfils ... nothing"
        ("2025-10-11", {"violated"}),
    ],
)
def test_a_deadline(occurred: str, expected: set[str]) -> None:
    found = examine(
        agreement({"t": TALKS}), numbered(meeting(occurred=occurred)), "neutral", "2025-10-10", "2025-10-10"
    )
    assert found["t", BOTH, None].statuses == expected
    # §5 "A late fulfilment leaves the violation standing and marks it cured"; §4 `as_of` cuts event time
    cured = {"2025-09-30": {False}, "2025-10-11": {False}, "2025-10-06": set()}
    assert found["t", BOTH, None].cured == cured.get(occurred, {True})


def test_grace_is_counted_in_knowledge_time() -> None:
    # §5 "`overdue` while known_at < deadline + grace ... Equality counts as over."
    at = {"known_at": "2025-10-08", "grace": "P2D"}
    assert statuses({"t": TALKS}, **at)["t", BOTH, None] == {"violated"}
    assert statuses({"t": TALKS}, **at | {"grace": "P3D"})["t", BOTH, None] == {"overdue"}
    late = meeting(7)
    assert statuses({"t": TALKS}, late, **at | {"grace": "P3D"})["t", BOTH, None] == {"overdue"}
    assert statuses({"t": TALKS}, as_of="2025-10-05")["t", BOTH, None] == {"pending"}


def test_all_bearers_together() -> None:
    # §5 "`$all` asks that one event's actors include every bearer"; parts count as their whole
    assert statuses({"t": TALKS}, meeting(actor=["PAK", "TTP", "TUR"]))["t", BOTH, None] == {"fulfilled"}
    assert statuses({"t": TALKS}, meeting(actor="PAK"), meeting(actor="AFG"))["t", BOTH, None] == {"violated"}


def test_a_prohibition_is_kept_at_the_end_of_its_window() -> None:
    # §5 "holding → violated per breach; fulfilled at the end of its window"
    clause = CEASEFIRE | {"until": "2025-10-09"}
    assert statuses({"c": clause})["c", ("PAK",), None] == {"fulfilled"}
    assert statuses({"c": clause}, as_of="2025-10-08")["c", ("PAK",), None] == {"holding"}
    # §4 "`until` a duration excludes its end": P8D from the 1st ends with the 8th
    clause = CEASEFIRE | {"until": "P8D"}
    assert statuses({"c": clause}, attack(9))["c", ("PAK",), None] == {"fulfilled"}
    assert statuses({"c": clause}, attack(occurred="2025-10-08T23:59:59Z"))["c", ("PAK",), None] == {"violated"}


def test_an_undated_duty_ends_with_the_term() -> None:
    # §5 "An undated duty is pending until the term ends, then `ended`."
    duty = {"binds": ["PAK"], "must": {"act": "pay"}}
    follow = {"binds": ["AFG"], "when": {"ended": "d"}, "must": {"act": "pay"}, "within": "P1D"}
    found = statuses({"d": duty, "f": follow}, until="2025-10-09")
    assert found["d", ("PAK",), None] == {"ended"}
    assert found["f", ("AFG",), ("ended", ("d", ("PAK",), None), None)] == {"violated"}
    assert statuses({"d": duty})["d", ("PAK",), None] == {"pending"}


def test_an_event_triggers_one_instance_each() -> None:
    # §5 "one instance per trigger event ...; its fields can be referred to"; "not triggered: one `dormant`
    # instance per bearer". Reading: the trigger's own incident never fulfils what it created.
    clause = {
        "binds": ["AFG"],
        "when": {"act": "deliver", "actor": "PAK"},
        "must": {"act": ["pay", "deliver"], "actor": "any", "target": "$trigger.actor"},
        "within": "P2D",
    }
    assert statuses({"d": clause}) == {("d", ("AFG",), None): {"dormant"}}
    deliver = {"act": "deliver", "actor": "PAK", "target": "PAK", "occurred": "2025-10-02"}
    pay = {"act": "pay", "actor": "AFG", "target": "PAK", "occurred": "2025-10-04T00:00:00Z"}
    assert statuses({"d": clause}, deliver, pay) == {("d", ("AFG",), ("event", "r1")): {"fulfilled"}}
    assert statuses({"d": clause}, deliver) == {("d", ("AFG",), ("event", "r1")): {"violated"}}
    maybe = deliver | {"act": "deliver"}
    del maybe["actor"]
    assert statuses({"d": clause}, maybe) == {("d", ("AFG",), ("event", "r1")): {"dormant", "violated"}}


def test_the_moment_of_an_event_trigger_counts() -> None:
    # reading: "An act at the very instant of an event trigger counts"; "an event triggers within term"
    clause = {"binds": ["AFG"], "when": {"act": "deliver"}, "must": {"act": "pay"}, "within": "PT1H"}
    noon = "2025-10-05T12:00:00Z"
    deliver = {"act": "deliver", "actor": "PAK", "occurred": noon}
    pay = {"act": "pay", "actor": "AFG", "occurred": noon}
    assert statuses({"d": clause}, deliver, pay) == {("d", ("AFG",), ("event", "r1")): {"fulfilled"}}
    early = deliver | {"occurred": "2025-09-30"}
    assert statuses({"d": clause}, early) == {("d", ("AFG",), None): {"dormant"}}


def test_a_deadline_before_the_trigger_falls_due_at_the_trigger() -> None:
    clause = {"binds": ["AFG"], "when": {"act": "deliver"}, "must": {"act": "pay"}, "by": "2025-10-03"}
    key = ("d", ("AFG",), ("event", "r1"))
    deliver = {"act": "deliver", "actor": "PAK", "occurred": "2025-10-09T12:00:00Z"}
    assert statuses({"d": clause}, deliver, grace="P1D")[key] == {"violated"}
    assert statuses({"d": clause}, deliver, grace="P2D")[key] == {"overdue"}


def test_the_trigger_of_a_missed_duty_can_be_read() -> None:
    # reading: "`$trigger.FIELD` of a missed deadline reads the event that triggered the missed duty.
    # Where there is none, a body field is unspecified, a free attribute fails."
    pay = {"must": {"act": "pay", "actor": "MVM", "target": "$trigger.target"}, "within": "P3D"}
    duty = {"binds": ["AFG"], "when": {"act": "deliver"}, "must": {"act": "talk"}, "within": "P2D"}
    follow = {"binds": ["MVM"], "when": {"violated": "d"}, **pay}
    deliver = {"act": "deliver", "actor": "PAK", "target": "TUR", "occurred": "2025-10-02"}
    up = ("d", ("AFG",), ("event", "r1"))
    for target, expected in (("TUR", "fulfilled"), ("PAK", "violated")):
        paid = {"act": "pay", "actor": "MVM", "target": target, "occurred": "2025-10-06"}
        found = statuses({"d": duty | {"otherwise": pay}, "f": follow}, deliver, paid)
        assert found["d.otherwise", ("AFG",), ("violated", up, None)] == {expected}
        assert found["f", ("MVM",), ("violated", up, None)] == {expected}
    untriggered = {"binds": ["AFG"], "must": {"act": "talk"}, "by": "2025-10-04"}
    paid = {"act": "pay", "actor": "MVM", "target": "TUR", "occurred": "2025-10-06", "sector": "north"}
    key = ("f", ("MVM",), ("violated", ("d", ("AFG",), None), None))
    assert statuses({"d": untriggered, "f": follow}, paid)[key] == {"fulfilled", "violated"}
    follow = {**follow, "must": {"act": "pay", "sector": "$trigger.sector"}}
    assert statuses({"d": untriggered, "f": follow}, paid)[key] == {"violated"}


def test_what_a_status_creates_comes_after_it() -> None:
    # §5 "a status trigger fires at its cause, and what it creates can be ... breached only after that"
    answer = {
        "binds": ["AFG"],
        "when": {"violated": "c"},
        "must_not": {"act": "force.attack", "actor": "any"},
    }
    first, other = attack(occurred="2025-10-05T12:00:00Z"), attack(occurred="2025-10-05T12:00:00Z")
    found = statuses({"c": CEASEFIRE, "a": answer}, first, other)
    up = ("c", ("PAK",), None)
    assert found["a", ("AFG",), ("violated", up, "r1")] == {"holding"}
    found = statuses({"c": CEASEFIRE, "a": answer}, first, other | {"occurred": "2025-10-06"})
    assert found["a", ("AFG",), ("violated", up, "r1")] == {"violated"}
    assert found["a", ("AFG",), ("violated", up, "r2")] == {"holding"}


def test_a_missed_duty_fires_at_its_deadline_when_grace_is_over() -> None:
    # §5 "A missed deadline happens at the deadline"; reading: "an overdue one fires nothing"
    answer = {"binds": ["MVM"], "when": {"violated": "t"}, "must": {"act": "sanction"}, "within": "P2D"}
    key = ("a", ("MVM",), ("violated", ("t", BOTH, None), None))
    sanction = {"act": "sanction", "actor": "MVM", "occurred": "2025-10-08"}
    assert statuses({"t": TALKS, "a": answer}, sanction)[key] == {"fulfilled"}
    early = sanction | {"occurred": "2025-10-06"}
    assert statuses({"t": TALKS, "a": answer}, early)[key] == {"violated"}
    assert statuses({"t": TALKS, "a": answer}, grace="P5D")["a", ("MVM",), None] == {"dormant"}


def test_due_but_what_it_requires_was_not_fulfilled() -> None:
    # §5 "due, but what it `requires` was not fulfilled by then --> unenforceable"
    duty = {"binds": ["MVM"], "requires": {"fulfilled": "t"}, "must": {"act": "sanction"}, "by": "2025-10-08"}
    clauses = {"t": TALKS, "d": duty}
    assert statuses(clauses)["d", ("MVM",), None] == {"unenforceable"}
    assert statuses(clauses, grace="P9D")["d", ("MVM",), None] == {"unenforceable"}
    assert statuses(clauses, meeting())["d", ("MVM",), None] == {"violated"}
    # "A cured duty counts as fulfilled for `requires` (if before the requiring duty fell due)"
    assert statuses(clauses, meeting(8))["d", ("MVM",), None] == {"unenforceable", "violated"}
    assert statuses(clauses, meeting(9))["d", ("MVM",), None] == {"unenforceable"}


def test_a_breach_counts_only_once_what_it_requires_is_done() -> None:
    # reading: "With `must_not`, a breach counts only if C was fulfilled by then"
    clauses = {"t": TALKS, "c": CEASEFIRE | {"requires": {"fulfilled": "t"}}}
    assert statuses(clauses, attack(4), meeting(5))["c", ("PAK",), None] == {"unenforceable"}
    assert statuses(clauses, attack(6), meeting(5))["c", ("PAK",), None] == {"violated"}


def test_a_substitute_done_in_time_cures() -> None:
    # §5 "`otherwise` ...: done in time, the violation is cured"
    clause = CEASEFIRE | {"otherwise": {"must": {"act": "pay"}, "within": "P2D"}}
    made = agreement({"c": clause})
    pay = {"act": "pay", "actor": "PAK", "occurred": "2025-10-06"}
    up = ("c", ("PAK",), None)
    substitute = ("c.otherwise", ("PAK",), ("violated", up, "r1"))
    for occurred, done, cured in (
        ("2025-10-06", {"fulfilled"}, {True}),
        ("2025-10-09", {"violated"}, {False}),
    ):
        reports = numbered(attack(), pay | {"occurred": occurred})
        found = examine(made, reports, "neutral", "2025-10-10", "2025-10-10")
        assert (found[up].statuses, found[up].cured) == ({"violated"}, cured)
        assert found[substitute].statuses == done
        assert found["c.otherwise", ("AFG",), None].statuses == {"dormant"}


def test_a_substitute_cured_by_its_own_counts_as_done() -> None:
    # §5 "a substitute that was itself cured by its own `otherwise` counts as done"
    last = {"must": {"act": "deliver"}, "within": "P2D"}
    pay = {"must": {"act": "pay"}, "within": "P1D", "otherwise": last}
    duty = {"binds": ["PAK"], "must": {"act": "talk.meet"}, "by": "2025-10-04", "otherwise": pay}
    follow = {"binds": ["AFG"], "when": {"fulfilled": "d"}, "must": {"act": "pay"}, "within": "P1D"}
    deliver = {"act": "deliver", "actor": "PAK", "occurred": "2025-10-07"}
    found = examine(agreement({"d": duty, "f": follow}), numbered(deliver), "neutral", "2025-10-10", "2025-10-10")
    assert found["d", ("PAK",), None].cured == {True}
    # "... and fires `when: fulfilled`"
    assert found["f", ("AFG",), ("fulfilled", ("d", ("PAK",), None), None)].statuses == {"violated"}


def test_readings_apply_in_that_partys_account_only() -> None:
    # §3 "X's own `readings` of clauses apply"; "Elsewhere the clause counts as written"
    clause = CEASEFIRE | {"readings": {"PAK": {"must_not": {"act": "force.attack.airstrike"}}}}
    story = attack(act="force.attack.smallarms")
    assert statuses({"c": clause}, story)["c", ("PAK",), None] == {"violated"}
    assert statuses({"c": clause}, story, view="account of PAK")["c", ("PAK",), None] == {"holding"}


def test_two_uncertain_days_keep_their_order_open() -> None:
    # §4, §6: two events on one day may have come in either order, and both before and after the trigger
    clause = {
        "binds": ["AFG"],
        "when": {"act": "deliver", "actor": "PAK"},
        "must": {"act": "pay"},
        "within": "P2D",
    }
    deliver = {"act": "deliver", "actor": "PAK", "occurred": "2025-10-05"}
    pay = {"act": "pay", "actor": "AFG", "occurred": "2025-10-05"}
    key = ("d", ("AFG",), ("event", "r1"))
    assert statuses({"d": clause}, deliver, pay)[key] == {"fulfilled", "violated"}
    assert statuses({"d": clause}, deliver, pay | {"occurred": "2025-10-06"})[key] == {"fulfilled"}
    assert statuses({"d": clause}, deliver, pay | {"occurred": "2025-10-07"})[key] == {
        "fulfilled",
        "violated",
    }


def test_uncertain_amounts() -> None:
    # §6 "one value for every uncertain quantity"
    duty = {"binds": ["PAK"], "must": {"act": "pay", "quantity": {"gte": 5}}, "by": "2025-10-06"}
    pay = {"act": "pay", "actor": "PAK", "occurred": "2025-10-05"}
    for quantity, expected in (
        ({"low": 3, "high": 5}, {"fulfilled", "violated"}),
        ({"low": 3, "high": 4}, {"violated"}),
        (5, {"fulfilled"}),
        (None, {"fulfilled", "violated"}),  # left out: unspecified
    ):
        assert statuses({"d": duty}, pay | {"quantity": quantity})["d", ("PAK",), None] == expected


def test_clauses_may_refer_to_each_other() -> None:
    # §5 "So clauses may refer to each other freely": tit for tat, each breach firing the other's duty
    blow = {"act": "force.attack", "occurred": "2025-10-02T00:00:00Z", "actor": "PAK"}
    clauses = {
        "a": {
            "binds": ["PAK"],
            "when": [{"act": "force"}, {"violated": "b"}],
            "must": {"act": "pay"},
            "within": "P3D",
        },
        "b": {"binds": ["AFG"], "when": {"violated": "a"}, "must": {"act": "pay"}, "within": "P3D"},
    }
    found = statuses(clauses, blow)
    first = ("a", ("PAK",), ("event", "r1"))  # due on the 5th
    second = ("b", ("AFG",), ("violated", first, None))  # due on the 8th
    third = ("a", ("PAK",), ("violated", second, None))  # due on the 11th
    assert found == {first: {"violated"}, second: {"violated"}, third: {"pending"}}
