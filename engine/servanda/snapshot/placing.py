"""The path of a file comes in; a stream goes out that takes its place once all was written, and leaves no trace otherwise."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EINVAL
from glob import escape
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO


@contextmanager
def replacing(path: str | Path) -> Iterator[BinaryIO]:
    """A new file, to be read and written, that replaces the one of this path when the block ends; it is left open.

    Raises OSError where that cannot be; then, and after any other error, what was there is there still.
    """
    at = Path(os.path.realpath(path))
    if at.exists() and not at.is_file():
        raise OSError(EINVAL, "it is no regular file", str(path))
    beside = at.with_name(f"{_beside(at)}{token_hex(4)}.new")
    stream = os.fdopen(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666), "w+b")
    try:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())
        with suppress(FileNotFoundError):
            beside.chmod(at.stat().st_mode & 0o777)
        beside.replace(at)
    except BaseException:
        with suppress(OSError):
            stream.close()
        with suppress(OSError):
            beside.unlink()
        raise
    _keep_name(at.parent)


def clear(path: str | Path) -> None:
    """Remove what programs that were killed have left beside a file that nobody else replaces now."""
    at = Path(os.path.realpath(path))
    for left in at.parent.glob(f"{escape(_beside(at))}{'[0-9a-f]' * 8}.new"):
        with suppress(OSError):
            left.unlink()


def _beside(at: Path) -> str:
    return f".{at.name[:40]}."


def _keep_name(folder: Path) -> None:
    """Make a new name in a folder survive a power failure, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
