"""One report more, or more time, comes in; the findings that it changed go out.

The tracker computes the same function as `assess`, so it gives the same verdicts whatever the order and
the batches in which reports arrive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from servanda.assessing import Assessed, Engine, Prepared, judge, moment, prepare, times
from servanda.evidence import Statement, know, state
from servanda.model.agreement import Agreement
from servanda.model.clauses import Status
from servanda.model.moments import Interval
from servanda.model.periods import Period
from servanda.model.report import Report
from servanda.model.verdict import Assessment, Evidence, Instance, TriggerRef, Verdict

Change = Literal["new", "revised", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A change in an instance's outcome: what it is now, what was believed before, and what changed it.

    `report` is the report that did it, None where time alone did; `at` is the tracker's clock then, in UTC
    microseconds. `before` holds the statuses believed before, none for a new instance; `statuses` those that
    are left now, none where it was withdrawn: what had created it is no longer so. `evidence` is what of the
    instance's evidence is new or has changed.
    """

    change: Change
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
        return _verdict(self.statuses)

    @property
    def possible(self) -> tuple[Status, ...] | None:
        """The statuses left when the verdict is undetermined."""
        return tuple(sorted(self.statuses)) if len(self.statuses) > 1 else None

    @property
    def instance(self) -> Instance | None:
        """The whole instance as it was then; None when it is withdrawn. It is put together when it is asked for."""
        return next((one for one in self._ground().assessment.instances if one.key == self.key), None)

    @property
    def since(self) -> Interval | None:
        """Since when the verdict holds, in UTC microseconds."""
        instance = self.instance
        return None if instance is None else instance.since

    def explain(self) -> str:
        """Why, in prose: what changed, and the derivation of the verdict. It is made when it is asked for."""
        from servanda.explain import explain_instance

        before = "new" if self.change == "new" else f"before: {_verdict(self.before)}"
        cause = "By time alone" if self.report is None else f"By report {self.report}"
        assessed = self._ground()
        instance = next((one for one in assessed.assessment.instances if one.key == self.key), None)
        if instance is None:
            return f"{cause} ({before}): {self.clause} ({' and '.join(self.bearer)}) is withdrawn"
        return f"{cause} ({before}):\n{explain_instance(assessed, instance)}"


def _verdict(statuses: frozenset[Status]) -> Verdict | None:
    if not statuses:
        return None
    return next(iter(statuses)) if len(statuses) == 1 else "undetermined"


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

    def __init__(self, agreement: Agreement, *, view: str = "neutral", engine: Engine = "auto") -> None:
        """Start with no report. `view` is the one that `observe` reports changes in."""
        self.agreement = agreement
        self.view = agreement.view(view).name
        self._engine: Engine = engine
        self._statements: list[Statement] = []
        self._reports: list[Report] = []
        self._set_aside = 0
        self._prepared: dict[str, Prepared] = {}
        self._clock: int | None = None
        self._believed: dict[tuple[object, ...], Instance] = {}

    @property
    def clock(self) -> int | None:
        """The time up to which the tracker has come, in UTC microseconds: the latest report, or `advance`."""
        return self._clock

    @property
    def reports(self) -> tuple[Report, ...]:
        """Every report that it was given, in the order in which they came; those that were set aside too."""
        return tuple(self._reports)

    def observe(self, report: Report) -> list[Finding]:
        """Take one report and say what it changed, as of the latest report so far.

        A report for another agreement is set aside and changes nothing.
        """
        self._reports.append(report)
        if report.agreement is not None and report.agreement != self.agreement.id:
            self._set_aside += 1
            return []
        statement = state(report, self.agreement)
        findings = [] if self._clock is None else self._move(max(statement.reported, self._clock))
        self._statements.append(statement)
        self._clock = max(statement.reported, self._clock or statement.reported)
        return findings + self._changes(report.id)

    def advance(self, to: str | int) -> list[Finding]:
        """Let time pass without a report, and say what that changed: deadlines that were missed, say.

        `to` is an EDTF text, read in the agreement's time zone, a date with its end; or UTC microseconds. Raises
        ValueError for a text that is no time, and for a time before the tracker's clock.
        """
        at = moment(to, self.agreement)
        if self._clock is not None and at < self._clock:
            msg = f"the tracker has come further than {to} already: time does not go back"
            raise ValueError(msg)
        return self._move(at)

    def _move(self, at: int) -> list[Finding]:
        self._clock = at
        return self._changes(None)

    def _changes(self, report: str | None) -> list[Finding]:
        at, known = self._clock or 0, len(self._statements)
        assessed = self._assess(self.view, at, at)

        def ground() -> Assessed:
            return self._assess(self.view, at, at, known)

        before = self._believed
        now = {instance.key: instance for instance in assessed.assessment.instances}
        self._believed = now
        found = []
        for key, instance in now.items():
            held = before.get(key)
            if _belief(instance) == _belief(held) or _idle(instance, held):
                continue
            old = () if held is None else held.evidence
            evidence = tuple(e for e in instance.evidence if e not in old)
            change: Change = "revised" if held else "new"
            found.append(_finding(change, instance, instance.statuses, _statuses(held), evidence, report, at, ground))
        for key, held in before.items():
            if key not in now and held.statuses != {"dormant"}:
                found.append(_finding("withdrawn", held, frozenset(), held.statuses, (), report, at, ground))
        return found

    def assess(
        self, *, as_of: str | int | None = None, known_at: str | int | None = None, view: str = "neutral"
    ) -> Assessment:
        """The verdicts as of a time, with what was known at a time: both by default the tracker's clock.

        Times are EDTF texts, read in the agreement's time zone, dates with their end; or UTC microseconds.
        Raises ValueError for a text that is no time or when there is neither a report nor an `as_of`,
        KeyError for a view that the agreement does not have.
        """
        return self.assessed(as_of=as_of, known_at=known_at, view=view).assessment

    def assessed(
        self, *, as_of: str | int | None = None, known_at: str | int | None = None, view: str = "neutral"
    ) -> Assessed:
        """The same with the ground it stands on, for `servanda.explain`."""
        return self._assess(view, *times(self.agreement, self._clock, as_of, known_at))

    def _assess(self, view: str, as_of: int, known_at: int, number: int | None = None) -> Assessed:
        name = self.agreement.view(view).name
        if name not in self._prepared:
            self._prepared[name] = prepare(self.agreement, name, self._engine)
        known = know(self._statements[:number], known_at, self.agreement)
        return judge(self._prepared[name], known, (as_of, known_at), (0, self._set_aside))


def _finding(
    change: Change,
    shown: Instance,
    statuses: frozenset[Status],
    before: frozenset[Status],
    evidence: tuple[Evidence, ...],
    report: str | None,
    at: int,
    ground: Callable[[], Assessed],
) -> Finding:
    return Finding(
        change,
        shown.clause,
        shown.bearer,
        shown.trigger,
        shown.period,
        statuses,
        before,
        evidence,
        report,
        at,
        shown.key,
        ground,
    )


def _statuses(instance: Instance | None) -> frozenset[Status]:
    return frozenset() if instance is None else instance.statuses


def _belief(instance: Instance | None) -> object:
    """What a reader believes of an instance: a change in it is a finding."""
    if instance is None:
        return None
    return (
        instance.statuses,
        instance.because,
        instance.cured,
        tuple((e.incident, e.effect, e.reports) for e in instance.evidence),
    )


def _idle(instance: Instance, before: Instance | None) -> bool:
    """An instance that has only begun to be watched, with nothing against or for it, is no finding."""
    return (
        before is None
        and instance.trigger is None
        and instance.statuses <= {"dormant", "pending", "holding"}
        and not instance.evidence
    )
