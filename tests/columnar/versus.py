"""Columns against the plain engine: seeded files of reports come in; where the assessments differ goes out.

python -m columnar.versus 1000          # that many seeded files (run in tests/); exit 1 on a difference
python -m columnar.versus 1000 5000     # from this seed
"""

from __future__ import annotations

import csv
import dataclasses
import json
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from columnar.made import bulk_case
from live.versus import unlike
from oracle.generate import GeneratedCase, seeded_case
from properties.versus import agreement_of
from servanda import Assessment, read_reports
from servanda.assessing import assess, moment
from servanda.columnar import Lines, UnfitError, asked_about, assessment_of
from servanda.columnar import assess as assess_columns
from servanda.evidence import state
from servanda.matching import put
from servanda.model.agreement import Agreement
from servanda.model.report import Report
from servanda.render import csv_columns
from servanda.render.csv import csv_text, header


def case_of(seed: int) -> GeneratedCase:
    """A case made for columns, or one of the oracle's, whose evidence is never asked to be corroborated."""
    if seed % 3:
        return bulk_case(seed)
    mapping, reports, view, as_of, known_at = seeded_case(seed)
    mapping = {**mapping, "evidence": {**mapping.get("evidence", {}), "corroboration": 1}}
    return mapping, reports, "neutral" if view == "press first" else view, as_of, known_at


def written(reports: list[dict[str, Any]], folder: Path, dice: random.Random) -> Path:
    """A file of the reports in one of the formats."""
    make = dice.choice((_jsonl, _jsonl, _jsonl, _csv, _parquet))
    path = folder / f"{dice.random()}.{make.__name__[1:]}"
    make(reports, path, dice)
    return path


def _names(reports: list[dict[str, Any]]) -> list[str]:
    return sorted({name for one in reports for name in one}, key=lambda name: (name != "id", name))


def _jsonl(reports: list[dict[str, Any]], path: Path, dice: random.Random) -> None:
    """Most lines in one layout, some in another, and some that are no reports."""
    separators = dice.choice(((", ", ": "), (",", ":")))
    names = _names(reports)
    with path.open("w", encoding="utf-8") as file:
        for one in reports:
            row = {name: one[name] for name in names if name in one}
            if dice.random() < 0.05:
                row = dict(reversed(row.items()))
            file.write(json.dumps(row, ensure_ascii=False, separators=separators) + "\n")
            if dice.random() < 0.02:
                file.write(dice.choice(("\n", "  \n", "{\n", '{"id": "x"}\n', '{"id": "a", "id": "b"}\n', "[]\n")))


def _csv(reports: list[dict[str, Any]], path: Path, dice: random.Random) -> None:
    names = _names(reports) or ["id", "source", "reported"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for one in reports:
            cells = [_cell(one.get(name)) for name in names]
            if dice.random() < 0.02:
                cells[dice.randrange(len(cells))] = dice.choice((" x ", "a;b", "", "x "))
            writer.writerow(cells if dice.random() > 0.01 else cells[:2])


def _cell(value: object) -> str:
    if value is None:
        return ""
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)


def _parquet(reports: list[dict[str, Any]], path: Path, dice: random.Random) -> None:
    names = _names(reports) or ["id", "source", "reported"]
    with duckdb.connect() as connection:
        rows = [tuple(None if one.get(name) is None else _cell(one[name]) for name in names) for one in reports]
        put(connection, "told", dict.fromkeys(names, "varchar"), rows)
        timed = "occurred" in names and dice.random() < 0.5
        columns = "* replace (try_cast(occurred as timestamp) as occurred)" if timed else "*"
        connection.execute(f"copy (select {columns} from told) to '{path}' (format parquet)")


def plain(path: Path, agreement: Agreement, view: str, times: tuple[int, int]) -> Assessment:
    read = read_reports(path, on_reject=lambda _: None)
    statements = [state(one, agreement) for one in read if one.agreement in (None, agreement.id)]
    return dataclasses.replace(assess(agreement, statements, view, *times, engine="plain").assessment, matcher="")


def in_columns(path: Path, agreement: Agreement, view: str, times: tuple[int, int]) -> Assessment | None:
    """The same from columns; None where the file or the agreement is not fit for them."""
    try:
        lines = Lines([str(path)], asked_about(agreement))
    except UnfitError:
        return None
    try:
        own = (one for one in lines.odd() if isinstance(one, Report) and one.agreement in (None, agreement.id))
        odd = [state(one, agreement) for one in own]
        judged = assess_columns(lines, agreement, view, odd, times)
        found = assessment_of(judged)
        for few in (0, 1000):  # what DuckDB writes, and what is written from instances
            csv_columns._FEW = few
            cells = header(several=False) + b"".join(csv_columns.csv_rows(judged, lambda _: True)).decode()
            assert cells.splitlines() == csv_text([found]).splitlines()
        return dataclasses.replace(found, matcher="")
    except UnfitError:
        return None
    finally:
        lines.close()


def differences(seed: int, folder: Path) -> Iterator[str]:
    """Where columns say something else; "unfit" where they say nothing."""
    mapping, reports, view, as_of, known_at = case_of(seed)
    agreement, path = agreement_of(mapping), written(reports, folder, random.Random(seed))
    times = moment(as_of, agreement), moment(known_at, agreement)
    found = in_columns(path, agreement, view, times)
    if found is None:
        yield "unfit"
        return
    expected = plain(path, agreement, view, times)
    if len(found.instances) != len(expected.instances):
        yield f"{len(found.instances)} instances, not {len(expected.instances)}"
    yield from unlike(found, expected)


def main(cases: int, first: int = 0) -> int:
    """Compare seeded files; print each that differs."""
    wrong = unfit = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + cases):
            try:
                found = list(differences(seed, Path(folder)))
            except Exception as error:  # noqa: BLE001 - whatever goes wrong is a difference
                found = [repr(error)[:2000]]
            unfit += found == ["unfit"]
            if found and found != ["unfit"]:
                wrong += 1
                print(f"seed {seed}:", *found[:2], sep="\n  ", flush=True)
    print(f"{cases} files, {unfit} not fit for columns, {wrong} with differences")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
