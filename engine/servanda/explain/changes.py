"""What would change a verdict: a judged run comes in, the nearest reports that would turn it go out.

Each change is data: the report one would need to see (as a report file would have it, as far as it is
determined), what it would make possible, and a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator

from servanda.assessing import Assessed
from servanda.evidence import Standing
from servanda.lifecycle.patterns import Context, phrase, referred
from servanda.lifecycle.runs import Run
from servanda.lifecycle.wording import clock, opening
from servanda.model.clauses import Clause, EventTrigger
from servanda.model.moments import BEGINNING, END
from servanda.model.patterns import AnyOf, Is, Pattern, Ref, Test

Change = dict[str, object]


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
        if statuses != {"fulfilled"}:
            yield _act(assessed, run, clause, context, "fulfilled")
    elif "violated" not in statuses or len(statuses) > 1:
        yield _act(assessed, run, clause, context, "violated")
    elif clause.keep is not None and run.instance.cured is None:
        starts = clause.keep.state.starts
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
    wanted = phrase(clause.pattern, context)
    report: dict[str, object] = {"says": "asserts", **_fields(clause.pattern, context)}
    return {"report": report, "turns": turns, "text": f"a report of {wanted}{when}"}


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
        if evidence.incident is None or evidence.effect == "trigger" or not evidence.certain:
            continue
        for statement in assessed.known.incidents[evidence.incident]:
            if statement.id in evidence.reports and statement.says in ("asserts", "confirms"):
                report = {"says": "retracts", "of": statement.id, "claimant": statement.claimant}
                sentence = f"{statement.claimant} retracting {statement.id}, or somebody as credible denying it"
                yield {"report": report, "turns": "shaken", "text": sentence}
                break
