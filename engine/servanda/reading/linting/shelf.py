"""Clauses by what they ask for: prohibitions or duties are put in, those that may be about the same act come out.

Finding is quick also in long agreements, because only what shares an act, a bearer and one more value is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from servanda.model.agreement import Agreement
from servanda.model.patterns import above
from servanda.reading.linting.meaning import Tests
from servanda.reading.linting.subject import Body, plain

Key = tuple[str, str, str, str]
_MOST = 20  # of one key; where more are alike, the first of them stand for all


@dataclass(frozen=True, slots=True)
class Entry:
    """A clause as it stands on the shelf, with its tests for one bearer."""

    body: Body
    bearer: str
    tests: Tests


@dataclass(frozen=True)
class Shelf:
    """Entries by act, bearer, and the first further field that has a plain value."""

    agreement: Agreement
    _entries: dict[Key, list[Entry]] = field(default_factory=dict)

    def put(self, entry: Entry) -> None:
        """Add an entry."""
        acts = plain(entry.tests.get("act")) or ("",)
        chosen = next(
            (name for name in sorted(entry.tests) if name not in ("act", "actor") and plain(entry.tests[name])), ""
        )
        values = plain(entry.tests.get(chosen)) or ("",)
        for act in acts:
            for value in values:
                found = self._entries.setdefault((act, entry.bearer, chosen, value), [])
                if len(found) < _MOST:
                    found.append(entry)

    def around(self, bearer: str, tests: Tests) -> Iterator[Entry]:
        """The entries whose pattern may hold everything that these tests ask for, of the bearer or its whole."""
        acts = plain(tests.get("act"))
        others = [("", "")]
        for name, test in tests.items():
            values = plain(test) if name not in ("act", "actor") else None
            others += [(name, value) for value in self._wider(name, values[0])] if values else []
        for act in (*(above(acts[0]) if acts else ()), ""):
            for whole in self.agreement.wholes(bearer):
                for name, value in others:
                    yield from self._entries.get((act, whole, name, value), ())

    def _wider(self, name: str, value: str) -> tuple[str, ...]:
        if name == "place":
            return self.agreement.enclosing(value)
        return self.agreement.wholes(value) if name == "target" else (value,)
