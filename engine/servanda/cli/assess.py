"""`servanda assess`: agreements and reports come in; verdicts and an exit code go out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from servanda.cli.documented import Documented
from servanda.cli.shared import emit, exit_code, output_option, report_options, scope_options, to_terminal, worst

if TYPE_CHECKING:
    from servanda.assessing import Engine
    from servanda.model.agreement import Agreement
    from servanda.model.verdict import Assessment

FORMATS = ("table", "json", "jsonl", "csv", "markdown")
_COMPARING = ("table", "json")  # the formats that show what a supposition changes


@click.command(
    "assess",
    cls=Documented,
    examples=(
        "servanda assess istanbul.yaml -r reports.jsonl",
        "servanda assess istanbul.yaml -r reports.csv.gz --as-of 2025-11-07 --view all",
        "cat reports.jsonl | servanda assess istanbul.yaml -r - --format json",
        "servanda assess minsk.yaml -r events.csv --reader ucdp-ged",
        "servanda assess istanbul.yaml -r reports.jsonl --suppose signed.jsonl",
    ),
)
@click.argument("agreements", nargs=-1, required=True, metavar="AGREEMENT...")
@report_options
@scope_options
@click.option(
    "--suppose",
    "supposed",
    multiple=True,
    metavar="FILE",
    help="Show only what the reports of FILE would change, were they made. Repeatable.",
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
    supposed: tuple[str, ...],
    form: str,
    output: str | None,
    fail_on: str,
    max_rejects: int | None,
    engine: Engine,
) -> None:
    """Say for each clause and bearer whether it is kept.

    Exit code: 0 nothing to flag; 1 a violation; 2 unusable input; 3 a possible violation or a missed
    deadline still in its grace; 4 too many rejected report lines. With --suppose it is that of the supposed world.
    """
    from servanda.cli.bulk import Answer, answers_in_columns, columns_for, say_what, written
    from servanda.cli.loading import chosen, judged_each, known_by, read_inputs, tell, times_for, view_names

    if supposed and form not in _COMPARING:
        raise click.UsageError(f"--suppose compares verdicts as {' or '.join(_COMPARING)}, not as {form}")
    columns = columns_for(engine, whole=reader is None and not supposed)
    inputs = read_inputs(agreements, reports, max_rejects, reader, supposed, columns)
    wanted = chosen(inputs.agreements, clauses)
    plan = [
        (agreement, view_names(agreement, views), times_for(agreement, as_of, known_at, inputs))
        for agreement in inputs.agreements
    ]
    several = sum(len(names) for _, names, _ in plan) > 1
    found: list[Answer] = []
    without: list[Assessment] = []
    for agreement, names, times in plan:
        quick = answers_in_columns(agreement, inputs, names, times, wanted, form, engine, several=several)
        if quick is not None:
            found += quick
            continue
        worlds = (True, False) if supposed else (False,)
        asked = [(known_by(times[1], agreement, inputs, supposing=one), times) for one in worlds]
        for answers in judged_each(agreement, inputs, names, asked, engine):
            first, *others = (
                replace(
                    whole,
                    instances=tuple(one for one in whole.instances if wanted(one.clause)),
                    diagnostics=(*inputs.lines, *whole.diagnostics),
                )
                for whole in (one.assessment for one in answers)
            )
            found.append(Answer(first, [one.statuses for one in first.instances]))
            without += others
    say_what(engine, found)
    assessments = [one.assessment for one in found]
    if form != "json":
        tell(assessments, inputs)
    by_id = {agreement.id: agreement for agreement in inputs.agreements}
    colours = to_terminal(output)
    text: str | Iterable[bytes]
    if supposed:
        text = _compared(form, list(zip(without, assessments, strict=True)), by_id, supposed, colours=colours)
    elif form == "csv":
        text = written(found)
    else:
        text = _text(form, assessments, by_id, colours=colours)
    emit(text, output, (*agreements, *reports, *supposed))
    raise click.exceptions.Exit(worst(exit_code(one.verdicts, fail_on) for one in found))


def _text(form: str, assessments: Sequence[Assessment], agreements: Mapping[str, Agreement], *, colours: bool) -> str:
    # Each form is imported only where it is asked for: of all of them, the table alone needs rich.
    if form == "json":
        from servanda.render.data import json_text

        return json_text(assessments)
    if form == "jsonl":
        from servanda.render.jsonl import jsonl_text

        return jsonl_text(assessments)
    if form == "markdown":
        from servanda.render.markdown import markdown_text

        return markdown_text(assessments, agreements)
    from servanda.render.table import table_text

    return table_text(assessments, agreements, colours=colours)


def _compared(
    form: str,
    pairs: Sequence[tuple[Assessment, Assessment]],
    agreements: Mapping[str, Agreement],
    supposed: Sequence[str],
    *,
    colours: bool,
) -> str:
    from servanda.explain.differences import differences
    from servanda.render.differences import json_text, table_text

    found = [(after, differences(before, after)) for before, after in pairs]
    if form == "json":
        return json_text(found, supposed)
    return table_text(found, agreements, supposed, colours=colours)
