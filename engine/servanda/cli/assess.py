"""`servanda assess`: agreements and reports come in; verdicts and an exit code go out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from servanda.cli.documented import Documented
from servanda.cli.shared import (
    Failure,
    did_you_mean,
    emit,
    exit_code,
    output_option,
    report_options,
    say,
    to_terminal,
    worst,
)

if TYPE_CHECKING:
    from servanda.assessing import Engine
    from servanda.cli.loading import Inputs
    from servanda.model.agreement import Agreement
    from servanda.model.verdict import Assessment

FORMATS = ("table", "json", "jsonl", "csv", "markdown")


@click.command(
    "assess",
    cls=Documented,
    examples=(
        "servanda assess istanbul.yaml -r reports.jsonl",
        "servanda assess istanbul.yaml -r reports.csv.gz --as-of 2025-11-07 --view all",
        "cat reports.jsonl | servanda assess istanbul.yaml -r - --format json",
        "servanda assess minsk.yaml -r events.csv --reader ucdp-ged",
    ),
)
@click.argument("agreements", nargs=-1, required=True, metavar="AGREEMENT...")
@report_options
@click.option(
    "--view", "views", multiple=True, metavar="NAME", help="Whom to believe; repeatable; 'all' compares them."
)
@click.option(
    "--clause", "clauses", multiple=True, metavar="NAME", help="Only this clause and its substitutes. Repeatable."
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@output_option
@click.option(
    "--fail-on",
    type=click.Choice(["violated", "undetermined", "never"]),
    default="undetermined",
    show_default=True,
    help="What the exit code tells of: definite violations, possible ones too, or none.",
)
def command(
    agreements: tuple[str, ...],
    reports: tuple[str, ...],
    reader: str | None,
    as_of: str | None,
    known_at: str | None,
    views: tuple[str, ...],
    clauses: tuple[str, ...],
    form: str,
    output: str | None,
    fail_on: str,
    max_rejects: int | None,
    engine: Engine,
) -> None:
    """Say for each clause and bearer whether it is kept.

    Exit code: 0 nothing to flag; 1 a violation; 2 unusable input; 3 a possible violation or a missed
    deadline still in its grace; 4 too many rejected report lines.
    """
    from servanda.cli.loading import judged, read_inputs, times_for, view_names

    inputs = read_inputs(agreements, reports, max_rejects, reader)
    wanted = _clauses(inputs.agreements, clauses)
    plan = [
        (agreement, view_names(agreement, views), times_for(agreement, as_of, known_at, inputs))
        for agreement in inputs.agreements
    ]
    assessments = []
    for agreement, names, times in plan:
        for whole in (one.assessment for one in judged(agreement, inputs, names, times, engine)):
            notes = (*inputs.lines, *whole.diagnostics)
            kept = tuple(one for one in whole.instances if wanted(one.clause))
            assessments.append(replace(whole, instances=kept, diagnostics=notes))
    if form != "json":
        _tell(assessments, inputs)
    emit(_text(form, assessments, inputs, output), output, (*agreements, *reports))
    raise click.exceptions.Exit(worst(exit_code(one.instances, fail_on) for one in assessments))


def _clauses(agreements: Sequence[Agreement], asked: Sequence[str]) -> Callable[[str], bool]:
    """Whether a clause is among those asked for, or a substitute of one."""
    from servanda.cli.loading import clause_names

    known = [name for agreement in agreements for name in clause_names(agreement)]
    for name in asked:
        if name not in known:
            raise Failure(f"there is no clause {name!r}{did_you_mean(name, known)}")
    return lambda clause: not asked or any(f"{clause}.".startswith(f"{name}.") for name in asked)


def _tell(assessments: Sequence[Assessment], inputs: Inputs) -> None:
    """What the reader should know about reports, once, on stderr."""
    from servanda.cli.loading import SHOWN

    told = {(note.code, note.message) for note in inputs.lines}
    notes = dict.fromkeys(
        (note.code, note.message)
        for one in assessments
        for note in one.diagnostics
        if (note.code, note.message) not in told
    )
    for code, message in list(notes)[:SHOWN]:
        say(f"warning[{code}]: {message}")
    if len(notes) > SHOWN:
        say(f"... and {len(notes) - SHOWN} more, all of them in --format json")


def _text(form: str, assessments: Sequence[Assessment], inputs: Inputs, output: str | None) -> str:
    from servanda.render import csv, data, jsonl, markdown, table

    agreements = {agreement.id: agreement for agreement in inputs.agreements}
    if form == "json":
        return data.json_text(assessments)
    if form == "jsonl":
        return jsonl.jsonl_text(assessments)
    if form == "csv":
        return csv.csv_text(assessments)
    if form == "markdown":
        return markdown.markdown_text(assessments, agreements)
    return table.table_text(assessments, agreements, colours=to_terminal(output))
