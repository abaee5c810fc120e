"""`servanda history`: the log as a table and as data, narrowed to what is asked for, up to the times that are said."""

from __future__ import annotations

import json

import pytest

from servanda import history, load, read_reports


@pytest.fixture
def log(run, example):
    """The revisions that a call prints as JSON Lines."""

    def call(*args: str, **more):
        found = run("history", example[0], *args, "-r", example[1], "--format", "jsonl", **more)
        assert found.exit_code == 0, found.stderr
        return [json.loads(line) for line in found.stdout.splitlines()]

    return call


def test_the_table(run, example):
    found = run("history", *example[:1], "-r", example[1], env={"COLUMNS": "120"})
    assert found.exit_code == 0
    lines = found.stdout.splitlines()
    assert lines[0] == "What was agreed in Doha and Istanbul (istanbul-2025)"
    assert lines[1] == "what was believed up to 2025-11-15 (Asia/Karachi), view: neutral"
    assert lines[-1] == "10 revisions"
    rows = [line.split() for line in lines if line.startswith("  ")]
    assert rows[0] == ["clause", "bearer", "trigger", "when", "believed", "because", "of"]
    assert rows[1][:2] == ["ceasefire", "PAK"]
    assert ["talks", "PAK+AFG", "2025-11-06", "overdue", "time", "alone"] in rows
    assert ["2025-11-07", "fulfilled", "r14"] in rows
    assert rows[-1] == ["handover", "AFG", "2025-11-15", "fulfilled", "r15"]


def test_the_data_are_those_of_the_library(run, example, log):
    own = history(load(example[0]), read_reports(example[1]))
    shown = log()
    assert [(one["clause"], one["bearer"], one["change"], one["status"], one["reports"]) for one in shown] == [
        (one.clause, list(one.bearer), one.change, one.status, list(one.reports)) for one in own
    ]
    assert shown[2] == {
        "agreement": "istanbul-2025",
        "view": "neutral",
        "at": "2025-11-06T13:40:00Z",
        "clause": "ceasefire",
        "bearer": ["PAK"],
        "trigger": None,
        "period": None,
        "change": "revised",
        "status": "undetermined",
        "possible": ["holding", "violated"],
        "because": [{"reason": "contested", "incident": "chaman-0611"}],
        "cured": None,
        "before": ["violated"],
        "reports": ["r13"],
    }
    whole = json.loads(run("history", example[0], "-r", example[1], "--format", "json").stdout)
    assert list(whole) == ["servanda", "agreement", "view", "as_of", "known_at", "revisions", "rejected", "set_aside"]
    assert whole["revisions"] == [{k: v for k, v in one.items() if k not in ("agreement", "view")} for one in shown]


@pytest.mark.parametrize(
    ("args", "clauses"),
    [
        (["ceasefire"], {"ceasefire/PAK"}),
        (["ceasefire/AFG"], set()),
        (["ceasefire/Islamabad", "handover"], {"ceasefire/PAK", "handover/AFG"}),
        (["talks/PAK+AFG"], {"talks/PAK+AFG"}),
        (["mechanism"], {"mechanism/PAK+AFG"}),
        (["--clause", "mechanism"], {"mechanism/PAK+AFG", "mechanism.otherwise/PAK+AFG"}),
        (["handover", "--clause", "talks"], {"handover/AFG", "talks/PAK+AFG"}),
    ],
)
def test_what_is_asked_for(log, args, clauses):
    assert {f"{one['clause']}/{'+'.join(one['bearer'])}" for one in log(*args)} == clauses


def test_times_and_views(log):
    assert [one["at"] for one in log("--known-at", "2025-11-06T18:20+05:00")] == ["2025-11-06T13:10:00Z"] * 2
    late = log("mechanism.otherwise", "--known-at", "2025-12-31")
    assert [(one["status"], one["reports"]) for one in late] == [("pending", []), ("overdue", []), ("violated", [])]
    held = log("mechanism", "--as-of", "2025-11-07", "--known-at", "now")
    assert [(one["at"], one["status"]) for one in held] == [
        ("2025-11-06T18:59:59.999999Z", "overdue"),
        ("2025-11-09T18:59:59.999999Z", "violated"),
    ]
    assert {one["view"] for one in log("--view", "account of Kabul")} == {"account of AFG"}
    assert {one["status"] for one in log("ceasefire", "--view", "account of Kabul")} == {"violated"}


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["ceasfire/PAK"], "did you mean 'ceasefire'?"),
        (["--clause", "talk"], "did you mean 'talks'?"),
        (["--view", "all"], "one view at a time"),
        (["--view", "presss"], "did you mean 'press'?"),
        (["--as-of", "soon"], "--as-of: 'soon' is not a date"),
        (["--known-at", "2025/.."], "--known-at"),
        (["-r", "none.jsonl"], "none.jsonl: cannot be read"),
        (["-r", "-", "-r", "-"], "'-' can be read only once"),
        (["--reader", "acledd"], "acled"),
    ],
)
def test_what_cannot_be_shown(run, example, args, words):
    found = run("history", example[0], "-r", example[1], *args)
    assert (found.exit_code, found.stdout) == (2, "")
    assert words in found.stderr


def test_no_report(run, example):
    found = run("history", example[0])
    assert found.exit_code == 2
    assert "there is no report to take the time from: say --known-at" in found.stderr
    found = run("history", example[0], "--known-at", "2025-11-08", "talks", "--format", "jsonl")
    assert [json.loads(line)["status"] for line in found.stdout.splitlines()] == ["overdue"]
    assert run("history", example[0], "--known-at", "2025-11-01").stdout.endswith("view: neutral\n0 revisions\n")


def test_lines_that_are_no_reports_and_reports_for_others(run, example):
    text = '{"id": "x"}\n{"id": "o", "reported": "2026-01-01", "source": "s", "agreement": "other"}\n'
    args = ("history", example[0], "-r", example[1], "-r", "-", "--format", "json")
    found = run(*args, stdin=text)
    assert "<stdin>:1: error[R010]" in found.stderr
    data = json.loads(found.stdout)
    assert (data["rejected"], data["set_aside"], data["known_at"]) == (1, 1, "2025-11-15T18:59:59.999999Z")
    assert run(*args, "--max-rejects", "0", stdin=text).exit_code == 4


def test_the_output_is_a_file_that_is_none_of_the_inputs(run, example, tmp_path):
    out = tmp_path / "log.json"
    assert run("history", example[0], "-r", example[1], "-o", str(out)).stdout == ""
    assert out.read_text().endswith("10 revisions\n")
    assert "is one of the inputs" in run("history", example[0], "-r", example[1], "-o", example[1]).stderr
