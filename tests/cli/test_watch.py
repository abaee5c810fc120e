"""Reports come in from files and pipes; findings go out, and a state from which the watch goes on."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from cli.watched import AGREEMENT, DATA, flat, groups, joined, line
from servanda.cli import watch
from servanda.render.schemas import schema_of
from servanda.snapshot import Snapshot

# --- what is printed ------------------------------------------------------------------------------------


def test_it_prints_what_the_tracker_finds(run, reports):
    found = run("watch", AGREEMENT, "-r", str(reports), "--format", "jsonl")
    assert found.stdout == flat(groups(reports)) != ""
    assert found.exit_code == 1
    schema = schema_of("finding")
    for one in found.stdout.splitlines():
        jsonschema.validate(json.loads(one), schema)


def test_a_line_for_people(run, example):
    found = run("watch", example[0], "-r", example[1])
    assert found.stdout.splitlines()[:3] == [
        "2025-11-06T13:10:00Z  ceasefire/PAK  holding -> violated  by r12 (breach: incident chaman-0611)",
        "2025-11-06T13:10:00Z  penalty/MVM [violated ceasefire/PAK (chaman-0611)]  new: pending  by r12 (trigger: incident chaman-0611)",
        "2025-11-06T13:40:00Z  ceasefire/PAK  violated -> undetermined (holding or violated)  by r13 (breach: incident chaman-0611 contested)",
    ]
    assert "  mechanism/PAK+AFG  pending -> overdue  by time alone (no report of establish, " in found.stdout
    assert found.stderr == (
        "4 reports; 10 findings printed; as of 2025-11-15: 1 violated, 2 undetermined, 1 pending, 1 holding, 2 fulfilled\n"
    )


def test_what_is_withdrawn_and_what_stays_as_it_was(run, tmp_path):
    path = tmp_path / "r.jsonl"
    told = [
        line(1),
        line(1, id="b1", incident="a1", source="x"),
        line(2, id="n", says="retracts", of="a1"),
        line(3, id="m", source="x", says="retracts", of="b1"),
    ]
    path.write_text("\n".join(told))
    shown = run("watch", AGREEMENT, "-r", str(path)).stdout
    assert "  ceasefire/PAK  still violated  by b1 (breach: incident a1)\n" in shown
    assert "  ceasefire/PAK  violated -> holding  by m\n" in shown
    assert "  penalty/MVM [violated ceasefire/PAK (a1)]  pending -> withdrawn  by m\n" in shown


def test_periods_are_named(run, tmp_path):
    (tmp_path / "a.yaml").write_text(
        "servanda: 1\nagreement: a\nterm: {from: 2025-11-01, until: 2025-12-31}\nactors: {A: {role: party}}\n"
        "clauses: {c: {binds: A, every: P7D, must: {act: pay}}}\n"
    )
    row = (
        '{"id": "r1", "reported": "2025-11-09", "source": "s", "act": "pay", "actor": "A", "occurred": "2025-11-08"}\n'
    )
    shown = run("watch", str(tmp_path / "a.yaml"), "-r", "-", stdin=row).stdout
    assert "  c/A [2025-11-08 to 2025-11-14]  pending -> fulfilled  by r1 (fulfilment: incident r1)\n" in shown


@pytest.mark.parametrize(
    ("clause", "day", "code"),
    [("ceasefire", "2025-11-06", 1), ("penalty", "2025-11-06", 0), ("mechanism", "2025-11-08", 3)],
)
def test_a_clause_and_the_exit_code(run, tmp_path, clause, day, code):
    path = tmp_path / "r.jsonl"
    path.write_text(line(6, reported=day))
    found = run("watch", AGREEMENT, "-r", str(path), "--clause", clause, "--format", "jsonl")
    assert found.exit_code == code
    assert {json.loads(one)["clause"].split(".")[0] for one in found.stdout.splitlines()} == {clause}


def test_a_view(run, example):
    found = run("watch", example[0], "-r", example[1], "--view", "account of Kabul", "--format", "jsonl")
    assert {json.loads(one)["view"] for one in found.stdout.splitlines()} == {"account of AFG"}
    assert "undetermined" not in {
        json.loads(one)["status"] for one in found.stdout.splitlines() if '"ceasefire"' in one
    }


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--view", "all"], "one view at a time"),
        (["--view", "presss"], "did you mean 'press'?"),
        (["--retention", "month"], "--retention: 'month' is not an ISO 8601 duration such as P30D"),
        (["--clause", "talk"], "did you mean 'talks'?"),
        (["--reader", "acledd"], "acled"),
        (["-r", "none.jsonl"], "none.jsonl: cannot be read"),
        (["-r", "."], ".: cannot be read"),
        (["--state", "none/state"], "none/state cannot be written: no such file or directory"),
        (["--state", "."], "error[S001]"),
        (
            ["--state", AGREEMENT],
            "error[S002]: it does not begin with the header of a snapshot\n   help: Give the path",
        ),
    ],
)
def test_what_cannot_be_watched(run, reports, args, words):
    found = run("watch", AGREEMENT, "-r", str(reports), *args)
    assert (found.exit_code, found.stdout) == (2, "")
    assert words in found.stderr


def test_nothing_at_all(run):
    found = run("watch", AGREEMENT, "-r", "-", stdin="")
    assert (found.exit_code, found.stdout, found.stderr) == (0, "", "0 reports; 0 findings printed\n")


def test_lines_that_are_no_reports(run, reports):
    found = run("watch", AGREEMENT, "-r", str(reports))
    told = found.stderr.splitlines()
    assert told[0] == f"{reports}:8: error[R010]: `reported` is missing"
    assert len([one for one in told if "error[R010]" in one]) == 2
    assert told[-1].startswith("12 reports, 2 rejected, 2 set aside; ")
    assert "\nwarning[R101]" not in found.stderr
    found = run("watch", AGREEMENT, "-r", str(reports), "--max-rejects", "1", "--format", "jsonl")
    assert found.exit_code == 4
    assert "2 rejected, 1 set aside: more are rejected than --max-rejects 1 allows" in found.stderr
    assert flat(groups(reports)).startswith(found.stdout)


def test_what_a_reader_of_reports_should_know_is_said_at_the_end(run, tmp_path):
    path = tmp_path / "r.jsonl"
    path.write_text(f"{line(1)}\n{line(2, id='a1')}\n")
    assert "warning[R101]: report 'a1' came with two contents" in run("watch", AGREEMENT, "-r", str(path)).stderr


def test_tables(run, tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("id,reported,source,act,actor,target\na1,2025-11-01,ary,force.attack,PAK,AFG\n")
    assert "ceasefire/PAK" in run("watch", AGREEMENT, "-r", str(path)).stdout
    path = tmp_path / "r.ged"
    path.write_text(
        "id,type_of_violence,side_a,side_b,date_prec,date_start,date_end\n501,1,Pakistan,Kabul,1,2025-11-04,2025-11-04\n"
    )
    assert "by ucdp-501" in run("watch", AGREEMENT, "-r", str(path), "--reader", "ucdp-ged").stdout


# --- going on -------------------------------------------------------------------------------------------


def test_what_is_over_longer_than_the_retention_is_let_go_and_told(run, tmp_path):
    (tmp_path / "a.yaml").write_text(
        "servanda: 1\nagreement: a\ntimezone: UTC\nterm: {from: 2025-11-01, until: open}\nactors: {A: {role: party}}\n"
        "clauses: {c: {binds: A, when: {act: ask}, must: {act: pay}, within: P1D}}\n"
    )
    row = '{{"id": "r{0}", "reported": "2025-11-{0:02}", "source": "s", "act": "{1}", "occurred": "2025-11-{0:02}"}}\n'
    args = ("watch", str(tmp_path / "a.yaml"), "-r", "-", "--retention", "P5D")
    told = row.format(1, "ask") + row.format(20, "talk")
    found = run(*args, stdin=told)
    assert "warning[R113]: 1 instances were over longer than P5D ago" in found.stderr
    assert found.exit_code == 1
    late = run(*args, stdin=told + row.format(2, "pay").replace("2025-11-02", "2025-11-21", 1))
    assert "warning[R111]: report 'r2' is about 2025-11-02" in late.stderr
    assert late.stdout == found.stdout
    assert run(*args, "--clause", "c", stdin=row.format(20, "talk")).exit_code == 0


@pytest.mark.parametrize("more", [[], ["--retention", "P1D"]])
@pytest.mark.parametrize("name", ["r.jsonl", "r.log", "-"])
def test_what_was_read_is_not_read_again(run, reports, tmp_path, name, more, monkeypatch):
    """After every line, by a file that is read from its middle, by one that is not, and by stdin."""
    monkeypatch.setattr(watch, "_SPARE", 2)
    all_lines = reports.read_text().splitlines(keepends=True)
    whole, state, path = flat(groups(reports)), tmp_path / "state", tmp_path / name
    whole_errors = run("watch", AGREEMENT, "-r", str(reports)).stderr.count("error[R010]")
    shown, errors = "", 0
    for end in range(0, len(all_lines), 3):
        piece = all_lines[end : end + 3]
        if name != "-":
            with path.open("a") as file:
                file.writelines(piece)
        found = run(
            "watch", AGREEMENT, "-r", name if name == "-" else str(path), "--state", str(state), "--format", "jsonl", *more,
            stdin="".join(piece),
        )  # fmt: skip
        shown, errors = shown + found.stdout, errors + found.stderr.count("error[R010]")
    assert shown == whole
    assert errors == whole_errors
    assert found.stderr.splitlines()[-1].startswith("12 reports, 2 rejected, 2 set aside; ")
    if name != "-":
        again = run("watch", AGREEMENT, "-r", str(path), "--state", str(state), *more)
        assert (again.stdout, again.exit_code) == ("", 1)
        assert again.stderr.startswith("note: read before: 12 reports, 2 rejected, 2 set aside\n12 reports, ")


def test_lines_keep_their_numbers(run, tmp_path):
    path, state = tmp_path / "r.jsonl", str(tmp_path / "s")
    path.write_text(f"\n{line(1)}\n\n")
    run("watch", AGREEMENT, "-r", str(path), "--state", state)
    with path.open("a") as file:
        file.write(f"{{}}\n{line(2)}\n")
    assert f"{path}:4: error[R010]" in run("watch", AGREEMENT, "-r", str(path), "--state", state).stderr
    assert '"id":"a2"' in Path(state).read_text()
    assert '"line":5' in Path(state).read_text()


def test_a_table_goes_on_below_its_header(run, tmp_path):
    path, state = tmp_path / "r.csv", str(tmp_path / "s")
    path.write_text('id,reported,source,act,actor,target,note\na1,2025-11-01,ary,force.attack,PAK,AFG,"two\nlines"\n')
    first = run("watch", AGREEMENT, "-r", str(path), "--state", state)
    with path.open("a") as file:
        file.write("a2,2025-11-02,ary,force.attack,AFG,PAK,\n")
    second = run("watch", AGREEMENT, "-r", str(path), "--state", state)
    assert "by a1" in first.stdout
    assert "by a2" in second.stdout
    assert "by a1" not in second.stdout


def test_a_later_release_still_corrects_an_earlier_one(run, tmp_path):
    head = "id,type_of_violence,side_a,side_b,date_prec,date_start,date_end,best,low,high\n"
    path, state = tmp_path / "ged", str(tmp_path / "s")
    path.write_text(head + "501,1,Pakistan,Kabul,1,2025-11-04,2025-11-04,1,1,1\n")
    args = ("watch", AGREEMENT, "-r", str(path), "--reader", "ucdp-ged", "--state", state)
    run(*args)
    with path.open("a") as file:
        file.write("501,1,Pakistan,Kabul,1,2025-11-05,2025-11-05,1,1,1\n")
    run(*args)
    kept = json.loads(Path(state).read_text().splitlines()[-1])["report"]
    assert (kept["id"], kept["says"], kept["of"]) == ("ucdp-501@002", "corrects", "ucdp-501")


def test_a_last_line_without_its_end(run, tmp_path):
    path, state = tmp_path / "r.jsonl", str(tmp_path / "s")
    args = ("watch", AGREEMENT, "-r", str(path), "--state", state, "--format", "jsonl")
    path.write_text(line(1))
    assert '"a1"' in run(*args).stdout
    assert run(*args).stdout == ""
    with path.open("a") as file:
        file.write(f"\n{line(2)[:20]}")
    found = run(*args)
    assert f"{path}:2: error[R001]" in found.stderr
    with path.open("a") as file:
        file.write(f"{line(2)[20:]}\n{line(3)}\n")
    found = run(*args)
    assert found.stdout == flat(groups(path)[1:])
    assert "error" not in found.stderr


def test_another_file_of_that_name_is_read_from_its_beginning(run, tmp_path):
    path, state = tmp_path / "r.jsonl", str(tmp_path / "s")
    args = ("watch", AGREEMENT, "-r", str(path), "--state", state, "--format", "jsonl")
    path.write_text(f"{line(1)}\n{line(2)}\n")
    run(*args)
    for text in (f"{line(2)}\n{line(3)}\n", "", f"{line(2)}\n{line(4)}\n{line(5)}\n"):
        path.write_text(text)
        found = run(*args)
        assert (
            f"note: {path} is not the file that was read before, or was cut: it is read from its beginning"
            in found.stderr
        )
        assert '"report": "a2"' not in found.stdout  # the same report told again changes nothing
    assert '"report": "a5"' in found.stdout


def test_a_state_that_was_begun_on_stdin_goes_on_with_a_file(run, reports, tmp_path):
    state = str(tmp_path / "s")
    first, *rest = reports.read_text().splitlines(keepends=True)
    one = run("watch", AGREEMENT, "-r", "-", "--state", state, "--format", "jsonl", stdin=first)
    two = run("watch", AGREEMENT, "-r", str(reports), "--state", state, "--format", "jsonl")
    assert joined(one, two) == flat(groups(reports))
    assert run("watch", AGREEMENT, "-r", "-", "--state", state, stdin="".join(rest)).stdout == ""


@pytest.mark.parametrize(
    ("args", "text", "code"),
    [
        (["--view", "press"], None, "S008"),
        ([], ("on: 2025-11-06", "on: 2025-11-07"), "S007"),
        ([], ("agreement: istanbul-2025", "agreement: doha"), "S006"),
        (["--retention", "P1D"], None, "S009"),
    ],
)
def test_a_state_of_something_else(run, reports, tmp_path, args, text, code):
    state, other = str(tmp_path / "s"), tmp_path / "other.yaml"
    other.write_text((DATA / "agreement.yaml").read_text().replace(*text or ("", "")))
    run("watch", AGREEMENT, "-r", str(reports), "--state", state)
    before = Path(state).read_bytes()
    found = run("watch", str(other), "-r", str(reports), "--state", state, *args)
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr.startswith(f"{state}: error[{code}]: ")
    assert Path(state).read_bytes() == before


def test_a_packed_file_cannot_be_gone_on_with(run, tmp_path, reports):
    import gzip

    path = tmp_path / "r.jsonl.gz"
    path.write_bytes(gzip.compress(reports.read_bytes()))
    assert run("watch", AGREEMENT, "-r", str(path), "--format", "jsonl").stdout == flat(groups(reports))
    for more in (["--state", str(tmp_path / "s")], ["--follow"]):
        found = run("watch", AGREEMENT, "-r", str(path), *more)
        assert found.exit_code == 2
        assert "is packed, and cannot be read on from a place in it. Unpack it on the way: zcat" in found.stderr


def test_a_state_that_cannot_be_added_to(run, reports, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Snapshot, "append", full)
    found = run("watch", AGREEMENT, "-r", str(reports), "--state", str(tmp_path / "s"))
    assert found.exit_code == 2
    assert "s cannot be written: no space left on device" in found.stderr


def test_what_is_kept_is_forced_to_the_disk_when_there_is_nothing_to_read(run, reports, tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(Snapshot, "sync", lambda self: calls.append(Path(self.path).read_bytes().count(b"\n")))
    monkeypatch.setattr(watch, "_SYNC", 1e12)
    run("watch", AGREEMENT, "-r", str(reports), "--state", str(tmp_path / "s"))
    assert calls == [17]  # a header, and a line for each that is not blank
    monkeypatch.setattr(watch, "_SYNC", -1.0)  # as if each took long
    run("watch", AGREEMENT, "-r", str(reports), "--state", str(tmp_path / "t"))
    assert calls[1:] == list(range(2, 18))
