"""`servanda why`: an agreement, a clause and reports come in; how its verdict comes about goes out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from servanda.cli.documented import Documented
from servanda.cli.shared import Failure, did_you_mean, emit, output_option, report_options

if TYPE_CHECKING:
    from servanda.assessing import Engine
    from servanda.model.agreement import Agreement


@click.command(
    "why",
    cls=Documented,
    examples=(
        "servanda why istanbul.yaml talks -r reports.jsonl",
        'servanda why istanbul.yaml ceasefire/PAK -r reports.jsonl --view "account of AFG" --format json',
    ),
)
@click.argument("agreement")
@click.argument("finding", metavar="CLAUSE[/BEARER]")
@report_options
@click.option("--view", default="neutral", show_default=True, metavar="NAME", help="Whom to believe.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@output_option
def command(
    agreement: str,
    finding: str,
    reports: tuple[str, ...],
    reader: str | None,
    as_of: str | None,
    known_at: str | None,
    view: str,
    form: str,
    output: str | None,
    max_rejects: int | None,
    engine: Engine,
) -> None:
    """Show how the verdict on a clause comes about, and what would change it."""
    from servanda.cli.loading import judged, read_inputs, times_for, view_names
    from servanda.explain import prose, why
    from servanda.model.clauses import NORMS
    from servanda.render.words import clean

    inputs = read_inputs((agreement,), reports, max_rejects, reader)
    loaded = inputs.agreements[0]
    clause, bearer = split_finding(finding, loaded)
    kind = next((one.duty for one in loaded.clauses if one.name == clause), "must")
    if kind not in NORMS:
        words = f"{clause}: the clause says {kind!r}, and has no verdict of its own\n"
        emit("[]\n" if form == "json" else words, output)
        return
    if view == "all":
        raise click.UsageError("--view: one view at a time; 'all' is for `servanda assess`")
    names = view_names(loaded, (view,))
    (assessed,) = judged(loaded, inputs, names, times_for(loaded, as_of, known_at, inputs), engine)
    try:
        data = why(assessed, clause, bearer)
    except KeyError:
        known = dict.fromkeys("+".join(one.bearer) for one in assessed.assessment.instances if one.clause == clause)
        where = f"the clause {clause!r} under the view {names[0]!r}"
        raise Failure(
            f"{where} does not bind {bearer!r}; it binds {', '.join(known)}"
            if known
            else f"there is no instance of {where}"
        ) from None
    if form == "json":
        text = json.dumps(data, ensure_ascii=False, indent=2)
    else:
        text = "\n".join(map(clean, prose(data).splitlines()))
    emit(f"{text}\n", output, (agreement, *reports))


def split_finding(finding: str, agreement: Agreement) -> tuple[str, str | None]:
    """The clause and the bearer of `CLAUSE[/BEARER]`. Raises Failure for an unknown clause."""
    from servanda.cli.loading import clause_names

    known = clause_names(agreement)
    if finding in known:
        return finding, None
    cuts = [at for at, char in enumerate(finding) if char == "/" and finding[:at] in known]
    if cuts:
        return finding[: cuts[-1]], finding[cuts[-1] + 1 :]
    clause = finding.partition("/")[0]
    guess = did_you_mean(clause, known) or f"; there are {', '.join(known)}"
    raise Failure(f"there is no clause {clause!r} in {agreement.id!r}{guess}")
