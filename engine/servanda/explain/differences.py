"""Two assessments of one agreement come in; in which instances they differ, and by what evidence, goes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from servanda.model.verdict import Assessment, Because, Evidence, Instance


@dataclass(frozen=True, slots=True)
class Difference:
    """An instance on which two assessments differ.

    `before` is None where it is new, `after` where it is withdrawn: what had created it is no longer so.
    """

    change: Literal["new", "revised", "withdrawn"]
    before: Instance | None
    after: Instance | None

    @property
    def instance(self) -> Instance:
        """The instance as it is after; as it was where it is withdrawn."""
        found = self.after or self.before
        assert found is not None  # one of them is there
        return found

    @property
    def because(self) -> tuple[Because, ...]:
        """What leaves the verdict open now, and did not before."""
        held = self.before.because if self.before else ()
        return tuple(one for one in self.after.because if one not in held) if self.after else ()

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The evidence that is new, or rests on other reports than before."""
        held = {_gist(one) for one in self.before.evidence} if self.before else set()
        return tuple(one for one in self.after.evidence if _gist(one) not in held) if self.after else ()

    @property
    def lost(self) -> tuple[Evidence, ...]:
        """The evidence that no longer counts."""
        held = {(one.incident, one.effect) for one in self.after.evidence} if self.after else set()
        return tuple(e for e in self.before.evidence if (e.incident, e.effect) not in held) if self.before else ()


def differences(before: Assessment, after: Assessment) -> tuple[Difference, ...]:
    """The instances that differ, clause by clause as written: those that are there after, then those withdrawn.

    They differ in statuses, reasons, deadline, cure, progress or evidence. That a bearer was spoken of more often
    (the coverage), and that the same verdict is asked for at another time, is no difference; neither is the dormant
    stand-in for a clause that nothing has triggered.
    """
    old, new = (
        {one.key: one for one in assessment.instances if one.statuses != {"dormant"}} for assessment in (before, after)
    )
    found = []
    for key, instance in new.items():
        held = old.get(key)
        if held is None:
            found.append(Difference("new", None, instance))
        elif _belief(held) != _belief(instance):
            found.append(Difference("revised", held, instance))
    found += [Difference("withdrawn", one, None) for key, one in old.items() if key not in new]
    clauses = dict.fromkeys(one.clause for one in (*after.instances, *before.instances))
    order = {clause: at for at, clause in enumerate(clauses)}
    return tuple(sorted(found, key=lambda one: order[one.instance.clause]))


def _belief(instance: Instance) -> object:
    """What a reader believes of an instance."""
    return (
        instance.statuses,
        instance.because,
        instance.due,
        instance.cured,
        instance.progress,
        instance.approximate,
        tuple(map(_gist, instance.evidence)),
    )


def _gist(one: Evidence) -> object:
    """Evidence without its sentence, which tells the time at which it was asked for."""
    return (one.incident, one.effect, one.standing, one.reports, one.certain)
