"""What the evaluation of a world is made of: triggers, instances, and the memory of what was worked out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .book import Book
from .matching import Matcher
from .times import Bound
from .worlds import Time, World

Key = tuple[str, tuple[str, ...], Any]
"""Clause, bearers, and what created it: None, ("event", incident), (status, key of an instance, incident)
or ("period", index)."""
Timed = tuple[Time, str | None]

T = TypeVar("T")
ROUNDS = 60


@dataclass(frozen=True)
class Trigger:
    """What created an instance, and when. What a status creates happens only after it."""

    key: Any
    time: Time
    after: bool = False
    incident: str | None = None
    reads: str | None = None
    """The incident that `$trigger` reads: for a missed deadline, what triggered the missed duty."""
    violators: tuple[str, ...] = ()
    last: Bound | None = None
    """The last microsecond of a period."""


@dataclass
class Instance:
    """One run of a clause for one bearer in one world."""

    key: Key
    trigger: Trigger | None
    status: str = ""
    violations: list[Timed] = field(default_factory=list)
    amends: list[list[Timed]] = field(default_factory=list)
    """For each violation, what came late or came back: each of them cures it."""
    fulfilled: list[Timed] = field(default_factory=list)
    """The acts that fulfil it in time (the earliest is the one), or the end of a kept prohibition."""
    cured: list[Timed] = field(default_factory=list)
    made_good: list[Timed] = field(default_factory=list)
    """The cures by its `otherwise`; a late act of its own is a cure, but is not done."""
    ended: Time | None = None
    substitutes: "list[Instance]" = field(default_factory=list)


class Scene:
    """One world, what is asked of it, and what was worked out so far.

    Clauses that refer to each other in a circle are evaluated in rounds, each with the results of the
    round before, until nothing changes: since an effect comes after its cause, each round gets at
    least one more moment right.
    """

    def __init__(self, book: Book, as_of: Bound, known_at: Bound, world: World, read: dict[Any, Any]) -> None:
        self.book, self.world, self.names = book, world, book.names
        self.as_of: Time = (None, as_of)
        self.known_at: Time = (None, known_at)
        self.matcher = Matcher(book.names, book.constitutive, world, read)
        self.results: dict[Any, Any] = {}
        self.previous: dict[Any, Any] = {}
        self.active: set[Any] = set()
        self.circular = False

    def rounds(self, work: Callable[[], T]) -> T:
        for _ in range(ROUNDS):
            self.results, self.circular = {}, False
            found = work()
            if not self.circular or self.results == self.previous:
                return found
            self.previous = self.results
        raise RecursionError("clauses that trigger each other at one instant without end")

    def once(self, key: Any, work: Callable[[], T], at_first: T) -> T:
        """The result of some work, done once in a round; within itself, the result of the round before."""
        if key in self.active:
            self.circular = True
            return self.previous.get(key, at_first)  # type: ignore[no-any-return]
        if key not in self.results:
            self.active.add(key)
            found = work()
            self.active.discard(key)
            self.results[key] = found
        return self.results[key]  # type: ignore[no-any-return]

    def happened(self, time: Time) -> bool:
        """What happened after `as_of` has not happened yet."""
        return self.world.not_after(time, self.as_of)
