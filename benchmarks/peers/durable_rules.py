"""durable_rules as its documentation shows it: rulesets with `when_all`, events posted, facts asserted and retracted.

Its timers know only the clock of the machine, so that what is missed is what was not answered in time. An event goes
at its first match; one that no rule takes stays, and costs time and memory: it is for small files.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from durable.engine import MessageNotHandledException
from durable.lang import assert_fact, c, m, post, retract_fact, ruleset, when_all
from workload_h import seconds

from peers import Counts, bans, rows


def h(folder: Path) -> Counts:
    """A ceasefire is a fact, everything else an event."""
    due: dict[str, int] = {}
    strikes: list[str] = []
    with ruleset("h"):

        @when_all(
            c.demand << (m.act == "demand"),
            c.answer << (m.act == "detain.handover") & (m.at <= c.demand.due) & (m.object == c.demand.object),
        )
        def answered(found: Any) -> None:
            del due[found.demand.object]

        @when_all(
            c.ceasefire << (m.act == "ceasefire"),
            c.strike << (m.act == "force.attack.airstrike") & (m.at >= c.ceasefire.at) & (m.place == c.ceasefire.place),
        )
        def strike(found: Any) -> None:
            strikes.append(found.strike.id)

    on, at = {}, 0
    for row in rows(folder):
        at = seconds(row["occurred"])
        if row["act"] == "declare.on" and row["place"] not in on:
            on[row["place"]] = {"id": row["id"], "act": "ceasefire", "place": row["place"], "at": at}
            assert_fact("h", on[row["place"]])
        elif row["act"] == "declare.off" and row["place"] in on:
            retract_fact("h", on.pop(row["place"]))
        elif row["act"] == "demand":
            due[row["object"]] = at + 10
            _tell("h", {**row, "due": at + 10})
        elif not row["act"].startswith("declare"):
            _tell("h", {**row, "at": at})
    return {"missed": sum(one <= at for one in due.values()), "strikes": len(strikes)}


def w(folder: Path) -> Counts:
    """A ban is a fact, a report an event."""
    breaches: list[str] = []
    with ruleset("w"):

        @when_all(
            c.ban << (m.kind == "ban"),
            c.report << (m.kind == "report")
            & (m.actor == c.ban.actor)
            & (m.act == c.ban.act)
            & (m.object == c.ban.object),
        )
        def breach(found: Any) -> None:
            breaches.append(found.report.id)

    for number, ban in enumerate(bans(folder)):
        assert_fact("w", {"id": f"b{number}", "kind": "ban", **ban._asdict()})
    for row in rows(folder):
        seconds(row["occurred"])
        _tell("w", {**row, "kind": "report"})
    return {"breaches": len(breaches)}


def _tell(rules: str, event: dict[str, Any]) -> None:
    with contextlib.suppress(MessageNotHandledException):  # which says that no rule looks at it
        post(rules, event)
