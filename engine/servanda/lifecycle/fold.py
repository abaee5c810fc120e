"""All clauses of an agreement: a world comes in, the runs of every clause go out.

Clauses may refer to each other freely: what a status triggers can only be fulfilled or breached after
it, so looking again at the clauses whose inputs changed comes to rest (semantics section 5, Causality).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from servanda.errors import TooMuchError
from servanda.lifecycle.ground import Ground
from servanda.lifecycle.instances import dormant, runs_of
from servanda.lifecycle.runs import Run
from servanda.lifecycle.triggers import Duty, duties
from servanda.lifecycle.world import World, looked_at
from servanda.model.clauses import Clause

MOST_ROUNDS = 1_000


def fold(clauses: Sequence[Clause], world: World) -> dict[str, list[Run]]:
    """The runs of every clause, by name in the order written; a substitute's follow its clause's.

    Raises TooMuchError where clauses that trigger each other never come to rest within bounds.
    """
    order = {clause.name: clause for clause in clauses}
    readers = _readers(clauses)
    ground = Ground(clauses, world)
    found = ground.runs
    signals: dict[str, object] = {}
    rounds: dict[str, int] = {}
    queue = deque(order)
    waiting = set(order)
    while queue:
        name = queue.popleft()
        waiting.discard(name)
        rounds[name] = rounds.get(name, 0) + 1
        if rounds[name] > MOST_ROUNDS:
            msg = f"clause {name!r} keeps creating instances: clauses that trigger each other need longer deadlines or a term that ends"
            raise TooMuchError(msg)
        found.update(with_substitutes(order[name], runs_of(order[name], ground), ground))
        if name not in readers:
            continue
        signal = _signal(order[name], found)
        if signals.get(name) != signal:
            signals[name] = signal
            ground.changed(name)
            for reader in readers[name]:
                if reader not in waiting:
                    waiting.add(reader)
                    queue.append(reader)
    return {c.name: found[c.name] for clause in clauses for c in clause.with_otherwise()}


def with_substitutes(clause: Clause, runs: list[Run], ground: Ground) -> dict[str, list[Run]]:
    """The runs of a clause and of its substitutes, by name, with a stand-in wherever there is none."""
    result = {clause.name: runs}
    bound = list(duties(clause, clause.bearers))
    while clause.otherwise is not None:
        clause = clause.otherwise
        runs = [run for parent in runs for run in parent.substitutes]
        own = (
            list(duties(clause, clause.bearers))
            if clause.bearers
            else [Duty(clause, duty.bearers, duty.others) for duty in bound]
        )
        there = {run.instance.bearer for run in runs}
        runs += [dormant(duty, ground) for duty in own if duty.bearers not in there]
        result[clause.name] = runs
        bound = own
    return result


def _signal(clause: Clause, found: dict[str, list[Run]]) -> object:
    """What other clauses can see of a clause."""
    return [(run.violations, run.fulfilment, run.ending) for c in clause.with_otherwise() for run in found[c.name]]


def _readers(clauses: Sequence[Clause]) -> dict[str, list[str]]:
    """For each clause those that look at it: by their triggers or requirements, or those of what changes them."""
    powers = [clause for clause in clauses if clause.duty == "can"]
    permissions = [clause for clause in clauses if clause.duty == "may"]
    readers: dict[str, list[str]] = {}
    for clause in clauses:
        names = {one.name for one in clause.with_otherwise()}
        shielding = [one for one in permissions if names.intersection(one.shields)]
        seen = [name for one in (clause, *powers, *shielding) for name in looked_at(one)]
        for name in dict.fromkeys(seen):
            readers.setdefault(name, []).append(clause.name)
    return readers
