"""Watches in processes of their own: files grow, are replaced and cut, pipes stay open; they are stopped and killed."""

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

import pytest

from cli.watched import AGREEMENT, ENGINE, flat, groups, joined, line, lines, with_noise
from servanda import Tracker, load, read_reports
from servanda.cli import main, tail, watch
from servanda.snapshot import Event, Snapshot, file, placing

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
    observe, state, before = Tracker.observe, tmp_path / "s", signal.getsignal(number)
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
    assert signal.getsignal(number) == before
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


ANEW = ("while beginning anew", "once it has its place", "after beginning anew")


@pytest.mark.parametrize(("point", "days"), [*((one, 8) for one in POINTS), *((one, 28) for one in ANEW)])
def test_killed_while_it_lets_go(tmp_path, point, days, monkeypatch):
    """With a retention the state is begun anew again and again, and is killed on the way."""
    monkeypatch.setattr(watch, "_SPARE", 3)
    path, state, pieces = tmp_path / "r.jsonl", tmp_path / "s", []
    path.write_text("\n".join(with_noise(lines(days))) + "\n")
    args = ["watch", AGREEMENT, "-r", str(path), "--state", str(state), "--retention", "P1D"]
    for number in range(200):
        out, err = tmp_path / f"out{number}", tmp_path / f"err{number}"
        status = killed(point, out, err, [*args, "--engine", "plain", "--format", "jsonl"])
        pieces.append(out.read_text())
        if os.WIFEXITED(status):
            break
    assert os.waitstatus_to_exitcode(status) == 1, err.read_text()
    assert number > 2
    follows(pieces, groups(path, retention="P1D"))
    tracker = Tracker(load(AGREEMENT), retention="P1D", engine="plain")
    told = [one for one in read_reports(path, on_reject=lambda _: None) if one.agreement is None]
    for one in told:
        tracker.observe(one)
    again = Tracker.restore(tracker.agreement, state, engine="plain")
    assert (again.assess(), again.settled) == (tracker.assess(), tracker.settled)
    assert state.read_bytes().count(b"\n") < 2 * len(tracker.reports) + 5
    assert err.read_text().splitlines()[-1].startswith(f"{len(told)} reports, {days // 5} rejected, ")


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

    rewrite, write_whole, keep_name = Snapshot.rewrite, file.write_whole, placing._keep_name

    def killing_write(stream: Any, *rest: Any) -> Any:
        written = write_whole(stream, *rest)
        if here("while beginning anew"):
            stream.truncate(stream.tell() // 2)
            die()
        return written

    def killing_keep(folder: Path) -> None:
        if here("once it has its place"):
            die()
        keep_name(folder)

    def killing_rewrite(self: Snapshot, *rest: Any) -> None:
        rewrite(self, *rest)
        if here("after beginning anew"):
            die()

    watch.emit = killing_emit
    Snapshot.append, Snapshot.rewrite = killing_append, killing_rewrite
    file.write_whole, placing._keep_name = killing_write, killing_keep
