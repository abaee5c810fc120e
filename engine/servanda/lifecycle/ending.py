"""What ends an open instance - a release, a waiver, a termination - comes in; the status it gives is added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from servanda.lifecycle.acts import Act, Doubt
from servanda.lifecycle.judging import Course
from servanda.lifecycle.restricting import restricted
from servanda.lifecycle.run import Ending, Option, Outcome, clipped
from servanda.lifecycle.switches import Switches, opposite
from servanda.model.moments import BEGINNING, Interval


def end_open(
    endings: Sequence[Ending],
    course: Course,
    decided: tuple[int | None, frozenset[str]],
    as_of: int,
    out: Outcome,
) -> bool:
    """Add the statuses of what may end the instance before it is decided; whether something surely does.

    `decided` is when it is decided otherwise at the latest, and by which incidents at their own time: an act at
    the very instant decides first.
    """
    sure = [
        one for one in endings if one.act.certain and one.act.latest <= min(_last(one, course.closes.earliest), as_of)
    ]
    bound = min((one.act.latest for one in sure), default=as_of)
    surely_by, deciding = decided
    for one in endings:
        if one.act.incident in deciding or (surely_by is not None and surely_by <= one.act.earliest):
            continue
        limits = Interval(BEGINNING, min(_last(one, course.closes.latest), as_of, bound))
        found = clipped(one.act, limits)
        for hit, when in found:
            out.note(one.status, when)
            if one.status == "ended":
                out.ended.append(Option(one.act.incident, hit.alternative, (when,)))
        if found:
            out.touch(one.act, one.effect, certain=one in sure, window=limits)
    return bool(sure)


def _last(one: Ending, closes: int) -> int:
    """The last instant at which something ends what falls due at `closes`: a release counts at that very instant."""
    return closes if one.effect == "release" else closes - 1


def existing(endings: Sequence[Ending], since: Interval) -> Iterator[Ending]:
    """The endings of an instance that exists since then: nothing that came before it ends it."""
    for one in endings:
        if one.act.earliest >= since.latest:
            yield one
        elif one.act.latest >= since.earliest:
            doubts: frozenset[Doubt] = one.act.doubts | {("time_uncertain", one.act.incident)}
            hits = tuple(
                hit._replace(earliest=max(hit.earliest, since.earliest), sure=False)
                for hit in one.act.hits
                if hit.latest >= since.earliest
            )
            start = max(one.act.earliest, since.earliest)
            act = one.act._replace(hits=hits, certain=False, doubts=doubts, earliest=start, twice=True)
            yield one._replace(act=act)


def before(acts: Sequence[Act], endings: Sequence[Ending], as_of: int) -> list[Act]:
    """The acts as far as they come before, or at, what ends the instance."""
    if not endings:
        return list(acts)
    over = Switches([one.act for one in endings], (), initially=False)

    def open_still(act: Act) -> Act | None:
        return restricted(
            act,
            lambda _, time: opposite(over.at(time, act.incident)),
            lambda _, time: over.cuts(time),
            as_of,
        )

    found = map(open_still, acts)
    return [act for act in found if act is not None]
