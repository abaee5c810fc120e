"""Many agreements at once: a registry comes to what every tracker comes to that is given every report."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from oracle.choices import VIEWS
from oracle.generate import seeded_case
from properties.versus import agreement_of
from servanda import Agreement, Assessment, Finding, Registry, Report, TooMuchError, Tracker, assess, loads, report
from servanda.registry.routes import Routes, Said

HOUSES, MOST = 2, 5  # agreements, and reports on each
ZONES = ["UTC", "UTC", "Asia/Karachi", "America/New_York"]
ACTS = ["force", "talk", "pay", "deliver", "establish", "sanction", "access", "notify", "signal", "rumour", "agree"]
NAMES = ["PAK", "AFG", "TTP", "MVM", "TUR", "Islamabad"]


# --- generated: agreements that share some names and acts, and reports that wander between them ---------


def renamed(value: Any, names: dict[str, str]) -> Any:
    """A tree with some words replaced; of an act the first segment."""
    if isinstance(value, dict):
        return {names.get(key, key): renamed(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [renamed(one, names) for one in value]
    if isinstance(value, str):
        head, dot, rest = value.partition(".")
        return names.get(head, head) + dot + rest
    return value


class Houses:
    """A few agreements, and one stream of reports for them all."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.agreements: list[Agreement] = []
        self.times: list[tuple[str, str]] = []
        self.words: list[dict[str, str]] = []
        stream: list[list[dict[str, Any]]] = []
        for number in range(HOUSES):
            mapping, reports, _, as_of, known_at = seeded_case(seed * HOUSES + number)
            own = {word: f"{word}{number}" for word in (*ACTS, *NAMES) if self.dice.random() < 0.8}
            if self.dice.random() < 0.7:
                own |= {f"{kind}{n}": f"{kind}{n}-{number}" for kind in "ri" for n in range(1, 15)}
            mapping = {**mapping, "agreement": f"a{number}", "timezone": self.dice.choice(ZONES)}
            self.agreements.append(agreement_of(renamed(mapping, own)))
            self.times.append((as_of, known_at))
            self.words.append(own)
            stream.append([renamed(one, own) for one in reports[:MOST]])
        written = []
        while any(stream):
            written.append(self.dice.choice([one for one in stream if one]).pop(0))
        self.reports = [report(one) for one in self.wandering(written)]

    def wandering(self, written: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The same, some with an agreement; and more that reply to any of them with the words of any agreement."""
        dice, found = self.dice, []
        for position, one in enumerate(written):
            luck = dice.random()
            named = {"agreement": f"a{dice.randrange(HOUSES + 1)}"} if luck < 0.1 else {}
            found.append({**one, **named})
            if luck > 0.8:
                words = dice.choice(self.words)
                of = dice.choice(written[: position + 1])
                reply = {"id": f"x{position}", "source": of["source"], "reported": dice.choice(written)["reported"]}
                body: dict[str, Any] = {
                    "actor": dice.choice(["PAK", "AFG", ["PAK", "AFG"], "Islamabad", "nobody", None]),
                    "act": dice.choice(["force.attack", "deliver", "pay", "talk.meet", "access.deny", None]),
                }
                if dice.random() < 0.5:
                    body.popitem()
                kind = dice.choice(["corrects", "corrects", "again", "again", "denies", "confirms", "retracts"])
                if kind == "again":
                    extra = {"incident": of.get("incident", of["id"]), "target": "PAK", **renamed(body, words)}
                else:
                    extra = {"says": kind, "of": of["id"], **(renamed(body, words) if kind == "corrects" else {})}
                found.append(reply | extra)
        if dice.random() < 0.2:
            dice.shuffle(found)
        return found


def judged(assessment: Assessment) -> dict[object, object]:
    """All that is said of each instance."""
    return {one.key: one for one in assessment.instances}


class Taking(Tracker):
    """A tracker that takes reports and is silent: what they come to is asked for at the end."""

    def observe(self, report: Report) -> list[Finding]:
        self.taken = [*getattr(self, "taken", ()), report]
        return []

    def advance(self, to: str | int) -> list[Finding]:  # noqa: ARG002
        return []


def told(houses: Houses, monkeypatch: pytest.MonkeyPatch) -> list[list[Report]]:
    """Which reports each agreement is given, in their order."""
    with monkeypatch.context() as patch:
        patch.setattr("servanda.registry.trackers.Tracker", Taking)
        registry = Registry(houses.agreements)
        for one in houses.reports:
            registry.observe(one)
        return [getattr(registry[agreement.id], "taken", []) for agreement in houses.agreements]


def compared(seed: int, tally: Counter[str], monkeypatch: pytest.MonkeyPatch) -> None:
    houses = Houses(seed)
    for number, given in enumerate(told(houses, monkeypatch)):
        agreement = houses.agreements[number]
        own = [one for one in houses.reports if one.agreement in (None, agreement.id)]
        for chosen in {"neutral", houses.dice.choice(VIEWS)}:
            kind, _, name = chosen.rpartition(" ")
            view = f"account of {renamed(name, houses.words[number])}" if kind == "account of" else chosen
            as_of, known_at = houses.times[number]
            for times in ((as_of, known_at), ("2025-10-18", "2025-10-20")):
                part, whole = (
                    assess(agreement, some, as_of=times[0], known_at=times[1], view=view, engine="plain")
                    for some in (given, own)
                )
                assert judged(part) == judged(whole), (seed, number, view, times)
                mine = {one.id for one in given}
                left = [one for one in whole.diagnostics if one.report in mine and one.code != "R107"]
                assert [one for one in part.diagnostics if one.code != "R107"] == left, (seed, number, view)
                tally["more diagnostics"] += len(whole.diagnostics) - len(part.diagnostics)
        tally["offered"] += len(own)
        tally["taken"] += len(given)


@pytest.mark.parametrize("chunk", range(4))
def test_a_registry_comes_to_the_verdicts_of_agreements_that_are_given_everything(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tally: Counter[str] = Counter()
    for seed in range(chunk * 10, (chunk + 1) * 10):
        compared(seed, tally, monkeypatch)
    assert tally["taken"] < 0.8 * tally["offered"]  # else it would be no test of routing


# --- by hand: whom a report reaches ---------------------------------------------------------------------

HEAD = """
servanda: 1
agreement: NAME
timezone: UTC
actors:
  A: {name: Alpha Ltd, role: party, aliases: [Alfa]}
  B: {name: Beta Ltd, role: party}
  AX: {name: Alpha Works, role: group, part_of: A}
"""


def made(clauses: str, name: str = "sale", head: str = HEAD) -> Agreement:
    return loads(f"{head.replace('NAME', name)}{clauses}")


def said(**fields: Any) -> Report:
    return report({"id": "r1", "source": "press", "reported": "2026-01-02", **fields})


DELIVERY = "clauses: {c: {binds: A, must: {act: goods.deliver, object: engine}, by: 2026-03-01}}"
BAN = "clauses: {c: {binds: A, must_not: {act: force.attack}}}"
TRIGGERED = "clauses: {c: {binds: A, when: {act: demand, target: A}, must: {act: pay}, within: P5D}}"
STATE = """
states: {open: {key: place, starts: {act: gate.open}, stops: {act: gate.close, object: [north, south]}}}
clauses: {c: {binds: A, while: {state: open, key: place}, must_not: {act: force.attack}}}
"""
POWER = """
clauses:
  c: {binds: A, must: {act: pay}, by: 2026-03-01}
  p: {binds: B, can: {act: declare, actor: B}, effect: {amend: {c: {must: {act: sing, actor: B}}}}}
"""
COUNTS = """
clauses:
  c: {binds: A, must: {act: pay}, by: 2026-03-01}
  k: {counts_as: {pattern: {act: transfer, object: money}, act: pay}}
"""
OTHERWISE = """
clauses:
  c: {binds: A, must: {act: pay}, by: 2026-03-01, otherwise: {must: {act: work}, within: P9D}}
"""
READING = """
clauses:
  c: {binds: A, must: {act: pay}, by: 2026-03-01, readings: {B: {must: {act: bow, actor: any}}}}
"""
RELEASE = "clauses: {c: {binds: A, must: {act: pay}, by: 2026-03-01, unless: {act: forgive, actor: B}}}"
KEEP = """
clauses: {c: {binds: A, must_keep: {started: {act: light.on, actor: any}, stopped: {act: light.off, actor: any}}}}
"""
ANY_OF = """
clauses: {c: {binds: A, when: {act: order}, must: {act: pay, actor: [B, $trigger.target]}, within: P9D}}
"""
PART = "clauses: {c: {binds: A, must: {act: pay, actor: AX}, by: 2026-03-01}}"
FREE = "clauses: {c: {binds: A, must: {act: any, actor: {not: B}, place: X}, by: 2026-03-01}}"


@pytest.mark.parametrize(
    ("clauses", "fields", "reaches"),
    [
        (DELIVERY, {"act": "goods.deliver", "actor": "A"}, True),
        (DELIVERY, {"act": "goods.deliver.late", "actor": "Alfa"}, True),
        (DELIVERY, {"act": "goods", "actor": "Alpha Ltd"}, True),
        (DELIVERY, {"act": "goods", "actor": ["Z", "Alpha Works"]}, True),
        (DELIVERY, {"actor": "AX"}, True),
        (DELIVERY, {"act": "goods.deliver"}, True),
        (DELIVERY, {"act": "goods.deliver", "actor": "B", "target": "A"}, False),
        (DELIVERY, {"act": "goods.deliver", "actor": "Z"}, False),
        (DELIVERY, {"act": "goods.deliverance", "actor": "A"}, False),
        (DELIVERY, {"act": "good", "actor": "A"}, False),
        (BAN, {"act": "talk", "actor": "A"}, True),  # it is covered
        (BAN, {"act": "talk", "target": ["Z", "AX"], "actor": "Z"}, True),
        (BAN, {"act": "talk", "actor": "B", "object": "A"}, False),
        (BAN, {"act": "talk"}, False),
        (TRIGGERED, {"act": "demand", "actor": "Z", "target": "Alfa"}, True),
        (TRIGGERED, {"act": "demand", "actor": "Z"}, True),
        (TRIGGERED, {"act": "demand", "actor": "Z", "target": "B"}, False),
        (TRIGGERED, {"actor": "Z", "target": "A"}, True),
        (STATE, {"act": "gate.open", "actor": "Z"}, True),
        (STATE, {"act": "gate.close", "actor": "Z", "object": "south"}, True),
        (STATE, {"act": "gate.close", "actor": "Z", "object": "west"}, False),
        (POWER, {"act": "declare", "actor": "B"}, True),
        (POWER, {"act": "sing", "actor": "Beta Ltd"}, True),
        (POWER, {"act": "sing", "actor": "A"}, False),
        (COUNTS, {"act": "transfer", "actor": "Z", "object": "money"}, True),
        (COUNTS, {"act": "transfer", "actor": "Z", "object": "goods"}, False),
        (OTHERWISE, {"act": "work", "actor": "A"}, True),
        (OTHERWISE, {"act": "work", "actor": "B"}, False),
        (READING, {"act": "bow", "actor": "Z"}, True),
        (RELEASE, {"act": "forgive", "actor": "B"}, True),
        (KEEP, {"act": "light.on", "actor": "Z"}, True),
        (KEEP, {"act": "light.off", "actor": "Z"}, True),
        (FREE, {"act": "dance", "actor": "Z"}, True),
        (ANY_OF, {"act": "pay", "actor": "Z"}, True),
        (PART, {"act": "pay", "actor": "Alfa"}, True),  # it may have been the part
        (PART, {"act": "pay", "actor": "B"}, False),
    ],
)
def test_whom_a_report_reaches(clauses: str, fields: dict[str, Any], reaches: bool) -> None:
    registry = Registry([made(clauses)])
    registry.observe(said(**fields))
    assert [one.id for one in registry["sale"].reports] == ["r1"] * reaches
    assert registry.unheard == (not reaches)


def test_who_is_removed_listens_no_more() -> None:
    routes, told = Routes(), Said.by(said(act="pay", actor="A"))
    for number in (1, 2):
        routes.add(number, made(PAY))
    assert routes.concerned([told]) == {1, 2}
    routes.remove(1, made(PAY))
    assert routes.concerned([told]) == {2}


# --- by hand: reports that belong together --------------------------------------------------------------

PAY = "clauses: {c: {binds: A, must: {act: pay}, by: 2026-03-01}}"


def reached(*reports: dict[str, Any]) -> list[str]:
    registry = Registry([made(PAY)])
    for number, fields in enumerate(reports, 1):
        registry.observe(said(**{"id": f"r{number}", **fields}))
    return [one.id for one in registry["sale"].reports]


ELSEWHERE = {"act": "pay", "actor": "Z"}


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([ELSEWHERE, {"says": "corrects", "of": "r1", "actor": "A"}], ["r1", "r2"]),
        ([ELSEWHERE, {"says": "corrects", "of": "r1", "actor": None}], ["r1", "r2"]),
        ([{"says": "corrects", "of": "r2", "actor": "A"}, ELSEWHERE], ["r1", "r2"]),
        ([ELSEWHERE, {"says": "corrects", "of": "r1", "actor": "B"}], []),
        ([{**ELSEWHERE, "actor": "A"}, {"says": "denies", "of": "r1"}, ELSEWHERE], ["r1", "r2"]),
        ([{"says": "denies", "of": "i"}, {**ELSEWHERE, "actor": "A", "incident": "i"}], ["r1", "r2"]),
        ([{"says": "denies", "of": "r3"}, {"says": "confirms", "of": "r1"}, {"act": "pay"}], ["r1", "r2", "r3"]),
        ([{**ELSEWHERE, "incident": "i"}, {"act": "pay", "actor": "A", "incident": "i"}], ["r1", "r2"]),
        ([{**ELSEWHERE, "incident": "i"}, {"act": "sing", "actor": "A", "incident": "i"}], ["r1", "r2"]),
        ([{**ELSEWHERE, "incident": "r2"}, {"act": "pay", "actor": "A"}], ["r1", "r2"]),
        ([ELSEWHERE, {**ELSEWHERE, "id": "r1", "actor": "A"}], ["r1", "r1"]),
        ([{**ELSEWHERE, "incident": "i"}, {**ELSEWHERE, "agreement": "sale", "incident": "i"}], ["r1", "r2"]),
        ([{**ELSEWHERE, "agreement": "sale"}, {"says": "denies", "of": "r1"}], ["r1", "r2"]),
        (
            [ELSEWHERE, {"act": "pay", "actor": "A"}, ELSEWHERE, {**ELSEWHERE, "incident": "r2", "of": "r1"}],
            ["r2", "r1", "r4"],
        ),
        (  # two groups are linked, and then replied to
            [
                {**ELSEWHERE, "incident": "i"},
                {"act": "pay", "actor": "A", "incident": "j"},
                {"says": "denies", "of": "r2", "incident": "i"},
                {"says": "denies", "of": "r1"},
                {"says": "denies", "of": "j"},
            ],
            ["r2", "r1", "r3", "r4", "r5"],
        ),
        (
            [
                {"act": "pay", "actor": "A", "incident": "i"},
                {**ELSEWHERE, "incident": "j"},
                {"says": "denies", "of": "r2", "incident": "i"},
                {"says": "denies", "of": "r2"},
                {"says": "denies", "of": "j"},
            ],
            ["r1", "r2", "r3", "r4", "r5"],
        ),
        (  # one of them concerns an agreement because it says so
            [
                {**ELSEWHERE, "incident": "i"},
                {**ELSEWHERE, "incident": "j", "agreement": "sale"},
                {"says": "denies", "of": "r2", "incident": "i"},
            ],
            ["r2", "r1", "r3"],
        ),
        (  # two groups are linked before they concern anybody
            [
                {**ELSEWHERE, "incident": "i"},
                {**ELSEWHERE, "incident": "j"},
                {**ELSEWHERE, "incident": "i"},
                {"says": "denies", "of": "r2", "incident": "i"},
                {"says": "corrects", "of": "r1", "actor": "A"},
            ],
            ["r1", "r2", "r3", "r4", "r5"],
        ),
        (  # a correction comes first, and what it corrects is of an incident that is known
            [
                {"says": "corrects", "of": "r4", "actor": "A"},
                {"act": "talk", "actor": "Z", "incident": "i"},
                {"act": "talk", "actor": "Z", "incident": "i"},
                {**ELSEWHERE, "incident": "i"},
            ],
            ["r1", "r2", "r3", "r4"],
        ),
    ],
)
def test_reports_on_one_incident_go_together(reports: list[dict[str, Any]], expected: list[str]) -> None:
    assert reached(*reports) == expected


def test_an_incident_of_too_many_accounts_is_taken_as_unspecified() -> None:
    """More than 64 alternatives are blurred: fields in which they differ may then be anything."""
    many = [{**ELSEWHERE, "actor": f"Z{n}", "incident": "i"} for n in range(65)]
    registry, tracker = Registry([made(PAY)]), Tracker(made(PAY))
    for number, fields in enumerate(many):
        one = said(**{"id": f"r{number}", **fields})
        registry.observe(one)
        tracker.observe(one)
    assert judged(registry["sale"].assess()) == judged(tracker.assess())
    assert tracker.assess().instances[0].status == "undetermined"
    assert reached(*({**one, "actor": "Z"} for one in many)) == []  # where they do not differ nothing is lost


# --- by hand: the registry ------------------------------------------------------------------------------


def paid(name: str) -> Agreement:
    return made(PAY, name, HEAD.replace("Alpha Ltd", f"Alpha {name}"))


def test_agreements_are_added_looked_up_and_removed() -> None:
    registry = Registry([paid("one"), paid("two")])
    assert (list(registry), len(registry), "two" in registry) == (["one", "two"], 2, True)
    assert registry["one"].agreement.id == "one"
    with pytest.raises(ValueError, match="there is an agreement 'two' already: remove it first"):
        registry.add(paid("two"))
    with pytest.raises(KeyError):
        registry["three"]
    registry.remove("one")
    with pytest.raises(KeyError):
        registry.remove("one")
    assert list(registry) == ["two"]
    registry.observe(said(act="pay", actor="Alpha one"))
    registry.observe(said(id="r2", act="pay", actor="A", agreement="one"))
    assert (registry.unheard, registry.set_aside) == (1, 1)
    assert registry.add(paid("one")).reports == ()
    assert [name for name, _ in registry.observe(said(id="r3", act="pay", actor="Alpha one"))] == ["one"]
    assert registry.unheard == 1
    registry.remove("one")
    assert registry.unheard == 2


def test_an_agreement_begins_with_the_next_report() -> None:
    registry = Registry([paid("one")])
    registry.observe(said(act="pay", actor="Alpha two"))
    tracker = registry.add(paid("two"))
    registry.observe(said(id="r2", says="confirms", of="r1"))
    registry.observe(said(id="r3", act="pay", actor="Alpha two", incident="r1"))
    assert [one.id for one in tracker.reports] == ["r2", "r3"]


def test_a_report_with_agreement_goes_to_that_one_and_is_counted_elsewhere() -> None:
    registry = Registry([paid("one"), paid("two")])
    found = registry.observe(said(act="pay", actor="A", agreement="two"))
    assert [(name, finding.status) for name, finding in found] == [("two", "fulfilled")]
    assert registry.observe(said(id="r2", act="pay", actor="A", agreement="three")) == []
    assert (registry.set_aside, registry.unheard) == (1, 0)
    assert [(one.agreement, one.set_aside) for one in registry.assess()] == [("one", 1), ("two", 1)]


def test_what_an_agreement_links_is_linked_for_all() -> None:
    registry = Registry([paid("one"), paid("two")])
    registry.observe(said(act="pay", actor="Alpha one", incident="i"))
    registry.observe(said(id="r2", act="pay", actor="Z", incident="j"))
    registry.observe(said(id="r3", says="denies", of="r2", incident="i", agreement="two"))
    assert [one.id for one in registry["one"].reports] == ["r1", "r2"]
    assert [one.id for one in registry["two"].reports] == ["r1", "r2", "r3"]


class Watched(Tracker):
    """A tracker that notes when it is asked for anything."""

    asked: ClassVar[list[str]] = []

    def observe(self, report: Report) -> list[Finding]:
        self.asked.append(f"{self.agreement.id} {report.id}")
        return super().observe(report)

    def advance(self, to: str | int) -> list[Finding]:
        self.asked.append(self.agreement.id)
        return super().advance(to)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr("servanda.registry.trackers.Tracker", Watched)
    monkeypatch.setattr(Watched, "asked", [])
    return Watched.asked


def test_feeds_that_number_their_reports_alike_do_not_wake_each_other(asked: list[str]) -> None:
    registry = Registry([paid("one"), paid("two")])
    for name in registry:
        registry.observe(said(act="pay", actor="A", agreement=name))
    asked.clear()
    registry.observe(said(id="r2", of="r1", says="denies", agreement="one", reported="2026-01-09"))
    assert asked == ["one", "one r2"]  # time, and the report


def test_time_reaches_those_in_which_something_falls_due_and_no_others(asked: list[str]) -> None:
    late = loads(HEAD.replace("NAME", "late") + PAY.replace("2026-03-01", "2026-05-01"))
    registry = Registry([paid("one"), paid("two"), late])
    assert registry.clock is None
    registry.observe(said(act="pay", actor="Alpha two"))
    asked.clear()
    assert registry.advance("2026-02-01") == []
    assert asked == []
    assert [(name, one.clause, one.status, one.report) for name, one in registry.advance("2026-03-02")] == [
        ("one", "c", "violated", None)
    ]
    assert asked == ["one"]
    assert registry["late"].clock == registry.clock
    assert registry["late"].assess().as_of == registry.clock
    with pytest.raises(ValueError, match="come further than 2026-01-01 already"):
        registry.advance("2026-01-01")
    with pytest.raises(ValueError, match="soon"):
        registry.advance("soon")


def test_the_clock_is_that_of_the_zone_in_which_it_is_latest() -> None:
    east, west = (
        made(PAY, name, HEAD.replace("UTC", zone)) for name, zone in (("e", "Asia/Karachi"), ("w", "America/New_York"))
    )
    registry = Registry([east, west])
    registry.observe(said(act="talk", actor="Z"))
    alone = Tracker(west)
    alone.advance("2026-01-02")
    assert registry.clock == alone.clock
    assert registry["e"].clock == registry.clock
    registry.remove("w")
    alone = Tracker(east)
    alone.advance("2026-01-04")
    registry.advance("2026-01-04")
    assert registry.clock == alone.clock


def test_an_empty_registry_does_no_harm() -> None:
    registry = Registry()
    assert registry.observe(said(act="pay")) == []
    assert registry.advance("2026-03-01") == []
    assert (registry.clock, registry.unheard, registry.assess()) == (None, 1, [])


def test_the_view_is_that_of_all() -> None:
    registry = Registry([paid("one")], view="account of A")
    assert registry["one"].view == "account of A"
    with pytest.raises(KeyError):
        Registry([paid("one")], view="account of Z")
    assert [one.view for one in registry.assess(as_of="2026-01-01", view="mediators")] == ["mediators"]


def test_one_agreement_without_end_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(Tracker):
        def observe(self, report: Report) -> list[Finding]:
            found = super().observe(report)
            if self.agreement.id == "endless":
                raise TooMuchError("clause 'c' keeps creating instances")
            return found

    monkeypatch.setattr("servanda.registry.trackers.Tracker", Endless)
    registry = Registry([paid("one"), paid("endless"), paid("two")])
    with pytest.raises(TooMuchError, match="agreement 'endless': clause 'c' keeps creating instances"):
        registry.observe(said(act="pay", occurred="2026-01-01"))
    assert [(name, one.status) for name, one in registry.advance("2026-04-01")] == [
        ("one", "undetermined"),
        ("two", "undetermined"),
        ("one", "undetermined"),
        ("two", "undetermined"),
    ]


# --- generated: what is found, and when -----------------------------------------------------------------


def stream(dice: random.Random) -> Iterator[Report]:
    """Reports on the agreements by hand, day by day, some of them late; a third about others."""
    acts = [
        "goods.deliver",
        "force.attack",
        "demand",
        "pay",
        "gate.open",
        "gate.close",
        "work",
        "forgive",
        "sing",
        "force",
    ]
    names = ["A0", "A1", "A2", "Alfa1", "AX", "B", "Z", None]
    incidents = []
    for number in range(40):
        told: dict[str, Any] = {"id": f"r{number}", "source": dice.choice(["press", "radio"])}
        told["reported"] = f"2026-{2 + number // 20:02}-{1 + (number % 20 + dice.choice([0, 0, 0, 7])) % 28:02}"
        if incidents and dice.random() < 0.35:
            told |= {"says": dice.choice(["denies", "confirms", "retracts", "corrects"]), "of": dice.choice(incidents)}
            told |= {"actor": dice.choice(names)} if told["says"] == "corrects" else {}
        else:
            told |= {"act": dice.choice(acts), "actor": dice.choice(names), "target": dice.choice(names)}
            told |= {"object": dice.choice(["engine", "money", "south", None]), "occurred": told["reported"]}
            told |= {"incident": dice.choice(incidents)} if incidents and dice.random() < 0.2 else {}
            told |= {"agreement": f"a{dice.randrange(10)}"} if dice.random() < 0.1 else {}
            incidents.append(told["id"])
        yield report(told)


@pytest.mark.parametrize("seed", range(12))
def test_a_registry_finds_what_trackers_find_that_are_given_everything(seed: int) -> None:
    clauses = [DELIVERY, BAN, TRIGGERED, STATE, POWER, COUNTS, OTHERWISE, RELEASE]
    agreements = [
        made(re.sub(r"\bA\b", f"A{n % 3}", one), f"a{n}", re.sub(r"\b(A|Alfa)\b", rf"\g<1>{n % 3}", HEAD))
        for n, one in enumerate(clauses)
    ]
    registry = Registry(agreements, engine="plain")
    trackers = [Tracker(agreement, engine="plain") for agreement in agreements]
    for one in stream(random.Random(seed)):
        found, expected = registry.observe(one), []
        for tracker in trackers:
            assert registry.clock is not None
            findings = tracker.observe(one) + tracker.advance(registry.clock)  # one clock for all
            expected += [(tracker.agreement.id, finding) for finding in findings]
        assert found == expected
    assert [judged(one) for one in registry.assess()] == [judged(one.assess()) for one in trackers]
    assert sum(len(one.reports) for one in registry.values()) < 0.7 * sum(len(one.reports) for one in trackers)
