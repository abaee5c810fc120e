"""Reports on one agreement and time come in, batch by batch; the findings of its tracker go out.

Between two batches a tracker is kept as the lines of its snapshot, and made anew of them when something comes. A timer
of Spark is set to the next instant at which time alone may change something.
"""

# ruff: noqa: ARG002, N802, N803 - methods as Spark calls them

from __future__ import annotations

import datetime as dt
import io
import json
import tempfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from servanda.assessing import Engine, Time
from servanda.errors import TooMuchError
from servanda.model.agreement import Agreement
from servanda.model.report import Report
from servanda.render.findings import finding_data
from servanda.snapshot import Event, Header, fingerprint, restore
from servanda.snapshot.file import body_of, head_of, write_line
from servanda.spark.reading import again
from servanda.spark.sharing import Shared
from servanda.spark.table import Columns
from servanda.tracker import Finding, Tracker

if TYPE_CHECKING:
    from pyspark.sql import Row
    from pyspark.sql.streaming.stateful_processor import ExpiredTimerInfo, StatefulProcessorHandle, TimerValues

FOUND: Columns = {
    "agreement": "string",
    "number": "bigint",  # of the finding, among those of its agreement
    "at": "timestamp",
    "clause": "string",
    "bearer": "string",
    "change": "string",
    "status": "string",
    "report": "string",
    "data": "string",
    "error": "string",
}
_FIRST = 1  # in milliseconds: the timer of a tracker that stands at no time yet goes off with the first time there is


class Patient(Tracker):
    """A tracker that keeps what it cannot assess to itself, in `failure`, and goes on."""

    failure: str | None = None

    def observe(self, report: Report) -> list[Finding]:
        """Take a report; no finding where there are too many."""
        self.failure = None
        try:
            return super().observe(report)
        except TooMuchError as error:
            self.failure = str(error)
            return []

    def advance(self, to: Time) -> list[Finding]:
        """Let time pass; no finding where there are too many."""
        self.failure = None
        try:
            return super().advance(to)
        except TooMuchError as error:
            self.failure = str(error)
            return []


class Follower:
    """The trackers of all agreements, as a stateful processor of Spark with the agreements' ids as keys."""

    def __init__(self, agreements: Shared[dict[str, Agreement]], view: str, engine: Engine) -> None:
        self._agreements = agreements
        self._view = view
        self._engine: Engine = engine

    def init(self, handle: StatefulProcessorHandle) -> None:
        """Find the state: the lines of the snapshot, and where the tracker stands."""
        self._handle = handle
        self._lines = handle.getListState("lines", "line binary")
        self._head = handle.getValueState("head", "crc bigint, found bigint, timer bigint")

    def handleInitialState(self, key: tuple[str], row: Row, timerValues: TimerValues) -> None:
        """Begin with an agreement, before any report and any time."""
        self._begin(self._agreements.value[key[0]])

    def handleInputRows(self, key: tuple[str], rows: Iterator[Row], timerValues: TimerValues) -> Iterator[Row]:
        """What time has changed by the batch before, then what the reports of this one change."""
        reports = [Event(again(row.content, row.line)) for row in sorted(rows, key=_came)]
        yield from self._told(key[0], [*_time(timerValues), *reports])

    def handleExpiredTimer(
        self, key: tuple[str], timerValues: TimerValues, expiredTimerInfo: ExpiredTimerInfo
    ) -> Iterator[Row]:
        """What time alone changes."""
        yield from self._told(key[0], _time(timerValues))

    def close(self) -> None:
        """Nothing is left open."""

    # --- one agreement ------------------------------------------------------------------------------------

    def _begin(self, agreement: Agreement) -> None:
        """Keep the first line of a snapshot, to which the others are added."""
        head = Header(agreement.id, fingerprint(agreement), agreement.view(self._view).name, None, 0)
        (line,), crc = _written([head_of(head)], 0)
        self._lines.put([(line,)])
        self._head.update((crc, 0, _FIRST))
        self._handle.registerTimer(_FIRST)

    def _told(self, name: str, events: list[Event]) -> Iterator[Row]:
        """Tell the tracker of an agreement what came, and keep where it stands then; nothing where it is no more."""
        from pyspark.sql import Row

        agreement = self._agreements.value.get(name)
        if agreement is None:
            return
        if not self._head.exists():
            self._begin(agreement)
        crc, count, timer = self._head.get() or (0, 0, None)
        tracker = self._tracker(agreement)
        news, found = [], []
        for event in events:
            if event.advance is None or tracker.clock is None or event.advance > tracker.clock:
                news.append(event)
                found += _tell(tracker, event)
        lines, crc = _written(map(body_of, news), crc)
        if lines:
            self._lines.appendList([(line,) for line in lines])
        wakes = None if tracker.failure is not None else tracker.wakes()
        self._head.update((crc, count + len(found), self._set(timer, None if wakes is None else -(-wakes // 1_000))))
        for number, finding in enumerate(found, count):
            yield Row(**_row(finding, number, agreement, tracker.view))
        if tracker.failure is not None:
            yield Row(**{**dict.fromkeys(FOUND), "agreement": agreement.id, "error": tracker.failure})

    def _tracker(self, agreement: Agreement) -> Patient:
        """The tracker as it was left. Raises SnapshotError where the agreement has changed since."""
        with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
            file.write(b"".join(bytes(line) for (line,) in self._lines.get()))
            file.flush()
            tracker = restore(file.name, agreement, lambda *of, **how: Patient(*of, **how, engine=self._engine))
        if tracker.view != agreement.view(self._view).name:
            msg = f"the stream was begun under the view {tracker.view!r}: give another one a checkpoint of its own"
            raise ValueError(msg)
        return tracker

    def _set(self, timer: int | None, to: int | None) -> int | None:
        """Set the one timer of an agreement anew."""
        if timer != to:
            if timer is not None:
                self._handle.deleteTimer(timer)
            if to is not None:
                self._handle.registerTimer(to)
        return to


def _came(row: Row) -> tuple[int, int, str]:
    """In the order in which they were sent, else in which they were made."""
    return (row.place or 0, row.reported, row.content)


def _time(timers: TimerValues) -> list[Event]:
    """That time has come as far as the watermark; before there is one it stands at 0."""
    at = 1_000 * timers.getCurrentWatermarkInMs()
    return [Event(advance=at)] if at > 0 else []


def _tell(tracker: Tracker, event: Event) -> list[Finding]:
    if event.report is not None:
        return tracker.observe(event.report)
    return tracker.advance(event.advance or 0)


def _written(bodies: Iterable[str], crc: int) -> tuple[list[bytes], int]:
    """The lines of a snapshot, and the checksum after them."""
    lines = []
    for body in bodies:
        stream = io.BytesIO()
        crc = write_line(stream, body, crc)
        lines.append(stream.getvalue())
    return lines, crc


def _row(finding: Finding, number: int, agreement: Agreement, view: str) -> dict[str, object]:
    return {
        "agreement": agreement.id,
        "number": number,
        "at": dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(microseconds=finding.at),
        "clause": finding.clause,
        "bearer": ";".join(finding.bearer),
        "change": finding.change,
        "status": finding.status,
        "report": finding.report,
        "data": json.dumps(finding_data(finding, agreement, view), ensure_ascii=False),
        "error": None,
    }
