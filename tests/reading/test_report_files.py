"""Paths, pipes and packed files come in, whole, cut and damaged; what is read of them, and how, is checked."""

from __future__ import annotations

import gzip
import io
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from servanda.model.report import Report
from servanda.reading.reports import Rejected, ReportFileError, read_reports, scan_reports

GOOD = b'{"id": "r1", "reported": "2025-11-06", "source": "ary"}\n'
PACKED = gzip.compress(GOOD, mtime=0)
MIB = 1 << 20


def scan(data: bytes, **options: Any) -> list[Report | Rejected]:
    """All that comes of these bytes."""
    return list(scan_reports(io.BytesIO(data), **options))


# --- files and streams --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "count"),
    [
        ("a.jsonl", GOOD, 1),
        ("a.ndjson", GOOD, 1),
        ("A.JSONL.GZ", PACKED, 1),
        ("a.jsonl", PACKED, 1),  # gzip by its first bytes, not by its name
        ("a.jsonl.gz", GOOD, 1),
        ("a.csv", b"id,reported,source\na,2025-11-06,s\nb,2025-11-06,s\n", 2),
        ("a", b"\n  \n" + GOOD, 1),
        ("a", b"\n  \nid,reported,source\na,2025-11-06,s\n", 1),
        ("a.txt", b"\xef\xbb\xbf" + GOOD, 1),
        ("a", b"", 0),
        ("a.jsonl", b"\n\n", 0),
        ("a.jsonl", GOOD.rstrip(), 1),
        ("a.jsonl", GOOD.replace(b"\n", b"\r\n") * 2, 2),
        ("a", PACKED + PACKED, 2),
        ("a", PACKED + b"\0" * 512, 1),
    ],
)
def test_the_format_is_told_by_name_then_by_content(tmp_path: Path, name: str, data: bytes, count: int) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert len(list(read_reports(path))) == count
    assert len(list(read_reports(str(path)))) == count


def test_a_packed_file_is_told_by_the_name_it_has_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b"5\n" + GOOD))
    assert [type(each) for each in scan_reports(path)] == [Rejected, Report]


@pytest.mark.parametrize("first", [b"nonsense", b"5", b'"half', b"not json, at all", b"\xff"])
def test_a_bad_first_line_is_rejected_and_does_not_end_the_reading(first: bytes) -> None:
    found = list(scan_reports(io.BytesIO(first + b"\n" + GOOD)))
    assert [type(each) for each in found] == [Rejected, Report]
    assert isinstance(found[0], Rejected)
    assert found[0].line == 1


@pytest.mark.parametrize("header", [b"id,reported,source", b'"id","reported","source"', b"act, id,reported,source"])
def test_a_first_line_that_names_a_needed_column_is_a_header(header: bytes) -> None:
    row = b"x,a,2025-11-06,s\n" if header.startswith(b"act") else b"a,2025-11-06,s\n"
    found = list(scan_reports(io.BytesIO(header + b"\n" + row)))
    assert [type(each) for each in found] == [Report]


def test_a_header_with_another_separator_is_told_of_as_a_header() -> None:
    with pytest.raises(ReportFileError, match="has no header in line 1"):
        list(scan_reports(io.BytesIO(b"id;reported;source\na;2025-11-06;s\n")))


def test_standard_input_is_read_under_the_name_of_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(GOOD + b"{}\n")))
    found = list(scan_reports("-"))
    assert [type(each) for each in found] == [Report, Rejected]
    assert isinstance(found[1], Rejected)
    assert found[1].file == "<stdin>"


def test_a_text_stream_is_read_as_it_was_opened(tmp_path: Path) -> None:
    assert len(list(read_reports(io.StringIO(GOOD.decode() * 3)))) == 3
    (rejected,) = scan_reports(io.StringIO(GOOD.decode().replace("ary", "\ud800")))
    assert isinstance(rejected, Rejected)
    assert rejected.code == "R006"
    path = tmp_path / "latin.jsonl"
    path.write_bytes('{"id": "r1", "reported": "2025-11-06", "source": "ü"}'.encode("latin-1"))
    with path.open(encoding="latin-1") as stream:
        assert next(read_reports(stream)).source == "ü"
    with path.open(encoding="utf-8") as stream, pytest.raises(ReportFileError, match="mode 'rb'"):
        next(read_reports(stream))


def test_a_stream_given_stays_open_and_a_file_opened_is_closed(tmp_path: Path) -> None:
    stream = io.BytesIO(GOOD)
    assert len(list(read_reports(stream))) == 1
    assert not stream.closed
    path = tmp_path / "a.jsonl"
    path.write_bytes(GOOD * 2)
    reports = read_reports(path)
    next(reports)
    reports.close()  # type: ignore[attr-defined]  # no ResourceWarning, which is an error in the tests
    path.unlink()


@pytest.mark.parametrize("name", ["missing.jsonl", ".", "a\0b"])
def test_a_path_that_cannot_be_opened_says_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReportFileError, match="cannot be read"):
        list(read_reports(tmp_path / name))


def test_a_closed_stream_says_so() -> None:
    stream = io.BytesIO(GOOD)
    stream.close()
    with pytest.raises(ReportFileError, match="cannot be read"):
        list(read_reports(stream))


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (gzip.compress(GOOD * 100, mtime=0)[:-10], "ends too early"),
        (b"\x1f\x8b", "ends too early"),
        (PACKED + PACKED[:9], "ends too early"),
        (PACKED[:-8] + b"12345678", "damaged"),
        (PACKED + b"rest", "damaged"),
    ],
    ids=["cut", "begun", "second cut", "wrong sum", "rest"],
)
def test_gzip_that_is_cut_or_damaged_is_an_error_after_what_could_be_read(data: bytes, problem: str) -> None:
    with pytest.raises(ReportFileError, match=problem):
        scan(data)


def test_what_came_before_the_cut_is_read() -> None:
    reports = read_reports(io.BytesIO(gzip.compress(GOOD * 1000)[:-9]))
    assert next(reports).id == "r1"


# --- constant memory ----------------------------------------------------------------------------------


def bomb() -> bytes:
    """A small gzip file with one line of 256 MiB."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as stream:
        for _ in range(256):
            stream.write(b" " * MIB)
        stream.write(b"\n" + GOOD)
    return packed.getvalue()


def test_a_line_that_unpacks_without_end_is_stopped_at_the_limit() -> None:
    data = bomb()
    tracemalloc.start()
    try:
        found = scan(data, format="jsonl")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [each.code if isinstance(each, Rejected) else each.id for each in found] == ["R005", "r1"]
    assert peak < 8 * MIB


def test_memory_does_not_grow_with_the_file() -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            data = (GOOD * (len(buffer) // len(GOOD) + 1))[: len(buffer) // len(GOOD) * len(GOOD)]
            buffer[: len(data)] = data
            return len(data)

    def first(count: int) -> Iterator[Report]:
        reports = read_reports(io.BufferedReader(Endless()))
        return (next(reports) for _ in range(count))

    peaks = []
    for count in (500, 20_000):
        tracemalloc.start()
        for _ in first(count):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + MIB


def test_a_line_of_a_mebibyte_is_read() -> None:
    line = GOOD.rstrip(b"}\n") + b', "x": "'
    line += b"x" * (MIB - len(line) - 2) + b'"}'
    assert [type(each) for each in scan(line)] == [Report]
    assert [type(each) for each in scan(line + b" ")] == [Rejected]


def test_many_brackets_and_escapes_take_linear_time() -> None:
    for data in (b"[" * (MIB - 1), b'{"' + b'\\"' * (MIB // 2 - 40) + b"[" * 33, b'"[' * (MIB // 2 - 1)):
        (rejected,) = scan(data, format="jsonl")
        assert isinstance(rejected, Rejected)
