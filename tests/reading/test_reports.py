"""Report files as people and programs write them come in; the reports and the rejected lines are compared."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import pickle
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servanda.codes.report_lines import CODES
from servanda.model.moments import When
from servanda.model.report import Amount, Report
from servanda.reading.reports import (
    Rejected,
    ReportError,
    ReportFileError,
    read_reports,
    report,
    scan_reports,
)

BAD = sorted((Path(__file__).parent / "bad_reports").iterdir())
GOOD = b'{"id": "r1", "reported": "2025-11-06", "source": "ary"}\n'
HEAD = {"id": "r1", "reported": "2025-11-06", "source": "ary"}
MIB = 1 << 20


def scan(data: bytes, **options: Any) -> list[Report | Rejected]:
    """All that comes of these bytes."""
    return list(scan_reports(io.BytesIO(data), **options))


def body(**fields: object) -> dict[str, object]:
    """The body read from one line with these fields."""
    (found,) = scan(json.dumps(HEAD | fields).encode())
    assert isinstance(found, Report), found
    return dict(found.body)


# --- what a line must hold ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_a_bad_line_is_rejected_by_code_and_line_and_the_rest_is_read(path: Path) -> None:
    named = re.match(r"(R\d+)-line-(\d+)-[^.]*(?:\.(acled|gdelt2|icews|ucdp-ged)(?=\.))?", path.name)
    assert named is not None
    found = list(scan_reports(path, reader=named[3]))
    (rejected,) = [each for each in found if isinstance(each, Rejected)]
    assert (rejected.code, rejected.line) == (named[1], int(named[2]))
    assert rejected.message
    assert rejected.remedy.endswith(".")
    assert rejected.file == str(path)
    assert rejected.excerpt
    assert rejected.excerpt.isprintable()
    assert isinstance(found[-1], Report), "what follows the bad line is read"


def test_every_code_has_a_failing_file() -> None:
    assert {path.name[:4] for path in BAD} == {info.code for info in CODES}


def test_a_report_is_read_field_by_field() -> None:
    line = {
        **HEAD,
        "claimant": "mujahid",
        "incident": "chaman",
        "agreement": "istanbul-2025",
        "act": "force.attack",
        "actor": ["PAK", "PAK", "X"],
        "target": "AFG",
        "object": 5,
        "place": 1.5,
        "occurred": "2025-11",
        "quantity": {"low": 3, "high": 5},
        "url": "https://example.org",
        "weapons": ["gun", ["a", 1], {"b": 1, "a": 2}],
        "detail": {"b": [1, None], "a": "ö"},
        "nothing": None,
    }
    (found,) = scan(b"\n" + json.dumps(line).encode())
    assert isinstance(found, Report)
    assert (found.id, found.source, found.claimant, found.incident) == ("r1", "ary", "mujahid", "chaman")
    assert (found.says, found.of, found.agreement, found.line) == ("asserts", None, "istanbul-2025", 2)
    assert found.reported == When.parse("2025-11-06")
    assert dict(found.body) == {
        "act": "force.attack",
        "actor": ("PAK", "X"),
        "target": ("AFG",),
        "object": "5",
        "place": "1.5",
        "occurred": When.parse("2025-11"),
        "quantity": Amount(3, 5),
        "url": "https://example.org",
        "weapons": ("gun", ("a", 1), '{"a":2,"b":1}'),
        "detail": '{"a":"ö","b":[1,null]}',
    }
    assert found.content == json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_the_claimant_is_the_source_unless_said() -> None:
    assert report(HEAD).claimant == "ary"
    assert report({**HEAD, "claimant": ""}).claimant == "ary"


def test_null_clears_a_field_in_a_correction_only() -> None:
    assert body(place=None, url=None, actor=[]) == {}
    assert body(says="corrects", of="r0", place=None, url=None, actor=[]) == {"place": None, "url": None, "actor": None}


def test_a_number_is_a_quantity_without_doubt() -> None:
    assert body(quantity=3)["quantity"] == Amount(3, 3)
    assert body(quantity=0.5)["quantity"] == Amount(0.5, 0.5)


def test_only_a_denial_may_name_an_incident_instead_of_a_report() -> None:
    denial = report({**HEAD, "says": "denies", "incident": "chaman"})
    assert (denial.of, denial.incident) == (None, "chaman")
    with pytest.raises(ReportError, match="R015"):
        report({**HEAD, "says": "retracts", "incident": "chaman"})


@pytest.mark.parametrize("levels", [31, 32])
def test_nesting_ends_at_32_levels(levels: int) -> None:
    value: object = "x"
    for _ in range(levels):
        value = [value]
    (found,) = scan(json.dumps(HEAD | {"x": value}).encode())
    assert isinstance(found, Report) == (levels == 31)
    if levels == 31:
        assert report(HEAD | {"x": value}) is not None
    else:
        with pytest.raises(ReportError, match="R004"):
            report(HEAD | {"x": value})


def test_brackets_in_texts_are_no_levels() -> None:
    assert body(x="[" * 100 + '"{' * 100)


# --- from a mapping -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"id": None}, "R010"),
        ({"id": "\ud800"}, "R006"),
        ({"x": float("nan")}, "R003"),
        ({"quantity": float("inf")}, "R014"),
        ({"x": 10**5000}, "R001"),
        ({"x": {1: 2}}, "R011"),
        ({1: 2}, "R011"),
        ({"x": b"bytes"}, "R011"),
        ({"actor": 5}, "R011"),
        ({"occurred": "soon"}, "R012"),
        ({"says": "says"}, "R013"),
    ],
)
def test_a_mapping_is_held_to_the_same_codes(fields: dict[str, object], code: str) -> None:
    with pytest.raises(ReportError) as caught:
        report({**HEAD, **fields})
    assert caught.value.code == code


def test_a_mapping_that_holds_itself_is_nested_too_deep() -> None:
    knot: dict[str, object] = dict(HEAD)
    knot["x"] = knot
    with pytest.raises(ReportError, match="R004"):
        report(knot)


def test_a_mapping_may_hold_tuples() -> None:
    assert report({**HEAD, "actor": ("PAK", "AFG")}).body["actor"] == ("PAK", "AFG")


def test_errors_cross_process_borders() -> None:
    with pytest.raises(ReportError) as caught:
        report({})
    copied = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert (copied.rejected, str(copied)) == (caught.value.rejected, str(caught.value))
    error = ReportFileError("a.csv", "is empty", "fill it")
    assert str(pickle.loads(pickle.dumps(error))) == str(error) == "a.csv: is empty. Fill it."  # noqa: S301


# --- rejected lines are never silent ------------------------------------------------------------------


def test_without_somebody_to_tell_the_first_rejected_line_raises() -> None:
    reports = read_reports(io.BytesIO(GOOD + b"{}\n" + GOOD))
    assert next(reports).id == "r1"
    with pytest.raises(ReportError, match=r"<stream>:2: R010 `id` is missing\. Add the field\."):
        next(reports)


def test_somebody_told_of_rejected_lines_gets_each_and_reading_goes_on() -> None:
    told: list[Rejected] = []
    reports = list(read_reports(io.BytesIO(GOOD + b"{}\n[]\n" + GOOD), on_reject=told.append))
    assert [each.line for each in reports] == [1, 4]
    assert [(each.line, each.code) for each in told] == [(2, "R010"), (3, "R004")]


def test_an_excerpt_is_short_and_safe_to_print() -> None:
    (rejected,) = scan(b"{\x1b[31m\x00" + "ü".encode() * 500)
    assert isinstance(rejected, Rejected)
    assert rejected.excerpt.startswith("{\\x1b[31m\\x00ü")
    assert rejected.excerpt.endswith("…")
    assert len(rejected.excerpt) < 100


# --- CSV ------------------------------------------------------------------------------------------------


def test_csv_cells_are_absent_text_lists_or_quantities() -> None:
    data = (
        "\ufeffid,reported,source,actor,target,act,quantity,url,tags,note,\r\n"
        'r1,2025-11-06,ary,PAK; AFG,TTP;,talk.meet,3,,a;b,"x, ""y""\r\nz",\r\n'
        "\r\n"
        'r2,2025-11-06,ary,,,,"{""low"": 3, ""high"": 5}",u\r\n'
    )
    first, second = scan(data.encode())
    assert isinstance(first, Report)
    assert isinstance(second, Report)
    assert dict(first.body) == {
        "actor": ("PAK", "AFG"),
        "target": ("TTP",),
        "act": "talk.meet",
        "quantity": Amount(3, 3),
        "tags": ("a", "b"),
        "note": 'x, "y"\nz',
    }
    assert json.loads(first.content) == {
        **HEAD,
        "actor": ["PAK", "AFG"],
        "target": ["TTP"],
        "act": "talk.meet",
        "quantity": 3,
        "tags": ["a", "b"],
        "note": 'x, "y"\nz',
    }
    assert dict(second.body) == {"quantity": Amount(3, 5), "url": "u"}
    assert (first.line, second.line) == (2, 5)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"id,reported,source,id\n", "column 'id' twice"),
        (b"r1,2025-11-06,ary\n", "has no header in line 1"),
        (b'\n"id,reported\n', "header, line 2, cannot be read"),
        (b"id,repor\xffted\n", "header, line 1, cannot be read"),
        (b"id,reported,source\rr1,2025-11-06,ary\r", "carriage returns only"),
        ("id,reported,source\n".encode("utf-16"), "is UTF-16"),
    ],
)
def test_a_header_to_go_by_is_needed(data: bytes, problem: str) -> None:
    with pytest.raises(ReportFileError, match=problem):
        scan(data, format="csv")


def test_a_header_without_a_needed_column_rejects_every_row() -> None:
    assert [each.code for each in scan(b"id,source\na,s\nb,s\n") if isinstance(each, Rejected)] == ["R010"] * 2


def test_a_quote_that_swallows_the_file_costs_one_row() -> None:
    rows = b"".join(b"r%d,2025-11-06,s,\n" % n for n in range(60_000))
    found = scan(b'id,reported,source,note\nr,2025-11-06,s,"open\n' + rows)
    assert [each.code for each in found if isinstance(each, Rejected)] == ["R021"]
    assert len(found) == 60_001


def test_a_quote_left_open_is_given_up_after_a_mebibyte() -> None:
    stream = io.BytesIO(b'id,reported,source,note\nr,2025-11-06,s,"open\n' + b"r,2025-11-06,s,\n" * (MIB // 2))
    first = next(scan_reports(stream))
    assert isinstance(first, Rejected)
    assert first.code == "R021"
    assert stream.tell() < 2 * MIB


def test_a_long_row_of_a_csv_file_is_rejected_alone() -> None:
    found = scan(b"id,reported,source,note\nr,2025-11-06,s," + b"x" * MIB + b"\nr,2025-11-06,s,\n")
    assert [type(each) for each in found] == [Rejected, Report]
    assert isinstance(found[0], Rejected)
    assert found[0].code == "R005"


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).map(str.strip).filter(bool)
WORD = TEXT.filter(lambda text: ";" not in text)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {"id": WORD, "reported": st.dates(dt.date(2, 1, 1), dt.date(9998, 12, 31)).map(str), "source": WORD},
        optional={
            "act": WORD,
            "actor": st.lists(WORD, min_size=2, max_size=3),
            "quantity": st.integers(0, 99) | st.floats(0, 99),
            "note": WORD,
        },
    ),
    max_size=5,
)


@settings(deadline=None)
@given(RECORDS)
def test_json_lines_and_csv_of_the_same_reports_agree(records: list[dict[str, Any]]) -> None:
    lines = "".join(json.dumps(record) + "\n" for record in records)
    table = io.StringIO()
    writer = csv.DictWriter(table, ["id", "reported", "source", "act", "actor", "quantity", "note"])
    writer.writeheader()
    for record in records:
        writer.writerow(record | ({"actor": ";".join(record["actor"])} if "actor" in record else {}))
    from_json = [report_of(each) for each in scan(lines.encode(), format="jsonl")]
    from_csv = [report_of(each) for each in scan(table.getvalue().encode(), format="csv")]
    assert from_json == from_csv


def report_of(item: Report | Rejected) -> tuple[object, ...]:
    """A report without its line, which differs by the header."""
    assert isinstance(item, Report), item
    return (item.id, item.reported, item.source, item.claimant, dict(item.body), item.content)


# --- whatever comes in --------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["auto", "jsonl", "csv"]))
def test_random_bytes_give_reports_rejections_or_a_file_error(data: bytes, how: Any) -> None:
    try:
        for each in scan(data, format=how):
            assert isinstance(each, (Report, Rejected))
    except ReportFileError as error:
        assert error.file == "<stream>"  # noqa: PT017 - one of two right outcomes


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["id", "reported", "source", "claimant", "says", "of", "act", "actor", "occurred", "quantity", "x"]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), JSON | st.sampled_from(["2025-11-06", "denies", "r1"]), max_size=11))
def test_any_json_object_gives_a_report_or_a_rejection_and_so_does_the_mapping(fields: dict[str, object]) -> None:
    (found,) = scan(json.dumps(fields).encode(), format="jsonl")
    if isinstance(found, Report):
        assert report(fields).content == found.content
    else:
        with pytest.raises(ReportError):
            report(fields)


@settings(deadline=None)
@given(st.lists(st.sampled_from([b'"', b",", b"\n", b"a", b'""', b"\r\n", b";"]), max_size=40).map(b"".join))
def test_quotes_in_any_order_are_read_to_the_end(tail: bytes) -> None:
    found = scan(b"id,reported,source,n\n" + tail + b"\nlast,2025-11-06,s,\n", format="csv")
    last = found[-1]
    assert isinstance(last, (Report, Rejected))
    assert last.code != "R021" if isinstance(last, Rejected) else True


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(1, 200))
def test_gzip_of_any_bytes_reads_as_the_bytes_do(data: bytes, size: int) -> None:
    def outcome(raw: bytes) -> list[object]:
        try:
            return list(scan_reports(Dribble(raw, size), format="jsonl"))  # type: ignore[arg-type]
        except ReportFileError as error:
            return [error.problem]

    if not data.startswith(b"\x1f\x8b"):
        assert outcome(gzip.compress(data)) == outcome(data)


class Dribble:
    """A stream that gives a few bytes at a time, and knows nothing but `read`."""

    def __init__(self, data: bytes, size: int) -> None:
        self.rest, self.size = data, size

    def read(self, _: int = -1) -> bytes:
        chunk, self.rest = self.rest[: self.size], self.rest[self.size :]
        return chunk


def test_an_act_has_a_bounded_number_of_segments() -> None:
    told = {"id": "r1", "reported": "2025-11-06", "source": "x"}
    assert report({**told, "act": ".".join("a" * 32)}).body["act"]
    with pytest.raises(ReportError, match="R004"):
        report({**told, "act": ".".join("a" * 33)})
