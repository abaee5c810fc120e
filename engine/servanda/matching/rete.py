"""The rete matcher: clause facts and bodies come in, refs go out, joined by the durable_rules engine.

Each clause fact goes to the engine once for every act and actor it asks for. A cheap index here knows
which combinations there are, so that an event is posted for those only that a body can touch, and for
no others: what a body costs grows with what it touches, not with what there is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from servanda.matching.filing import filed, looked_up, with_wholes
from servanda.matching.port import Body, ClauseFact, EngineName, Wholes
from servanda.matching.rules import Rules
from servanda.matching.session import Session
from servanda.model.patterns import above


class _Combination(NamedTuple):
    """What a clause fact and a report must have in common, as numbers; 0 stands for any."""

    agreement: int
    act: int
    actor: int


class ReteMatcher:
    """Clause facts in the engine, and the index in front of it.

    The rules each join one `clause` with one `report`; those that come with the library are in
    `rules/flagging.yaml`. ImportError where the engine cannot be imported. The matcher belongs to the
    thread that made it.
    """

    name: EngineName = "rete"

    def __init__(self, facts: Sequence[ClauseFact], wholes: Wholes, rules: Rules) -> None:
        """Hand the facts to the engine; a ValueError if the rules are not such rules."""
        _check(rules, facts)
        self._index = _Index(wholes)
        self._numbers: dict[str, int] = {}
        self._refs: dict[Hashable, int] = {}  # by the key that a fact has in the session
        self._session = Session(rules)
        for fact in facts:
            self._assert(fact)

    def _assert(self, fact: ClauseFact) -> None:
        for act in dict.fromkeys(fact.acts or (None,)):
            for actor in dict.fromkeys(fact.actors or (None,)):
                numbers = _Combination(*map(self._number, (fact.agreement, act, actor)))
                self._index.add(act, actor, numbers)
                key = len(self._refs)
                self._refs[key] = fact.ref
                self._session.assert_fact(key, {"kind": "clause", "role": fact.role, **numbers._asdict()})

    def _number(self, name: str | None) -> int:
        """The number of a name, so that names of any length and script are alike to the engine."""
        return 0 if name is None else self._numbers.setdefault(name, len(self._numbers) + 1)

    def touched(self, body: Body) -> tuple[int, ...]:
        """The refs of the facts that the body touches, ascending, each once."""
        refs: set[int] = set()
        for numbers in self._index.touched(body):
            matches = self._session.post("report", {"kind": "report", **numbers._asdict()})
            refs.update(self._refs[match.keys["clause"]] for match in matches)
        return tuple(sorted(refs))

    def close(self) -> None:
        """Give the engine's memory back."""
        self._session.close()


def _check(rules: Rules, facts: Sequence[ClauseFact]) -> None:
    """Each rule joins a clause with a report on every number, and every role is read by some rule."""
    for name, conditions in rules.by_name.items():
        shape = tuple(condition.name for condition in conditions)
        joined = {str(join) for condition in conditions for join in condition.joins}
        wanted = {f"{field} == clause.{field}" for field in _Combination._fields}
        if shape != ("clause", "report") or joined != wanted:
            msg = f"flagging rule {name!r} must join a clause and then a report, by {sorted(wanted)}"
            raise ValueError(msg)
    read = {conditions[0].where.get("role") for conditions in rules.by_name.values()}
    unread = sorted({fact.role for fact in facts if fact.role not in read})
    if unread and None not in read:
        msg = f"no flagging rule reads clause facts of the role {', '.join(unread)}"
        raise ValueError(msg)


class _Index:
    """Which combinations of act and actor some fact asks for: a few look-ups find all a body can touch.

    >>> index = _Index(lambda actor: (actor,))
    >>> index.add("force.attack", None, _Combination(1, 1, 0))
    >>> index.touched(Body("force", ("PAK",)))
    [_Combination(agreement=1, act=1, actor=0)]
    """

    def __init__(self, wholes: Wholes) -> None:
        self._wholes = wholes
        self._known: set[_Combination] = set()
        self._files: defaultdict[tuple[str, str], list[_Combination]] = defaultdict(list)

    def add(self, act: str | None, actor: str | None, numbers: _Combination) -> None:
        if numbers in self._known:
            return
        self._known.add(numbers)
        acts = filed(None if act is None else above(act))
        actors = filed(None if actor is None else with_wholes(actor, self._wholes))
        for act_file in acts:
            for actor_file in actors:
                self._files[act_file, actor_file].append(numbers)

    def touched(self, body: Body) -> Iterable[_Combination]:
        acts = looked_up(None if body.act is None else [above(body.act)])
        actors = looked_up(None if body.actors is None else [with_wholes(one, self._wholes) for one in body.actors])
        found: dict[_Combination, None] = {}
        for act in acts:
            for actor in actors:
                found.update(dict.fromkeys(self._files.get((act, actor), ())))
        return list(found)
