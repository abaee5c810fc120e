"""A path or stdin comes in; its bytes go out as they arrive, a line at a time, with the place of each line.

A file is followed, where that is asked for, as it grows, until it is replaced or cut. Nothing runs beside it: a file
is looked at again and again, stdin is waited for.
"""

from __future__ import annotations

import os
import sys
import time
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BufferedReader, FileIO
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple, cast

from servanda.reading.rejected import ReportFileError

_CHUNK = 1 << 16
_PAUSE = 0.2  # seconds between two looks at a file
_GZIP = b"\x1f\x8b"
_JSON_LINES = (".jsonl", ".ndjson", ".json")  # what has no header, and can be read from its middle


class Place(NamedTuple):
    """Where a line stands in a file: its number, counted from 1, its first byte, its length, and its CRC-32."""

    line: int
    start: int
    size: int
    crc: int


class Tail:
    """What a file or stdin (`-`) gives, as the stream of bytes that `servanda.reading.scan_reports` takes.

    `waiting` is entered while it waits, `idle` is called before. `after` is a line that was read before: JSON Lines
    go on from there, with blank lines for those before it, so that lines keep their numbers. `keep` says whether
    the places of lines will be asked for. Raises ReportFileError for what cannot be read.
    """

    def __init__(
        self,
        path: str,
        *,
        follow: bool,
        keep: bool,
        waiting: Callable[[], AbstractContextManager[None]],
        idle: Callable[[], None],
        after: Place | None = None,
    ) -> None:
        self.name = "<stdin>" if path == "-" else path
        self._path, self._waiting, self._idle = path, waiting, idle
        self._file = None if path == "-" else _opened(path)
        self.lasting = self._file is not None and S_ISREG(os.fstat(self._file.fileno()).st_mode)
        self.follows, self._keep = follow and self.lasting, keep and self.lasting
        self._chunk, self._at = b"", 0  # what was read, and how far it was given
        self._line, self._end, self._whole = Place(0, 0, 0, 0), 0, True  # the line given last, and where it ends
        self._places: dict[int, Place] = {}
        self._blank = b""
        if after is not None and self._file is not None and path.lower().endswith(_JSON_LINES):
            self._end = self._file.seek(after.start)
            self._line, self._blank = after._replace(line=after.line - 1), b"\n" * (after.line - 1)

    def close(self) -> None:
        """Close what was opened."""
        if self._file is not None:
            self._file.close()

    def read1(self, _size: int = -1) -> bytes:
        """What is there up to the end of a line; nothing at the end of the input. Waits where that is not come yet."""
        if self._blank:
            piece, self._blank = self._blank, b""
            return piece
        if self._at == len(self._chunk):
            self._chunk, self._at = self._more(), 0
        end = self._chunk.find(b"\n", self._at) + 1 or len(self._chunk)
        piece, self._at = self._chunk[self._at : end], end
        if self._keep and piece:
            self._count(piece)
        self._end += len(piece)
        return piece

    read = read1

    def place(self, line: int) -> Place | None:
        """The place of a line that was given; those before it are forgotten. None where it does not last."""
        found = None
        while self._places and (number := next(iter(self._places))) <= line:
            found = self._places.pop(number)
        return found

    def _count(self, piece: bytes) -> None:
        if self._whole:
            self._line = Place(self._line.line + 1, self._end, 0, 0)
        line, start, size, crc = self._line
        self._line, self._whole = Place(line, start, size + len(piece), zlib.crc32(piece, crc)), piece.endswith(b"\n")
        if not piece.isspace():  # nothing is made of a blank line
            self._places[line] = self._line

    def _more(self) -> bytes:
        """What comes next. Of a file that is followed the end is reached when another one has its name, or it was cut."""
        if not self.lasting:
            self._idle()
            return self._got()
        while not (chunk := self._got()):
            self._idle()
            if not self.follows:
                break
            if self._replaced():
                return self._got()  # what came since
            with self._waiting():
                time.sleep(_PAUSE)
        if self._end == 0 and chunk.startswith(_GZIP) and (self.follows or self._keep):
            remedy = f"unpack it on the way: zcat {self._path} | servanda watch AGREEMENT -r -"
            raise ReportFileError(self.name, "is packed, and cannot be read on from a place in it", remedy)
        return chunk

    def _got(self) -> bytes:
        with self._waiting():
            return (
                cast("BufferedReader", sys.stdin.buffer).read1(_CHUNK)
                if self._file is None
                else self._file.read(_CHUNK)
            )

    def _replaced(self) -> bool:
        assert self._file is not None
        try:
            now = Path(self._path).stat()
        except FileNotFoundError:  # moved away, and the next one is not there yet
            return False
        return not os.path.samestat(now, os.fstat(self._file.fileno())) or now.st_size < self._end


def _opened(path: str) -> FileIO:
    try:
        return FileIO(path)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL
        problem = getattr(error, "strerror", None) or str(error)
        raise ReportFileError(path, f"cannot be read ({problem})", "check the path and its permissions") from None


def read_up_to(path: str, place: Place) -> int | None:
    """The line up to which a file was read; None if it is not the one in which a line stood at that place.

    A last line that has grown since is still to be read.
    """
    if not Path(path).is_file():
        return None
    crc, left, end = 0, place.size, b""
    with _opened(path) as file:
        file.seek(place.start)
        while left and (data := file.read(min(left, _CHUNK))):
            crc, left, end = zlib.crc32(data, crc), left - len(data), data[-1:]
        more = file.read(1)
    if left or crc != place.crc:
        return None
    return place.line if b"\n" in (end, more or b"\n") else place.line - 1
