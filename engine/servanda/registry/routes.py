"""Whom a report can concern: agreements come in once, then what reports say; the numbers of agreements go out.

An agreement listens to all that one of its patterns can match, by the act and by one of actor, target and
object; and to all that names somebody whose coverage it counts. It may hear too much but never too little:
the exact test comes later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain, product
from typing import NamedTuple

from servanda.lifecycle import asked_for
from servanda.model.agreement import Agreement
from servanda.model.clauses import Clause, EventTrigger
from servanda.model.patterns import Pattern, above
from servanda.model.report import Report

_PEOPLE = ("actor", "target", "object")
_FIELDS = ("act", *_PEOPLE)
MAY_BLUR = 12
"""From so many accounts on, an incident may have more than 64 alternatives (3^(n/3), Moon and Moser 1965).

Then fields in which they differ are taken as unspecified.
"""

_Values = tuple[str, ...] | None  # of one field in one report; None: left out
_Key = tuple[str, str]  # an act, and somebody or something in a field, as they are filed


class Said(NamedTuple):
    """What one report says, or linked ones with each other: for each field all that it may be, and of how many accounts."""

    fields: tuple[tuple[_Values, ...], ...] = ((),) * len(_FIELDS)
    accounts: int = 0

    @classmethod
    def by(cls, report: Report) -> Said:
        """What a report says by itself: one that is about another repeats it, or says nothing of these fields."""
        if report.says not in ("asserts", "corrects"):
            return cls(accounts=int(report.says == "confirms"))
        body, whole = report.body, report.says == "asserts"
        return cls(tuple((_values(body.get(name)),) if whole or name in body else () for name in _FIELDS), 1)

    def joined(self, *others: Said) -> Said:
        """What all of them say. A field that may have been left out may be anything, so may one that is blurred."""
        accounts = sum(one.accounts for one in (self, *others))
        several = zip(self.fields, *(one.fields for one in others), strict=True)
        joined = (tuple(dict.fromkeys(chain(*values))) for values in several)
        blurred = accounts >= MAY_BLUR
        return Said(tuple((None,) if None in v or (blurred and len(v) > 1) else v for v in joined), accounts)


def _values(value: object) -> _Values:
    return (value,) if isinstance(value, str) else value if isinstance(value, tuple) else None


class Routes:
    """What each agreement listens to, by act and by name.

    An act that is asked for is filed under `=x` for itself, `>x` for all that it lies below, and `?` for those who
    leave it out; any act under `*`. Names are filed under `actor=x`, for all that a report may call somebody, their
    parts or what they are part of, and `actor?`; anybody under `*`. Everybody looks under `*`.
    """

    def __init__(self) -> None:
        """Start with nobody listening."""
        self._listening: dict[str, dict[str, set[int]]] = {}  # by name, then by act
        self._deepest = 0  # number of segments of the finest act that was ever asked for

    def add(self, number: int, agreement: Agreement) -> None:
        """Let an agreement listen under a number of its own."""
        for act, name in _keys(agreement):
            self._listening.setdefault(name, {}).setdefault(act, set()).add(number)
            self._deepest = max(self._deepest, act.count(".") + 1)

    def remove(self, number: int, agreement: Agreement) -> None:
        """Let it listen no more."""
        for act, name in _keys(agreement):
            by_act = self._listening[name]
            by_act[act].discard(number)
            if not by_act[act]:
                del by_act[act]
            if not by_act:
                del self._listening[name]

    def concerned(self, said: Iterable[Said]) -> set[int]:
        """The numbers of the agreements that may be concerned by all that was said together.

        Give what a report says by itself, too: it may name somebody where others leave that open.
        """
        asked, named = {"*"}, {"*"}
        for acts, *people in (one.fields for one in said):
            asked.update(file for values in acts for file in self._looked_up(values))
            for field, several in zip(_PEOPLE, people, strict=True):
                for values in several:
                    named |= {f"{field}?"} if values is None else {f"{field}={name}" for name in values}
        listening = [by_act for name in named if (by_act := self._listening.get(name)) is not None]
        return set().union(*(by_act[act] for by_act in listening for act in asked & by_act.keys()))

    def _looked_up(self, act: _Values) -> list[str]:
        if act is None:
            return ["?"]
        # One segment more than anybody asks for says as much as all of them: a hostile act stays cheap.
        shown = ".".join(act[0].split(".", self._deepest + 1)[: self._deepest + 1])
        return [f">{shown}", *(f"={wider}" for wider in above(shown))]


# --- what an agreement listens to ---------------------------------------------------------------------


def _keys(agreement: Agreement) -> set[_Key]:
    names = _Names(agreement)
    keys: set[_Key] = set()
    for pattern, bearers in _asked(agreement):
        keys.update(product(_acts(pattern), names.asked(pattern, bearers)))
    for bearer in _watched(agreement):
        keys.update(("*", f"{field}={name}") for field in ("actor", "target") for name in names.of_parts(bearer))
    return keys


def _readings(agreement: Agreement) -> Iterator[Clause]:
    """Every clause as written, and as each party reads it: a tracker can be asked for any view."""
    for clause in agreement.clauses:
        yield clause
        yield from clause.readings.values()


def _asked(agreement: Agreement) -> Iterator[tuple[Pattern, tuple[str, ...]]]:
    """Every pattern that incidents are held against, with those who are bound by its clause."""
    clauses = tuple(_readings(agreement))
    for top in clauses:
        bearers = top.bearers
        for clause in top.with_otherwise():
            bearers = clause.bearers or bearers
            yield from ((pattern, bearers) for pattern in _patterns(clause))
    for power in clauses:
        for name, changes in power.effect.changes.items() if power.effect else ():
            for base in clauses:
                if base.name == name:
                    yield from ((pattern, base.bearers) for pattern in _patterns(base.amended(changes)))
    for state in agreement.states.values():
        yield from ((pattern, ()) for pattern in (state.starts, state.stops))


def _patterns(clause: Clause) -> Iterator[Pattern]:
    yield clause.pattern
    if clause.unless is not None:
        yield clause.unless
    if clause.keep is not None:
        yield from (clause.keep.state.starts, clause.keep.state.stops)
    yield from (trigger.pattern for trigger in clause.when if isinstance(trigger, EventTrigger))


def _watched(agreement: Agreement) -> set[str]:
    """Those whose duties carry a coverage: how much was reported of them."""
    found: set[str] = set()
    for top in _readings(agreement):
        bearers = top.bearers
        for clause in top.with_otherwise():
            bearers = clause.bearers or bearers
            if clause.duty in ("must_not", "must_keep"):
                found.update(bearers)
    return found


def _acts(pattern: Pattern) -> set[str]:
    acts = asked_for(pattern.test("act"))
    wider = {f">{one}" for act in acts for one in above(act)[1:]}
    return {"?", *wider, *(f"={act}" for act in acts)} if acts else {"*"}


class _Names:
    """What reports may call the actors of an agreement."""

    def __init__(self, agreement: Agreement) -> None:
        self._agreement = agreement
        self._called: dict[str, set[str]] = {}
        for actor in agreement.actors.values():
            for name in (actor.id, actor.name, *actor.aliases):
                self._called.setdefault(agreement.actor_id(name), set()).add(name)
        self._related: dict[str, set[str]] = {}

    def asked(self, pattern: Pattern, bearers: tuple[str, ...]) -> set[str]:
        """Where a pattern is filed: by the first field in which it asks for somebody or something."""
        for field in _PEOPLE:
            if wanted := asked_for(pattern.test(field), bearers):
                return {f"{field}?", *(f"{field}={name}" for one in wanted for name in self._of_related(one))}
        return {"*"}

    def of_parts(self, whole: str) -> set[str]:
        """All names of an actor and of its parts."""
        return self._names(one for one in self._called if whole in self._agreement.wholes(one))

    def _of_related(self, wanted: str) -> Collection[str]:
        """All names of an actor, of its parts, and of what it is part of."""
        if wanted not in self._related:
            wholes = self._agreement.wholes(wanted)
            self._related[wanted] = {wanted, *self._names(wholes), *self.of_parts(wanted)}
        return self._related[wanted]

    def _names(self, ids: Iterable[str]) -> set[str]:
        return {name for one in ids for name in self._called.get(one, ())}
