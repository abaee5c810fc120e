"""An agreement mapping comes in; who is part of whom, what lies where and who speaks for whom go out."""

from collections.abc import Mapping
from typing import Any


class Names:
    """Actors, places and sources of one agreement."""

    def __init__(self, agreement: Mapping[str, Any]) -> None:
        self.actors = agreement.get("actors") or {}
        self.sources = agreement.get("sources") or {}
        self.places = agreement.get("places") or {}
        self.aliases = {alias: actor for actor, facts in self.actors.items() for alias in facts.get("aliases", ())}

    def actor(self, name: str) -> str:
        return str(self.aliases.get(name, name))

    def whole(self, actor: str) -> str | None:
        part_of = (self.actors.get(actor) or {}).get("part_of")
        return self.actor(part_of) if part_of else None

    def actor_within(self, part: str, whole: str) -> bool:
        """An actor stands for itself and its parts (§2)."""
        here: str | None = part
        while here is not None and here != whole:
            here = self.whole(here)
        return here == whole

    def top(self, actor: str) -> str:
        while (whole := self.whole(actor)) is not None:
            actor = whole
        return actor

    def place_within(self, inner: str, outer: str) -> bool:
        here: str | None = inner
        while here is not None and here != outer:
            here = (self.places.get(here) or {}).get("in")
        return here == outer

    def speaks_for(self, claimant: str) -> str | None:
        actor = (self.sources.get(claimant) or {}).get("speaks_for")
        return self.actor(actor) if actor else None

    def kind(self, claimant: str) -> str | None:
        return (self.sources.get(claimant) or {}).get("kind")

    def role(self, actor: str | None) -> str | None:
        return (self.actors.get(actor) or {}).get("role") if actor else None


def act_within(fine: str, coarse: str) -> bool:
    """An act matches itself and all below it, by whole dotted segments."""
    return fine == coarse or fine.startswith(coarse + ".")
