"""Assessments come in; a table that people like to read goes out, in colours where these are wanted."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from servanda.lifecycle.wording import clock
from servanda.model.agreement import Agreement
from servanda.model.verdict import Assessment, Instance
from servanda.render.compare import Row, by_agreement, counted_of, derived, rows, title_of
from servanda.render.words import (
    clean,
    counts_words,
    people,
    plural,
    trigger_words,
    verdict_words,
    when_words,
    why_words,
)

MOST_ROWS = 1000
_NARROWEST, _USUAL = 60, 120
_VERDICT = 13  # as wide as `undetermined:`
_NAME = 20
_STYLES: Mapping[str, str] = {
    "violated": "bold red",
    "overdue": "bold yellow",
    "undetermined": "yellow",
    "unenforceable": "yellow",
    "suspended": "cyan",
    "pending": "cyan",
    "holding": "green",
    "fulfilled": "bold green",
}


def table_text(assessments: Sequence[Assessment], agreements: Mapping[str, Agreement], *, colours: bool) -> str:
    """The tables of a run; several views of an agreement stand side by side."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=max(_NARROWEST, shutil.get_terminal_size((_USUAL, 24)).columns),
        force_terminal=colours,
        color_system="auto" if colours else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    for number, group in enumerate(by_agreement(assessments)):
        agreement = agreements[group[0].agreement]
        if number:
            console.print()
        for part in (*_head(group, agreement), *_body(group, agreement)):
            console.print(part)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _head(group: Sequence[Assessment], agreement: Agreement) -> Iterator[RenderableType]:
    yield _text(title_of(agreement), "bold")
    as_of, known_at = (clock(at, agreement.zone) for at in (group[0].as_of, group[0].known_at))
    view = f", view: {group[0].view}" if len(group) == 1 else ""
    yield _text(f"as of {as_of}, known at {known_at} ({agreement.zone.key}){view}", "dim")


def _body(group: Sequence[Assessment], agreement: Agreement) -> Iterator[RenderableType]:
    if len(group) == 1:
        yield _single(group[0], agreement)
        more = len(group[0].instances) - MOST_ROWS
        last = [counts_words(group[0].summary)]
    else:
        found = rows(group, agreement)
        yield _compared(group, found)
        more = len(found) - MOST_ROWS
        last = [f"{one.view}: {counts_words(one.summary)}" for one in group] + derived(group, agreement, found)
    if more > 0:
        yield _text(f"... and {plural(more, 'more instance')}; --format csv has them all", "dim")
    for line in last:
        yield _text(line)
    if counted := counted_of(group[0]):
        yield _text(counted, "yellow")


def _single(assessment: Assessment, agreement: Agreement) -> Table:
    shown = assessment.instances[:MOST_ROWS]
    triggers = any(one.trigger for one in shown)
    table = _empty()
    for name in ("clause", "bearer", *(("trigger",) if triggers else ())):
        table.add_column(name, overflow="fold", min_width=6)
    table.add_column("verdict", overflow="fold", min_width=_VERDICT)
    table.add_column("why", overflow="fold")
    table.add_column("when", overflow="fold")
    for one, below in zip_longest(shown, shown[1:]):
        table.add_row(
            _text(one.clause, "bold"),
            _text(people(one.bearer)),
            *([_text(trigger_words(one.trigger))] if triggers else []),
            _verdict(one),
            _text("\n".join(map(clean, why_words(one)))),
            _text("\n".join(when_words(one, agreement.zone))),
            end_section=below is None or below.clause != one.clause,
        )
    return table


def _compared(group: Sequence[Assessment], found: Sequence[Row]) -> Table:
    shown = found[:MOST_ROWS]
    table = _empty()
    longest = max((len(row.first.clause) for row in shown), default=0)
    table.add_column("clause", overflow="fold", min_width=min(longest, _NAME))
    table.add_column("bearer", overflow="fold", min_width=6)
    for one in group:
        table.add_column(_text(one.view), overflow="fold", min_width=_VERDICT)
    for row, below in zip_longest(shown, shown[1:]):
        table.add_row(
            _caused(row.first),
            _text(people(row.first.bearer)),
            *(_verdict(one) for one in row.outcomes),
            end_section=below is None or below.first.clause != row.first.clause,
        )
    return table


def _empty() -> Table:
    plain = "utf" not in (getattr(sys.stdout, "encoding", None) or "utf").lower()
    return Table(box=box.ASCII2 if plain else box.HORIZONTALS, padding=(0, 1), header_style="bold", border_style="dim")


def _caused(one: Instance) -> Text:
    """A clause with what triggered it below."""
    name, trigger = _text(one.clause, "bold"), trigger_words(one.trigger)
    return name.append_text(_text(f"\nafter {clean(trigger)}", "not bold dim")) if trigger else name


def _verdict(one: Instance | None) -> Text:
    if one is None:
        return _text("-", "dim")
    words = verdict_words(one).replace(": ", ":\n", 1)
    return _text(words, _STYLES.get(one.status, "dim"))


def _text(text: str, style: str = "") -> Text:
    """Words as they stand: no markup, no control characters but line breaks."""
    return Text("\n".join(map(clean, text.split("\n"))), style=style)
