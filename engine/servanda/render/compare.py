"""Assessments of one agreement under several views come in; rows to set side by side and derived facts go out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from servanda.model.agreement import Agreement
from servanda.model.verdict import Assessment, Instance
from servanda.render.words import cause_words, people


class Row(NamedTuple):
    """One instance with what each view makes of it; None where it does not exist in a view."""

    first: Instance
    outcomes: tuple[Instance | None, ...]


def by_agreement(assessments: Sequence[Assessment]) -> Iterator[list[Assessment]]:
    """The assessments of one agreement after those of the other."""
    for _, group in groupby(assessments, key=lambda one: one.agreement):
        yield list(group)


def rows(assessments: Sequence[Assessment], agreement: Agreement) -> list[Row]:
    """Every instance of any view once, clause by clause as written."""
    tables = [{instance.key: instance for instance in one.instances} for one in assessments]
    keys = dict.fromkeys(key for table in tables for key in table)
    found = []
    for key in keys:
        outcomes = tuple(table.get(key) for table in tables)
        found.append(Row(next(one for one in outcomes if one is not None), outcomes))
    order = _clause_order(agreement)
    return sorted(found, key=lambda row: order.get(row.first.clause, len(order)))


def _clause_order(agreement: Agreement) -> dict[str, int]:
    names = [
        part.name
        for clause in agreement.clauses
        for version in (clause, *clause.readings.values())
        for part in version.with_otherwise()
    ]
    return {name: at for at, name in enumerate(dict.fromkeys(names))}


def derived(assessments: Sequence[Assessment], agreement: Agreement, table: Sequence[Row]) -> list[str]:
    """What is violated in every account, and what only in the account of one, where all accounts are there.

    `only` is said where nobody else's account leaves a violation even possible.
    """
    accounts = {view.name: view.account_of for view in agreement.views.values() if view.account_of is not None}
    at = {accounts[one.view]: n for n, one in enumerate(assessments) if one.view in accounts}
    if not 1 < len(at) == len(accounts):
        return []
    facts = []
    for row in table:
        told = {party: row.outcomes[n] for party, n in at.items()}
        violated = [party for party, one in told.items() if one is not None and one.status == "violated"]
        possible = [party for party, one in told.items() if one is not None and "violated" in one.statuses]
        if len(violated) == len(at):
            facts.append(f"violated in every account: {name_of(row.first, agreement)}")
        elif len(violated) == 1 and possible == violated:
            facts.append(f"violated only in {violated[0]}'s account: {name_of(row.first, agreement)}")
    return facts


def name_of(instance: Instance, agreement: Agreement) -> str:
    """An instance in one phrase."""
    cause = cause_words(instance, agreement.zone)
    word = "in" if instance.period else "after"
    return f"{instance.clause}/{people(instance.bearer)}" + (f" {word} {cause}" if cause else "")


def title_of(agreement: Agreement) -> str:
    """An agreement in one phrase."""
    return agreement.title if agreement.title == agreement.id else f"{agreement.title} ({agreement.id})"


def counted_of(assessment: Assessment) -> str:
    """How many report lines took no part; empty where all did."""
    parts = [
        f"{count} {word}"
        for count, word in ((assessment.rejected, "rejected"), (assessment.set_aside, "set aside"))
        if count
    ]
    return f"report lines: {', '.join(parts)}" if parts else ""
