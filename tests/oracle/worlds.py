"""Alternatives of incidents come in; every class of worlds, each decided as far as it matters, goes out.

A world (§6) picks one alternative for every incident, one instant in every uncertain interval, one
value for every uncertain quantity, and settles every *maybe* of matching. There are far too many to
list one by one, and most differ in nothing that any clause asks. So a `World` is decided only when it
is asked, and the program that asks is run again until every answer to every question has been given.

Why that is complete. Worlds which answer every question alike give every instance the same status,
because the evaluator sees a world through its questions only. Alternatives and settlements are finite
choices. Instants and amounts are never chosen: the evaluator asks only whether one time is not after
another, and whether a sum of amounts reaches a number. Both answers are followed where both are
possible, and an answer is kept as an inequality. A time is an instant of an incident, or a constant,
plus a fixed duration, so most answers read `x - y <= c`, and a set of those has a solution over the
integers if and only if no cycle of them adds up to less than zero. A deadline that stopped while the
duty was suspended is a sum of several instants (`Sum`); what is said of sums is kept beside, and
decided by `linear`. So every branch followed holds at least one world, and every world lies in one
branch. `instants` gives a solution, so that a branch can be checked as one plain world.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from .evidence import Alternative, Alternatives
from .linear import Inequality, feasible
from .times import INFINITY, Bound


@dataclass(frozen=True)
class Sum:
    """A sum of instants, each so many times, plus microseconds."""

    terms: tuple[tuple[str, int], ...]
    plus: Bound


Time = tuple[str | None, Bound] | Sum
"""The instant of an incident plus microseconds; without an incident, a constant. Or a sum."""

T = TypeVar("T")
CAP = 1_500


class TooManyWorlds(Exception):  # noqa: N818
    """More classes of worlds than the cap: the case says nothing."""


def later(time: Time, by: Bound) -> Time:
    """A fixed duration after a time."""
    return Sum(time.terms, time.plus + by) if isinstance(time, Sum) else (time[0], time[1] + by)


def moved(time: Time, begins: Time, ends: Time) -> Time:
    """A time as much later as `ends` comes after `begins`."""
    terms: dict[str, int] = {}
    plus: Bound = 0
    for each, sign in ((time, 1), (ends, 1), (begins, -1)):
        parts = each.terms if isinstance(each, Sum) else ((each[0], 1),)
        plus += sign * (each.plus if isinstance(each, Sum) else each[1])
        for name, n in parts:
            if name is not None:
                terms[name] = terms.get(name, 0) + sign * n
    left = tuple((name, n) for name, n in sorted(terms.items()) if n)
    if len(left) <= 1 and all(n == 1 for _, n in left):
        return (left[0][0] if left else None, plus)
    return Sum(left, plus)


class World:
    """One class of worlds, decided by the choices in `path` and then by the first option of each question."""

    def __init__(self, incidents: Mapping[str, Alternatives], path: Sequence[tuple[int, int]] = ()) -> None:
        self.incidents = incidents
        self.path = list(path)
        self.asked = 0
        self.answers: dict[Hashable, Any] = {}
        self.open: set[str] = set()
        """The kinds of question that had more than one answer."""
        self.met: set[str] = set()
        """What of the clause language was at work: for the tally of generated cases only."""
        self.bounds: dict[str | None, dict[str | None, Bound]] = {None: {None: 0}}
        self.sums: list[Inequality] = []
        """What was answered about sums of instants."""
        self.amounts: dict[str, list[Inequality]] = {}
        """What is known of the amounts of the incidents asked for, and what was answered about them."""
        self.totals: list[Inequality] = []

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

    # -- amounts -------------------------------------------------------------------------------

    def reaches(self, incidents: Sequence[str], number: float, *, above: bool = False) -> bool:
        """Whether the amounts of these incidents add up to the number at least, or to more than it."""
        for incident in incidents:
            self.amount(incident)
        terms = dict.fromkeys(incidents, 1)
        less = (terms, (number, 0 if above else -1))
        more = (dict.fromkeys(incidents, -1), (-number, -1 if above else 0))
        known = [*self.totals, *(each for pair in self.amounts.values() for each in pair)]
        if not feasible([*known, less]):
            return True
        if not feasible([*known, more]):
            return False
        answer = self.branch("quantity", (True, False))
        self.totals.append(more if answer else less)
        return answer

    def amount(self, incident: str) -> None:
        """An amount that nobody reported is 0 or more."""
        if incident not in self.amounts:
            known = self.alternative(incident)
            low, high = known.quantity if known is not None and known.quantity is not None else (0, INFINITY)
            self.amounts[incident] = [({incident: -1}, (-low, 0))]
            if high < INFINITY:
                self.amounts[incident].append(({incident: 1}, (high, 0)))

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
        if isinstance(a, Sum) or isinstance(b, Sum):
            return self.sum_not_after(a, b)
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
        if self.sums:
            terms = {name: n for name, n in ((x, 1), (y, -1)) if name is not None}
            if not self.possible((terms, (limit, 0))):
                return False
            if not self.possible(({name: -n for name, n in terms.items()}, (-limit - 1, 0))):
                return True
        if self.branch("time", (True, False)):
            self.constrain(x, y, limit)
            return True
        self.constrain(y, x, -limit - 1)
        return False

    def sum_not_after(self, a: Time, b: Time) -> bool:
        difference = moved((None, 0), b, a)
        if not isinstance(difference, Sum):
            return self.not_after(difference, (None, 0))
        terms: dict[str, int] = {}
        plus = difference.plus
        for name, n in difference.terms:
            if self.bounds[name][None] == -self.bounds[None][name]:
                plus += n * self.bounds[name][None]
            else:
                terms[name] = n
        if abs(plus) == INFINITY:
            return plus < 0
        if not terms:
            return plus <= 0
        if sorted(terms.values()) in ([1], [-1], [-1, 1]):
            above = next((name for name, n in terms.items() if n > 0), None)
            below = next((name for name, n in terms.items() if n < 0), None)
            return self.not_after((above, plus), (below, 0))
        yes, no = (terms, (-plus, 0)), ({name: -n for name, n in terms.items()}, (plus - 1, 0))
        if not self.possible(no):
            return True
        if not self.possible(yes):
            return False
        answer = self.branch("time", (True, False))
        self.sums.append(yes if answer else no)
        return answer

    def possible(self, asked: Inequality) -> bool:
        """Whether the instants can be so, given all that was answered about them."""
        stated = [*self.sums, asked]
        names = {name for terms, _ in stated for name in terms}
        known: list[Inequality] = [
            ({x: n for x, n in ((a, 1), (b, -1)) if x is not None}, (self.bounds[a][b], 0))
            for a in (None, *names)
            for b in (None, *names)
            if a != b and self.bounds[a][b] < INFINITY
        ]
        return feasible([*stated, *known])

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

    def in_order(self, timed: Sequence[tuple[Time, T]]) -> list[tuple[Time, T]]:
        """By time, and of one instant by name."""
        found: list[tuple[Time, T]] = []
        for time, name in sorted(timed, key=lambda each: str(each[1])):
            place = len(found)
            while place and self.before(time, found[place - 1][0]):
                place -= 1
            found.insert(place, (time, name))
        return found

    def instants(self) -> dict[str, Bound]:
        """One plain world of this class: an instant for each incident that was compared."""
        for incident in [i for i in self.bounds if i is not None]:
            upper, lower = self.bounds[incident][None], -self.bounds[None][incident]
            exact = upper if upper < INFINITY else lower
            if abs(exact) == INFINITY:
                exact = 0
            exact = self.last_possible(incident, lower, exact) if self.sums else exact
            self.constrain(incident, None, exact)
            self.constrain(None, incident, -exact)
        return {i: row[None] for i, row in self.bounds.items() if i is not None}

    def last_possible(self, incident: str, low: Bound, high: Bound) -> Bound:
        """The last instant that the sums allow, found by halving."""
        while low < high:
            middle = (low + high + 1) // 2
            if self.possible(({incident: -1}, (-middle, 0))):
                low = middle
            else:
                high = middle - 1
        return low


def every_world(
    incidents: Mapping[str, Alternatives],
    evaluate: Callable[[World], T],
    cap: int = CAP,
) -> Iterator[tuple[World, T]]:
    """Run `evaluate` once for each class of worlds, turning the last open choice first."""
    path: list[tuple[int, int]] = []
    for _ in range(cap):
        world = World(incidents, path)
        yield world, evaluate(world)
        path = world.path
        while path and path[-1][0] + 1 == path[-1][1]:
            path.pop()
        if not path:
            return
        chosen, count = path[-1]
        path[-1] = (chosen + 1, count)
    raise TooManyWorlds
