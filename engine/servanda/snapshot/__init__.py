"""A tracker comes in, a file goes out from which it can be resumed; and the other way round."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from servanda.model.agreement import Agreement
from servanda.snapshot.file import Event, Header, Snapshot, SnapshotError, Tracked, write_whole
from servanda.snapshot.meaning import fingerprint
from servanda.snapshot.placing import replacing

__all__ = ["Event", "Header", "Snapshot", "SnapshotError", "Tracked", "fingerprint", "restore", "save"]

T = TypeVar("T", bound=Tracked)


def save(tracker: Tracked, path: str | Path) -> None:
    """Write the snapshot of a tracker; a file that is there is replaced as a whole or not at all.

    Raises OSError where it cannot be written; ValueError for a report that was not made from a file or a mapping.
    """
    with replacing(path) as stream:
        write_whole(stream, tracker)
    stream.close()


def restore(path: str | Path, agreement: Agreement, make: Callable[..., T]) -> T:
    """The tracker that was saved; `make` makes a fresh one of an agreement, a `view` and a `retention`.

    A last line without its end is dropped, with a warning. Raises SnapshotError for a file that cannot be used, or
    is of something else.
    """
    with Snapshot(path) as snapshot:
        snapshot.check(agreement)
        tracker = make(agreement, view=snapshot.header.view, retention=snapshot.header.retention)
        for _ in snapshot.tell(tracker):
            pass
        if snapshot.torn:
            warnings.warn(f"{path}: the last line was cut off, and is dropped", stacklevel=2)
        return tracker
