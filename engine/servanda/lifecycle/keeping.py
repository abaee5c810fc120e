"""`must_keep`: the switches of a state come in; how it goes off, is off from the start, and comes back go out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from servanda.lifecycle.acts import Act, Hit, softened
from servanda.lifecycle.judging import NEVER, Course, Judge
from servanda.lifecycle.regime import Regime, Resuming
from servanda.lifecycle.restricting import restricted
from servanda.lifecycle.run import Option, Outcome
from servanda.lifecycle.switches import Lookup, Switch, Switches, all_of, opposite
from servanda.model.kleene import Truth
from servanda.model.moments import BEGINNING, Interval


def going_off(switches: Switches, own: str | None, as_of: int) -> Iterator[Act]:
    """The acts with which the state goes off: those that stop it while it is on."""
    for one in switches.all:
        if one.on or one.act.incident == own:
            continue
        act = restricted(
            one.act,
            lambda _, time, but=one.act.incident: switches.at(time, but),  # type: ignore[misc]
            lambda _, time: switches.cuts(time),
            as_of,
        )
        if act is not None:
            yield act


def back_in_force(switches: Switches, regime: Regime, own: str | None, as_of: int) -> Iterator[Act]:
    """The acts that bring a suspended clause back into force while the state is off: that breaches it, too."""
    for one in regime.resuming():
        if one.act.incident == own:
            continue

        def off(_: Hit, time: Interval, one: Resuming = one) -> Lookup:
            suspended = opposite(regime.active(time, one.act.incident))
            return all_of((suspended, one.else_active(time), opposite(switches.at(time, one.act.incident))))

        def cuts(_: Hit, time: Interval) -> Iterator[int]:
            yield from regime.cuts(time)
            yield from switches.cuts(time)

        act = restricted(one.act, off, cuts, as_of)
        if act is not None:
            yield act


def opening_of(switches: Switches, course: Course, judge: Judge, out: Outcome) -> tuple[Interval, bool] | None:
    """When the state may have been off as the instance opened, and whether it surely was; None where it was on."""
    if course.inside == NEVER:
        return None
    # It opens just after what triggered it, and is held against how the state was at that.
    shift = course.window.strict if course.opens.earliest > course.window.opens else 0
    since = Interval(course.opens.earliest - shift, course.opens.latest - shift)
    opens = since.cut(Interval(BEGINNING, min(judge.as_of, course.closes.latest - shift)))
    if opens is None:
        return None
    off = all_of((opposite(switches.at(opens)), judge.regime.in_force(opens)))
    if off.truth is Truth.NO:
        return None
    out.doubt(off.doubts, "opening")
    out.loose |= off.twice
    return opens, off.truth is Truth.YES and opens == since


def come_back(switches: Switches, out: Outcome, as_of: int) -> None:
    """Note for each breach when the state may have come back on, and whether it surely did."""
    starts = [
        one.act if stays is Truth.YES else softened(one.act, frozenset())
        for one in switches.all
        if one.on and (stays := _stays(one, switches)) is not Truth.NO
    ]
    if out.missed:
        times = [time for option in out.missed for time in option.times]
        out.returns[None] = _return(starts, _hull(times), as_of)
    for incident, options in out.breaches.items():
        off = _hull([t for o in options for t in o.times])
        out.returns[incident] = _return(starts, Interval(off.earliest + 1, off.latest + 1), as_of)


def _stays(start: Switch, switches: Switches) -> Truth:
    """Whether the state is on just after a start: a stop at that very instant prevails."""
    time = Interval(start.earliest, start.latest)
    stops = [one for one in switches.all if not one.on and Interval(one.earliest, one.latest).meets(time)]
    if not stops:
        return Truth.YES
    sure = any(one.certain and one.earliest == one.latest for one in stops)
    return Truth.NO if sure and start.earliest == start.latest else Truth.MAYBE


def _return(starts: Iterable[Act], off: Interval, as_of: int) -> tuple[list[Option], bool]:
    later = [act for act in starts if act.latest >= off.earliest]
    sure = [act.latest for act in later if act.certain and act.earliest >= off.latest]
    until = Interval(off.earliest, min(sure, default=as_of))
    options = [
        Option(act.incident, hit.alternative, (when,), cure=True)
        for act in later
        for hit in act.hits
        if (when := Interval(hit.earliest, hit.latest).cut(until)) is not None
    ]
    return options, bool(sure)


def _hull(times: list[Interval]) -> Interval:
    return Interval(min(time.earliest for time in times), max(time.latest for time in times))
