"""Linear inequalities come in; whether all of them can hold at once goes out, exactly (Fourier-Motzkin).

An inequality `{x: 1, y: -1}, (c, 0)` says `x - y <= c`; with `(c, -1)` it says `x - y < c`, so that the
smaller limit is always the tighter one.
"""

from collections.abc import Hashable, Iterable, Mapping

Bound = int | float
Limit = tuple[Bound, int]
Terms = Mapping[Hashable, int]
Inequality = tuple[Terms, Limit]
System = dict[frozenset[tuple[Hashable, int]], Limit]


def feasible(inequalities: Iterable[Inequality]) -> bool:
    """Whether some assignment of numbers satisfies them all."""
    system: System = {}
    for terms, limit in inequalities:
        if not keep(system, terms, limit):
            return False
    while system:
        variable = fewest(system)
        upper = [(dict(terms), limit) for terms, limit in system.items() if dict(terms).get(variable, 0) > 0]
        lower = [(dict(terms), limit) for terms, limit in system.items() if dict(terms).get(variable, 0) < 0]
        system = {terms: limit for terms, limit in system.items() if variable not in dict(terms)}
        for above, high in upper:
            for below, low in lower:
                a, b = -below[variable], above[variable]
                terms = {v: a * above.get(v, 0) + b * below.get(v, 0) for v in {*above, *below}}
                if not keep(system, terms, (a * high[0] + b * low[0], min(high[1], low[1]))):
                    return False
    return True


def keep(system: System, terms: Terms, limit: Limit) -> bool:
    """Add an inequality, or replace a looser one; False where it can never hold."""
    used = frozenset((v, n) for v, n in terms.items() if n)
    if not used:
        return limit >= (0, 0)
    if used not in system or limit < system[used]:
        system[used] = limit
    return True


def fewest(system: System) -> Hashable:
    """The variable whose elimination makes the fewest new inequalities."""
    above: dict[Hashable, int] = {}
    below: dict[Hashable, int] = {}
    for terms in system:
        for variable, n in terms:
            side = above if n > 0 else below
            side[variable] = side.get(variable, 0) + 1
    return min({**above, **below}, key=lambda v: above.get(v, 0) * below.get(v, 0))
