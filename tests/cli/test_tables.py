"""Tables on consoles of any width: nothing is left out, and words stay whole where they can."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from servanda.render.columns import Line, needs, widths, wrapped

WIDTHS = (60, 80, 100, 200)
LONG = "withdrawal_of_heavy_weapons_from_the_line"


@pytest.fixture
def wide(tmp_path):
    """An agreement with long names and many views, and a report on it."""
    views = "".join(f"  observers_of_group_{number}: {{ranking: [[rest]]}}\n" for number in range(9))
    (tmp_path / "a.yaml").write_text(
        "servanda: 1\nagreement: a\nactors:\n  NORTH: {role: party}\n  SOUTH: {role: party}\n"
        f"views:\n{views}clauses:\n"
        f"  {LONG}:\n    binds: [NORTH, SOUTH]\n    must: {{act: force.withdraw}}\n    by: 2026-03-31\n"
        f"    otherwise: {{must: {{act: pay}}, within: P3D}}\n"
        f"  {'x' * 70}:\n    binds: [NORTH, SOUTH]\n    joint: true\n    must_not: {{act: force.attack}}\n"
    )
    report = {
        "id": "r1",
        "source": "s",
        "reported": "2026-04-20",
        "incident": "shots-at-the-bridge-over-the-long-river",
        "act": "force.attack",
        "actor": "NORTH",
        "occurred": "2026-02-01",
    }
    (tmp_path / "r.jsonl").write_text(json.dumps(report) + "\n")
    return str(tmp_path / "a.yaml"), str(tmp_path / "r.jsonl")


@pytest.mark.parametrize("width", WIDTHS)
def test_every_view_is_shown_however_narrow_the_console(run, example, wide, width):
    for agreement, reports in (example, wide):
        views = json.loads(run("assess", agreement, "-r", reports, "--view", "all", "--format", "json").stdout)[
            "assessments"
        ]
        text = run("assess", agreement, "-r", reports, "--view", "all", env={"COLUMNS": str(width)}).stdout
        lines = text.splitlines()
        assert all(cell_len(line) <= width for line in lines)
        table = text[: text.rindex("─")].partition("─")[2]
        pieces = Counter(piece for one in views for piece in re.findall(r"[^_\s]+_?", one["view"]))
        for piece, count in pieces.items():
            assert table.count(piece) >= count, piece
        verdicts = sum(len(one["instances"]) for one in views)
        found = re.findall(
            r"(?<=   )(violated|undetermined:|holding|fulfilled|pending|overdue|dormant|unenforceable)(?=,|$|   )",
            table,
            re.MULTILINE,
        )
        assert len(found) >= verdicts


@pytest.mark.parametrize("width", WIDTHS)
def test_the_table_of_one_view_loses_no_text(run, example, wide, width):
    for agreement, reports in (example, wide):
        command = ("assess", agreement, "-r", reports)
        text = run(*command, env={"COLUMNS": str(width)}).stdout
        whole = run(*command, env={"COLUMNS": "4000"}).stdout
        assert all(cell_len(line) <= width for line in text.splitlines())
        for words in (set(re.findall(r"[^\s─]+", whole.partition("─")[2]))) - {
            "clause",
            "bearer",
            "trigger",
            "why",
            "when",
        }:
            for piece in re.findall(r"[^_\-.+/:;,]+", words):
                assert piece in text or (len(piece) > 20 and piece[:15] in text), piece
    assert text.count("x" * 15) >= 1


@pytest.mark.parametrize("width", WIDTHS)
def test_a_long_name_stays_whole_or_breaks_after_a_mark(run, wide, width):
    agreement, reports = wide
    for view in ("neutral", "all"):
        command = ("assess", agreement, "-r", reports, "--view", view, "--clause", LONG)
        text = run(*command, env={"COLUMNS": str(width)}).stdout
        for word in ("withdrawal_", "weapons_", "line.", "otherwise"):
            assert word in text
        if width == 200:
            assert f"{LONG}.otherwise" in text


def test_phrases_with_a_date_stay_together(assess):
    for width in WIDTHS:
        text = assess(env={"COLUMNS": str(width)}).stdout
        assert "due 2025-11-06" in text
        assert "since 2025-10-19" in text
        assert "\u00a0" not in text


texts = st.text(st.sampled_from("ab_ -.漢"), max_size=30)


@given(st.lists(st.lists(texts, min_size=1, max_size=4), min_size=1, max_size=6), st.integers(12, 90))
def test_columns_fit_their_room_and_keep_every_character(cells, room):
    table = [tuple(Line(text) for text in cell) for cell in cells]
    found = widths([needs([cell]) for cell in table], room)
    assert sum(found) <= room
    for cell, width in zip(table, found, strict=True):
        lines = wrapped(cell, width)
        assert all(cell_len(line.text) <= max(width, 2) for line in lines)
        assert "".join("".join(line.text.split()) for line in lines) == "".join(
            "".join(line.text.split()) for line in cell
        )
