"""An instance as it was believed before and as it is now come in; the change, if it is one, goes out."""

from __future__ import annotations

from typing import NamedTuple

from servanda.model.clauses import Status
from servanda.model.periods import Period
from servanda.model.verdict import Evidence, Instance, TriggerRef

Key = tuple[object, ...]


class Change(NamedTuple):
    """What changed of an instance: the statuses believed before, none of a new one; and now, none if it is withdrawn.

    `evidence` is what of it is new, or has changed.
    """

    key: Key
    clause: str
    bearer: tuple[str, ...]
    trigger: TriggerRef | None
    period: Period | None
    before: frozenset[Status]
    after: frozenset[Status]
    evidence: tuple[Evidence, ...]


_UNTOLD = (Evidence(None, None, "breach", ()),)  # evidence that is kept elsewhere


def untold(clause: str, bearer: tuple[str, ...], statuses: frozenset[Status]) -> Instance:
    """What is believed of a prohibition, as far as it is kept where its evidence is not."""
    return Instance(clause, bearer, None, statuses, (), None, None, None, None, _UNTOLD)


def change_of(before: Instance | None, after: Instance | None) -> Change | None:
    """The change between two beliefs about one instance; None where a reader believes the same as before."""
    if after is None:
        if before is None or before.statuses == {"dormant"}:
            return None
        return _change(before, before.statuses, frozenset(), ())
    if before is None:
        return None if idle(after) else _change(after, frozenset(), after.statuses, after.evidence)
    if before.evidence is _UNTOLD:
        return None if before.statuses == after.statuses else _change(after, before.statuses, after.statuses, ())
    if before is after or _belief(before) == _belief(after):
        return None
    held = set(before.evidence)
    evidence = tuple(one for one in after.evidence if one not in held)
    return _change(after, before.statuses, after.statuses, evidence)


def _change(
    shown: Instance, before: frozenset[Status], after: frozenset[Status], evidence: tuple[Evidence, ...]
) -> Change:
    return Change(shown.key, shown.clause, shown.bearer, shown.trigger, shown.period, before, after, evidence)


def _belief(instance: Instance) -> object:
    return (
        instance.statuses,
        instance.because,
        instance.cured is not None,  # when may be an interval that grows as long as time goes on
        [(e.incident, e.effect, e.reports) for e in instance.evidence],
    )


def idle(instance: Instance) -> bool:
    """An instance that has only begun to be watched, with nothing against or for it."""
    return instance.trigger is None and instance.statuses <= {"dormant", "pending", "holding"} and not instance.evidence
