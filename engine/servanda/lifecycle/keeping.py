"""`must_keep`: the switches of a state come in; how it goes off, is off from the start, and comes back go out."""

from __future__ import annotations

from collections.abc import Iterator

from servanda.lifecycle.acts import Act, Hit, softened
from servanda.lifecycle.judging import NEVER, Course, Judge
from servanda.lifecycle.regime import Regime, Resuming
from servanda.lifecycle.restricting import restricted
from servanda.lifecycle.run import Option, Outcome, clipped
from servanda.lifecycle.switches import Lookup, Switch, Switches, all_of, opposite
from servanda.model.kleene import Truth
from servanda.model.moments import BEGINNING, Interval

_MOST_RETURNS = 32


def going_off(switches: Switches, own: str | None, during: Interval, as_of: int) -> Iterator[Act]:
    """The acts with which the state goes off meanwhile: those that stop it while it is on."""
    for one in switches.during(*during):
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


def back_in_force(switches: Switches, regime: Regime, own: str | None, during: Interval, as_of: int) -> Iterator[Act]:
    """The acts that bring a suspended clause back into force while the state is off: that breaches it, too."""
    for one in regime.resuming(during):
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
    if out.missed:
        times = [time for option in out.missed for time in option.times]
        out.returns[None] = _return(switches, _hull(times), as_of)
    for incident, options in out.breaches.items():
        off = _hull([t for o in options for t in o.times])
        out.returns[incident] = _return(switches, Interval(off.earliest + 1, off.latest + 1), as_of)


def _stays(start: Switch, switches: Switches) -> Truth:
    """Whether the state is on just after a start: a stop at that very instant prevails."""
    stops = [one for one in switches.during(start.earliest, start.latest) if not one.on]
    if not stops:
        return Truth.YES
    sure = any(one.certain and one.earliest == one.latest for one in stops)
    return Truth.NO if sure and start.earliest == start.latest else Truth.MAYBE


def _return(switches: Switches, off: Interval, as_of: int) -> tuple[list[Option], bool]:
    """How the state may come back at or after these instants, and whether it surely does."""
    until, sure = as_of, False
    found: list[Act] = []
    for one in switches.during(off.earliest, as_of):
        # In the order of the latest: what comes now comes after what surely did. Where nothing surely does, the
        # first few and the last tell from when and until when it may have come back.
        if one.latest > until or len(found) >= _MOST_RETURNS:
            break
        stays = _stays(one, switches) if one.on else Truth.NO
        if stays is Truth.NO:
            continue
        found.append(one.act if stays is Truth.YES else softened(one.act, frozenset()))
        if stays is Truth.YES and one.certain and one.earliest >= off.latest:
            until, sure = min(until, one.latest), True
    if len(found) >= _MOST_RETURNS and not sure and switches.last_start is not None:
        found.append(softened(switches.last_start, frozenset()))
    limits = Interval(off.earliest, until)
    options = [
        Option(act.incident, hit.alternative, (when,), cure=True) for act in found for hit, when in clipped(act, limits)
    ]
    return options, sure


def _hull(times: list[Interval]) -> Interval:
    return Interval(min(time.earliest for time in times), max(time.latest for time in times))
