"""An agreement and the name of a view come in; its tiers, threshold and readings go out (§3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .names import Names


@dataclass(frozen=True)
class View:
    """Whom you believe. `readings_of` is the party whose readings of the clauses apply, if any."""

    names: Names
    ranking: list[list[str]]
    corroboration: int
    readings_of: str | None = None

    def tier(self, claimant: str) -> int:
        for index, tier in enumerate(self.ranking):
            if any(self.means(entry, claimant) for entry in tier):
                return index
        # `rest` is everybody not named anywhere, and an implicit last tier where it is not said.
        return next((i for i, tier in enumerate(self.ranking) if "rest" in tier), len(self.ranking))

    def means(self, entry: str, claimant: str) -> bool:
        if entry == claimant:
            return True
        kind, _, value = entry.partition(":")
        actor = self.names.speaks_for(claimant)
        if kind == "actor":
            return actor is not None and self.names.actor_within(actor, self.names.actor(value))
        if kind == "kind":
            return self.names.kind(claimant) == value
        if kind == "role":  # not of the interface: how the built-in views are said here
            return self.names.role(actor) == value
        return False


def view_named(agreement: Mapping[str, Any], name: str) -> View:
    names = Names(agreement)
    threshold = (agreement.get("evidence") or {}).get("corroboration", 1)
    written = (agreement.get("views") or {}).get(name)
    if written is not None:
        return View(names, written["ranking"], written.get("corroboration", threshold))
    if name.startswith("account of "):
        party = names.actor(name.removeprefix("account of "))
        return View(names, [[f"actor:{party}"], ["rest"]], 1, party)
    built_in = {
        "neutral": [["rest"]],
        "mediators": [["role:mediator"], ["rest"]],
        "monitors": [["kind:monitor", "role:body"], ["rest"]],
    }
    return View(names, built_in[name], threshold)
