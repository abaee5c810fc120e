"""The acts that can make a difference to one instance: a duty and its trigger come in, acts and endings go out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from servanda.lifecycle.acts import Act, Doubt, Hit, act_of, made, spread
from servanda.lifecycle.judging import Judge
from servanda.lifecycle.keeping import back_in_force, going_off
from servanda.lifecycle.patterns import Context
from servanda.lifecycle.regime import Regime
from servanda.lifecycle.restricting import restricted
from servanda.lifecycle.run import Ending, Piece, clipped
from servanda.lifecycle.switches import Lookup, Switches, all_of, opposite
from servanda.lifecycle.timing import after
from servanda.lifecycle.world import World
from servanda.model.clauses import Clause
from servanda.model.moments import BEGINNING, Interval


@dataclass(frozen=True)
class Situation:
    """One instance, or one way in which it was triggered: what references stand for, and its trigger's incident."""

    context: Context
    own: str | None
    judge: Judge
    world: World
    kept: Switches | None = None  # of a `must_keep`

    def acts(self, stretch: Piece) -> list[Act]:
        """The acts that count, each once, by the version of the clause at their time."""
        versions = len(self.judge.way)
        if versions == 1:
            return list(self._of_version(stretch, 0))
        found: dict[str, list[Act]] = {}
        for number in range(versions):
            for act in self._of_version(stretch, number):
                held = self._during(act, number)
                if held is not None:
                    found.setdefault(act.incident, []).append(held)
        return [acts[0] if len(acts) == 1 else self._merged(acts) for acts in found.values()]

    def _merged(self, acts: list[Act]) -> Act:
        """An act that counts under more than one version of the clause."""
        hits: list[Hit] = [hit for act in acts for hit in act.hits]
        doubts = frozenset(doubt for act in acts for doubt in act.doubts)
        merged = made(acts[0].standing, hits, doubts, self.world.as_of)
        assert merged is not None  # there are hits
        return merged._replace(twice=not merged.certain)

    def _during(self, act: Act, number: int) -> Act | None:
        """The act as far as it falls into the time of a version."""
        way = self.judge.way
        since = way[number].since
        until = way[number + 1].since if number + 1 < len(way) else None

        def held(_: Hit, time: Interval) -> Lookup:
            found = [after(time, act.incident, since)] if since is not None else []
            return all_of((*found, opposite(after(time, act.incident, until)))) if until is not None else all_of(found)

        def cuts(_: Hit, time: Interval) -> Iterator[int]:
            for one in (since, until):
                if one is not None:
                    yield from (at + 1 for at in (one.earliest, one.latest) if time.earliest <= at < time.latest)

        return restricted(act, held, cuts, self.world.as_of)

    def _of_version(self, stretch: Piece, number: int) -> Iterator[Act]:
        """The acts under one version.

        For an achievement, nothing later than an act that certainly comes after the opening matters: it is
        that act, or an earlier one, that fulfils the duty or cures its violation.
        """
        clause, window = self.judge.way[number].clause, self.judge.windows[number]
        regime = self.judge.regimes[number]
        opens, last_opens = window.start(stretch.low), window.start(stretch.high)
        if self.kept is not None:
            until = min(self.world.as_of, window.end(stretch.high))
            yield from self._unkept(self.kept, regime, Interval(opens, until))
            return
        stop = self.world.as_of if clause.duty == "must" else min(self.world.as_of, window.end(stretch.high))
        seen = {self.own}
        first_is_enough = clause.duty == "must" and self.judge.goal.one
        for line in self.world.candidates(clause, "duty", clause.pattern).during(opens, stop, self.context):
            for standing in line:
                if spread(standing).earliest > stop:
                    break
                if regime.spared(standing.incident) or standing.incident in seen:
                    continue
                seen.add(standing.incident)
                one = regime.act(standing, self.context)
                if one is None or one.latest < opens:
                    continue
                yield one
                if first_is_enough and one.certain and one.earliest >= last_opens:
                    stop = min(stop, one.latest)

    def _unkept(self, kept: Switches, regime: Regime, during: Interval) -> Iterator[Act]:
        """The acts by which a state that is to be kept is off while the clause is in force."""
        for act in going_off(kept, self.own, during, self.world.as_of):
            counts = regime.effective(act, self.context)
            if counts is not None:
                yield counts
        yield from back_in_force(kept, regime, self.own, during, self.world.as_of)

    def endings(self, piece: Piece) -> list[Ending]:
        """What may end the instance while it is open."""
        regime = self.judge.regime
        found = [Ending("ended", "termination", act) for act in regime.terminations]
        ended = {act.incident for act in regime.terminations if act.certain}  # what ends and waives at once, ends
        found += [Ending("waived", "waiver", act) for act in regime.waivers if act.incident not in ended]
        if regime.clause.unless is not None and regime.clause.duty == "must":
            found += [Ending("ended", "release", act) for act in self._releases(regime.clause, piece)]
        return found

    def _releases(self, clause: Clause, piece: Piece) -> Iterator[Act]:
        assert clause.unless is not None
        window = self.judge.window
        opens = max(self.world.agreement.term.earliest, piece.low)
        stop = min(self.world.as_of, window.end(piece.high)) if not self.judge.regime.stops else self.world.as_of
        for line in self.world.candidates(clause, "release", clause.unless).during(opens, stop, self.context):
            for standing in line:
                act = act_of(standing, [(clause.unless, self.context)], self.world.agreement, self.world.as_of)
                late = None if act is None else self._from(act, opens)
                if late is not None:
                    yield late

    def _from(self, act: Act, opens: int) -> Act | None:
        """The act as far as it comes at or after the opening."""
        if act.earliest >= opens:
            return act
        hits = [hit._replace(earliest=when.earliest) for hit, when in clipped(act, Interval(opens, act.latest))]
        return made(act.standing, hits, act.doubts | {("time_uncertain", act.incident)}, self.world.as_of, whole=False)


class Baseline(NamedTuple):
    """The least and the most matches of the period that a rate is held against, and why it is open how many."""

    least: int
    most: int
    doubts: frozenset[Doubt]


def baseline_of(situation: Situation) -> Baseline:
    """The matches in the baseline of a rate, whatever the clause exempts."""
    judge, world = situation.judge, situation.world
    clause = judge.clause
    assert clause.rate is not None
    during = clause.rate.baseline.cut(Interval(BEGINNING, world.as_of))
    found: dict[str, Act] = {}
    if during is not None:
        asked = [(clause.pattern, situation.context)]
        for line in world.candidates(clause, "duty", clause.pattern).during(*during, situation.context):
            acts = (act_of(one, asked, world.agreement, world.as_of) for one in line if one.incident not in found)
            found.update((act.incident, act) for act in acts if act is not None and clipped(act, during))
    open_ = [
        act
        for act in found.values()
        if not (act.certain and during and Interval(act.earliest, act.latest).within(during))
    ]
    doubts = {doubt for act in open_ for doubt in act.doubts or (("time_uncertain", act.incident),)}
    return Baseline(len(found) - len(open_), len(found), frozenset(doubts))
