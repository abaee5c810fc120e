"""`servanda history`: an agreement and reports come in; what was believed when, and what changed it, goes out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from servanda.cli.documented import Documented
from servanda.cli.shared import REJECTED, Failure, emit, output_option, report_options, say, to_terminal

if TYPE_CHECKING:
    from servanda.assessing import Engine
    from servanda.model.agreement import Agreement
    from servanda.model.report import Report
    from servanda.render.history import Shown
    from servanda.revisions import Revision


@click.command(
    "history",
    cls=Documented,
    examples=(
        "servanda history istanbul.yaml -r reports.jsonl",
        'servanda history istanbul.yaml ceasefire/PAK -r reports.jsonl --view "account of AFG" --format jsonl',
    ),
)
@click.argument("agreement")
@click.argument("findings", nargs=-1, metavar="[CLAUSE[/BEARER]]...")
@partial(report_options, as_of="no such bound")
@click.option("--view", default="neutral", show_default=True, metavar="NAME", help="Whom to believe.")
@click.option(
    "--clause", "clauses", multiple=True, metavar="NAME", help="Only this clause and its substitutes. Repeatable."
)
@click.option("--format", "form", type=click.Choice(["table", "json", "jsonl"]), default="table", show_default=True)
@output_option
def command(
    agreement: str,
    findings: tuple[str, ...],
    reports: tuple[str, ...],
    reader: str | None,
    as_of: str | None,
    known_at: str | None,
    view: str,
    clauses: tuple[str, ...],
    form: str,
    output: str | None,
    max_rejects: int | None,
    engine: Engine,
) -> None:
    """Show what was believed when, and what changed it.

    Reports are taken in the order in which they became known. Each verdict is that of `assess` with what was known at
    the time, as of then, or as of --as-of once that has passed. After the last report it goes on to --known-at.
    """
    from servanda.cli.loading import load_agreements, time_said, view_names
    from servanda.errors import TooMuchError
    from servanda.render.history import Shown
    from servanda.revisions import history

    if view == "all":
        raise click.UsageError("--view: one view at a time; 'all' is for `servanda assess`")
    (loaded,) = load_agreements((agreement,))
    (name,) = view_names(loaded, (view,))
    wanted = _Wanted(loaded, findings, clauses)
    now = time.time_ns() // 1000
    held = None if as_of is None else time_said("--as-of", as_of, loaded, now)
    last = None if known_at is None else time_said("--known-at", known_at, loaded, now)
    told, rejected = _read(reports, reader, max_rejects)
    own = [one for one in told if one.agreement in (None, loaded.id)]
    if last is None:
        if not own:
            raise click.UsageError("there is no report to take the time from: say --known-at, or give reports with -r")
        last = max(one.reported.interval(loaded.zone).latest for one in own)
    try:
        log = history(loaded, own, view=name, as_of=held, known_at=last, engine=engine)
    except TooMuchError as error:
        raise Failure(f"{loaded.id}: {error}") from None
    kept = [one for one in log if wanted(one)]
    shown = Shown(loaded, name, held, last, kept, rejected, len(told) - len(own))
    emit(_text(form, shown, output), output, (agreement, *reports))


class _Wanted:
    """Whether a revision is asked for: all are, where nothing is. Raises Failure for a clause that is not there."""

    def __init__(self, agreement: Agreement, findings: Sequence[str], clauses: Sequence[str]) -> None:
        from servanda.cli.loading import chosen
        from servanda.cli.why import split_finding

        self._all = not findings and not clauses
        self._clause = chosen((agreement,), clauses) if clauses else lambda _: False
        self._findings = []
        for clause, bearer in (split_finding(one, agreement) for one in findings):
            people = frozenset(map(agreement.actor_id, bearer.split("+"))) if bearer is not None else frozenset[str]()
            self._findings.append((clause, people))

    def __call__(self, one: Revision) -> bool:
        return (
            self._all
            or self._clause(one.clause)
            or any(one.clause == clause and people <= set(one.bearer) for clause, people in self._findings)
        )


def _read(paths: Sequence[str], reader: str | None, most: int | None) -> tuple[list[Report], int]:
    """Every report of the files, and how many lines were rejected."""
    from servanda.cli.loading import say_rejected, scan_files
    from servanda.model.report import Report

    told: list[Report] = []
    rejected = 0
    for item, _ in scan_files([(path, None) for path in paths], reader):
        if isinstance(item, Report):
            told.append(item)
            continue
        rejected += 1
        say_rejected(item)
        if most is not None and rejected > most:
            say(f"error: more rejected lines than --max-rejects {most} allows")
            raise click.exceptions.Exit(REJECTED)
    return told, rejected


def _text(form: str, log: Shown, output: str | None) -> str:
    from servanda.render import history

    if form == "json":
        return history.json_text(log)
    if form == "jsonl":
        return history.jsonl_text(log)
    return history.table_text(log, colours=to_terminal(output))
