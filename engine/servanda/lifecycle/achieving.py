"""`must`: the course of an instance and the acts that serve it come in, what it may come to is added."""

from __future__ import annotations

from collections.abc import Sequence

from servanda.lifecycle.acts import Act
from servanda.lifecycle.ending import end_open
from servanda.lifecycle.judging import Course, Judge, now_open
from servanda.lifecycle.run import Ending, Option, Outcome, Piece, clipped
from servanda.lifecycle.tallies import progress_of
from servanda.model.moments import BEGINNING, Interval
from servanda.model.verdict import Progress


def achieve(
    piece: Piece,
    acts: Sequence[Act],
    endings: Sequence[Ending],
    course: Course,
    judge: Judge,
    out: Outcome,
    unended: Sequence[Act],
) -> None:
    """Add what an obligation to achieve something may come to.

    It is fulfilled by acts in its window; else ended or waived by what ends it before; else open until
    its deadline, and missed at it. `unended` are the acts as if nothing ended it: where these surely
    fulfil it, it is either fulfilled or ended.
    """
    opens, closes = course.opens, course.closes
    after = [act for act in acts if act.certain and act.earliest >= opens.latest]
    sure = [act for act in after if act.latest <= course.sure_until]
    surely_by = judge.goal.surely(sure)
    _fulfil(acts, sure, surely_by, course, judge, out)
    at_once = frozenset(act.incident for act in sure) if judge.goal.one else frozenset[str]()
    sure_end = end_open(endings, course, (surely_by, at_once), judge.as_of, out)
    early = [act for act in unended if act.certain and act.earliest >= opens.latest]
    if closes.latest > judge.as_of and judge.goal.surely(early) is None and not sure_end:
        now_open(opens, "pending", judge, out)
    in_time = [act for act in early if act.latest <= course.sure_until]
    if closes.earliest > judge.as_of or judge.goal.surely(in_time) is not None or sure_end:
        return
    if course.window.dated:
        _missed(piece, unended, early, course, judge, out)
        return
    out.note("ended", closes)
    out.ended.append(Option(None, piece.alternative, (closes,)))


def _fulfil(
    acts: Sequence[Act], sure: Sequence[Act], surely_by: int | None, course: Course, judge: Judge, out: Outcome
) -> None:
    until = course.inside.latest if surely_by is None else min(course.inside.latest, surely_by)
    limits = Interval(course.inside.earliest, until)
    in_time = [(act, hit, when) for act in acts for hit, when in clipped(act, limits)]
    goal = judge.goal
    first = goal.perhaps(
        (min(when.earliest for _, when in found), act) for act in acts if (found := clipped(act, limits))
    )
    surely_in = {act.incident for act in sure}
    for act, _, _ in in_time:
        out.touch(act, "fulfilment", certain=act.incident in surely_in, window=course.inside)
    if not goal.one and surely_by is None:
        doubts = goal.doubts(act for act, _, _ in in_time)
        for doubt in doubts:
            out.doubt([doubt], ("act", doubt[1]))
        out.loose |= goal.distinct is not None and bool(doubts)
    if first is None:
        return
    not_before = _lowered(acts, course, judge)
    for act, hit, when in in_time:
        done = when.cut(Interval(first, until))
        if done is not None:
            done = Interval(max(done.earliest, not_before.earliest), max(done.latest, not_before.latest))
            out.fulfilled.append(Option(act.incident, hit.alternative, (done,)))
            out.note("fulfilled", done)


def _lowered(acts: Sequence[Act], course: Course, judge: Judge) -> Interval:
    """When an amendment lowered what is to be reached: what was enough for it before, is so only then."""
    if course.amended is None:
        return Interval(BEGINNING, BEGINNING)
    since, before = course.amended
    if before == judge.goal or before.surely(act for act in acts if act.certain and act.latest <= since.earliest):
        return Interval(BEGINNING, BEGINNING)
    reached = before.perhaps((act.earliest, act) for act in acts if act.earliest <= since.latest)
    return Interval(since.earliest if reached is None else BEGINNING, since.latest)


def _missed(
    piece: Piece, acts: Sequence[Act], after: Sequence[Act], course: Course, judge: Judge, out: Outcome
) -> None:
    """Overdue while late reports may come, then violated; unenforceable where what it requires is not fulfilled."""
    needs = judge.requirement
    closes = Interval(course.closes.earliest, min(course.closes.latest, judge.as_of))
    if needs is not None and needs.may_fail(closes.earliest):
        out.note("unenforceable", closes)
        if needs.may_hold(closes.latest):
            out.needs(needs)
    if needs is not None and not needs.may_hold(closes.latest):
        return
    due = closes if needs is None else Interval(max(closes.earliest, needs.earliest), closes.latest)
    early, late = (course.window.over(at, judge.known_at) for at in due)
    if not late:
        out.note("overdue", due)
    if not early:
        return
    out.note("violated", due)
    out.missed.append(Option(None, piece.alternative, (due,)))
    latest = judge.goal.surely(after)
    out.cure_certain &= latest is not None
    limits = Interval(course.opens.earliest, judge.as_of if latest is None else latest)
    timed = [(min(when.earliest for _, when in found), act) for act in acts if (found := clipped(act, limits))]
    first = judge.goal.perhaps(timed)
    if first is None:
        return
    span = Interval(max(closes.earliest + 1, first), limits.latest)
    surely_after = {act.incident for act in after}
    for act in acts:
        for hit, when in clipped(act, span):
            out.cures.append(Option(act.incident, hit.alternative, (when,), cure=True))
            out.touch(
                act, "cure", certain=act.incident in surely_after, window=Interval(course.opens.earliest, judge.as_of)
            )


def note_progress(acts: Sequence[Act], course: Course, judge: Judge, out: Outcome) -> None:
    """Note how much of a quantity was done by `as_of`, late acts included."""
    since = Interval(course.opens.earliest, judge.as_of)
    sure = [act for act in acts if act.certain and act.earliest >= course.opens.latest]
    found = progress_of(judge.goal, sure, [act for act in acts if clipped(act, since)])
    held = out.progress
    if found is None or held is None:
        out.progress = found or held
        return
    highs = (found.high, held.high)
    high = None if None in highs else max(high for high in highs if high is not None)
    out.progress = Progress(min(found.low, held.low), high, found.of)
