"""How facts are filed and looked up by act and actor: chains of names come in, keys go out.

A fact's act (or actor) is filed under `=x` for itself, `>x` for whatever it lies below, and `?`; one who asks for
any is filed under `*` and `?`. A body looks under `=x` for itself and whatever it lies below, `>x` for itself, and
`*`; one that leaves the field out looks under `?`. The two touch where they have a key in common.
"""

from __future__ import annotations

from collections.abc import Iterable

from servanda.matching.port import Wholes


def with_wholes(actor: str, wholes: Wholes) -> tuple[str, ...]:
    """An actor and whatever it is part of."""
    return (actor, *(whole for whole in wholes(actor) if whole != actor))


def filed(chain: tuple[str, ...] | None) -> tuple[str, ...]:
    """The keys under which a fact stands: its name and what lies above it; None: it asks for any.

    >>> filed(("force.attack", "force"))
    ('=force.attack', '>force', '?')
    """
    if chain is None:
        return ("*", "?")
    return (f"={chain[0]}", *(f">{wider}" for wider in chain[1:]), "?")


def looked_up(chains: Iterable[tuple[str, ...]] | None) -> set[str]:
    """The keys under which a body looks: each of its names with what lies above it; None: it leaves them out.

    >>> sorted(looked_up([("force",)]))
    ['*', '=force', '>force']
    """
    if chains is None:
        return {"?"}
    found = {"*"}
    for chain in chains:
        found.update(f"={wider}" for wider in chain)
        found.add(f">{chain[0]}")
    return found
