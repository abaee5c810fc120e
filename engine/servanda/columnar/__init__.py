"""Bulk assessment: report files in columns come in; the verdicts of every engine go out, found by DuckDB where they can be."""

from servanda.columnar.assessing import InColumns, assess
from servanda.columnar.files import assess_files
from servanda.columnar.instances import (
    Judged,
    assessment_of,
    by_clause,
    instances,
    met_of,
    statuses,
    with_all_breaches,
    with_met,
)
from servanda.columnar.lines import Lines
from servanda.columnar.replies import Asked
from servanda.columnar.shapes import asked_about
from servanda.columnar.told import all_told, latest, set_aside
from servanda.columnar.unfit import UnfitError

__all__ = [
    "Asked",
    "InColumns",
    "Judged",
    "Lines",
    "UnfitError",
    "all_told",
    "asked_about",
    "assess",
    "assess_files",
    "assessment_of",
    "by_clause",
    "instances",
    "latest",
    "met_of",
    "set_aside",
    "statuses",
    "with_all_breaches",
    "with_met",
]
