"""A tracker comes in, a file goes out from which it can be resumed; and the other way round.

The file is JSON Lines. The first line says what the tracker is of; every other line is an event: a report, or time
that passed. Loading gives the events to a fresh tracker. Each line carries the CRC-32 of all lines up to it, so
that one that was altered, lost or moved is found. A last line without its end is what a crash leaves: it is dropped.
"""

from __future__ import annotations

import json
import os
import re
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from errno import EINVAL
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self, TypeVar
from zoneinfo import ZoneInfo

from servanda.codes.snapshots import CODES
from servanda.model.agreement import Agreement
from servanda.model.clauses import Clause, Effect
from servanda.model.moments import When, rfc3339
from servanda.model.patterns import Compare, Pattern
from servanda.model.report import Report
from servanda.reading.json_lines import canonical
from servanda.reading.report_body import report_of

_VERSION = 1
_LONGEST = 1 << 25  # of a line, in bytes; a line of a report file is at most 1 MiB, and escapes make six bytes of one
_OPENING = re.compile(rb'\{"sum":"([0-9a-f]{8})",')
_REMEDIES = {info.code: info.remedy for info in CODES}
_UTC = ZoneInfo("UTC")
_HEADER = {"agreement": str, "fingerprint": str, "view": str, "retention": str | None, "events": int}
_EVENT = {"report": dict | None, "line": int | None, "advance": str | None, "note": dict | None}


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
        """Every report it was given, in the order in which they came."""

    @property
    def clock(self) -> int | None:
        """The time up to which it has come."""

    def observe(self, report: Report) -> object:
        """Take a report."""

    def advance(self, to: int) -> object:
        """Let time pass."""


T = TypeVar("T", bound=Tracked)


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

    `note` is what the writer of the file keeps for itself, as JSON; an event may hold nothing else.
    """

    report: Report | None = None
    advance: int | None = None
    note: Mapping[str, object] | None = None

    def tell(self, tracker: Tracked) -> None:
        """Tell it to a tracker."""
        if self.report is not None:
            tracker.observe(self.report)
        if self.advance is not None:
            tracker.advance(self.advance)


def save(tracker: Tracked, path: str | Path) -> None:
    """Write the snapshot of a tracker; a file that is there is replaced as a whole or not at all.

    Raises OSError where it cannot be written, ValueError for a report that was not made from a file or a mapping.
    """
    past = () if tracker.clock is None else (Event(advance=tracker.clock),)
    count = len(tracker.reports) + len(past)
    header = Header(tracker.agreement.id, fingerprint(tracker.agreement), tracker.view, None, count)
    at = Path(os.path.realpath(path))
    if at.exists() and not at.is_file():
        raise OSError(EINVAL, "it is no regular file", str(path))
    beside = at.with_name(f".{at.name[:40]}.{token_hex(4)}.new")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as stream:
            crc = _write(stream, _head(header), 0)
            for event in (*map(Event, tracker.reports), *past):
                crc = _write(stream, _body(event), crc)
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
    """The tracker that was saved; `make` makes a fresh one of an agreement and a `view`.

    A last line without its end is dropped, with a warning. Raises SnapshotError for a file that cannot be used, or
    is of something else.
    """
    with Snapshot(path) as snapshot:
        snapshot.check(agreement)
        tracker = make(agreement, view=snapshot.header.view)
        for event in snapshot.events():
            event.tell(tracker)
        if snapshot.torn:
            warnings.warn(f"{path}: the last line was cut off, and is dropped", stacklevel=2)
        return tracker


class Snapshot:
    """A snapshot file, open: its header, then its events; once all of them were read, more can be added.

    Raises SnapshotError for a file that cannot be opened, or does not begin as a snapshot does. With `more` it is
    opened to be added to, and nobody else can do so meanwhile.
    """

    header: Header
    torn: bool = False  # whether the last line was cut off

    def __init__(self, path: str | Path, *, more: bool = False) -> None:
        self.path = str(path)
        self._number = self._end = self._crc = 0  # lines, bytes and the checksum of what was read
        try:
            self._stream: BinaryIO = Path(path).open("r+b" if more else "rb")  # noqa: SIM115 - closed by `close`
        except (OSError, ValueError) as error:
            raise self._wrong("S001", f"cannot be opened ({getattr(error, 'strerror', None) or error})") from None
        try:
            if more:
                self._lock()
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

    def check(self, agreement: Agreement, view: str | None = None) -> None:
        """Raise SnapshotError unless this is a snapshot of the agreement, and of the view if one is given."""
        head = self.header
        if head.agreement != agreement.id:
            raise self._wrong("S006", f"it is of the agreement {head.agreement!r}, not of {agreement.id!r}")
        if head.fingerprint != fingerprint(agreement):
            raise self._wrong("S007", f"the agreement {agreement.id!r} has changed since")
        if view is not None and head.view != view:
            raise self._wrong("S008", f"it was kept under the view {head.view!r}, not {view!r}")
        if head.retention is not None:
            raise self._wrong(
                "S009", f"its tracker forgot what is older than {head.retention}; this one forgets nothing"
            )

    def events(self) -> Iterator[Event]:
        """Every event in its order. Raises SnapshotError where a line is not as it was written, or one is missing."""
        for count in range(self.header.events):
            line = self._line()
            if line is None:
                raise self._wrong("S005", f"it ends after {count} of {self.header.events} events")
            yield self._event(line)
        while (line := self._line()) is not None:
            yield self._event(line)

    def append(self, event: Event) -> None:
        """Add an event; it survives the end of the process, and a power failure once `sync` has returned."""
        self._crc = _write(self._stream, _body(event), self._crc)
        self._stream.flush()

    def sync(self) -> None:
        """Wait until everything added is on the disk."""
        os.fsync(self._stream.fileno())

    def _lock(self) -> None:
        try:
            from fcntl import LOCK_EX, LOCK_NB, flock
        except ImportError:  # Windows
            return
        try:
            flock(self._stream.fileno(), LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise self._wrong("S001", "is in use by another program") from None

    def _header(self) -> Header:
        """The first line. That of another version need not look like one of ours in anything but its version."""
        line = self._read()
        found = _parsed(line)
        if "snapshot" not in found or not line.endswith(b"\n"):
            raise self._wrong("S002", "it does not begin with the header of a snapshot")
        if found["snapshot"] != _VERSION:
            raise self._wrong("S003", f"it has the format version {found['snapshot']}; this program reads {_VERSION}")
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
        report, at, advance, note = told.values()
        try:
            return Event(
                None if report is None else report_of(report, at, surrogates=True),
                None if advance is None else When.parse(advance).interval(_UTC).latest,
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


def _head(header: Header) -> str:
    told = {one.name: getattr(header, one.name) for one in fields(header)}
    return f'"snapshot":{_VERSION},{canonical(told)[1:]}'


def _body(event: Event) -> str:
    """The event as JSON, without the brace that opens it."""
    parts = []
    if event.report is not None:
        if not event.report.content:
            msg = f"report {event.report.id!r} cannot be saved: make it with `report` or `read_reports`"
            raise ValueError(msg)
        parts += [f'"report":{event.report.content}', f'"line":{json.dumps(event.report.line)}']
    if event.advance is not None:
        parts.append(f'"advance":"{rfc3339(event.advance)}"')
    if event.note is not None:
        parts.append(f'"note":{canonical(event.note)}')
    return ",".join(parts) + "}"


def _write(stream: BinaryIO, body: str, crc: int) -> int:
    """Write a line, and give the checksum of all lines so far."""
    data = body.encode() + b"\n"
    crc = zlib.crc32(data, crc)
    line = b'{"sum":"%08x",%b' % (crc, data)
    if len(line) > _LONGEST:
        msg = f"a report of {len(line)} bytes is longer than what a snapshot holds"
        raise ValueError(msg)
    stream.write(line)
    return crc


def _keep_name(folder: Path) -> None:
    """Make a new name in a folder survive a power failure, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# --- what an agreement means ----------------------------------------------------------------------------

# What is there for people and for messages, and changes no verdict.
_WORDS = {Agreement: {"title", "path"}, Clause: {"text", "cites", "place"}}


def fingerprint(agreement: Agreement) -> str:
    r"""A digest of what an agreement means: the same whatever its comments, its titles and the order of its keys.

    >>> from servanda import loads
    >>> head = "servanda: 1\nagreement: a\nactors: {S: {role: party}}\nclauses:\n"
    >>> one, same = loads(head + "  c: {binds: S, must: {act: pay}}"), loads(head + "  c: {must: {act: pay}, binds: S}")
    >>> fingerprint(one) == fingerprint(same) != fingerprint(loads(head + "  c: {binds: S, must: {act: give}}"))
    True
    """
    return blake2b(canonical(_plain(agreement)).encode(), digest_size=16).hexdigest()


def _plain(value: object) -> object:
    """A frozen value as JSON. Defaults are left out: a field that is new tomorrow changes no fingerprint of today."""
    if isinstance(value, ZoneInfo):
        return value.key
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, (Pattern, Compare)):  # both are mappings in the file
        pairs = value.tests if isinstance(value, Pattern) else value.bounds
        return {"is": type(value).__name__, "of": {key: _plain(one) for key, one in pairs}}
    if not is_dataclass(value):
        return value
    said = {one.name: getattr(value, one.name) for one in fields(value) if getattr(value, one.name) != _default(one)}
    kept = {name: _plain(one) for name, one in said.items() if name not in _WORDS.get(type(value), ())}
    if isinstance(value, Agreement):
        kept["clauses"] = {clause.name: _plain(clause) for clause in value.clauses}
    if isinstance(value, Effect):
        kept["clauses"] = sorted(value.clauses)
    return {"is": type(value).__name__, "of": kept}


def _default(one: Field[Any]) -> object:
    return one.default if one.default_factory is MISSING else one.default_factory()
