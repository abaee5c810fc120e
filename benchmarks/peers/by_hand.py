"""A loop written by hand for just the question of a workload; what the others are held against."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import workload_h

from peers import Ban, Counts, bans, rows


def h(folder: Path) -> Counts:
    """A dictionary of what is owed, a queue of deadlines, and a set of places."""
    missed, strikes = workload_h.by_hand(rows(folder))
    return {"missed": missed, "strikes": strikes}


def w(folder: Path) -> Counts:
    """One look into a set for each report."""
    banned, breaches = set(bans(folder)), 0
    for row in rows(folder):
        dt.datetime.fromisoformat(row["occurred"])  # the others read it too
        breaches += Ban(row["actor"], row["act"], row["object"]) in banned
    return {"breaches": breaches}


def scan(folder: Path) -> Counts:
    """How many reports there are."""
    return {"reports": sum(1 for _ in rows(folder))}
