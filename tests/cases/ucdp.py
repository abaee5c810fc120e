"""Rows of the UCDP Georeferenced Event Dataset come in, report fields as `servanda.report` takes them go out.

What UCDP codes and what it does not: `side_a` and `side_b` are the sides of the conflict in a fixed order
(the government first), not attacker and target. So a clash (types 1 and 2) becomes an attack of which
neither `actor` nor `target` is known; the sides are kept as an attribute, which no duty is judged by. Only
one-sided violence (type 3) says who did it: `side_a`, against civilians.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

_ONE_SIDED = "3"


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of an export; the row of HXL tags (`#date+year`) that HDX puts under the header is none."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            if not all(cell.startswith("#") for cell in row.values() if cell):  # a headline may begin so too
                yield row


def report_fields(row: dict[str, str]) -> dict[str, object]:
    """One event as one report by the data set."""
    first, last = row["date_start"][:10], row["date_end"][:10]
    fields: dict[str, object] = {
        "id": f"ucdp-{row['id']}",
        "reported": _reported(row, last),
        "source": "ucdp",
        "act": "force.attack",
        "place": row["where_coordinates"],
        # `date_prec` 1 is a day; above it the event lies somewhere from start to end
        "occurred": first if row["date_prec"] == "1" and first == last else f"{first}/{last}",
        "quantity": _deaths(row),
        "number_of_sources": int(row["number_of_sources"] or 0),
        "sides": [row["side_a"], row["side_b"]],
    }
    if row["type_of_violence"] == _ONE_SIDED:
        fields |= {"actor": row["side_a"], "target": "civilians"}
    return fields


def _reported(row: dict[str, str], last: str) -> str:
    """When the last of the articles coded appeared, but not before the event was over."""
    return max(last, *(date[:10] for date in row["source_date"].split(";")))


def _deaths(row: dict[str, str]) -> dict[str, float]:
    """From the lowest to the highest estimate; in some rows `low` is above `high`, or the names end in `_est`."""
    figures = [float(row.get(name) or row.get(f"{name}_est") or 0) for name in ("low", "best", "high")]
    return {"low": min(figures), "high": max(figures)}
