"""Instances from columns: an assessment in columns comes in; its instances go out, in their order, as from any engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import merge
from typing import NamedTuple

from servanda.assessing import in_order
from servanda.columnar.assessing import InColumns
from servanda.columnar.replies import Asked
from servanda.columnar.shapes import link_of, shape_of
from servanda.evidence import Alternative, Core
from servanda.lifecycle import Context, Run, clock, delay_between, phrase
from servanda.model.clauses import Clause, Status
from servanda.model.moments import Interval
from servanda.model.verdict import Assessment, Cured, Evidence, Instance, TriggerRef

Row = tuple[str, str, str, int, int, int, str, str, str, int]


def assessment_of(judged: InColumns, found: tuple[Instance, ...] | None = None) -> Assessment:
    """The whole assessment, or with other instances in the place of its own."""
    return Assessment(
        judged.agreement.id,
        *judged.times,
        judged.view.name,
        "columnar",
        tuple(instances(judged)) if found is None else found,
        judged.diagnostics,
        *judged.counts,
    )


class Judged(NamedTuple):
    """A clause with its runs, and with its duties that are, in part, in columns: none where it was judged as ever."""

    clause: Clause
    runs: Sequence[Run]
    in_columns: Sequence[Asked]

    def of(self, asked: Asked) -> list[Run]:
        """The runs of one of the duties."""
        return [run for run in self.runs if run.instance.bearer == asked.duty.bearers]


def by_clause(judged: InColumns) -> Iterator[Judged]:
    """Every clause as written, each followed by its substitutes; runs are in order."""
    asked: dict[str, list[Asked]] = {}
    for one in judged.duties:
        asked.setdefault(one.duty.clause.name, []).append(one)
    for top in judged.clauses:
        for clause in top.with_otherwise():
            runs = sorted(judged.runs.get(clause.name, ()), key=in_order)
            yield Judged(clause, runs, asked.get(clause.name, ()))


def statuses(judged: InColumns, wanted: Callable[[str], bool]) -> list[frozenset[Status]]:
    """The statuses that the instances of the clauses that are wanted may have, each set at least once."""
    there = [one for one in by_clause(judged) if wanted(one.clause.name)]
    found = dict.fromkeys(run.instance.statuses for one in there for run in one.runs)
    numbers = {asked.number for one in there for asked in one.in_columns}
    met = judged.lines.connection.execute("select distinct duty, status from met").fetchall()
    return [*found, *dict.fromkeys(frozenset((status,)) for duty, status in met if duty in numbers)]


def instances(judged: InColumns) -> Iterator[Instance]:
    """Every instance: by clause as written, bearer, trigger time, period."""
    breaches = _breaches(judged)
    for one in by_clause(judged):
        if not one.in_columns:
            yield from (run.instance for run in one.runs)
        for asked in one.in_columns:
            if shape_of(one.clause) == "deadline":
                yield from _with_met(one.of(asked), asked, judged)
            else:
                yield from (_with_breaches(run, breaches.get(asked.number, ())) for run in one.of(asked))


def _breaches(judged: InColumns) -> dict[int, list[tuple[int, str, str]]]:
    """The breaches in columns of each duty: when, in which incident, by which report."""
    query = "select duty, first, incident, id from breach order by duty, first, incident"
    found: dict[int, list[tuple[int, str, str]]] = {}
    for duty, *rest in judged.lines.connection.execute(query).fetchall():
        found.setdefault(duty, []).append(tuple(rest))
    return found


def with_all_breaches(run: Run, asked: Asked, judged: InColumns) -> Instance:
    """The instance of a prohibition, with its breaches that are in columns among its evidence."""
    query = "select first, incident, id from breach where duty = ? order by first, incident"
    return _with_breaches(run, judged.lines.connection.execute(query, [asked.number]).fetchall())


def _with_breaches(run: Run, found: Sequence[tuple[int, str, str]]) -> Instance:
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
        select id, incident, key, moment, opens, due, status, act_id, act, act_moment from met where duty = ?
        order by moment, '(''event'', ''' || incident || ''')'
    """
    found = judged.lines.connection.execute(query, [asked.number]).fetchall()
    if not found:
        yield from (run.instance for run in runs)
        return
    met = ((row[3], repr(("event", row[1])), _instance(row, asked, judged)) for row in found)
    told = ((in_order(run)[1], in_order(run)[3], run.instance) for run in not_dormant(runs))
    yield from (instance for *_, instance in merge(met, told, key=lambda one: one[:2]))


def not_dormant(runs: Sequence[Run]) -> list[Run]:
    """The runs that do more than stand in for a clause that nothing has set off."""
    return [run for run in runs if run.instance.statuses != {"dormant"}]


def _instance(row: Row, asked: Asked, judged: InColumns) -> Instance:
    id_, incident, key, _, opens, due, status, act_id, act, act_moment = row
    duty, zone = asked.duty, judged.agreement.zone
    deadline = Interval(due, due)
    evidence = [Evidence(incident, "established", "trigger", (id_,))]
    since, cured = deadline, None
    if status == "pending":
        since = Interval(opens, opens)
    elif status == "fulfilled":
        since = Interval(act_moment, act_moment)
        evidence.append(Evidence(act, "established", "fulfilment", (act_id,)))
    else:
        if act is not None:
            late = Interval(act_moment, act_moment)
            cured = Cured(late, delay_between(deadline, late, zone))
            evidence.append(Evidence(act, "established", "cure", (act_id,)))
        what = phrase(duty.clause.pattern, Context(duty.bearers, (), (), _trigger(duty.clause, key)))
        known = clock(judged.times[1], zone)
        words = f"no report of {what} by {clock(due, zone)}, as known at {known}"
        evidence.append(Evidence(None, None, "omission", (), words))
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
