"""What `assess` decides: times, views, clauses, routing, exit codes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

DENIED = '{"id": "x1", "reported": "2025-11-06", "source": "x", "says": "denies"}\n'


def data(result):
    return json.loads(result.stdout)


def status(result, clause, bearer):
    found = [one for one in data(result)["instances"] if (one["clause"], one["bearer"]) == (clause, bearer)]
    assert len(found) == 1
    return found[0]["status"]


# --- times ------------------------------------------------------------------------------------------


def test_both_times_are_those_of_the_latest_report_by_default(assess):
    found = data(assess("--format", "json"))
    assert (found["as_of"], found["known_at"]) == ("2025-11-15T18:59:59.999999Z",) * 2


def test_a_date_counts_with_its_end_in_the_zone_of_the_agreement(assess):
    found = data(assess("--format", "json", "--as-of", "2025-11-07", "--known-at", "2025-11-08T12:00"))
    assert found["as_of"] == "2025-11-07T18:59:59.999999Z"
    assert found["known_at"] == "2025-11-08T07:00:00Z"


def test_known_at_hides_what_was_learned_later(assess):
    assert status(assess("--format", "json", "--known-at", "2025-11-06"), "talks", ["PAK", "AFG"]) != "fulfilled"
    assert status(assess("--format", "json", "--known-at", "2025-11-07"), "talks", ["PAK", "AFG"]) == "fulfilled"


def test_now(assess):
    found = data(assess("--format", "json", "--as-of", "now", "--known-at", "now"))
    assert found["as_of"] == found["known_at"] > "2026"


def test_without_a_report_as_of_must_be_said(run, example):
    found = run("assess", example[0])
    assert found.exit_code == 2
    assert "say --as-of" in found.stderr
    assert run("assess", example[0], "--known-at", "2025-11-01").exit_code == 2
    found = run("assess", example[0], "--as-of", "2025-11-01", "--format", "json")
    assert found.exit_code == 0
    assert data(found)["known_at"] == data(found)["as_of"] == "2025-11-01T18:59:59.999999Z"


@pytest.mark.parametrize("time", ["soon", "2025-13-01", "2025-11-06/..", "", "9999-12-31"])
@pytest.mark.parametrize("option", ["--as-of", "--known-at"])
def test_not_a_time(assess, option, time):
    found = assess(option, time)
    assert (found.exit_code, found.stdout) == (2, "")
    assert f"{option}: " in found.stderr


# --- views and clauses --------------------------------------------------------------------------------


def test_one_view(assess):
    found = assess("--format", "json", "--view", "account of Kabul")
    assert data(found)["view"] == "account of AFG"
    assert status(found, "ceasefire", ["PAK"]) == "violated"


def test_several_views_make_a_list(assess):
    found = data(assess("--format", "json", "--view", "neutral", "--view", "press", "--view", "neutral"))
    assert list(found) == ["servanda", "assessments"]
    assert [one["view"] for one in found["assessments"]] == ["neutral", "press"]


def test_all_views(assess):
    found = data(assess("--format", "json", "--view", "all"))
    views = ["neutral", "account of PAK", "account of AFG", "mediators", "monitors", "press"]
    assert [one["view"] for one in found["assessments"]] == views


@pytest.mark.parametrize(
    ("option", "wrong", "guess"),
    [
        ("--view", "pres", "press"),
        ("--clause", "talk", "talks"),
        ("--clause", "mechanism.othrwise", "mechanism.otherwise"),
    ],
)
def test_unknown_name(assess, option, wrong, guess):
    found = assess(option, wrong)
    assert (found.exit_code, found.stdout) == (2, "")
    assert f"did you mean {guess!r}?" in found.stderr


def test_unknown_view_without_a_guess_lists_them(assess):
    assert "it has 'neutral', 'account of PAK'" in assess("--view", "zzz").stderr


def test_clause_takes_its_substitutes_along(assess):
    found = data(assess("--format", "json", "--clause", "mechanism"))
    assert [one["clause"] for one in found["instances"]] == ["mechanism", "mechanism.otherwise"]
    assert found["summary"] == {"pending": 1, "violated": 1}
    found = data(assess("--format", "json", "--clause", "mechanism.otherwise", "--clause", "talks"))
    assert [one["clause"] for one in found["instances"]] == ["talks", "mechanism.otherwise"]


# --- exit codes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ([], 1),
        (["--fail-on", "violated"], 1),
        (["--fail-on", "never"], 0),
        (["--clause", "talks"], 0),
        (["--clause", "ceasefire"], 3),
        (["--clause", "ceasefire", "--fail-on", "violated"], 0),
        (["--clause", "ceasefire", "--fail-on", "undetermined"], 3),
        (["--clause", "ceasefire", "--view", "account of AFG"], 1),
        (["--clause", "ceasefire", "--view", "account of PAK"], 0),
        (["--clause", "ceasefire", "--view", "all"], 1),
        (["--clause", "ceasefire", "--view", "neutral", "--view", "account of PAK"], 3),
        (["--clause", "penalty"], 0),  # dormant or pending
        (["--clause", "mechanism", "--as-of", "2025-11-08", "--known-at", "2025-11-08"], 3),  # overdue
        (["--clause", "mechanism", "--as-of", "2025-11-08", "--known-at", "2025-11-08", "--fail-on", "violated"], 0),
        (["--engine", "plain"], 1),
        (["--fail-on", "sometimes"], 2),
        (["--format", "xml"], 2),
        (["--max-rejects", "-1"], 2),
    ],
)
def test_exit_code(assess, args, code):
    assert assess(*args).exit_code == code


def test_a_cured_violation_is_a_violation(run, tmp_path):
    run("init", str(tmp_path / "i"))
    args = (
        "assess",
        str(tmp_path / "i/agreement.yaml"),
        "-r",
        str(tmp_path / "i/reports.jsonl"),
        "--clause",
        "withdrawal",
    )
    found = run(*args, "--format", "json")
    assert found.exit_code == 1
    first = data(found)["instances"][0]
    assert first["cured"] == {
        "at": {"earliest": "2026-03-02T23:00:00Z", "latest": "2026-03-03T22:59:59.999999Z"},
        "delay": "P3D",
    }


# --- several agreements, several files --------------------------------------------------------------------


@pytest.fixture
def other(tmp_path: Path) -> str:
    path = tmp_path / "sale.yaml"
    path.write_text(
        "servanda: 1\nagreement: sale\ntimezone: America/New_York\nactors: {S: {name: Seller, role: party}}\n"
        "clauses:\n  delivery: {binds: [S], must: {act: give}, by: 2025-11-01}\n"
    )
    return str(path)


@pytest.fixture
def routed(tmp_path: Path) -> str:
    lines = [
        {"id": "a", "reported": "2025-11-02", "source": "s", "act": "give", "actor": "S", "occurred": "2025-10-30"},
        {"id": "b", "reported": "2025-11-02", "source": "s", "act": "give", "actor": "S", "agreement": "sale"},
        {"id": "c", "reported": "2026-01-01", "source": "s", "act": "give", "actor": "S", "agreement": "elsewhere"},
    ]
    path = tmp_path / "routed.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(path)


def test_reports_go_where_they_say(run, example, other, routed):
    found = run("assess", example[0], other, "-r", routed, "--format", "json")
    first, second = data(found)["assessments"]
    assert (first["agreement"], second["agreement"]) == ("istanbul-2025", "sale")
    assert first["set_aside"] == second["set_aside"] == 1
    # the report that is set aside does not set the time; each agreement has its zone, the latest counts for both
    assert first["as_of"] == second["as_of"] == "2025-11-03T04:59:59.999999Z"
    assert second["instances"][0]["status"] == "fulfilled"
    assert found.exit_code == 0


def test_a_clause_of_one_of_several_agreements(run, example, other, routed):
    found = run("assess", example[0], other, "-r", routed, "--format", "json", "--clause", "delivery")
    assert [len(one["instances"]) for one in data(found)["assessments"]] == [0, 1]


def test_the_same_agreement_twice(run, example):
    found = run("assess", example[0], example[0], "--as-of", "now")
    assert found.exit_code == 2
    assert "both the agreement 'istanbul-2025'" in found.stderr


def test_every_diagnostic_of_every_broken_agreement(run, tmp_path, example):
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("servanda: 1\nagreement: x\nactorz: {}\n")
    found = run("assess", str(tmp_path / "one.yaml"), example[0], str(tmp_path / "two.yaml"), "--as-of", "now")
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr.count("error[A104]") == 2


def test_a_file_of_reports_given_as_an_agreement(run, example):
    found = run("assess", *example)
    assert found.exit_code == 2
    assert f"{example[1]} is named like a file of reports" in found.stderr
    assert f"{example[0]} is named" not in found.stderr


def test_several_report_files_and_formats(run, example, tmp_path):
    lines = Path(example[1]).read_text().splitlines(keepends=True)
    (tmp_path / "first.jsonl.gz").write_bytes(gzip.compress("".join(lines[:2]).encode()))
    (tmp_path / "second.csv").write_text(
        "id,reported,source,act,actor,target,place,occurred\n"
        "r14,2025-11-07,ary,talk.meet,Kabul;Islamabad,,Istanbul,2025-11-06\n"
        "r15,2025-11-15,ary,force.restrain,AFG,TTP,,2025-11-06\n"
    )
    whole = run("assess", *example[:1], "-r", example[1], "--format", "csv")
    parts = run(
        "assess",
        example[0],
        "-r",
        str(tmp_path / "first.jsonl.gz"),
        "-r",
        str(tmp_path / "second.csv"),
        "--format",
        "csv",
    )
    assert whole.stdout == parts.stdout


def test_stdin(run, example, assess):
    text = Path(example[1]).read_bytes()
    assert (
        run("assess", example[0], "-r", "-", "--format", "csv", stdin=text).stdout == assess("--format", "csv").stdout
    )
    assert run("assess", example[0], "-r", "-", "-r", "-", stdin=text).exit_code == 2


# --- rejected lines ---------------------------------------------------------------------------------------


def test_rejected_lines_are_told_counted_and_listed(run, example, tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_text(Path(example[1]).read_text() + DENIED)
    found = run("assess", example[0], "-r", str(path), "--format", "json")
    assert found.exit_code == 1
    assert f"{path}:5: error[R015]: " in found.stderr
    assert "   help: Add `of`." in found.stderr
    assert data(found)["rejected"] == 1
    note = data(found)["diagnostics"][0]
    assert list(note) == ["code", "message", "report", "line"]
    assert (note["code"], note["report"], note["line"]) == ("R015", "x1", 5)


def test_twenty_are_shown(run, example):
    found = run("assess", example[0], "-r", "-", "--as-of", "2025-11-01", "--format", "json", stdin=DENIED * 33)
    assert found.stderr.count("error[R015]") == 20
    assert "... and 13 more rejected lines" in found.stderr
    assert data(found)["rejected"] == len(data(found)["diagnostics"]) == 33


@pytest.mark.parametrize(("most", "code"), [(3, 0), (2, 4), (0, 4)])
def test_max_rejects(run, example, tmp_path, most, code):
    out = tmp_path / "out.json"
    args = ("--as-of", "2025-11-01", "--format", "json", "-o", str(out), "--max-rejects", str(most))
    found = run("assess", example[0], "-r", "-", *args, stdin=DENIED * 3)
    assert found.exit_code == code
    assert out.exists() == (code == 0)
    assert found.stdout == ""


def test_diagnostics_of_reports_go_to_stderr_once_but_into_json(run, example):
    line = '{"id": "r1", "reported": "2025-11-06", "source": "x", "says": "denies", "of": "r0"}\n'
    for form in ("table", "csv", "jsonl", "markdown"):
        found = run("assess", example[0], "-r", "-", "--format", form, "--view", "all", stdin=line)
        assert found.stderr.count("warning[R102]") == 1
        assert "R102" not in found.stdout
    found = run("assess", example[0], "-r", "-", "--format", "json", stdin=line)
    assert found.stderr == ""
    assert [(one["code"], one["report"], one["line"]) for one in data(found)["diagnostics"]] == [("R102", "r1", 1)]
