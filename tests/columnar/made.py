"""A seed comes in; an agreement and many simple reports, with some that are not, go out: what columns are made for."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from oracle.generate import GeneratedCase

_START = dt.datetime(2025, 3, 28, tzinfo=dt.UTC)  # clocks change in Berlin two days later
_ACTS = (
    "force.attack",
    "force.attack.raid",
    "force",
    "demand",
    "talk",
    "talk.meet",
    "pay",
    "declare.on",
    "declare.off",
)
_PLACES = ("Chaman", "Quetta", "Balochistan", "Kabul", "Herat")


def bulk_case(seed: int) -> GeneratedCase:
    """An agreement with clauses of the two shapes, and others, and reports of half a minute to two weeks."""
    dice = random.Random(seed)
    span = dice.choice((30, 3_600, 14 * 86_400))
    return _agreement(dice, span), _reports(dice, span), *_view(dice, span)


def _view(dice: random.Random, span: int) -> tuple[str, str, str]:
    at = dice.choice((span // 2, span, span + dice.randrange(1, 2 * 86_400)))
    known = dice.choice((at, span, span + 10 * 86_400))
    as_of = _when(at) if dice.random() < 0.7 else _when(at)[:10]
    return dice.choice(("neutral", "account of PAK", "monitors")), as_of, _when(max(known, span // 3))


def _when(second: float) -> str:
    return (_START + dt.timedelta(seconds=second)).isoformat().replace("+00:00", "Z")


def _agreement(dice: random.Random, span: int) -> dict[str, Any]:
    clauses: dict[str, Any] = {}
    for number in range(dice.randint(1, 4)):
        clauses[f"c{number}"] = dice.choice((_prohibition, _prohibition, _deadline, _deadline, _other))(dice, span)
    if dice.random() < 0.1:
        clauses["watching"] = {"binds": ["MVM"], "when": {"violated": "c0"}, "must": {"act": "talk"}, "within": "P1D"}
    if dice.random() < 0.1:
        clauses["power"] = {"can": {"act": "declare.off"}, "effect": {"terminate": ["c0"]}}
    return {
        "servanda": 1,
        "agreement": "made",
        "timezone": dice.choice(("UTC", "Europe/Berlin", "Asia/Karachi")),
        "term": {
            "from": dice.choice(("2025-03-01", "2025-03-28T00:00:10Z")),
            "until": dice.choice(("open", _when(span * 0.8))),
        },
        "actors": {
            "PAK": {"role": "party", "aliases": ["Islamabad"]},
            "AFG": {"role": "party"},
            "TTP": {"role": "group", "part_of": "AFG"} if dice.random() < 0.3 else {"role": "group"},
            "MVM": {"role": "body"},
        },
        "sources": {"pak-a": {"speaks_for": "PAK"}, "monitor": {"kind": "monitor"}},
        "places": {"Chaman": {"in": "Balochistan"}, "Quetta": {"in": "Balochistan"}} if dice.random() < 0.3 else {},
        "evidence": {"grace": dice.choice(("P0D", "PT5S", "P1D"))},
        "states": {
            "on": {
                "key": dice.choice(("place", "object", "target")),
                "starts": {"act": "declare.on"},
                "stops": {"act": "declare.off"},
                "initially": dice.choice(("on", "off")),
            }
        },
        "clauses": clauses,
    }


def _length(dice: random.Random, span: int) -> str:
    return dice.choice((f"PT{max(span // 10, 1)}S", f"PT{max(span // 4, 1)}S", "P1D", "PT36H"))


def _prohibition(dice: random.Random, span: int) -> dict[str, Any]:
    clause: dict[str, Any] = {"binds": dice.choice((["PAK"], ["PAK", "AFG"])), "must_not": {"act": "force.attack"}}
    if dice.random() < 0.3:
        clause["must_not"]["target"] = dice.choice(("$other", "AFG", "TTP"))
    if dice.random() < 0.3:
        clause["must_not"][dice.choice(("place", "object", "kind"))] = dice.choice(("Chaman", "1", "x"))
    if dice.random() < 0.4:
        clause["while"] = {
            "state": "on",
            "key": dice.choice(("place", "place", "object", "target")),
            "is": dice.choice(("on", "on", "off")),
        }
    if dice.random() < 0.2:
        clause["joint"] = True
    if dice.random() < 0.3:
        clause["until"] = _when(span * dice.random())
    if dice.random() < 0.2:
        clause["from"] = _when(span * dice.random() / 2)
    return clause


def _deadline(dice: random.Random, span: int) -> dict[str, Any]:
    clause: dict[str, Any] = {
        "binds": dice.choice((["AFG"], ["PAK", "AFG"])),
        "when": dice.choice(
            ({"act": "demand"}, {"act": "demand", "target": "$bearer"}, [{"act": "demand"}, {"act": "talk.meet"}])
        ),
        "must": {"act": dice.choice(("pay", "talk", "demand"))},
        "within": _length(dice, span),
    }
    if dice.random() < 0.8:
        field = dice.choice(("object", "object", "object", "place", "target"))
        clause["must"][field] = f"$trigger.{dice.choice((field, field, 'object'))}"
    if dice.random() < 0.2:
        clause["by"] = _when(span * dice.random())
    if dice.random() < 0.2:
        clause["until"] = _when(span * dice.random())
    if dice.random() < 0.2:
        clause["grace"] = dice.choice(("PT1S", "P1D"))
    if dice.random() < 0.2:
        clause["joint"] = True
    return clause


def _other(dice: random.Random, span: int) -> dict[str, Any]:
    return dice.choice(
        (
            {"binds": ["PAK"], "must": {"act": "pay"}, "by": _when(span / 2)},
            {"binds": ["PAK"], "must_not": {"act": "force.attack"}, "at_most": {"n": 2, "in": "PT1H"}},
            {"binds": ["AFG"], "must": {"act": "pay"}, "every": "P1D"},
            {"binds": ["PAK"], "must_not": {"act": "force"}, "unless": {"act": "force.attack.raid"}},
            {
                "binds": ["PAK"],
                "must_not": {"act": "force.attack"},
                "otherwise": {"must": {"act": "pay"}, "within": "PT1H"},
            },
            {"binds": ["PAK"], "must_keep": {"started": {"act": "declare.on"}, "stopped": {"act": "declare.off"}}},
        )
    )


def _reports(dice: random.Random, span: int) -> list[dict[str, Any]]:
    reports: list[dict[str, Any]] = []
    untidy = dice.choice((0.0, 0.0, 0.02, 0.2))  # how many reports are of some other kind
    things = dice.choice((3, 20, 200))
    for number in range(dice.choice((0, 5, 60, 200))):
        second = dice.randrange(span) if span < 100 or dice.random() < 0.8 else dice.randrange(span // 20) * 20
        made = {
            "id": f"r{number}",
            "source": dice.choice(("feed", "pak-a", "monitor")),
            "reported": _when(second + dice.choice((0, 0, 1, 30))),
            "act": dice.choice(_ACTS),
            "actor": dice.choice(("PAK", "AFG", "AFG", "TTP")),
            "occurred": _when(second),
            "object": str(dice.randrange(things)),
        }
        if dice.random() < 0.5:
            made["place"] = dice.choice(_PLACES)
        if dice.random() < 0.5:
            made["target"] = dice.choice(("PAK", "AFG", "TTP"))
        if dice.random() < 0.2:
            made["kind"] = dice.choice(("x", "y"))
        if dice.random() < untidy:
            dice.choice(_UNTIDY)(made, dice, reports, second)
        reports.append(made)
    dice.shuffle(reports)
    return reports


Made = dict[str, Any]


def _day(made: Made, *_: object) -> None:
    made["occurred"] = made["occurred"][:10]


def _local(made: Made, *_: object) -> None:
    made["occurred"] = made["occurred"][:16]


def _offset(made: Made, *_: object) -> None:
    made["reported"] = made["reported"].replace("Z", "+05:00")


def _fraction(made: Made, *_: object) -> None:
    made["occurred"] = made["occurred"].replace("Z", ".250Z")


def _undated(made: Made, *_: object) -> None:
    del made["occurred"]


def _vague(made: Made, dice: random.Random, *_: object) -> None:
    made.pop(dice.choice(("act", "actor", "object", "place")), None)


def _several(made: Made, dice: random.Random, *_: object) -> None:
    made["actor"] = ["PAK", dice.choice(("AFG", "TTP"))]


def _alias(made: Made, *_: object) -> None:
    made["actor"] = "Islamabad"


def _slip(made: Made, *_: object) -> None:
    made["actor"] = "PAKK"


def _early(made: Made, _: object, __: object, second: int) -> None:
    made["reported"] = _when(second - 5)


def _of(made: Made, dice: random.Random, reports: list[Made], _: int) -> None:
    if not reports:
        return
    target = dice.choice(reports)
    made |= {
        "says": dice.choice(("denies", "confirms", "corrects", "retracts")),
        "of": target["id"],
        "source": target["source"],
    }
    if made["says"] != "corrects":
        for name in ("act", "actor", "object", "place", "target", "occurred", "kind"):
            made.pop(name, None)


def _same_incident(made: Made, dice: random.Random, reports: list[Made], _: int) -> None:
    made["incident"] = dice.choice([one["id"] for one in reports] or ["i1"]) if dice.random() < 0.7 else "i1"


def _named_incident(made: Made, *_: object) -> None:
    made["incident"] = f"i-{made['id']}"


def _twice(made: Made, dice: random.Random, reports: list[Made], _: int) -> None:
    if reports:
        made["id"] = dice.choice(reports)["id"]


def _strange(made: Made, dice: random.Random, *_: object) -> None:
    made["id"] += dice.choice(("'", '"', "ü", ",", "!", " x", "\\"))


def _routed(made: Made, dice: random.Random, *_: object) -> None:
    made["agreement"] = dice.choice(("made", "another"))


def _wrong(made: Made, dice: random.Random, *_: object) -> None:
    made[dice.choice(("act", "reported", "occurred", "source", "quantity"))] = dice.choice(
        ("", "nonsense", 5, None, True)
    )


_UNTIDY = (
    _day, _day, _local, _offset, _fraction, _undated, _vague, _several, _alias, _slip, _early, _of, _of,
    _same_incident, _named_incident, _twice, _strange, _routed, _wrong,
)  # fmt: skip
