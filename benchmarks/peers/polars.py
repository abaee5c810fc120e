"""Polars: the file is read with types, and the question is a join."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from peers import Counts

SCHEMA = dict.fromkeys(("id", "source", "reported", "occurred", "act", "actor", "object", "place"), pl.String)
TIMES = pl.col("reported", "occurred").str.to_datetime("%Y-%m-%dT%H:%M:%SZ")


def h(folder: Path) -> Counts:
    """Demands without an answer in time; strikes joined with the last switch before them."""
    told = _reading(folder).collect().sort("occurred")
    due = (pl.col("occurred") + pl.duration(seconds=10)).alias("due")
    demands = told.filter(pl.col("act") == "demand", due <= pl.col("occurred").max()).select("object", due)
    answers = told.filter(pl.col("act") == "detain.handover").select("object", "occurred")
    in_time = demands.join(answers, on="object").filter(pl.col("occurred") <= pl.col("due"))
    strikes = told.filter(pl.col("act").str.starts_with("force")).select("place", "occurred")
    switches = told.filter(pl.col("act").str.starts_with("declare")).select("place", "occurred", "act")
    states = strikes.join_asof(switches, on="occurred", by="place", check_sortedness=False)
    return {
        "missed": demands.join(in_time, on="object", how="anti").height,
        "strikes": states.filter(pl.col("act") == "declare.on").height,
    }


def w(folder: Path) -> Counts:
    """A join with what is forbidden."""
    forbidden = pl.scan_csv(folder / "bans.csv", infer_schema=False)
    found = _reading(folder).join(forbidden, on=("actor", "act", "object")).select(pl.col("occurred").count())
    return {"breaches": found.collect().item()}


def scan(folder: Path) -> Counts:
    """Every column of every report."""
    return {"reports": _reading(folder).collect().height}


def _reading(folder: Path) -> pl.LazyFrame:
    return pl.scan_ndjson(folder / "reports.jsonl", schema=SCHEMA).with_columns(TIMES)
