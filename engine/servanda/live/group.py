"""Clauses that can matter to each other, judged together: what touches them comes in, what it changed goes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from servanda.evidence import Standing
from servanda.lifecycle import Role, Run, Switched, World, amended, fold, names_of, refine, roles_of
from servanda.live.change import Change, Key, change_of
from servanda.live.waking import Wake, next_period, wake_of
from servanda.model.clauses import Clause
from servanda.model.moments import END, Duration
from servanda.model.verdict import Instance


class Group:
    """Clauses judged all at once, whenever something touches one of them or time may have changed something.

    `world` is shared with everybody and moves on; `believed` are the instances as they were judged last.
    """

    def __init__(self, clauses: tuple[Clause, ...], world: World, believed: Mapping[Key, Instance]) -> None:
        self.clauses = clauses
        self.names = names_of(clauses)
        self.judged_at = END  # the time at which something touched it last
        self.before = END  # where the clock stood before it came to where it is
        self.roles = frozenset(roles_of(clauses))
        self.believed = dict(believed)
        self._runs: Mapping[str, list[Run]] = {}
        self.wake = Wake()
        self._world = world
        self.graces: dict[str, set[Duration]] = {}  # by clause, as it is written and as it may be amended
        for top in (*clauses, *amended(clauses)):
            for clause in top.with_otherwise():
                self.graces.setdefault(clause.name, set()).add(clause.grace or world.agreement.grace)

    def touch(self, role: Role, incident: str, before: Standing | None) -> None:
        """An incident stands differently now in a role, and stood so before; all is looked at again anyway."""

    def switch(self, state: str, incident: str, found: Sequence[Switched]) -> bool:  # noqa: ARG002 - all is looked at again
        """An incident may switch a state otherwise now, at some times; whether that can make any difference here."""
        return True

    def stir(self) -> None:
        """Time has passed; whatever is restless is to be looked at."""

    def retire(self, horizon: int) -> Iterator[Run]:  # noqa: ARG002 - all that is judged together is kept
        """Let go of the instances that were over before the horizon; the runs that are settled so."""
        return iter(())

    def needs_incident(self, role: Role, incident: str, horizon: int) -> bool:  # noqa: ARG002
        """Whether anything that is kept looks at an incident in a role, or may still look at it."""
        return True

    def forget(self, role: Role, incident: str) -> None:
        """An incident in a role will not be revised, and nothing looks at it."""

    @property
    def runs(self) -> Mapping[str, list[Run]]:
        """The runs of every clause, by name."""
        return self._runs

    def settle(self) -> list[Change]:
        """Judge again, and say what changed."""
        self._runs = self.judged()
        self.wake = self._wake()
        now = {run.instance.key: run.instance for runs in self._runs.values() for run in runs}
        return self._believe({**dict.fromkeys(self.believed), **now})

    def judged(self) -> dict[str, list[Run]]:
        """The runs of all clauses, from scratch."""
        part = self._world.part(self.clauses, self.roles)
        return refine(self.clauses, part, fold(self.clauses, part), fold)

    def _believe(self, now: Mapping[Key, Instance | None]) -> list[Change]:
        """Take some instances as they are now, None for one that is no more; what of that is a change."""
        changes = []
        for key, instance in now.items():
            change = change_of(self.believed.get(key), instance)
            if change is not None:
                changes.append(change)
            if instance is None:
                self.believed.pop(key, None)
            else:
                self.believed[key] = instance
        return changes

    def _wake(self) -> Wake:
        agreement, now = self._world.agreement, self._world.as_of
        found = Wake()
        for top in self.clauses:
            found = found.sooner(next_period(top, agreement, now))
        for name, graces in self.graces.items():
            for run in self._runs.get(name, ()):
                found = found.sooner(wake_of(run, graces, agreement, now, self.before))
        return found
