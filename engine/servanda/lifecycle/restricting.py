"""Acts as far as they count: an act and an answer for each stretch of its time come in, what is left of it goes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from servanda.lifecycle.acts import Act, Doubt, Hit, made
from servanda.lifecycle.switches import Lookup
from servanda.model.kleene import Truth
from servanda.model.moments import Interval

_MOST_CUTS = 64


def restricted(
    act: Act,
    counts: Callable[[Hit, Interval], Lookup],
    cuts: Callable[[Hit, Interval], Iterable[int]],
    as_of: int,
) -> Act | None:
    """The act as far as it counts at all; None where it cannot.

    The time of each hit is cut where the answer may change, and each part is asked for alone.
    """
    hits: list[Hit] = []
    doubts: frozenset[Doubt] = act.doubts
    whole, twice = True, act.twice
    before = {name for _, name in act.doubts} - {act.incident}
    for hit in act.hits:
        time = Interval(hit.earliest, hit.latest)
        found = pieces(time, set(cuts(hit, time))) if time.earliest < time.latest else (time,)
        for piece in found if len(found) <= _MOST_CUTS else (time,):
            answer = counts(hit, piece)
            if answer.truth is Truth.NO:
                whole = False
                doubts |= {("time_uncertain", act.incident)} if piece != time else frozenset()
                continue
            doubts |= answer.doubts
            sure = hit.sure and answer.truth is Truth.YES
            if answer.truth is Truth.MAYBE:
                about = {name for _, name in answer.doubts}
                twice |= answer.twice or (not hit.sure and act.incident in about) or not about.isdisjoint(before)
            last = hits[-1] if hits else None
            if last and last.alternative is hit.alternative and last.sure is sure and last.latest + 1 == piece.earliest:
                hits[-1] = last._replace(latest=piece.latest)
            else:
                hits.append(Hit(piece.earliest, piece.latest, hit.alternative, sure))
    left = made(act.standing, hits, doubts, as_of, whole=whole)
    if left is None:
        return None
    if left.certain and not act.certain:  # what is left of an act is no more certain than it was
        left = left._replace(certain=False, doubts=doubts)
    return left._replace(twice=True) if twice else left


def pieces(time: Interval, cuts: set[int]) -> Sequence[Interval]:
    """An interval cut before each of these instants.

    >>> pieces(Interval(0, 9), {5})
    [Interval(earliest=0, latest=4), Interval(earliest=5, latest=9)]
    """
    starts = [time.earliest, *sorted(at for at in cuts if time.earliest < at <= time.latest)]
    return [Interval(start, end - 1) for start, end in zip(starts, [*starts[1:], time.latest + 1], strict=True)]
