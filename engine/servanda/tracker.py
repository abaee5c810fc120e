"""One report more, or more time, comes in; the findings that it changed go out.

The tracker computes the same function as `assess`, so it gives the same verdicts whatever the order and
the batches in which reports arrive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import compress
from pathlib import Path
from typing import Any, Literal, Self

from servanda.assessing import Assessed, Engine, Judged, Prepared, Time, judge, moment, prepare, times
from servanda.errors import TooMuchError
from servanda.evidence import Knowledge, Statement, know, state
from servanda.lifecycle import Past
from servanda.live import Change, LiveView, Memory
from servanda.model.agreement import Agreement
from servanda.model.clauses import Status
from servanda.model.moments import END, Interval
from servanda.model.periods import Period
from servanda.model.report import Report
from servanda.model.verdict import (
    Assessment,
    Evidence,
    Instance,
    TriggerRef,
    Verdict,
    possible_of,
    verdict_of,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A change in an instance's outcome: what it is now, what was believed before, and what changed it.

    `report` is the report that did it, None where time alone did; `at` is the tracker's clock then, in UTC
    microseconds. `before` holds the statuses believed before, none for a new instance; `statuses` those that
    are left now, none where it was withdrawn: what had created it is no longer so. `evidence` is what of the
    instance's evidence is new or has changed.
    """

    change: Literal["new", "revised", "withdrawn"]
    clause: str
    bearer: tuple[str, ...]
    trigger: TriggerRef | None
    period: Period | None
    statuses: frozenset[Status]
    before: frozenset[Status]
    evidence: tuple[Evidence, ...]
    report: str | None
    at: int
    key: tuple[object, ...]  # what the instance is known by while evidence comes in
    _ground: Callable[[], Assessed] = field(repr=False, compare=False)

    @property
    def status(self) -> Verdict | None:
        """The verdict now; None when the instance is withdrawn."""
        return verdict_of(self.statuses)

    @property
    def possible(self) -> tuple[Status, ...] | None:
        """The statuses left when the verdict is undetermined."""
        return possible_of(self.statuses)

    @property
    def instance(self) -> Instance | None:
        """The whole instance as it was then; None when it is withdrawn. It is put together when it is asked for."""
        return self._in(self._ground())

    @property
    def since(self) -> Interval | None:
        """Since when the verdict holds, in UTC microseconds."""
        instance = self.instance
        return None if instance is None else instance.since

    def explain(self) -> str:
        """Why, in prose: what changed, and the derivation of the verdict. It is made when it is asked for."""
        from servanda.explain import explain_instance

        before = "new" if self.change == "new" else f"before: {verdict_of(self.before)}"
        cause = "By time alone" if self.report is None else f"By report {self.report}"
        assessed = self._ground()
        instance = self._in(assessed)
        if instance is None:
            return f"{cause} ({before}): {self.clause} ({' and '.join(self.bearer)}) is withdrawn"
        return f"{cause} ({before}):\n{explain_instance(assessed, instance)}"

    def _in(self, assessed: Assessed) -> Instance | None:
        return next((one for one in assessed.assessment.instances if one.key == self.key), None)


class Tracker:
    """Reports on one agreement, taken one by one, and what they come to.

    A tracker belongs to the thread that made it; many trackers in one process are independent.

    >>> from servanda import Tracker, loads, report
    >>> agreement = loads('''
    ... servanda: 1
    ... agreement: sale
    ... actors: {S: {name: Seller, role: party}}
    ... clauses:
    ...   delivery: {binds: S, must: {act: deliver}, by: 2025-11-06}
    ... ''')
    >>> tracker = Tracker(agreement)
    >>> told = report({"id": "r1", "source": "buyer", "reported": "2025-11-06", "act": "deliver", "actor": "S",
    ...                "occurred": "2025-11-05"})
    >>> [(finding.clause, finding.status) for finding in tracker.observe(told)]
    [('delivery', 'fulfilled')]
    """

    def __init__(
        self, agreement: Agreement, *, view: str = "neutral", engine: Engine = "auto", retention: str | None = None
    ) -> None:
        """Start with no report. `view` is the one that `observe` reports changes in.

        `retention`, an ISO 8601 duration, bounds how late a report may be, and with it the memory: an instance
        that was over so long before the clock is settled, counted in `settled` and let go, and so are the reports
        that nothing left can depend on. What comes in later than that is a diagnostic and changes nothing; coverage
        counts what is kept. Without it everything may be revised for ever, and every report is kept. Raises
        ValueError for a text that is no duration.
        """
        self.agreement = agreement
        self.view = agreement.view(view).name
        self._engine: Engine = engine
        self._reports: list[Report] = []
        self._statements: list[Statement] = []
        self._set_aside = 0
        self._knowledge = Knowledge(agreement)
        self._clock: int | None = None
        self._prepared: dict[str, Prepared] = {}
        self._views: dict[str, LiveView] = {}
        self._behind: dict[str, set[str]] = {}  # by view: the incidents of which it has not been told
        self._memory = Memory(agreement, retention)

    @property
    def clock(self) -> int | None:
        """The time up to which the tracker has come, in UTC microseconds: the latest report, or `advance`."""
        return self._clock

    @property
    def reports(self) -> tuple[Report, ...]:
        """Every report that it was given and keeps, in the order in which they came.

        Without a retention those for other agreements are among them, too.
        """
        return tuple(self._reports)

    @property
    def retention(self) -> str | None:
        """How late a report may be, as an ISO 8601 duration; None: as late as it likes."""
        return None if self._memory.retention is None else self._memory.retention.text

    @property
    def horizon(self) -> int | None:
        """The time before which nothing is revised any more, in UTC microseconds; None without a retention."""
        return self._memory.horizon(self._clock)

    @property
    def settled(self) -> Mapping[tuple[str, tuple[str, ...], Verdict], int]:
        """How many instances were settled and let go: by clause, bearers and verdict."""
        return dict(self._memory.settled)

    # --- what changes it ----------------------------------------------------------------------------------

    def observe(self, report: Report) -> list[Finding]:
        """Take one report and say what changed: first what time alone brings up to it, then what it does itself.

        A report for another agreement is set aside and changes nothing. Raises TooMuchError for clauses that
        trigger each other without end; the report is taken all the same.
        """
        if report.agreement is not None and report.agreement != self.agreement.id:
            self._set_aside += 1
            if self.retention is None:
                self._reports.append(report)
            return []
        statement = state(report, self.agreement)
        begins = self._clock is None
        try:
            findings = self._move(statement.reported)
        except TooMuchError:
            self._take(report, statement)
            raise
        if self._memory.too_late(statement, self._clock):
            return findings
        self._take(report, statement)
        told = self._told(report.id)
        self._tidy()
        return _as_first(findings, told) if begins else findings + told

    def _take(self, report: Report, statement: Statement) -> None:
        self._reports.append(report)
        self._statements.append(statement)
        self._clock = max(statement.reported, self._clock or statement.reported)
        touched = self._knowledge.add(statement)
        for behind in self._behind.values():
            behind.update(touched)

    def advance(self, to: Time) -> list[Finding]:
        """Let time pass without a report, and say what that changed: deadlines that were missed, say.

        `to` is an EDTF text or a date or datetime, read in the agreement's time zone, a date with its end; or UTC microseconds. Raises
        ValueError for a text that is no time, and for a time before the tracker's clock.
        """
        at = moment(to, self.agreement)
        if self._clock is not None and at < self._clock:
            msg = f"the tracker has come further than {to} already: time does not go back"
            raise ValueError(msg)
        findings = self._move(at)
        self._tidy()
        return findings

    def wakes(self) -> int | None:
        """The next instant, in UTC microseconds, at which time alone may change something; None if there is none."""
        at = self._live(self.view).next() if self._clock is not None else END
        return None if at >= END else at

    def _move(self, to: int) -> list[Finding]:
        """Let the clock go on to a time, and stop wherever time alone changes something."""
        if self._clock is None:
            self._clock = to
            return self._told(None)
        found: list[Finding] = []
        view = self._live(self.view)
        while self._clock < to:
            self._clock = min(view.next(), to)
            view.move(self._clock, on_the_way=self._clock < to)
            found += self._findings(view.settle(), None)
        return found

    def _told(self, report: str | None) -> list[Finding]:
        return self._findings(self._live(self.view).settle(), report)

    def _live(self, name: str) -> LiveView:
        """A view with everything that is known, as of the clock."""
        assert self._clock is not None  # something was reported, or time has passed
        view = self._views.get(name)
        if view is None:
            past = self._memory.past if name == self.view else Past()
            view = LiveView(self._prepare(name), self._knowledge, self._clock, past)
            self._views[name], self._behind[name] = view, set()
        if view.clock < self._clock:
            view.move(self._clock)
        behind = self._behind[name]
        if behind:
            view.touch(sorted(behind))
            behind.clear()
        return view

    def _findings(self, changes: Sequence[Change], report: str | None) -> list[Finding]:
        if not changes:
            return []
        at, number = self._clock or 0, len(self._statements)

        def ground() -> Assessed:
            return self._judged(self.view, at, at, number)

        return [
            Finding(
                "withdrawn" if not one.after else "revised" if one.before else "new",
                one.clause,
                one.bearer,
                one.trigger,
                one.period,
                one.after,
                one.before,
                one.evidence,
                report,
                at,
                one.key,
                ground,
            )
            for one in changes
        ]

    # --- what is forgotten --------------------------------------------------------------------------------

    def _tidy(self) -> None:
        """Let go of what is settled, if it is time to."""
        if self._clock is None or not self._memory.due(self._clock):
            return
        if self._memory.tidy(self._live(self.view), self._knowledge, self._clock):
            kept = [self._knowledge.holds(one.id) for one in self._statements]
            self._reports = list(compress(self._reports, kept))
            self._statements = list(compress(self._statements, kept))

    # --- saving -------------------------------------------------------------------------------------------

    def save(self, path: str | Path) -> None:
        """Write a file from which the tracker can be restored; one that is there is replaced as a whole or not at all.

        Raises OSError where it cannot be written; ValueError for a report that was not made from a file or a mapping.
        """
        from servanda.snapshot import save

        save(self, path)

    @classmethod
    def restore(cls, agreement: Agreement, path: str | Path, *, engine: Engine = "auto") -> Self:
        """The tracker that was saved, with its view and its retention: it goes on as the other would have.

        A last line without its end is dropped, with a warning. Raises SnapshotError for a file that cannot be used, or
        is of something else.
        """
        from servanda.snapshot import restore

        return restore(path, agreement, partial(cls, engine=engine))

    @property
    def memory(self) -> Mapping[str, object] | None:
        """What a tracker with a retention needs to go on besides its `reports`, as JSON; None without a retention."""
        if self.retention is None:
            return None
        before = END if self._clock is None else self._live(self.view).before
        return {"clock": self._clock, "before": before, "set_aside": self._set_aside, **self._memory.data()}

    def recall(self, memory: Mapping[str, Any], reports: Iterable[Report]) -> None:
        """Go on from the `memory` and the `reports` of another; a new one can. Raises ValueError for what is no memory."""
        try:
            self._memory.recall(memory)
            self._set_aside, at, before = int(memory["set_aside"]), memory["clock"], int(memory["before"])
            self._clock = None if at is None else int(at)
        except (KeyError, TypeError, AttributeError) as error:
            msg = f"it is no memory of a tracker ({error!r})"
            raise ValueError(msg) from None
        self._reports = list(reports)
        self._statements = [state(one, self.agreement) for one in self._reports]
        for statement in self._statements:
            self._knowledge.add(statement)
        if self._clock is not None:
            self._live(self.view).before = before
            self._told(None)

    # --- what it comes to ---------------------------------------------------------------------------------

    def assess(self, *, as_of: Time | None = None, known_at: Time | None = None, view: str = "neutral") -> Assessment:
        """The verdicts as of a time, with what was known at a time: both by default the tracker's clock.

        Times are EDTF texts, dates or datetimes, read in the agreement's time zone, dates with their end; or UTC microseconds.
        Raises ValueError for a text that is no time or when there is neither a report nor an `as_of`, and with a
        retention for any other time or view than the tracker's own; KeyError for a view that the agreement does
        not have.
        """
        name, at = self._asked(view, as_of, known_at)
        if at != (self._clock, self._clock):
            return self._judged(name, *at).assessment
        live = self._live(name)
        live.settle()
        found = live.assessed((0, self._set_aside)).assessment
        return replace(found, diagnostics=(*found.diagnostics, *self._memory.notes()))

    def assessed(self, *, as_of: Time | None = None, known_at: Time | None = None, view: str = "neutral") -> Assessed:
        """The same with the ground it stands on, for `servanda.explain`."""
        name, at = self._asked(view, as_of, known_at)
        return self._judged(name, *at)

    def _asked(self, view: str, as_of: Time | None, known_at: Time | None) -> tuple[str, tuple[int, int]]:
        """The view and the times that are asked for, where they can be answered."""
        name, at = self.agreement.view(view).name, times(self.agreement, self._clock, as_of, known_at)
        if self.retention is not None and (at != (self._clock, self._clock) or name != self.view):
            msg = f"with a retention only the present is known, under the view {self.view!r}"
            raise ValueError(msg)
        return name, at

    def _judged(self, view: str, as_of: int, known_at: int, number: int | None = None) -> Assessed:
        """Judge anew what was reported, or the first reports of it; but not what nothing has touched since then."""
        settled = None if self.retention is None else self._memory.past
        statements = self._statements[: number if settled is None else None]
        known = know(statements, known_at, self.agreement)
        judged: Judged | None = None
        past = self._clock is not None and as_of == known_at <= self._clock
        if number is None and past and view in self._views:
            live = self._live(view)
            live.settle()
            judged = live.judged_by(known_at)
        return judge(self._prepare(view), known, (as_of, known_at), (0, self._set_aside), judged, settled)

    def _prepare(self, view: str) -> Prepared:
        if view not in self._prepared:
            self._prepared[view] = prepare(self.agreement, view, self._engine)
        return self._prepared[view]


def _as_first(alone: Sequence[Finding], told: Sequence[Finding]) -> list[Finding]:
    """The findings of a first report: what there was without it nobody believed before."""
    keys, changed = {one.key for one in alone}, {one.key for one in told}
    kept = [one for one in alone if one.key not in changed]
    first = [replace(one, change="new", before=frozenset()) if one.key in keys else one for one in told]
    return kept + [one for one in first if one.statuses or one.before]
