"""Names that are more than themselves: an agreement and a field come in; the names that columns cannot compare go out."""

from __future__ import annotations

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
