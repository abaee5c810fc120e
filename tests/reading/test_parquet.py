"""Parquet: the rows are read as the same reports in JSON Lines are; what cannot be read is said with its row."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from servanda import read_reports, report
from servanda.reading.rejected import ReportFileError
from servanda.reading.reports import Rejected, scan_reports


def parquet(path: Path, query: str) -> Path:
    with duckdb.connect() as connection:
        connection.execute(f"copy ({query}) to '{path}' (format parquet)")
    return path


def test_values_count_as_they_would_in_json(tmp_path: Path) -> None:
    query = """
        select 'r1' as id, timestamp '2025-11-06 18:10:00' as reported, 'press' as source, ['A', 'B'] as actor,
            date '2025-11-05' as occurred, {'low': 1, 'high': 2.5::decimal(4, 1)} as quantity, 3 as killed, null as place
    """
    (found,) = read_reports(parquet(tmp_path / "reports.parquet", query))
    fields = {"id": "r1", "reported": "2025-11-06T18:10:00Z", "source": "press", "actor": ["A", "B"]}
    fields |= {"occurred": "2025-11-05", "quantity": {"low": 1, "high": 2.5}, "killed": 3}
    expected = report(fields)
    assert (found.body, found.reported, found.content) == (expected.body, expected.reported, expected.content)
    assert found.line == 1


def test_a_row_without_what_a_report_needs_is_rejected_with_its_number(tmp_path: Path) -> None:
    query = "select unnest(['a', null, 'c']) as id, '2025-11-06' as reported, 'press' as source"
    first, second, third = scan_reports(parquet(tmp_path / "reports.parquet", query))
    assert isinstance(second, Rejected)
    assert (second.code, second.line) == ("R010", 2)
    assert not isinstance(first, Rejected)
    assert not isinstance(third, Rejected)


def test_what_is_no_parquet_is_said(tmp_path: Path) -> None:
    path = tmp_path / "reports.parquet"
    path.write_text("{}")
    with pytest.raises(ReportFileError, match="cannot be read as Parquet"):
        list(scan_reports(path))
    with pytest.raises(ReportFileError):
        list(scan_reports(tmp_path / "missing.parquet"))


def test_a_pattern_is_no_name_of_a_file(tmp_path: Path) -> None:
    parquet(tmp_path / "a.parquet", "select 'r1' as id, '2025-11-06' as reported, 'press' as source")
    with pytest.raises(ReportFileError, match="in its name"):
        list(scan_reports(tmp_path / "*.parquet"))
