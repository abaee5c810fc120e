"""One instance over one piece of its trigger's time: acts, window and regime come in, its outcome is added to.

`judge_piece` finds the course of the instance (when it opens, when it falls due) and hands it to the
kind of duty. Pieces are cut so that each comparison with the trigger comes out the same throughout.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from servanda.lifecycle.acts import Act, Doubt
from servanda.lifecycle.regime import Regime
from servanda.lifecycle.run import Outcome, Piece, Requirement
from servanda.lifecycle.tallies import Goal, goal_of
from servanda.lifecycle.versions import Way
from servanda.lifecycle.window import Window, first
from servanda.model.clauses import Clause, Status
from servanda.model.kleene import Truth
from servanda.model.moments import DAY, Interval, instant, local_clock, sayable

MOST_PIECES = 400
_MOST_DAYS = 60
NEVER = Interval(1, 0)


class Judge(NamedTuple):
    """What every piece of one instance is judged by, while the term and the amendments run one way."""

    clause: Clause
    way: Way
    windows: tuple[Window, ...]  # of each version of the clause
    regimes: tuple[Regime, ...]  # of each version, too
    goal: Goal
    requirement: Requirement | None
    as_of: int
    known_at: int

    @property
    def regime(self) -> Regime:
        """What the last version is subject to."""
        return self.regimes[-1]

    @property
    def window(self) -> Window:
        """The window of the last version."""
        return self.windows[-1]


class Course(NamedTuple):
    """When an instance opens and closes, where acts may count, and until when they surely do."""

    opens: Interval
    closes: Interval
    inside: Interval
    sure_until: int
    window: Window
    amended: tuple[Interval, Goal] | None = None  # when the last amendment came, and the goal before it


def pieces_of(stretch: Piece, acts: Iterable[Act], judge: Judge) -> list[Piece]:
    """Split a stretch of trigger instants where any comparison with a certain act or a limit changes."""
    low, high, alternative = stretch
    if low == high:
        return [stretch]
    cuts: set[int] = set()
    certain = [act for act in acts if act.certain]
    for window in judge.windows:
        cuts |= _cuts(window, low, high, certain, judge)
    starts = sorted({low} | {cut for cut in cuts if low < cut <= high})
    ends = [*(start - 1 for start in starts[1:]), high]
    return [Piece(start, end, alternative) for start, end in zip(starts, ends, strict=True)]


def _cuts(window: Window, low: int, high: int, certain: list[Act], judge: Judge) -> set[int]:
    if window.by_business_days:
        days = list(_midnights(low, high, window))
        parts = [Interval(a, b - 1) for a, b in zip([low, *days], [*days, high + 1], strict=True)]
        return {*days, *(cut for part in parts for cut in _cuts_within(window, *part, certain, judge))}
    return _cuts_within(window, low, high, certain, judge)


def _cuts_within(window: Window, low: int, high: int, certain: list[Act], judge: Judge) -> set[int]:
    cuts = {first(low, high, lambda a: window.end(a) > judge.as_of)}
    cuts.add(first(low, high, lambda a: not window.over(window.end(a), judge.known_at)))
    cuts.add(first(low, high, lambda a: window.last(a) >= window.opens))
    cuts.add(first(low, high, lambda a: window.start(a) > window.closes))
    if 2 * len(certain) <= MOST_PIECES:
        for act in certain:
            cuts.add(first(low, high, lambda a, t=act.earliest: window.start(a) > t))  # type: ignore[misc]
            cuts.add(first(low, high, lambda a, t=act.latest: window.last(a) >= t))  # type: ignore[misc]
    return cuts


def _midnights(low: int, high: int, window: Window) -> Iterator[int]:
    """The local midnights in a stretch; none where it is too long for each day to matter."""
    if not (sayable(low) and sayable(high)) or high - low > _MOST_DAYS * DAY:
        return
    day = local_clock(low, window.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in range(_MOST_DAYS + 2):
        day = local_clock(instant(day, window.zone) + 36 * 3_600_000_000, window.zone).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        at = instant(day, window.zone)
        if at > high:
            return
        yield at


def courses(piece: Piece, judge: Judge, out: Outcome) -> Iterator[Course]:
    """The courses an instance may take, as far as amendments change when it falls due.

    An amendment counts only before what it changes has fallen due.
    """
    opens: Interval | None = None
    since: Interval | None = None  # when the version began
    for number, window in enumerate(judge.windows):
        start = Interval(window.start(piece.low), window.start(piece.high))
        opens = start if opens is None else opens.hull(start)
        closes = Interval(window.end(piece.low), window.end(piece.high))
        if window.by_business_days and piece.high - piece.low >= DAY:
            closes = Interval(closes.earliest - DAY, closes.latest + DAY)
            out.loose = True
        last = Interval(window.last(piece.low), window.last(piece.high))
        if window.due and window.dated:
            moved, doubts = _due(window, piece, number, judge)
            out.loose |= moved != closes and piece.low != piece.high
            out.written = closes if out.written is None else out.written.hull(closes)
            out.stopped |= moved != closes and moved.latest > judge.as_of
            closes = last = moved
            out.doubt(doubts, "deadline")
            out.loose |= bool(doubts)
        if since is not None:  # what an amendment moves into the past falls due at it
            closes = Interval(max(closes.earliest, since.earliest), max(closes.latest, since.latest))
            last = Interval(max(last.earliest, since.earliest), max(last.latest, since.latest))
        amended_at = None if since is None else (since, goal_of(judge.way[number - 1].clause))
        if number + 1 == len(judge.way):
            yield _course(opens, closes, last, window, piece, judge)._replace(amended=amended_at)
            return
        amended = judge.way[number + 1].since
        assert amended is not None  # all but the first are amendments
        if closes.earliest <= amended.latest:
            if closes.latest > amended.earliest:
                out.doubt([("time_uncertain", amended.incident)], "amendment")
            limit = min(closes.latest, amended.latest)
            due = Interval(closes.earliest, limit)
            yield _course(opens, due, Interval(last.earliest, min(last.latest, limit)), window, piece, judge)
        if closes.latest <= amended.earliest:
            return
        since = Interval(amended.earliest, min(amended.latest, closes.latest - 1))


def _due(window: Window, piece: Piece, number: int, judge: Judge) -> tuple[Interval, frozenset[Doubt]]:
    """The deadline, as far as suspensions let it fall due."""
    opens = Interval(max(window.opens, piece.low), max(window.opens, piece.high))
    dates = Interval(max(window.closes, piece.low), max(window.closes, piece.high))
    lengths = Interval(max(window.run_out(piece.low), piece.low), max(window.run_out(piece.high), piece.high))
    return judge.regimes[number].due(opens, dates, lengths)


def _course(opens: Interval, closes: Interval, last: Interval, window: Window, piece: Piece, judge: Judge) -> Course:
    inside = Interval(opens.earliest, min(last.latest, judge.as_of))
    if all(window.start(a) > max(window.last(a), last.earliest) for a in (piece.low, piece.high)):
        inside = NEVER
    return Course(opens, closes, inside, last.earliest, window)


def now_open(opens: Interval, status: Status, judge: Judge, out: Outcome) -> None:
    """Note that the instance is open in this status, or suspended, as its regime has it at `as_of`."""
    now = judge.regime.active(Interval(judge.as_of + 1, judge.as_of + 1))
    if now.truth is not Truth.NO:
        out.note(status, opens)
    if now.truth is not Truth.YES:
        acts = judge.regime.suspending(judge.as_of)
        since = Interval(
            min((a.earliest for a in acts), default=opens.earliest), max((a.latest for a in acts), default=opens.latest)
        )
        out.note("suspended", Interval(max(since.earliest, opens.earliest), max(since.latest, opens.latest)))
        for act in acts:
            out.show(act, "suspension", certain=now.truth is Truth.NO and len(acts) == 1)
    out.doubt(now.doubts, "now")
    out.loose |= now.twice
