"""Assessments come in; a Markdown document with one table for each agreement and view goes out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from servanda.lifecycle.wording import clock
from servanda.model.agreement import Agreement
from servanda.model.verdict import Assessment
from servanda.render.compare import by_agreement, counted_of, derived, rows, title_of
from servanda.render.words import cause_words, clean, counts_words, people, verdict_words, when_words, why_words

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!&$])")
_AUTOLINK = re.compile(r"(?<=\w)(:)(?=//)|(?<=www)(\.)|(@)", re.IGNORECASE)


def markdown_text(assessments: Sequence[Assessment], agreements: Mapping[str, Agreement]) -> str:
    """The document; several views of an agreement stand side by side."""
    parts: list[str] = []
    for group in by_agreement(assessments):
        agreement = agreements[group[0].agreement]
        parts += _head(group, agreement)
        parts += _single(group[0], agreement) if len(group) == 1 else _compared(group, agreement)
        if counted := counted_of(group[0]):
            parts += [f"{counted[0].upper()}{counted[1:]}.", ""]
    return "\n".join(parts)


def escaped(text: str) -> str:
    r"""Text that Markdown shows as it stands, on one line.

    >>> escaped("a|b <i>")
    'a\\|b \\<i\\>'
    """
    safe = _MARKUP.sub(r"\\\1", clean(text))
    return _AUTOLINK.sub(lambda found: f"&#{ord(found[0])};", safe)


def _head(group: Sequence[Assessment], agreement: Agreement) -> list[str]:
    as_of, known_at = (clock(at, agreement.zone) for at in (group[0].as_of, group[0].known_at))
    views = ", ".join(escaped(one.view) for one in group)
    line = (
        f"As of {as_of}, known at {known_at}, {agreement.zone.key}; {'view' if len(group) == 1 else 'views'}: {views}."
    )
    return [f"## {escaped(title_of(agreement))}", "", line, ""]


def _single(assessment: Assessment, agreement: Agreement) -> list[str]:
    table = [
        (
            [one.clause],
            [people(one.bearer)],
            [cause_words(one, agreement.zone)],
            [verdict_words(one)],
            why_words(one),
            when_words(one, agreement.zone),
        )
        for one in assessment.instances
    ]
    head = ("Clause", "Bearer", "Trigger", "Verdict", "Why", "When")
    return [*_table(head, table), "", f"{counts_words(assessment.summary)}.", ""]


def _compared(group: Sequence[Assessment], agreement: Agreement) -> list[str]:
    found = rows(group, agreement)
    table = [
        (
            [row.first.clause],
            [people(row.first.bearer)],
            [cause_words(row.first, agreement.zone)],
            *([verdict_words(one) if one is not None else "-"] for one in row.outcomes),
        )
        for row in found
    ]
    head = ("Clause", "Bearer", "Trigger", *(escaped(one.view) for one in group))
    lines = [*_table(head, table), ""]
    lines += [f"- {escaped(one.view)}: {counts_words(one.summary)}" for one in group]
    lines += [f"- {escaped(fact)}" for fact in derived(group, agreement, found)]
    return [*lines, ""]


def _table(head: Sequence[str], table: Iterable[Sequence[Sequence[str]]]) -> list[str]:
    lines = [_line(head), _line(["---"] * len(head))]
    lines += [_line("<br>".join(escaped(line) for line in cell) for cell in row) for row in table]
    return lines


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
