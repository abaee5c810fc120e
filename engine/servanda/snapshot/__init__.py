"""A tracker comes in, a file goes out from which it can be resumed; and the other way round."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from contextlib import suppress
from errno import EINVAL
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

from servanda.model.agreement import Agreement
from servanda.snapshot.file import Event, Header, Snapshot, SnapshotError, Tracked, body_of, head_of, write_line
from servanda.snapshot.meaning import fingerprint

__all__ = ["Event", "Header", "Snapshot", "SnapshotError", "Tracked", "fingerprint", "restore", "save"]

T = TypeVar("T", bound=Tracked)


def save(tracker: Tracked, path: str | Path) -> None:
    """Write the snapshot of a tracker; a file that is there is replaced as a whole or not at all.

    Raises OSError where it cannot be written; ValueError for a report that was not made from a file or a mapping,
    and for a tracker that has let go of reports, of whose verdicts a file of the others would not tell.
    """
    if not tracker.complete:
        msg = "the tracker has let go of reports, as its retention says: keep a snapshot from the beginning, and add to it"
        raise ValueError(msg)
    past = () if tracker.clock is None else (Event(advance=tracker.clock),)
    count = len(tracker.reports) + len(past)
    agreement = tracker.agreement
    header = Header(agreement.id, fingerprint(agreement), tracker.view, tracker.retention, count)
    at = Path(os.path.realpath(path))
    if at.exists() and not at.is_file():
        raise OSError(EINVAL, "it is no regular file", str(path))
    beside = at.with_name(f".{at.name[:40]}.{token_hex(4)}.new")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as stream:
            crc = write_line(stream, head_of(header), 0)
            for event in (*map(Event, tracker.reports), *past):
                crc = write_line(stream, body_of(event), crc)
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileNotFoundError):
            beside.chmod(at.stat().st_mode & 0o777)
        beside.replace(at)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    _keep_name(at.parent)


def restore(path: str | Path, agreement: Agreement, make: Callable[..., T]) -> T:
    """The tracker that was saved; `make` makes a fresh one of an agreement, a `view` and a `retention`.

    A last line without its end is dropped, with a warning. Raises SnapshotError for a file that cannot be used, or
    is of something else.
    """
    with Snapshot(path) as snapshot:
        snapshot.check(agreement)
        tracker = make(agreement, view=snapshot.header.view, retention=snapshot.header.retention)
        for event in snapshot.events():
            event.tell(tracker)
        if snapshot.torn:
            warnings.warn(f"{path}: the last line was cut off, and is dropped", stacklevel=2)
        return tracker


def _keep_name(folder: Path) -> None:
    """Make a new name in a folder survive a power failure, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
