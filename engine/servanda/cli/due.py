"""`servanda due`: agreements and reports come in; what falls due next, and what is overdue, go out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from servanda.cli.documented import Documented
from servanda.cli.shared import DOUBTFUL, FINE, emit, output_option, report_options, scope_options, to_terminal
from servanda.render.words import clean

if TYPE_CHECKING:
    from servanda.assessing import Assessed, Engine
    from servanda.cli.loading import Inputs
    from servanda.explain.ahead import Outlook
    from servanda.model.agreement import Agreement
    from servanda.model.moments import Duration

FORMATS = ("table", "json", "ics")


@click.command(
    "due",
    cls=Documented,
    examples=(
        "servanda due istanbul.yaml -r reports.jsonl --as-of now",
        "servanda due *.yaml -r reports.jsonl --as-of now --within P14D || notify",
        "servanda due istanbul.yaml -r reports.jsonl --format ics -o deadlines.ics",
        "servanda due istanbul.yaml -r reports.jsonl --if-silent-until 2025-12-31",
    ),
)
@click.argument("agreements", nargs=-1, required=True, metavar="AGREEMENT...")
@report_options
@scope_options
@click.option(
    "--within",
    metavar="DURATION",
    help="Of what is still to come, only what falls due in that time after --as-of: P30D, P2W, PT48H.",
)
@click.option(
    "--if-silent-until",
    "silent",
    metavar="T",
    help="Show also which verdicts change by T, and when, if nothing more is reported.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@output_option
def command(
    agreements: tuple[str, ...],
    reports: tuple[str, ...],
    reader: str | None,
    as_of: str | None,
    known_at: str | None,
    views: tuple[str, ...],
    clauses: tuple[str, ...],
    within: str | None,
    silent: str | None,
    form: str,
    output: str | None,
    max_rejects: int | None,
    engine: Engine,
) -> None:
    """Show what falls due next, and what is overdue.

    First what is overdue, with the end of its grace; then what falls due, the next first; then what was missed and
    has not been made good since. What is owed only perhaps is there, too, and says why. A duty without a deadline,
    a prohibition and a state to be kept never fall due.

    Exit code: 0 nothing is late; 3 something is, or may be: it is overdue, or was missed and not made good;
    2 unusable input; 4 too many rejected report lines.
    """
    from servanda.cli.loading import chosen, read_inputs, tell

    if form == "ics" and silent is not None:
        raise click.UsageError("--if-silent-until: a calendar holds deadlines, not verdicts; choose table or json")
    length = None if within is None else _length(within)
    inputs = read_inputs(agreements, reports, max_rejects, reader)
    wanted = chosen(inputs.agreements, clauses)
    outlooks = [
        _narrowed(one, wanted, inputs)
        for agreement in inputs.agreements
        for one in _outlooks(agreement, inputs, views, (as_of, known_at, silent), length, engine)
    ]
    if form != "json":
        tell([one.assessment for one in outlooks], inputs)
    by_id = {agreement.id: agreement for agreement in inputs.agreements}
    emit(_text(form, outlooks, by_id, colours=to_terminal(output)), output, (*agreements, *reports))
    late = any(deadline.late for one in outlooks for deadline in one.deadlines)
    raise click.exceptions.Exit(DOUBTFUL if late else FINE)


def _length(text: str) -> Duration:
    from servanda.model.moments import Duration

    try:
        length = Duration.parse(text)
    except ValueError as error:
        raise click.UsageError(f"--within: {clean(str(error))}") from None
    if length.business:
        raise click.UsageError("--within: business days differ from agreement to agreement; say days, such as P14D")
    return length


def _outlooks(
    agreement: Agreement,
    inputs: Inputs,
    views: Sequence[str],
    said: tuple[str | None, str | None, str | None],
    within: Duration | None,
    engine: Engine,
) -> list[Outlook]:
    """What lies ahead in each view."""
    from servanda.cli.loading import judged_each, known_by, time_said, times_for, view_names
    from servanda.explain.ahead import Outlook, coming, deadlines

    as_of, known_at, silent = said
    names, times = view_names(agreement, views), times_for(agreement, as_of, known_at, inputs)
    known = known_by(times[1], agreement, inputs)
    questions, until = [(known, times)], None
    if silent is not None:
        until = time_said("--if-silent-until", silent, agreement, inputs.now)
        if until < max(times):
            raise click.UsageError(f"--if-silent-until: {clean(silent)} lies before --as-of or --known-at")
        questions.append((known, (until, until)))

    def outlook(now: Assessed, *then: Assessed) -> Outlook:
        changes = coming(now, then[0]) if then else ()
        return Outlook(now.assessment, deadlines(now, within), until, changes)

    return [outlook(*answers) for answers in judged_each(agreement, inputs, names, questions, engine)]


def _narrowed(one: Outlook, wanted: Callable[[str], bool], inputs: Inputs) -> Outlook:
    """Only the clauses asked for, and with what could not be read."""
    return replace(
        one,
        assessment=replace(one.assessment, diagnostics=(*inputs.lines, *one.assessment.diagnostics)),
        deadlines=tuple(each for each in one.deadlines if wanted(each.instance.clause)),
        coming=tuple(each for each in one.coming if wanted(each.difference.instance.clause)),
    )


def _text(form: str, outlooks: Sequence[Outlook], agreements: Mapping[str, Agreement], *, colours: bool) -> str:
    if form == "ics":
        from servanda.render import ics

        return ics.ics_text(outlooks, agreements)
    from servanda.render import due

    if form == "json":
        return due.json_text(outlooks, agreements)
    return due.table_text(outlooks, agreements, colours=colours)
