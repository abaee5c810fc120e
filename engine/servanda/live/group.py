"""Clauses that can matter to each other, judged together: what touches them comes in, what it changed goes out."""

from __future__ import annotations

from collections.abc import Mapping

from servanda.evidence import Standing
from servanda.lifecycle import Role, Run, World, amended, fold, refine, roles_of
from servanda.live.change import Change, Key, change_of
from servanda.live.waking import Wake, next_period, wake_of
from servanda.model.clauses import Clause
from servanda.model.moments import Duration
from servanda.model.verdict import Instance


class Group:
    """Clauses judged all at once, whenever something touches one of them or time may have changed something.

    `world` is shared with everybody and moves on; `believed` are the instances as they were judged last.
    """

    def __init__(self, clauses: tuple[Clause, ...], world: World, believed: Mapping[Key, Instance]) -> None:
        self.clauses = clauses
        self.names = tuple(one.name for top in clauses for one in top.with_otherwise())
        self.roles = frozenset(roles_of(clauses))
        self.believed = dict(believed)
        self.runs: Mapping[str, list[Run]] = {}
        self.wake = Wake()
        self._world = world
        self._graces: dict[str, set[Duration]] = {}  # by clause, as it is written and as it may be amended
        for top in (*clauses, *amended(clauses)):
            for clause in top.with_otherwise():
                self._graces.setdefault(clause.name, set()).add(clause.grace or world.agreement.grace)

    def touch(self, role: Role, incident: str, before: Standing | None, after: Standing | None) -> None:
        """An incident stands differently now; all are looked at again anyway."""

    def settle(self) -> list[Change]:
        """Judge again, and say what changed."""
        part = self._world.part(self.clauses, self.roles)
        self.runs = refine(self.clauses, part, fold(self.clauses, part), fold)
        self.wake = self._wake()
        now = {run.instance.key: run.instance for runs in self.runs.values() for run in runs}
        before, self.believed = self.believed, now
        return [
            change
            for key in dict.fromkeys((*now, *before))
            if (change := change_of(before.get(key), now.get(key))) is not None
        ]

    def _wake(self) -> Wake:
        agreement, now = self._world.agreement, self._world.as_of
        found = Wake()
        for top in self.clauses:
            found = found.sooner(next_period(top, agreement, now))
        for name, graces in self._graces.items():
            for run in self.runs.get(name, ()):
                found = found.sooner(wake_of(run, graces, agreement, now))
        return found
