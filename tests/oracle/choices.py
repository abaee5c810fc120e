"""A seed, or Hypothesis's `draw`, comes in; decisions, and the words that cases are made of, go out."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Agreement = dict[str, Any]
Report = dict[str, Any]
Written = dict[str, Any]

FIRST = date(2025, 10, 1)
PARTIES = ["PAK", "AFG"]
ACTORS: Written = {
    "PAK": {"role": "party", "aliases": ["Islamabad"]},
    "AFG": {"role": "party"},
    "TTP": {"role": "group", "part_of": "AFG"},
    "MVM": {"role": "body"},
    "TUR": {"role": "mediator"},
}
SOURCES: Written = {
    "pak-a": {"speaks_for": "PAK"},
    "pak-b": {"speaks_for": "PAK"},
    "afg-a": {"speaks_for": "AFG"},
    "ttp-a": {"speaks_for": "TTP"},
    "tur-a": {"speaks_for": "TUR"},
    "monitor": {"kind": "monitor"},
    "press": {"kind": "media"},
}
PLACES: Written = {"Chaman": {"in": "Balochistan"}, "Quetta": {"in": "Balochistan"}}
PLACE_NAMES = ["Chaman", "Balochistan", "Quetta", "Kandahar"]
FORCE = ["force.attack", "force", "force.attack.airstrike"]
DEEDS = ["talk.meet", "pay", "deliver", "establish", "sanction", "talk"]
SECTORS = ["north", "south"]
OPENING, CLOSING = "access.grant", "access.deny"
NOTICES = ["notify.end", "notify.pause", "notify.resume"]
SIGNALS = ["signal", "signal.flare"]
VIEWS = ["neutral", "account of PAK", "account of AFG", "mediators", "monitors", "press first"]


class Choices(Protocol):
    """Where the generator takes its decisions from."""

    def one(self, options: Sequence[T]) -> T: ...
    def chance(self, percent: int) -> bool: ...
    def int(self, low: int, high: int) -> int: ...


class Seeded:
    """Choices from a seed: fast, and a case is named by its number."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def one(self, options: Sequence[T]) -> T:
        return options[int(self.random.random() * len(options))]

    def chance(self, percent: int) -> bool:
        return self.random.random() * 100 < percent

    def int(self, low: int, high: int) -> int:
        return low + int(self.random.random() * (high - low + 1))


class Drawn:
    """Choices drawn by Hypothesis; what is less plain lies at the larger numbers."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def one(self, options: Sequence[T]) -> T:
        return self.draw(st.sampled_from(options))

    def chance(self, percent: int) -> bool:
        return self.draw(st.integers(0, 99)) >= 100 - percent

    def int(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def days(number: int) -> str:
    return f"P{number}D"
