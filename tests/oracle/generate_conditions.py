"""A draft comes in; states that are kept or waited for, exemptions, permissions and counting as are laid over it."""

from .choices import CLOSING, DEEDS, FORCE, OPENING, PARTIES, PLACE_NAMES, SIGNALS, Written, day, days
from .generate_clauses import substitute, window
from .generate_draft import DUTIES, Draft


class Conditions(Draft):
    """Themes about when a clause applies, and to what."""

    def keeping(self) -> None:
        c = self.c
        written: Written = {"binds": c.one([["PAK"], ["AFG"], PARTIES])}
        if c.chance(50):
            kept: Written = {"started": self.switch(OPENING), "stopped": self.switch(CLOSING)}
            if c.chance(85):
                kept["initially"] = c.one(["on", "on", "on", "off"])
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
        key = c.one([None, None, "place", "sector", "target"])
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

    def releases(self) -> None:
        c = self.c
        if c.chance(40):
            self.add("timed", self.timed())
        written = c.one(list(self.duties().values()))
        pattern: Written = {"act": c.one([*FORCE, *DEEDS[:2]])}
        if "must_not" in written and c.chance(80):
            pattern["act"] = written["must_not"]["act"]
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
        name = c.one(names)
        pattern: Written = {"act": self.clauses[name]["must_not"]["act"] if c.chance(75) else c.one(FORCE)}
        if c.chance(60):
            pattern[c.one(["actor", "target"])] = c.one(["$bearer", "PAK", "AFG"])
        if c.chance(25):
            pattern["place"] = c.one(PLACE_NAMES[:2])
        written: Written = {"binds": c.one([["PAK"], ["AFG"], PARTIES]), "may": pattern, "shields": [name]}
        if c.chance(35):
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
