"""Choices and an agreement in the making come in; a theme of the clause language is laid over its clauses."""

from dataclasses import dataclass
from typing import Any

from .choices import (
    CLOSING,
    DEEDS,
    FORCE,
    NOTICES,
    OPENING,
    PARTIES,
    PLACE_NAMES,
    SECTORS,
    SIGNALS,
    Choices,
    Written,
    day,
    days,
)
from .generate_clauses import fulfilment_is_plain, prohibition, status_trigger, substitute, window

THEMES = [
    "keeping",
    "keeping",
    "suspending_states",
    "suspending_states",
    "releases",
    "permissions",
    "ending_powers",
    "ending_powers",
    "suspending_powers",
    "suspending_powers",
    "extension",
    "amendment",
    "amendment",
    "counting",
    "counting",
    "rates",
    "periods",
    "periods",
    "constitution",
]
DUTIES = ("must", "must_not", "must_keep")


@dataclass
class Draft:
    """An agreement in the making: each method adds one part of the language."""

    c: Choices
    clauses: dict[str, Written]
    states: dict[str, Written]
    term: Written

    def add(self, name: str, written: Written) -> None:
        while name in self.clauses:
            name += "2"
        self.clauses[name] = written

    def duties(self) -> dict[str, Written]:
        return {name: w for name, w in self.clauses.items() if any(kind in w for kind in DUTIES)}

    def prohibitions(self) -> list[str]:
        """The prohibitions there are; one is made where there is none."""
        if not any("must_not" in w for w in self.clauses.values()):
            written: Written = {"binds": list(PARTIES)}
            prohibition(self.c, written, reads=False)
            self.add("forbidden", written)
        return [name for name, w in self.clauses.items() if "must_not" in w]

    def timed(self) -> Written:
        """A duty, dated most of the time, for what stops or moves deadlines."""
        c = self.c
        written: Written = {"binds": c.one([["PAK"], PARTIES]), "must": {"act": c.one(DEEDS[:3])}}
        if c.chance(30):
            written["when"] = {"act": c.one(["deliver", "force.attack"])}
        if c.chance(90):
            limits = {"within": days(c.int(3, 8)), "by": day(c.int(5, 10))}
            limit = c.one(list(limits))
            written[limit] = limits[limit]
        if c.chance(20):
            written["otherwise"] = substitute(c, deeper=1)
        return written

    def some(self, names: list[str]) -> Any:
        c = self.c
        if c.chance(30):
            return "all"
        name = c.one(names)
        if "otherwise" in self.clauses[name] and c.chance(25):
            return [name, f"{name}.otherwise"] if c.chance(60) else [f"{name}.otherwise"]
        return [name] if c.chance(75) else sorted({name, c.one(names)})

    # -- states --------------------------------------------------------------------------------

    def switch(self, act: str) -> Written:
        """What switches a state, with a test now and then that leaves it open."""
        c = self.c
        pattern: Written = {"act": act if c.chance(85) else c.one(DEEDS[:3])}
        if c.chance(20):
            pattern[c.one(["actor", "target"])] = c.one([*PARTIES, {"not": "TUR"}])
        if c.chance(10):
            pattern["quantity"] = {"gte": 5}
        if c.chance(8):
            pattern["sector"] = c.one([*SECTORS, {"exists": True}])
        return pattern

    def state(self, key: str | None) -> str:
        c = self.c
        written: Written = {"starts": self.switch(OPENING), "stops": self.switch(CLOSING)}
        if key:
            written["key"] = key
        if c.chance(60):
            written["initially"] = c.one(["on", "on", "off"])
        name = f"s{len(self.states) + 1}"
        self.states[name] = written
        return name

    def value(self, key: str) -> str:
        c = self.c
        return c.one({"place": PLACE_NAMES[:2], "sector": SECTORS, "target": [*PARTIES, "TTP"], "object": ["aid"]}[key])

    def keeping(self) -> None:
        c = self.c
        written: Written = {"binds": c.one([["PAK"], ["AFG"], PARTIES])}
        if c.chance(50):
            kept: Written = {"started": self.switch(OPENING), "stopped": self.switch(CLOSING)}
            if c.chance(70):
                kept["initially"] = c.one(["on", "on", "off"])
        else:
            key = c.one([None, "place", "place", "target", "sector"])
            kept = {"state": self.state(key)}
            if key:
                kept["key"] = self.value(key)
        written["must_keep"] = kept
        if len(written["binds"]) > 1 and c.chance(30):
            written["joint"] = True
        if c.chance(25):
            written["when"] = {"act": c.one(["deliver", "pay", "force.attack"])}
        elif c.chance(15):
            written["every"] = days(c.int(4, 6))
        if "every" not in written:
            window(c, written)
        if c.chance(15):
            written["unless"] = {"act": CLOSING, c.one(["place", "actor"]): c.one(["Chaman", "PAK"])}
        if c.chance(20):
            written["otherwise"] = substitute(c, deeper=1)
        self.add("keep", written)

    def suspending_states(self) -> None:
        """A `while` on what there is, or on a duty of its own."""
        c = self.c
        if c.chance(50):
            self.add("timed", self.timed())
        written = c.one(list(self.duties().values()))
        key = c.one([None, None, None, "place", "sector", "target"])
        condition: Written = {"state": self.state(key)}
        if key:
            condition["key"] = key
            if key in ("place", "sector") and key not in str(written):
                kind = next(kind for kind in DUTIES if kind in written)
                if kind != "must_keep":
                    written[kind][key] = "any"
        if c.chance(40):
            condition["is"] = c.one(["off", "off", "on"])
        written["while"] = condition

    # -- exemptions, releases, permissions, what counts as what --------------------------------

    def releases(self) -> None:
        c = self.c
        if c.chance(40):
            self.add("timed", self.timed())
        written = c.one(list(self.duties().values()))
        pattern: Written = {"act": c.one(FORCE if "must_not" in written or c.chance(40) else DEEDS)}
        if "must_not" in written or c.chance(30):
            pattern[c.one(["actor", "target", "place"])] = c.one(["$bearer", "PAK", "AFG"])
            if "place" in pattern:
                pattern["place"] = c.one(PLACE_NAMES[:2])
        if c.chance(15):
            pattern["quantity"] = {"lt": 5}
        written["unless"] = pattern

    def permissions(self) -> None:
        c = self.c
        names = self.prohibitions()
        pattern: Written = {"act": c.one(FORCE)}
        if c.chance(75):
            pattern[c.one(["actor", "target"])] = c.one(["$bearer", "PAK", "AFG"])
        if c.chance(25):
            pattern["place"] = c.one(PLACE_NAMES[:2])
        written: Written = {"binds": c.one([["PAK"], ["AFG"], PARTIES]), "may": pattern, "shields": [c.one(names)]}
        if c.chance(50):
            written["when"] = {"violated": c.one(names)} if c.chance(40) else {"act": c.one(["deliver", "pay"])}
            written["within"] = days(c.int(2, 6))
        if c.chance(25):
            written["from"] = day(c.int(1, 6))
        if c.chance(35):
            written["until"] = day(c.int(5, 11))
        if c.chance(12):
            written["while"] = {"state": self.state(None)}
        self.add("allowed", written)
        if c.chance(25):
            self.power({c.one(["terminate", "suspend"]): ["allowed"] if c.chance(60) else "all"})

    def constitution(self) -> None:
        c = self.c
        name = c.one(list(self.duties()))
        written = self.duties()[name]
        kind = next(kind for kind in DUTIES if kind in written)
        asked = written[kind].get("act", CLOSING) if kind != "must_keep" else CLOSING
        pattern: Written = {"act": "signal"}
        if c.chance(40):
            pattern[c.one(["actor", "target"])] = c.one(["PAK", "AFG", "$bearer"])
        counting: Written = {"binds": list(PARTIES), "counts_as": {"pattern": pattern, "act": asked}}
        if c.chance(25):
            counting["until"] = day(c.int(6, 10))
        if c.chance(20):
            counting["from"] = day(c.int(1, 5))
        self.add("counting", counting)
        if c.chance(40):
            deeper = {"pattern": {"act": "rumour"}, "act": c.one(SIGNALS)}
            self.add("chain", {"binds": ["PAK"], "counts_as": deeper})

    # -- powers --------------------------------------------------------------------------------

    def power(self, effect: Written, act: str | None = None) -> None:
        c = self.c
        pattern: Written = {"act": act or c.one(NOTICES)}
        if c.chance(40):
            pattern[c.one(["actor", "target"])] = c.one(["$bearer", "PAK", "AFG"])
        if c.chance(10):
            pattern["quantity"] = {"gte": 5}
        written: Written = {"binds": c.one([["PAK"], PARTIES, ["MVM"]]), "can": pattern, "effect": effect}
        if c.chance(20) and "actor" not in pattern:
            written["consents"] = list(PARTIES)
        if c.chance(15):
            duties = self.duties()
            violated = {"violated": c.one(list(duties))} if duties and c.chance(60) else None
            written["when"] = violated or {"act": c.one(["deliver", "pay"])}
            if c.chance(50):
                written["within"] = days(c.int(2, 6))
        if c.chance(12):
            written["from"] = day(c.int(1, 5))
        if c.chance(12):
            written["until"] = day(c.int(5, 8))
        if c.chance(8):
            written["while"] = {"state": self.state(None)}
        self.add("power", written)

    def ending_powers(self) -> None:
        c = self.c
        if c.chance(40):
            self.add("timed", self.timed())
        self.power({c.one(["terminate", "waive"]): self.some(list(self.duties()))}, "notify.end")

    def suspending_powers(self) -> None:
        c = self.c
        if c.chance(60):
            self.add("timed", self.timed())
        names = self.some(list(self.duties()))
        self.power({"suspend": names}, "notify.pause")
        if c.chance(75):
            self.power({"resume": names if c.chance(70) else "all"}, "notify.resume")

    def extension(self) -> None:
        c = self.c
        if self.term["until"] == "open":
            self.term["until"] = day(c.int(6, 10))
        self.power({"extend": days(c.int(2, 5))}, "agree")
        if c.chance(50):
            written = c.one(list(self.duties().values()))
            for key in ("until", "by", "within", "on"):
                written.pop(key, None)

    def amendment(self) -> None:
        c = self.c
        if c.chance(50):
            self.add("timed", self.timed())
        name = c.one(list(self.duties()))
        written = self.clauses[name]
        options: list[Written] = [{"by": day(c.int(6, 13))}, {"until": day(c.int(6, 13))}]
        if "every" in written:  # what an amended date does to a period is left open
            options = [{"unless": {"act": c.one(DEEDS)}}]
        if "must" in written:
            options += [{"must": {"act": c.one(DEEDS)}}, {"within": days(c.int(2, 8))}, {"grace": days(c.int(0, 3))}]
        if "must_not" in written:
            options += [{"must_not": {"act": c.one(FORCE)}}, {"unless": {"act": c.one(FORCE)}}]
        self.power({"amend": {name: c.one(options)}}, "agree")

    # -- counting ------------------------------------------------------------------------------

    def counting(self) -> None:
        c = self.c
        written: Written = {"binds": c.one([["PAK"], ["AFG"], PARTIES])}
        if c.chance(45):
            written["must_not"] = {"act": c.one(FORCE[:2])}
            written["at_most"] = {"n": c.one([1, 1, 2, 0])}
            if c.chance(70):
                written["at_most"]["in"] = days(c.int(1, 5))
            window(c, written)
        else:
            written["must"] = {"act": c.one(["pay", "deliver"])}
            limits = {"within": days(c.int(4, 9)), "by": day(c.int(4, 11))}
            limit = c.one(list(limits))
            written[limit] = limits[limit]
            if c.chance(55):
                written["at_least"] = {"n": c.one([2, 2, 3])}
                if c.chance(45):
                    written["at_least"]["distinct"] = c.one(["place", "sector", "target", "object"])
            if "at_least" not in written or c.chance(15):
                written["quantity"] = {"reach": c.one([5, 8, 10])}
        if c.chance(20):
            written["when"] = {"act": c.one(["talk.meet", "establish"])}
        if c.chance(20):
            written["otherwise"] = substitute(c, deeper=1)
        self.add("counted", written)

    def rates(self) -> None:
        c = self.c
        begins = c.int(3, 5)
        written: Written = {
            "binds": c.one([["PAK"], PARTIES]),
            "must_not": {"act": c.one(FORCE[:2])},
            "from": day(begins),
            "rate": {
                "in": days(c.int(2, 5)),
                "exceeds": c.one([1.0, 0.5, 2]),
                "baseline": {"from": day(c.int(0, 1)), "until": day(begins - 1)},
            },
        }
        if c.chance(30):
            written["until"] = day(c.int(8, 12))
        self.add("rate", written)

    def periods(self) -> None:
        c = self.c
        written: Written = {"binds": c.one([["PAK"], ["AFG"], PARTIES]), "every": days(c.int(3, 6))}
        if c.chance(60):
            written["must"] = {"act": c.one(DEEDS[:3])}
            if c.chance(25):
                written["within"] = days(c.int(1, 3))
            if c.chance(25):
                written["at_least"] = {"n": 2}
            elif c.chance(20):
                written["quantity"] = {"reach": 8}
        else:
            written["must_not"] = {"act": c.one(FORCE)}
            if c.chance(30):
                written["at_most"] = {"n": 1}
        if c.chance(20):
            written["from"] = day(c.int(0, 3))
        if c.chance(25):
            written["until"] = day(c.int(6, 12))
        plain = [name for name, other in self.duties().items() if fulfilment_is_plain(other)]
        if plain and "at_most" not in written and c.chance(20):
            written["requires"] = {"fulfilled": c.one(plain)}
        if c.chance(25):
            written["otherwise"] = substitute(c, deeper=1)
        self.add("periodic", written)
        if c.chance(25):
            when = status_trigger(c, {"periodic": written})
            self.add(
                "answer", {"binds": ["MVM"], "when": when, "must": {"act": "sanction"}, "within": days(c.int(1, 5))}
            )
