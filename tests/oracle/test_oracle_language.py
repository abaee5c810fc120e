"""Tiny histories about exemptions, counting and periods, read off the contract by hand; the oracle must agree."""

from typing import Any

import pytest

from .handmade import Written, agreement, deed, numbered, statuses
from .oracle import examine

BAN = {"binds": ["PAK"], "must_not": {"act": "force"}}
DUTY = {"binds": ["PAK"], "must": {"act": "pay"}, "by": "2025-10-08"}
KEY = ("c", ("PAK",), None)


def only(clause: Written, *reports: Written, also: Written | None = None, **policy: Any) -> set[str]:
    return statuses({"c": clause, **(also or {})}, *reports, **policy)[KEY]


def test_unless_exempts_from_a_prohibition() -> None:
    ban = BAN | {"unless": {"act": "force", "target": "TTP"}}
    for target, expected in (
        ("TTP", {"holding"}),
        ("AFG", {"holding", "violated"}),
        ("TUR", {"violated"}),
        (None, {"holding", "violated"}),
    ):
        fight = deed("force", 5) | ({"target": target} if target else {})
        assert only(ban, fight) == expected
    # elsewhere than in a duty, a pattern without actor means anybody's; $bearer says otherwise
    assert only(BAN | {"unless": {"act": "force", "actor": "AFG"}}, deed("force", 5)) == {"violated"}


def test_unless_releases_from_a_duty() -> None:
    # decision 6: ended, where trigger (or term start) <= t <= deadline, and nothing fulfilled it at or before t
    duty = DUTY | {"unless": {"act": "force"}}
    assert only(duty, deed("force", 5, "AFG"), deed("pay", 6)) == {"ended"}
    assert only(duty, deed("force", 5, "AFG"), deed("pay", 5)) == {"fulfilled"}
    assert only(duty, deed("force", 5, "AFG"), deed("pay", 4)) == {"fulfilled"}
    assert only(duty, deed("force", 9)) == {"violated"}
    assert only(duty, deed("force", "2025-09-30")) == {"violated"}
    assert only(duty, deed("force", "2025-10-08/2025-10-09")) == {"ended", "violated"}
    # the trigger's own incident may release
    answer = duty | {"when": {"act": "force"}, "within": "P2D"}
    del answer["by"]
    assert statuses({"c": answer}, deed("force", 5)) == {("c", ("PAK",), ("event", "r1")): {"ended"}}
    # "ended" fires
    follow = {"binds": ["AFG"], "when": {"ended": "c"}, "must": {"act": "pay"}, "within": "P1D"}
    found = statuses({"c": duty, "f": follow}, deed("force", 5), deed("pay", 6, "AFG"))
    assert found["f", ("AFG",), ("ended", KEY, None)] == {"fulfilled"}


def test_a_permission_shields() -> None:
    may = {"binds": ["PAK"], "may": {"act": "force.attack", "target": "TTP"}, "shields": ["c"]}
    fight = deed("force.attack", 5, target="TTP")
    assert only(BAN, fight, also={"m": may}) == {"holding"}
    assert only(BAN, fight, also={"m": may | {"shields": ["x"]}, "x": BAN}) == {"violated"}
    assert only(BAN, fight | {"target": "TUR"}, also={"m": may}) == {"violated"}
    for more, expected in (
        ({"from": "2025-10-06"}, {"violated"}),
        ({"until": "2025-10-04"}, {"violated"}),
        ({"until": "2025-10-05"}, {"holding"}),
    ):
        assert only(BAN, fight, also={"m": may | more}) == expected


def test_a_permission_that_a_breach_gives() -> None:
    # tit for tat within two days: what a status creates comes strictly after it
    ban = {"binds": ["PAK", "AFG"], "must_not": {"act": "force"}}
    may = {
        "binds": ["PAK", "AFG"],
        "may": {"act": "force"},
        "shields": ["c"],
        "when": {"violated": "c"},
        "within": "P2D",
    }
    first = deed("force", 3, "AFG")
    for answered, expected in ((3, "violated"), (4, "holding"), (5, "holding"), (6, "violated")):
        found = statuses({"c": ban, "m": may}, first, deed("force", answered))
        assert found == {("c", ("PAK",), None): {expected}, ("c", ("AFG",), None): {"violated"}}


def test_one_act_counts_as_another() -> None:
    counts = {"binds": ["PAK"], "counts_as": {"pattern": {"act": "signal"}, "act": "force.attack"}}
    chain = {"binds": ["PAK"], "counts_as": {"pattern": {"act": "rumour"}, "act": "signal.flare"}}
    also = {"k": counts, "chain": chain}
    assert only(BAN, deed("signal", 5), also=also) == {"violated"}  # ACT, or above it
    assert only(BAN | {"must_not": {"act": "force.attack.airstrike"}}, deed("signal", 5), also=also) == {"holding"}
    assert only(BAN, deed("rumour", 5), also=also) == {"violated"}
    assert only(BAN, deed("signal", 5), also={"k": counts | {"until": "2025-10-04"}}) == {"holding"}
    about = {"k": counts | {"counts_as": {"pattern": {"act": "signal", "target": "AFG"}, "act": "force"}}}
    assert only(BAN, deed("signal", 5), also=about) == {"holding", "violated"}


@pytest.mark.parametrize(
    ("days", "n", "window", "expected"),
    [
        ((3, 5), 2, "P9D", []),
        ((3, 4, 5), 2, "P9D", ["r3"]),
        ((3, 5), 1, "P2D", ["r2"]),  # "A sliding window includes both its ends"
        ((3, 6), 1, "P2D", []),
        ((3, 4, 5), 1, "P2D", ["r2"]),  # "counting restarts after a breach"
        ((3, 4, 5, 6), 1, "P2D", ["r2", "r4"]),
        ((3, 9), 1, None, ["r2"]),
        ((3, 4), 0, None, ["r1", "r2"]),
    ],
)
def test_at_most(days: tuple[int, ...], n: int, window: str | None, expected: list[str]) -> None:
    ban = BAN | {"at_most": {"n": n} | ({"in": window} if window else {})}
    answer = {"binds": ["AFG"], "when": {"violated": "c"}, "must": {"act": "pay"}}
    found = statuses({"c": ban, "a": answer}, *[deed("force", day) for day in days])
    assert sorted(key[2][2] for key in found if key[0] == "a" and key[2]) == expected
    assert found[KEY] == ({"violated"} if expected else {"holding"})


def test_at_least() -> None:
    duty = DUTY | {"at_least": {"n": 2}}
    assert only(duty, deed("pay", 4)) == {"violated"}
    assert only(duty, deed("pay", 4), deed("pay", 5)) == {"fulfilled"}
    found = examine(
        agreement({"c": duty}), numbered(deed("pay", 4), deed("pay", 9)), "neutral", "2025-10-10", "2025-10-10"
    )
    assert (found[KEY].statuses, found[KEY].cured) == ({"violated"}, {True})  # late reaching cures
    # fulfilled at the act with which the target is reached
    released = duty | {"unless": {"act": "force"}}
    assert only(released, deed("pay", 3), deed("force", 4), deed("pay", 5)) == {"ended"}


@pytest.mark.parametrize(
    ("field", "values", "expected"),
    [
        ("place", ("Chaman", "Quetta"), {"fulfilled"}),
        ("place", ("Chaman", "Chaman"), {"violated"}),
        ("place", ("Chaman", None), {"fulfilled", "violated"}),  # a body field left out may be any value
        ("place", (None, None), {"fulfilled", "violated"}),
        ("place", (None,), {"violated"}),
        ("target", (["AFG", "TUR"],), {"fulfilled"}),  # each member of a list counts
        ("target", ("AFG", "AFG"), {"violated"}),
        ("sector", ("north", None), {"violated"}),  # a free attribute left out adds none
        ("sector", ("north", "south"), {"fulfilled"}),
    ],
)
def test_at_least_different_values(field: str, values: tuple[Any, ...], expected: set[str]) -> None:
    duty = DUTY | {"at_least": {"n": 2, "distinct": field}}
    assert only(duty, *[deed("pay", 4) | ({field: v} if v else {}) for v in values]) == expected


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ((4, 6), {"fulfilled"}),
        ((4, 5), {"violated"}),
        (({"low": 3, "high": 5}, 6), {"fulfilled", "violated"}),
        (({"low": 3, "high": 5}, 4), {"violated"}),
        (({"low": 3, "high": 5}, {"low": 5, "high": 6}), {"fulfilled", "violated"}),
        (({"low": 3, "high": 5}, 7), {"fulfilled"}),
        ((4, None), {"fulfilled", "violated"}),  # "adds an unknown amount of 0 or more"
        ((10, None), {"fulfilled"}),
    ],
)
def test_the_sum_of_amounts(amounts: tuple[Any, ...], expected: set[str]) -> None:
    duty = DUTY | {"quantity": {"reach": 10}}
    assert only(duty, *[deed("pay", 4) | ({"quantity": a} if a else {}) for a in amounts]) == expected


def test_every_stated_target() -> None:
    duty = DUTY | {"quantity": {"reach": 10}, "at_least": {"n": 2}}
    assert only(duty, deed("pay", 4, quantity=12)) == {"violated"}
    assert only(duty, deed("pay", 4, quantity=12), deed("pay", 5, quantity=1)) == {"fulfilled"}


def test_one_amount_is_the_same_everywhere() -> None:
    # §6 "one value for every uncertain quantity": 4 and more is 4 and more in both clauses
    first = DUTY | {"quantity": {"reach": 10}}
    pays = (deed("pay", 4, quantity=6), deed("pay", 5, quantity={"low": 3, "high": 5}))
    paid = {
        "binds": ["AFG"],
        "when": {"fulfilled": "c"},
        "must": {"act": "deliver"},
        "unless": {"act": "pay", "quantity": {"lt": 4}},
    }
    found = statuses({"c": first, "f": paid | {"by": "2025-10-09"}}, *pays)
    assert found["f", ("AFG",), ("fulfilled", KEY, None)] == {"dormant", "violated"}


def test_a_rate_against_a_baseline() -> None:
    # two in the four days before: more than 1.0 * 2 * 2/4 = 1 within two days is too many
    rate = {"in": "P2D", "exceeds": 1.0, "baseline": {"from": "2025-10-01", "until": "2025-10-04"}}
    ban = BAN | {"from": "2025-10-05", "rate": rate}
    before = (deed("force", 2), deed("force", 3))
    assert only(ban, *before, deed("force", 6)) == {"holding"}
    assert only(ban, *before, deed("force", 6), deed("force", 8)) == {"violated"}
    assert only(ban, *before, deed("force", 6), deed("force", 9)) == {"holding"}
    assert only(ban, deed("force", 6)) == {"violated"}
    # the same bearer's; also before the term
    assert only(ban, *before[:1], deed("force", 3, "AFG"), deed("force", 6)) == {"violated"}
    early = ban | {"rate": rate | {"baseline": {"from": "2025-09-27", "until": "2025-09-30"}}}
    assert only(early, deed("force", "2025-09-28"), deed("force", "2025-09-29"), deed("force", 6)) == {"holding"}


def test_periods() -> None:
    # decision 13: [anchor + k*D, anchor + (k+1)*D), due at the last microsecond, one for each begun by as_of
    duty = {"binds": ["PAK"], "must": {"act": "pay"}, "every": "P3D"}

    def periods(clause: Written, *reports: Written, **policy: Any) -> list[set[str]]:
        found = statuses({"c": clause}, *reports, **policy)
        return [found["c", ("PAK",), ("period", k)] for k in range(len(found))]

    assert periods(duty, deed("pay", 2), deed("pay", 7)) == [{"fulfilled"}, {"violated"}, {"fulfilled"}, {"pending"}]
    assert periods(duty, deed("pay", "2025-10-03T23:59:59Z"))[:2] == [{"fulfilled"}, {"violated"}]
    assert periods(duty, deed("pay", "2025-10-04T00:00:00Z"))[:2] == [{"violated"}, {"fulfilled"}]
    assert periods(duty | {"within": "P1D"}, deed("pay", 3))[0] == {"violated"}
    assert len(periods(duty, as_of="2025-10-09")) == 3
    # anchored at `from`; the last one cut at `until`
    cut = duty | {"from": "2025-10-05", "until": "2025-10-09"}
    assert periods(cut, deed("pay", 6), deed("pay", 10)) == [{"fulfilled"}, {"violated"}]
    ban = {"binds": ["PAK"], "must_not": {"act": "force"}, "every": "P3D"}
    assert periods(ban, deed("force", 5)) == [{"fulfilled"}, {"violated"}, {"fulfilled"}, {"holding"}]
    assert statuses({"c": duty | {"from": "2025-10-20"}}) == {KEY: {"dormant"}}
    # counted by the period
    twice = duty | {"at_least": {"n": 2}}
    assert periods(twice, deed("pay", 2), deed("pay", 5), deed("pay", 6))[:2] == [{"violated"}, {"fulfilled"}]


def test_three_substitutes_deep() -> None:
    # §5 "a substitute that was itself cured by its own `otherwise` counts as done", as deep as it goes
    third = {"must": {"act": "establish"}, "within": "P1D"}
    second = {"must": {"act": "deliver"}, "within": "P1D", "otherwise": third}
    first = {"must": {"act": "talk"}, "within": "P1D", "otherwise": second}
    duty = {"binds": ["PAK"], "must": {"act": "pay"}, "by": "2025-10-04", "otherwise": first}
    made = agreement({"c": duty})
    for day, done, cured in ((7, {"fulfilled"}, {True}), (8, {"violated"}, {False})):
        found = examine(made, numbered(deed("establish", day)), "neutral", "2025-10-10", "2025-10-10")
        assert found[KEY].cured == cured
        deepest = next(key for key in found if key[0] == "c.otherwise.otherwise.otherwise")
        assert found[deepest].statuses == done
