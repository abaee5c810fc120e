"""A draft comes in; powers, counting and periods are laid over it, so that every form of the language is there."""

from .choices import DEEDS, FORCE, PARTIES, Written, day, days
from .generate_clauses import fulfilment_is_plain, status_trigger, substitute, window
from .generate_conditions import Conditions

WEIGHTS = {
    "keeping": 4,
    "suspending_states": 4,
    "releases": 3,
    "permissions": 4,
    "ending_powers": 3,
    "suspending_powers": 3,
    "extension": 2,
    "amendment": 3,
    "counting": 4,
    "rates": 1,
    "periods": 2,
    "constitution": 2,
}
THEMES = [theme for theme, weight in WEIGHTS.items() for _ in range(weight)]


class Language(Conditions):
    """All themes: each method adds one part of the language."""

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
