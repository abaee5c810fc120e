"""The instances found come in; whether an incident is used twice by one of them goes out (§6).

A role is a place in the derivation of an instance that an incident can fill: an act under its own
duty, its trigger, the acts under the clause that triggered it, and the acts under what it requires.
Which incidents can fill a role is judged without looking at times, so `single_use` may be False
where a sharper look would say True, never the other way round.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from .book import Book, Clause, others
from .clauses import Key
from .evidence import Alternatives
from .matching import Context, Test, possible
from .worlds import World


class Roles:
    """Who fills which role, from the keys of all instances."""

    def __init__(self, book: Book, incidents: Mapping[str, Alternatives], keys: Iterable[Key]) -> None:
        self.book, self.incidents = book, incidents
        self.keys = list(keys)
        self.memo: dict[tuple[str, Key], Counter[str]] = {}
        self.active: set[Key] = set()

    def single_use(self, key: Key) -> bool:
        return all(count == 1 for count in self.uses(key).values())

    def uses(self, key: Key) -> Counter[str]:
        """How many roles each incident can fill in the derivation of one instance's status."""
        if ("all", key) not in self.memo:
            if key in self.active:  # clauses in a circle: an instance above itself
                return Counter(dict.fromkeys(self.incidents, 2))
            self.active.add(key)
            self.memo["all", key] = self.acts(key) + self.above(key)
            self.active.discard(key)
        return self.memo["all", key]

    def above(self, key: Key) -> Counter[str]:
        """The roles other than its own acts: its trigger's and its requirement's."""
        trigger = key[2]
        found = self.required(key)
        if trigger is None:
            return found
        kind, upstream = trigger[0], trigger[1]
        if kind == "event":
            return found + Counter([upstream])
        if kind == "violated" and trigger[2] is not None:
            return found + Counter([trigger[2]]) + self.above(upstream)
        found = found + self.uses(upstream)
        return found + self.cures(upstream) if kind == "fulfilled" else found

    def cures(self, key: Key) -> Counter[str]:
        found: Counter[str] = Counter()
        for other in self.keys:
            if other[2] is not None and other[2][:2] == ("violated", key) and other[0] == f"{key[0]}.otherwise":
                found += self.acts(other) + self.required(other) + self.cures(other)
        return found

    def required(self, key: Key) -> Counter[str]:
        name = self.clause(key[0]).required
        found: Counter[str] = Counter()
        for other in self.keys:
            if name is not None and other[0] == name:
                found += self.uses(other) + self.cures(other)
        return found

    def acts(self, key: Key) -> Counter[str]:
        name, bearers, trigger = key
        clause = self.clause(name)
        own = trigger[-1] if trigger is not None else None
        binds = clause.binds or self.clause(name.removesuffix(".otherwise")).binds
        return Counter(i for i in self.incidents if i != own and self.can_match(clause.duty, i, bearers, binds))

    def can_match(
        self, pattern: Mapping[str, Any], incident: str, bearers: tuple[str, ...], binds: tuple[str, ...]
    ) -> bool:
        context = Context(bearers, others(binds, bearers))
        fixed = {f: t for f, t in pattern.items() if "$trigger" not in str(t) and "$violator" not in str(t)}
        tests = [Test(f, t, context, World({}), self.book.names) for f, t in fixed.items()]
        return any(possible(tests, alternative) for alternative in self.incidents[incident])

    def clause(self, name: str) -> Clause:
        first, *deeper = name.split(".otherwise")
        clause = self.book.clauses[first]
        for _ in deeper:
            assert clause.otherwise is not None
            clause = clause.otherwise
        return clause
