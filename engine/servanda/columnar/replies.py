"""What bodies are to clauses: bodies and clauses come in; tables of which body answers which duty go out.

The exact tests of patterns are those of the lifecycle, asked once for each different body, not for each report.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from servanda.columnar.bodies import Bodies
from servanda.columnar.lines import Lines
from servanda.columnar.shapes import Shape, unlinked
from servanda.lifecycle import Context, Duty, Role, answer, event_triggers
from servanda.model.agreement import Agreement
from servanda.model.clauses import State
from servanda.model.kleene import Answer, Truth, either
from servanda.model.patterns import Pattern


class Reply(NamedTuple):
    """A body that matches what a duty asks, in a role: surely, or perhaps."""

    body: int
    role: str
    sure: bool


class Asked(NamedTuple):
    """A duty with its number, and the bodies that answer it."""

    number: int
    duty: Duty
    replies: Sequence[Reply]


class Left(NamedTuple):
    """What is left to the general rules: lines, by the name of the clause; and clauses that are left as a whole."""

    rows: Mapping[str, Collection[int]]
    clauses: frozenset[str]


def register_replies(lines: Lines, asked: Iterable[Asked]) -> None:
    """Put what bodies are to duties into a table `reply`."""
    columns = {"duty": "bigint", "body": "bigint", "role": "varchar", "sure": "boolean"}
    rows = ((one.number, reply.body, reply.role, reply.sure) for one in asked for reply in one.replies)
    lines.put("reply", columns, rows)


def replies_to(
    duty: Duty, shape: Shape, flagged: Mapping[Role, Sequence[int]], bodies: Bodies, agreement: Agreement
) -> Iterator[Reply]:
    """What the bodies that were flagged are to a duty: `duty`, or `trigger`; a link to the trigger is left open."""
    name = duty.clause.name
    context = Context(duty.bearers, duty.others)
    pattern = unlinked(duty.clause.pattern) if shape == "deadline" else duty.clause.pattern
    for role, asked in (("duty", [(pattern, context)]), ("trigger", event_triggers(duty))):
        yield from _replies(role, asked, flagged.get((name, role), ()), bodies, agreement)


def switches_of(
    state: State, flagged: Mapping[Role, Sequence[int]], bodies: Bodies, agreement: Agreement
) -> Iterator[Reply]:
    """What the bodies that were flagged are to a state: `starts`, or `stops`."""
    for role, pattern in (("starts", state.starts), ("stops", state.stops)):
        asked = [(pattern, Context((), ()))]
        yield from _replies(role, asked, flagged.get((f"state {state.name}", role), ()), bodies, agreement)


def _replies(
    role: str,
    asked: Sequence[tuple[Pattern, Context]],
    flagged: Iterable[int],
    bodies: Bodies,
    agreement: Agreement,
) -> Iterator[Reply]:
    for number in flagged if asked else ():
        found: Answer = either(answer(pattern, bodies.what(number), context, agreement) for pattern, context in asked)
        if found.truth is not Truth.NO:
            yield Reply(number, role, found.truth is Truth.YES)
