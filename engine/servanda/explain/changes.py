"""What would change a verdict: a judged run comes in, the nearest reports that would turn it go out.

Each change is data: the report one would need to see (as a report file would have it, as far as it is
determined), what it would make possible, and a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from servanda.assessing import Assessed
from servanda.evidence import Standing
from servanda.lifecycle.patterns import Context, phrase, plain_text, referred
from servanda.lifecycle.runs import Run
from servanda.lifecycle.wording import clock, opening
from servanda.model.clauses import Clause, EventTrigger
from servanda.model.moments import BEGINNING, END
from servanda.model.patterns import AnyOf, Is, Pattern, Ref, Test
from servanda.model.verdict import Evidence

Change = dict[str, object]

_PAST_TURNING = frozenset(("dormant", "ended", "waived"))  # no act of the bearer makes another status of these


def changes(assessed: Assessed, run: Run, clause: Clause, context: Context) -> Iterator[Change]:
    """The nearest reports that would turn the verdict, most telling first."""
    statuses = run.instance.statuses
    if statuses == {"dormant"}:
        yield from _would_trigger(clause, context)
        return
    yield from _would_settle(assessed, run)
    if statuses <= {"ended", "waived"}:  # nothing that happens later changes that
        yield from _would_undo(assessed, run)
        return
    if statuses == {"suspended"}:
        if clause.condition is not None:
            state = assessed.agreement.states[clause.condition.state]
            back = state.starts if clause.condition.on else state.stops
            report = {"says": "asserts", **_fields(back, context)}
            yield {"report": report, "turns": "in force again", "text": f"a report of {phrase(back, context)}"}
        return
    if clause.duty == "must":
        if statuses - {"fulfilled", *_PAST_TURNING}:
            yield _act(assessed, run, clause, context, "fulfilled")
    elif statuses - {"violated", "unenforceable", *_PAST_TURNING}:
        yield _act(assessed, run, clause, context, "violated")
    elif clause.keep is not None and statuses == {"violated"} and run.instance.cured is None:
        starts = _keyed(clause.keep.state.starts, clause)
        report = {"says": "asserts", **_fields(starts, context)}
        yield {"report": report, "turns": "cured", "text": f"a report of {phrase(starts, context)} after that"}
    if len(statuses) == 1:
        yield from _would_undo(assessed, run)


def _act(assessed: Assessed, run: Run, clause: Clause, context: Context, turns: str) -> Change:
    """The act itself, reported within the window."""
    zone, out = assessed.agreement.zone, run.outcome
    opened = out.opened.latest if out and out.opened else BEGINNING
    closed = out.closed.earliest if out and out.closed else END
    when = ""
    if closed < END:
        when = f" with `occurred` on or before {clock(closed, zone)}"
        if clause.on is not None or clause.start is not None or run.instance.period is not None:
            when += f", and not before {opening(opened, zone)}"
    elif opened > BEGINNING:
        when = f" with `occurred` on or after {opening(opened, zone)}"
    pattern = _keyed(clause.pattern, clause)
    report: dict[str, object] = {"says": "asserts", **_fields(pattern, context)}
    if clause.reach is not None:
        report["quantity"] = _missing(run, clause.reach)
    amount = _amount(clause)
    words = (
        f"reports of {phrase(pattern, context)}{when}, {amount}"
        if amount
        else f"a report of {phrase(pattern, context)}{when}"
    )
    return {"report": report, "turns": turns, "text": words}


def _keyed(pattern: Pattern, clause: Clause) -> Pattern:
    """What switches the state of a `must_keep`: of a keyed one, at the value that the clause looks at."""
    keep = clause.keep
    if keep is None or keep.state.key is None or keep.key is None:
        return pattern
    others = tuple((name, test) for name, test in pattern.tests if name != keep.state.key)
    return replace(pattern, tests=(*others, (keep.state.key, Is(keep.key))))


def _missing(run: Run, reach: float) -> float:
    """How much one report would have to add; of what was done after the deadline nothing counts."""
    progress = run.instance.progress
    late = run.instance.statuses & {"violated", "overdue", "unenforceable"}
    return reach if progress is None or late or progress.low >= reach else reach - progress.low


def _amount(clause: Clause) -> str:
    """How much of the act it takes, in words; empty where one is enough."""
    if clause.reach is not None:
        return f"{plain_text(clause.reach)} in all"
    if clause.at_least is not None:
        different = f" with different {clause.at_least.distinct}" if clause.at_least.distinct else ""
        return f"{clause.at_least.n} in all{different}"
    if clause.at_most is not None:
        inside = f" within {clause.at_most.within.text}" if clause.at_most.within else ""
        return f"more than {clause.at_most.n}{inside}"
    if clause.rate is not None:
        return f"more than {plain_text(clause.rate.exceeds)} times the rate of the baseline"
    return ""


def _fields(pattern: Pattern, context: Context) -> dict[str, object]:
    """The event body that a pattern asks for, where it asks for one value."""
    found: dict[str, object] = {}
    for name, test in pattern.tests:
        value = _value(test, context)
        if value is not None:
            found[name] = value
    return found


def _value(test: Test, context: Context) -> object:
    if isinstance(test, Is):
        return test.value
    if isinstance(test, AnyOf):
        return _value(test.tests[0], context)
    if isinstance(test, Ref):
        values = referred(test, context) or ()
        if test.name == "all":
            return list(values)
        return values[0] if values else None
    return None


def _would_trigger(clause: Clause, context: Context) -> Iterator[Change]:
    for trigger in clause.when:
        if isinstance(trigger, EventTrigger):
            wanted = phrase(trigger.pattern, context)
            report = {"says": "asserts", **_fields(trigger.pattern, context)}
            yield {"report": report, "turns": "triggered", "text": f"a report of {wanted}"}
        else:
            yield {"report": None, "turns": "triggered", "text": f"clause {trigger.clause} being {trigger.status}"}


def _would_settle(assessed: Assessed, run: Run) -> Iterator[Change]:
    """For each open incident, what would close it."""
    for one in run.instance.because:
        standing = assessed.standings.get(one.incident)
        if standing is None:
            continue
        yield from _settle(assessed, one.reason, standing)


def _settle(assessed: Assessed, reason: str, standing: Standing) -> Iterator[Change]:
    incident = standing.incident
    if reason == "contested":
        for statement in assessed.known.incidents[incident]:
            if statement.says == "denies" and statement.id in standing.reports:
                report = {"says": "retracts", "of": statement.id, "claimant": statement.claimant}
                sentence = f"{statement.claimant} retracting its denial {statement.id} of incident {incident}"
                yield {"report": report, "turns": "settled", "text": sentence}
        if len(standing.alternatives) > 1:
            sentence = f"the claimants agreeing on what happened in incident {incident}: corrections or retractions of {', '.join(standing.reports)}"
            yield {"report": None, "turns": "settled", "text": sentence}
    elif reason == "uncorroborated":
        first = standing.alternatives[0].reports[0] if standing.alternatives else incident
        threshold = assessed.view.corroboration or assessed.agreement.corroboration
        sentence = f"another independent claimant confirming {first} ({threshold} are asked for)"
        yield {"report": {"says": "confirms", "of": first}, "turns": "settled", "text": sentence}
    elif reason == "time_uncertain":
        sentence = f"a report that says more closely when incident {incident} happened"
        yield {"report": {"says": "asserts", "incident": incident}, "turns": "settled", "text": sentence}
    elif reason == "quantity_uncertain":
        sentence = f"a report that says more closely how much it was in incident {incident}"
        yield {"report": {"says": "asserts", "incident": incident}, "turns": "settled", "text": sentence}
    else:
        sentence = f"a report on incident {incident} that says what is left out"
        yield {"report": {"says": "asserts", "incident": incident}, "turns": "settled", "text": sentence}


def _would_undo(assessed: Assessed, run: Run) -> Iterator[Change]:
    """What a definite verdict rests on, and whose retraction or denial would shake it."""
    for evidence in run.instance.evidence:
        if evidence.incident is None or not evidence.certain or not _decides(run, evidence):
            continue
        told = [
            one
            for one in assessed.known.incidents[evidence.incident]
            if one.id in evidence.reports and one.says in ("asserts", "confirms")
        ]
        if len(told) == 1:
            report = {"says": "retracts", "of": told[0].id, "claimant": told[0].claimant}
            sentence = f"{told[0].claimant} retracting {told[0].id}, or somebody as credible denying it"
            yield {"report": report, "turns": "shaken", "text": sentence}
        elif told:  # the others would still say so
            report = {"says": "denies", "of": evidence.incident}
            sentence = f"somebody as credible denying incident {evidence.incident}"
            yield {"report": report, "turns": "shaken", "text": sentence}


def _decides(run: Run, evidence: Evidence) -> bool:
    """Whether the verdict rests on the incident: not what created the instance, nor what did not suffice."""
    if evidence.effect == "counted":
        return run.instance.statuses == {"violated"}
    if evidence.effect == "fulfilment":
        return run.instance.statuses == {"fulfilled"} or run.instance.cured is not None
    return evidence.effect != "trigger"
