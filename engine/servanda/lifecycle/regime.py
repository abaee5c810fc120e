"""Whether a clause is in force: its conditions and what powers did to it come in, answers about times go out.

A clause is in force while the state that its `while` names has the value asked for, while no power has
suspended it, and until one has terminated it. Permissions and `unless` exempt single incidents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from servanda.evidence import Alternative, Standing
from servanda.lifecycle.acts import Act, Doubt, act_of
from servanda.lifecycle.grants import Grants, looked_up
from servanda.lifecycle.keyed import KeyedState
from servanda.lifecycle.patterns import Context, answer
from servanda.lifecycle.restricting import pieces, restricted
from servanda.lifecycle.switches import NO, YES, Lookup, Switches, all_of, any_of, opposite
from servanda.lifecycle.world import World, patterns_of, refers
from servanda.model.clauses import Clause
from servanda.model.kleene import Truth
from servanda.model.moments import DAY, END, Interval


class Resuming(NamedTuple):
    """An act that ends one of the two ways in which a clause may be suspended, and whether the other one lets it."""

    act: Act
    else_active: Callable[[Interval], Lookup]


@dataclass
class Regime:
    """What one clause is subject to, for one set of bearers.

    `condition` is the state of an unkeyed `while`, `wanted` the value asked for. `suspensions` is on
    while a power has suspended the clause. `gaps` are stretches between two terms of the agreement.
    """

    clause: Clause
    world: World
    condition: Switches | None = None
    wanted: bool = True
    keyed: KeyedState | None = None
    suspensions: Switches | None = None
    terminations: tuple[Act, ...] = ()
    waivers: tuple[Act, ...] = ()
    permissions: tuple[Grants, ...] = ()
    gaps: tuple[Interval, ...] = ()
    terminated: Switches | None = None
    _acts: dict[str, Act | None] = field(default_factory=dict)
    _refers: bool = False

    def __post_init__(self) -> None:
        """What was terminated stays so."""
        self._refers = any(refers(pattern) for pattern in patterns_of(self.clause))
        if self.terminations:
            self.terminated = Switches(self.terminations, (), initially=False)

    @property
    def plain(self) -> bool:
        """Whether every incident that matches counts."""
        return not (
            self.condition
            or self.keyed
            or self.suspensions
            or self.terminations
            or self.permissions
            or self.gaps
            or self.clause.unless
        )

    @property
    def stops(self) -> bool:
        """Whether the clause can be suspended, so that deadlines stop."""
        return self.condition is not None or self.suspensions is not None

    def active(self, time: Interval, but: str | None = None) -> Lookup:
        """Whether the clause is not suspended at an instant of the interval, at which incident `but` happens."""
        found = []
        if self.condition is not None:
            on = self.condition.at(time, but)
            found.append(on if self.wanted else opposite(on))
        if self.suspensions is not None:
            found.append(opposite(self.suspensions.at(time, but)))
        return all_of(found)

    def resuming(self, during: Interval) -> Iterator[Resuming]:
        """The acts that may bring the clause back into force meanwhile."""
        both = ((self.condition, self.wanted), (self.suspensions, False))
        for number, (switches, on) in enumerate(both):
            other, wanted = both[1 - number]

            def let(time: Interval, other: Switches | None = other, wanted: bool = wanted) -> Lookup:  # noqa: FBT001
                found = YES if other is None else other.at(time)
                return found if other is None or wanted else opposite(found)

            for one in switches.during(*during) if switches is not None else ():
                if one.on is on:
                    yield Resuming(one.act, let)

    def suspending(self, as_of: int) -> list[Act]:
        """The acts that may have suspended the clause last, by then."""
        after = Interval(as_of + 1, as_of + 1)
        found: list[Act] = []
        for switches, off in ((self.condition, not self.wanted), (self.suspensions, True)):
            if switches is not None:
                found += [one.act for one in switches.last(after) if one.on is off]
        return found

    def in_force(self, time: Interval, but: str | None = None) -> Lookup:
        """Whether it is neither suspended nor terminated, and the agreement's term has no gap there."""
        return all_of((self.active(time, but), self.unended(time, but)))

    def cuts(self, time: Interval) -> Iterator[int]:
        """The instants in an interval at which an answer about it may change."""
        for switches in (self.condition, self.suspensions, self.terminated):
            if switches is not None:
                yield from switches.cuts(time)
        for gap in self.gaps:
            yield from (at for at in (gap.earliest, gap.latest + 1) if time.earliest < at <= time.latest)

    def unended(self, time: Interval, but: str | None = None) -> Lookup:
        """Whether it has not been terminated before, and the agreement's term has no gap there."""
        if self.terminated is None:
            return self._in_term(time)
        return all_of((opposite(self.terminated.at(time, but)), self._in_term(time)))

    def _in_term(self, time: Interval) -> Lookup:
        """Whether the instant is in no gap between a term's end and a late extension."""
        found = YES
        for gap in self.gaps:
            if time.within(gap):
                return NO
            found = Lookup(Truth.MAYBE) if time.meets(gap) else found
        return found

    # --- acts -------------------------------------------------------------------------------------------

    def act(self, standing: Standing, context: Context) -> Act | None:
        """An incident as an act that counts; kept where every instance of the bearer asks the same."""
        if self._refers:
            return self._act(standing, context)
        if standing.incident not in self._acts:
            self._acts[standing.incident] = self._act(standing, context)
        return self._acts[standing.incident]

    def spared(self, incident: str) -> bool:
        """Whether it is known already that an incident does not count for any instance of the bearer."""
        return self._acts.get(incident, incident) is None

    def forget(self, incident: str) -> None:
        """An incident stands differently now, or what the clause is subject to at its time does."""
        self._acts.pop(incident, None)

    def _act(self, standing: Standing, context: Context) -> Act | None:
        act = act_of(standing, [(self.clause.pattern, context)], self.world.agreement, self.world.as_of)
        return None if act is None else self.effective(act, context)

    def effective(self, act: Act, context: Context) -> Act | None:
        """The act as far as it counts: in force, not exempt, not shielded; None where it cannot count."""
        if self.plain:
            return act
        return restricted(
            act,
            lambda hit, time: self._counts(act.incident, hit.alternative, time, context),
            lambda hit, time: self._cuts(act.incident, hit.alternative, time),
            self.world.as_of,
        )

    def spares(self, alternative: Alternative, incident: str, context: Context) -> str | None:
        """Why what happened does not count although it matches, in words; None where nothing here says so."""
        time = alternative.time
        if self._exempt(incident, alternative, context).truth is Truth.YES:
            return "exempt by `unless`"
        for one in self.permissions:
            if one.cover(alternative, time, incident).truth is Truth.YES:
                return f"permitted by {one.clause.name}"
        if self.keyed is not None and self.keyed.of_incident(alternative, incident, time).truth is Truth.NO:
            return "its state is not as `while` asks"
        if self.active(time, incident).truth is Truth.NO:
            return "the clause was suspended then"
        if self.unended(time, incident).truth is Truth.NO:
            return "the clause had ended by then"
        return None

    def _exempt(self, incident: str, alternative: Alternative, context: Context) -> Lookup:
        """Whether an `unless` exempts the incident; that of a `must` releases the duty instead."""
        unless = self.clause.unless
        if unless is None or self.clause.duty == "must":
            return NO
        return looked_up(answer(unless, alternative, context, self.world.agreement), incident)

    # What ends the clause is no part of it: an act is held against that where an instance is judged.

    def _counts(self, incident: str, alternative: Alternative, time: Interval, context: Context) -> Lookup:
        found = [
            opposite(self._exempt(incident, alternative, context)),
            self.active(time, incident),
            self._in_term(time),
        ]
        if self.keyed is not None:
            found.append(self.keyed.of_incident(alternative, incident, time))
        if self.permissions:
            found.append(opposite(any_of(one.cover(alternative, time, incident) for one in self.permissions)))
        return all_of(found)

    def _cuts(self, incident: str, alternative: Alternative, time: Interval) -> Iterator[int]:
        """The instants at which it may change whether an incident counts."""
        yield from self.cuts(time)
        if self.keyed is not None:
            yield from self.keyed.cuts(alternative, time)
        for one in self.permissions:
            yield from one.cuts(time, incident)

    # --- deadlines --------------------------------------------------------------------------------------

    def due(self, opens: Interval, dates: Interval, lengths: Interval) -> tuple[Interval, frozenset[Doubt]]:
        """A deadline of a clause that may be suspended, and what leaves it open.

        Durations stop meanwhile; a date that passes meanwhile falls due when the clause is back in force. Each is
        given at its ends for the earliest and the latest opening. A length of time ends the later, and is moved the
        less, the later the opening: so both ends are bounds of the earliest.
        """
        plain = Interval(min(dates.earliest, lengths.earliest), min(dates.latest, lengths.latest))
        if not self.stops or plain.earliest >= END:
            return plain, frozenset()
        ahead = DAY
        while True:  # no further than needed: the deadline may move with every stretch
            horizon = min(plain.latest + ahead, self.world.as_of + 1)
            due, doubts = self._due_within(opens, dates, lengths, horizon)
            if due.latest < horizon or horizon > self.world.as_of:
                return due, doubts
            ahead *= 4

    def _due_within(
        self, opens: Interval, dates: Interval, lengths: Interval, horizon: int
    ) -> tuple[Interval, frozenset[Doubt]]:
        since = Interval(min(opens.earliest, horizon), horizon)
        answers = [(one, self.active(one)) for one in pieces(since, set(self._stop_cuts(since)))]
        stopped = [one for one, found in answers if found.truth is Truth.NO]
        perhaps = [one for one, found in answers if found.truth is not Truth.YES]
        moved = (_moved(lengths.earliest, opens.earliest, stopped), _moved(lengths.latest, opens.latest, stopped))
        past = dates.earliest <= opens.latest  # a date that has passed when the clause begins to bind
        low = min(*moved, dates.earliest if past else _back(dates.earliest, opens.earliest, stopped))
        high = min(_moved(lengths.latest, opens.earliest, perhaps), _back(dates.latest, opens.earliest, perhaps))
        doubts = (
            frozenset[Doubt]().union(*(found.doubts for _, found in answers)) if perhaps != stopped else frozenset()
        )
        return Interval(low, max(low, high)), doubts

    def _stop_cuts(self, time: Interval) -> Iterator[int]:
        for switches in (self.condition, self.suspensions):
            if switches is not None:
                yield from switches.cuts(time)


def _moved(due: int, opens: int, stopped: Iterable[Interval]) -> int:
    """The end of a duration, moved later by every stretch, after the opening, in which it had not run out."""
    if due >= END:
        return due
    for stretch in stopped:
        if stretch.latest <= opens:
            continue
        start = max(stretch.earliest, opens + 1)
        if start > due:
            break
        due += stretch.latest - start + 1
    return due


def _back(date: int, opens: int, stopped: Iterable[Interval]) -> int:
    """A date, or the instant at which the clause is back in force after it."""
    if date <= opens or date >= END:
        return date
    back: int | None = None
    for stretch in stopped:
        if stretch.earliest <= date <= stretch.latest or (back is not None and stretch.earliest == back + 1):
            back = stretch.latest
    return date if back is None else back
