"""A world comes in; every instance of every clause, each with exactly one status, goes out (§4, §5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .book import Book, Clause, Node, others, status_trigger, substitute_bearers
from .matching import Context, matches
from .times import INFINITY, Bound, duration, earliest, is_duration, latest
from .worlds import Time, World

Key = tuple[str, tuple[str, ...], Any]
"""Clause, bearers, and what triggered: None, ("event", incident), or (status, key of an instance, incident)."""

ROUNDS = 60


@dataclass(frozen=True)
class Trigger:
    """What created an instance, and when. What a status creates happens only after it."""

    key: Any
    time: Time
    after: bool = False
    incident: str | None = None
    reads: str | None = None
    """The incident that `$trigger` reads: for a missed deadline, what triggered the missed duty."""
    violators: tuple[str, ...] = ()


@dataclass
class Instance:
    """One run of a clause for one bearer in one world."""

    key: Key
    trigger: Trigger | None
    status: str = ""
    violations: list[tuple[Time, str | None]] = field(default_factory=list)
    fulfilled: list[tuple[Time, str | None]] = field(default_factory=list)
    """The acts that fulfil it in time (the earliest is the one), or the end of a kept prohibition."""
    cured: list[tuple[Time, str | None]] = field(default_factory=list)
    made_good: list[tuple[Time, str | None]] = field(default_factory=list)
    """The cures by its `otherwise`; a late act of its own is a cure, but is not done."""
    ended: Time | None = None
    substitutes: "list[Instance]" = field(default_factory=list)


class Evaluator:
    """Evaluates clauses in one world, each when it is asked for.

    Clauses that refer to each other in a circle are evaluated in rounds, each with the results of the
    round before, until nothing changes: since an effect comes after its cause, each round gets at
    least one more moment right.
    """

    def __init__(self, book: Book, as_of: Bound, known_at: Bound, world: World) -> None:
        self.book, self.world, self.names = book, world, book.names
        self.as_of: Time = (None, as_of)
        self.known_at: Time = (None, known_at)
        self.results: dict[Node, list[Instance]] = {}
        self.previous: dict[Node, list[Instance]] = {}
        self.active: set[Node] = set()
        self.circular = False

    def run(self, node: Node) -> list[Instance]:
        for _ in range(ROUNDS):
            self.results, self.circular = {}, False
            found = self.instances(node)
            if not self.circular or self.results == self.previous:
                return found
            self.previous = self.results
        raise RecursionError("clauses that trigger each other at one instant without end")

    def instances(self, node: Node) -> list[Instance]:
        if node in self.active:
            self.circular = True
            return self.previous.get(node, [])
        if node not in self.results:
            self.active.add(node)
            clause, bearers = self.book.clauses[node[0]], node[1]
            created = self.triggers(clause, bearers) if clause.when else [None]
            found = [self.evaluate(clause, clause.binds, bearers, trigger) for trigger in created]
            self.active.discard(node)
            self.results[node] = found
        return self.results[node]

    # -- triggers ------------------------------------------------------------------------------

    def triggers(self, clause: Clause, bearers: tuple[str, ...]) -> list[Trigger]:
        found: dict[Any, Trigger] = {}
        for when in clause.when:
            status = status_trigger(when)
            fired = self.by_status(*status) if status else self.by_event(when, clause, bearers)
            for trigger in fired:
                if trigger.key not in found and self.triggers_within(clause, trigger, event=not status):
                    found[trigger.key] = trigger
        return list(found.values())

    def triggers_within(self, clause: Clause, trigger: Trigger, *, event: bool) -> bool:
        """An event triggers within the term, and every trigger within `from` and `until`."""
        begins, ends = (self.book.begins, self.book.ends) if event else (-INFINITY, INFINITY)
        if "from" in clause.written:
            begins = max(begins, earliest(clause.written["from"]))
        if "until" in clause.written and not is_duration(clause.written["until"]):
            ends = min(ends, latest(clause.written["until"]))
        return self.between(trigger.time, (None, begins), (None, ends)) and self.happened(trigger.time)

    def by_event(self, pattern: Mapping[str, Any], clause: Clause, bearers: tuple[str, ...]) -> list[Trigger]:
        context = Context(bearers, others(clause.binds, bearers))
        return [
            Trigger(("event", i), self.world.time(i), incident=i, reads=i)
            for i in self.world.incidents
            if matches(pattern, i, context, self.world, self.names)
        ]

    def by_status(self, kind: str, name: str) -> list[Trigger]:
        found = []
        for node in self.book.clauses[name].nodes():
            for instance in self.instances(node):
                inherited = instance.trigger.reads if instance.trigger else None
                if kind == "violated":
                    found += [
                        Trigger((kind, instance.key, i), t, True, i, i or inherited, node[1])
                        for t, i in instance.violations
                    ]
                elif kind == "fulfilled" and (done := instance.fulfilled or instance.cured):
                    first = self.world.earliest([t for t, _ in done])
                    act = next(i for t, i in done if t == first)
                    found.append(Trigger((kind, instance.key, None), first, True, None, act or inherited))
                elif kind == "ended" and instance.ended:
                    found.append(Trigger((kind, instance.key, None), instance.ended, True, None, inherited))
        return found

    # -- one instance --------------------------------------------------------------------------

    def evaluate(
        self, clause: Clause, binds: tuple[str, ...], bearers: tuple[str, ...], trigger: Trigger | None
    ) -> Instance:
        instance = Instance((clause.name, bearers, trigger.key if trigger else None), trigger)
        context = Context(
            bearers,
            others(binds, bearers),
            trigger.violators if trigger else (),
            trigger.reads if trigger else None,
        )
        own = trigger.incident if trigger else None
        acts = [
            (self.world.time(i), i)
            for i in self.world.incidents
            if i != own and matches(clause.duty, i, context, self.world, self.names)
        ]
        acts = [(t, i) for t, i in acts if self.happened(t) and self.opened(clause, trigger, t)]
        if clause.forbids:
            self.prohibition(clause, instance, acts)
        else:
            self.achievement(clause, instance, acts)
        if instance.violations:
            self.remedy(clause, instance, binds)
        return instance

    def achievement(self, clause: Clause, instance: Instance, acts: list[tuple[Time, str]]) -> None:
        deadline = self.deadline(clause, instance.trigger)
        closes = deadline or self.not_before((None, self.book.ends), instance.trigger)
        instance.fulfilled = [(t, i) for t, i in acts if self.world.not_after(t, closes)]
        if instance.fulfilled:
            instance.status = "fulfilled"
        elif not self.happened(closes):
            instance.status = "pending"
        elif deadline is None:
            instance.status, instance.ended = "ended", closes
        elif not self.requirement_met(clause, deadline):
            instance.status = "unenforceable"
        elif self.world.before(self.known_at, later(deadline, self.grace(clause))):
            instance.status = "overdue"
        else:
            instance.status = "violated"
            instance.violations = [(deadline, None)]
            instance.cured = [(t, i) for t, i in acts if self.world.before(deadline, t)]

    def prohibition(self, clause: Clause, instance: Instance, acts: list[tuple[Time, str]]) -> None:
        end = self.end(clause, instance.trigger)
        breaches = [(t, i) for t, i in acts if self.world.not_after(t, end)]
        instance.violations = [(t, i) for t, i in breaches if self.requirement_met(clause, t)]
        over = self.not_before(end, instance.trigger)
        if instance.violations:
            instance.status = "violated"
        elif breaches:
            instance.status = "unenforceable"
        elif self.happened(over):
            instance.status, instance.fulfilled = "fulfilled", [(over, None)]
        else:
            instance.status = "holding"

    def remedy(self, clause: Clause, instance: Instance, binds: tuple[str, ...]) -> None:
        """`otherwise`: each violation creates a substitute; where every one has been made good, cured."""
        if clause.otherwise is None:
            return
        good = []
        inherited = instance.trigger.reads if instance.trigger else None
        for time, incident in instance.violations:
            key = ("violated", instance.key, incident)
            trigger = Trigger(key, time, True, incident, incident or inherited, instance.key[1])
            for bearers in substitute_bearers(clause.otherwise, instance.key[1]):
                substitute = self.evaluate(clause.otherwise, clause.otherwise.binds or binds, bearers, trigger)
                instance.substitutes.append(substitute)
                good.append([t for t, _ in substitute.fulfilled or substitute.made_good])
        if all(good):
            cured = self.world.latest([self.world.earliest(times) for times in good])
            instance.made_good = [(cured, None)]
            instance.cured = instance.cured + instance.made_good

    def requirement_met(self, clause: Clause, by: Time) -> bool:
        """Every bearer of the required clause has it fulfilled by then, or cured before."""
        if clause.required is None:
            return True
        return all(
            any(
                any(self.world.not_after(t, by) for t, _ in instance.fulfilled)
                or any(self.world.before(t, by) for t, _ in instance.cured)
                for instance in self.instances(node)
            )
            for node in self.book.clauses[clause.required].nodes()
        )

    # -- times ---------------------------------------------------------------------------------

    def between(self, time: Time, first: Time, last: Time) -> bool:
        return self.world.not_after(first, time) and self.world.not_after(time, last)

    def happened(self, time: Time) -> bool:
        """What happened after `as_of` has not happened yet."""
        return self.world.not_after(time, self.as_of)

    def opened(self, clause: Clause, trigger: Trigger | None, time: Time) -> bool:
        begins = self.book.begins
        if "from" in clause.written:
            begins = max(begins, earliest(clause.written["from"]))
        if "on" in clause.written:
            begins = max(begins, earliest(clause.written["on"]))
        if not self.world.not_after((None, begins), time):
            return False
        if trigger is None:
            return True
        comes = self.world.before if trigger.after else self.world.not_after
        return comes(trigger.time, time)

    def limits(self, clause: Clause, trigger: Trigger | None) -> list[Time]:
        """The ends said by `by`, `on` and `within`."""
        found: list[Time] = [(None, latest(clause.written[k])) for k in ("by", "on") if k in clause.written]
        if "within" in clause.written:
            found.append(later(self.counted_from(trigger), duration(clause.written["within"])))
        return found

    def counted_from(self, trigger: Trigger | None) -> Time:
        return trigger.time if trigger else (None, self.book.begins)

    def until(self, clause: Clause, trigger: Trigger | None) -> list[Time]:
        said = clause.written.get("until")
        if said is None:
            return []
        if is_duration(said):
            begins = earliest(clause.written["from"]) if "from" in clause.written else self.book.begins
            return [later(trigger.time if trigger else (None, begins), duration(said) - 1)]
        return [(None, self.book.end_of(said, self.book.begins))]

    def deadline(self, clause: Clause, trigger: Trigger | None) -> Time | None:
        """The earliest limit; one before the trigger falls due at the trigger."""
        said = self.limits(clause, trigger) or self.until(clause, trigger)
        return self.not_before(self.world.earliest(said), trigger) if said else None

    def end(self, clause: Clause, trigger: Trigger | None) -> Time:
        said = self.limits(clause, trigger) + self.until(clause, trigger)
        return self.world.earliest([*said, (None, self.book.ends)])

    def not_before(self, time: Time, trigger: Trigger | None) -> Time:
        return self.world.latest([time, trigger.time]) if trigger else time

    def grace(self, clause: Clause) -> int:
        return duration(clause.written.get("grace", self.book.grace))


def later(time: Time, by: int) -> Time:
    return time[0], time[1] + by
