"""Closing an instance: its judged outcome and the runs of its substitutes come in, a run goes out.

Here violations are found cured or not, and what the instance sets off elsewhere is put together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from servanda.lifecycle.patterns import Context, phrase
from servanda.lifecycle.run import Doubt, Occurrence, Option, Outcome
from servanda.lifecycle.runs import Run
from servanda.lifecycle.wording import clock, delay_between
from servanda.lifecycle.world import World
from servanda.model.clauses import Clause, Status
from servanda.model.moments import BEGINNING, END, Interval
from servanda.model.verdict import Because, Coverage, Cured, Evidence, Instance, TriggerRef

Substitutes = Sequence[tuple[Occurrence, tuple[Run, ...]]]
_FIRST: tuple[Status, ...] = ("dormant", "pending", "holding")


def close(
    clause: Clause,
    bearers: tuple[str, ...],
    cause: Occurrence | None,
    out: Outcome,
    substitutes: Substitutes,
    world: World,
) -> Run:
    """The run of an instance, once the runs of its substitutes are known."""
    statuses: frozenset[Status] = frozenset(out.live | ({"dormant"} if out.dormant else set()))
    doubts = frozenset(out.doubts) if len(statuses) > 1 else frozenset()
    origin = (*cause.origin,) if cause is not None else ()
    own = (clause.name, bearers, digest(origin))
    violations = _violations(clause, bearers, own, out, (statuses, doubts), cause)
    cures, cured = _cures(clause, out, substitutes)
    instance = Instance(
        clause.name,
        bearers,
        cause.ref if cause is not None else None,
        statuses,
        _because(doubts),
        out.due,
        _since(out, statuses),
        _cured(out, cures, world) if cured and "violated" in statuses else None,
        _coverage(clause, bearers, out, world),
        _evidence(clause, bearers, cause, out, (statuses, _curing(cures, substitutes), cured), world),
        origin,
    )
    good = _good(cures, out, cured=cured)
    return Run(
        instance,
        violations,
        _occurrence(
            "fulfilled", own, instance, [*out.fulfilled, *cures], certain=good and not out.dormant, doubts=doubts
        ),
        _done(own, instance, out, substitutes, clause, doubts),
        _occurrence("ended", own, instance, out.ended, certain=statuses == {"ended"}, doubts=doubts),
        tuple(run for _, runs in substitutes for run in runs if run.instance.statuses != {"dormant"}),
        out,
        cause,
    )


def digest(origin: tuple[object, ...]) -> str:
    """A short name for what created an instance, so that long chains stay cheap to compare.

    >>> digest(())
    ''
    """
    return hashlib.blake2b(repr(origin).encode(), digest_size=8).hexdigest() if origin else ""


def _good(cures: list[Option], out: Outcome, *, cured: bool) -> bool:
    """Whether, once created, the duty is fulfilled or cured in every world."""
    return (
        bool(out.live)
        and not out.lost
        and out.live <= {"fulfilled", "violated"}
        and ("violated" not in out.live or (cured and bool(cures)))
    )


def _occurrence(
    kind: str,
    own: tuple[object, ...],
    instance: Instance,
    options: Sequence[Option],
    *,
    certain: bool,
    doubts: frozenset[Doubt],
) -> Occurrence | None:
    if not options:
        return None
    incidents = {option.incident for option in options}
    ref = TriggerRef(
        "fulfilled" if kind == "fulfilled" else "ended",
        incidents.pop() if len(incidents) == 1 else None,
        instance.clause,
        instance.bearer,
    )
    return Occurrence(ref, (kind, *own, None), tuple(options), certain, doubts)


# --- violations and their cures -------------------------------------------------------------------------


def _violations(
    clause: Clause,
    bearers: tuple[str, ...],
    own: tuple[object, ...],
    out: Outcome,
    open_: tuple[frozenset[Status], frozenset[Doubt]],
    cause: Occurrence | None,
) -> tuple[Occurrence, ...]:
    """Each breach, or the missed deadline, as something that may create other instances."""
    statuses, doubts = open_
    found = []
    if out.missed:
        ref = TriggerRef("violated", None, clause.name, bearers)
        sure = statuses == {"violated"}
        found.append(Occurrence(ref, ("violated", *own, None), tuple(out.missed), sure, doubts, bearers))
    for incident in sorted(out.breaches, key=lambda i: (out.acts[i].earliest, i)):
        act = out.acts[incident]
        sure = not out.dormant and out.breach_sure.get(incident, 0) == out.pieces
        why = frozenset(d for d in out.doubts if d[1] == incident) | (
            cause.doubts if cause and out.dormant else frozenset()
        )
        ref = TriggerRef("violated", incident, clause.name, bearers)
        found.append(
            Occurrence(
                ref, ("violated", *own, incident), tuple(out.breaches[incident]), sure, why, bearers, act.standing
            )
        )
    return tuple(found)


def _cures(clause: Clause, out: Outcome, substitutes: Substitutes) -> tuple[list[Option], bool]:
    """How violations may be cured, and whether they are in every world in which they exist."""
    if clause.duty == "must_not":
        return _all_cured(out, substitutes)
    ways: list[tuple[list[Option], bool]] = [(out.cures, out.cure_certain and bool(out.cures))]
    for _, runs in substitutes:
        options = [o._replace(cure=True) for run in runs if run.done for o in run.done.options]
        ways.append((options, bool(runs) and all(run.done is not None and run.done.certain for run in runs)))
    certain = [max(t.latest for o in options for t in o.times) for options, sure in ways if sure and options]
    bound = min(certain, default=END)
    kept = [
        option._replace(times=times)
        for options, _ in ways
        for option in options
        if (times := tuple(c for t in option.times if (c := t.cut(Interval(BEGINNING, bound))) is not None))
    ]
    return kept, bool(certain)


def _curing(cures: list[Option], substitutes: Substitutes) -> list[str]:
    """The incidents that cure, or may: late acts, and what the substitutes were done by."""
    ways = list(cures)
    if cures and cures[0].incident is None:  # a prohibition: what its substitutes were done by
        ways += [o for _, runs in substitutes for run in runs if run.done for o in run.done.options]
    timed = [(min(t.earliest for t in o.times), o.incident) for o in ways if o.incident is not None]
    return list(dict.fromkeys(incident for _, incident in sorted(timed)))


def _all_cured(out: Outcome, substitutes: Substitutes) -> tuple[list[Option], bool]:
    """A prohibition is cured when each of its breaches is, at the last of the cures."""
    spans, sure = [], bool(substitutes) and len(substitutes) == len(out.breaches)
    for violation, runs in substitutes:
        times = [t for run in runs if run.done for o in run.done.options for t in o.times]
        sure &= bool(runs) and all(run.done is not None and run.done.certain for run in runs)
        if times:
            spans.append((Interval(min(t.earliest for t in times), max(t.latest for t in times)), violation.certain))
        elif violation.certain:
            return [], False
    if not spans:
        return [], False
    needed = [span.earliest for span, certain in spans if certain]
    earliest = max(needed) if needed else min(span.earliest for span, _ in spans)
    return [Option(None, None, (Interval(earliest, max(s.latest for s, _ in spans)),), cure=True)], sure


def _done(
    own: tuple[object, ...],
    instance: Instance,
    out: Outcome,
    substitutes: Substitutes,
    clause: Clause,
    doubts: frozenset[Doubt],
) -> Occurrence | None:
    """The instance as a substitute that was done: in time, or cured by a substitute of its own.

    Whether that is certain is asked only of the worlds in which the instance was created.
    """
    alone = Outcome(breaches=out.breaches)
    cures, cured = _cures(clause, alone, substitutes)
    certain = _good(cures, out, cured=cured)
    return _occurrence("fulfilled", own, instance, [*out.fulfilled, *cures], certain=certain, doubts=doubts)


# --- what is shown --------------------------------------------------------------------------------------


def _because(doubts: frozenset[Doubt]) -> tuple[Because, ...]:
    return tuple(Because(reason, incident) for reason, incident in sorted(doubts, key=lambda d: (d[1], d[0])))


def _since(out: Outcome, statuses: frozenset[Status]) -> Interval | None:
    """Since when the verdict holds; of an open one, when it first may have changed."""
    later = [out.since[s] for s in statuses if s in out.since and s not in _FIRST]
    times = later or [out.since[s] for s in statuses if s in out.since]
    if not times:
        return None
    hull = times[0]
    for time in times[1:]:
        hull = hull.hull(time)
    return hull


def _cured(out: Outcome, cures: list[Option], world: World) -> Cured | None:
    times = [t for option in cures for t in option.times]
    since = out.since.get("violated")
    if not times or since is None:
        return None
    at = Interval(min(t.earliest for t in times), max(t.latest for t in times))
    return Cured(at, delay_between(since, at, world.agreement.zone))


def _coverage(clause: Clause, bearers: tuple[str, ...], out: Outcome, world: World) -> Coverage | None:
    if clause.duty != "must_not" or out.opened is None or out.closed is None:
        return None
    window = Interval(out.opened.earliest, min(out.closed.latest, world.as_of))
    return world.coverage(bearers, window)


def _evidence(
    clause: Clause,
    bearers: tuple[str, ...],
    cause: Occurrence | None,
    out: Outcome,
    verdict: tuple[frozenset[Status], list[str], bool],
    world: World,
) -> tuple[Evidence, ...]:
    """What the instance rests on: its trigger, the acts that count, and what nobody reported."""
    statuses, curing, cured = verdict
    found = []
    if cause is not None:
        for incident in dict.fromkeys(o.incident for o in cause.options if o.incident is not None):
            standing = world.standings[incident]
            found.append(Evidence(incident, standing.name, "trigger", standing.reports, certain=cause.certain))
    for act in sorted(out.acts.values(), key=lambda a: (a.earliest, a.incident)):
        for effect in ("fulfilment", "breach"):
            if effect in out.effects[act.incident]:
                certain = out.forced[act.incident]
                found.append(Evidence(act.incident, act.standing.name, effect, act.standing.reports, certain=certain))
    for incident in curing:
        standing, only = world.standings[incident], cured and len(curing) == 1
        found.append(Evidence(incident, standing.name, "cure", standing.reports, certain=only))
    if clause.duty == "must" and statuses & {"violated", "overdue", "unenforceable"} and out.due is not None:
        alternative = cause.options[0].alternative if cause else None
        context = Context(bearers, (), cause.violators if cause else (), alternative)
        what = phrase(clause.pattern, context)
        by, known = (clock(t, world.agreement.zone) for t in (out.due.latest, world.known_at))
        text = f"no report of {what} by {by}, as known at {known}"
        found.append(Evidence(None, None, "omission", (), text, certain=len(statuses) == 1))
    return tuple(found)
