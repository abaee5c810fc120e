"""A judged run: an instance, and what it may set off in other clauses. Runs come in; when all are done goes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from servanda.lifecycle.run import Occurrence, Option, Outcome
from servanda.model.moments import END, Interval
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


def done_by_all(runs: Sequence[Run]) -> tuple[list[Option], bool]:
    """How all who owe a substitute may have done it, and whether they certainly have: it is done by the last of them.

    >>> done_by_all(())
    ([], False)
    """
    done = [run.done for run in runs if run.done is not None and run.done.options]
    if not done or len(done) < len(runs):
        return [], False
    first = max(min(t.earliest for o in one.options for t in o.times) for one in done)
    kept = [
        option._replace(times=times)
        for one in done
        for option in one.options
        if (times := tuple(c for t in option.times if (c := t.cut(Interval(first, END))) is not None))
    ]
    return kept, all(one.certain for one in done)
