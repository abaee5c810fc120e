"""A judged run: an instance, and what it may set off in other clauses."""

from __future__ import annotations

from dataclasses import dataclass

from servanda.lifecycle.run import Occurrence, Outcome
from servanda.model.verdict import Instance


@dataclass(frozen=True, slots=True)
class Run:
    """An instance with its violations, its fulfilment and its ending as occurrences.

    `done` is its fulfilment as a substitute: in time, or cured by its own substitute. `substitutes`
    are the runs that its violations created.
    """

    instance: Instance
    violations: tuple[Occurrence, ...] = ()
    fulfilment: Occurrence | None = None
    done: Occurrence | None = None
    ending: Occurrence | None = None
    substitutes: tuple[Run, ...] = ()
    outcome: Outcome | None = None
    cause: Occurrence | None = None
