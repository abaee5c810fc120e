"""Closing an instance: its judged outcome and the runs of its substitutes come in, a run goes out.

Here violations are found cured or not, and what the instance sets off elsewhere is put together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from servanda.lifecycle.acts import Act, Doubt
from servanda.lifecycle.patterns import Context, phrase, plain_text
from servanda.lifecycle.run import Occurrence, Option, Outcome
from servanda.lifecycle.runs import Run, done_by_all
from servanda.lifecycle.wording import clock, delay_between
from servanda.lifecycle.world import World
from servanda.model.clauses import Clause, Status
from servanda.model.kleene import Reason
from servanda.model.moments import BEGINNING, END, Interval
from servanda.model.periods import Period
from servanda.model.verdict import Because, Cured, Effect, Evidence, Instance, TriggerRef

Substitutes = Sequence[tuple[Occurrence, tuple[Run, ...]]]
_FIRST: tuple[Status, ...] = ("dormant", "pending", "holding")
_SHOWN: tuple[Effect, ...] = (
    "fulfilment",
    "breach",
    "counted",
    "amendment",
    "extension",
    "suspension",
    "release",
    "termination",
    "waiver",
)


def close(
    clause: Clause,
    bearers: tuple[str, ...],
    cause: Occurrence | None,
    out: Outcome,
    substitutes: Substitutes,
    world: World,
    period: Period | None = None,
) -> Run:
    """The run of an instance, once the runs of its substitutes are known."""
    statuses: frozenset[Status] = frozenset(out.live | ({"dormant"} if out.dormant else set()))
    doubts = frozenset(out.doubts) or _from_above(cause, out, world) if len(statuses) > 1 else frozenset()
    origin = cause.origin if cause is not None else ("period", period.index) if period is not None else ()
    own = (clause.name, bearers, digest(origin))
    out.loose |= len(statuses) > 1 and any(len(uses) > 1 for uses in out.uses.values())
    violations = _violations(clause, bearers, own, out, (statuses, doubts), cause)
    cures, cured = _cures(clause, out, substitutes)
    instance = Instance(
        clause.name,
        bearers,
        cause.ref if cause is not None else None,
        statuses,
        _because(doubts),
        out.due,
        since_of(out, statuses),
        _cured(out, cures, world) if cured and "violated" in statuses else None,
        None,
        _evidence(clause, bearers, cause, out, (statuses, _curing(cures, out, substitutes), cured), world),
        origin,
        period,
        out.progress,
        len(statuses) > 1 and out.loose,
    )
    done = [run.done for _, runs in substitutes for run in runs if run.done is not None]
    loose = out.loose or any(one.loose for one in done)
    lineage = _lineage(cause, out).union(*(one.lineage for one in done))
    good = _good(cures, out, cured=cured)
    return Run(
        instance,
        violations,
        _occurrence(
            "fulfilled",
            own,
            instance,
            [*out.fulfilled, *cures],
            certain=good and not out.dormant,
            doubts=(doubts or frozenset(out.doubts)) | out.late,
            lineage=lineage,
            loose=loose,
        ),
        _done(own, instance, out, substitutes, clause, doubts, lineage),
        _occurrence(
            "ended",
            own,
            instance,
            out.ended,
            certain=statuses == {"ended"},
            doubts=doubts,
            lineage=lineage,
            loose=loose,
        ),
        tuple(run for _, runs in substitutes for run in runs if run.instance.statuses != {"dormant"}),
        out,
        cause,
    )


def _from_above(cause: Occurrence | None, out: Outcome, world: World) -> frozenset[Doubt]:
    """Why an outcome is open that is so on account of other instances only: what these depend on."""
    found: set[Doubt] = set()
    for name in {*out.uses, *(cause.lineage if cause is not None else ())}.intersection(world.standings):
        standing = world.standings[name]
        timed = any(one.time.earliest < one.time.latest for one in standing.alternatives)
        reasons: set[Reason] = {*standing.reasons} or ({"time_uncertain"} if timed else {"unspecified"})
        found |= {(reason, name) for reason in reasons}
    return frozenset(found)


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
    lineage: frozenset[str],
    loose: bool,
) -> Occurrence | None:
    if not options:
        return None
    doubts = frozenset() if certain else doubts
    incidents = {option.incident for option in options}
    ref = TriggerRef(
        "fulfilled" if kind == "fulfilled" else "ended",
        incidents.pop() if len(incidents) == 1 else None,
        instance.clause,
        instance.bearer,
    )
    return Occurrence(ref, (kind, *own, None), tuple(options), certain, doubts, lineage=lineage, loose=loose)


# --- violations and their cures -------------------------------------------------------------------------


def _lineage(cause: Occurrence | None, out: Outcome) -> frozenset[str]:
    """The uncertain incidents that what the instance comes to depends on, its trigger's included."""
    options = [
        *out.fulfilled,
        *out.cures,
        *out.ended,
        *out.missed,
        *(o for held in out.breaches.values() for o in held),
    ]
    timed = {o.incident for o in options if o.incident is not None and any(t.earliest < t.latest for t in o.times)}
    return frozenset({*out.uses, *timed, *(cause.lineage if cause is not None else ())})


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
        sure = (
            statuses == {"violated"} if clause.duty == "must" else not out.dormant and out.missed_surely == out.pieces
        )
        why = frozenset[Doubt]() if sure else doubts or frozenset(out.doubts)
        lineage = _lineage(cause, replace(out, breaches={}))
        found.append(
            Occurrence(
                ref, ("violated", *own, None), tuple(out.missed), sure, why, bearers, lineage=lineage, loose=out.loose
            )
        )
    about: dict[str, set[Doubt]] = {}
    for doubt in out.doubts if out.breaches else ():
        about.setdefault(doubt[1], set()).add(doubt)
    for incident in sorted(out.breaches, key=lambda i: (out.acts[i].earliest, i)):
        act = out.acts[incident]
        sure = not out.dormant and out.breach_sure.get(incident, 0) == out.pieces
        why = act.doubts.union(about.get(incident, ()))
        if incident in out.unordered:
            why |= {("time_uncertain", incident)}
        if cause and out.dormant:
            why |= cause.doubts
        loose, options = out.loose or out.jumbled or act.twice, tuple(out.breaches[incident])
        found.append(violation_of(clause, bearers, own, act, options, sure=sure, why=why, cause=cause, loose=loose))
    return tuple(found)


def violation_of(
    clause: Clause,
    bearers: tuple[str, ...],
    own: tuple[object, ...],
    act: Act,
    options: tuple[Option, ...],
    *,
    sure: bool,
    why: frozenset[Doubt],
    cause: Occurrence | None = None,
    loose: bool = False,
) -> Occurrence:
    """One breach as something that may create other instances."""
    lineage = frozenset({*(name for _, name in why), *(cause.lineage if cause else ())})
    if any(time.earliest < time.latest for option in options for time in option.times):
        lineage |= {act.incident}
    ref, origin = TriggerRef("violated", act.incident, clause.name, bearers), ("violated", *own, act.incident)
    return Occurrence(ref, origin, options, sure, why, bearers, act.standing, lineage, loose)


def _cures(clause: Clause, out: Outcome, substitutes: Substitutes) -> tuple[list[Option], bool]:
    """How violations may be cured, and whether they are in every world in which they exist."""
    if clause.duty != "must":
        return _all_cured(clause, out, substitutes)
    ways: list[tuple[list[Option], bool]] = [(out.cures, out.cure_certain and bool(out.cures))]
    for _, runs in substitutes:
        options, sure = done_by_all(runs)
        ways.append(([o._replace(cure=True) for o in options], sure))
    certain = [max(t.latest for o in options for t in o.times) for options, sure in ways if sure and options]
    bound = min(certain, default=END)
    kept = [
        option._replace(times=times)
        for options, _ in ways
        for option in options
        if (times := tuple(c for t in option.times if (c := t.cut(Interval(BEGINNING, bound))) is not None))
    ]
    return kept, bool(certain)


def _curing(cures: list[Option], out: Outcome, substitutes: Substitutes) -> list[str]:
    """The incidents that cure, or may: late acts, and what the substitutes were done by."""
    ways = list(cures)
    if cures and cures[0].incident is None:  # a prohibition: what its substitutes were done by
        ways += [o for _, runs in substitutes for run in runs if run.done for o in run.done.options]
        ways += [o for options, _ in out.returns.values() for o in options]
    elif cures:  # what came before the last of several substitutes
        ways += [o for _, runs in substitutes if len(runs) > 1 for run in runs if run.done for o in run.done.options]
    timed = [(min(t.earliest for t in o.times), o.incident) for o in ways if o.incident is not None]
    return list(dict.fromkeys(incident for _, incident in sorted(timed)))


def _all_cured(clause: Clause, out: Outcome, substitutes: Substitutes) -> tuple[list[Option], bool]:
    """A prohibition is cured when each of its breaches is, at the last of the cures."""
    runs_for = {violation.ref.incident: (violation, runs) for violation, runs in substitutes}
    spans: list[tuple[Interval, bool]] = []
    breaches: list[str | None] = [*([None] if out.missed else []), *out.breaches]
    sure = bool(breaches)
    for incident in breaches:
        ways = [out.returns[incident]] if clause.duty == "must_keep" and incident in out.returns else []
        if incident in runs_for:
            ways.append(done_by_all(runs_for[incident][1]))
        times = [t for options, _ in ways for o in options for t in o.times]
        certain = [max(t.latest for o in options for t in o.times) for options, known in ways if known and options]
        sure &= bool(certain)
        there = out.missed_surely == out.pieces if incident is None else out.breach_sure.get(incident, 0) == out.pieces
        there &= not out.dormant
        if times:
            earliest = min(t.earliest for t in times)
            spans.append((Interval(earliest, max(earliest, min(certain, default=max(t.latest for t in times)))), there))
        elif there:
            return [], False
    if not spans:
        return [], False
    needed = [span.earliest for span, there in spans if there]
    earliest = max(needed) if needed else min(span.earliest for span, _ in spans)
    return [Option(None, None, (Interval(earliest, max(s.latest for s, _ in spans)),), cure=True)], sure


def _done(
    own: tuple[object, ...],
    instance: Instance,
    out: Outcome,
    substitutes: Substitutes,
    clause: Clause,
    doubts: frozenset[Doubt],
    lineage: frozenset[str],
) -> Occurrence | None:
    """The instance as a substitute that was done: in time, or cured by a substitute of its own.

    A state that came back after all is late, and not done.

    Whether that is certain is asked only of the worlds in which the instance was created.
    """
    alone = Outcome(
        breaches=out.breaches,
        breach_sure=out.breach_sure,
        missed=out.missed if clause.duty == "must_keep" else [],
        missed_surely=out.missed_surely,
        pieces=out.pieces,
    )
    cures, cured = _cures(clause, alone, substitutes)
    certain = _good(cures, out, cured=cured)
    options = [*out.fulfilled, *cures]
    loose = out.loose or any(run.done.loose for _, runs in substitutes for run in runs if run.done is not None)
    return _occurrence(
        "fulfilled",
        own,
        instance,
        options,
        certain=certain,
        doubts=(doubts or frozenset(out.doubts)) | out.late,
        lineage=lineage,
        loose=loose,
    )


# --- what is shown --------------------------------------------------------------------------------------


def _because(doubts: frozenset[Doubt]) -> tuple[Because, ...]:
    return tuple(Because(reason, incident) for reason, incident in sorted(doubts, key=lambda d: (d[1], d[0])))


def since_of(out: Outcome, statuses: frozenset[Status]) -> Interval | None:
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
        for effect in _SHOWN:
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
        text = f"{_too_little(clause)} {what} by {clock(out.due.latest, world.agreement.zone)}"
        found.append(Evidence(None, None, "omission", (), text, certain=len(statuses) == 1))
    return tuple(found)


def _too_little(clause: Clause) -> str:
    """What is missing: any report, or the number or amount of what there is."""
    if clause.reach is not None:
        return f"less than {plain_text(clause.reach)} reported of"
    if clause.at_least is not None:
        what = f"different {clause.at_least.distinct} among reports" if clause.at_least.distinct else "reports"
        return f"fewer than {clause.at_least.n} {what} of"
    return "no report of"
