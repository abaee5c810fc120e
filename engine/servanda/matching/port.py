"""The port every matching engine answers at: clause facts and bodies come in, refs of touched facts go out.

Matching knows nothing of time, evidence or verdicts. It says which clauses a body can touch at all, by
act and actor alone, and may say it of too many but never of too few: the exact test comes later.

A body touches a fact when both of these hold.

* Act: the fact asks for any act, or the body leaves its act out, or some act asked for is the body's,
  or lies above it (`force` for `force.attack`), or below it (the body knows it only more coarsely).
* Actor: the fact asks for anybody, or the body leaves its actors out, or some actor of each are the
  same, or one of the two is part of the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

EngineName = Literal["rete", "plain", "columnar"]
ROLES = ("duty", "trigger")

Wholes = Callable[[str], tuple[str, ...]]
"""An actor and everything it is part of; the same answer for as long as a matcher lives."""


@dataclass(frozen=True, slots=True)
class ClauseFact:
    """What one pattern of a clause asks for, as far as matching looks at it.

    >>> ClauseFact(0, "istanbul-2025", "duty", ("talk.meet",), ("PAK", "AFG")).role
    'duty'
    """

    ref: int  # position in the list of facts, in canonical order
    agreement: str
    role: str  # "duty" (would fulfil or breach) or "trigger"
    acts: tuple[str, ...]  # acts the pattern asks for, with all below them; () means any
    actors: tuple[str, ...]  # actor ids the pattern asks for; () means anybody


class Body(NamedTuple):
    """What a report says of act and actors; None where it leaves them out."""

    act: str | None
    actors: tuple[str, ...] | None


class Matcher(Protocol):
    """Says which facts a body touches; every engine gives the same answers."""

    name: EngineName

    def touched(self, body: Body) -> tuple[int, ...]:
        """The refs of the facts that the body touches, ascending, each once."""
        ...

    def close(self) -> None:
        """Give back what the matcher holds; it answers no more."""
        ...
