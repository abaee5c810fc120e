"""Real files of UCDP, ICEWS, and the code lists of ACLED, CAMEO and GDELT come in; what the readers make is checked.

The data is not part of the project: it is looked for beside the checkout, in the shared data folder.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from servanda.model.report import Amount, Report
from servanda.reading.crosswalk import Crosswalk
from servanda.reading.form_nodes import column_name
from servanda.reading.mapping import read_mapping
from servanda.reading.rejected import ReportError
from servanda.reading.reports import scan_reports

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside the checkout")


def read(name: str, reader: str) -> dict[str, Report]:
    """Every report of a file; no row is rejected."""
    found = list(scan_reports(DATA / name, reader=reader))
    reports = {each.id: each for each in found if isinstance(each, Report)}
    assert len(reports) == len(found)
    return reports


def rows(name: str) -> list[dict[str, str]]:
    """The rows as another CSV reader reads them."""
    with (DATA / name).open(encoding="latin-1" if "latin1" in name else "utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def crosswalk(name: str) -> Crosswalk:
    found = read_mapping(name).crosswalk
    assert found is not None
    return found


@pytest.mark.parametrize(("name", "count"), [("ged_sudan_2023", 345), ("ged_ukraine_2014_2019", 1167)])
def test_every_ucdp_event_becomes_one_report_with_its_doubts(name: str, count: int) -> None:
    reports = read(f"ucdp/{name}.csv", "ucdp-ged")
    assert len(reports) == count
    events = [row for row in rows(f"ucdp/{name}.csv") if row["id"]]
    assert len(events) == count
    for row in events:
        body = reports[f"ucdp-{row['id']}"].body
        first, last = row["date_start"][:10], row["date_end"][:10]
        assert body["occurred"].text == (first if first == last else f"{first}/{last}")  # type: ignore[attr-defined]
        figures = [int(row[each]) for each in ("low", "best", "high")]
        assert body["quantity"] == Amount(min(figures), max(figures))
        assert ("actor" in body, "target" in body) == (row["type_of_violence"] == "3",) * 2
        assert (body.get("place") == row["where_coordinates"]) or row["where_prec"] != "1"
        assert body["event_clarity"] == row["event_clarity"]
        assert len(body["sources"]) == int(row["number_of_sources"])  # type: ignore[arg-type]


def test_ucdp_one_sided_violence_in_sudan_is_by_the_army_or_the_rsf() -> None:
    reports = read("ucdp/ged_sudan_2023.csv", "ucdp-ged").values()
    actors = Counter(each.body["actor"] for each in reports if "actor" in each.body)
    assert sum(actors.values()) == 58
    assert set(actors) >= {("Government of Sudan",), ("RSF",)}
    assert {each.body["target"] for each in reports if "target" in each.body} == {("civilians",)}


def test_every_icews_event_becomes_one_report() -> None:
    reports = read("codes/icews_events_2018_sample.tab", "icews")
    assert len(reports) == 3705
    acts = Counter(each.body["act"] for each in reports.values())
    assert acts["talk.meet"] > 500
    assert acts["force.attack.smallarms"] == 71
    assert "NA" not in {each.body.get("place") for each in reports.values()}
    assert all("actor" in each.body for each in reports.values() if each.body["act"] not in ("talk.meet", "agree"))


def test_every_cameo_code_has_an_act_but_for_the_roots() -> None:
    walk = crosswalk("icews")
    codes = [row["code"] for row in rows("codes/cameo_codes_latin1.csv")]
    assert len(codes) > 300
    for code in codes:
        if len(code) == 2:
            with pytest.raises(ReportError, match="R022"):
                walk.of(code)
        else:
            assert walk.of(code)["crosswalk_act"]


def test_every_acled_sub_event_and_event_type_has_an_act() -> None:
    walk = crosswalk("acled")
    for row in rows("acled/acled_event_categories.csv"):
        assert walk.of(row["sub_event_type"])["crosswalk_act"]
        assert walk.of(row["event_type"])["crosswalk_act"]


def test_the_acled_columns_are_those_of_the_codebook() -> None:
    table = read_mapping("acled")
    known = {row["Variable"] for row in rows("acled/acled_codebook.csv")}
    assert table.used <= known
    newer = {"disorder_type", "civilian_targeting", "tags"}
    assert (table.optional | set(table.kept.values())) <= known | newer


def test_the_gdelt_columns_are_those_of_its_list() -> None:
    lines = rows("codes/gdelt2_events_columns.csv")
    assert [column_name(row["tableId"]) for row in lines] == list(read_mapping("gdelt2").header)
