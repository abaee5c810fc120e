"""One instance: a clause, its bearers, its trigger and the acts that touch it come in, its outcomes go out.

The set of outcomes is exact wherever no incident is used twice (semantics section 6). Acts are
independent of each other, so whether *some* act falls into the window is a Kleene disjunction. Only the
trigger's instant is compared more than once; its interval is therefore split where any comparison
changes, and each piece is judged alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from servanda.evidence import Alternative, Standing
from servanda.lifecycle.acts import Act, Hit
from servanda.lifecycle.window import Window, first
from servanda.model.clauses import Clause, Status
from servanda.model.kleene import Reason
from servanda.model.moments import Interval
from servanda.model.verdict import TriggerRef

Doubt = tuple[Reason, str]
MOST_PIECES = 400
_NEVER = Interval(1, 0)


class Option(NamedTuple):
    """One way something may have come about: by which incident and alternative, and when."""

    incident: str | None
    alternative: Alternative | None
    times: tuple[Interval, ...]
    cure: bool = False


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that may create an instance: an event, a breach, a fulfilment, an ending.

    `certain`: it comes about in every world. `doubts`: why it may not, and why its time is open.
    """

    ref: TriggerRef
    origin: tuple[object, ...]
    options: tuple[Option, ...]
    certain: bool
    doubts: frozenset[Doubt]
    violators: tuple[str, ...] = ()
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """When what a duty `requires` is fulfilled: between two instants, or perhaps never."""

    possible: bool
    earliest: int
    latest: int
    never: bool
    doubts: frozenset[Doubt]

    def may_hold(self, latest: int) -> bool:
        """Whether it may be fulfilled by then."""
        return self.possible and self.earliest <= latest

    def may_fail(self, earliest: int) -> bool:
        """Whether it may not be fulfilled by then."""
        return self.never or not self.possible or self.latest > earliest


@dataclass
class Outcome:
    """What one instance comes to, before its substitutes are looked at."""

    live: set[Status] = field(default_factory=set)  # in the worlds in which it was created
    seen: set[frozenset[Status]] = field(default_factory=set)  # what each piece may come to
    dormant: bool = False
    lost: bool = False  # its trigger may lie outside the times at which it counts
    since: dict[Status, Interval] = field(default_factory=dict)
    due: Interval | None = None
    opened: Interval | None = None
    closed: Interval | None = None
    fulfilled: list[Option] = field(default_factory=list)
    missed: list[Option] = field(default_factory=list)
    cures: list[Option] = field(default_factory=list)
    cure_certain: bool = True  # wherever the deadline was missed, an act came late
    breaches: dict[str, list[Option]] = field(default_factory=dict)
    breach_sure: dict[str, int] = field(default_factory=dict)  # in how many pieces it is certain
    pieces: int = 0
    ended: list[Option] = field(default_factory=list)
    doubts: set[Doubt] = field(default_factory=set)
    acts: dict[str, Act] = field(default_factory=dict)
    effects: dict[str, set[str]] = field(default_factory=dict)
    forced: dict[str, bool] = field(default_factory=dict)

    def note(self, status: Status, when: Interval) -> None:
        """A status that is possible, and since when."""
        self.live.add(status)
        held = self.since.get(status)
        self.since[status] = when if held is None else held.hull(when)


class Piece(NamedTuple):
    """A stretch of trigger instants over which every comparison comes out the same."""

    low: int
    high: int
    alternative: Alternative | None


class Judge(NamedTuple):
    """What every piece of one instance is judged by."""

    clause: Clause
    window: Window
    requirement: Requirement | None
    as_of: int
    known_at: int


def pieces_of(stretch: Piece, acts: Iterable[Act], judge: Judge) -> list[Piece]:
    """Split a stretch of trigger instants where any comparison with a certain act or a limit changes."""
    low, high, alternative = stretch
    if low == high:
        return [stretch]
    window = judge.window
    cuts = {first(low, high, lambda a: window.end(a) > judge.as_of)}
    cuts.add(first(low, high, lambda a: not window.over(window.end(a), judge.known_at)))
    cuts.add(first(low, high, lambda a: window.last(a) >= window.opens))
    cuts.add(first(low, high, lambda a: window.start(a) > window.closes))
    certain = [act for act in acts if act.certain]
    if 2 * len(certain) <= MOST_PIECES:
        for act in certain:
            cuts.add(first(low, high, lambda a, t=act.earliest: window.start(a) > t))  # type: ignore[misc]
            cuts.add(first(low, high, lambda a, t=act.latest: window.last(a) >= t))  # type: ignore[misc]
    starts = sorted({low} | {cut for cut in cuts if low < cut <= high})
    ends = [*(start - 1 for start in starts[1:]), high]
    return [Piece(start, end, alternative) for start, end in zip(starts, ends, strict=True)]


def judge_piece(piece: Piece, acts: list[Act], judge: Judge, out: Outcome) -> None:
    """Add what the instance may come to when its trigger lies in this piece."""
    window = judge.window
    out.pieces += 1
    opens = Interval(window.start(piece.low), window.start(piece.high))
    closes = Interval(window.end(piece.low), window.end(piece.high))
    out.opened = opens if out.opened is None else out.opened.hull(opens)
    out.closed = closes if out.closed is None else out.closed.hull(closes)
    inside = Interval(opens.earliest, min(window.last(piece.high), judge.as_of))
    if all(window.start(a) > window.last(a) for a in (piece.low, piece.high)):
        inside = _NEVER
    sure_until = window.last(piece.low)
    sure = [a for a in acts if a.certain and a.earliest >= opens.latest and a.latest <= sure_until]
    before, out.live = out.live, set()
    if judge.clause.duty == "must":
        _must(piece, acts, sure, (opens, closes, inside), judge, out)
    else:
        _must_not(piece, acts, sure, (opens, closes, inside), judge, out)
    out.seen.add(frozenset(out.live))
    out.live |= before


def _cut(act: Act, limits: Interval) -> list[tuple[Hit, Interval]]:
    found = ((hit, Interval(hit.earliest, hit.latest).cut(limits)) for hit in act.hits)
    return [(hit, common) for hit, common in found if common is not None]


def _must(
    piece: Piece,
    acts: list[Act],
    sure: list[Act],
    limits: tuple[Interval, Interval, Interval],
    judge: Judge,
    out: Outcome,
) -> None:
    opens, closes, inside = limits
    surely_by = min((act.latest for act in sure), default=inside.latest)
    in_time = Interval(inside.earliest, min(inside.latest, surely_by))
    for act in acts:
        for hit, when in _cut(act, in_time):
            out.fulfilled.append(Option(act.incident, hit.alternative, (when,)))
            out.note("fulfilled", when)
            _touch(out, act, "fulfilment", act in sure, inside)
    if closes.latest > judge.as_of:
        if not any(a.certain and a.earliest >= opens.latest for a in acts):
            out.note("pending", opens)
        return
    if sure:
        return
    if not judge.window.dated:
        out.note("ended", closes)
        out.ended.append(Option(None, piece.alternative, (closes,)))
        return
    _missed(piece, acts, (opens, closes), judge, out)


def _missed(piece: Piece, acts: list[Act], limits: tuple[Interval, Interval], judge: Judge, out: Outcome) -> None:
    opens, closes = limits
    needs = judge.requirement
    if needs is not None and needs.may_fail(closes.earliest):
        out.note("unenforceable", closes)
        if needs.may_hold(closes.latest):
            out.doubts |= needs.doubts
    if needs is not None and not needs.may_hold(closes.latest):
        return
    due = closes if needs is None else Interval(max(closes.earliest, needs.earliest), closes.latest)
    if not judge.window.over(due.earliest, judge.known_at):
        out.note("overdue", due)
        return
    out.note("violated", due)
    out.missed.append(Option(None, piece.alternative, (due,)))
    certain = [act for act in acts if act.certain and act.earliest >= opens.latest]
    latest = min((act.latest for act in certain), default=judge.as_of)
    out.cure_certain &= bool(certain)
    late = Interval(closes.earliest + 1, latest)
    for act in acts:
        for hit, when in _cut(act, late):
            out.cures.append(Option(act.incident, hit.alternative, (when,), cure=True))
            _touch(out, act, "cure", act in certain, Interval(opens.earliest, judge.as_of))


def _must_not(
    piece: Piece,
    acts: list[Act],
    sure: list[Act],
    limits: tuple[Interval, Interval, Interval],
    judge: Judge,
    out: Outcome,
) -> None:
    opens, closes, inside = limits
    needs = judge.requirement
    firsts: list[Interval] = []
    any_hit = False
    for act in acts:
        found = _cut(act, inside)
        if not found:
            continue
        any_hit = True
        counted = [
            (hit, Interval(max(when.earliest, needs.earliest), when.latest) if needs else when)
            for hit, when in found
            if needs is None or needs.may_hold(when.latest)
        ]
        enforced = needs is None or not any(needs.may_fail(when.earliest) for _, when in found)
        certain = act in sure and enforced
        _touch(out, act, "breach", certain, inside)
        if counted:
            held = out.breaches.setdefault(act.incident, [])
            held += [Option(act.incident, hit.alternative, (when,)) for hit, when in counted]
            firsts += [when for _, when in counted]
        if certain and counted:
            out.breach_sure[act.incident] = out.breach_sure.get(act.incident, 0) + 1
    if firsts:
        bound = min((act.latest for act in sure), default=max(when.latest for when in firsts))
        out.note("violated", Interval(min(w.earliest for w in firsts), max(bound, min(w.earliest for w in firsts))))
    if needs is not None and any_hit and _all_unenforceable(acts, sure, inside, needs):
        out.note("unenforceable", inside)
        out.doubts |= needs.doubts
    if not sure:
        if closes.latest > judge.as_of:
            out.note("holding", opens)
        else:
            out.note("fulfilled", closes)
            out.fulfilled.append(Option(None, piece.alternative, (closes,)))


def _all_unenforceable(acts: list[Act], sure: list[Act], inside: Interval, needs: Requirement) -> bool:
    """Whether there may be breaches, none of which counts because what they need came too late or never."""
    if needs.never or not needs.possible:
        return True
    return all(act.earliest < needs.latest for act in sure) and any(
        when.earliest < needs.latest for act in acts for _, when in _cut(act, inside)
    )


def _touch(out: Outcome, act: Act, effect: str, certain: bool, window: Interval) -> None:  # noqa: FBT001
    """Remember an act that counts, and why it is open whether it does."""
    out.acts[act.incident] = act
    out.effects.setdefault(act.incident, set()).add(effect)
    out.forced[act.incident] = out.forced.get(act.incident, True) and certain
    if certain:
        return
    reasons = set(act.reasons)
    if not reasons or any(not Interval(hit.earliest, hit.latest).within(window) for hit, _ in _cut(act, window)):
        reasons.add("time_uncertain")
    out.doubts |= {(reason, act.incident) for reason in reasons}
