"""All that concerns one agreement comes in; its assessment goes out, as text and in the columns of a CSV file.

It is a row for each view. What cannot be assessed says why, and leaves the others alone.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from servanda.assessing import Engine, assess, times
from servanda.errors import TooMuchError
from servanda.evidence import state
from servanda.model.agreement import Agreement
from servanda.model.verdict import Assessment, ReportDiagnostic
from servanda.render.csv import COLUMNS, csv_text
from servanda.render.data import assessment_data
from servanda.spark.reading import again
from servanda.spark.table import Columns, batch

if TYPE_CHECKING:
    import pyarrow as pa

TOLD: Columns = {"agreement": "int", "content": "string", "line": "bigint"}
FOLDED: Columns = {
    "agreement": "string",
    "view": "string",
    "data": "string",
    "rows": "array<array<string>>",
    "error": "string",
}


@dataclass(frozen=True)
class Question:
    """What is asked of every agreement, and what the run has to tell each of them."""

    views: tuple[str, ...]
    as_of: str | int | None
    known_at: str | int | None
    latest: int | None  # when the latest report was made
    engine: Engine
    counts: tuple[int, int]  # rejected and set aside
    rejected: tuple[ReportDiagnostic, ...]

    def times(self, agreement: Agreement) -> tuple[int, int]:
        """As of when an agreement is assessed, and as known when."""
        return times(agreement, self.latest, self.as_of, self.known_at)


def folded(told: pa.Table, agreements: Sequence[Agreement], question: Question) -> pa.Table:
    """The assessments of one agreement. A row without a content tells nothing but that there is the agreement."""
    import pyarrow as pa

    rows = sorted((row for row in told.to_pylist() if row["content"] is not None), key=_place)
    agreement = agreements[told["agreement"][0].as_py()]
    statements = [state(again(row["content"], row["line"]), agreement) for row in rows]
    at = question.times(agreement)
    found: list[dict[str, object]] = []
    for view in question.views:
        head = {"agreement": agreement.id, "view": agreement.view(view).name}
        try:
            judged = assess(agreement, statements, view, *at, engine=question.engine, counts=question.counts)
        except TooMuchError as error:
            found.append({**head, "error": str(error)})
        else:
            found.append({**head, **_said(judged.assessment, question)})
    return pa.Table.from_batches([batch(found, FOLDED)])


def _place(row: Mapping[str, Any]) -> tuple[bool, int, str]:
    """In the order of the lines: which of two reports came first matters to nothing but the line that is shown."""
    return (row["line"] is None, row["line"] or 0, row["content"])


def _said(assessment: Assessment, question: Question) -> dict[str, object]:
    whole = replace(assessment, diagnostics=(*question.rejected, *assessment.diagnostics))
    return {"data": json.dumps(assessment_data(whole), ensure_ascii=False), "rows": list(_rows(assessment))}


def _rows(assessment: Assessment) -> Iterator[list[str]]:
    rows = csv.reader(io.StringIO(csv_text([assessment])))
    assert tuple(next(rows)) == COLUMNS
    yield from rows
