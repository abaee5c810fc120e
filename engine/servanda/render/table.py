"""Assessments come in; a table that people like to read goes out, in colours where these are wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.table import Table

from servanda.lifecycle.wording import clock
from servanda.model.agreement import Agreement
from servanda.model.verdict import Assessment, Instance
from servanda.render.compare import Row, by_agreement, counted_of, derived, rows, title_of
from servanda.render.grid import MOST_ROWS, Column, caused, cell, cells, column, held, page, room, table, text, verdict
from servanda.render.words import cause_words, counts_words, people, plural, when_words, why_words


def table_text(assessments: Sequence[Assessment], agreements: Mapping[str, Agreement], *, colours: bool) -> str:
    """The tables of a run; several views of an agreement stand side by side, as many as fit."""

    def parts(width: int) -> Iterator[RenderableType]:
        for number, group in enumerate(by_agreement(assessments)):
            agreement = agreements[group[0].agreement]
            if number:
                yield text("")
            yield from _head(group, agreement)
            yield from _body(group, agreement, width)

    return page(parts, colours=colours)


def _head(group: Sequence[Assessment], agreement: Agreement) -> Iterator[RenderableType]:
    yield text(title_of(agreement), "bold")
    as_of, known_at = (clock(at, agreement.zone) for at in (group[0].as_of, group[0].known_at))
    view = f", view: {group[0].view}" if len(group) == 1 else ""
    yield text(f"as of {as_of}, known at {known_at} ({agreement.zone.key}){view}", "dim")


def _body(group: Sequence[Assessment], agreement: Agreement, width: int) -> Iterator[RenderableType]:
    if len(group) == 1:
        yield _single(group[0], agreement, width)
        more = len(group[0].instances) - MOST_ROWS
        last = [counts_words(group[0].summary)]
    else:
        found = rows(group, agreement)
        yield from _compared(group, found, agreement, width)
        more = len(found) - MOST_ROWS
        last = [f"{one.view}: {counts_words(one.summary)}" for one in group] + derived(group, agreement, found)
    if more > 0:
        yield text(f"... and {plural(more, 'more instance')}; --format csv has them all", "dim")
    for line in last:
        yield text(line)
    if counted := counted_of(group[0]):
        yield text(counted, "yellow")


def _single(assessment: Assessment, agreement: Agreement, width: int) -> Table:
    """One column for each thing; where that would break words, who below what, and when below why."""
    shown = assessment.instances[:MOST_ROWS]
    verdicts = column("verdict", [verdict(one) for one in shown])
    columns = [
        column("clause", [cell(one.clause, "bold") for one in shown]),
        column("bearer", [cell(people(one.bearer)) for one in shown]),
        column("trigger", [cell(cause_words(one, agreement.zone)) for one in shown]),
        verdicts,
        column("why", [cells(why_words(one)) for one in shown]),
        column("when", [cells(_when(one, agreement)) for one in shown]),
    ]
    if not any(one.trigger or one.period for one in shown):
        del columns[2]
    if sum(one.needs.word for one in columns) > room(len(columns), width):
        columns = [
            column("clause, bearer", [caused(one, agreement, bearer=True) for one in shown]),
            verdicts,
            column("why, when", [cells([*why_words(one), *_when(one, agreement)]) for one in shown]),
        ]
    return table(columns, [one.clause for one in shown], width)


def _when(one: Instance, agreement: Agreement) -> list[str]:
    return held(when_words(one, agreement.zone))


def _compared(group: Sequence[Assessment], found: Sequence[Row], agreement: Agreement, width: int) -> Iterator[Table]:
    """As many views side by side as fit, and further tables for the others."""
    shown = found[:MOST_ROWS]
    clauses = [row.first.clause for row in shown]
    lead = [
        column("clause", [caused(row.first, agreement) for row in shown]),
        column("bearer", [cell(people(row.first.bearer)) for row in shown]),
    ]
    taken: list[Column] = []
    for number, one in enumerate(group):
        own = column(one.view, [verdict(row.outcomes[number]) for row in shown])
        beside = [*lead, *taken, own]
        if taken and sum(_least(each, width) for each in beside) > room(len(beside), width):
            yield table([*lead, *taken], clauses, width)
            taken = []
        taken.append(own)
    yield table([*lead, *taken], clauses, width)


def _least(one: Column, width: int) -> int:
    """How wide a column must be beside others: words are broken only where they would take half of the table."""
    return max(one.needs.piece, min(one.needs.word, width // 2))
