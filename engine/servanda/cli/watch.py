"""`servanda watch`: an agreement and reports as they come in; findings as they are made go out.

What was read is kept, where that is asked for, in a snapshot of the tracker: first a report's findings are printed,
then it is added. So a crash loses none, and at most those of one report are printed again. With a retention the
snapshot is begun anew once most of what it holds was let go of.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from signal import SIGTERM
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, cast

import click

from servanda.cli.documented import Documented
from servanda.cli.guard import INTERRUPTED
from servanda.cli.shared import FINE, REJECTED, Failure, Unreadable, emit, exit_code, say

if TYPE_CHECKING:
    from servanda.assessing import Engine
    from servanda.cli.stopping import Stopping
    from servanda.cli.tail import Place
    from servanda.model.clauses import Status
    from servanda.model.report import Report
    from servanda.model.verdict import Verdict
    from servanda.reading.foreign import Reader
    from servanda.reading.rejected import Rejected
    from servanda.snapshot import Event, Snapshot
    from servanda.tracker import Finding, Tracker

Kind = Literal["report", "rejected", "set aside"]
_SPARE = 1_000  # lines of a state that need not be there, before it is begun anew
_SYNC = 1.0  # seconds after which what was kept is forced to the disk, also when there is more to read


@click.command(
    "watch",
    cls=Documented,
    examples=(
        "servanda watch istanbul.yaml -r reports.jsonl --follow --state istanbul.state",
        "tail -F reports.jsonl | servanda watch istanbul.yaml -r - --format jsonl",
    ),
)
@click.argument("agreement")
@click.option(
    "-r", "--reports", "path", required=True, metavar="FILE", help="Reports: JSON Lines or CSV, '-' for stdin."
)
@click.option("--follow", is_flag=True, help="Go on as FILE grows, also when it is replaced or cut.")
@click.option(
    "--state",
    metavar="FILE",
    help="Keep there what was read, and go on from it: no report is read twice, also after a crash.",
)
@click.option(
    "--retention",
    metavar="DURATION",
    help="How late a report may be, as P30D: what is older is settled and let go. Default: as late as it likes.",
)
@click.option("--reader", metavar="NAME", help="How to read a table of others: a reader, or a mapping file (.yaml).")
@click.option("--view", default="neutral", show_default=True, metavar="NAME", help="Whom to believe.")
@click.option(
    "--clause", "clauses", multiple=True, metavar="NAME", help="Only this clause and its substitutes. Repeatable."
)
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", show_default=True)
@click.option(
    "--max-rejects",
    type=click.IntRange(min=0),
    metavar="N",
    help="Give up with exit code 4 when more than N report lines are rejected.",
)
@click.option("--engine", type=click.Choice(["auto", "rete", "plain"]), default="auto", hidden=True)
def command(
    agreement: str,
    path: str,
    follow: bool,  # noqa: FBT001 - click's signature
    state: str | None,
    retention: str | None,
    reader: str | None,
    view: str,
    clauses: tuple[str, ...],
    form: str,
    max_rejects: int | None,
    engine: Engine,
) -> None:
    """Print findings as reports come in.

    Exit code at the end of the reports: 0 nothing to flag; 1 a violation; 2 unusable input; 3 a possible violation or
    a missed deadline still in its grace; 4 too many rejected lines. When it is told to stop it finishes the report at
    hand: 0 after SIGTERM, which is how a service ends, 130 after SIGINT (Ctrl-C), 141 when nobody reads any more.
    """
    from servanda.cli.loading import chosen, load_agreements, view_names
    from servanda.cli.stopping import stopping
    from servanda.errors import LoadError, TooMuchError
    from servanda.reading.foreign import Reader
    from servanda.reading.rejected import ReportFileError
    from servanda.render.findings import jsonl_line, text_line
    from servanda.snapshot import SnapshotError
    from servanda.tracker import Tracker

    if view == "all":
        raise click.UsageError("--view: one view at a time; 'all' is for `servanda assess`")
    (loaded,) = load_agreements((agreement,))
    (name,) = view_names(loaded, (view,))

    def show(finding: Finding) -> str:
        return jsonl_line(finding, loaded, name) if form == "jsonl" else text_line(finding, loaded)

    try:
        tracker = Tracker(loaded, view=name, engine=engine, retention=retention)
    except ValueError as error:
        raise click.UsageError(f"--retention: {error}") from None
    watch = _Watch(tracker, show, chosen((loaded,), clauses), max_rejects)
    try:
        table = None if reader is None else Reader(reader)
        if state is not None:
            watch.resume(state)
        with stopping() as stop:
            code = _run(watch, path, table, stop, follow=follow)
    except LoadError as error:
        raise Unreadable(str(error)) from None
    except SnapshotError as error:
        where = f"{error.file}:{error.line}" if error.line else error.file
        raise Unreadable(f"{where}: error[{error.code}]: {error.message}\n   help: {error.remedy}") from None
    except ReportFileError as error:
        raise Failure(str(error)) from None
    except TooMuchError as error:
        raise Failure(f"{loaded.id}: {error}") from None
    finally:
        watch.close()
    raise click.exceptions.Exit(code)


@dataclass
class _Watch:
    """A tracker, what it was told, and the file in which that is kept."""

    tracker: Tracker
    show: Callable[[Finding], str]
    wanted: Callable[[str], bool]
    most: int | None  # rejected lines that are allowed
    counts: Counter[Kind] = field(default_factory=Counter)  # of lines
    findings: int = 0
    place: Place | None = None  # of the line that was read last
    kept: Snapshot | None = None
    looked: int = 0  # how many events were kept when it was last asked whether they are still needed
    behind: bool = False  # whether what is kept may not be on the disk yet
    synced: float = 0.0

    def resume(self, state: str) -> None:
        """Tell the tracker what it was told before, and keep what follows; begin the file where it is not there."""
        from servanda.cli.tail import Place
        from servanda.snapshot import Snapshot, save

        if not Path(state).exists():
            try:
                save(self.tracker, state)
            except (OSError, ValueError) as error:
                raise _unkept(state, error) from None
        self.kept = Snapshot(state, more=True)
        self.kept.check_for(self.tracker)
        for event in self.kept.tell(self.tracker):
            note = event.note or {}
            self.counts.update(self._read(event, note))
            at = note.get("at")
            self.place = Place(*at) if isinstance(at, list) else None
        if self.kept.torn:
            say(f"note: the last line of {state} was cut off, and is dropped: what it told of is read again")
        if self.counts:
            say(f"note: read before: {self._told()}")

    def _read(self, event: Event, note: Mapping[str, Any]) -> Mapping[Kind, int]:
        """The lines that an event is of: one, or all that were read when the state was begun anew."""
        if event.memory is not None:
            return cast("Mapping[Kind, int]", note.get("read", {}))
        return {cast("Kind", note.get("is", "report")): 1}

    def take(self, item: Report | Rejected, place: Place | None) -> None:
        """One line of the reports: print what comes of it, then keep it."""
        from servanda.cli.loading import say_rejected
        from servanda.reading.rejected import Rejected
        from servanda.snapshot import Event

        kind: Kind = "report"
        if isinstance(item, Rejected):
            kind = "rejected"
            say_rejected(item)
        elif item.agreement not in (None, self.tracker.agreement.id):
            kind = "set aside"
        else:
            shown = [self.show(one) for one in self.tracker.observe(item) if self.wanted(one.clause)]
            if shown:
                emit("".join(shown), None)
            self.findings += len(shown)
        self.counts[kind] += 1
        if self.kept is not None:
            note: dict[str, object] = {} if kind == "report" else {"is": kind}
            if place is not None:
                note["at"] = list(place)
            self.place = place
            told = None if isinstance(item, Rejected) or kind != "report" else item
            self._keep(Event(told, note=note or None))
        if kind == "rejected" and self.most is not None and self.counts["rejected"] > self.most:
            say(f"error: {self._told()}: more are rejected than --max-rejects {self.most} allows")
            raise click.exceptions.Exit(REJECTED)

    def idle(self) -> None:
        """Force what is kept to the disk while there is nothing else to do."""
        if self.kept is not None and self.behind:
            try:
                self.kept.sync()
            except OSError as error:
                raise _unkept(self.kept.path, error) from None
            self.behind, self.synced = False, time.monotonic()

    def finish(self) -> int:
        """Say on stderr what it all came to; the exit code of the state of things now."""
        from servanda.cli.loading import Inputs, tell
        from servanda.lifecycle.wording import clock
        from servanda.render.words import counts_words, plural

        self.idle()
        words = f"{self._told()}; {plural(self.findings, 'finding')} printed"
        if self.tracker.clock is None:
            say(words)
            return FINE
        now = self.tracker.assess(view=self.tracker.view)
        tell((now,), Inputs([], {}))
        instances = tuple(one for one in now.instances if self.wanted(one.clause))
        at = clock(now.known_at, self.tracker.agreement.zone)
        say(f"{words}; as of {at}: {counts_words(replace(now, instances=instances).summary)}")
        settled = (_statuses(verdict) for clause, _, verdict in self.tracker.settled if self.wanted(clause))
        return exit_code((*(one.statuses for one in instances), *settled), "undetermined")

    def close(self) -> None:
        """Close the file."""
        if self.kept is not None:
            with suppress(OSError):
                self.kept.close()

    def _keep(self, event: Event) -> None:
        assert self.kept is not None
        try:
            self.kept.append(event)
            if self.tracker.retention is not None and self.kept.size - self.looked >= _SPARE:
                self._begin_anew(self.kept)
        except (OSError, ValueError) as error:
            raise _unkept(self.kept.path, error) from None
        self.behind = True
        if time.monotonic() - self.synced > _SYNC:
            self.idle()

    def _begin_anew(self, kept: Snapshot) -> None:
        """Begin the state anew if most of what it holds is needed no more."""
        self.looked = kept.size
        if kept.size >= 2 * len(self.tracker.reports):
            note = {"read": dict(self.counts), "at": None if self.place is None else list(self.place)}
            kept.rewrite(self.tracker, note)
            self.looked = kept.size

    def _told(self) -> str:
        from servanda.render.words import plural

        other = "".join(f", {self.counts[kind]} {kind}" for kind in ("rejected", "set aside") if self.counts[kind])
        return plural(self.counts["report"], "report") + other


def _statuses(verdict: Verdict) -> frozenset[Status]:
    """What an instance that was let go may have come to; of an open one it is not known any more."""
    return frozenset(("violated", "fulfilled") if verdict == "undetermined" else (verdict,))


def _run(watch: _Watch, path: str, reader: Reader | None, stop: Stopping, *, follow: bool) -> int:
    """Take line after line, until there is no more or the program is told to stop; the exit code."""
    from servanda.cli.loading import check_stdin
    from servanda.cli.stopping import Stopped

    if path == "-":
        check_stdin()
    try:
        with closing(_lines(watch, path, reader, stop, follow=follow)) as lines:
            for item, place in lines:
                watch.take(item, place)
                stop.check()
        return watch.finish()
    except Stopped as stopped:
        watch.finish()
        return FINE if stopped.number == SIGTERM else INTERRUPTED


def _lines(
    watch: _Watch, path: str, reader: Reader | None, stop: Stopping, *, follow: bool
) -> Generator[tuple[Report | Rejected, Place | None], None, None]:
    """What was not read before, each with its place in the file; of a file that is replaced, also the next one."""
    from servanda.cli.tail import Tail, read_up_to
    from servanda.reading.reports import scan_reports

    after, seen = watch.place, 0
    if after is not None and path != "-":
        up_to = read_up_to(path, after)
        if up_to is None:
            say(f"note: {path} is not the file that was read before, or was cut: it is read from its beginning")
            after = None
        else:
            seen = up_to
    keep = watch.kept is not None
    while True:
        tail = Tail(path, follow=follow, keep=keep, waiting=stop.waiting, idle=watch.idle, after=after)
        with closing(tail):
            for item in scan_reports(cast("BinaryIO", tail), reader=reader):
                if item.line is not None and item.line > seen:
                    yield item, tail.place(item.line)
        if not tail.follows:
            return
        say(f"note: {path} was replaced or cut: it is read from its beginning")
        after, seen = None, 0


def _unkept(state: str, error: OSError | ValueError) -> Failure:
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    return Failure(f"{state} cannot be written: {reason}; check the folder, its permissions and the disk")
