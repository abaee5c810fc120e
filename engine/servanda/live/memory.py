"""What a tracker with a retention lets go of: a view, what is known and a clock come in; what is left to say of it goes out.

An instance that was over before the retention is settled and counted, and with it go the reports that nothing left
can depend on. What is kept, with what is remembered here, is all there is to go on from.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from typing import Any, cast

from servanda.evidence import Knowledge, Statement
from servanda.lifecycle import Past, clock, span
from servanda.live.view import LiveView
from servanda.model.agreement import Agreement
from servanda.model.moments import BEGINNING, Duration, Interval
from servanda.model.verdict import ReportDiagnostic, Verdict

_MOST_LATE = 1_000  # reports that came too late and are told of, the last ones


class Memory:
    """What is remembered of what was let go of. Without a retention nothing ever is."""

    def __init__(self, agreement: Agreement, retention: str | None) -> None:
        """Nothing was let go of yet. Raises ValueError for a retention that is no duration."""
        self._agreement = agreement
        self.retention = None if retention is None else Duration.parse(retention)
        self.past = Past()
        self.settled: Counter[tuple[str, tuple[str, ...], Verdict]] = Counter()
        self._late: deque[ReportDiagnostic] = deque(maxlen=_MOST_LATE)
        self._tidied = BEGINNING

    def horizon(self, now: int | None) -> int | None:
        """The time before which nothing is revised any more; None without a retention, or a clock."""
        if self.retention is None or now is None:
            return None
        return now - (self.retention.after(now, self._agreement.zone) - now)

    def too_late(self, statement: Statement, now: int | None) -> bool:
        """Whether a report comes later than the retention allows; that it does, or in part, is told."""
        horizon = self.horizon(now)
        if horizon is None:
            return False
        occurred = statement.body.get("occurred")
        time = occurred if isinstance(occurred, Interval) else Interval(BEGINNING, statement.reported)
        if time.earliest >= horizon or (statement.says != "asserts" and time.latest >= horizon):
            return False
        late = time.latest < horizon
        zone = self._agreement.zone
        what = "it changes nothing" if late else "what was settled before is not revised by it"
        message = f"report {statement.id!r} is about {span(time, zone)}, but only what is after {clock(horizon, zone)} may still be revised: {what}"
        self._tell("R111" if late else "R112", message, statement)
        return late

    def due(self, now: int) -> bool:
        """Whether it is time to tidy: now and then, so that each report is looked at a few times only."""
        horizon = self.horizon(now)
        return horizon is not None and now - self._tidied >= (now - horizon) // 4

    def tidy(self, view: LiveView, knowledge: Knowledge, now: int) -> bool:
        """Let go of what is settled, and of what nothing needs; whether there were reports among it."""
        horizon = self.horizon(now)
        assert horizon is not None  # it is due
        assert self.retention is not None
        self._tidied = now
        for run in view.retire(horizon):
            self.settled[run.instance.clause, run.instance.bearer, run.instance.status] += 1

        def old(statement: Statement) -> bool:
            return all(one.reported < horizon for one in knowledge.contents(statement))

        incidents = [name for name, held in knowledge.incidents.items() if all(map(old, held))]
        unneeded = [name for name in incidents if not view.needs(name, horizon)]
        for incident in unneeded:
            knowledge.forget(incident)
            view.forget(incident)
        waiting = [one for one in knowledge.waiting if old(one)]
        for one in waiting:
            knowledge.forget_waiting(one)
            message = f"report {one.id!r} is of {one.of!r}, and has waited for that longer than {self.retention.text}: it is let go, and changes nothing"
            self._tell("R111", message, one)
        return bool(unneeded or waiting)

    def notes(self) -> Iterator[ReportDiagnostic]:
        """The reports that came too late; and that there were instances which are not listed."""
        yield from self._late
        if self.retention is not None and (number := self.settled.total()):
            message = (
                f"{number} instances were over longer than {self.retention.text} ago, and are settled and not listed"
            )
            yield ReportDiagnostic("R113", message)

    def _tell(self, code: str, message: str, one: Statement) -> None:
        self._late.append(ReportDiagnostic(code, message, one.id, one.line))

    # --- as data ------------------------------------------------------------------------------------------

    def data(self) -> dict[str, object]:
        """All of it as JSON."""
        settled = sorted([clause, [*bearers], verdict, n] for (clause, bearers, verdict), n in self.settled.items())
        late = [[one.code, one.message, one.report, one.line] for one in self._late]
        return {"tidied": self._tidied, "settled": settled, "late": late, **self.past.data()}

    def recall(self, data: Mapping[str, Any]) -> None:
        """Take all of it from JSON; raises KeyError, TypeError or ValueError for what is no such data."""
        self.past = Past.of(data)
        self._tidied = int(data["tidied"])
        for clause, bearers, verdict, number in data["settled"]:
            self.settled[clause, tuple(bearers), cast("Verdict", verdict)] = int(number)
        self._late.extend(ReportDiagnostic(*one) for one in data["late"])
