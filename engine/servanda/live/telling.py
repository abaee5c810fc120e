"""What instances give rise to in other clauses: runs before and after come in, only what differs goes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from servanda.lifecycle import Occurrence, Run
from servanda.lifecycle.triggers import of_status
from servanda.live.families import Origin
from servanda.live.stretches import tree
from servanda.model.clauses import StatusTrigger

Pair = tuple[Occurrence | None, Occurrence | None]  # what a breach gave rise to before, and gives rise to now


class Told(NamedTuple):
    """What a family gave rise to before, and gives rise to now: as its runs have it, and breach by breach.

    Where there is a run now, that has the last word.
    """

    before: Run | None
    after: Run | None
    breaches: Sequence[Pair] = ()


def differing(trigger: StatusTrigger, told: Iterable[Told]) -> Iterator[tuple[Origin, Occurrence | None]]:
    """What a clause gave rise to and gives rise to no more, or otherwise now; by what it creates."""
    for before, after, breaches in told:
        old, new = (
            {
                one.origin: one
                for run in (tree(top) if top is not None else ())
                if run.instance.clause == trigger.clause
                for one in of_status(trigger, run)
            }
            for top in (before, after)
        )
        for origin in {**old, **new}:
            if old.get(origin) != new.get(origin):
                yield origin, new.get(origin)
        for was, is_ in breaches if trigger.status == "violated" else ():
            one = is_ or was
            if was != is_ and one is not None and one.origin not in new:
                yield one.origin, None if after is not None else is_
