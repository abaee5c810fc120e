"""Amendments of a clause in time: acts that amend it come in, the versions it went through go out.

Strictly after an amendment the clause is read with the amended keys. Where it is open whether
something amended it, or in which order, there is more than one way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise, permutations
from typing import NamedTuple

from servanda.errors import TooMuchError
from servanda.lifecycle.acts import Act
from servanda.model.clauses import Clause

_MOST = 8


class Version(NamedTuple):
    """The clause as it reads from an amendment on; None: from the beginning."""

    clause: Clause
    since: Act | None


Way = tuple[Version, ...]


def ways_of(clause: Clause, amendments: Sequence[tuple[Act, Mapping[str, object]]]) -> tuple[Way, ...]:
    """The versions of a clause, in each way in which it may have been amended.

    Raises TooMuchError for more amendments than can be followed where their order or existence is open.
    """
    if not amendments:
        return ((Version(clause, None),),)
    certain = [one for one in amendments if one[0].certain]
    open_ = [one for one in amendments if not one[0].certain]
    if _in_order(amendments) and not open_:
        return (_versions(clause, amendments),)
    if len(amendments) > _MOST:
        msg = f"too many amendments of {clause.name!r} whose order or existence is open"
        raise TooMuchError(msg)
    found: list[Way] = []
    for number in range(len(open_) + 1):
        for some in combinations(open_, number):
            found += [_versions(clause, order) for order in permutations([*certain, *some]) if _possible(order)]
    return tuple(found)


def _versions(clause: Clause, amendments: Sequence[tuple[Act, Mapping[str, object]]]) -> Way:
    found = [Version(clause, None)]
    for act, changes in amendments:
        found.append(Version(found[-1].clause.amended(changes), act))
    return tuple(found)


def _in_order(amendments: Sequence[tuple[Act, Mapping[str, object]]]) -> bool:
    """Whether their order is known; of one instant they are taken by name."""
    return all(
        one.latest < two.earliest or one.earliest == one.latest == two.earliest == two.latest
        for (one, _), (two, _) in pairwise(amendments)
    )


def _possible(order: Sequence[tuple[Act, Mapping[str, object]]]) -> bool:
    """Whether the amendments can have been made in this order."""
    return all(one[0].earliest <= two[0].latest for one, two in combinations(order, 2))
