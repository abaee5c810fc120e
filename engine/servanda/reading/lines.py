"""Raw lines: a path, `-` or an open stream comes in, numbered lines of bytes go out, one at a time.

Memory stays constant whatever comes in: a line beyond the limit is cut off and marked, also when
it comes out of a small gzip file. A line is handed on as soon as it is complete, so a pipe can be watched.
"""

from __future__ import annotations

import io
import sys
import zlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, TextIO

from servanda.reading.rejected import ReportFileError

LINE_LIMIT = 1 << 20
_CHUNK = 1 << 16
_GZIP = b"\x1f\x8b"
_EXCERPT = 400
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

Input = str | Path | TextIO | BinaryIO


class Line(NamedTuple):
    """A line without its end; `whole` is False for one beyond the limit, of which only the start is kept."""

    number: int
    data: bytes
    whole: bool = True


def name_of(source: Input) -> str:
    """What to call an input in messages."""
    if isinstance(source, (str, Path)):
        return "<stdin>" if str(source) == "-" else str(source)
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else "<stream>"


@contextmanager
def opened(source: Input) -> Iterator[TextIO | BinaryIO]:
    """The stream behind an input; only what was opened here is closed here."""
    if not isinstance(source, (str, Path)):
        yield source
    elif str(source) == "-":
        yield sys.stdin.buffer
    else:
        with Path(source).open("rb") as stream:
            yield stream


def read_lines(source: Input) -> Generator[Line, None, None]:
    """Every line of the input, numbered from 1. Raises ReportFileError where it cannot be read on."""
    file = name_of(source)
    try:
        with opened(source) as stream:
            yield from _split(_unpacked(_chunks(stream), file), file)
    except UnicodeDecodeError:
        remedy = "give its path, or open it with mode 'rb', so that only the bad lines are rejected"
        raise ReportFileError(file, "the text stream is not in the encoding it was opened with", remedy) from None
    except (OSError, ValueError) as error:  # ValueError: a closed stream, a path with a NUL
        problem = getattr(error, "strerror", None) or str(error)
        raise ReportFileError(file, f"cannot be read ({problem})", "check the path and its permissions") from error


def _chunks(stream: TextIO | BinaryIO) -> Iterator[bytes]:
    """What is there, without waiting for more than the stream has."""
    is_text = isinstance(stream, io.TextIOBase)
    read = stream.readline if is_text else getattr(stream, "read1", stream.read)
    while True:
        chunk = read(_CHUNK)
        if chunk is None:
            msg = "the stream does not block, so its end cannot be told from a pause"
            raise OSError(msg)
        if not chunk:
            return
        yield chunk.encode("utf-8", "surrogatepass") if isinstance(chunk, str) else chunk


def _unpacked(chunks: Iterator[bytes], file: str) -> Iterator[bytes]:
    """The chunks, unpacked if they begin as gzip does."""
    start = b""
    for chunk in chunks:
        start += chunk
        if len(start) >= len(_BOM):
            break
    if start.startswith(_UTF16):
        raise ReportFileError(file, "is UTF-16", "save it as UTF-8")
    if start.startswith(_GZIP):
        yield from _gunzip(_rejoin(start, chunks), file)
    else:
        yield from _rejoin(start, chunks)


def _rejoin(start: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield start
    yield from chunks


def _gunzip(chunks: Iterable[bytes], file: str) -> Iterator[bytes]:
    """Unpack gzip members one after the other, at most a chunk at a time."""
    member = zlib.decompressobj(wbits=31)
    fresh = False  # whether a member is yet to begin
    try:
        for chunk in chunks:
            data = chunk
            while data:
                if fresh:
                    data = data.lstrip(b"\0")  # padding, as tape and block devices leave it
                    if not data:
                        break
                    member, fresh = zlib.decompressobj(wbits=31), False
                yield member.decompress(data, _CHUNK)
                fresh = member.eof
                data = member.unused_data if fresh else member.unconsumed_tail
            while not fresh and (rest := member.decompress(b"", _CHUNK)):
                yield rest
                fresh = member.eof
    except zlib.error as error:
        raise ReportFileError(file, f"is damaged gzip ({error})", "fetch or pack the file again") from None
    if not fresh:
        raise ReportFileError(file, "is gzip that ends too early", "fetch or pack the file again")


def _split(chunks: Iterable[bytes], file: str) -> Iterator[Line]:
    """Cut at line feeds; keep no more of a line than the limit."""
    number, parts, size = 1, list[bytes](), 0
    for chunk in chunks:
        at = 0
        while (end := chunk.find(b"\n", at)) >= 0:
            yield _line(number, [*parts, chunk[at:end]], size + end - at, file)
            number, parts, size, at = number + 1, [], 0, end + 1
        if at < len(chunk):
            if size <= LINE_LIMIT:
                parts.append(chunk[at:])
            size += len(chunk) - at
    if size:
        yield _line(number, parts, size, file)


def _line(number: int, parts: list[bytes], size: int, file: str) -> Line:
    data = b"".join(parts)
    if number == 1:
        if data.startswith(_UTF16):
            raise ReportFileError(file, "is UTF-16", "save it as UTF-8")
        data = data.removeprefix(_BOM)
    if size > LINE_LIMIT:
        return Line(number, data[:_EXCERPT], whole=False)
    return Line(number, data)
