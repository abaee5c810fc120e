"""Tiny histories about powers, whose verdicts are read off the contract by hand; the oracle must say the same."""

from typing import Any

import pytest

from .handmade import BOTH, Written, deed, statuses

DUTY = {"binds": ["PAK"], "must": {"act": "pay"}, "by": "2025-10-08"}
BAN = {"binds": ["PAK"], "must_not": {"act": "force"}}
DUTY_KEY, BAN_KEY = ("d", ("PAK",), None), ("b", ("PAK",), None)
ALL = {"d": DUTY, "b": BAN}


def power(effect: Written, **more: Any) -> Written:
    return {"binds": ["PAK"], "can": {"act": "notify"}, "effect": effect, **more}


def notice(when: int | str, actor: str | None = "AFG", **more: Any) -> Written:
    return deed("notify", when, actor, **more)


def both(clauses: Written, *reports: Written, **policy: Any) -> tuple[set[str], set[str]]:
    found = statuses(ALL | clauses, *reports, **policy)
    return found[DUTY_KEY], found[BAN_KEY]


def test_a_power_has_no_outcome() -> None:
    # decision 1: `may`, `can`, `counts_as` clauses have no instances
    clauses = {
        "p": power({"terminate": "all"}),
        "m": {"binds": ["PAK"], "may": {"act": "force"}, "shields": ["b"]},
        "c": {"binds": ["PAK"], "counts_as": {"pattern": {"act": "signal"}, "act": "force"}},
    }
    assert set(statuses(ALL | clauses)) == {DUTY_KEY, BAN_KEY}


def test_terminating() -> None:
    # §5 "What is terminated becomes `ended`"; what the effect changes holds strictly after
    end = {"p": power({"terminate": ["d", "b"]})}
    assert both(end, notice(5)) == ({"ended"}, {"ended"})
    assert both(end, notice(5), deed("pay", 6), deed("force", 6)) == ({"ended"}, {"ended"})
    assert both(end, notice(5), deed("pay", 5), deed("force", 5)) == ({"fulfilled"}, {"violated"})
    assert both(end, notice("2025-10-05"), deed("pay", 5)) == ({"ended", "fulfilled"}, {"ended"})
    # "Deadline missed before τ: not ... terminated any more", and a late act still cures
    assert both(end, notice(9)) == ({"violated"}, {"ended"})
    # "what was decided before stays"
    assert both(end, deed("force", 4), notice(5))[1] == {"violated"}
    assert both(end, notice(9), until="2025-10-08")[1] == {"fulfilled"}  # and a power ends with the term


def test_a_trigger_after_termination_creates_nothing() -> None:
    answer = {"binds": ["AFG"], "when": {"act": "deliver"}, "must": {"act": "pay"}, "within": "P9D"}
    end = power({"terminate": ["a"]})
    for day, expected in (
        (4, {("a", ("AFG",), ("event", "r1")): {"ended"}}),
        (5, {("a", ("AFG",), ("event", "r1")): {"ended"}}),
        (6, {("a", ("AFG",), None): {"dormant"}}),
    ):
        assert statuses({"a": answer, "p": end}, deed("deliver", day), notice(5)) == expected


def test_waiving_touches_what_there_is() -> None:
    # decision 8: "open instances that exist at τ become `waived` since τ; instances created later are untouched"
    answer = {"binds": ["AFG"], "when": {"act": "deliver"}, "must": {"act": "pay"}, "within": "P9D"}
    waive = {"a": answer, "p": power({"waive": ["a", "d"]})}
    found = statuses(ALL | waive, deed("deliver", 4), deed("deliver", 6), notice(5))
    assert found[DUTY_KEY] == {"waived"}
    assert found["a", ("AFG",), ("event", "r1")] == {"waived"}
    assert found["a", ("AFG",), ("event", "r2")] == {"pending"}
    assert both(waive, deed("pay", 4), notice(5))[0] == {"fulfilled"}
    assert both(waive, deed("pay", 6), notice(5))[0] == {"waived"}
    assert both({"p": power({"waive": ["b"]})}, notice(5), deed("force", 6))[1] == {"waived"}


def test_who_ends_it_first() -> None:
    clauses = {
        "p": power({"waive": ["d"]}),
        "q": {"binds": ["PAK"], "can": {"act": "talk"}, "effect": {"terminate": ["d"]}},
    }
    for day, expected in ((4, {"ended"}), (6, {"waived"}), ("2025-10-05", {"ended", "waived"})):
        assert both(clauses, notice(5), deed("talk", day))[0] == expected


def test_all_names_no_powers() -> None:
    # decision 8: "`all`: every clause with an outcome, and every permission; powers only when named"
    clauses = {
        "p": power({"terminate": "all"}),
        "q": {"binds": ["PAK"], "can": {"act": "talk"}, "effect": {"waive": ["late"]}},
        "late": {"binds": ["PAK"], "must": {"act": "deliver"}},
        "m": {"binds": ["PAK"], "may": {"act": "force"}, "shields": ["b"]},
    }
    assert statuses(ALL | clauses, notice(5))["late", ("PAK",), None] == {"ended"}
    named = clauses | {"p": power({"terminate": ["q"]})}
    assert statuses(ALL | named, notice(5), deed("talk", 6))["late", ("PAK",), None] == {"pending"}
    assert statuses(ALL | named, notice(5), deed("talk", 5))["late", ("PAK",), None] == {"waived"}
    # a permission that was terminated shields no more
    only = clauses | {"p": power({"terminate": ["m"]})}
    assert both(only, notice(5), deed("force", 5))[1] == {"holding"}
    assert both(only, notice(5), deed("force", 6))[1] == {"violated"}


def test_suspending_and_resuming() -> None:
    clauses = {
        "p": power({"suspend": "all"}),
        "q": {"binds": ["PAK"], "can": {"act": "talk"}, "effect": {"resume": "all"}},
    }
    assert both(clauses, notice(4)) == ({"suspended"}, {"suspended"})
    assert both(clauses, notice(4), deed("talk", 5)) == ({"violated"}, {"holding"})  # a date does not move
    assert both(clauses, notice(4), deed("talk", 5), as_of="2025-10-06") == ({"pending"}, {"holding"})
    assert both(clauses, notice(4), deed("talk", 5), deed("pay", 7)) == ({"fulfilled"}, {"holding"})
    assert both(clauses, notice(4), deed("force", 5)) == ({"suspended"}, {"suspended"})
    # acts at the moment of suspension are judged as before, those at the moment of resumption not yet
    assert both(clauses, notice(4), deed("force", 4))[1] == {"violated"}
    assert both(clauses, notice(4), deed("talk", 6), deed("force", 6))[1] == {"holding"}
    assert both(clauses, notice(4), deed("talk", 6), deed("force", 7))[1] == {"violated"}


def test_who_must_act_together() -> None:
    # decision 8, consents: each of them (or its part); one event may count for several; then counted anew
    end = {"p": power({"terminate": ["d"]}, consents=list(BOTH))}
    assert both(end, notice(4, "PAK"), notice(5, "PAK"))[0] == {"violated"}
    assert both(end, notice(4, "PAK"), notice(5, "TTP"), deed("pay", 6))[0] == {"ended"}
    assert both(end, notice(4, "PAK"), notice(6, "AFG"), deed("pay", 5))[0] == {"fulfilled"}
    assert both(end, notice(4, ["PAK", "AFG"]), deed("pay", 5))[0] == {"ended"}
    assert both(end, notice(4, "PAK"), notice(5, None))[0] == {"ended", "violated"}
    longer = {"p": power({"extend": "P2D"}, consents=list(BOTH))}
    said = (notice(2, "PAK"), notice(3, "AFG"), notice(4, "AFG"))
    ban = {**BAN, "binds": ["AFG"]}
    for more, expected in (((), {"fulfilled"}), ((notice(5, "PAK"),), {"holding"})):
        found = statuses({"b": ban, **longer}, *said, *more, until="2025-10-08", as_of="2025-10-11")
        assert found["b", ("AFG",), None] == expected


@pytest.mark.parametrize(
    ("notices", "attack", "expected"),
    [
        ((), 9, "fulfilled"),
        ((5,), 9, "violated"),
        ((5,), 10, "violated"),
        ((5,), 11, "fulfilled"),
        ((5, 10), 12, "violated"),  # counted from the old end each time
        ((9,), 10, "fulfilled"),  # the power has ended with the term
    ],
)
def test_extending_the_term(notices: tuple[int, ...], attack: int, expected: str) -> None:
    clauses = {"b": BAN, "p": power({"extend": "P2D"})}
    reports = [*map(notice, notices), deed("force", attack)]
    found = statuses(clauses, *reports, until="2025-10-08", as_of="2025-10-13", known_at="2025-10-13")
    assert found[BAN_KEY] == {expected}


def test_extension_moves_what_ends_with_the_term() -> None:
    undated = {"binds": ["PAK"], "must": {"act": "pay"}}
    clauses = {"d": undated, "p": power({"extend": "P3D"})}
    assert statuses(clauses, until="2025-10-08")[DUTY_KEY] == {"ended"}
    assert statuses(clauses, notice(8), until="2025-10-08")[DUTY_KEY] == {"pending"}
    periodic = {"binds": ["PAK"], "must": {"act": "pay"}, "every": "P4D"}
    clauses = {"d": periodic, "p": power({"extend": "P3D"})}
    assert len(statuses(clauses, until="2025-10-08", as_of="2025-10-13")) == 2
    found = statuses(clauses, notice(8), until="2025-10-08", as_of="2025-10-13", known_at="2025-10-13")
    assert found["d", ("PAK",), ("period", 2)] == {"violated"}  # cut at the end of the 11th
    assert len(found) == 3


def test_amending() -> None:
    # decision 8: strictly after τ by the new text; a deadline at or before τ stays what it was
    later = {"p": power({"amend": {"d": {"by": "2025-10-09"}}})}
    assert both(later, notice(5), deed("pay", 9))[0] == {"fulfilled"}
    assert both(later, notice(9), deed("pay", 9))[0] == {"violated"}
    other = {"p": power({"amend": {"d": {"must": {"act": "deliver"}}, "b": {"must_not": {"act": "talk"}}}})}
    assert both(other, notice(5), deed("pay", 5), deed("force", 5)) == ({"fulfilled"}, {"violated"})
    assert both(other, notice(5), deed("pay", 6), deed("force", 6)) == ({"violated"}, {"holding"})
    assert both(other, notice(5), deed("deliver", 6), deed("talk", 6)) == ({"fulfilled"}, {"violated"})
    assert both(other, notice(5), deed("deliver", 4), deed("talk", 4)) == ({"violated"}, {"holding"})
    # reading: a deadline that is moved into the past falls due at the amendment
    sooner = {"p": power({"amend": {"d": {"by": "2025-10-03"}}})}
    assert both(sooner, notice(5), deed("pay", 5))[0] == {"fulfilled"}
    assert both(sooner, notice(5), deed("pay", 6), as_of="2025-10-07")[0] == {"violated"}


def test_a_power_in_force() -> None:
    # decision 8: within its window, while it is in force
    end = {"terminate": ["b"]}
    windows: list[tuple[Written, Written, set[str]]] = [
        ({"from": "2025-10-06"}, notice(5), {"holding"}),
        ({"until": "2025-10-04"}, notice(5), {"holding"}),
        ({"until": "2025-10-06"}, notice(5), {"ended"}),
        ({"when": {"act": "deliver"}, "within": "P2D"}, notice(5), {"holding"}),
        ({"while": {"state": "calm"}}, notice(5), {"holding"}),
        ({"while": {"state": "calm", "is": "off"}}, notice(5), {"ended"}),
    ]
    states = {"calm": {"starts": {"act": "talk"}, "stops": {"act": "sanction"}}}
    for more, report, expected in windows:
        assert both({"p": power(end, **more)}, report, states=states)[1] == expected
    answer = {"p": power(end, when={"act": "deliver"}, within="P2D")}
    for day, expected in ((2, {"holding"}), (3, {"ended"}), (6, {"holding"})):
        assert both(answer, deed("deliver", day), notice(5))[1] == expected
    # a right to end that a breach gives; what a status creates comes strictly after it
    right = {"p": power({"terminate": ["d"]}, when={"violated": "b"})}
    for day, expected in ((4, {"ended"}), (5, {"violated"}), (6, {"violated"})):
        assert both(right, deed("force", day), notice(5))[0] == expected


def test_the_substitute_is_named_on_its_own() -> None:
    duty = {**DUTY, "by": "2025-10-04", "otherwise": {"must": {"act": "deliver"}, "within": "P9D"}}
    key = ("d.otherwise", ("PAK",), ("violated", DUTY_KEY, None))
    for names, expected in ((["d"], {"pending"}), (["d.otherwise"], {"ended"}), ("all", {"ended"})):
        assert statuses({"d": duty, "p": power({"terminate": names})}, notice(6))[key] == expected
    found = statuses({"d": duty, "p": power({"terminate": ["d.otherwise"]})}, notice(3))
    assert found["d.otherwise", ("PAK",), None] == {"dormant"}
