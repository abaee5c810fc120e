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


class Row(NamedTuple):
    """An instance in columns, as it stands in the table `met`."""

    id: str
    incident: str
    key: str
    moment: int
    opens: int
    due: int
    status: Status
    act_id: str | None
    act: str | None
    act_moment: int | None


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
    breaches, met = _breaches(judged), met_of(judged)
    for one in by_clause(judged):
        if not one.in_columns:
            yield from (run.instance for run in one.runs)
        for asked in one.in_columns:
            if shape_of(one.clause) == "deadline":
                yield from with_met(one.of(asked), met.get(asked.number, ()), asked, judged)
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


def met_of(judged: InColumns, most: int | None = None) -> dict[int, list[Row]]:
    """The instances in columns of each deadline, by trigger time; only of those that have no more than so many."""
    few = "" if most is None else f"where duty in (select duty from met group by duty having count(*) <= {most})"
    query = f"""
        select duty, id, incident, key, moment, opens, due, status, act_id, act, act_moment from met {few}
        order by duty, moment, '(''event'', ''' || incident || ''')'
    """
    found: dict[int, list[Row]] = {}
    for duty, *row in judged.lines.connection.execute(query).fetchall():
        found.setdefault(duty, []).append(Row(*row))
    return found


def with_met(runs: Sequence[Run], rows: Sequence[Row], asked: Asked, judged: InColumns) -> Iterator[Instance]:
    """The instances of a deadline, those in columns among those that the general rules judged."""
    met = ((row.moment, repr(("event", row.incident)), _instance(row, asked, judged)) for row in rows)
    told = ((in_order(run)[1], in_order(run)[3], run.instance) for run in runs)
    yield from (instance for *_, instance in merge(met, told, key=lambda one: one[:2]))


def _instance(row: Row, asked: Asked, judged: InColumns) -> Instance:
    duty, zone = asked.duty, judged.agreement.zone
    deadline = Interval(row.due, row.due)
    evidence = [Evidence(row.incident, "established", "trigger", (row.id,))]
    since, cured = deadline, None
    served = None if row.act_moment is None else Interval(row.act_moment, row.act_moment)
    reports = () if row.act_id is None else (row.act_id,)
    if row.status == "pending":
        since = Interval(row.opens, row.opens)
    elif row.status == "fulfilled" and served is not None:
        since = served
        evidence.append(Evidence(row.act, "established", "fulfilment", reports))
    else:
        if served is not None:
            cured = Cured(served, delay_between(deadline, served, zone))
            evidence.append(Evidence(row.act, "established", "cure", reports))
        what = phrase(duty.clause.pattern, Context(duty.bearers, (), (), _trigger(duty.clause, row.key)))
        known = clock(judged.times[1], zone)
        words = f"no report of {what} by {clock(row.due, zone)}, as known at {known}"
        evidence.append(Evidence(None, None, "omission", (), words))
    return Instance(
        duty.clause.name,
        duty.bearers,
        TriggerRef("event", row.incident),
        frozenset((row.status,)),
        (),
        deadline,
        since,
        cured,
        None,
        tuple(evidence),
        ("event", row.incident),
    )


def _trigger(clause: Clause, key: str) -> Alternative | None:
    """The trigger, as far as a pattern refers to it."""
    link = link_of(clause)
    if link is None:
        return None
    value = (key,) if link.trigger in ("actor", "target") else key
    told: Mapping[str, object] = dict.fromkeys(Core._fields) | {link.trigger: value}
    return Alternative(Core(**told), Interval(0, 0), None, {}, (), 0)  # type: ignore[arg-type]
