"""Instances that use an incident twice: runs come in, the same runs with outcomes settled case by case go out.

Judging by Kleene logic treats two uses of one incident as if they were independent, so that a set of
outcomes may hold a status that no world has. Where the case is small, the worlds are split by what
may have happened in the incidents concerned - which alternative, which answer to an open question, which part
of a time or quantity - and each part is judged alone. Every part of a split is covered, so what is left
out is left out rightly; where no split helps any more, or there are too many, `approximate` stays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from servanda.evidence import Alternative, Standing
from servanda.lifecycle.closing import since_of
from servanda.lifecycle.constituting import counted
from servanda.lifecycle.runs import Run
from servanda.lifecycle.world import World, patterns_of
from servanda.model.clauses import Clause, Status
from servanda.model.moments import BEGINNING, DAY, END, Duration, Interval
from servanda.model.patterns import Compare, Is, Pattern, Test
from servanda.model.report import Amount

Fold = Callable[[Sequence[Clause], World], dict[str, list[Run]]]
Settled = dict[str, Standing | None]
MOST_TOUCHING = 400  # of incidents and clauses: more are not settled case by case
_SMALL = 60  # of incidents and clauses; each part of a larger case counts as more than one
_MOST_PARTS = 48
_MOST_IN_ALL = 160
_FINEST = 3  # how often a time is halved where no other time tells where to cut


def refine(clauses: Sequence[Clause], world: World, runs: dict[str, list[Run]], fold: Fold) -> dict[str, list[Run]]:
    """The runs, with the outcomes of those that are approximate settled where that can be done."""
    doubtful = [run for found in runs.values() for run in found if run.instance.approximate]
    if not doubtful or world.size > MOST_TOUCHING:
        return runs
    settling = _Settling(clauses, world, fold)
    settled = {run.instance.key: settling.of(run) for run in doubtful}
    return {name: list(_renewed(found, settled)) for name, found in runs.items()}


def _renewed(
    runs: Sequence[Run], settled: Mapping[tuple[object, ...], tuple[frozenset[Status], bool]]
) -> Iterator[Run]:
    """The runs with what was settled; one that exists in no world is left out, or stands for the clause."""
    found = [run if run.instance.key not in settled else _with(run, *settled[run.instance.key]) for run in runs]
    there = {run.instance.bearer for run in found if run.instance.statuses != {"dormant"} or run.cause is None}
    for run in found:
        if run.instance.statuses != {"dormant"} or run.cause is None:
            yield run
        elif run.instance.bearer not in there:
            there.add(run.instance.bearer)
            stand_in = replace(run.instance, trigger=None, origin=(), evidence=(), coverage=None, progress=None)
            yield Run(stand_in, outcome=run.outcome)


def _with(run: Run, statuses: frozenset[Status], exact: bool) -> Run:  # noqa: FBT001 - half of one result
    assert run.outcome is not None  # only what was judged is approximate
    instance = replace(
        run.instance,
        statuses=statuses,
        because=run.instance.because if len(statuses) > 1 else (),
        since=since_of(run.outcome, statuses),
        due=None if statuses == {"dormant"} else run.instance.due,
        cured=run.instance.cured if "violated" in statuses else None,
        approximate=not exact and len(statuses) > 1,
    )
    return replace(run, instance=instance)


class _Settling:
    """The settling of instances of one assessment, within bounds for all of them together."""

    def __init__(self, clauses: Sequence[Clause], world: World, fold: Fold) -> None:
        self._clauses, self._world, self._fold = clauses, world, fold
        self._cost = max(world.size / _SMALL, 1.0)
        self._left = float(_MOST_IN_ALL)
        self._numbers = sorted(set(_numbers(clauses)))
        self._start = max(world.agreement.term.earliest, world.as_of - 400 * DAY)
        self._lengths = sorted(
            {one.after(self._start, world.agreement.zone) - self._start for one in _lengths(clauses)}
        )

    def of(self, run: Run) -> tuple[frozenset[Status], bool]:
        """The statuses of an instance over all parts, and whether they are exact."""
        statuses: set[Status] = set()
        shown: set[Status] = set()  # in parts that are exact
        exact, spent = True, 0.0
        parts: list[Settled] = [{}]
        while parts and not shown >= run.instance.statuses:  # there can be no more than these
            settled = parts.pop()
            spent, self._left = spent + self._cost, self._left - self._cost
            if spent > _MOST_PARTS or self._left < 0:
                return run.instance.statuses, False
            found = self._judged(run, settled)
            here: frozenset[Status] = frozenset(("dormant",)) if found is None else found.instance.statuses
            if found is None or not found.instance.approximate:
                shown |= here
                continue
            more = self._split(found, settled)
            if more is None:
                statuses |= here
                exact = False
            else:
                parts += more
        statuses |= shown
        return frozenset(statuses & run.instance.statuses), exact or shown >= run.instance.statuses

    def _judged(self, run: Run, settled: Settled) -> Run | None:
        """The instance in a part of the worlds, with what was asked noted in the alternatives; None if there is none."""
        for name in (*settled, *_tangled(run)):
            standing = settled.get(name, self._world.standings.get(name))
            if standing is not None:
                bare = tuple(replace(one, asked=set(), counted=()) for one in standing.alternatives)
                told = {name: replace(standing, alternatives=bare)}
                settled[name] = counted(self._world.written, told, self._world.agreement)[name]
        runs = self._fold(self._clauses, self._world.where(settled))
        same = (one for one in runs.get(run.instance.clause, ()) if one.instance.key == run.instance.key)
        return next(same, None)

    def _split(self, run: Run, settled: Settled) -> list[Settled] | None:
        """The parts of a part: by the first incident concerned that can be told apart further."""
        for name in _tangled(run):
            standing = settled.get(name, self._world.standings.get(name))
            if standing is None:
                continue
            parts = self._parts(standing, settled, run)
            if parts is not None:
                return [{**settled, name: part} for part in parts]
        return None

    def _parts(self, standing: Standing, settled: Settled, run: Run) -> list[Standing | None] | None:
        if len(standing.alternatives) > 1 or standing.nothing:
            single = [replace(standing, alternatives=(one,), nothing=frozenset()) for one in standing.alternatives]
            return [*single, None] if standing.nothing else list(single)
        (one,) = standing.alternatives
        found = _by_question(one) or _by_amount(one, self._numbers) or self._by_time(one, standing, settled, run)
        return None if found is None else [replace(standing, alternatives=(part,)) for part in found]

    def _by_time(self, one: Alternative, standing: Standing, settled: Settled, run: Run) -> list[Alternative] | None:
        """The two parts of its time, cut where another time begins or ends, else in the middle."""
        low, high = one.time
        inside = sorted({at for at in self._cuts(standing.incident, settled, run) if low < at <= high})
        if inside:
            cut = inside[len(inside) // 2]
        elif low <= BEGINNING or high >= END:
            return None
        else:
            whole = self._world.standings[standing.incident].alternatives
            widest = max(min(a.time.latest, self._world.as_of) - max(a.time.earliest, self._start) for a in whole)
            if low == high or (high - low) * 2**_FINEST <= widest:
                return None
            cut = (low + high) // 2 + 1
        return [replace(one, time=Interval(low, cut - 1)), replace(one, time=Interval(cut, high))]

    def _cuts(self, incident: str, settled: Settled, run: Run) -> Iterator[int]:
        """The instants at which times that it may be compared with begin, or have ended."""
        times = [self._world.agreement.term, Interval(self._world.as_of, self._world.as_of)]
        out = run.outcome
        times += [time for time in (out.opened, out.closed) if time is not None] if out is not None else []
        for name, standing in self._world.concerned.items():
            there = settled.get(name, standing)
            if name != incident and there is not None and there.alternatives:
                times += [one.time for one in there.alternatives]
        for time in times:
            for at in (time.earliest, time.latest + 1):
                yield at
                for length in self._lengths:
                    yield from (at - length, at + length)


def _tangled(run: Run) -> list[str]:
    """The incidents that the outcome depends on, those with most uses first."""
    out = run.outcome
    if out is None:
        return []
    uses = {name: len(about) for name, about in out.uses.items()}
    if out.loose and run.cause is not None:
        for name in run.cause.lineage:
            uses.setdefault(name, 1)
    return sorted(uses, key=lambda name: (-uses[name], name))


def _by_question(one: Alternative) -> list[Alternative] | None:
    """The two answers to the first question that is open."""
    if not one.asked:
        return None
    question = min(one.asked)
    return [replace(one, settled=(*one.settled, (question, truth)), asked=None) for truth in (True, False)]


def _by_amount(one: Alternative, numbers: Sequence[float]) -> list[Alternative] | None:
    """The parts of its quantity below, at and above the first number that a clause asks for."""
    amount = one.quantity
    if amount is None or amount.low == amount.high:
        return None
    for number in numbers:
        if amount.low <= number <= amount.high:
            below, above = math.nextafter(number, -math.inf), math.nextafter(number, math.inf)
            parts = [Amount(amount.low, below), Amount(number, number), Amount(above, amount.high)]
            return [replace(one, quantity=part) for part in parts if part.low <= part.high]
    return None


def _lengths(clauses: Sequence[Clause]) -> Iterator[Duration]:
    """The durations by which times are compared."""
    for clause in clauses:
        for one in clause.with_otherwise():
            counted = (one.at_most and one.at_most.within, one.rate and one.rate.within)
            yield from (length for length in (one.within, one.lasting, *counted) if length)


def _numbers(clauses: Sequence[Clause]) -> Iterator[float]:
    for clause in clauses:
        for one in clause.with_otherwise():
            if one.reach is not None:
                yield one.reach
            for pattern in patterns_of(one):
                yield from _in_pattern(pattern)


def _in_pattern(pattern: Pattern) -> Iterator[float]:
    test: Test | None = pattern.test("quantity")
    if isinstance(test, Compare):
        yield from (limit for _, limit in test.bounds)
    elif isinstance(test, Is) and isinstance(test.value, int | float):
        yield float(test.value)
