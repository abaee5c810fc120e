"""One report more comes in; the findings that it changed go out.

The tracker computes the same function as `assess`, so it gives the same verdicts whatever the order and
the batches in which reports arrive.
"""

from __future__ import annotations

from dataclasses import dataclass

from servanda.assessing import Assessed, Engine, Prepared, judge, prepare, times
from servanda.evidence import Statement, know, state
from servanda.model.agreement import Agreement
from servanda.model.clauses import Status
from servanda.model.moments import Interval
from servanda.model.report import Report
from servanda.model.verdict import Assessment, Instance, Verdict


@dataclass(frozen=True)
class Finding:
    """A change in an instance's outcome: what it is now, what was believed before, and which report did it.

    `instance` is None when the report withdrew it: what had created it is no longer so.
    """

    instance: Instance | None
    before: Instance | None
    report: str
    assessed: Assessed

    @property
    def clause(self) -> str:
        """The clause's name."""
        return self._shown.clause

    @property
    def bearer(self) -> tuple[str, ...]:
        """Who is bound."""
        return self._shown.bearer

    @property
    def status(self) -> Verdict | None:
        """The verdict now; None when the instance is withdrawn."""
        return None if self.instance is None else self.instance.status

    @property
    def possible(self) -> tuple[Status, ...] | None:
        """The statuses left when the verdict is undetermined."""
        return None if self.instance is None else self.instance.possible

    @property
    def since(self) -> Interval | None:
        """Since when the verdict holds, in UTC microseconds."""
        return None if self.instance is None else self.instance.since

    @property
    def _shown(self) -> Instance:
        shown = self.instance or self.before
        assert shown is not None  # a finding is about one of the two
        return shown

    def explain(self) -> str:
        """Why, in prose: what changed, and the derivation of the verdict."""
        from servanda.explain import explain_instance

        before = "new" if self.before is None else f"before: {self.before.status}"
        if self.instance is None:
            return f"{self.clause} ({' and '.join(self.bearer)}): withdrawn by report {self.report}; {before}"
        return f"By report {self.report} ({before}):\n{explain_instance(self.assessed, self.instance)}"


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
        self._view = agreement.view(view).name
        self._engine: Engine = engine
        self._statements: list[Statement] = []
        self._set_aside = 0
        self._prepared: dict[str, Prepared] = {}
        self._latest: int | None = None
        self._believed: dict[tuple[object, ...], Instance] = {}

    def observe(self, report: Report) -> list[Finding]:
        """Take one report and say what it changed, as of the latest report so far.

        A report for another agreement is set aside and changes nothing.
        """
        if report.agreement is not None and report.agreement != self.agreement.id:
            self._set_aside += 1
            return []
        statement = state(report, self.agreement)
        self._statements.append(statement)
        self._latest = max(statement.reported, self._latest or statement.reported)
        assessed = self._assess(self._view, self._latest, self._latest)
        now = {instance.key: instance for instance in assessed.assessment.instances}
        findings = [
            Finding(instance, self._believed.get(key), report.id, assessed)
            for key, instance in now.items()
            if _belief(instance) != _belief(self._believed.get(key)) and not _idle(instance, self._believed.get(key))
        ]
        findings += [
            Finding(None, before, report.id, assessed)
            for key, before in self._believed.items()
            if key not in now and before.statuses != {"dormant"}
        ]
        self._believed = now
        return findings

    def assess(
        self, *, as_of: str | int | None = None, known_at: str | int | None = None, view: str = "neutral"
    ) -> Assessment:
        """The verdicts as of a time, with what was known at a time: both by default the latest `reported`.

        Times are EDTF texts, read in the agreement's time zone, dates with their end; or UTC microseconds.
        Raises ValueError for a text that is no time or when there is neither a report nor an `as_of`,
        KeyError for a view that the agreement does not have.
        """
        return self.assessed(as_of=as_of, known_at=known_at, view=view).assessment

    def assessed(
        self, *, as_of: str | int | None = None, known_at: str | int | None = None, view: str = "neutral"
    ) -> Assessed:
        """The same with the ground it stands on, for `servanda.explain`."""
        return self._assess(view, *times(self.agreement, self._latest, as_of, known_at))

    def _assess(self, view: str, as_of: int, known_at: int) -> Assessed:
        name = self.agreement.view(view).name
        if name not in self._prepared:
            self._prepared[name] = prepare(self.agreement, name, self._engine)
        known = know(self._statements, known_at, self.agreement)
        return judge(self._prepared[name], known, (as_of, known_at), (0, self._set_aside))


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
