"""Alternatives of incidents come in; every class of worlds, each decided as far as it matters, goes out.

A world (§6) picks one alternative for every incident, one instant in every uncertain interval, one
value for every uncertain quantity, and settles every *maybe* of matching. There are far too many to
list one by one, and most differ in nothing that any clause asks. So a `World` is decided only when it
is asked, and the program that asks is run again until every answer to every question has been given.

Why that is complete. Worlds which answer every question alike give every instance the same status,
because the evaluator sees a world through its questions only. Alternatives, settlements and quantities
are finite choices. Instants are never chosen: the evaluator asks only whether one time is not after
another, where a time is an instant of an incident, or a constant, plus a fixed duration. Both answers
are followed where both are possible, and an answer is kept as a constraint `x - y <= c` between two
instants. A set of such constraints over the integers has a solution if and only if no cycle of them
adds up to less than zero, so every branch followed holds at least one world, and every world lies in
one branch. `instants` gives the solution, so that a branch can be checked as one plain world.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeVar

from .evidence import Alternative, Alternatives
from .times import INFINITY, Bound

Time = tuple[str | None, Bound]
"""The instant of an incident plus microseconds; without an incident, a constant."""

T = TypeVar("T")
CAP = 20_000


class TooManyWorlds(Exception):  # noqa: N818
    """More classes of worlds than the cap: the case says nothing."""


class World:
    """One class of worlds, decided by the choices in `path` and then by the first option of each question."""

    def __init__(
        self,
        incidents: Mapping[str, Alternatives],
        thresholds: Sequence[float] = (),
        path: Sequence[tuple[int, int]] = (),
    ) -> None:
        self.incidents = incidents
        self.thresholds = thresholds
        self.path = list(path)
        self.asked = 0
        self.answers: dict[Hashable, Any] = {}
        self.open: set[str] = set()
        """The kinds of question that had more than one answer."""
        self.bounds: dict[str | None, dict[str | None, Bound]] = {None: {None: 0}}

    def branch(self, kind: str, options: Sequence[T]) -> T:
        self.open.add(kind)
        if self.asked == len(self.path):
            self.path.append((0, len(options)))
        chosen, count = self.path[self.asked]
        if count != len(options):
            raise AssertionError("the evaluator did not ask the same again")
        self.asked += 1
        return options[chosen]

    def choose(self, question: tuple[str, *tuple[Hashable, ...]], options: Sequence[T]) -> T:
        """The answer to a question is the same throughout one world."""
        if question not in self.answers:
            self.answers[question] = options[0] if len(options) == 1 else self.branch(question[0], options)
        answer: T = self.answers[question]
        return answer

    def alternative(self, incident: str) -> Alternative | None:
        return self.choose(("alternative", incident), self.incidents[incident])

    def settled(self, incident: str, field: str, test: str) -> bool:
        """A maybe, settled the same way for the same test on the same field of the same incident."""
        return self.choose(("maybe", incident, field, test), (True, False))

    def quantity(self, incident: str) -> float:
        """Amounts are compared with the numbers of the patterns only: those, and one between each, suffice."""
        known = self.alternative(incident)
        assert known is not None
        assert known.quantity is not None
        low, high = known.quantity
        marks = sorted({low, high, *(n for n in self.thresholds if low < n < high)})
        between = [(a + b) / 2 for a, b in pairwise(marks)]
        return self.choose(("quantity", incident), sorted({*marks, *between}))

    # -- times ---------------------------------------------------------------------------------

    def time(self, incident: str) -> Time:
        if incident not in self.bounds:
            known = self.alternative(incident)
            assert known is not None
            for row in self.bounds.values():
                row[incident] = INFINITY
            self.bounds[incident] = {**dict.fromkeys(self.bounds, INFINITY), incident: 0}
            self.constrain(incident, None, known.time[1])
            self.constrain(None, incident, -known.time[0])
        return (incident, 0)

    def constrain(self, x: str | None, y: str | None, limit: Bound) -> None:
        """Keep `x - y <= limit`, and all that follows from it."""
        if limit >= self.bounds[x][y]:
            return
        to_x = {a: row[x] for a, row in self.bounds.items()}
        from_y = dict(self.bounds[y])
        for a, row in self.bounds.items():
            for b in row:
                through = to_x[a] + limit + from_y[b]
                if through < row[b]:
                    row[b] = through

    def not_after(self, a: Time, b: Time) -> bool:
        """Whether `a <= b`; where both are still possible, both are followed."""
        (x, plus), (y, other) = a, b
        if x == y:
            return plus <= other
        if INFINITY in (plus, other) or -INFINITY in (plus, other):
            return plus < other  # an open end is a constant, before or after every instant
        limit = other - plus
        if self.bounds[x][y] <= limit:
            return True
        if self.bounds[y][x] < -limit:
            return False
        if self.branch("time", (True, False)):
            self.constrain(x, y, limit)
            return True
        self.constrain(y, x, -limit - 1)
        return False

    def before(self, a: Time, b: Time) -> bool:
        return not self.not_after(b, a)

    def earliest(self, times: Sequence[Time]) -> Time:
        first = times[0]
        for time in times[1:]:
            if not self.not_after(first, time):
                first = time
        return first

    def latest(self, times: Sequence[Time]) -> Time:
        last = times[0]
        for time in times[1:]:
            if self.not_after(last, time):
                last = time
        return last

    def instants(self) -> dict[str, Bound]:
        """One plain world of this class: an instant for each incident that was compared."""
        for incident in [i for i in self.bounds if i is not None]:
            upper, lower = self.bounds[incident][None], -self.bounds[None][incident]
            exact = upper if upper < INFINITY else lower
            if abs(exact) == INFINITY:
                exact = 0
            self.constrain(incident, None, exact)
            self.constrain(None, incident, -exact)
        return {i: row[None] for i, row in self.bounds.items() if i is not None}


def every_world(
    incidents: Mapping[str, Alternatives],
    thresholds: Sequence[float],
    evaluate: Callable[[World], T],
    cap: int = CAP,
) -> Iterator[tuple[World, T]]:
    """Run `evaluate` once for each class of worlds, turning the last open choice first."""
    path: list[tuple[int, int]] = []
    for _ in range(cap):
        world = World(incidents, thresholds, path)
        yield world, evaluate(world)
        path = world.path
        while path and path[-1][0] + 1 == path[-1][1]:
            path.pop()
        if not path:
            return
        chosen, count = path[-1]
        path[-1] = (chosen + 1, count)
    raise TooManyWorlds
