"""Which bodies agree: what reports say comes in, whether they can be of one event, and the finer of both.

A field left out agrees with any value; an act agrees with its descendants, a place with what lies in
it, an actor with its parts, and the finer one is kept (semantics section 3).
"""

from __future__ import annotations

from typing import NamedTuple

from servanda.model.agreement import Agreement
from servanda.model.patterns import above


class Core(NamedTuple):
    """The five fields by which reports agree or disagree; None is left out."""

    act: str | None = None
    actor: tuple[str, ...] | None = None
    target: tuple[str, ...] | None = None
    object: str | None = None
    place: str | None = None


def agree(one: Core, two: Core, agreement: Agreement) -> bool:
    """Whether the two can be of one event."""
    return (
        _chain(one.act, two.act, above)
        and _chain(one.place, two.place, agreement.enclosing)
        and _chain(one.object, two.object, agreement.wholes)
        and _people(one.actor, two.actor, agreement)
        and _people(one.target, two.target, agreement)
    )


def merge(one: Core, two: Core, agreement: Agreement) -> Core:
    """What two agreeing bodies say together."""
    return Core(
        _finer(one.act, two.act, above),
        _finer_people(one.actor, two.actor, agreement),
        _finer_people(one.target, two.target, agreement),
        _finer(one.object, two.object, agreement.wholes),
        _finer(one.place, two.place, agreement.enclosing),
    )


def _chain(one: str | None, two: str | None, upwards: object) -> bool:
    if one is None or two is None or one == two:
        return True
    return one in upwards(two) or two in upwards(one)  # type: ignore[operator]


def _finer(one: str | None, two: str | None, upwards: object) -> str | None:
    if one is None or two is None:
        return two if one is None else one
    return one if two in upwards(one) else two  # type: ignore[operator]


def _people(one: tuple[str, ...] | None, two: tuple[str, ...] | None, agreement: Agreement) -> bool:
    if one is None or two is None:
        return True
    return all(any(_chain(a, b, agreement.wholes) for b in two) for a in one) and all(
        any(_chain(a, b, agreement.wholes) for a in one) for b in two
    )


def _finer_people(
    one: tuple[str, ...] | None, two: tuple[str, ...] | None, agreement: Agreement
) -> tuple[str, ...] | None:
    if one is None or two is None:
        return two if one is None else one

    def kept(mine: tuple[str, ...], other: tuple[str, ...]) -> list[str]:
        return [a for a in mine if not any(a != b and a in agreement.wholes(b) for b in other)]

    return tuple(sorted({*kept(one, two), *kept(two, one)}))


MOST = 64


def alternatives(cores: list[Core], agreement: Agreement) -> list[tuple[int, ...]] | None:
    """The maximal sets of cores that agree pairwise, as positions; None when there are more than 64.

    Bron and Kerbosch (1973), *Algorithm 457: finding all cliques of an undirected graph*, with pivot.
    """
    if len(cores) > MOST:
        return None
    friends = [0] * len(cores)
    for i, one in enumerate(cores):
        for j in range(i):
            if agree(one, cores[j], agreement):
                friends[i] |= 1 << j
                friends[j] |= 1 << i
    found: list[int] = []
    work = [(0, (1 << len(cores)) - 1, 0)]
    while work:
        inside, open_, done = work.pop()
        if not open_ and not done:
            found.append(inside)
            if len(found) > MOST:
                return None
            continue
        pivot = max(_bits(open_ | done), key=lambda v: (friends[v] & open_).bit_count())
        for v in _bits(open_ & ~friends[pivot]):
            work.append((inside | 1 << v, open_ & friends[v], done & friends[v]))
            open_ &= ~(1 << v)
            done |= 1 << v
    return sorted(tuple(_bits(clique)) for clique in found)


def _bits(mask: int) -> list[int]:
    return [i for i in range(mask.bit_length()) if mask >> i & 1]
