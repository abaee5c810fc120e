"""Values by which reports are told apart: agreements and incidents come in; those that columns cannot tell apart go out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from servanda.columnar.replies import Asked
from servanda.evidence import Standing
from servanda.model.agreement import Agreement


def related(agreement: Agreement, field: str) -> frozenset[str]:
    """The values of a field that may mean, or lie in, something written otherwise.

    Any other two values are the same if their texts are, and have nothing in common if not.
    """
    if field == "place":
        return frozenset(agreement.places) | frozenset(one for one in agreement.places.values() if one is not None)
    found: set[str] = set()
    for actor in agreement.actors.values():
        found.update(name for name in (actor.name, *actor.aliases) if name != actor.id)
        if actor.part_of is not None:
            found.update((actor.id, actor.part_of))
    return frozenset(found)


def odd_keys(
    keyed: Iterable[tuple[Asked, Collection[str], frozenset[str]]], odd: Mapping[str, Sequence[Standing]]
) -> tuple[set[tuple[int, str]], set[str]]:
    """The keys that incidents outside of the columns may have, by the number of the duty; and the clauses for which they may have any.

    Each duty comes with the fields that hold its keys, and with the values of these that columns cannot compare.
    """
    keys: set[tuple[int, str]] = set()
    whole: set[str] = set()
    for one, fields, names in keyed:
        name = one.duty.clause.name
        for values in (
            found for standing in odd.get(name, ()) for field in fields for found in _values(standing, field)
        ):
            if values is None or not names.isdisjoint(values):
                whole.add(name)
            keys.update((one.number, key) for key in values or ())
    return keys, whole


def _values(standing: Standing, field: str) -> Iterator[tuple[str, ...] | None]:
    """The values of a field, in each of the ways in which an incident may have happened; None: it may have any."""
    for alternative in standing.alternatives:
        value = getattr(alternative.core, field)
        yield (value,) if isinstance(value, str) else value
