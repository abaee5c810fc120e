"""What a judged run depends on, in time: a run comes in, the stretches of incidents and states that it looks at go out.

Whatever happens outside of them leaves its outcome as it is. They may be too long, and never too short.
"""

from __future__ import annotations

from collections.abc import Iterator

from servanda.lifecycle import Run
from servanda.live.waking import decided
from servanda.model.clauses import Clause, Status
from servanda.model.moments import BEGINNING, END, Interval

_OPEN: frozenset[Status] = frozenset(("pending", "holding", "overdue", "suspended"))


def acts_stretch(run: Run, clause: Clause) -> Interval:
    """When acts matter to the run, as what fulfils or breaches it, or releases it."""
    out = run.outcome
    if out is None or out.opened is None:
        return Interval(BEGINNING, END)
    low, high = min(out.opened.earliest, _created(run)), _last_act(run, clause)
    if clause.rate is not None:
        low, high = min(low, clause.rate.baseline.earliest), max(high, clause.rate.baseline.latest)
    return Interval(low, max(low, high))


def life(run: Run, clause: Clause) -> Interval:
    """When it matters to the run whether its clause is in force, or a state that it has to keep is on."""
    out = run.outcome
    if out is None or out.opened is None or out.closed is None:
        return Interval(BEGINNING, END)
    low, high = min(out.opened.earliest, _created(run)), out.closed.latest
    if clause.duty == "must_keep":  # it may come back at any time
        return Interval(low, END)
    if clause.duty == "must" and run.instance.since is not None:
        settled = len(run.instance.statuses) == 1 and not run.instance.statuses <= {"pending", "overdue", "suspended"}
        high = max(high, run.instance.since.latest) if settled else END
    return Interval(low, max(low, high))


def over_before(run: Run, horizon: int) -> bool:
    """Whether a run that something created was over before the horizon, and with it all that may still be told of it.

    A duty that was missed is over then, too: an act that makes good for it later than that is none.
    """
    out = run.outcome
    if out is None or out.closed is None or run.instance.statuses & _OPEN:
        return False
    since = run.instance.since
    return max(_created(run), out.closed.latest if since is None else since.latest) < horizon


def _created(run: Run) -> int:
    times = [time.earliest for option in run.cause.options for time in option.times] if run.cause is not None else []
    return min(times, default=BEGINNING)


def _last_act(run: Run, clause: Clause) -> int:
    """The last instant at which an act matters: none does after one that decided it for certain."""
    out = run.outcome
    assert out is not None  # it was judged
    if clause.duty != "must":
        return END if out.closed is None else out.closed.latest
    if clause.at_least is not None or clause.reach is not None:  # they are counted to the end
        return END
    if decided(run) and run.instance.since is not None:
        return run.instance.since.latest
    if run.instance.statuses == {"violated"} and out.cure_certain and out.cures:
        return max(time.latest for option in out.cures for time in option.times)
    return END


def tree(run: Run) -> Iterator[Run]:
    """The run and those of the substitutes that its violations created."""
    yield run
    for one in run.substitutes:
        yield from tree(one)
