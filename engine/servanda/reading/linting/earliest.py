"""Before when nothing can trigger a clause: an agreement comes in, a lower bound for each clause goes out."""

from __future__ import annotations

from servanda.model.clauses import Clause, StatusTrigger
from servanda.model.moments import BEGINNING, Duration
from servanda.reading.linting.spans import opening
from servanda.reading.linting.subject import Body, Subject


class Earliest:
    """Lower bounds, from causes to what they cause. In a circle, the beginning of the term is one."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._term = subject.agreement.term.earliest
        self._known: dict[str, int] = {}
        self._settle()

    def trigger(self, body: Body) -> int:
        """The earliest instant of its trigger."""
        return self._known.get(body.clause.name, self._term)

    def _settle(self) -> None:
        """Take every clause after its causes."""
        bodies = self._subject.by_name
        causes = {name: {one for one in _causes(body) if one in bodies} for name, body in bodies.items()}
        effects: dict[str, list[str]] = {}
        for name, before in causes.items():
            for one in before:
                effects.setdefault(one, []).append(name)
        left = {name: len(before) for name, before in causes.items()}
        ready = [name for name, number in left.items() if number == 0]
        while ready:
            name = ready.pop()
            self._known[name] = self._triggered(bodies[name])
            for after in effects.get(name, ()):
                left[after] -= 1
                if left[after] == 0:
                    ready.append(after)

    def _triggered(self, body: Body) -> int:
        clause = body.clause
        if body.base is not None:
            return self._reached(body.base.name, "violated")
        if not clause.when:
            return self._term
        event = max(self._term, clause.start if clause.start is not None else BEGINNING)
        return min(
            self._reached(one.clause, one.status) if isinstance(one, StatusTrigger) else event for one in clause.when
        )

    def _reached(self, name: str, status: str) -> int:
        """Before when a clause cannot reach a status."""
        body = self._subject.by_name.get(name)
        root = self._subject.by_name.get(name.partition(".")[0])
        if body is None or root is None or root.clause.readings or self._subject.amended(name) or status == "ended":
            return self._term
        clause, agreement = body.clause, self._subject.agreement
        start = max(opening(body, agreement), self.trigger(body))
        if (clause.duty == "must") is (status == "fulfilled"):
            return start
        ends = [clause.by, clause.on.latest if clause.on else None]
        if clause.duty != "must":
            ends += [clause.until, agreement.term.latest]
        ends += [self._after(clause.within, clause, start), self._after(clause.lasting, clause, start)]
        if clause.duty == "must" and all(end is None for end in ends):
            ends.append(clause.until)
        found = [end for end in ends if end is not None]
        return start if clause.every or not found else max(start, min(found))

    def _after(self, duration: Duration | None, clause: Clause, start: int) -> int | None:
        if duration is None:
            return None
        # Business days after a later trigger can be over earlier, by less than a day.
        return start if duration.business or clause.every else duration.after(start, self._subject.agreement.zone) - 1


def _causes(body: Body) -> list[str]:
    if body.base is not None:
        return [body.base.name]
    return [one.clause for one in body.clause.when if isinstance(one, StatusTrigger)]
