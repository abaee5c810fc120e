"""One run of a command in a process of its own: a command and limits come in; seconds, memory and output go out."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

EVERY = 0.05  # seconds between two looks at the limits
PAGE = os.sysconf("SC_PAGE_SIZE")
UNIT = 1 if sys.platform == "darwin" else 1024  # bytes of what the system gives as the peak


class Limits(NamedTuple):
    """After how many seconds, and at how many MiB, a run is stopped; memory only where there is a /proc."""

    seconds: float = 120
    memory: float = 4096


class Run(NamedTuple):
    """What a run took, from its start to its end; `failed` says why it gave nothing, if so.

    The peak is no less than what the process held that started it, a few MiB.
    """

    seconds: float
    peak: float  # MiB
    out: str
    failed: str = ""


def run(command: Sequence[str], limits: Limits, folder: Path, env: Mapping[str, str] | None = None) -> Run:
    """Start it in a folder, and wait for its end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
        )
        over: list[str] = []
        ended = threading.Event()
        watch = threading.Thread(target=_watch, args=(process.pid, limits, over, ended))
        watch.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)  # which knows the peak of this process alone
            seconds = time.perf_counter() - start
        except BaseException:
            _kill(process.pid)
            raise
        finally:
            ended.set()
            watch.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        failed = over[0] if over else _why(process.returncode, _text(err)) if process.returncode else ""
        return Run(seconds, usage.ru_maxrss * UNIT / 2**20, _text(out), failed)


def _watch(pid: int, limits: Limits, over: list[str], ended: threading.Event) -> None:
    """Stop the run when it goes beyond a limit."""
    start = time.perf_counter()
    while not ended.wait(EVERY):
        if time.perf_counter() - start > limits.seconds:
            over.append(f"stopped after {limits.seconds:g} s")
        elif _resident(pid) > limits.memory:
            over.append(f"stopped at {limits.memory:g} MiB")
        if over:
            _kill(pid)
            return


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it may have ended by itself
        os.killpg(pid, signal.SIGKILL)


def _resident(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 2**20
    except (OSError, IndexError):
        return 0


def _text(file: tempfile._TemporaryFileWrapper[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def _why(code: int, err: str) -> str:
    """The last line that says something, else how it ended."""
    if code < 0:
        return f"ended by {signal.Signals(-code).name}"
    return next((line.strip() for line in reversed(err.splitlines()) if line.strip()), f"exit code {code}")
