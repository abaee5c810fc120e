"""Bulk assessment: report files in columns come in; the verdicts of every engine go out, found by DuckDB where they can be."""

from servanda.columnar.assessing import InColumns, assess
from servanda.columnar.instances import assessment_of, instances
from servanda.columnar.lines import Lines
from servanda.columnar.shapes import asked_about
from servanda.columnar.told import latest
from servanda.columnar.unfit import UnfitError

__all__ = ["InColumns", "Lines", "UnfitError", "asked_about", "assess", "assessment_of", "instances", "latest"]
