"""The choice of an engine: facts and a name come in, a matcher with a memory goes out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Literal

from servanda.matching.columns import ColumnMatcher
from servanda.matching.plain import PlainMatcher
from servanda.matching.port import ROLES, Body, ClauseFact, EngineName, Matcher, Wholes
from servanda.matching.rete import ReteMatcher
from servanda.matching.rules import Rules, read_rules
from servanda.matching.session import available
from servanda.rulebook import rules_dir

MOST_REMEMBERED = 65_536  # bodies
LONGEST_REMEMBERED = 1_000  # characters of a body; a longer one is matched anew, and costs no memory


def make_matcher(
    facts: Sequence[ClauseFact], wholes: Wholes, engine: Literal["auto", "rete", "columnar", "plain"] = "auto"
) -> Matcher:
    """A matcher over the facts; `auto` takes rete where the engine can be imported, else plain.

    `wholes` says of an actor what it is part of, itself included. An engine that was named and cannot be
    imported is an ImportError.

    >>> facts = [
    ...     ClauseFact(0, "istanbul-2025", "duty", ("force.attack",), ("AFG",)),
    ...     ClauseFact(1, "istanbul-2025", "trigger", ("talk",), ()),
    ... ]
    >>> matcher = make_matcher(facts, lambda actor: (actor,))
    >>> matcher.touched(Body("force.attack.airstrike", ("AFG",)))
    (0,)
    >>> matcher.touched(Body(None, ("PAK",)))  # it may have been a talk
    (1,)
    >>> matcher.close()
    """
    if engine not in ("auto", "rete", "columnar", "plain"):
        msg = f"there is no matching engine {engine!r}; choose auto, rete, columnar or plain"
        raise ValueError(msg)
    for fact in facts:
        if fact.role not in ROLES:
            msg = f"clause fact {fact.ref} has the role {fact.role!r}, not one of {', '.join(ROLES)}"
            raise ValueError(msg)
    deepest = max((act.count(".") + 1 for fact in facts for act in fact.acts), default=0)
    if engine == "plain" or (engine == "auto" and not available()):
        return _Remembering(PlainMatcher(facts, wholes), deepest)
    made = ColumnMatcher if engine == "columnar" else ReteMatcher
    return _Remembering(made(facts, wholes, flagging_rules()), deepest)


@cache
def flagging_rules() -> Rules:
    """The flagging rules, read once: there may be a matcher for every view, and for every tracker."""
    return read_rules(rules_dir() / "flagging.yaml")


class _Remembering:
    """A matcher that need not be asked twice for one body, as most reports repeat a few."""

    def __init__(self, matcher: Matcher, deepest: int) -> None:
        self.name: EngineName = matcher.name
        self._matcher = matcher
        self._deepest = deepest  # number of segments of the finest act that some fact asks for
        self._ask = matcher.touched
        self._remembered = lru_cache(MOST_REMEMBERED)(matcher.touched)

    def touched(self, body: Body) -> tuple[int, ...]:
        """The refs of the facts that the body touches, ascending, each once."""
        act, actors = body
        if act is not None and act.count(".") > self._deepest:
            # One segment more than any fact asks for says as much as all of them, and a hostile act of
            # a million segments stays cheap.
            body = Body(".".join(act.split(".", self._deepest + 1)[: self._deepest + 1]), actors)
        size = len(body.act or "") + sum(map(len, actors or ()))
        return self._remembered(body) if size <= LONGEST_REMEMBERED else self._ask(body)

    def close(self) -> None:
        """Give back what the matcher holds; it answers no more."""
        self._ask = self._remembered = _closed  # type: ignore[assignment]
        self._matcher.close()


def _closed(_body: Body) -> tuple[int, ...]:
    msg = "this matcher is closed"
    raise RuntimeError(msg)
