"""Warnings about a sound agreement: the agreement and its tree come in, doubts about what it says go out.

Each check is one function, which says in its docstring what it looks for; they are listed here. Acts and
misspelled fields are warned of where patterns are read.
"""

from __future__ import annotations

from collections.abc import Callable

from servanda.model.agreement import Agreement
from servanda.reading.complaints import Complaints
from servanda.reading.linting import anybody, conflicts, grants, outcomes, repeats, states, used, windows
from servanda.reading.linting.subject import Subject
from servanda.reading.tree import Node

CHECKS: tuple[Callable[[Subject], None], ...] = (
    used.unused_actors,
    used.unused_sources,
    used.odd_bearers,
    used.lonely_other,
    outcomes.never_triggered,
    outcomes.requires_itself,
    outcomes.never_fulfilled,
    outcomes.nobody_executes,
    windows.empty_window,
    windows.before_the_trigger,
    windows.first_period,
    windows.endless_extension,
    windows.idle_grace,
    conflicts.owed_and_forbidden,
    repeats.duplicates,
    repeats.shadowed,
    states.never_used,
    states.never_switched,
    grants.shields_nothing,
    grants.held_by_nobody,
    grants.suspended_for_good,
    anybody.anybodys_act,
)


def warn(agreement: Agreement, root: Node, complaints: Complaints) -> None:
    """Note everything that is probably not meant."""
    subject = Subject(agreement, root, complaints)
    for check in CHECKS:
        check(subject)
