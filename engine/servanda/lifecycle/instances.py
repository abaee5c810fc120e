"""Instances of one clause: what the agreement stands on comes in, judged runs go out.

A run is an instance with what it may set off elsewhere: its violations, its fulfilment, its ending.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from servanda.evidence import Alternative
from servanda.lifecycle.achieving import achieve, note_progress
from servanda.lifecycle.acts import Act, Doubt
from servanda.lifecycle.closing import close
from servanda.lifecycle.ending import before, existing
from servanda.lifecycle.forbidding import forbid
from servanda.lifecycle.gathering import Situation, baseline_of
from servanda.lifecycle.ground import Ground
from servanda.lifecycle.judging import Judge, courses, pieces_of
from servanda.lifecycle.keeping import come_back, opening_of
from servanda.lifecycle.patterns import Context
from servanda.lifecycle.regime import Regime
from servanda.lifecycle.requiring import requirement
from servanda.lifecycle.restricting import pieces
from servanda.lifecycle.run import Occurrence, Option, Outcome, Piece, Requirement
from servanda.lifecycle.runs import Run
from servanda.lifecycle.tallies import goal_of
from servanda.lifecycle.term import Term
from servanda.lifecycle.triggers import Duty, duties, occurrences
from servanda.lifecycle.versions import Way
from servanda.lifecycle.window import force_of, window_of
from servanda.lifecycle.world import top_of
from servanda.model.clauses import NORMS, Clause
from servanda.model.kleene import Truth
from servanda.model.moments import BEGINNING, END, Interval
from servanda.model.periods import Period, periods


def runs_of(clause: Clause, ground: Ground) -> list[Run]:
    """Every run of a clause, given what the other clauses came to."""
    if clause.duty not in NORMS:
        return []
    needs = requirement(clause, ground.others)
    found: list[Run] = []
    for duty in duties(clause, clause.bearers):
        if clause.every is not None:
            found += _by_period(duty, needs, ground)
        elif not clause.when:
            found.append(ground.world.past.shown(run_of(duty, None, needs, ground)))
        else:
            given = occurrences(duty, ground.world, ground.others)
            causes = sorted((one for one in given if not _is_settled(duty, one.origin, ground)), key=_first_time)
            runs = [_again(duty, one, needs, ground) for one in causes]
            runs = [run for run in runs if run.instance.statuses != {"dormant"}]
            found += runs or [dormant(duty, ground)]
    return found


def _by_period(duty: Duty, needs: Requirement | None, ground: Ground) -> list[Run]:
    """One run for each period that has begun."""
    clause, world = duty.clause, ground.world
    assert clause.every is not None
    end = max(term.end for term in ground.terms)
    end = end if clause.until is None else min(end, clause.until)
    begun = periods(clause.every, world.as_of, end, world.agreement.zone)
    open_ = (one for one in begun if not _is_settled(duty, ("period", one.index), ground))
    runs = [run_of(duty, None, needs, ground, period) for period in open_]
    return [run for run in runs if run.instance.statuses != {"dormant"}] or [dormant(duty, ground)]


def _is_settled(duty: Duty, origin: tuple[object, ...], ground: Ground) -> bool:
    return ground.world.past.has(duty.clause.name, duty.bearers, origin)


def _again(duty: Duty, cause: Occurrence, needs: Requirement | None, ground: Ground) -> Run:
    """The run, judged anew only where its inputs changed: clauses in a circle are looked at many times."""
    if cause.ref.kind == "event" or duty.clause.otherwise is not None:  # substitutes may require other clauses
        return run_of(duty, cause, needs, ground)
    key = (duty.clause.name, duty.bearers, cause.origin)
    inputs = (cause, needs, ground.exercises)
    held = ground.world.judged.get(key)
    if held is not None and held[0] == inputs and isinstance(held[1], Run):
        return held[1]
    run = run_of(duty, cause, needs, ground)
    ground.world.judged[key] = (inputs, run)
    return run


def dormant(duty: Duty, ground: Ground) -> Run:
    """The stand-in for a clause that nothing has triggered, with its substitutes."""
    return close(duty.clause, duty.bearers, None, Outcome(dormant=True), (), ground.world)


def _first_time(one: Occurrence) -> tuple[int, str]:
    return (min((t.earliest for o in one.options for t in o.times), default=END), repr(one.origin))


# --- one run -------------------------------------------------------------------------------------------


def run_of(
    duty: Duty, cause: Occurrence | None, needs: Requirement | None, ground: Ground, period: Period | None = None
) -> Run:
    """The run of one instance, with those of the substitutes that its violations create."""
    clause, world = duty.clause, ground.world
    out = Outcome()
    ways = list(product(ground.terms, ground.ways(clause)))
    for term, way in ways:
        judge = _judge_of(duty, cause, needs, ground, period, (term, way))
        if period is not None:
            start = Interval(period.start, period.start)
            out.dormant |= period.start > term.end
            for _ in _standing(start, judge.regime, out) if period.start <= term.end else ():
                _judge(Piece(BEGINNING, BEGINNING, None), duty, None, judge, ground, out, start)
        elif cause is None:
            always = Interval(BEGINNING, BEGINNING)
            _judge(Piece(BEGINNING, BEGINNING, None), duty, None, judge, ground, out, always)
        else:
            _judge_triggered(duty, cause, judge, ground, out, term)
    if len(ways) > 1 and (len(out.seen) > 1 or out.dormant):
        changing = [
            *(act for term, _ in ways for act in term.by),
            *(v.since for _, way in ways for v in way if v.since),
        ]
        for act in changing:
            out.doubt(act.doubts, ("way", act.incident))
            out.loose |= act.twice
    if clause.duty == "must" and judge.window.dated:
        still = Interval(world.as_of + 1, world.as_of + 1)
        standing = out.stopped and judge.regime.active(still).truth is Truth.NO
        out.due = out.written if standing else out.closed
    _show_changes(ways, out)
    if clause.duty == "must_keep":
        come_back(ground.kept(duty), out, world.as_of)
    base = close(clause, duty.bearers, cause, out, (), world, period)
    if clause.otherwise is None or not base.violations:
        return base
    substitutes = _substitutes(clause.otherwise, duty, base.violations, ground)
    return close(clause, duty.bearers, cause, out, substitutes, world, period)


def _show_changes(ways: Sequence[tuple[Term, Way]], out: Outcome) -> None:
    """Make the amendments, and the extensions that the end of the window is owed to, part of the evidence."""
    decided = [
        time.latest for status, time in out.since.items() if status in ("fulfilled", "violated", "unenforceable")
    ]
    before = max(decided) if decided and len(decided) == len(out.since) else END
    for term, way in ways:
        for version in way:
            if version.since is not None and version.since.earliest <= before:
                out.show(version.since, "amendment", certain=version.since.certain)
        for act in term.by if out.closed is not None and out.closed.latest == term.end else ():
            if act.earliest <= before:
                out.show(act, "extension", certain=act.certain)


def _judge_of(
    duty: Duty,
    cause: Occurrence | None,
    needs: Requirement | None,
    ground: Ground,
    period: Period | None,
    course: tuple[Term, Way],
) -> Judge:
    term, way = course
    strict = cause is not None and cause.ref.kind != "event"
    agreement = ground.world.agreement
    windows = tuple(
        window_of(
            version.clause,
            agreement,
            term.within(agreement),
            triggered=cause is not None,
            strict=strict,
            period=period,
        )
        for version in way
    )
    last = way[-1].clause
    regimes = tuple(ground.regime(Duty(version.clause, duty.bearers, duty.others), term) for version in way)
    world = ground.world
    return Judge(last, way, windows, regimes, goal_of(last), needs, world.as_of, world.known_at)


def _judge_triggered(duty: Duty, cause: Occurrence, judge: Judge, ground: Ground, out: Outcome, term: Term) -> None:
    world, event = ground.world, cause.ref.kind == "event"
    out.dormant |= not cause.certain
    out.loose |= cause.loose
    for alternative, time in _ways(cause.options, tells=top_of(duty.clause.name) in world.telling):
        within = term.within(world.agreement)
        stretches = list(_binding(time, judge.way, within, world.as_of, event=event))
        if sum(one.latest - one.earliest + 1 for one in stretches) < time.latest - time.earliest + 1:
            out.lost = out.dormant = True
            named = [o.incident for o in cause.options if o.incident and any(t.meets(time) for t in o.times)]
            out.doubts |= {("time_uncertain", name) for name in named}
        for stretch in stretches:
            for part in _standing(stretch, judge.regime, out):
                _judge(Piece(part.earliest, part.latest, alternative), duty, cause, judge, ground, out, part)
    if out.live and out.dormant:
        out.doubt(cause.doubts, "trigger")
    if len(out.seen) > 1:  # what it comes to depends on which way, or when, it was triggered
        out.doubt(_trigger_doubts(cause), "trigger")
    for incident in cause.lineage | {
        o.incident for o in cause.options if o.incident and any(t.earliest < t.latest for t in o.times)
    }:
        out.uses.setdefault(incident, set()).add("trigger")


def _binding(time: Interval, way: Way, term: Interval, as_of: int, *, event: bool) -> Iterator[Interval]:
    """The parts of a time in which a trigger counts, by the version of the clause that it meets."""
    limits = [force_of(version.clause, term, event=event) for version in way]
    if all(one == limits[0] for one in limits):
        stretch = time.cut(Interval(limits[0].earliest, min(limits[0].latest, as_of)))
        if stretch is not None:
            yield stretch
        return
    changes = [version.since for version in way if version.since is not None]
    cuts = {at + 1 for act in changes for at in (act.earliest, act.latest)}
    cuts |= {at for one in limits for at in (one.earliest, one.latest + 1)}
    for part in pieces(time, cuts):
        begun = [not act.latest < part.earliest for act in changes]
        last = sum(act.latest < part.earliest for act in changes)
        may_be = [last, *(n + 1 for n, open_ in enumerate(begun) if open_ and changes[n].earliest < part.latest)]
        if part.latest <= as_of and any(part.within(limits[number]) for number in may_be):
            yield part


def _standing(stretch: Interval, regime: Regime, out: Outcome) -> Iterator[Interval]:
    """The part of a stretch in which a trigger still creates something: before the clause is terminated."""
    if regime.terminated is None and not regime.gaps:
        yield stretch
        return
    for part in pieces(stretch, set(regime.cuts(stretch))):
        found = regime.unended(part)
        if found.truth is Truth.NO:
            out.lost = out.dormant = True
            continue
        if found.truth is Truth.MAYBE:
            out.lost = out.dormant = True
            out.doubt(found.doubts, "trigger")
        yield part


def _trigger_doubts(cause: Occurrence) -> set[Doubt]:
    doubts: set[Doubt] = set(cause.doubts)
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


def _judge(
    stretch: Piece,
    duty: Duty,
    cause: Occurrence | None,
    judge: Judge,
    ground: Ground,
    out: Outcome,
    since: Interval,
) -> None:
    violators = cause.violators if cause is not None else ()
    context = Context(duty.bearers, duty.others, violators, stretch.alternative)
    own = cause.ref.incident if cause is not None else None
    kept = ground.kept(duty) if duty.clause.duty == "must_keep" else None
    situation = Situation(context, own, judge, ground.world, kept)
    acts = situation.acts(stretch)
    for piece in pieces_of(stretch, acts, judge):
        _judge_piece(piece, acts, situation, out, since if cause is None else Interval(piece.low, piece.high))


def _judge_piece(piece: Piece, acts: list[Act], situation: Situation, out: Outcome, since: Interval) -> None:
    """Add what the instance may come to when its trigger lies in this piece."""
    judge = situation.judge
    endings = list(existing(situation.endings(piece), since))
    before_, out.live = out.live, set()
    for course in courses(piece, judge, out):
        out.pieces += 1
        out.opened = course.opens if out.opened is None else out.opened.hull(course.opens)
        out.closed = course.closes if out.closed is None else out.closed.hull(course.closes)
        counting = before(acts, endings, judge.as_of)
        if judge.clause.duty == "must":
            achieve(piece, counting, endings, course, judge, out, acts)
            note_progress(counting, course, judge, out)
        else:
            opening = None if situation.kept is None else opening_of(situation.kept, course, judge, out)
            baseline = baseline_of(situation) if judge.clause.rate is not None else None
            forbid(piece, counting, endings, course, judge, out, acts, opening, baseline)
    out.seen.add(frozenset(out.live))
    out.live |= before_


def _substitutes(
    clause: Clause, duty: Duty, violations: Iterable[Occurrence], ground: Ground
) -> tuple[tuple[Occurrence, tuple[Run, ...]], ...]:
    """The runs of the substitute that each violation creates."""
    needs = requirement(clause, ground.others)
    found = []
    for violation in violations:
        each = duties(clause, clause.bearers) if clause.bearers else [Duty(clause, duty.bearers, duty.others)]
        runs = tuple(run_of(one, violation, needs, ground) for one in each)
        found.append((violation, runs))
    return tuple(found)
