"""DuckDB: the file is read with types, and the question is put in SQL."""

from __future__ import annotations

from pathlib import Path

from duckdb import DuckDBPyConnection, connect

from peers import Counts

COLUMNS = "id source act actor object place"


def h(folder: Path) -> Counts:
    """Demands without an answer in time; strikes joined with the last switch before them."""
    db = _reading(folder)
    db.execute("CREATE TABLE told AS FROM reports")
    missed = _one(
        db,
        """
        SELECT count(*) FROM told demand
        WHERE act = 'demand' AND occurred + INTERVAL 10 SECOND <= (SELECT max(occurred) FROM told) AND NOT EXISTS (
            FROM told answer
            WHERE answer.act = 'detain.handover' AND answer.object = demand.object
            AND answer.occurred BETWEEN demand.occurred AND demand.occurred + INTERVAL 10 SECOND)
        """,
    )
    strikes = _one(
        db,
        """
        SELECT count(*)
        FROM (FROM told WHERE starts_with(act, 'force')) strike
        ASOF JOIN (FROM told WHERE starts_with(act, 'declare')) switch
        ON strike.place = switch.place AND strike.occurred >= switch.occurred
        WHERE switch.act = 'declare.on'
        """,
    )
    return {"missed": missed, "strikes": strikes}


def w(folder: Path) -> Counts:
    """A join with what is forbidden."""
    db = _reading(folder)
    db.read_csv(str(folder / "bans.csv"), all_varchar=True).create_view("bans")
    return {"breaches": _one(db, "SELECT count(occurred) FROM reports JOIN bans USING (actor, act, object)")}


def scan(folder: Path) -> Counts:
    """Every column of every report."""
    return {"reports": _one(_reading(folder), "SELECT count(id) FROM (SELECT id, hash(COLUMNS(*)) FROM reports)")}


def _reading(folder: Path) -> DuckDBPyConnection:
    """A database with the reports as a view."""
    db = connect()
    types = {"reported": "TIMESTAMP", "occurred": "TIMESTAMP", **dict.fromkeys(COLUMNS.split(), "VARCHAR")}
    db.read_json(str(folder / "reports.jsonl"), format="newline_delimited", columns=types).create_view("reports")
    return db


def _one(db: DuckDBPyConnection, query: str) -> int:
    return db.execute(query).fetchone()[0]
