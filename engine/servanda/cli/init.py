"""`servanda init`: a folder comes in; an example agreement with reports and a case are written into it."""

from __future__ import annotations

from pathlib import Path

import click

from servanda.cli.documented import Documented
from servanda.cli.shared import Failure, say

FILES = {
    "agreement.yaml": """\
# What was promised, by whom, and until when. `servanda lint agreement.yaml` checks this file.
servanda: 1
agreement: river-crossing
title: Understanding on the river crossing
timezone: Europe/Zurich
term: {from: 2026-01-01, until: 2026-12-31}

actors:
  NORTH: {name: Northern side, role: party, aliases: [North]}
  SOUTH: {name: Southern side, role: party, aliases: [South]}
  MON: {name: Monitoring mission, role: body}

# Whose word is whose: a source that speaks for an actor gives that actor's account.
sources:
  north-office: {name: Press office of the North, speaks_for: NORTH}
  south-office: {name: Press office of the South, speaks_for: SOUTH}
  mission: {name: Reports of the mission, kind: monitor, speaks_for: MON}

# A missed deadline counts as a violation only after this grace, because reports come late.
evidence: {corroboration: 1, grace: P3D}

clauses:
  quiet:
    text: Neither side fires at the other.
    binds: [NORTH, SOUTH]
    must_not: {act: force.attack, target: $other}

  meeting:
    text: The two sides meet within the first month.
    binds: [NORTH, SOUTH]
    joint: true
    must: {act: talk.meet, actor: $all}
    by: 2026-01-31

  withdrawal:
    text: The North takes its forces away from the crossing; if it is late, it says so to the mission.
    binds: [NORTH]
    must: {act: force.withdraw}
    by: 2026-02-28
    otherwise: {must: {act: talk, target: MON}, within: P7D}
""",
    "reports.jsonl": """\
{"id": "r1", "reported": "2026-01-20T09:00:00+01:00", "source": "mission", "act": "talk.meet", "actor": ["North", "South"], "occurred": "2026-01-19"}
{"id": "r2", "reported": "2026-02-03T08:30:00+01:00", "source": "north-office", "incident": "shots-0202", "act": "force.attack.smallarms", "actor": "South", "target": "North", "occurred": "2026-02-02"}
{"id": "r3", "reported": "2026-02-03T12:00:00+01:00", "source": "south-office", "says": "denies", "of": "r2"}
{"id": "r4", "reported": "2026-03-04", "source": "mission", "act": "talk", "actor": "North", "target": "MON", "occurred": "2026-03-03"}
{"id": "r5", "reported": "2026-03-10", "source": "mission", "act": "force.withdraw", "actor": "North", "occurred": "2026-03-09"}
""",
    "case.yaml": """\
# What is expected of the agreement and its reports. `servanda test case.yaml` checks it.
case: 1
agreement: agreement.yaml
reports: [reports.jsonl]
expect:
  - as_of: 2026-03-10
    verdicts:
      quiet/NORTH: holding
      quiet/SOUTH: [holding, violated]      # the two sides contradict each other
      meeting: fulfilled
      withdrawal: violated                  # late, and cured
      withdrawal.otherwise: fulfilled
    because:
      quiet/SOUTH: [contested]
  - view: account of NORTH
    as_of: 2026-03-10
    verdicts:
      quiet/SOUTH: violated
  - as_of: 2026-03-01                       # the deadline has passed, its grace has not
    verdicts:
      withdrawal: overdue
""",
}


@click.command(
    "init",
    cls=Documented,
    examples=(
        "servanda init example",
        "servanda test example",
    ),
)
@click.argument("folder", default=".", metavar="[DIR]")
def command(folder: str) -> None:
    """Write an example agreement with reports and a case into DIR; nothing is overwritten."""
    place = Path(folder)
    there = [name for name in FILES if (place / name).exists() or (place / name).is_symlink()]
    if there:
        raise Failure(f"{place / there[0]} is there already, and is not overwritten: choose another folder")
    try:
        place.mkdir(parents=True, exist_ok=True)
        for name, text in FILES.items():
            with (place / name).open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise Failure(f"{folder} cannot be written to: {reason}") from None
    say(f"written to {place}: {', '.join(FILES)}")
    say(f"next: servanda assess {place / 'agreement.yaml'} -r {place / 'reports.jsonl'}")
