"""What a clause depends on besides its pattern: a judged run comes in, its conditions with what decided them go out.

States with the events that switched them, exempting patterns and permissions, numbers and amounts asked for,
what powers did to the clause, and how the agreement's term runs: data first, each with a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator

from servanda.assessing import Assessed
from servanda.lifecycle import Act, Duty, Ground, Run, Switches
from servanda.lifecycle.patterns import Context, phrase, text
from servanda.lifecycle.wording import clock, span
from servanda.model.clauses import Clause
from servanda.model.moments import END, Interval

_MOST = 20
_KEYS = {  # how the fields of a clause are written in an agreement, where that differs
    "start": "from",
    "lasting": "until",
    "condition": "while",
    "reach": "quantity",
    "pattern": "what is owed",
    "keep": "must_keep",
}
Data = dict[str, object]


def conditions(assessed: Assessed, run: Run, clause: Clause, context: Context) -> Iterator[Data]:
    """Each condition of the clause, as data with a `text`."""
    ground = ground_of(assessed)
    yield from _amounts(clause)
    if clause.unless is not None:
        word = "released by" if clause.duty == "must" else "exempt"
        yield {"key": "unless", "text": f"{word}: {phrase(clause.unless, context)}"}
    yield from _states(assessed, run, clause, ground)
    for one in assessed.clauses:
        if one.duty == "may" and clause.name in one.shields:
            yield {"key": "may", "clause": one.name, "text": f"permitted by {one.name}: {phrase(one.pattern, context)}"}
    yield from _powers(assessed, clause, ground)
    for term in ground.terms:
        for act in term.by:
            end = "an open end" if term.end >= END else clock(term.end, assessed.agreement.zone)
            yield _done("extend", f"the term extended to {end}", act, assessed)


def ground_of(assessed: Assessed) -> Ground:
    """What the instances of an assessment stand on."""
    ground = Ground(assessed.clauses, assessed.world)
    ground.runs.update(assessed.runs)
    return ground


def _amounts(clause: Clause) -> Iterator[Data]:
    if clause.at_most is not None:
        window = f" in {clause.at_most.within.text}" if clause.at_most.within else ""
        yield {"key": "at_most", "text": f"at most {clause.at_most.n}{window}"}
    if clause.at_least is not None:
        what = f" of different {clause.at_least.distinct}" if clause.at_least.distinct else ""
        yield {"key": "at_least", "text": f"at least {clause.at_least.n}{what}"}
    if clause.reach is not None:
        yield {"key": "quantity", "text": f"a quantity of {text(clause.reach)} in all"}
    if clause.rate is not None:
        rate = clause.rate
        told = f"no more than {text(rate.exceeds)} times the baseline's rate, in {rate.within.text}"
        yield {"key": "rate", "text": told}


def _states(assessed: Assessed, run: Run, clause: Clause, ground: Ground) -> Iterator[Data]:
    condition = clause.condition
    if condition is not None:
        value = "on" if condition.on else "off"
        of = f" for its {condition.key}" if condition.key else ""
        yield {"key": "while", "text": f"only while {condition.state} is {value}{of}"}
        if condition.key is None:
            switches = assessed.world.states.of(assessed.agreement.states[condition.state])
            yield from _switched(condition.state, switches, assessed)
    if clause.keep is not None:
        bound = clause.bearers or run.instance.bearer
        others = tuple(one for one in bound if one not in run.instance.bearer)
        name = clause.keep.state.name if clause.keep.key is None else f"{clause.keep.state.name} of {clause.keep.key}"
        yield {
            "key": "must_keep",
            "text": f"{name} stays on, {'on' if clause.keep.state.initially else 'off'} at first",
        }
        yield from _switched(name, ground.kept(Duty(clause, run.instance.bearer, others)), assessed)


def _switched(name: str, switches: Switches, assessed: Assessed) -> Iterator[Data]:
    for one in switches.all[:_MOST]:
        value = "on" if one.on else "off"
        yield _done("switch", f"{name} switched {value}", one.act, assessed)


def _powers(assessed: Assessed, clause: Clause, ground: Ground) -> Iterator[Data]:
    done = ground.exercises
    words = {"suspend": "suspended", "resume": "resumed", "terminate": "terminated", "waive": "waived"}
    for kind, word in words.items():
        for act in getattr(done, kind).get(clause.name, ()):
            yield _done(kind, word, act, assessed)
    for act, changes in done.amend.get(clause.name, ()):
        keys = sorted({_KEYS.get(field, field) for field, value in changes.items() if value is not None})
        yield _done("amend", f"amended ({', '.join(keys)})", act, assessed)


def _done(key: str, what: str, act: Act, assessed: Assessed) -> Data:
    when = span(Interval(act.earliest, act.latest), assessed.agreement.zone)
    sure = "" if act.certain else "perhaps "
    reports = list(act.standing.reports)
    told = f"{sure}{what} by incident {act.incident}, {when} ({', '.join(reports)})"
    return {"key": key, "incident": act.incident, "certain": act.certain, "reports": reports, "text": told}
