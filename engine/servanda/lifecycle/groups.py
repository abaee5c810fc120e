"""Which clauses can matter to each other: clauses come in, groups that can be judged one by one go out.

Clauses of one group refer to each other: by triggers, requirements, powers and permissions. What happens in
one group makes no difference to another, so that a report costs no more than the groups it touches.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from servanda.lifecycle.states import Role
from servanda.lifecycle.world import looked_at, top_of
from servanda.model.clauses import NORMS, Clause


def groups_of(clauses: Sequence[Clause], touched: Collection[str]) -> list[tuple[Clause, ...]]:
    """The groups, each in the order written, by their first clause.

    `touched` names the clauses whose own pattern some incident may match: a power or a permission that nobody
    has made use of changes nothing, and ties no clauses together.
    """
    there = [clause for clause in clauses if clause.duty in NORMS or clause.name in touched]
    top = {clause.name: clause.name for clause in there}  # towards the representative of its group
    for clause in there:
        for name in _tied_to(clause, there):
            if name in top:
                _join(top, clause.name, name)
    found: dict[str, list[Clause]] = {}
    for clause in there:
        found.setdefault(_root(top, clause.name), []).append(clause)
    return [tuple(group) for group in found.values()]


def names_of(group: Sequence[Clause]) -> tuple[str, ...]:
    """The names of a group's clauses and of their substitutes, which are its own."""
    return tuple(clause.name for top in group for clause in top.with_otherwise())


def roles_of(group: Sequence[Clause]) -> Iterator[Role]:
    """The roles in which an incident can matter to a group."""
    versions = [*group, *amended(group)]
    states = dict.fromkeys(name for top in versions for clause in top.with_otherwise() for name in _states_of(clause))
    for top in group:
        for clause in top.with_otherwise():
            for role in ("duty", "release", "trigger", "starts", "stops"):
                yield clause.name, role
    for name in states:
        yield f"state {name}", "starts"
        yield f"state {name}", "stops"


def _states_of(clause: Clause) -> Iterator[str]:
    if clause.condition is not None:
        yield clause.condition.state
    if clause.keep is not None and clause.keep.state.name:
        yield clause.keep.state.name


def amended(group: Sequence[Clause]) -> Iterator[Clause]:
    """The clauses as the powers of the group may amend them."""
    by_name = {clause.name: clause for clause in group}
    for power in group:
        for name, changes in power.effect.changes.items() if power.effect is not None else ():
            if name in by_name:
                yield by_name[name].amended(changes)


def _tied_to(clause: Clause, there: Sequence[Clause]) -> Iterator[str]:
    yield from looked_at(clause)
    yield from map(top_of, clause.shields)
    if clause.effect is not None:
        if clause.effect.kind == "extend":  # whatever ends with the term
            yield from (one.name for one in there)
        yield from map(top_of, clause.effect.clauses)


def _root(top: dict[str, str], name: str) -> str:
    while top[name] != name:
        top[name] = top[top[name]]
        name = top[name]
    return name


def _join(top: dict[str, str], one: str, two: str) -> None:
    """Tie two groups together (Tarjan 1975, *Efficiency of a good but not linear set union algorithm*)."""
    first, second = _root(top, one), _root(top, two)
    if first != second:
        top[second] = first
