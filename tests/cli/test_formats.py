"""What each format looks like, and that nothing a report says can disturb it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest

from servanda.render.csv import COLUMNS
from servanda.render.schemas import schema_of

KEYS = [
    "servanda",
    "agreement",
    "as_of",
    "known_at",
    "view",
    "summary",
    "instances",
    "diagnostics",
    "rejected",
    "set_aside",
]


def test_json_to_the_letter(assess):
    found = json.loads(assess("--format", "json", "--engine", "plain").stdout)
    assert list(found) == KEYS
    assert found["summary"] == {"fulfilled": 2, "holding": 1, "pending": 1, "undetermined": 2, "violated": 1}
    named = {(one["clause"], *one["bearer"]): one for one in found["instances"]}
    assert list(named[("ceasefire", "PAK")].items()) == [
        ("clause", "ceasefire"),
        ("bearer", ["PAK"]),
        ("trigger", None),
        ("period", None),
        ("status", "undetermined"),
        ("possible", ["holding", "violated"]),
        ("because", [{"reason": "contested", "incident": "chaman-0611"}]),
        ("due", None),
        ("since", {"earliest": "2025-11-05T19:00:00Z", "latest": "2025-11-06T18:59:59.999999Z"}),
        ("progress", None),
        ("cured", None),
        ("coverage", {"reports": 3, "claimants": 3, "days": 2}),
        (
            "evidence",
            [{"incident": "chaman-0611", "standing": "contested", "effect": "breach", "reports": ["r12", "r13"]}],
        ),
    ]
    assert named[("talks", "PAK", "AFG")]["due"] == "2025-11-06T18:59:59.999999Z"
    assert named[("penalty", "MVM")]["trigger"] == {
        "kind": "violated",
        "clause": "ceasefire",
        "bearer": ["PAK"],
        "incident": "chaman-0611",
    }
    assert named[("penalty", "MVM")]["due"] == "2025-12-06T18:59:59.999999Z"  # at the latest
    omission = named[("mechanism", "PAK", "AFG")]["evidence"][0]
    assert list(omission) == ["incident", "standing", "effect", "reports", "text"]
    assert omission["incident"] is None
    assert omission["text"].startswith("no report of establish")


@pytest.mark.parametrize("more", [[], ["--view", "all"], ["--as-of", "2025-10-01", "--known-at", "2025-10-01"]])
def test_json_fits_its_schema(assess, more):
    schema = schema_of("assessment")
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(assess("--format", "json", *more).stdout), schema)


def test_jsonl_is_one_instance_a_line(assess):
    lines = [json.loads(line) for line in assess("--format", "jsonl", "--view", "all").stdout.splitlines()]
    assert all(list(line) == ["agreement", "view", "as_of", "known_at", *COLUMNS] for line in lines)
    assert {line["view"] for line in lines} >= {"neutral", "press"}


GOLDEN_CSV = """\
clause,bearer,trigger,period,status,possible,because,due,since,progress,cured,coverage,evidence
ceasefire,AFG,,,holding,,,,2025-10-18T19:00:00Z/2025-10-18T19:00:00Z,,,reports:4;claimants:3;days:3,
ceasefire,PAK,,,undetermined,holding;violated,contested:chaman-0611,,2025-11-05T19:00:00Z/2025-11-06T18:59:59.999999Z,,,\
reports:3;claimants:3;days:2,breach:chaman-0611
talks,PAK;AFG,,,fulfilled,,,2025-11-06T18:59:59.999999Z/2025-11-06T18:59:59.999999Z,\
2025-11-05T19:00:00Z/2025-11-06T18:59:59.999999Z,,,,fulfilment:r14
"""


def test_csv(assess):
    assert assess("--format", "csv", "--clause", "ceasefire", "--clause", "talks").stdout == GOLDEN_CSV
    whole = list(csv.DictReader(io.StringIO(assess("--format", "csv").stdout)))
    assert [row["trigger"] for row in whole if row["clause"] == "penalty"] == ["violated:ceasefire/PAK:chaman-0611"]
    assert [row["evidence"] for row in whole if row["clause"] == "mechanism"] == ["omission"]


def test_csv_of_several_says_which(assess):
    rows = list(csv.reader(io.StringIO(assess("--format", "csv", "--view", "all").stdout)))
    assert rows[0] == ["agreement", "view", *COLUMNS]
    assert {len(row) for row in rows} == {len(COLUMNS) + 2}


def test_the_columns_are_the_keys(assess):
    assert list(json.loads(assess("--format", "json").stdout)["instances"][0]) == list(COLUMNS)


GOLDEN_MARKDOWN = """\
## What was agreed in Doha and Istanbul (istanbul-2025)

As of 2025-11-15, known at 2025-11-15, Asia/Karachi; view: neutral.

| Clause | Bearer | Trigger | Verdict | Why | When |
| --- | --- | --- | --- | --- | --- |
| ceasefire | AFG |  | holding | no breach in 4 reports by 3 claimants | since 2025-10-19 |
| ceasefire | PAK |  | undetermined: holding or violated | contested: chaman-0611<br>breach: chaman-0611 (contested: r12, r13) | since 2025-11-06 |

1 undetermined, 1 holding.
"""


def test_markdown(assess):
    assert assess("--format", "markdown", "--clause", "ceasefire").stdout == GOLDEN_MARKDOWN
    compared = assess("--format", "markdown", "--view", "all").stdout
    assert (
        "| Clause | Bearer | Trigger | neutral | account of PAK | account of AFG | mediators | monitors | press |"
        in compared
    )
    assert "- violated only in AFG's account: ceasefire/PAK\n" in compared


def test_table(assess):
    text = assess().stdout
    assert text.splitlines()[:2] == [
        "What was agreed in Doha and Istanbul (istanbul-2025)",
        "as of 2025-11-15, known at 2025-11-15 (Asia/Karachi), view: neutral",
    ]
    assert text.endswith("\n1 violated, 2 undetermined, 1 pending, 1 holding, 2 fulfilled\n")
    assert "\x1b" not in text
    for words in ("contested: chaman-0611", "due 2025-11-06", "fulfilment: r14", "PAK+AFG"):
        assert words in text


def test_views_side_by_side_and_what_follows(assess):
    lines = assess("--view", "all").stdout.splitlines()
    assert lines[-2:] == [
        "violated only in AFG's account: ceasefire/PAK",
        "violated in every account: mechanism/PAK+AFG",
    ]
    assert "account of PAK: 1 violated, 1 pending, 2 holding, 2 fulfilled, 1 dormant" in lines
    some = assess("--view", "neutral", "--view", "account of AFG").stdout
    assert "violated only" not in some  # not every account was asked


def test_set_aside_and_rejected_are_told(run, example):
    line = '{"id": "r1", "reported": "2025-11-06", "source": "x", "agreement": "else"}\n{}\n'
    for form in ("table", "markdown"):
        found = run("assess", example[0], "-r", "-", "--as-of", "2025-11-06", "--format", form, stdin=line)
        assert "eport lines: 1 rejected, 1 set aside" in found.stdout


# --- what reports and agreements say --------------------------------------------------------------------

NASTY = "[red]x[/red] | <b>\x1b[31m`*\u202e\u0007 :smile:\nnew"


@pytest.fixture
def nasty(tmp_path: Path) -> tuple[str, str]:
    agreement = tmp_path / "n.yaml"
    title = json.dumps(NASTY.replace("\x1b", "").replace("\u0007", "").replace("\u202e", ""))
    agreement.write_text(
        f'servanda: 1\nagreement: "[bold]a"\ntitle: {title}\nactors: {{"A[x]|": {{name: A, role: party}}}}\n'
        'clauses:\n  "[link=x]c": {binds: ["A[x]|"], must_not: {act: force}}\n',
    )
    report = {
        "id": NASTY,
        "incident": NASTY,
        "reported": "2025-11-06",
        "source": "s",
        "act": "force",
        "actor": "A[x]|",
        "occurred": "2025-11-05",
    }
    reports = tmp_path / "n.jsonl"
    reports.write_text(json.dumps(report) + "\n")
    return str(agreement), str(reports)


@pytest.mark.parametrize("form", ["table", "csv", "markdown", "json", "jsonl"])
def test_nothing_hostile_gets_through(run, nasty, form):
    found = run("assess", nasty[0], "-r", nasty[1], "--format", form)
    assert found.exit_code == 1
    assert not set(found.stdout) & set("\x1b\x07\r")
    if form in ("table", "csv", "markdown"):
        assert "\u202e" not in found.stdout
    if form == "table":
        assert "[link=x]c" in found.stdout
        assert ":smile:" in found.stdout
    if form == "markdown":
        rows = [line for line in found.stdout.splitlines() if line.startswith("| ")]
        assert len(rows) == 3
        assert "<b>" not in found.stdout
        assert "\\[link=x\\]c" in rows[2]
    if form == "json":
        assert json.loads(found.stdout)["instances"][0]["evidence"][0]["incident"] == NASTY
    if form == "csv":
        assert len(list(csv.reader(io.StringIO(found.stdout)))) == 2


# --- where it goes --------------------------------------------------------------------------------------


def test_into_a_file(assess, tmp_path):
    out = tmp_path / "out.csv"
    out.write_text("old")
    out.chmod(0o600)
    found = assess("--format", "csv", "-o", str(out))
    assert (found.exit_code, found.stdout) == (1, "")
    assert out.read_text() == assess("--format", "csv").stdout == assess("--format", "csv", "-o", "-").stdout
    assert out.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [out]


def test_into_what_cannot_be_written(assess, tmp_path, example, run):
    for place in (tmp_path, tmp_path / "none" / "out.csv", ""):
        found = assess("-o", str(place))
        assert found.exit_code == 2
        assert "cannot be written" in found.stderr
    copy = tmp_path / "reports.jsonl"
    copy.write_bytes(Path(example[1]).read_bytes())
    found = run("assess", example[0], "-r", str(copy), "-o", str(copy))
    assert found.exit_code == 2
    assert "one of the inputs" in found.stderr
    assert copy.read_bytes() == Path(example[1]).read_bytes()


def test_a_link_stays_a_link(assess, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assess("-o", str(tmp_path / "link"))
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text().startswith("What was agreed")
