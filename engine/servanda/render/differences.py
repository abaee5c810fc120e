"""Differences between assessments come in; the plain data and the tables that show them go out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from rich.console import RenderableType
from rich.table import Table

from servanda.explain.differences import Difference
from servanda.lifecycle.wording import clock, span
from servanda.model.agreement import Agreement
from servanda.model.moments import rfc3339
from servanda.model.verdict import Assessment, Instance
from servanda.render.compare import counted_of, title_of
from servanda.render.data import Data, diagnostic_data, instance_data
from servanda.render.grid import MOST_ROWS, caused, cell, cells, column, held, page, room, table, text, verdict
from servanda.render.words import people, plural, why_words

Compared = Sequence[tuple[Assessment, Sequence[Difference]]]  # the assessment after, with what is other than before
_WHICH = ("clause", "bearer", "trigger", "period")
_WHAT = ("status", "possible", "because", "due", "since", "progress", "cured")


def json_text(compared: Compared, supposed: Sequence[str]) -> str:
    """What supposed reports would change, as JSON text."""
    head = {"servanda": 1, "supposed": list(supposed)}
    found: list[Data] = [
        {
            "agreement": one.agreement,
            "as_of": rfc3339(one.as_of),
            "known_at": rfc3339(one.known_at),
            "view": one.view,
            "differences": [difference_data(difference) for difference in differences],
            "diagnostics": [diagnostic_data(note) for note in one.diagnostics],
            "rejected": one.rejected,
            "set_aside": one.set_aside,
        }
        for one, differences in compared
    ]
    whole = head | (found[0] if len(found) == 1 else {"comparisons": found})
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def difference_data(one: Difference) -> Data:
    """One difference: which instance, what it was and is, and by what evidence."""
    which = instance_data(one.instance)
    evidence, lost = (
        instance_data(replace(one.instance, evidence=found))["evidence"] for found in (one.evidence, one.lost)
    )
    return {
        "change": one.change,
        **{key: which[key] for key in _WHICH},
        "before": _outcome(one.before),
        "after": _outcome(one.after),
        "evidence": evidence,
        "lost": lost,
    }


def _outcome(instance: Instance | None) -> Data | None:
    if instance is None:
        return None
    data = instance_data(instance)
    return {key: data[key] for key in _WHAT}


def table_text(
    compared: Compared, agreements: Mapping[str, Agreement], supposed: Sequence[str], *, colours: bool
) -> str:
    """What supposed reports would change, one table for each agreement and view."""

    def parts(width: int) -> Iterator[RenderableType]:
        for number, (one, differences) in enumerate(compared):
            agreement = agreements[one.agreement]
            if number:
                yield text("")
            yield from head(one, agreement)
            yield text(f"supposing {', '.join(supposed)}", "dim")
            if differences:
                yield differences_table(differences, agreement, ("without", "with"), width)
            if more := max(len(differences) - MOST_ROWS, 0):
                yield text(f"... and {plural(more, 'more instance')}; --format json has them all", "dim")
            yield text(_count(differences))
            if counted := counted_of(one):
                yield text(counted, "yellow")

    return page(parts, colours=colours)


def head(assessment: Assessment, agreement: Agreement) -> Iterator[RenderableType]:
    """What is judged, as of when, and as seen by whom."""
    as_of, known_at = (clock(at, agreement.zone) for at in (assessment.as_of, assessment.known_at))
    yield text(title_of(agreement), "bold")
    yield text(f"as of {as_of}, known at {known_at} ({agreement.zone.key}), view: {assessment.view}", "dim")


def differences_table(
    differences: Sequence[Difference],
    agreement: Agreement,
    names: tuple[str, str],
    width: int,
    when: Sequence[list[str]] = (),
) -> Table:
    """One row for each difference, the verdicts under these names; `when` says of each how it stands in time."""
    shown = differences[:MOST_ROWS]
    why = [_why(one, agreement) for one in shown]
    verdicts = [
        column(names[0], [verdict(one.before) for one in shown]),
        column(names[1], [verdict(one.after) for one in shown]),
    ]
    columns = [
        *([column("when", [cells(lines) for lines in when[:MOST_ROWS]])] if when else []),
        column("clause", [caused(one.instance, agreement) for one in shown]),
        column("bearer", [cell(people(one.instance.bearer)) for one in shown]),
        *verdicts,
        column("why", [cells(lines) for lines in why]),
    ]
    if sum(one.needs.word for one in columns) > room(len(columns), width):
        last = [[*more, *lines] for more, lines in zip(when, why, strict=False)] if when else why
        columns = [
            column("clause, bearer", [caused(one.instance, agreement, bearer=True) for one in shown]),
            *verdicts,
            column("when, why" if when else "why", [cells(lines) for lines in last]),
        ]
    return table(columns, ["" if when else one.instance.clause for one in shown], width)


def _why(one: Difference, agreement: Agreement) -> list[str]:
    """What is new: reasons and evidence, a deadline that moved; then what counts no longer. Else what it stands on."""
    before, after = one.before, one.after
    lines: list[str] = []
    if after is not None:
        same = before is not None and before.progress == after.progress
        progress = None if same else after.progress
        lines += why_words(replace(after, because=one.because, evidence=one.evidence, coverage=None, progress=progress))
        if before is not None and after.due is not None and before.due not in (None, after.due):
            lines += held([f"due {span(after.due, agreement.zone)}"])
    if one.lost:
        gone = replace(one.instance, because=(), evidence=one.lost, coverage=None, progress=None, approximate=False)
        lines += [f"no longer {line}" for line in why_words(gone)]
    return lines or why_words(replace(one.instance, coverage=None))


def _count(differences: Sequence[Difference]) -> str:
    counts = Counter(one.change for one in differences)
    return ", ".join(f"{count} {change}" for change, count in sorted(counts.items())) or "no verdict would differ"
