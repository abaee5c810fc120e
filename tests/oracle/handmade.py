"""Clauses and a few reports come in; what the oracle says of them goes out, for the hand-checked cases."""

from typing import Any

from .choices import ACTORS, PARTIES, PLACES, SOURCES
from .evidence import alternatives
from .oracle import assess
from .times import latest
from .views import view_named

Written = dict[str, Any]
CEASEFIRE = {"binds": PARTIES, "must_not": {"act": "force.attack", "target": "$other"}}
TALKS = {"binds": PARTIES, "joint": True, "must": {"act": "talk.meet", "actor": "$all"}, "by": "2025-10-06"}
BOTH = ("PAK", "AFG")


def agreement(
    clauses: Written,
    *,
    corroboration: int = 1,
    grace: str = "P0D",
    until: str = "open",
    states: Written | None = None,
) -> Written:
    return {
        "states": states or {},
        "timezone": "UTC",
        "term": {"from": "2025-10-01", "until": until},
        "actors": ACTORS,
        "sources": SOURCES,
        "places": PLACES,
        "evidence": {"corroboration": corroboration, "grace": grace},
        "clauses": clauses,
    }


def numbered(*reports: Written) -> list[Written]:
    plain = {"source": "press", "reported": "2025-10-08"}
    return [{"id": f"r{n}", **plain, **report} for n, report in enumerate(reports, 1)]


def statuses(
    clauses: Written,
    *reports: Written,
    view: str = "neutral",
    as_of: str = "2025-10-10",
    known_at: str = "2025-10-10",
    **policy: Any,
) -> dict[Any, set[str]]:
    return assess(agreement(clauses, **policy), numbered(*reports), view, as_of, known_at)


def fold(*reports: Written, view: str = "neutral", corroboration: int = 1) -> list[Any]:
    """The alternatives of the only incident."""
    made = agreement({}, corroboration=corroboration)
    found = alternatives(made, numbered(*reports), view_named(made, view), latest("2025-10-20"))
    (only,) = found.values()
    return only


def attack(day: int = 5, **more: Any) -> Written:
    body = {"act": "force.attack", "actor": "PAK", "target": "AFG", "occurred": f"2025-10-{day:02}"}
    return body | more


def meeting(day: int = 5, **more: Any) -> Written:
    return {"act": "talk.meet", "actor": PARTIES, "occurred": f"2025-10-{day:02}"} | more


def deed(act: str, when: int | str, actor: str | None = "PAK", **more: Any) -> Written:
    """An act at noon of a day of October, or at the time that is written."""
    occurred = f"2025-10-{when:02}T12:00:00Z" if isinstance(when, int) else when
    return {"act": act, "occurred": occurred} | ({"actor": actor} if actor else {}) | more
