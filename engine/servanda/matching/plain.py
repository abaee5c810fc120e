"""The plain matcher: clause facts and bodies come in, refs go out, with nothing but dictionaries.

It is what is used where the rules engine cannot be, and what the rules engine is tested against, so
it shares no code with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from servanda.matching.port import Body, ClauseFact, EngineName, Wholes
from servanda.model.patterns import above


class _Entry(NamedTuple):
    ref: int
    actors: frozenset[str]  # empty means anybody
    wholes: frozenset[str]  # the actors and all they are part of


class PlainMatcher:
    """Facts filed by act, then tested for actors one by one.

    >>> fact = ClauseFact(0, "a", "duty", ("force.attack",), ("PAK",))
    >>> matcher = PlainMatcher([fact], lambda actor: (actor,))
    >>> matcher.touched(Body("force", None)), matcher.touched(Body("force.attack.raid", ("AFG",)))
    ((0,), ())
    """

    name: EngineName = "plain"

    def __init__(self, facts: Sequence[ClauseFact], wholes: Wholes) -> None:
        """File each fact under the acts it asks for, and under all that lies above them."""
        self._wholes = wholes
        self._all: list[_Entry] = []
        self._any_act: list[_Entry] = []
        self._asking: defaultdict[str, list[_Entry]] = defaultdict(list)
        self._asking_below: defaultdict[str, list[_Entry]] = defaultdict(list)
        for fact in facts:
            self._file(fact)

    def _file(self, fact: ClauseFact) -> None:
        entry = _Entry(fact.ref, frozenset(fact.actors), self._widened(fact.actors))
        self._all.append(entry)
        if not fact.acts:
            self._any_act.append(entry)
        for act in fact.acts:
            self._asking[act].append(entry)
            for coarser in above(act)[1:]:
                self._asking_below[coarser].append(entry)

    def touched(self, body: Body) -> tuple[int, ...]:
        """The refs of the facts that the body touches, ascending, each once."""
        candidates = self._by_act(body.act)
        if body.actors is None:
            return tuple(sorted({entry.ref for entry in candidates}))
        actors, wholes = frozenset(body.actors), self._widened(body.actors)
        found = {
            entry.ref
            for entry in candidates
            if not entry.actors
            or not entry.actors.isdisjoint(wholes)  # a part of what is asked for, or the same
            or not entry.wholes.isdisjoint(actors)  # a whole of what is asked for
        }
        return tuple(sorted(found))

    def _by_act(self, act: str | None) -> Iterator[_Entry]:
        if act is None:
            yield from self._all
            return
        yield from self._any_act
        for wider in above(act):
            yield from self._asking.get(wider, ())
        yield from self._asking_below.get(act, ())

    def _widened(self, actors: tuple[str, ...]) -> frozenset[str]:
        return frozenset(actors).union(*(self._wholes(actor) for actor in actors))

    def close(self) -> None:
        """Nothing to give back."""
