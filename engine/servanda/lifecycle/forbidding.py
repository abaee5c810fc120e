"""`must_not` and `must_keep`: the course of an instance and the acts that may breach it come in, outcomes are added."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor

from servanda.lifecycle.acts import Act, Hit
from servanda.lifecycle.counting import Breaches, Counted, breaches
from servanda.lifecycle.ending import end_open
from servanda.lifecycle.gathering import Baseline
from servanda.lifecycle.judging import Course, Judge, now_open
from servanda.lifecycle.run import Ending, Option, Outcome, Piece, Requirement, clipped
from servanda.model.moments import Interval

Timed = list[tuple[Act, list[tuple[Hit, Interval]], bool]]


def forbid(
    piece: Piece,
    acts: Sequence[Act],
    endings: Sequence[Ending],
    course: Course,
    judge: Judge,
    out: Outcome,
    unended: Sequence[Act],
    opening: tuple[Interval, bool] | None = None,
    baseline: Baseline | None = None,
) -> None:
    """Add what a prohibition, or a state to be kept, may come to.

    `unended` are the acts as if nothing ended it: where these surely breach it, it is either violated or ended.
    `opening` is when it may have been broken as it opened, and whether it surely was; `baseline` the
    matches of the period that a rate is held against.
    """
    opens, inside = course.opens, course.inside
    needs = judge.requirement
    sure = [a for a in acts if a.certain and a.earliest >= opens.latest and a.latest <= course.sure_until]
    surely_in = {act.incident for act in sure}
    timed: Timed = []
    any_hit = False
    for act in acts:
        found = clipped(act, inside)
        any_hit |= bool(found)
        enforced = needs is None or not any(needs.may_fail(when.earliest) for _, when in found)
        counted = [
            (hit, Interval(max(when.earliest, needs.earliest), when.latest) if needs else when)
            for hit, when in found
            if needs is None or needs.may_hold(when.latest)
        ]
        if found:
            timed.append((act, counted, act.incident in surely_in and enforced))
    number = _by_number(timed, judge, out, baseline)
    surely = _note(timed, number, course, out)
    firsts = [time for options in out.breaches.values() for option in options for time in option.times]
    if opening is not None:
        out.missed.append(Option(None, piece.alternative, (opening[0],)))
        out.missed_surely += opening[1]
        firsts.append(opening[0])
        surely += [opening[0].latest] if opening[1] else []
    if firsts:
        start = min(when.earliest for when in firsts)
        out.note("violated", Interval(start, max(start, min(surely, default=max(when.latest for when in firsts)))))
    if needs is not None and any_hit and _all_unenforceable(acts, sure, inside, needs):
        times = [when for act in acts for _, when in clipped(act, inside)]
        out.note("unenforceable", Interval(min(t.earliest for t in times), max(t.latest for t in times)))
        out.needs(needs)
    broken = bool(sure) or bool(surely) if number is None else not number.none or bool(surely)
    if broken:
        return
    over = end_open(endings, course, (None, frozenset()), judge.as_of, out)
    doomed = number is None and any(
        a.certain and a.earliest >= opens.latest and a.latest <= course.sure_until for a in unended
    )
    if not over and not doomed:
        _unbroken(piece, course, judge, out)


def _note(timed: Timed, number: Breaches | None, course: Course, out: Outcome) -> list[int]:
    """Note every breach that may be; by when those that surely are have happened."""
    surely: list[int] = []
    for act, counted, certain in timed:
        breach = number is None or act.incident in number.possible
        out.touch(act, "breach" if breach else "counted", certain=certain, window=course.inside)
        if not counted or not breach:
            continue
        held = out.breaches.setdefault(act.incident, [])
        held += [Option(act.incident, hit.alternative, (when,)) for hit, when in counted]
        if certain if number is None else act.incident in number.sure:
            out.breach_sure[act.incident] = out.breach_sure.get(act.incident, 0) + 1
            surely.append(act.latest)
    return surely


def _unbroken(piece: Piece, course: Course, judge: Judge, out: Outcome) -> None:
    """Holding or suspended, or at the end of its window fulfilled."""
    opens, closes = course.opens, course.closes
    if closes.latest > judge.as_of:
        now_open(opens, "holding", judge, out)
    if closes.earliest <= judge.as_of:
        done = Interval(closes.earliest, min(closes.latest, judge.as_of))
        out.note("fulfilled", done)
        out.fulfilled.append(Option(None, piece.alternative, (done,)))


def _by_number(timed: Timed, judge: Judge, out: Outcome, baseline: Baseline | None) -> Breaches | None:
    """The breaches where a number of matches makes one; None where each match is one."""
    clause = judge.way[-1].clause
    counted = [
        Counted(act, Interval(min(w.earliest for _, w in hits), max(w.latest for _, w in hits)), certain)
        for act, hits, certain in timed
        if hits
    ]
    zone = judge.window.zone
    if clause.at_most is not None:
        window = clause.at_most.within
        found = breaches(counted, clause.at_most.n, None if window is None else lambda at: window.after(at, zone))
    elif clause.rate is not None and baseline is not None:
        rate = clause.rate
        start, end = rate.baseline
        share = Fraction(repr(rate.exceeds)) * Fraction(rate.within.after(start, zone) - start, end + 1 - start)
        limits = [floor(number * share) for number in (baseline.least, baseline.most)]
        both = [breaches(counted, limit, lambda at: rate.within.after(at, zone)) for limit in dict.fromkeys(limits)]
        found = both[0]
        if len(both) > 1:
            out.doubt(baseline.doubts, "baseline")
            found = found._replace(
                possible=found.possible | both[-1].possible,
                sure=found.sure & both[-1].sure,
                none=both[-1].none,
                exact=found.exact and both[-1].exact,
                jumbled=True,
                unordered=found.unordered | both[-1].unordered,
                timed=found.timed | both[-1].timed,
            )
    else:
        return None
    out.loose |= not found.exact
    out.jumbled |= found.jumbled
    out.unordered |= found.unordered
    if found.jumbled or not found.exact:
        for one in counted:
            out.uses.setdefault(one.act.incident, set()).add("count")
    if found.possible:
        out.doubt([("time_uncertain", name) for name in found.timed], "count")
    return found


def _all_unenforceable(acts: Sequence[Act], sure: Sequence[Act], inside: Interval, needs: Requirement) -> bool:
    """Whether there may be breaches, none of which counts because what they need came too late or never."""
    if needs.never or not needs.possible:
        return True
    return all(act.earliest < needs.latest for act in sure) and any(
        when.earliest < needs.latest for act in acts for _, when in clipped(act, inside)
    )
