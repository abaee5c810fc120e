"""Standings and clauses come in; instances with the set of outcomes that the evidence leaves go out."""

from servanda.lifecycle.acts import Act, spread
from servanda.lifecycle.closing import violation_of
from servanda.lifecycle.constituting import counted, extends
from servanda.lifecycle.coverage import Reported, named
from servanda.lifecycle.finishing import finished
from servanda.lifecycle.fold import MOST_ROUNDS, fold, with_substitutes
from servanda.lifecycle.ground import Ground, act_of_duty, switching
from servanda.lifecycle.groups import amended, groups_of, names_of, roles_of
from servanda.lifecycle.instances import dormant, run_of
from servanda.lifecycle.past import Breached, Past
from servanda.lifecycle.patterns import Context, answer, phrase
from servanda.lifecycle.refining import MOST_TOUCHING, refine
from servanda.lifecycle.requiring import requirement
from servanda.lifecycle.run import Occurrence, Option, Requirement, clipped
from servanda.lifecycle.runs import Run
from servanda.lifecycle.spans import Spans
from servanda.lifecycle.states import Role, Switched, state_of
from servanda.lifecycle.switches import Switches
from servanda.lifecycle.tallies import goal_of
from servanda.lifecycle.touching import Touching, asked_for
from servanda.lifecycle.triggers import Duty, duties, event_triggers
from servanda.lifecycle.window import Window, first, force_of, window_of
from servanda.lifecycle.wording import clock, delay_between, span
from servanda.lifecycle.world import World, looked_at, refers, telling, top_of, under, world_of

__all__ = [
    "MOST_ROUNDS",
    "MOST_TOUCHING",
    "Act",
    "Breached",
    "Context",
    "Duty",
    "Ground",
    "Occurrence",
    "Option",
    "Past",
    "Reported",
    "Requirement",
    "Role",
    "Run",
    "Spans",
    "Switched",
    "Switches",
    "Touching",
    "Window",
    "World",
    "act_of_duty",
    "amended",
    "answer",
    "asked_for",
    "clipped",
    "clock",
    "counted",
    "delay_between",
    "dormant",
    "duties",
    "event_triggers",
    "extends",
    "finished",
    "first",
    "fold",
    "force_of",
    "goal_of",
    "groups_of",
    "looked_at",
    "named",
    "names_of",
    "phrase",
    "refers",
    "refine",
    "requirement",
    "roles_of",
    "run_of",
    "span",
    "spread",
    "state_of",
    "switching",
    "telling",
    "top_of",
    "under",
    "violation_of",
    "window_of",
    "with_substitutes",
    "world_of",
]
