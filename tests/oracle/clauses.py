"""A world comes in; every instance of every clause, each with exactly one status, goes out (§4, §5)."""

from collections.abc import Mapping
from typing import Any

from .book import Book, Clause, Node, others, status_trigger
from .duties import Duties
from .instances import Instance, Scene, Trigger
from .matching import Context
from .powers import Powers
from .states import States
from .times import INFINITY, Bound, earliest, is_duration, latest
from .windows import Windows
from .worlds import World


class Evaluator:
    """Evaluates clauses in one world, each when it is asked for."""

    def __init__(self, book: Book, as_of: Bound, known_at: Bound, world: World, read: dict[Any, Any]) -> None:
        self.book, self.world = book, world
        self.scene = Scene(book, as_of, known_at, world, read)
        self.states = States(self.scene)
        self.powers = Powers(self.scene, self)
        self.windows = Windows(self.scene, self.powers)
        self.duties = Duties(self.scene, self)
        self.scene.matcher.in_window = lambda clause, incident: self.powers.within(clause, None, incident)

    def run(self, node: Node) -> list[Instance]:
        return self.scene.rounds(lambda: self.instances(node))

    def instances(self, node: Node) -> list[Instance]:
        clause, bearers = self.book.clauses[node[0]], node[1]
        return self.scene.once(
            node,
            lambda: [
                self.duties.evaluate(clause, clause.binds, bearers, trigger)
                for trigger in self.created(clause, bearers)
            ],
            [],
        )

    # -- triggers ------------------------------------------------------------------------------

    def created(self, clause: Clause, bearers: tuple[str, ...]) -> list[Trigger] | list[None]:
        """What creates an instance, unless the clause was terminated before."""
        if "every" in clause.written:
            found = self.windows.periods(clause)
        elif clause.when:
            found = self.triggers(clause, bearers)
        else:
            return [None]
        return [trigger for trigger in found if not self.powers.ended_before(clause, trigger.time)]

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
        begins, ends = (self.book.begins, self.powers.term_end()) if event else (-INFINITY, INFINITY)
        written = self.powers.text_at(clause, trigger.time).written
        if "from" in written:
            begins = max(begins, earliest(written["from"]))
        if "until" in written and not is_duration(written["until"]):
            ends = min(ends, latest(written["until"]))
        return (
            self.world.not_after((None, begins), trigger.time)
            and self.world.not_after(trigger.time, (None, ends))
            and self.scene.happened(trigger.time)
        )

    def by_event(self, pattern: Mapping[str, Any], clause: Clause, bearers: tuple[str, ...]) -> list[Trigger]:
        context = Context(bearers, others(clause.binds, bearers))
        return [
            Trigger(("event", i), self.world.time(i), incident=i, reads=i)
            for i in self.world.incidents
            if self.scene.matcher.matches(pattern, i, context)
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
