"""Many trackers under one clock: agreements and reports come in, the findings of each agreement go out.

A report costs what the trackers cost that it concerns. The others are not asked: time reaches each of them when
something in it falls due, or when somebody looks.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from servanda.assessing import Engine, Time, moment
from servanda.errors import TooMuchError
from servanda.model.agreement import Agreement
from servanda.model.moments import BEGINNING
from servanda.model.report import Report
from servanda.model.verdict import Assessment
from servanda.registry.links import Links
from servanda.registry.routes import Routes
from servanda.tracker import Finding, Tracker


@dataclass(slots=True)
class _Member:
    """An agreement that is tracked, under a number that is never given again."""

    number: int
    tracker: Tracker
    since: int  # the number of the first report that it is told
    wakes: int | None = BEGINNING  # when time alone may next change something


class Registry(Mapping[str, Tracker]):
    """Trackers of many agreements, by the agreements' ids, in the order in which they were added.

    Each comes to the verdicts that it would come to if every report were given to every tracker; but a report
    that cannot concern an agreement does not reach it, and costs it nothing. A tracker that is looked up has come
    to the registry's time. Give reports to the registry, not to a tracker of it.

    >>> from servanda import Registry, loads, report
    >>> text = '''
    ... servanda: 1
    ... agreement: sale-NUMBER
    ... actors: {S: {name: Seller NUMBER, role: party}}
    ... clauses:
    ...   delivery: {binds: S, must: {act: deliver}, by: 2025-11-06}
    ... '''
    >>> registry = Registry(loads(text.replace("NUMBER", number)) for number in ("1", "2"))
    >>> told = report({"id": "r1", "source": "buyer", "reported": "2025-11-05", "act": "deliver",
    ...                "actor": "Seller 2", "occurred": "2025-11-05"})
    >>> [(name, finding.clause, finding.status) for name, finding in registry.observe(told)]
    [('sale-2', 'delivery', 'fulfilled')]
    """

    def __init__(self, agreements: Iterable[Agreement] = (), *, view: str = "neutral", engine: Engine = "auto") -> None:
        """Start with no report. `view` is the one that `observe` and `advance` report changes in.

        Raises ValueError for two agreements of one id, KeyError for a view that one of them does not have.
        """
        self._view = view
        self._engine: Engine = engine
        self._members: dict[str, _Member] = {}
        self._by_number: dict[int, _Member] = {}
        self._added = 0
        self._zones: dict[ZoneInfo, dict[int, Agreement]] = {}
        self._routes = Routes()
        self._links = Links()
        self._observed = 0
        self._set_aside = 0
        self._clock: int | None = None
        self._due: list[tuple[int, int]] = []  # a heap: when members wake, and when they would have before
        self._found: list[tuple[str, Finding]] = []
        for agreement in agreements:
            self.add(agreement)

    # --- the agreements -------------------------------------------------------------------------------

    def add(self, agreement: Agreement) -> Tracker:
        """Track one agreement more, from the next report on; what came before does not reach it.

        Raises ValueError when there is one of its id, KeyError for a view that it does not have.
        """
        if agreement.id in self._members:
            msg = f"there is an agreement {agreement.id!r} already: remove it first, or give this one another id"
            raise ValueError(msg)
        tracker = Tracker(agreement, view=self._view, engine=self._engine)
        self._added += 1
        member = _Member(self._added, tracker, self._observed + 1)
        self._members[agreement.id] = self._by_number[member.number] = member
        self._zones.setdefault(agreement.zone, {})[member.number] = agreement
        self._routes.add(member.number, agreement)
        heapq.heappush(self._due, (BEGINNING, member.number))
        return tracker

    def remove(self, agreement: str) -> None:
        """Track an agreement no more; raises KeyError where none has this id."""
        member = self._members.pop(agreement)
        there = member.tracker.agreement
        del self._by_number[member.number], self._zones[there.zone][member.number]
        if not self._zones[there.zone]:
            del self._zones[there.zone]
        self._routes.remove(member.number, there)

    def __getitem__(self, agreement: str) -> Tracker:
        """The tracker of an agreement, come to the registry's time; raises KeyError where none has this id."""
        tracker = self._members[agreement].tracker
        if tracker.clock is not None and self._clock is not None and tracker.clock < self._clock:
            tracker.advance(self._clock)  # finds nothing: what was due has been brought up to date before
        return tracker

    def __iter__(self) -> Iterator[str]:
        """The ids of the agreements."""
        return iter(self._members)

    def __len__(self) -> int:
        """How many agreements there are."""
        return len(self._members)

    # --- reports and time -----------------------------------------------------------------------------

    @property
    def clock(self) -> int | None:
        """The time up to which all agreements have come, in UTC microseconds: the latest report, or `advance`."""
        return self._clock

    @property
    def set_aside(self) -> int:
        """How many reports named an agreement that is not here."""
        return self._set_aside

    @property
    def unheard(self) -> int:
        """How many reports name no agreement and concern none, so far: a wrong name may be in them."""
        return self._links.unheard(self._by_number)

    def observe(self, report: Report) -> list[tuple[str, Finding]]:
        """Take one report and say what it changed, and what time did: findings, each with its agreement's id.

        A report with `agreement` goes to that one; where it is not here the report is set aside and counted. One
        without goes to all that it can concern; so do those that were linked to it by `of` or `incident` before.

        Raises TooMuchError where an agreement has clauses that trigger each other without end, after all others
        have taken the report; what they found is returned by the next call.
        """
        if report.agreement is not None and report.agreement not in self._members:
            self._set_aside += 1
            return self._bring({})
        self._observed += 1
        for zone in self._zones:
            reported = report.reported.interval(zone).latest
            self._clock = reported if self._clock is None else max(reported, self._clock)
        return self._bring(self._told(report))

    def advance(self, to: Time) -> list[tuple[str, Finding]]:
        """Let time pass without a report, and say what that changed, each finding with its agreement's id.

        `to` is an EDTF text, a date with its end or a datetime, read in the time zone in which that is latest; or UTC microseconds.
        Raises ValueError for a text that is no time, and for a time before the registry's clock; TooMuchError
        as `observe`.
        """
        at = max((moment(to, next(iter(there.values()))) for there in self._zones.values()), default=self._clock)
        if at is not None and self._clock is not None and at < self._clock:
            msg = f"the registry has come further than {to} already: time does not go back"
            raise ValueError(msg)
        self._clock = at
        return self._bring({})

    def assess(
        self, *, as_of: Time | None = None, known_at: Time | None = None, view: str = "neutral"
    ) -> list[Assessment]:
        """The verdicts on every agreement, as `Tracker.assess` gives them; `set_aside` counts for all of them.

        Raises what `Tracker.assess` raises: KeyError, say, for a view that one of the agreements does not have.
        """
        found = (one.assess(as_of=as_of, known_at=known_at, view=view) for one in self.values())
        return [replace(one, set_aside=self._set_aside) for one in found]

    # --- inside ---------------------------------------------------------------------------------------

    def _told(self, report: Report) -> dict[int, list[Report]]:
        """What each agreement is told by a report, of all that came since it was added."""
        to = None if report.agreement is None else self._members[report.agreement].number
        told = {}
        for number, news in self._links.tell(report, self._observed, self._routes, to).items():
            if (member := self._by_number.get(number)) is not None:
                fresh = [one for place, one in news if place >= member.since]
                if fresh:
                    told[number] = fresh
        return told

    def _bring(self, told: Mapping[int, Sequence[Report]]) -> list[tuple[str, Finding]]:
        """Bring to the clock those that are told something, and those in which something is due."""
        failed: list[str] = []
        for number in sorted({*self._woken(), *told}):
            member = self._by_number[number]
            failures = self._take(member, told.get(number, ()))
            failed += failures
            # What cannot be assessed does so no better for time alone, and waits for a report.
            wakes = None if failures else member.tracker.wakes()
            if wakes is not None and wakes != member.wakes:
                heapq.heappush(self._due, (wakes, number))
            member.wakes = wakes
        if failed:
            raise TooMuchError("\n".join(failed))
        found, self._found = self._found, []
        return found

    def _woken(self) -> Iterator[int]:
        """The members in which something is due by the clock; they are filed for it no more."""
        while self._clock is not None and self._due and self._due[0][0] <= self._clock:
            wakes, number = heapq.heappop(self._due)
            member = self._by_number.get(number)
            if member is not None and member.wakes == wakes:
                yield number

    def _take(self, member: _Member, reports: Sequence[Report]) -> list[str]:
        """Let a member take reports, and time as far as it has come; what it finds is kept, why it cannot is returned."""
        tracker, failures = member.tracker, []
        time_first = () if tracker.clock is None else (None,)  # one that stands at no time yet begins with a report
        for step in (*time_first, *reports, None):
            if step is None and tracker.clock == self._clock:
                continue
            try:
                found = tracker.advance(self._clock or 0) if step is None else tracker.observe(step)
            except TooMuchError as error:
                failures.append(f"agreement {tracker.agreement.id!r}: {error}")
            else:
                self._found += ((tracker.agreement.id, one) for one in found)
        return failures
