"""Instances of one clause: the world and what other clauses came to come in, judged runs go out.

A run is an instance with what it may set off elsewhere: its violations, its fulfilment, its ending.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from servanda.evidence import Alternative
from servanda.lifecycle.acts import Act, act_of, spread
from servanda.lifecycle.closing import close
from servanda.lifecycle.patterns import Context
from servanda.lifecycle.run import (
    Doubt,
    Judge,
    Occurrence,
    Option,
    Outcome,
    Piece,
    Requirement,
    judge_piece,
    pieces_of,
)
from servanda.lifecycle.runs import Run
from servanda.lifecycle.window import Window, force_of, window_of
from servanda.lifecycle.world import World, top_of
from servanda.model.clauses import Clause, EventTrigger, StatusTrigger
from servanda.model.moments import BEGINNING, END, Interval
from servanda.model.verdict import TriggerRef

Runs = Callable[[str], Sequence[Run]]


@dataclass(frozen=True, slots=True)
class Duty:
    """A clause as one bearer, or all of them together, is bound by it."""

    clause: Clause
    bearers: tuple[str, ...]
    others: tuple[str, ...]


def duties(clause: Clause, bearers: tuple[str, ...]) -> Iterator[Duty]:
    """One duty for each bearer, or one that all bear."""
    if clause.joint:
        yield Duty(clause, bearers, bearers)
        return
    for bearer in bearers:
        yield Duty(clause, (bearer,), tuple(other for other in bearers if other != bearer))


def runs_of(clause: Clause, world: World, others: Runs) -> list[Run]:
    """Every run of a clause, given what the other clauses came to."""
    requirement = _requirement(clause, others)
    found: list[Run] = []
    for duty in duties(clause, clause.bearers):
        if not clause.when:
            found.append(_run(duty, None, requirement, world, others))
            continue
        occurrences = sorted(_occurrences(duty, world, others), key=_first_time)
        runs = [_again(duty, one, requirement, world, others) for one in occurrences]
        runs = [run for run in runs if run.instance.statuses != {"dormant"}]
        found += runs or [dormant(duty, world)]
    return found


def _again(duty: Duty, cause: Occurrence, needs: Requirement | None, world: World, others: Runs) -> Run:
    """The run, judged anew only where its inputs changed: clauses in a circle are looked at many times."""
    if cause.ref.kind == "event" or duty.clause.otherwise is not None:  # substitutes may require other clauses
        return _run(duty, cause, needs, world, others)
    key = (duty.clause.name, duty.bearers, cause.origin)
    held = world.judged.get(key)
    if held is not None and held[0] == (cause, needs) and isinstance(held[1], Run):
        return held[1]
    run = _run(duty, cause, needs, world, others)
    world.judged[key] = ((cause, needs), run)
    return run


def dormant(duty: Duty, world: World) -> Run:
    """The stand-in for a clause that nothing has triggered, with its substitutes."""
    return close(duty.clause, duty.bearers, None, Outcome(dormant=True), (), world)


def _first_time(one: Occurrence) -> tuple[int, str]:
    return (min((t.earliest for o in one.options for t in o.times), default=END), repr(one.origin))


# --- what triggers -------------------------------------------------------------------------------------


def _occurrences(duty: Duty, world: World, others: Runs) -> Iterator[Occurrence]:
    """Everything that may create an instance of the duty."""
    events = [trigger.pattern for trigger in duty.clause.when if isinstance(trigger, EventTrigger)]
    if events:
        context = Context(duty.bearers, duty.others)
        for standing in world.touching(duty.clause.name, "trigger"):
            act = act_of(standing, events, context, world.agreement, END)
            if act is not None:
                yield _event(act)
    for trigger in duty.clause.when:
        if isinstance(trigger, StatusTrigger):
            for run in others(trigger.clause):
                if trigger.status == "violated":
                    yield from run.violations
                elif trigger.status == "fulfilled" and run.fulfilment is not None:
                    yield run.fulfilment
                elif trigger.status == "ended" and run.ending is not None:
                    yield run.ending


def _event(act: Act) -> Occurrence:
    options = tuple(Option(act.incident, h.alternative, (Interval(h.earliest, h.latest),)) for h in act.hits)
    return Occurrence(
        TriggerRef("event", act.incident),
        ("event", act.incident),
        options,
        act.certain,
        frozenset((reason, act.incident) for reason in act.reasons),
        standing=act.standing,
    )


def _requirement(clause: Clause, others: Runs) -> Requirement | None:
    """When what the clause requires is fulfilled: when every bearer of it has fulfilled it."""
    if clause.requires is None:
        return None
    by_bearer: dict[tuple[str, ...], list[Run]] = {}
    for run in others(clause.requires):
        by_bearer.setdefault(run.instance.bearer, []).append(run)
    parts = [_fulfilled_when(runs) for runs in by_bearer.values()]
    return Requirement(
        bool(parts) and all(part.possible for part in parts),
        max((part.earliest for part in parts), default=END),
        max((part.latest for part in parts), default=END),
        not parts or any(part.never for part in parts),
        frozenset(doubt for part in parts for doubt in part.doubts),
    )


def _fulfilled_when(runs: Iterable[Run]) -> Requirement:
    """When the first of one bearer's instances is fulfilled; a cure counts from just after it."""
    spans: list[Interval] = []
    certain: list[int] = []
    doubts: set[Doubt] = set()
    for run in runs:
        if run.fulfilment is None:
            continue
        doubts |= run.fulfilment.doubts
        times = [Interval(t.earliest + o.cure, t.latest + o.cure) for o in run.fulfilment.options for t in o.times]
        span = Interval(min(t.earliest for t in times), max(t.latest for t in times))
        spans.append(span)
        if run.fulfilment.certain:
            certain.append(span.latest)
    if not spans:
        return Requirement(possible=False, earliest=END, latest=END, never=True, doubts=frozenset())
    latest = min(certain) if certain else max(span.latest for span in spans)
    return Requirement(
        possible=True,
        earliest=min(span.earliest for span in spans),
        latest=latest,
        never=not certain,
        doubts=frozenset(doubts),
    )


# --- one run -------------------------------------------------------------------------------------------


def _run(duty: Duty, cause: Occurrence | None, needs: Requirement | None, world: World, others: Runs) -> Run:
    """Judge one instance and the substitutes its violations create."""
    clause = duty.clause
    strict = cause is not None and cause.ref.kind != "event"
    window = window_of(clause, world.agreement, triggered=cause is not None, strict=strict)
    judge = Judge(clause, window, needs, world.as_of, world.known_at)
    out = Outcome()
    if cause is None:
        _judge(Piece(BEGINNING, BEGINNING, None), duty, None, judge, world, out)
    else:
        _judge_triggered(duty, cause, judge, world, out)
    if window.dated and clause.duty == "must" and out.closed is not None:
        out.due = out.closed
    base = close(clause, duty.bearers, cause, out, (), world)
    if clause.otherwise is None or not base.violations:
        return base
    substitutes = _substitutes(clause.otherwise, duty, base.violations, world, others)
    return close(clause, duty.bearers, cause, out, substitutes, world)


def _judge_triggered(duty: Duty, cause: Occurrence, judge: Judge, world: World, out: Outcome) -> None:
    force = force_of(duty.clause, world.agreement, event=cause.ref.kind == "event")
    limits = Interval(force.earliest, min(force.latest, world.as_of))
    out.dormant = not cause.certain
    for option in cause.options:
        if any(not time.within(limits) for time in option.times):
            out.lost = out.dormant = True
            out.doubts |= {("time_uncertain", option.incident)} if option.incident else set()
    for alternative, time in _ways(cause.options, tells=top_of(duty.clause.name) in world.telling):
        stretch = time.cut(limits)
        if stretch is not None:
            _judge(Piece(stretch.earliest, stretch.latest, alternative), duty, cause, judge, world, out)
    if out.live and out.dormant:
        out.doubts |= cause.doubts
    if len(out.seen) > 1:  # what it comes to depends on which way, or when, it was triggered
        out.doubts |= _trigger_doubts(cause)


def _trigger_doubts(cause: Occurrence) -> set[Doubt]:
    doubts = set(cause.doubts)
    for option in cause.options:
        if option.incident is not None and any(t.earliest != t.latest for t in option.times):
            doubts.add(("time_uncertain", option.incident))
    if cause.standing is not None and len(cause.options) > 1:
        doubts |= {(reason, cause.standing.incident) for reason in cause.standing.reasons}
    return doubts


def _ways(options: Iterable[Option], *, tells: bool) -> Iterator[tuple[Alternative | None, Interval]]:
    """The ways a trigger may have come about; where only time matters, times that touch are one."""
    if tells:
        yield from ((option.alternative, time) for option in options for time in option.times)
        return
    times = sorted(time for option in options for time in option.times)
    held = times[0]
    for time in times[1:]:
        if time.earliest <= held.latest + 1:
            held = held.hull(time)
        else:
            yield None, held
            held = time
    yield None, held


def _judge(stretch: Piece, duty: Duty, cause: Occurrence | None, judge: Judge, world: World, out: Outcome) -> None:
    violators = cause.violators if cause is not None else ()
    context = Context(duty.bearers, duty.others, violators, stretch.alternative)
    own = cause.ref.incident if cause is not None else None
    acts = list(_acts(duty.clause, context, own, (stretch, judge.window), world))
    for piece in pieces_of(stretch, acts, judge):
        judge_piece(piece, acts, judge, out)


def _acts(clause: Clause, context: Context, own: str | None, span: tuple[Piece, Window], world: World) -> Iterator[Act]:
    """The acts that can make a difference, each once.

    For an achievement, nothing later than an act that certainly comes after the opening matters: it is
    that act, or an earlier one, that fulfils the duty or cures its violation.
    """
    stretch, window = span
    opens, last_opens = window.start(stretch.low), window.start(stretch.high)
    stop = world.as_of if clause.duty == "must" else min(world.as_of, window.end(stretch.high))
    seen = {own}
    for line in world.candidates(clause).during(opens, stop, context):
        for standing in line:
            if spread(standing).earliest > stop:
                break
            if standing.incident in seen:
                continue
            seen.add(standing.incident)
            act = world.act(clause, context, standing)
            if act is None or act.latest < opens:
                continue
            yield act
            if clause.duty == "must" and act.certain and act.earliest >= last_opens:
                stop = min(stop, act.latest)


def _substitutes(
    clause: Clause, duty: Duty, violations: Iterable[Occurrence], world: World, others: Runs
) -> tuple[tuple[Occurrence, tuple[Run, ...]], ...]:
    """The runs of the substitute that each violation creates."""
    needs = _requirement(clause, others)
    found = []
    for violation in violations:
        each = duties(clause, clause.bearers) if clause.bearers else [Duty(clause, duty.bearers, duty.others)]
        runs = tuple(_run(one, violation, needs, world, others) for one in each)
        found.append((violation, runs))
    return tuple(found)
