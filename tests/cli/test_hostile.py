"""Hostile input, closed pipes, interruptions: a few words and an exit code, never a traceback."""

from __future__ import annotations

import gzip
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from servanda.cli import guard

HEAD = "servanda: 1\nagreement: x\nactors: {A: {name: A, role: party}}\nclauses:\n"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\x01\xff" * 100,
        b"a: [",
        b"\xff\xfe\x00",
        b"[" * 10_000,
        b"&a [*a, *a]",
        b"x" * 100_000,
        b"servanda: 1",
        b"--- !!python/object:os.system 'x'",
    ],
    ids=range(9),
)
def test_bad_agreement(run, tmp_path, content):
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    for args in (("assess", str(path), "--as-of", "now"), ("why", str(path), "c", "--as-of", "now")):
        found = run(*args)
        assert (found.exit_code, found.stdout) == (2, "")
        assert "error[A" in found.stderr
    assert run("lint", str(path)).exit_code == 1


@pytest.mark.parametrize("place", ["none.yaml", "."])
def test_agreement_not_there(run, tmp_path, place):
    assert run("assess", str(tmp_path / place), "--as-of", "now").exit_code == 2


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.jsonl", b"", 0),
        ("binary.jsonl", bytes(range(256)) * 50, 0),
        ("huge.jsonl", b'{"id": "' + b"x" * 3_000_000 + b'"}\n', 0),
        ("deep.jsonl", b"[" * 100_000 + b"\n", 0),
        ("short.jsonl.gz", gzip.compress(b'{"id": 1}\n' * 1000, mtime=0)[:-12], 2),
        ("broken.jsonl.gz", b"\x1f\x8b" + b"\0" * 50, 2),
        ("utf16.jsonl", '{"id": "r1"}\n'.encode("utf-16"), 2),
        ("odd.csv", b"a,b,c\n1,2,3\n", 2),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_reports(run, example, tmp_path, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)
    found = run("assess", example[0], "-r", str(path), "--as-of", "2025-11-01", "--known-at", "2025-11-01")
    assert found.exit_code == code
    assert (found.stdout == "") == (code == 2)
    assert "\0" not in found.stderr
    assert len(found.stderr) < 20_000


def test_reports_not_there(run, example, tmp_path):
    for place in (tmp_path / "none.jsonl", tmp_path):
        found = run("assess", example[0], "-r", str(place))
        assert found.exit_code == 2
        assert found.stderr.startswith(f"error: {place}: cannot be read")


def test_control_characters_do_not_reach_the_terminal(run, example, tmp_path):
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "r1", "reported": "2025-11-06", "source": "x", "says": "\\u001b]0;x\\u0007"}\n')
    found = run("assess", example[0], "-r", str(bad), "--as-of", "2025-11-06", "--view", "x")
    assert "\x1b" not in found.output
    found = run("assess", example[0], "--as-of", "2025-11-06", "--view", "\x1b[31m")
    assert "\x1b" not in found.output


def test_clauses_without_end(run, tmp_path, monkeypatch):
    from servanda.cli import loading
    from servanda.errors import TooMuchError

    def refuse(*_args, **_more):
        raise TooMuchError("clause 'c' keeps creating instances")

    monkeypatch.setattr(loading, "judge", refuse)
    path = tmp_path / "a.yaml"
    path.write_text(HEAD + "  c: {binds: [A], must: {act: talk}}\n")
    found = run("assess", str(path), "--as-of", "now")
    assert (found.exit_code, found.stderr) == (2, "error: x: clause 'c' keeps creating instances\n")


# --- what no command expects --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(), 141, ""),
        (MemoryError(), 70, "internal error: MemoryError; please report it"),
        (RecursionError("deep\x1b"), 70, "internal error: RecursionError: deep\ufffd; please report it"),
        (ValueError("x"), 70, "internal error: ValueError: x; please report it"),
    ],
)
def test_what_escapes(run, example, monkeypatch, error, code, words):
    from servanda.cli import loading

    def fail(*_args):
        raise error

    monkeypatch.setattr(guard, "_hang_up", lambda: None)
    monkeypatch.setattr(loading, "read_inputs", fail)
    found = run("assess", example[0], "--as-of", "now")
    assert found.exit_code == code
    assert found.stderr.startswith(words)
    assert len(found.stderr.splitlines()) == bool(words)


def test_the_traceback_on_demand(process, example, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, servanda.cli.loading as l\ndef f(*a): raise ValueError('odd')\nl.read_inputs = f\n"
    )
    path = f"{tmp_path}{os.pathsep}{Path(guard.__file__).parents[2]}"
    for debug in ("0", "1"):
        found = process("assess", example[0], "--as-of", "now", env={"PYTHONPATH": path, "SERVANDA_DEBUG": debug})
        assert found.returncode == 70
        assert (b"Traceback" in found.stderr) == (debug == "1")
        assert b"internal error: ValueError: odd" in found.stderr


# --- as a program ---------------------------------------------------------------------------------------


def test_as_a_program(process, example):
    found = process("assess", example[0], "-r", "-", "--format", "csv", input=Path(example[1]).read_bytes())
    assert found.returncode == 1
    assert found.stderr == b""
    assert found.stdout.startswith(b"clause,bearer,")


def test_broken_pipe(example):
    command = (
        f"{sys.executable} -m servanda.cli assess {example[0]} -r {example[1]} --format jsonl --view all; echo $? >&2"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(guard.__file__).parents[2])}
    found = subprocess.run(["bash", "-c", f"({command}) | true"], capture_output=True, env=env, timeout=60, check=False)
    assert found.stderr in (b"141\n", b"1\n")  # 1: it had written everything before the pipe was closed
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        for args in (
            ["assess", *example[:1], "-r", example[1]],
            ["--help"],
            ["explain"],
            ["test", str(Path(example[0]).parent)],
        ):
            done = subprocess.run(
                [sys.executable, "-m", "servanda.cli", *args],
                stdout=closed,
                stderr=subprocess.PIPE,
                env=env,
                timeout=60,
                check=False,
            )
            assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_full_disk(process, example):
    found = process("assess", example[0], "-r", example[1], "-o", "/dev/full")
    assert found.returncode == 2
    assert b"error: /dev/full cannot be written: no space left" in found.stderr
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "servanda.cli", "assess", *example[:1], "-r", example[1]]
        env = {**os.environ, "PYTHONPATH": str(Path(guard.__file__).parents[2])}
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=env, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr == b"error: the output cannot be written: no space left on device\n"


def test_interrupted(example):
    env = {**os.environ, "PYTHONPATH": str(Path(guard.__file__).parents[2])}
    command = [sys.executable, "-m", "servanda.cli", "assess", example[0], "-r", "-"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    heed = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # noqa: E731 - parallel test runners ignore it
    with subprocess.Popen(command, env=env, preexec_fn=heed, **pipes) as waiting:  # noqa: PLW1509
        waiting.stdin.write(b"{}\n")
        waiting.stdin.flush()
        waiting.stderr.readline()  # it reads: the line was rejected
        waiting.stderr.readline()
        time.sleep(0.1)
        waiting.send_signal(signal.SIGINT)
        out, err = waiting.communicate(timeout=30)
    assert waiting.returncode == 130
    assert out == b""
    assert b"Traceback" not in err


def test_other_encodings(process, example):
    found = process("assess", example[0], "-r", example[1], env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert found.returncode == 1
    assert found.stdout.isascii()


@pytest.mark.parametrize(
    ("more", "colours"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"NO_COLOR": ""}, True)]
)
def test_colours_only_on_a_terminal_that_wants_them(example, more, colours):
    env = {**os.environ, "PYTHONPATH": str(Path(guard.__file__).parents[2]), "TERM": "xterm-256color"}
    env.pop("NO_COLOR", None)
    main_end, other_end = pty.openpty()
    command = [sys.executable, "-m", "servanda.cli", "assess", example[0], "-r", example[1]]
    with subprocess.Popen(command, stdout=other_end, stderr=subprocess.PIPE, env=env | more):
        os.close(other_end)
        shown = b""
        while True:
            try:
                chunk = os.read(main_end, 65_536)
            except OSError:  # the other end is closed
                break
            if not chunk:
                break
            shown += chunk
    os.close(main_end)
    assert (b"\x1b[" in shown) == colours
    assert b"What was agreed" in shown
