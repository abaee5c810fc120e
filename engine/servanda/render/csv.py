"""Assessments come in; a table with one row for each instance goes out, in the columns of the JSON.

Lists are joined by `;`, times are `earliest/latest` with `..` for an open end.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from servanda.model.moments import Interval, rfc3339
from servanda.model.periods import Period
from servanda.model.verdict import Assessment, Evidence, Instance, Progress, TriggerRef
from servanda.render.words import clean, people

COLUMNS = (
    "clause",
    "bearer",
    "trigger",
    "period",
    "status",
    "possible",
    "because",
    "due",
    "since",
    "progress",
    "cured",
    "coverage",
    "evidence",
)


def csv_text(assessments: Sequence[Assessment]) -> str:
    """The rows under their header; of several assessments each row says its agreement and view first."""
    several = len(assessments) > 1
    return header(several=several) + "".join(rows(one.instances, head_of(one, several=several)) for one in assessments)


def header(*, several: bool) -> str:
    """The names of the columns, for one assessment or several."""
    return lines_of([(("agreement", "view") if several else ()) + COLUMNS])


def head_of(one: Assessment, *, several: bool) -> tuple[str, ...]:
    """What the rows of an assessment begin with, where there are several."""
    return (one.agreement, one.view) if several else ()


def rows(instances: Iterable[Instance], head: Sequence[str] = ()) -> str:
    """A row for each instance, after the cells of the head."""
    return lines_of((*head, *_row(instance)) for instance in instances)


def lines_of(cells: Iterable[Sequence[str]]) -> str:
    """Rows of cells as lines."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([clean(cell) for cell in row] for row in cells)
    return out.getvalue()


def _row(instance: Instance) -> tuple[str, ...]:
    cured, covered = instance.cured, instance.coverage
    return (
        instance.clause,
        _list(instance.bearer),
        _trigger(instance.trigger),
        _period(instance.period),
        instance.status,
        _list(instance.possible or ()),
        _list(f"{one.reason}:{one.incident}" for one in instance.because),
        _times(instance.due),
        _times(instance.since),
        _progress(instance.progress),
        f"{_times(cured.at)};{cured.delay}" if cured else "",
        f"reports:{covered.reports};claimants:{covered.claimants};days:{covered.days}" if covered else "",
        _list(_evidence(one) for one in instance.evidence),
    )


def _list(items: Iterable[str]) -> str:
    return ";".join(items)


def _times(time: Interval | None) -> str:
    if time is None:
        return ""
    return "/".join(rfc3339(at) or ".." for at in time)


def _trigger(trigger: TriggerRef | None) -> str:
    if trigger is None:
        return ""
    cause = f"{trigger.clause}/{people(trigger.bearer)}" if trigger.kind != "event" else None
    return ":".join(part for part in (trigger.kind, cause, trigger.incident) if part)


def _period(period: Period | None) -> str:
    return "" if period is None else f"{period.index};{_times(Interval(period.start, period.until))}"


def _progress(progress: Progress | None) -> str:
    """How much of how much, and the percent, from the least to the most."""
    if progress is None:
        return ""
    done, percent = (
        f"{low}/{'..' if high is None else high}" for low, high in ((progress.low, progress.high), progress.percent)
    )
    return f"done:{done};of:{progress.of};percent:{percent}"


def _evidence(one: Evidence) -> str:
    return one.effect if one.incident is None else f"{one.effect}:{one.incident}"
