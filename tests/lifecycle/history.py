"""Clauses as text and reports as mappings come in; judged instances go out, for the hand-made histories."""

from __future__ import annotations

from servanda import Instance, assess, loads, report

HEAD = """\
servanda: 1
agreement: example
timezone: UTC
term: {from: 2025-10-01}
actors:
  A: {role: party}
  B: {role: party}
  M: {role: body}
sources: {m: {kind: monitor}}
"""


def judged(
    clauses: str, *rows: dict[str, object], as_of: str = "2025-10-31", known_at: str | None = None, more: str = ""
) -> list[Instance]:
    plain = {"source": "m", "reported": "2025-10-20"}
    told = [report({"id": f"r{number}"} | plain | row) for number, row in enumerate(rows, 1)]
    found = assess(
        loads(f"{HEAD}{more}clauses:\n{clauses}"), told, as_of=as_of, known_at=known_at or as_of, engine="plain"
    )
    return list(found.instances)


def one(instances: list[Instance], clause: str) -> Instance:
    (found,) = [instance for instance in instances if instance.clause == clause]
    return found
