"""An agreement and the paths of report files come in; the assessment goes out, found in columns where it can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from servanda.assessing import Time, times
from servanda.columnar.assessing import assess
from servanda.columnar.instances import assessment_of
from servanda.columnar.lines import Lines
from servanda.columnar.shapes import asked_about
from servanda.columnar.told import latest, set_aside
from servanda.evidence import Statement, state
from servanda.model.agreement import Agreement
from servanda.model.report import Report
from servanda.model.verdict import Assessment, ReportDiagnostic


def assess_files(
    agreement: Agreement,
    paths: Sequence[str | Path],
    *,
    view: str = "neutral",
    as_of: Time | None = None,
    known_at: Time | None = None,
) -> Assessment:
    r"""The verdicts on large files, the same as `servanda.assess` gives on their reports.

    Times are as there. Lines that are rejected are counted, and told among the diagnostics. Everything happens in the
    thread that calls, but for the reading, which is done on all cores.

    Raises UnfitError where the files, or what the agreement asks of them, are not fit for columns: read them with
    `read_reports` then. Else ValueError, KeyError and TooMuchError as `servanda.assess` does.

    >>> from tempfile import TemporaryDirectory
    >>> from servanda import loads
    >>> agreement = loads('''
    ... servanda: 1
    ... agreement: sale
    ... actors: {S: {name: Seller, role: party}}
    ... clauses:
    ...   delivery: {binds: S, when: {act: order}, must: {act: deliver, object: $trigger.object}, within: P7D}
    ... ''')
    >>> order = '{"id": "r1", "source": "shop", "reported": "2025-11-06T08:00:00Z", "act": "order", "object": "7",'
    >>> order += ' "occurred": "2025-11-06T08:00:00Z"}'
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "reports.jsonl"
    ...     _ = path.write_text(order + "\n")
    ...     assess_files(agreement, [path], as_of="2025-11-10").summary
    {'pending': 1}
    """
    lines = Lines([str(path) for path in paths], asked_about(agreement))
    try:
        statements: list[Statement] = []
        notes: list[ReportDiagnostic] = []
        others = set_aside(lines, [agreement.id])
        for item in lines.odd():
            if not isinstance(item, Report):
                notes.append(ReportDiagnostic(item.code, item.message, None, item.line))
            elif item.agreement in (None, agreement.id):
                statements.append(state(item, agreement))
            else:
                others += 1
        made = [one.reported for one in statements]
        in_columns = latest(lines, agreement)
        at = times(
            agreement, max([*made, *([] if in_columns is None else [in_columns])], default=None), as_of, known_at
        )
        judged = assess(lines, agreement, view, statements, at, (len(notes), others))
        whole = assessment_of(judged)
    finally:
        lines.close()
    return replace(whole, diagnostics=(*notes, *whole.diagnostics))
