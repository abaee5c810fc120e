"""Choices and the clauses of an agreement come in; reports, as JSON would give them, go out."""

from typing import Any

from .choices import DEEDS, FORCE, PARTIES, PLACE_NAMES, SECTORS, SOURCES, Agreement, Choices, Report, Written, day
from .generate_aims import aims


class History:
    """Reports in the making: incidents that aim at what the clauses ask, seen by quarrelling sources."""

    def __init__(self, c: Choices, agreement: Agreement) -> None:
        self.c = c
        self.plain, self.special = aims(agreement)
        self.counted = any({"at_most", "at_least", "quantity", "rate"} & set(w) for w in agreement["clauses"].values())
        self.reports: list[Report] = []
        self.day: dict[str, int] = {}

    def make(self) -> list[Report]:
        c = self.c
        if c.chance(6):
            return []
        count = c.int(2, 5) if self.counted else c.int(1, 4) if not self.special else c.one([2, 3, 3, 4, 4])
        for number in range(count):
            self.incident(f"i{number + 1}")
        for _ in range(c.int(0, max(0, 7 - len(self.reports)))):
            self.reply()
        return self.reports

    def report(self, on: int, **content: Any) -> Report:
        """A report some days after `on`, kept under the next id."""
        c = self.c
        clock = c.one(["", "T06:00:00Z", "T12:00:00Z", "T18:00:00Z"])
        made = {
            "id": f"r{len(self.reports) + 1}",
            "source": c.one(list(SOURCES)),
            "reported": day(on) + clock,
            **content,
        }
        if c.chance(10):
            made["claimant"] = c.one(list(SOURCES))
        self.day[made["id"]] = on
        self.reports.append(made)
        return made

    def incident(self, name: str) -> None:
        c = self.c
        body = self.body()
        on = c.int(1, 13)
        occurred = self.occurred(on)
        if occurred is not None:
            body["occurred"] = occurred
        named = {"incident": name} if c.chance(80) else {}
        self.report(on + c.one([0, 0, 1, 1, 3]), **named, **body)

    def occurred(self, on: int) -> str | None:
        c = self.c
        if c.chance(8):
            return None
        if c.chance(22):
            return f"{day(on)}/{day(on + c.int(1, 3))}"
        return day(on) + "T12:00:00Z" if c.chance(8) else day(on)

    def body(self) -> Written:
        """What a clause asks for, most of the time, with something amiss now and then."""
        c = self.c
        bearers, pattern = c.one(self.special if self.special and c.chance(75) else self.plain)
        act = pattern["act"]
        if isinstance(act, list):
            act = c.one(act)
        body: Written = {
            "act": act,
            "actor": self.fitting(pattern.get("actor", "$bearer"), bearers),
            "target": self.fitting(pattern.get("target", "$other"), bearers),
        }
        if "place" in pattern or c.chance(20):
            body["place"] = c.one(PLACE_NAMES)
        if "quantity" in pattern or c.chance(5):
            body["quantity"] = c.one([5, 3, 7, {"low": 3, "high": 6}, {"low": 5, "high": 9}])
        if "sector" in pattern or c.chance(10):
            body["sector"] = c.one(SECTORS)
        if "object" in pattern:
            body["object"] = c.one(["aid", "arms"])
        if c.chance(10):
            body["act"] = act.rpartition(".")[0] or act
        if c.chance(8):
            body["act"] = c.one([*FORCE, *DEEDS])
        for field in list(body):
            if c.chance(6):
                del body[field]
        return body

    def fitting(self, asked: Any, bearers: tuple[str, ...]) -> Any:
        c = self.c
        if c.chance(10):
            return c.one([*PARTIES, "TTP", PARTIES, "TUR", "Islamabad"])
        if asked == "$all":
            return list(PARTIES)
        if asked in ("$bearer", "any"):
            actor = c.one(list(bearers))
            return "TTP" if actor == "AFG" and c.chance(20) else actor
        if isinstance(asked, str) and not asked.startswith("$"):
            return asked
        return c.one([p for p in PARTIES if (p,) != bearers])

    # -- what is said about what was said ----------------------------------------------------

    def reply(self) -> None:
        c = self.c
        earlier = c.one(self.reports)
        on = self.day[earlier["id"]] + c.one([0, 1, 2, 4, -1])  # before the other is known, it waits
        says = earlier.get("says", "asserts")
        kinds = {
            "asserts": [
                "again",
                "again",
                "differs",
                "denies",
                "denies",
                "confirms",
                "corrects",
                "retracts",
                "twin",
            ],
            "confirms": ["retracts", "denies", "confirms"],
            "denies": ["retracts", "confirms"],
            "corrects": ["retracts", "corrects"],
            "retracts": ["retracts"],
        }[says]
        if says == "corrects" and any(r.get("of") == earlier["id"] for r in self.reports):
            return  # what happens to a correction whose own target goes is not said
        getattr(self, c.one(kinds))(earlier, on)

    def again(self, earlier: Report, on: int) -> None:
        """Another word on the same incident that may leave something out, or know it finer or coarser."""
        c = self.c
        body = self.body_of(earlier)
        for field in list(body):
            if c.chance(12):
                del body[field]
        if body.get("act", "").startswith("force") and c.chance(25):
            body["act"] = c.one(FORCE)
        if "place" in body and c.chance(30):
            body["place"] = c.one(["Balochistan", "Chaman"])
        if body.get("actor") == "AFG" and c.chance(25):
            body["actor"] = "TTP"
        if "occurred" in body and c.chance(25):
            body["occurred"] = self.occurred(max(1, on - 2)) or day(on)
        if "quantity" in body and c.chance(40):
            body["quantity"] = {"low": 4, "high": 8}
        if "sector" in body and c.chance(30):
            body["sector"] = c.one(SECTORS)
        self.report(on, incident=self.incident_of(earlier), **body)

    def differs(self, earlier: Report, on: int) -> None:
        c = self.c
        body = self.body_of(earlier)
        field = c.one(["actor", "act", "target", "place"])
        body[field] = {
            "actor": c.one([*PARTIES, "TTP"]),
            "act": c.one([*FORCE, *DEEDS]),
            "target": c.one(PARTIES),
            "place": c.one(PLACE_NAMES),
        }[field]
        self.report(on, incident=self.incident_of(earlier), **body)

    def denies(self, earlier: Report, on: int) -> None:
        c = self.c
        of = self.incident_of(earlier) if c.chance(40) else earlier["id"]
        made = self.report(on, says="denies", of=of)
        if c.chance(15):  # and says otherwise instead
            body = self.body_of(earlier)
            body["actor"] = c.one([*PARTIES, "TTP"])
            other = self.report(on, incident=self.incident_of(earlier), **body)
            other["source"] = made["source"]

    def confirms(self, earlier: Report, on: int) -> None:
        self.report(on, says="confirms", of=earlier["id"])

    def corrects(self, earlier: Report, on: int) -> None:
        c = self.c
        field = c.one(["actor", "target", "occurred", "act", "quantity", "place", "sector"])
        value = {
            "actor": c.one([*PARTIES, None]),
            "target": c.one([*PARTIES, None]),
            "occurred": self.occurred(max(1, on - 2)),
            "act": c.one([*FORCE, *DEEDS]),
            "quantity": c.one([4, 6, None]),
            "place": c.one([*PLACE_NAMES, None]),
            "sector": c.one([*SECTORS, None]),
        }[field]
        self.own(self.report(on, says="corrects", of=earlier["id"], **{field: value}), earlier)

    def retracts(self, earlier: Report, on: int) -> None:
        self.own(self.report(on, says="retracts", of=earlier["id"]), earlier)

    def own(self, made: Report, earlier: Report) -> None:
        """By its own claimant, nearly always."""
        if not self.c.chance(8):
            made.pop("claimant", None)
            made["source"] = earlier.get("claimant") or earlier["source"]

    def twin(self, earlier: Report, on: int) -> None:
        """The same id again, with the same content or another."""
        c = self.c
        copy = dict(earlier)
        if c.chance(60):
            copy["reported"] = c.one([day(on) + "T09:00:00Z", copy["reported"]])
            copy["actor"] = c.one(PARTIES)
        self.reports.append(copy)

    def body_of(self, report: Report) -> Written:
        envelope = ("id", "source", "claimant", "reported", "incident", "says", "of")
        return {k: v for k, v in report.items() if k not in envelope}

    def incident_of(self, report: Report) -> str:
        by_id = {r["id"]: r for r in self.reports}
        while report.get("of") in by_id:
            report = by_id[report["of"]]
        return str(report.get("of") or report.get("incident") or report["id"])
