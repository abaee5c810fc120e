"""What a clause requires: the runs of another clause come in, when that is fulfilled goes out."""

from __future__ import annotations

from collections.abc import Sequence

from servanda.lifecycle.acts import Doubt
from servanda.lifecycle.run import Requirement
from servanda.lifecycle.runs import Run
from servanda.lifecycle.triggers import Runs
from servanda.model.clauses import Clause
from servanda.model.moments import END, Interval


def requirement(clause: Clause, others: Runs) -> Requirement | None:
    """When what the clause requires is fulfilled: when every bearer of it has fulfilled it."""
    if clause.requires is None:
        return None
    by_bearer: dict[tuple[str, ...], list[Run]] = {}
    for run in others(clause.requires):
        by_bearer.setdefault(run.instance.bearer, []).append(run)
    parts = [_fulfilled_when(runs) for runs in by_bearer.values()]
    return Requirement(
        bool(parts) and all(part.possible for part in parts),
        max((part.earliest for part in parts), default=END),
        max((part.latest for part in parts), default=END),
        not parts or any(part.never for part in parts),
        frozenset(doubt for part in parts for doubt in part.doubts),
        frozenset(name for part in parts for name in part.lineage),
        any(part.loose for part in parts),
    )


def _fulfilled_when(runs: Sequence[Run]) -> Requirement:
    """When the first of one bearer's instances is fulfilled; a cure counts from just after it."""
    spans: list[Interval] = []
    certain: list[int] = []
    doubts: set[Doubt] = set()
    lineage: set[str] = set()
    for run in runs:
        if run.fulfilment is None:
            continue
        doubts |= run.fulfilment.doubts
        lineage |= run.fulfilment.lineage
        times = [Interval(t.earliest + o.cure, t.latest + o.cure) for o in run.fulfilment.options for t in o.times]
        span = Interval(min(t.earliest for t in times), max(t.latest for t in times))
        spans.append(span)
        if run.fulfilment.certain:
            certain.append(span.latest)
    if not spans:
        return Requirement(possible=False, earliest=END, latest=END, never=True, doubts=frozenset())
    latest = min(certain) if certain else max(span.latest for span in spans)
    return Requirement(
        possible=True,
        earliest=min(span.earliest for span in spans),
        latest=latest,
        never=not certain,
        doubts=frozenset(doubts),
        lineage=frozenset(lineage),
        loose=any(run.fulfilment.loose for run in runs if run.fulfilment is not None),
    )
