"""What is watched: reports as lines, and the findings that each of them brings."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import Result

from servanda import Tracker, load, read_reports
from servanda.render.findings import jsonl_line

DATA = Path(__file__).parent / "data"
AGREEMENT = str(DATA / "agreement.yaml")
ENGINE = Path(__file__).parents[2] / "engine"


def line(number: int, **fields: object) -> str:
    """A report of an attack on the nth day."""
    day, (actor, target) = f"2025-11-{number:02}", ("PAK", "AFG") if number % 3 else ("AFG", "PAK")
    body = {"id": f"a{number}", "reported": day, "occurred": day, "source": "ary", "act": "force.attack"}
    return json.dumps({**body, "actor": actor, "target": target, **fields})


def lines(count: int = 10) -> list[str]:
    """Reports, denials, blank lines, lines that are none, and reports for others."""
    made = []
    for number in range(1, count + 1):
        made.append(line(number))
        if number % 4 == 0:
            made.append(
                json.dumps(
                    {
                        "id": f"d{number}",
                        "reported": f"2025-11-{number:02}",
                        "source": "mujahid",
                        "says": "denies",
                        "of": f"a{number}",
                    }
                )
            )
        if number % 5 == 0:
            made += ["", f'{{"id": "x{number}"}}', line(number, id=f"o{number}", agreement="other")]
    return made


def with_noise(made: list[str]) -> list[str]:
    """The same with reports between them that touch nothing, for a watch to let go of."""
    told = []
    for number, one in enumerate(made):
        told.append(one)
        if '"reported"' in one:
            day = json.loads(one)["reported"]
            fields = {"reported": day, "occurred": day, "source": "ary", "act": "weather"}
            told += [json.dumps({"id": f"n{number}-{each}", **fields}) for each in range(4)]
    return told


def groups(path: Path, agreement: str = AGREEMENT, retention: str | None = None) -> list[list[str]]:
    """What each report brings, one after the other."""
    tracker = Tracker(load(agreement), engine="plain", retention=retention)
    return [
        [jsonl_line(each, tracker.agreement, "neutral") for each in tracker.observe(one)]
        for one in read_reports(path, on_reject=lambda _: None)
    ]


def flat(found: list[list[str]]) -> str:
    return "".join(one for group in found for one in group)


def joined(*runs: Result) -> str:
    """What several runs printed, one after the other."""
    return "".join(one.stdout for one in runs)
