"""The derivation of one verdict: a judged run comes in, every comparison with its values goes out.

The data names rule, trigger, window, each test with what it found, each report with its source and
claimant, and what was set aside and by which tier: enough to check the verdict by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

from servanda.assessing import Assessed
from servanda.evidence import Alternative, Standing, Statement, stand
from servanda.explain.changes import changes
from servanda.explain.conditions import conditions, ground_of
from servanda.lifecycle import Duty, Touching
from servanda.lifecycle.acts import act_of
from servanda.lifecycle.patterns import Context, comparisons, phrase
from servanda.lifecycle.run import Option
from servanda.lifecycle.runs import Run
from servanda.lifecycle.wording import progress_words, span
from servanda.matching import make_matcher
from servanda.model.clauses import Clause, EventTrigger
from servanda.model.moments import END, Interval, rfc3339
from servanda.model.patterns import Pattern
from servanda.model.report import Amount
from servanda.model.verdict import Effect, Progress

MOST_INCIDENTS = 20
Data = dict[str, object]


def derive(assessed: Assessed, run: Run) -> Data:
    """Everything the verdict of a run rests on."""
    instance, world = run.instance, assessed.world
    clause = clause_of(assessed, run)
    context = context_of(run, clause)
    shown = [world.standings[name] for name in _incidents(run)]
    near = {one.incident: one for one in (*_near(assessed, clause), *_unheard(assessed, clause, context))}
    others = [s for name, s in sorted(near.items()) if s not in shown]
    return {
        "agreement": assessed.agreement.id,
        "clause": instance.clause,
        "text": clause.text,
        "cites": dict(clause.cites) if clause.cites else None,
        "bearer": list(instance.bearer),
        "toward": list(clause.toward),
        "period": instance.period and _time(Interval(instance.period.start, instance.period.until - 1)),
        "view": assessed.view.name,
        "as_of": rfc3339(assessed.assessment.as_of),
        "known_at": rfc3339(assessed.assessment.known_at),
        "status": instance.status,
        "possible": list(instance.possible) if instance.possible else None,
        "because": [{"reason": b.reason, "incident": b.incident} for b in instance.because],
        "approximate": instance.approximate,
        "rule": _rule(assessed, run, clause, context),
        "conditions": list(conditions(assessed, run, clause, context)),
        "trigger": _trigger(run),
        "requires": clause.requires,
        "progress": _progress(instance.progress),
        "omission": next((e.text for e in instance.evidence if e.text), None),
        "cured": instance.cured and {"at": _time(instance.cured.at), "delay": instance.cured.delay},
        "incidents": [_incident(assessed, run, clause, one) for one in shown[:MOST_INCIDENTS]],
        "not_counted": list(_spared(assessed, run, clause, others[:MOST_INCIDENTS])),
        "left_out": max(len(shown) - MOST_INCIDENTS, 0) + max(len(others) - MOST_INCIDENTS, 0),
        "would_change": list(changes(assessed, run, clause, context)),
    }


def clause_of(assessed: Assessed, run: Run) -> Clause:
    """The clause of a run, as the view reads it."""
    return next(c for top in assessed.clauses for c in top.with_otherwise() if c.name == run.instance.clause)


def context_of(run: Run, clause: Clause) -> Context:
    """What the references of the clause stand for in this run."""
    bearers = run.instance.bearer
    bound = clause.bearers or bearers
    others = bearers if clause.joint else tuple(b for b in bound if b not in bearers)
    option = run.cause.options[0] if run.cause is not None else Option(None, None, ())
    return Context(bearers, others, run.cause.violators if run.cause else (), option.alternative)


def _incidents(run: Run) -> Iterator[str]:
    """The incidents that count, in the order of the evidence."""
    yield from dict.fromkeys(e.incident for e in run.instance.evidence if e.incident is not None)


def _rule(assessed: Assessed, run: Run, clause: Clause, context: Context) -> Data:
    out = run.outcome
    return {
        "duty": clause.duty,
        "pattern": f"{clause.keep.state.name} on" if clause.keep is not None else phrase(clause.pattern, context),
        "opens": _time(out.opened) if out else None,
        "closes": _time(out.closed) if out else None,
        "due": _time(run.instance.due),
        "grace": (clause.grace or assessed.agreement.grace).text,
        "line": clause.place.line,
    }


def _trigger(run: Run) -> Data | None:
    if run.cause is None:
        return None
    ref = run.cause.ref
    times = [time for option in run.cause.options for time in option.times]
    hull = Interval(min(t.earliest for t in times), max(t.latest for t in times))
    return {
        "kind": ref.kind,
        "clause": ref.clause,
        "bearer": list(ref.bearer),
        "incident": ref.incident,
        "time": _time(hull),
        "certain": run.cause.certain,
    }


def _incident(assessed: Assessed, run: Run, clause: Clause, standing: Standing) -> Data:
    context = context_of(run, clause)
    out = run.outcome
    window = None
    if out is not None and out.opened is not None and out.closed is not None:
        window = Interval(out.opened.earliest, out.closed.latest)
    effects = [e.effect for e in run.instance.evidence if e.incident == standing.incident]
    patterns = _patterns(assessed, clause, effects)
    if effects == ["trigger"]:  # held against what triggers the clause, before there was any window
        window = None
    return {
        "incident": standing.incident,
        "standing": standing.name,
        "effects": effects,
        "nothing_happened": sorted(standing.nothing),
        "alternatives": [
            {
                "says": _body(one),
                "time": _time(one.time),
                "time_words": span(one.time, assessed.agreement.zone),
                "in_window": _within(one.time, window),
                "reports": list(one.reports),
                "tests": [
                    {"field": c.field, "asked": c.asked, "found": c.found, "answer": c.truth}
                    for pattern in patterns
                    for c in comparisons(pattern, one, context, assessed.agreement)
                ],
            }
            for one in standing.alternatives
        ],
        "reports": [_report(one) for one in _statements(assessed, standing)],
        "set_aside": [{"report": one.report, "tier": one.tier + 1} for one in standing.set_aside],
    }


def _spared(assessed: Assessed, run: Run, clause: Clause, others: Sequence[Standing]) -> Iterator[Data]:
    """The incidents that do not count, each alternative with what spares it."""
    ground, context = ground_of(assessed), context_of(run, clause)
    regime = ground.regime(Duty(clause, context.bearers, context.others), ground.terms[-1])
    for standing in others:
        data = _incident(assessed, run, clause, standing)
        told = [regime.spares(one, standing.incident, context) for one in standing.alternatives]
        ways = cast("list[Data]", data["alternatives"])
        yield {**data, "alternatives": [way | {"spared": why} for way, why in zip(ways, told, strict=True)]}


def _patterns(assessed: Assessed, clause: Clause, effects: list[Effect]) -> list[Pattern]:
    """What an incident with these effects was held against."""
    found: list[Pattern] = []
    if effects == ["trigger"]:
        found += [trigger.pattern for trigger in clause.when if isinstance(trigger, EventTrigger)]
    if "release" in effects and clause.unless is not None:
        found.append(clause.unless)
    if {"termination", "waiver"}.intersection(effects):
        named = (one for one in assessed.clauses if one.effect is not None and clause.name in one.effect.clauses)
        found += [one.pattern for one in named if one.effect and one.effect.kind in ("terminate", "waive")]
    if "cure" in effects and clause.keep is not None:
        found.append(clause.keep.state.starts)
    return found or [clause.pattern]


def _near(assessed: Assessed, clause: Clause) -> Iterator[Standing]:
    """The incidents that are what the clause asks for by act and actor, whatever they are else."""
    touching = Touching(assessed.clauses, assessed.agreement)  # all, as one may amend what another asks for
    matcher = make_matcher(touching.facts, assessed.agreement.wholes, "plain")
    roles = {(clause.name, role) for role in (("starts", "stops") if clause.keep is not None else ("duty",))}
    yield from (one for one in assessed.standings.values() if not roles.isdisjoint(touching.near(one, matcher)))
    matcher.close()


def _unheard(assessed: Assessed, clause: Clause, context: Context) -> Iterator[Standing]:
    """The incidents that would count if the view listened to everybody: refuted, or told by a tier below."""
    agreement = assessed.agreement
    everybody = replace(agreement.views["neutral"], corroboration=1)
    for incident, standing in assessed.standings.items():
        if standing.alternatives and not standing.set_aside:
            continue
        heard = stand(incident, assessed.known.incidents[incident], assessed.known.depth, everybody, agreement)
        if heard is not None and act_of(heard, [(clause.pattern, context)], agreement, END) is not None:
            yield standing


def _within(time: Interval, window: Interval | None) -> str | None:
    if window is None:
        return None
    if time.within(window):
        return "yes"
    return "maybe" if time.meets(window) else "no"


def _statements(assessed: Assessed, standing: Standing) -> list[Statement]:
    return list(assessed.known.incidents[standing.incident])


def _report(one: Statement) -> Data:
    return {
        "id": one.id,
        "source": one.source,
        "claimant": one.claimant,
        "reported": rfc3339(one.reported),
        "says": one.says,
        "of": one.of,
        "line": one.line,
    }


def _body(one: Alternative) -> Data:
    core = one.core
    said: Data = {
        "act": core.act,
        "actor": list(core.actor) if core.actor else None,
        "target": list(core.target) if core.target else None,
        "object": core.object,
        "place": core.place,
        "quantity": _amount(one.quantity),
    }
    return {name: value for name, value in said.items() if value is not None}


def _amount(amount: Amount | None) -> object:
    if amount is None:
        return None
    return amount.low if amount.low == amount.high else {"low": amount.low, "high": amount.high}


def _progress(progress: Progress | None) -> Data | None:
    if progress is None:
        return None
    done = {"low": progress.low, "high": progress.high}
    return {"done": done, "of": progress.of, "text": progress_words(progress)}


def _time(time: Interval | None) -> Data | None:
    return None if time is None else {"earliest": rfc3339(time.earliest), "latest": rfc3339(time.latest)}
