"""`servanda assess --suppose`: what reports that nobody made would change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from servanda.render.schemas import schema_of

DENIAL = {"id": "s1", "reported": "2025-11-20", "source": "pak-moib", "says": "retracts", "of": "r13"}
FIRE = {
    "id": "s2", "reported": "2025-11-20", "source": "ary", "act": "force.attack", "actor": "AFG", "target": "PAK",
    "occurred": "2025-11-19",
}  # fmt: skip
MEETING = {"id": "s3", "reported": "2025-11-16", "source": "ary", "says": "corrects", "of": "r14", "place": "Doha"}
BODY = {
    "id": "s4",
    "reported": "2025-11-12",
    "source": "ary",
    "act": "establish",
    "object": "MVM",
    "occurred": "2025-11-12",
}


@pytest.fixture
def suppose(assess, tmp_path):
    """`servanda assess` on the example, supposing these reports."""

    def call(reports: list[dict[str, Any]], *args: str):
        path = tmp_path / "supposed.jsonl"
        path.write_text("".join(json.dumps(one) + "\n" for one in reports))
        return assess("--suppose", str(path), *args)

    return call


def data(result) -> dict[str, Any]:
    found = json.loads(result.stdout)
    jsonschema.validate(found, schema_of("differences"))
    return found


def changes(result) -> list[tuple[str, str, list[str], str | None, str | None]]:
    return [
        (
            one["change"],
            one["clause"],
            one["bearer"],
            one["before"] and one["before"]["status"],
            one["after"] and one["after"]["status"],
        )
        for one in data(result)["differences"]
    ]


def test_only_what_differs_with_the_evidence_that_is_new(suppose, tmp_path):
    found = suppose([FIRE], "--format", "json")
    assert changes(found) == [
        ("revised", "ceasefire", ["AFG"], "holding", "violated"),
        ("new", "penalty", ["MVM"], None, "pending"),
    ]
    whole = data(found)
    assert list(whole)[:2] == ["servanda", "supposed"]
    assert whole["supposed"] == [str(tmp_path / "supposed.jsonl")]
    assert whole["as_of"] == whole["known_at"] == "2025-11-20T18:59:59.999999Z"  # the supposed report's
    evidence = whole["differences"][0]["evidence"]
    assert [(one["incident"], one["effect"], one["reports"]) for one in evidence] == [("s2", "breach", ["s2"])]
    assert whole["differences"][1]["trigger"]["incident"] == "s2"


def test_both_sides_are_judged_at_the_same_time(suppose):
    """A report that says nothing new differs in nothing, though it moves the time by years."""
    late = {"id": "z", "reported": "2027-01-01", "source": "ary", "act": "talk", "actor": "TUR"}
    assert changes(suppose([late], "--format", "json")) == []
    assert "no verdict would differ" in suppose([late]).stdout


def test_a_supposed_report_retracts_a_real_one(suppose):
    found = suppose([DENIAL], "--format", "json")
    assert changes(found)[0] == ("revised", "ceasefire", ["PAK"], "undetermined", "violated")
    first = data(found)["differences"][0]
    assert first["before"]["because"] == [{"reason": "contested", "incident": "chaman-0611"}]
    assert (first["after"]["because"], first["lost"]) == ([], [])
    assert [one["reports"] for one in first["evidence"]] == [["r12"]]


def test_a_supposed_report_corrects_a_real_one_and_takes_evidence_away(suppose):
    found = suppose([MEETING], "--format", "json", "--clause", "talks")
    assert changes(found) == [("revised", "talks", ["PAK", "AFG"], "fulfilled", "violated")]
    assert [one["incident"] for one in data(found)["differences"][0]["lost"]] == ["r14"]


def test_what_a_violation_set_off_is_withdrawn_with_it(example, run, tmp_path):
    (tmp_path / "fire.jsonl").write_text(json.dumps(FIRE))
    (tmp_path / "gone.jsonl").write_text(json.dumps({**FIRE, "id": "s9", "says": "retracts", "of": "s2"}))
    args = ("assess", example[0], "-r", example[1], "-r", str(tmp_path / "fire.jsonl"))
    found = run(*args, "--suppose", str(tmp_path / "gone.jsonl"), "--format", "json")
    assert ("withdrawn", "penalty", ["MVM"], "pending", None) in changes(found)


@pytest.mark.parametrize(
    ("reports", "args", "code"),
    [
        ([FIRE], ("--clause", "ceasefire"), 1),
        ([MEETING], ("--clause", "talks"), 1),  # 0 without
        ([DENIAL], ("--clause", "ceasefire", "--fail-on", "violated"), 1),
        ([], ("--clause", "ceasefire"), 3),
        ([], ("--clause", "talks"), 0),
        ([FIRE], ("--fail-on", "never"), 0),
    ],
)
def test_the_exit_code_is_that_of_the_supposed_world(suppose, reports, args, code):
    assert suppose(reports, *args).exit_code == code


def test_times_that_are_said_count(suppose):
    found = suppose([FIRE], "--as-of", "2025-11-18", "--known-at", "2025-11-18", "--format", "json")
    assert changes(found) == []
    assert data(found)["as_of"] == "2025-11-18T18:59:59.999999Z"


def test_the_table(suppose, tmp_path):
    found = suppose([FIRE, BODY])
    assert f"supposing {tmp_path / 'supposed.jsonl'}" in found.stdout
    assert "breach: s2" in found.stdout
    assert "cure: s4" in found.stdout
    assert found.stdout.splitlines()[-1] == "1 new, 2 revised"
    assert "without" in found.stdout
    assert "talks" not in found.stdout


def test_the_table_tells_what_counts_no_longer_and_a_deadline_that_moved(suppose, run, tmp_path):
    assert "no longer fulfilment: r14" in suppose([MEETING]).stdout
    (tmp_path / "a.yaml").write_text(
        "servanda: 1\nagreement: a\nterm: {from: 2026-01-01}\nactors: {A: {role: party}}\nclauses:\n"
        "  pay: {binds: A, must: {act: pay}, by: 2026-02-28}\n"
        "  longer: {can: {act: agree}, effect: {amend: {pay: {by: 2026-03-31}}}}\n"
    )
    agreed = {"id": "x", "source": "s", "reported": "2026-01-05", "act": "agree", "occurred": "2026-01-05"}
    (tmp_path / "x.jsonl").write_text(json.dumps(agreed))
    shown = run("assess", str(tmp_path / "a.yaml"), "--suppose", str(tmp_path / "x.jsonl")).stdout
    assert "due 2026-03-31" in shown
    assert "amendment: x" in shown


def test_several_files_views_and_agreements(run, example, tmp_path):
    for name, one in (("one", FIRE), ("two", DENIAL)):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(one))
    other = tmp_path / "other.yaml"
    other.write_text(Path(example[0]).read_text().replace("agreement: istanbul-2025", "agreement: other"))
    files = ("--suppose", str(tmp_path / "one.jsonl"), "--suppose", str(tmp_path / "two.jsonl"))
    args = ("assess", example[0], str(other), "-r", example[1], *files, "--view", "neutral", "--view", "press")
    whole = data(run(*args, "--format", "json"))
    assert [(one["agreement"], one["view"]) for one in whole["comparisons"]] == [
        ("istanbul-2025", "neutral"),
        ("istanbul-2025", "press"),
        ("other", "neutral"),
        ("other", "press"),
    ]
    assert len(whole["supposed"]) == 2
    assert run(*args).stdout.count("supposing ") == 4


def test_lines_that_are_no_reports_are_handled_as_ever(assess, tmp_path):
    (tmp_path / "bad.jsonl").write_text("nonsense\n" + json.dumps(FIRE) + "\n")
    args = ("--suppose", str(tmp_path / "bad.jsonl"))
    found = assess(*args, "--format", "json")
    assert len(changes(found)) == 2
    assert data(found)["rejected"] == 1
    assert f"{tmp_path / 'bad.jsonl'}:1: error[R001]" in found.stderr
    assert assess(*args, "--max-rejects", "0").exit_code == 4


def test_the_standard_input_is_read_once(run, example):
    line = json.dumps(FIRE)
    found = run("assess", example[0], "-r", example[1], "--suppose", "-", "--format", "json", stdin=line)
    assert len(changes(found)) == 2
    found = run("assess", example[0], "-r", "-", "--suppose", "-", stdin=line)
    assert (found.exit_code, found.stdout) == (2, "")
    assert "'-' can be read only once" in found.stderr


def test_a_supposition_is_not_overwritten(assess, tmp_path):
    path = tmp_path / "s.jsonl"
    path.write_text(json.dumps(FIRE))
    found = assess("--suppose", str(path), "-o", str(path))
    assert found.exit_code == 2
    assert json.loads(path.read_text()) == FIRE


@pytest.mark.parametrize("form", ["csv", "jsonl", "markdown"])
def test_formats_that_cannot_compare(suppose, form):
    found = suppose([FIRE], "--format", form)
    assert (found.exit_code, found.stdout) == (2, "")
    assert f"--suppose compares verdicts as table or json, not as {form}" in found.stderr


def test_a_file_that_is_not_there(assess):
    found = assess("--suppose", "nowhere.jsonl")
    assert (found.exit_code, found.stdout) == (2, "")
    assert "nowhere.jsonl" in found.stderr
