"""An agreement and reports come in; the revision log goes out: what was believed when, and what changed it.

Reports are taken in the order in which they became known, whatever order they are given in; those of one instant
become known at once. As long as event time is not held back (`as_of`), a tracker says where time alone may change
something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

from servanda.assessing import Engine, Prepared, Time, judge, moment, prepare
from servanda.evidence import Statement, know, state
from servanda.live import idle
from servanda.model.agreement import Agreement
from servanda.model.clauses import Status
from servanda.model.moments import END
from servanda.model.periods import Period
from servanda.model.report import Report
from servanda.model.verdict import Because, Cured, Instance, TriggerRef, Verdict, possible_of, verdict_of
from servanda.tracker import Finding, Tracker

_Key = tuple[object, ...]
_Verdict = tuple[frozenset[Status], tuple[Because, ...], bool]


@dataclass(frozen=True, slots=True)
class Revision:
    """What is believed of an instance from an instant on (UTC microseconds), and what was believed before.

    `statuses` holds the statuses that are left, none where it is withdrawn: what had created it is no longer so;
    `before` those that were left before, none where it is new. `reports` names the reports that changed it, none
    where time alone did.
    """

    at: int
    clause: str
    bearer: tuple[str, ...]
    trigger: TriggerRef | None
    period: Period | None
    statuses: frozenset[Status]
    because: tuple[Because, ...]
    cured: Cured | None
    before: frozenset[Status]
    reports: tuple[str, ...]
    key: tuple[object, ...]  # what the instance is known by while evidence comes in

    @property
    def change(self) -> Literal["new", "revised", "withdrawn"]:
        """What happened to the instance."""
        return "withdrawn" if not self.statuses else "revised" if self.before else "new"

    @property
    def status(self) -> Verdict | None:
        """The verdict; None when the instance is withdrawn."""
        return verdict_of(self.statuses)

    @property
    def possible(self) -> tuple[Status, ...] | None:
        """The statuses left when the verdict is undetermined."""
        return possible_of(self.statuses)


def history(
    agreement: Agreement,
    reports: Iterable[Report],
    *,
    view: str = "neutral",
    as_of: Time | None = None,
    known_at: Time | None = None,
    engine: Engine = "auto",
) -> list[Revision]:
    """Every change of a verdict under a view, in the order in which they came about.

    At each instant the verdicts are those of `assess` as of that instant, and with what was known then. Event time
    goes no further than `as_of`, knowledge no further than `known_at`, by default the latest report. Times are EDTF
    texts, dates or datetimes, read in the agreement's time zone, dates with their end; or UTC microseconds. An instance that has only
    begun to be watched, with nothing for or against it, is in the log from its first change on.

    Raises ValueError for a text that is no time, KeyError for a view that the agreement does not have, TooMuchError
    for clauses that trigger each other without end.

    >>> from servanda import loads, report
    >>> agreement = loads('''
    ... servanda: 1
    ... agreement: sale
    ... timezone: UTC
    ... actors: {S: {name: Seller, role: party}}
    ... clauses:
    ...   delivery: {binds: S, must: {act: deliver}, by: 2025-11-06}
    ... ''')
    >>> late = report({"id": "r1", "source": "buyer", "reported": "2025-11-01", "act": "promise", "actor": "S"})
    >>> told = report({"id": "r2", "source": "buyer", "reported": "2025-11-09", "act": "deliver", "actor": "S",
    ...                "occurred": "2025-11-05"})
    >>> [(one.clause, one.status, one.reports) for one in history(agreement, [told, late])]
    [('delivery', 'violated', ()), ('delivery', 'fulfilled', ('r2',))]
    """
    name = agreement.view(view).name
    told = [(state(one, agreement), one) for one in reports if one.agreement in (None, agreement.id)]
    if known_at is None:
        last = max((statement.reported for statement, _ in told), default=None)
    else:
        last = moment(known_at, agreement)
    if last is None:
        return []
    known = sorted((one for one in told if one[0].reported <= last), key=lambda one: one[0].order)
    groups = [_Group(at, tuple(each)) for at, each in groupby(known, key=lambda one: one[0].reported)]
    if not groups or groups[-1].at < last:
        groups.append(_Group(last))
    cut = END if as_of is None else moment(as_of, agreement)
    early, late = [one for one in groups if one.at <= cut], [one for one in groups if one.at > cut]
    if early and late and early[-1].at < cut:
        early.append(_Group(cut))
    log = _Log()
    prepared = prepare(agreement, name, engine)
    try:
        for step in _moving(Tracker(agreement, view=name, engine=engine), prepared, early):
            log.take(step)
        known_early = [statement for group in early for statement, _ in group.told]
        for step in _held(prepared, known_early, cut, late, begun=bool(early)):
            log.take(step)
    finally:
        prepared.matcher.close()
    return log.revisions


class _Group(NamedTuple):
    """What becomes known at one instant; nothing, where only time has come so far."""

    at: int
    told: tuple[tuple[Statement, Report], ...] = ()


class _Step(NamedTuple):
    """An instant at which something may have changed.

    `alone` is what is believed then without the reports that become known at it, None where that is what was
    believed before. `before` holds what a tracker believed of instances that were not worth a word until now.
    """

    at: int
    group: tuple[Statement, ...]
    alone: Sequence[Instance] | None
    now: Sequence[Instance]
    before: Mapping[_Key, frozenset[Status]]


def _moving(tracker: Tracker, prepared: Prepared, groups: Sequence[_Group]) -> Iterator[_Step]:
    """Event time goes on with knowledge. The tracker stops where it must; what it sees late is searched for."""
    known: list[Statement] = []

    def believed(at: int) -> Sequence[Instance]:
        return judge(prepared, know(known, at, prepared.agreement), (at, at)).assessment.instances

    def now() -> Sequence[Instance]:
        return tracker.assess(view=tracker.view).instances

    for at, told in groups:
        stop = None
        while stop != at:
            since, wakes = tracker.clock, None if tracker.clock is None else tracker.wakes()
            stop = at if wakes is None else min(wakes, at)
            found = tracker.advance(stop)
            if found and since is not None:
                yield from _turns(believed, since, stop, _before(found))
            if found and stop < at:
                yield _Step(stop, (), None, now(), _before(found))
        alone = now() if found else None
        for statement, report in told:
            found += tracker.observe(report)
            known.append(statement)
        if found:
            yield _Step(at, tuple(statement for statement, _ in told), alone, now(), _before(found))


def _held(
    prepared: Prepared, known: list[Statement], cut: int, groups: Sequence[_Group], *, begun: bool
) -> Iterator[_Step]:
    """Event time stays at the cut; `begun` says whether anything was believed by then.

    Only the time for which one waits for late reports still runs on.
    """

    def believed(at: int) -> Sequence[Instance]:
        return judge(prepared, know(known, at, prepared.agreement), (cut, at)).assessment.instances

    clock = cut if begun else None
    for at, told in groups:
        if clock is not None:
            yield from _turns(believed, clock, at, {})
        alone, group = believed(at), tuple(statement for statement, _ in told)
        known += group
        yield _Step(at, group, alone, believed(at), {})
        clock = at


def _before(found: Sequence[Finding]) -> dict[_Key, frozenset[Status]]:
    return {one.key: one.before for one in reversed(found)}


def _turns(
    believed: Callable[[int], Sequence[Instance]], since: int, until: int, before: Mapping[_Key, frozenset[Status]]
) -> Iterator[_Step]:
    """The instants between two at which time alone changes a verdict, found by halving while the two ends differ.

    What comes and goes again in between is not found. A tracker stops where that could be; and where event time is
    held back, nothing comes back.
    """
    held = _verdicts(believed(since))
    while _verdicts(believed(until - 1)) != held:
        turn = until - 1
        while turn - since > 1:
            middle = (since + turn) // 2
            since, turn = (middle, turn) if _verdicts(believed(middle)) == held else (since, middle)
        instances = believed(turn)
        yield _Step(turn, (), None, instances, before)
        since, held = turn, _verdicts(instances)


class _Log:
    """What is believed, and how it came about."""

    def __init__(self) -> None:
        self.revisions: list[Revision] = []
        self._believed: dict[_Key, Instance] = {}

    def take(self, step: _Step) -> None:
        """Write down what has changed."""
        now = {one.key: one for one in step.now}
        alone = None if step.alone is None else _verdicts(step.alone)
        for key in dict.fromkeys((*now, *self._believed)):
            held, instance = self._believed.get(key), now.get(key)
            before = step.before.get(key, frozenset()) if held is None else held.statuses
            was = (before, (), False) if held is None else _verdict(held)
            if instance is None:
                changed = held is not None and held.statuses != {"dormant"}
            else:
                changed = _verdict(instance) != was and not (not before and idle(instance))
            if changed:
                by_time = alone is not None and alone.get(key) == (None if instance is None else _verdict(instance))
                reports = () if by_time else _reports(step.group, held, instance)
                self._add(step.at, held, instance, before, reports)
        self._believed = now

    def _add(
        self,
        at: int,
        held: Instance | None,
        instance: Instance | None,
        before: frozenset[Status],
        reports: tuple[str, ...],
    ) -> None:
        shown = instance or held
        assert shown is not None  # it changed
        who = (shown.clause, shown.bearer, shown.trigger, shown.period)
        what = (
            (frozenset[Status](), (), None)
            if instance is None
            else (instance.statuses, instance.because, instance.cured)
        )
        self.revisions.append(Revision(at, *who, *what, before, reports, shown.key))


def _reports(group: Sequence[Statement], held: Instance | None, instance: Instance | None) -> tuple[str, ...]:
    """Those of a group that are about what the instance stands on, or stood on; all, where it hangs on others."""
    names = {name for one in (held, instance) if one is not None for name in _names(one)}
    touching = [one.id for one in group if names & {one.id, one.of, one.incident}]
    return tuple(dict.fromkeys(touching or [one.id for one in group]))


def _names(instance: Instance) -> Iterator[str]:
    """The incidents and reports that an instance stands on."""
    for proof in instance.evidence:
        yield from proof.reports
        if proof.incident is not None:
            yield proof.incident
    for reason in instance.because:
        yield reason.incident
    if instance.trigger is not None and instance.trigger.incident is not None:
        yield instance.trigger.incident


def _verdicts(instances: Sequence[Instance]) -> dict[_Key, _Verdict]:
    return {one.key: _verdict(one) for one in instances}


def _verdict(instance: Instance) -> _Verdict:
    """Whether it is cured is a matter of the verdict; when, may be an interval that grows as long as time goes on."""
    return instance.statuses, instance.because, instance.cured is not None
