"""Instances from columns: an assessment in columns comes in; its instances go out, in their order, as from any engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import merge

from servanda.assessing import in_order
from servanda.columnar.assessing import InColumns
from servanda.columnar.replies import Asked
from servanda.columnar.shapes import link_of, shape_of
from servanda.evidence import Alternative, Core
from servanda.lifecycle import Context, Run, clock, delay_between, phrase
from servanda.model.clauses import Clause
from servanda.model.moments import Interval
from servanda.model.verdict import Assessment, Cured, Evidence, Instance, TriggerRef

Row = tuple[str, str, str, int, int, int, str, str, str, int]


def assessment_of(judged: InColumns) -> Assessment:
    """The whole assessment."""
    return Assessment(
        judged.agreement.id,
        *judged.times,
        judged.view.name,
        "columnar",
        tuple(instances(judged)),
        judged.diagnostics,
        *judged.counts,
    )


def instances(judged: InColumns) -> Iterator[Instance]:
    """Every instance: by clause as written, bearer, trigger time, period."""
    by_clause: dict[str, list[Asked]] = {}
    for one in judged.duties:
        by_clause.setdefault(one.duty.clause.name, []).append(one)
    for top in judged.clauses:
        for clause in top.with_otherwise():
            runs = sorted(judged.runs.get(clause.name, ()), key=in_order)
            if clause.name not in by_clause:
                yield from (run.instance for run in runs)
                continue
            for one in by_clause[clause.name]:
                own = [run for run in runs if run.instance.bearer == one.duty.bearers]
                if shape_of(clause) == "deadline":
                    yield from _with_met(own, one, judged)
                else:
                    yield from (with_breaches(run, one, judged) for run in own)


def with_breaches(run: Run, asked: Asked, judged: InColumns) -> Instance:
    """The instance of a prohibition, with its breaches that are in columns among its evidence."""
    query = "select first, incident, id from breach where duty = ? order by first, incident"
    found = judged.lines.connection.execute(query, [asked.number]).fetchall()
    if not found:
        return run.instance
    acts = run.outcome.acts if run.outcome is not None else {}
    there = {one.incident for one in run.instance.evidence}
    told = [((acts[str(one.incident)].earliest, str(one.incident)), one) for one in run.instance.evidence]
    more = [
        ((first, incident), Evidence(incident, "established", "breach", (id_,)))
        for first, incident, id_ in found
        if incident not in there
    ]
    evidence = tuple(one for _, one in merge(told, more, key=lambda pair: pair[0]))
    return replace(run.instance, evidence=evidence)


def _with_met(runs: Sequence[Run], asked: Asked, judged: InColumns) -> Iterator[Instance]:
    """The instances of a deadline, those in columns among those that the general rules judged."""
    query = """
        select id, incident, key, moment, opens, due, status, act_id, act, act_at from met where duty = ?
        order by moment, '(''event'', ''' || incident || ''')'
    """
    found = judged.lines.connection.execute(query, [asked.number]).fetchall()
    if not found:
        yield from (run.instance for run in runs)
        return
    met = ((row[3], repr(("event", row[1])), _instance(row, asked, judged)) for row in found)
    told = (
        (in_order(run)[1], in_order(run)[3], run.instance) for run in runs if run.instance.statuses != {"dormant"}
    )
    yield from (instance for *_, instance in merge(met, told, key=lambda one: one[:2]))


def _instance(row: Row, asked: Asked, judged: InColumns) -> Instance:
    id_, incident, key, at, opens, due, status, act_id, act, act_at = row
    duty, zone = asked.duty, judged.agreement.zone
    deadline = Interval(due, due)
    evidence = [Evidence(incident, "established", "trigger", (id_,))]
    since, cured = deadline, None
    if status == "pending":
        since = Interval(opens, opens)
    elif status == "fulfilled":
        since = Interval(act_at, act_at)
        evidence.append(Evidence(act, "established", "fulfilment", (act_id,)))
    else:
        if act is not None:
            late = Interval(act_at, act_at)
            cured = Cured(late, delay_between(deadline, late, zone))
            evidence.append(Evidence(act, "established", "cure", (act_id,)))
        what = phrase(duty.clause.pattern, Context(duty.bearers, (), (), _trigger(duty.clause, key)))
        known = clock(judged.times[1], zone)
        text = f"no report of {what} by {clock(due, zone)}, as known at {known}"
        evidence.append(Evidence(None, None, "omission", (), text))
    return Instance(
        duty.clause.name,
        duty.bearers,
        TriggerRef("event", incident),
        frozenset((status,)),  # type: ignore[arg-type]
        (),
        deadline,
        since,
        cured,
        None,
        tuple(evidence),
        ("event", incident),
    )


def _trigger(clause: Clause, key: str) -> Alternative | None:
    """The trigger, as far as a pattern refers to it."""
    link = link_of(clause)
    if link is None:
        return None
    value = (key,) if link.trigger in ("actor", "target") else key
    told: Mapping[str, object] = dict.fromkeys(Core._fields) | {link.trigger: value}
    return Alternative(Core(**told), Interval(0, 0), None, {}, (), 0)  # type: ignore[arg-type]
