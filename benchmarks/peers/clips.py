"""CLIPS through clipspy: demands, ceasefires and bans are facts, reports are facts for the time of one run.

A run takes the longer the more facts there ever were, so that one is made for a thousand reports and not for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from clips import Environment, TemplateFact
from workload_h import seconds

from peers import Counts, bans, rows

BATCH = 1_000
NEVER = 2**62
CONSTRUCTS_H = """
(deftemplate demand (slot object (type STRING)) (slot due (type INTEGER)))
(deftemplate answer (slot object (type STRING)) (slot at (type INTEGER)))
(deftemplate ceasefire (slot place (type STRING)) (slot since (type INTEGER)) (slot until (type INTEGER)))
(deftemplate strike (slot place (type STRING)) (slot at (type INTEGER)))
(deftemplate end (slot at (type INTEGER)))
(defglobal ?*missed* = 0 ?*strikes* = 0)
(defrule answered
    ?demand <- (demand (object ?object) (due ?due)) (answer (object ?object) (at ?at&:(<= ?at ?due)))
    => (retract ?demand))
(defrule strike-under-a-ceasefire
    (ceasefire (place ?place) (since ?since) (until ?until))
    (strike (place ?place) (at ?at&:(and (>= ?at ?since) (< ?at ?until))))
    => (bind ?*strikes* (+ ?*strikes* 1)))
(defrule missed
    (end (at ?end)) (demand (due ?due&:(<= ?due ?end)))
    => (bind ?*missed* (+ ?*missed* 1)))
"""
CONSTRUCTS_W = """
(deftemplate ban (slot actor (type STRING)) (slot act (type STRING)) (slot object (type STRING)))
(deftemplate report
    (slot id (type STRING)) (slot actor (type STRING)) (slot act (type STRING)) (slot object (type STRING)))
(defglobal ?*breaches* = 0)
(defrule breach
    (ban (actor ?actor) (act ?act) (object ?object)) (report (actor ?actor) (act ?act) (object ?object))
    => (bind ?*breaches* (+ ?*breaches* 1)))
"""


def h(folder: Path) -> Counts:
    """Demands stay until they are answered in time; what is left and due in the end was missed."""
    env = _environment(CONSTRUCTS_H)
    demand, answer, ceasefire, strike, end = map(env.find_template, ("demand", "answer", "ceasefire", "strike", "end"))
    on: dict[str, TemplateFact] = {}
    at = 0
    for some in _batches(rows(folder)):
        passing = []
        for row in some:
            at, place = seconds(row["occurred"]), row.get("place")
            if row["act"] == "demand":
                demand.assert_fact(object=row["object"], due=at + 10)
            elif row["act"] == "detain.handover":
                passing.append(answer.assert_fact(object=row["object"], at=at))
            elif row["act"] == "declare.on" and place not in on:
                on[place] = ceasefire.assert_fact(place=place, since=at, until=NEVER)
            elif row["act"] == "declare.off" and place in on:
                on[place].modify_slots(until=at)
                passing.append(on.pop(place))
            elif row["act"].startswith("force"):
                passing.append(strike.assert_fact(place=place, at=at))
        _run(env, passing)
    end.assert_fact(at=at)
    env.run()
    return {name: env.find_global(name).value for name in ("missed", "strikes")}


def w(folder: Path) -> Counts:
    """Each report is held against all bans."""
    env = _environment(CONSTRUCTS_W)
    ban, report = env.find_template("ban"), env.find_template("report")
    for one in bans(folder):
        ban.assert_fact(**one._asdict())
    for some in _batches(rows(folder)):
        passing = []
        for row in some:
            seconds(row["occurred"])
            # With its id, because a fact that is there already is not asserted again.
            passing.append(report.assert_fact(**{slot: row[slot] for slot in ("id", "actor", "act", "object")}))
        _run(env, passing)
    return {"breaches": env.find_global("breaches").value}


def _environment(constructs: str) -> Environment:
    env = Environment()
    for construct in constructs.split("\n(def"):
        if construct.strip():
            env.build("(def" + construct)
    return env


def _batches(items: Iterator[dict[str, str]]) -> Iterator[list[dict[str, str]]]:
    while some := list(islice(items, BATCH)):
        yield some


def _run(env: Environment, passing: list[TemplateFact]) -> None:
    """Fire the rules; these facts are needed no more."""
    env.run()
    for fact in passing:
        fact.retract()
