"""When a duty binds: a clause and the instant of its trigger come in, its window and deadline go out.

Every function of the trigger's instant here is monotone: a later trigger never opens a window earlier
nor moves a deadline forward. The rest of the lifecycle relies on that. Business days are monotone
within each local day only, so stretches of triggers are cut at midnight where they are counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from servanda.model.agreement import Agreement
from servanda.model.clauses import Clause
from servanda.model.moments import BEGINNING, END, Duration, Interval
from servanda.model.periods import Period


@dataclass(frozen=True, slots=True)
class Window:
    """The window of a clause's duty as a function of the trigger's instant.

    `strict` says that acts count only after the trigger, not at it (status triggers).
    """

    opens: int
    closes: int  # what dates say of deadline or end; END if they say nothing
    counted: int  # the end of a duration counted from a fixed start; END if there is none
    within: Duration | None
    lasting: Duration | None  # like `within`, its end excluded
    strict: int
    zone: ZoneInfo
    due: bool  # whether it ends with a deadline (`must`)
    dated: bool
    grace: Duration

    def start(self, trigger: int) -> int:
        """The first instant at which an act counts."""
        return max(self.opens, trigger + self.strict) if trigger > BEGINNING else self.opens

    def last(self, trigger: int) -> int:
        """The last instant at which an act counts.

        A deadline is never before the trigger; a prohibition's window may be over by then, and empty.
        """
        last = min(self.closes, self.run_out(trigger))
        return max(last, trigger) if self.due else last

    def run_out(self, trigger: int) -> int:
        """When the durations that are counted have run out; END where there is none."""
        last = self.counted
        if self.within is not None:
            last = min(last, self.within.after(trigger, self.zone))
        if self.lasting is not None:
            last = min(last, self.lasting.after(trigger, self.zone) - 1)
        return last

    def end(self, trigger: int) -> int:
        """The deadline of a `must`, the end of a `must_not`: never before the trigger."""
        return max(self.last(trigger), trigger)

    @property
    def by_business_days(self) -> bool:
        """Whether it counts business days: then a later trigger may have an earlier deadline, by less than a day."""
        return any(one is not None and one.business > 0 for one in (self.within, self.lasting))

    def over(self, deadline: int, known_at: int) -> bool:
        """Whether the grace after a missed deadline is over; equality counts as over."""
        return known_at >= self.grace.after(deadline, self.zone)


def window_of(
    clause: Clause,
    agreement: Agreement,
    term: Interval,
    *,
    triggered: bool,
    strict: bool = False,
    period: Period | None = None,
) -> Window:
    """The window of a clause while the agreement's term runs so; under `every`, of one of its periods."""
    begins = term.earliest if period is None else period.start
    opens = max(term.earliest, begins, clause.start or BEGINNING, clause.on.earliest if clause.on else BEGINNING)
    limits = [clause.by, clause.on.latest if clause.on else None]
    counted = END
    if period is not None:
        limits = [None if limit is None else max(limit, period.start) for limit in limits]
        limits.append(min(period.until - 1, clause.until if clause.until is not None else END, term.latest))
    within = clause.within
    if within is not None and not triggered:
        counted = within.after(begins, agreement.zone)
        within = None
    lasting = clause.lasting
    dated = within is not None or counted < END or any(limit is not None for limit in limits)
    if clause.duty != "must":
        limits += [clause.until, term.latest]
        dated = True
    elif dated:
        lasting = None
    elif clause.until is not None or lasting is not None:
        limits.append(clause.until)
        dated = True
    else:
        limits.append(term.latest)
    closes = min((limit for limit in limits if limit is not None), default=END)
    return Window(
        opens,
        closes,
        counted,
        within,
        lasting,
        int(strict),
        agreement.zone,
        clause.duty == "must",
        dated,
        clause.grace or agreement.grace,
    )


def force_of(clause: Clause, term: Interval, *, event: bool) -> Interval:
    """When a trigger counts: an event within the term, anything within the clause's `from` and `until`."""
    start = clause.start if clause.start is not None else BEGINNING
    until = clause.until if clause.until is not None else END
    if not event:
        return Interval(start, until)
    return Interval(max(start, term.earliest), min(until, term.latest))


def first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The first instant in `[low, high]` from which a monotone condition holds; `high + 1` if none."""
    if holds(low):
        return low
    if not holds(high):
        return high + 1
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
