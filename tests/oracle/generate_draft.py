"""Choices come in; an agreement in the making goes out, with the parts that several themes need."""

from dataclasses import dataclass
from typing import Any

from .choices import CLOSING, DEEDS, NOTICES, OPENING, PARTIES, PLACE_NAMES, SECTORS, Choices, Written, day, days
from .generate_clauses import prohibition, substitute

DUTIES = ("must", "must_not", "must_keep")


@dataclass
class Draft:
    """An agreement in the making."""

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
        if c.chance(75):
            written["initially"] = c.one(["on", "on", "on", "off"])
        name = f"s{len(self.states) + 1}"
        self.states[name] = written
        return name

    def value(self, key: str) -> str:
        c = self.c
        return c.one({"place": PLACE_NAMES[:2], "sector": SECTORS, "target": [*PARTIES, "TTP"], "object": ["aid"]}[key])

    def power(self, effect: Written, act: str | None = None) -> None:
        c = self.c
        pattern: Written = {"act": act or c.one(NOTICES)}
        if c.chance(25):
            pattern[c.one(["actor", "target"])] = c.one(["PAK", "AFG"])
        if c.chance(10):
            pattern["quantity"] = {"gte": 5}
        written: Written = {"binds": c.one([["PAK"], PARTIES, ["MVM"]]), "can": pattern, "effect": effect}
        if c.chance(30) and "actor" not in pattern:
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
