"""The file of a snapshot comes in, what a tracker was told goes out; and what it is told comes in, lines are added.

The file is JSON Lines. The first line says what the tracker is of; every other line is an event: a report, time that
passed, or, where reports were let go of, what is remembered of them. Each line carries the CRC-32 of all lines up to
it, so that one that was altered, lost or moved is found. A last line without its end is what a crash leaves: it is
dropped.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self
from zoneinfo import ZoneInfo

from servanda.codes.snapshots import CODES
from servanda.model.agreement import Agreement
from servanda.model.moments import When, rfc3339
from servanda.model.report import Report
from servanda.reading.json_lines import canonical
from servanda.reading.report_body import report_of
from servanda.snapshot.meaning import fingerprint
from servanda.snapshot.placing import clear, replacing

_VERSIONS = (1, 2)  # 2: of a tracker with a retention, which remembers what it let go of
_LONGEST = 1 << 25  # of a line, in bytes; a line of a report file is at most 1 MiB, and escapes make six bytes of one
_OPENING = re.compile(rb'\{"sum":"([0-9a-f]{8})",')
_REMEDIES = {info.code: info.remedy for info in CODES}
_UTC = ZoneInfo("UTC")
_HEADER = {"agreement": str, "fingerprint": str, "view": str, "retention": str | None, "events": int}
_EVENT = {"report": dict | None, "line": int | None, "advance": str | None, "memory": dict | None, "note": dict | None}


class SnapshotError(Exception):
    """A snapshot that cannot be used: `code` says why, `line` where (0: the whole file), `remedy` what to do."""

    def __init__(self, code: str, file: str, line: int, message: str) -> None:
        self.code, self.file, self.line, self.message = code, file, line, message
        self.remedy = _REMEDIES[code]
        super().__init__(code, file, line, message)

    def __str__(self) -> str:
        """The diagnostic on one line."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.code} {self.message}. {self.remedy}"


class Tracked(Protocol):
    """What a snapshot asks of a tracker."""

    agreement: Agreement
    view: str

    @property
    def reports(self) -> tuple[Report, ...]:
        """Every report it was given and keeps, in the order in which they came."""

    @property
    def clock(self) -> int | None:
        """The time up to which it has come."""

    @property
    def retention(self) -> str | None:
        """How late a report may be, None: as late as it likes."""

    @property
    def memory(self) -> Mapping[str, object] | None:
        """What it needs besides its reports to go on, as JSON; None where the reports are all."""

    def recall(self, memory: Mapping[str, Any], reports: Sequence[Report]) -> None:
        """Go on from the memory and the reports of another; raises ValueError for what is no memory."""

    def observe(self, report: Report) -> object:
        """Take a report."""

    def advance(self, to: int) -> object:
        """Let time pass."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a snapshot is of, and how many events followed when it was written; later ones may have been added."""

    agreement: str
    fingerprint: str
    view: str
    retention: str | None
    events: int


@dataclass(frozen=True, slots=True)
class Event:
    """What a tracker was told: a report, or that time has come so far (UTC microseconds).

    `memory` is what it remembers besides the reports that it keeps; that many as it says, in `reports`, follow.
    `note` is what the writer of the file keeps for itself, as JSON; an event may hold nothing else.
    """

    report: Report | None = None
    advance: int | None = None
    memory: Mapping[str, Any] | None = None
    note: Mapping[str, object] | None = None


class Snapshot:
    """A snapshot file, open: its header, then its events; once all of them were read, more can be added.

    Raises SnapshotError for a file that cannot be opened, or does not begin as a snapshot does. With `more` it is
    opened to be added to, and nobody else can do so meanwhile.
    """

    header: Header
    torn: bool = False  # whether the last line was cut off
    size: int = 0  # how many events it holds, as far as they were read

    def __init__(self, path: str | Path, *, more: bool = False) -> None:
        self.path = str(path)
        self._number = self._end = self._crc = 0  # lines, bytes and the checksum of what was read
        try:
            self._stream: BinaryIO = Path(path).open("r+b" if more else "rb")  # noqa: SIM115 - closed by `close`
        except (OSError, ValueError) as error:
            raise self._wrong("S001", f"cannot be opened ({getattr(error, 'strerror', None) or error})") from None
        try:
            if more:
                self._lock(self._stream)
                self._check_place()
            self.header = self._header()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def check(self, agreement: Agreement) -> None:
        """Raise SnapshotError unless it is of this agreement, as it is now."""
        head = self.header
        if head.agreement != agreement.id:
            raise self._wrong("S006", f"it is of the agreement {head.agreement!r}, not of {agreement.id!r}")
        if head.fingerprint != fingerprint(agreement):
            raise self._wrong("S007", f"the agreement {agreement.id!r} has changed since")

    def check_for(self, tracker: Tracked) -> None:
        """Raise SnapshotError unless a tracker like this one was saved."""
        self.check(tracker.agreement)
        head = self.header
        if head.view != tracker.view:
            raise self._wrong("S008", f"it was kept under the view {head.view!r}, not {tracker.view!r}")
        if head.retention != tracker.retention:
            was, wanted = head.retention or "none", tracker.retention or "none"
            raise self._wrong("S009", f"it was kept with the retention {was}, not {wanted}")

    def events(self) -> Iterator[Event]:
        """Every event in its order. Raises SnapshotError where a line is not as it was written, or one is missing."""
        for count in range(self.header.events):
            line = self._line()
            if line is None:
                raise self._wrong("S005", f"it ends after {count} of {self.header.events} events")
            self.size += 1
            yield self._event(line)
        while (line := self._line()) is not None:
            self.size += 1
            yield self._event(line)

    def tell(self, tracker: Tracked) -> Iterator[Event]:
        """Tell a tracker every event; each comes out once it was told, without the reports that a memory goes with."""
        events = self.events()
        for event in events:
            if event.memory is not None:
                number, count = self._number, event.memory.get("reports")
                told = islice(events, count) if isinstance(count, int) and count > 0 else ()
                reports = [one.report for one in told if one.report is not None]
                try:
                    if len(reports) != count:
                        msg = f"{count} reports should follow"
                        raise ValueError(msg)  # noqa: TRY301 - as any other that is no memory
                    tracker.recall(event.memory, reports)
                except ValueError as error:
                    raise self._wrong("S010", f"the line is no event: {error}", number) from None
            if event.report is not None:
                tracker.observe(event.report)
            if event.advance is not None:
                tracker.advance(event.advance)
            yield event

    def append(self, event: Event) -> None:
        """Add an event; it survives the end of the process, and a power failure once `sync` has returned."""
        self._crc = write_line(self._stream, body_of(event), self._crc)
        self._stream.flush()
        self.size += 1

    def rewrite(self, tracker: Tracked, note: Mapping[str, object]) -> None:
        """Begin the file anew with what a tracker is now, and a note; the events before are no more needed.

        It is replaced as a whole or not at all, whatever happens meanwhile, and stays in use by this program.
        """
        clear(self.path)
        with replacing(self.path) as stream:
            header, crc = write_whole(stream, tracker, note)
            self._lock(stream)
        self.close()
        self._stream, self.header, self._crc, self.size = stream, header, crc, header.events

    def sync(self) -> None:
        """Wait until everything added is on the disk."""
        os.fsync(self._stream.fileno())

    def _lock(self, stream: BinaryIO) -> None:
        try:
            from fcntl import LOCK_EX, LOCK_NB, flock
        except ImportError:  # Windows
            return
        try:
            flock(stream.fileno(), LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise self._wrong("S001", "is in use by another program") from None

    def _check_place(self) -> None:
        """Another program may have replaced the file just when it was opened."""
        if not os.path.samestat(os.fstat(self._stream.fileno()), Path(self.path).stat()):
            raise self._wrong("S001", "is in use by another program")

    def _header(self) -> Header:
        """The first line. That of another version need not look like one of ours in anything but its version."""
        line = self._read()
        found = _parsed(line)
        if "snapshot" not in found or not line.endswith(b"\n"):
            raise self._wrong("S002", "it does not begin with the header of a snapshot")
        if found["snapshot"] not in _VERSIONS:
            reads = " and ".join(map(str, _VERSIONS))
            raise self._wrong("S003", f"it has the format version {found['snapshot']}; this program reads {reads}")
        self._summed(line)
        told: dict[str, Any] = {name: found.get(name) for name in _HEADER}
        if not all(isinstance(told[name], kind) for name, kind in _HEADER.items()):
            raise self._wrong("S002", "its header does not say all that the header of a snapshot says")
        return Header(**told)

    def _line(self) -> bytes | None:
        """The next line, None at the end; of one that was cut off nothing is left."""
        line = self._read()
        if line.endswith(b"\n") or len(line) > _LONGEST:
            self._summed(line)
            return line
        if line:
            self.torn = True
            if self._stream.writable():
                self._stream.seek(self._end)
                self._stream.truncate()
        return None

    def _read(self) -> bytes:
        self._number += 1
        try:
            return self._stream.readline(_LONGEST + 1)
        except OSError as error:
            raise self._wrong("S001", f"cannot be read ({error.strerror})") from None

    def _summed(self, line: bytes) -> None:
        opening = _OPENING.match(line)
        crc = zlib.crc32(line[opening.end() :] if opening else line, self._crc)
        if opening is None or int(opening[1], 16) != crc:
            raise self._wrong("S004", "the line is not as it was written, or one before it is missing", self._number)
        self._crc = crc
        self._end += len(line)

    def _event(self, line: bytes) -> Event:
        found = _parsed(line)
        told = {name: found.get(name) for name in _EVENT}
        if found.keys() - told.keys() != {"sum"} or not all(isinstance(told[name], _EVENT[name]) for name in told):
            raise self._wrong("S010", "the line is no event", self._number)
        report, at, advance, memory, note = told.values()
        try:
            return Event(
                None if report is None else report_of(report, at, surrogates=True),
                None if advance is None else When.parse(advance).interval(_UTC).latest,
                memory,
                note,
            )
        except ValueError as error:  # a ReportError is one
            raise self._wrong("S010", f"the line is no event: {error}", self._number) from None

    def _wrong(self, code: str, message: str, line: int = 0) -> SnapshotError:
        return SnapshotError(code, self.path, line, message)


def _parsed(line: bytes) -> dict[str, Any]:
    """The object of a line, empty for anything else."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def head_of(header: Header) -> str:
    """The header as JSON, without the brace that opens it."""
    told = {one.name: getattr(header, one.name) for one in fields(header)}
    return f'"snapshot":{1 if header.retention is None else 2},{canonical(told)[1:]}'


def body_of(event: Event) -> str:
    """The event as JSON, without the brace that opens it."""
    parts = []
    if event.report is not None:
        if not event.report.content:
            msg = f"report {event.report.id!r} cannot be saved: make it with `report` or `read_reports`"
            raise ValueError(msg)
        parts += [f'"report":{event.report.content}', f'"line":{json.dumps(event.report.line)}']
    if event.advance is not None:
        parts.append(f'"advance":"{rfc3339(event.advance)}"')
    if event.memory is not None:
        parts.append(f'"memory":{canonical(event.memory)}')
    if event.note is not None:
        parts.append(f'"note":{canonical(event.note)}')
    return ",".join(parts) + "}"


def write_whole(stream: BinaryIO, tracker: Tracked, note: Mapping[str, object] | None = None) -> tuple[Header, int]:
    """Write the snapshot of a tracker; its header, and the checksum of all lines."""
    memory, reports, past = tracker.memory, tracker.reports, tracker.clock
    events = [*map(Event, reports)]
    if memory is not None:
        events.insert(0, Event(memory={**memory, "reports": len(reports)}, note=note))
    elif past is not None:
        events.append(Event(advance=past, note=note))
    header = Header(tracker.agreement.id, fingerprint(tracker.agreement), tracker.view, tracker.retention, len(events))
    crc = write_line(stream, head_of(header), 0)
    for event in events:
        crc = write_line(stream, body_of(event), crc)
    return header, crc


def write_line(stream: BinaryIO, body: str, crc: int) -> int:
    """Write a line, and give the checksum of all lines so far."""
    data = body.encode() + b"\n"
    crc = zlib.crc32(data, crc)
    line = b'{"sum":"%08x",%b' % (crc, data)
    if len(line) > _LONGEST:
        msg = f"a report of {len(line)} bytes is longer than what a snapshot holds"
        raise ValueError(msg)
    stream.write(line)
    return crc
