"""Reports come in, from files that grow, are replaced and cut, and from pipes; the watch is stopped and killed."""

from __future__ import annotations

import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from servanda import Tracker, load, read_reports
from servanda.cli import main, tail, watch
from servanda.render.findings import jsonl_line
from servanda.render.schemas import schema_of
from servanda.snapshot import Event, Snapshot, file

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


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    path = tmp_path / "reports.jsonl"
    path.write_text("".join(f"{one}\n" for one in lines()))
    return path


def groups(path: Path, agreement: str = AGREEMENT) -> list[list[str]]:
    """What each report brings, one after the other."""
    tracker = Tracker(load(agreement), engine="plain")
    return [
        [jsonl_line(each, tracker.agreement, "neutral") for each in tracker.observe(one)]
        for one in read_reports(path, on_reject=lambda _: None)
    ]


def flat(found: list[list[str]]) -> str:
    return "".join(one for group in found for one in group)


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


def joined(*runs: Any) -> str:
    return "".join(one.stdout for one in runs)


@pytest.mark.parametrize("name", ["r.jsonl", "r.log", "-"])
def test_what_was_read_is_not_read_again(run, reports, tmp_path, name):
    """After every line, by a file that is read from its middle, by one that is not, and by stdin."""
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
            "watch", AGREEMENT, "-r", name if name == "-" else str(path), "--state", str(state), "--format", "jsonl",
            stdin="".join(piece),
        )  # fmt: skip
        shown, errors = shown + found.stdout, errors + found.stderr.count("error[R010]")
    assert shown == whole
    assert errors == whole_errors
    assert found.stderr.splitlines()[-1].startswith("12 reports, 2 rejected, 2 set aside; ")
    if name != "-":
        again = run("watch", AGREEMENT, "-r", str(path), "--state", str(state))
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


# --- following, in processes of their own ---------------------------------------------------------------


class Watching:
    """A watch that runs; what it prints is read as it comes."""

    def __init__(self, *args: str, stdin: int | None = None) -> None:
        env = {**os.environ, "PYTHONPATH": str(ENGINE)}
        command = [
            sys.executable,
            "-m",
            "servanda.cli",
            "watch",
            AGREEMENT,
            "--engine",
            "plain",
            "--format",
            "jsonl",
            *args,
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=stdin, env=env)

    def until(self, report: str) -> str:
        """What is printed up to the first finding that a report brings."""
        assert self.process.stdout is not None
        shown = ""
        while f'"report": "{report}"' not in shown:
            one = self.process.stdout.readline().decode()
            assert one, shown
            shown += one
        return shown

    def tell(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def end(self, number: int | None) -> tuple[int, str, str]:
        """Exit code, and the rest of what it printed."""
        if number is not None:
            self.process.send_signal(number)
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        out, err = self.process.stdout.read(), self.process.stderr.read()
        return self.process.wait(30), out.decode(), err.decode()


@pytest.fixture
def watching() -> Iterator[Callable[..., Watching]]:
    begun: list[Watching] = []

    def begin(*args: str, **more: Any) -> Watching:
        begun.append(Watching(*args, **more))
        return begun[-1]

    yield begin
    for one in begun:
        if one.process.poll() is None:
            one.process.kill()
        for stream in (one.process.stdin, one.process.stdout, one.process.stderr):
            if stream is not None:
                stream.close()
        one.process.wait()


def add(path: Path, *texts: str) -> None:
    with path.open("a") as file:
        file.writelines(texts)


def test_findings_come_while_the_pipe_is_open(watching):
    one = watching("-r", "-", stdin=subprocess.PIPE)
    one.tell(f"{line(1)}\n")
    assert one.until("a1").count("\n") == 1
    one.tell(f"{line(2)}\n{line(3)[:30]}")
    one.until("a2")
    one.tell(f"{line(3)[30:]}\n")
    one.until("a3")
    assert one.process.stdin is not None
    one.process.stdin.close()
    one.process.stdin = None
    code, _, err = one.end(None)
    assert code == 1
    assert err.startswith("3 reports; ")


def test_a_file_is_followed_as_it_grows_is_replaced_and_cut(watching, tmp_path):
    path, state = tmp_path / "r.jsonl", tmp_path / "s"
    path.write_text(f"{line(1)}\n{line(2)[:30]}")
    one = watching("-r", str(path), "--follow", "--state", str(state))
    shown = one.until("a1")
    add(path, line(2)[30:], "\n")
    shown += one.until("a2")
    add(path, line(3))  # without its end
    path.rename(tmp_path / "r.jsonl.1")
    time.sleep(0.5)
    add(tmp_path / "r.jsonl.1", "\n", line(4))  # the writer has not noticed yet
    time.sleep(0.5)
    path.write_text(f"{line(5)}\n")
    shown += one.until("a5")
    path.write_text(f"{line(6)[:40]}")
    time.sleep(0.5)
    add(path, line(6)[40:], "\n", "{}\n", line(7), "\n")
    shown += one.until("a7")
    code, rest, err = one.end(signal.SIGTERM)
    assert code == 0
    assert f"{path}:2: error[R010]" in err
    assert err.count(f"note: {path} was replaced or cut: it is read from its beginning") == 2
    assert "7 reports, 1 rejected; " in err
    (tmp_path / "all.jsonl").write_text("".join(f"{line(number)}\n" for number in range(1, 8)))
    assert shown + rest == flat(groups(tmp_path / "all.jsonl"))
    add(path, line(8), "\n")
    assert main.main(
        ["watch", AGREEMENT, "-r", str(path), "--state", str(state), "--engine", "plain"], standalone_mode=False
    ) == 1  # fmt: skip
    assert state.read_text().count('"report"') == 8


def test_what_is_written_while_the_file_is_replaced_is_read(tmp_path, monkeypatch):
    path = tmp_path / "r.jsonl"
    path.write_text("1\n")

    def replaced(_: tail.Tail) -> bool:
        add(path, "2\n")
        return True

    monkeypatch.setattr(tail.Tail, "_replaced", replaced)
    with closing(tail.Tail(str(path), follow=True, keep=False, waiting=nullcontext, idle=lambda: None)) as stream:
        assert [stream.read1() for _ in range(3)] == [b"1\n", b"2\n", b"2\n"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
@pytest.mark.parametrize("source", ["file", "stdin"])
def test_it_is_told_to_stop(watching, tmp_path, number, code, source):
    path, state = tmp_path / "r.jsonl", tmp_path / "s"
    path.write_text(f"{line(1)}\n")
    if source == "stdin":
        one = watching("-r", "-", "--state", str(state), stdin=subprocess.PIPE)
        one.tell(path.read_text())
    else:
        one = watching("-r", str(path), "--follow", "--state", str(state))
    one.until("a1")
    time.sleep(0.1)
    found = one.end(number)
    assert found[0] == code
    assert found[2].startswith("1 report; ")
    assert "Traceback" not in found[2]
    assert state.read_bytes().count(b"\n") == 2


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_the_report_at_hand_is_finished_first(run, reports, tmp_path, monkeypatch, number, code):
    observe, state = Tracker.observe, tmp_path / "s"
    args = ("watch", AGREEMENT, "-r", str(reports), "--state", str(state), "--format", "jsonl")

    def observed(self: Tracker, one: Any) -> Any:
        if one.id == "a7":
            os.kill(os.getpid(), number)
        return observe(self, one)

    monkeypatch.setattr(Tracker, "observe", observed)
    first = run(*args)
    assert first.exit_code == code
    assert '"report": "a7"' in first.stdout
    assert first.stderr.splitlines()[-1].startswith("8 reports, 1 rejected, 1 set aside; ")
    assert state.read_text().count("\n") == 11
    monkeypatch.undo()
    assert signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler)
    assert joined(first, run(*args)) == flat(groups(reports))


def test_nobody_reads_any_more(watching, tmp_path):
    path, state = tmp_path / "r.jsonl", tmp_path / "s"
    path.write_text(f"{line(1)}\n")
    args = ("-r", str(path), "--state", str(state), "--clause", "ceasefire")
    one = watching(*args, "--follow")
    shown = one.until("a1")
    assert one.process.stdout is not None
    one.process.stdout.close()
    add(path, line(2), "\n", line(3), "\n")
    assert one.process.wait(30) == 141
    assert one.process.stderr is not None
    assert "Traceback" not in one.process.stderr.read().decode()
    shown += watching(*args).end(None)[1]
    assert shown == "".join(
        one for one in flat(groups(path)).splitlines(True) if json.loads(one)["clause"] == "ceasefire"
    )


# --- killed -----------------------------------------------------------------------------------------------


def follows(pieces: list[str], found: list[list[str]]) -> None:
    """The pieces, one for each run, are what was found, but that a run may repeat what the one before did last."""
    starts = [sum(map(len, found[:number])) for number in range(len(found) + 1)]
    told, at = [one for group in found for one in group], 0
    for piece in pieces:
        rows = piece.splitlines(keepends=True)
        last = max(start for start in starts if start < max(at, 1))  # where the last group printed begins
        begin = next(start for start in (at, last) if told[start : start + len(rows)] == rows)
        at = max(at, begin + len(rows))
    assert at == len(told)


def test_what_may_be_repeated() -> None:
    found = [["a\n"], ["b\n", "c\n"], ["d\n"]]
    for good in (
        ["a\nb\nc\nd\n"],
        ["a\nb\n", "b\nc\nd\n"],
        ["a\nb\nc\n", "b\nc\n", "", "d\n"],
        ["", "a\n", "a\n", "b\nc\nd\n"],
    ):
        follows(good, found)
    for bad in (["a\n", "c\nd\n"], ["a\nb\nc\n", "a\nb\nc\nd\n"], ["a\nb\n"], ["a\nb\nc\nd\n", "c\nd\n"]):
        with pytest.raises((AssertionError, StopIteration)):
            follows(bad, found)


def test_killed_at_many_random_points(reports, tmp_path):
    state, found, dice = tmp_path / "s", groups(reports), random.Random(7)
    env = {**os.environ, "PYTHONPATH": str(ENGINE)}
    command = [sys.executable, "-m", "servanda.cli", "watch", AGREEMENT, "-r", str(reports), "--state", str(state)]
    pieces, errors = [], ""
    for number in range(7):
        out = tmp_path / f"out{number}"
        with out.open("wb") as stream:
            process = subprocess.Popen(
                [*command, "--engine", "plain", "--format", "jsonl"], stdout=stream, stderr=subprocess.PIPE, env=env
            )
            if number < 6:
                since = time.monotonic()
                while not out.stat().st_size and process.poll() is None and time.monotonic() < since + 1:
                    time.sleep(0.001)
                time.sleep(dice.random() * 0.02)
                process.kill()
            errors += process.communicate(timeout=60)[1].decode()
        pieces.append(out.read_text())
    follows(pieces, found)
    assert process.returncode == 1
    assert errors.count("error[R010]") >= 2


POINTS = ("before printing", "after printing", "while keeping", "after keeping")


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_every_point(reports, tmp_path, point):
    """Each run is killed at the second thing it prints or keeps, and so comes one further than the one before."""
    state, pieces, errors = tmp_path / "s", [], 0
    args = ["watch", AGREEMENT, "-r", str(reports), "--state", str(state), "--engine", "plain", "--format", "jsonl"]
    for number in range(100):
        out, err = tmp_path / f"out{number}", tmp_path / f"err{number}"
        status = killed(point, out, err, args)
        pieces.append(out.read_text())
        errors += err.read_text().count("error[R010]")
        if os.WIFEXITED(status):
            break
    assert os.waitstatus_to_exitcode(status) == 1, err.read_text()
    assert number > 5
    follows(pieces, groups(reports))
    assert 2 <= errors <= (4 if point == "while keeping" else 2)  # the line at which it was killed is told again


def killed(point: str, out: Path, err: Path, args: list[str]) -> int:
    """A copy of this process that watches, and is killed at a point; its status."""
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1]
    code: object = 70
    try:
        for descriptor, path in ((1, out), (2, err)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), descriptor)
        sys.stdout = io.TextIOWrapper(io.FileIO(1, "wb", closefd=False), write_through=True)
        sys.stderr = io.TextIOWrapper(io.FileIO(2, "wb", closefd=False), write_through=True)
        kill_at(point)
        main.main(args)
    except SystemExit as error:
        code = error.code
    finally:
        os._exit(code if isinstance(code, int) else 0)


def kill_at(point: str) -> None:
    """Make this process kill itself when it comes to a point for the second time."""
    times = Counter[str]()

    def here(where: str) -> bool:
        times[where] += 1
        return where == point and times[where] == 2

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    emit, append = watch.emit, Snapshot.append

    def killing_emit(text: str, output: str | None) -> None:
        if here("before printing"):
            die()
        emit(text, output)
        if here("after printing"):
            die()

    def killing_append(self: Snapshot, event: Event) -> None:
        if here("while keeping"):
            row = io.BytesIO()
            file.write_line(row, file.body_of(event), self._crc)
            self._stream.write(row.getvalue()[: len(row.getvalue()) // 2])
            self._stream.flush()
            die()
        append(self, event)
        if here("after keeping"):
            die()

    watch.emit = killing_emit
    Snapshot.append = killing_append
