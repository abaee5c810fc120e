"""Standings and clauses come in; instances with the set of outcomes that the evidence leaves go out."""

from servanda.lifecycle.acts import Act
from servanda.lifecycle.constituting import counted
from servanda.lifecycle.coverage import Reported
from servanda.lifecycle.finishing import finished
from servanda.lifecycle.fold import fold
from servanda.lifecycle.ground import Ground
from servanda.lifecycle.groups import amended, groups_of, roles_of
from servanda.lifecycle.refining import refine
from servanda.lifecycle.runs import Run
from servanda.lifecycle.switches import Switches
from servanda.lifecycle.triggers import Duty
from servanda.lifecycle.world import Role, World, facts_of, telling, touched, under, world_of

__all__ = [
    "Act",
    "Duty",
    "Ground",
    "Reported",
    "Role",
    "Run",
    "Switches",
    "World",
    "amended",
    "counted",
    "facts_of",
    "finished",
    "fold",
    "groups_of",
    "refine",
    "roles_of",
    "telling",
    "touched",
    "under",
    "world_of",
]
