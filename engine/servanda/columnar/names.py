"""Values of a field by which reports are told apart: agreements and incidents come in; values go out, those that columns cannot compare as such."""

from __future__ import annotations

from collections.abc import Iterator

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


def values_in(standing: Standing, field: str) -> Iterator[tuple[str, ...] | None]:
    """The values of a field, in each of the ways in which an incident may have happened; None: it may have any."""
    for alternative in standing.alternatives:
        value = getattr(alternative.core, field)
        yield (value,) if isinstance(value, str) else value
