"""What triggers a clause: events and what other clauses came to come in, occurrences that may create instances go out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from servanda.lifecycle.acts import Act, Asked
from servanda.lifecycle.patterns import Context
from servanda.lifecycle.run import Occurrence, Option
from servanda.lifecycle.runs import Run
from servanda.lifecycle.world import World
from servanda.model.clauses import Clause, EventTrigger, StatusTrigger
from servanda.model.moments import END, Interval
from servanda.model.verdict import TriggerRef

Runs = Callable[[str], Sequence[Run]]


@dataclass(frozen=True, slots=True)
class Duty:
    """A clause as one bearer, or all of them together, is bound by it."""

    clause: Clause
    bearers: tuple[str, ...]
    others: tuple[str, ...]


def duties(clause: Clause, bearers: tuple[str, ...]) -> Iterator[Duty]:
    """One duty for each bearer, or one that all bear."""
    if clause.joint or not bearers:  # a rule or a permission that binds nobody is there for all
        yield Duty(clause, bearers, bearers)
        return
    for bearer in bearers:
        yield Duty(clause, (bearer,), tuple(other for other in bearers if other != bearer))


def occurrences(duty: Duty, world: World, others: Runs) -> Iterator[Occurrence]:
    """Everything that may create an instance of the duty."""
    events = event_triggers(duty)
    if events:
        yield from map(of_event, world.acts((duty.clause.name, "trigger"), events, END))
    for trigger in duty.clause.when:
        if isinstance(trigger, StatusTrigger):
            for run in others(trigger.clause):
                yield from of_status(trigger, run)


def event_triggers(duty: Duty) -> list[Asked]:
    """What is asked of an event that triggers the duty."""
    context = Context(duty.bearers, duty.others)
    return [(trigger.pattern, context) for trigger in duty.clause.when if isinstance(trigger, EventTrigger)]


def of_status(trigger: StatusTrigger, run: Run) -> Iterator[Occurrence]:
    """What a run gives rise to, by a trigger that looks at its clause."""
    if trigger.status == "violated":
        yield from run.violations
    elif trigger.status == "fulfilled" and run.fulfilment is not None:
        yield run.fulfilment
    elif trigger.status == "ended" and run.ending is not None:
        yield run.ending


def of_event(act: Act) -> Occurrence:
    """An event as what may create an instance."""
    options = tuple(Option(act.incident, h.alternative, (Interval(h.earliest, h.latest),)) for h in act.hits)
    return Occurrence(
        TriggerRef("event", act.incident),
        ("event", act.incident),
        options,
        act.certain,
        act.doubts,
        standing=act.standing,
        lineage=frozenset({name for _, name in act.doubts} | ({act.incident} if act.earliest < act.latest else set())),
        loose=act.twice,
    )
