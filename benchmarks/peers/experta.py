"""experta: a rules engine in Python, with rules in the manner of CLIPS."""

from __future__ import annotations

from pathlib import Path

from experta import AS, MATCH, TEST, Fact, KnowledgeEngine, Rule
from workload_h import seconds

from peers import Counts, bans, rows


class Demand(Fact):
    """What has to be handed over until when."""


class Answer(Fact):
    """What was handed over when."""


class Ceasefire(Fact):
    """Where a ceasefire is on."""


class Strike(Fact):
    """Where somebody struck."""


class Ban(Fact):
    """What a clause forbids to whom."""


class Report(Fact):
    """Who did what."""


class HandOver(KnowledgeEngine):
    """The rules of workload H."""

    strikes = 0

    @Rule(
        AS.demand << Demand(object=MATCH.one, due=MATCH.due),
        Answer(object=MATCH.one, at=MATCH.at),
        TEST(lambda due, at: at <= due),
    )
    def answered(self, demand: Fact) -> None:
        """A demand that is answered in time is forgotten."""
        self.retract(demand)

    @Rule(Ceasefire(place=MATCH.place), Strike(place=MATCH.place))
    def strike_under_a_ceasefire(self) -> None:
        """A strike is counted."""
        self.strikes += 1


class Banned(KnowledgeEngine):
    """The rule of workload W."""

    breaches = 0

    @Rule(
        Ban(actor=MATCH.actor, act=MATCH.act, object=MATCH.object),
        Report(actor=MATCH.actor, act=MATCH.act, object=MATCH.object),
    )
    def breach(self) -> None:
        """A breach is counted."""
        self.breaches += 1


def h(folder: Path) -> Counts:
    """Demands stay until they are answered in time; what is left and due in the end was missed."""
    engine, on, at = HandOver(), {}, 0
    engine.reset()
    for row in rows(folder):
        at, passing = seconds(row["occurred"]), None
        if row["act"] == "demand":
            engine.declare(Demand(object=row["object"], due=at + 10))
        elif row["act"] == "detain.handover":
            passing = engine.declare(Answer(object=row["object"], at=at))
        elif row["act"] == "declare.on" and row["place"] not in on:
            on[row["place"]] = engine.declare(Ceasefire(place=row["place"]))
        elif row["act"] == "declare.off" and row["place"] in on:
            engine.retract(on.pop(row["place"]))
        elif row["act"].startswith("force"):
            passing = engine.declare(Strike(place=row["place"]))
        if passing:
            engine.run()
            engine.retract(passing)
    missed = sum(isinstance(fact, Demand) and fact["due"] <= at for fact in engine.facts.values())
    return {"missed": missed, "strikes": engine.strikes}


def w(folder: Path) -> Counts:
    """Each report is held against all bans."""
    engine = Banned()
    engine.reset()
    for ban in bans(folder):
        engine.declare(Ban(**ban._asdict()))
    for row in rows(folder):
        seconds(row["occurred"])
        passing = engine.declare(Report(actor=row["actor"], act=row["act"], object=row["object"]))
        engine.run()
        engine.retract(passing)
    return {"breaches": engine.breaches}
