"""A table of reports on a cluster: the verdicts, and all that is told besides, are those of one machine."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from servanda import Agreement, Report, TooMuchError, load, loads, report
from servanda import assessing as one_machine
from servanda.assessing import times
from servanda.cli import main
from servanda.evidence import state
from servanda.render.data import assessment_data
from spark.sessions import missing
from test_registry import Houses

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
    pytest.mark.filterwarnings("ignore"),  # what PySpark, pandas and Arrow warn of each other
]
CASES = Path(__file__).parents[2] / "cases"
HEAD = """
servanda: 1
agreement: NAME
timezone: ZONE
actors: {A#: {name: "Alpha #", role: party, aliases: ["Alfa #"]}, B: {name: Beta Ltd, role: party}}
places: {L0: {in: L1}, L1: {in: L2}, L2: {in: L3}, L3: {in: L4}, L4: {in: L5}, L5: {in: L6}, L6: {in: L7}, L7: {in: L8}, L8: {in: L9}, L9: {in: L10}, L10: {in: L11}, L11: {in: L12}}
"""
BAN = "clauses: {c: {binds: A#, must_not: {act: force.attack}}}"
PAY = "clauses: {c: {binds: A#, must: {act: pay}, by: 2026-03-01}}"


def made(name: str, clauses: str = BAN, zone: str = "UTC") -> Agreement:
    """An agreement named as `one-7`, with an actor A7."""
    text = f"{HEAD.replace('NAME', name).replace('ZONE', zone)}{clauses}"
    return loads(text.replace("#", name.rpartition("-")[2]))


def table(spark: Any, reports: Sequence[Report | str]) -> Any:
    """The reports as a table of numbered lines, in several parts, not in their order."""
    texts = [one if isinstance(one, str) else one.content for one in reports]
    rows = [(number, text) for number, text in enumerate(texts, 1)]
    return spark.createDataFrame(rows[::-1], "number long, value string").repartition(3)


def expected(
    agreements: Sequence[Agreement], reports: Sequence[Report], view: str = "neutral", **asked: Any
) -> dict[str, Any]:
    """What one machine says that gives every report to every agreement it may go to."""
    ids = {one.id for one in agreements}
    told = [
        [report_at(one, n) for n, one in enumerate(reports, 1) if one.agreement in (None, a.id)] for a in agreements
    ]
    statements = [[state(one, a) for one in own] for own, a in zip(told, agreements, strict=True)]
    latest = max((one.reported for own in statements for one in own), default=None)
    aside = sum(one.agreement not in (None, *ids) for one in reports)
    found = {}
    for agreement, own in zip(agreements, statements, strict=True):
        at = times(agreement, latest, asked.get("as_of"), asked.get("known_at"))
        judged = one_machine.assess(agreement, own, view, *at, engine="plain", counts=(0, aside))
        found[agreement.id] = assessment_data(judged.assessment)
    return found


def report_at(one: Report, line: int) -> Report:
    from servanda.spark.reading import again

    return again(one.content, line)


def on_cluster(spark: Any, agreements: Sequence[Agreement], reports: Sequence[Report | str], **asked: Any) -> Any:
    from servanda.spark import assess

    return assess(table(spark, reports), agreements, line="number", engine="plain", **asked)


def data(found: Any) -> dict[str, Any]:
    rows = found.table.collect()
    found.release()
    return {row.agreement: json.loads(row.data) for row in rows}


# --- the cases that come with the library ---------------------------------------------------------------


def test_the_cases_are_assessed_as_by_the_command(spark: Any) -> None:
    from servanda.spark import assess

    names = sorted(path.parent.name for path in CASES.glob("*/reports.jsonl"))
    paths = [str(CASES / name / "agreement.yaml") for name in names]
    lines: list[str] = []
    for name in names:  # of one machine: each case with its own reports, all at once
        for line in (CASES / name / "reports.jsonl").read_text("utf-8").splitlines():
            told = json.loads(line)
            lines.append(json.dumps({**told, "agreement": load(CASES / name / "agreement.yaml").id}))
    lines += [
        "",
        "{",
        '{"id": "r1", "id": "r2"}',
        '{"id": "x", "reported": "2020-01-01", "source": "s", "agreement": "no"}',
    ]
    with CliRunner().isolated_filesystem():
        Path("all.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
        want, rows = (
            CliRunner().invoke(main, ["assess", *paths, "-r", "all.jsonl", "--view", "neutral", "--view", "mediators", "--format", form]).stdout
            for form in ("json", "csv")
        )  # fmt: skip
        numbered = [(number, line.encode()) for number, line in enumerate(lines, 1)]
        found = assess(
            spark.createDataFrame(numbered, "number long, value binary").repartition(3),
            [load(path) for path in paths],
            views=("neutral", "mediators"),
            line="number",
        )
    assert (found.rejected_count, found.set_aside) == (2, 1)
    assert sorted((one.line, one.code) for one in found.rejected.collect()) == [
        (len(lines) - 2, "R001"),
        (len(lines) - 1, "R002"),
    ]
    told = {(one["agreement"], one["view"]): one for one in json.loads(want)["assessments"]}
    assert {(one.agreement, one.view): json.loads(one.data) for one in found.table.collect()} == told
    header, *written = csv.reader(io.StringIO(rows))
    assert found.verdicts.columns == header
    assert sorted(map(list, found.verdicts.collect())) == sorted(written)
    found.release()


# --- generated: agreements that share some names and acts, and reports that wander between them ---------


def test_generated_histories_are_assessed_as_on_one_machine(spark: Any) -> None:
    houses = Houses(1)
    as_of, known_at = houses.times[0]
    for asked in ({}, {"as_of": as_of, "known_at": known_at}):
        found = data(on_cluster(spark, houses.agreements, houses.reports, **asked))
        assert found == expected(houses.agreements, houses.reports, **asked)


def test_with_notes_of_its_own_only_verdicts_are_the_same(spark: Any) -> None:
    houses = Houses(7)
    found = data(on_cluster(spark, houses.agreements, houses.reports, notes="own"))
    whole = expected(houses.agreements, houses.reports)
    assert {name: one["instances"] for name, one in found.items()} == {n: one["instances"] for n, one in whole.items()}
    assert sum(len(one["diagnostics"]) for one in found.values()) < sum(
        len(one["diagnostics"]) for one in whole.values()
    )


# --- by hand: what belongs together comes together ------------------------------------------------------


def said(name: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "source": "press", "reported": "2026-01-02", **fields}


HIT = {"act": "force.attack"}
CHAIN = [said("c0#", **HIT, actor="Alpha #")] + [
    said(f"c{n}#", says="corrects" if n == 40 else "confirms", of=f"c{n - 1}#", claimant=f"p{n // 40}")
    for n in range(1, 41)
]
# Who does not know that each of these places lies in the next takes every report for an account of its own: thirteen.
# Who does finds that they agree, but for one field: 5 x 4 x 4 ways, which is more than are told apart.
BLURRED = [
    said(f"b{n}#", incident="b#", place=f"L{n}", act="dance", **{field: f"{field} {n}"})
    for n, field in enumerate(("actor",) * 5 + ("target",) * 4 + ("object",) * 4)
]
TOGETHER: list[list[dict[str, Any]]] = [
    [said("r1#", act="pay", actor="Z"), said("r2#", says="corrects", of="r1#", **HIT, actor="Alfa #")],
    [said("r1#", act="force", incident="i#"), said("r2#", actor="A#", incident="i#"), said("r3#", says="denies", of="i#")],
    [said("r1#", **HIT, actor="A#"), said("r1#", **HIT, actor="Z")],
    [said("r1#", **HIT, actor="A#", agreement="two-#"), said("r1#", act="pay", actor="Z")],
    [
        said("r1#", act="pay", actor="Z"),
        said("x#", says="denies", of="r1#", agreement="one-#"),
        said("y#", of="r1#", says="corrects", actor="A#", **HIT),
    ],
    [
        said("r1#", **HIT, actor="A#"),
        said("r2#", says="retracts", of="r1#"),
        said("r3#", says="denies", of="nobody"),
        said("r3#", says="denies", incident="i#"),
    ],
    [said("r1#", act="dance", actor="Alpha #x", occurred="2026-02-01"), said("r2#", **HIT, actor="A#", agreement="no")],
    [said("r1#", act="dance", actor="Z", occurred="2026-01-03T03:00:00Z", reported="2026-01-02")],
    CHAIN,
    BLURRED,
    [said("r1#", says="denies", of="nobody")] * 4,  # the same on four lines: the first is shown
    [said(f"r{n}#", **HIT, actor=["A#", f"Z{n}"], target=f"T{n}", incident="i#") for n in range(13)],
    [said("r1#", act="dance", actor="Z", incident="j#"), said("r2#", act="dance", actor="Z", incident="j#", of="r3#", says="denies"), said("r3#", act="dance")],
    [said("r1#", act="dance", actor="Z"), said("r2#", says="retracts", of="r1#", claimant="Q"), said("r3#", says="corrects", of="r2#", act="pay")],
    [said("r1#", act="dance", actor="Z"), said("r2#", says="denies", of="r1#"), said("r3#", says="denies", of="r2#")],
    [],
]  # fmt: skip


def test_reports_that_belong_together_come_together(spark: Any) -> None:
    """All of these at once; `#` is another number in each, so that what is together in one is apart from the others."""
    agreements, reports = [], []
    for number, several in enumerate(TOGETHER, 100):
        agreements += [
            made(f"one-{number}"),
            made(f"two-{number}", PAY),
            made(f"far-{number}", PAY, "America/New_York"),
        ]
        reports += [report(json.loads(json.dumps(one).replace("#", str(number)))) for one in several]
    found, whole = data(on_cluster(spark, agreements, reports)), expected(agreements, reports)
    for name, one in whole.items():
        assert found[name] == one
    assert {note["code"] for one in whole.values() for note in one["diagnostics"]} >= {
        "R101", "R102", "R103", "R104", "R105", "R106", "R107", "R110",
    }  # fmt: skip


def test_no_report_is_told_of_every_agreement(spark: Any) -> None:
    agreements, asked = [made("one-1"), made("two-1", PAY)], {"as_of": "2026-03-02"}
    assert data(on_cluster(spark, agreements, [], **asked)) == expected(agreements, [], **asked)


def test_a_report_may_come_in_columns(spark: Any) -> None:
    from servanda.spark import assess

    schema = "id string, reported timestamp, source string, act string, actor array<string>, occurred date, quantity struct<low: double, high: double>, place string"
    rows = [
        ("r1", dt.datetime(2026, 1, 2, tzinfo=dt.UTC), "press", "force.attack", ["A1"], dt.date(2026, 1, 1), (1.0, 2.0), None),
        ("r2", None, "press", "pay", None, None, None, None),
    ]  # fmt: skip
    found = assess(spark.createDataFrame(rows, schema), [made("one-1")])
    assert [(row.code, row.line) for row in found.rejected.collect()] == [("R010", None)]
    told = report(
        said(
            "r1",
            reported="2026-01-02T00:00:00Z",
            **HIT,
            actor=["A1"],
            occurred="2026-01-01",
            quantity={"low": 1.0, "high": 2.0},
        )
    )
    whole = expected([made("one-1")], [told])["one-1"]
    assert data(found)["one-1"]["instances"] == whole["instances"]
    assert whole["summary"] == {"violated": 1}


def test_what_cannot_be_assessed_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow as pa

    from servanda.spark import folding

    def endless(*_: Any, **__: Any) -> None:
        raise TooMuchError("clause 'c' keeps creating instances")

    monkeypatch.setattr(folding, "assess", endless)
    told = pa.table({"agreement": [0], "content": pa.array([None], pa.string()), "line": pa.array([None], pa.int64())})
    asked = folding.Question(("neutral",), "2026-01-01", None, None, "plain", (0, 0), ())
    (row,) = folding.folded(told, [made("one-1")], asked).to_pylist()
    assert row == {
        "agreement": "one-1",
        "view": "neutral",
        "data": None,
        "rows": None,
        "error": "clause 'c' keeps creating instances",
    }


def test_what_cannot_be_asked_is_said_at_once(spark: Any) -> None:
    with pytest.raises(ValueError, match="two agreements have one id"):
        on_cluster(spark, [made("one-1"), made("one-1")], [])
    with pytest.raises(ValueError, match="there is no report to take the time from"):
        on_cluster(spark, [made("one-1")], [])
    with pytest.raises(ValueError, match="soon"):
        on_cluster(spark, [made("one-1")], [], as_of="soon")
    with pytest.raises(KeyError):
        on_cluster(spark, [made("one-1")], [], views=("account of Z",))
