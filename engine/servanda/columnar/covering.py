"""How much was reported of whom, counted in columns: bearers and windows come in, their coverage goes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from servanda.columnar.told import Told
from servanda.evidence import Standing
from servanda.lifecycle import named, spread
from servanda.model.moments import Interval, local_clock
from servanda.model.verdict import Coverage

_QUARTER = 900_000_000  # microseconds; hardly a clock is ever set within one
_SHIFT = _QUARTER * 10**9  # what makes every instant positive
Bearers = tuple[str, ...]


class ColumnsReported:
    """The reports that are known and not set aside: those in columns, and the standings of those that are not."""

    def __init__(self, told: Told, bearers: Sequence[Bearers], standings: Iterable[Standing]) -> None:
        """`bearers` are those that may be asked about."""
        self._told = told
        self._bearers = dict.fromkeys(bearers)
        self._covered: dict[Interval, dict[Bearers, Coverage]] = {}
        self._standings = [one for one in standings if one.alternatives]
        numbers = {one: number for number, one in enumerate(self._bearers)}
        naming: dict[str, list[Bearers]] = {}
        for one in self._bearers:
            for name in one:
                naming.setdefault(name, []).append(one)
        rows = (
            (numbers[one], *people)
            for people in dict.fromkeys(told.bodies.people())
            for one in {found for name in told.bodies.named(people) for found in naming.get(name, ())}
        )
        told.lines.put("people", {"bearers": "bigint", "actor": "varchar", "target": "varchar"}, rows)
        told.lines.connection.execute("""
            create or replace temp table naming as select people.bearers, body.body from body join people
            on body.actor is not distinct from people.actor and body.target is not distinct from people.target
        """)
        self._bucket = self._bucket_within_days()

    def coverage(self, bearers: Bearers, window: Interval) -> Coverage:
        """How much was reported of the bearers in a window, no report counted twice."""
        if window.latest < window.earliest:
            return Coverage(0, 0, 0)
        if window not in self._covered:
            self._covered[window] = self._counted(window)
        return self._covered[window][bearers]

    def _bucket_within_days(self) -> int:
        """A number of microseconds that local days are made of, where reports were made."""
        quarters = self._told.lines.connection.execute(f"select distinct {_numbered(_QUARTER)} from told").fetchall()
        whole = all(len(self._days_of(number, _QUARTER)) == 1 for (number,) in quarters)
        return _QUARTER if whole else 1

    def _days_of(self, number: int, bucket: int) -> set[dt.date]:
        first = number * bucket - _SHIFT
        return {local_clock(at, self._told.agreement.zone).date() for at in (first, first + bucket - 1)}

    def _counted(self, window: Interval) -> dict[Bearers, Coverage]:
        query = f"""
            select bearers, count(*), list(distinct voice), list(distinct {_numbered(self._bucket)})
            from told join naming using (body)
            where last >= {window.earliest} and first <= {window.latest} group by bearers
        """
        found = {number: rest for number, *rest in self._told.lines.connection.execute(query).fetchall()}
        others = [(one, named(one, self._told.agreement)) for one in self._standings if spread(one).meets(window)]
        covered: dict[Bearers, Coverage] = {}
        days_of: dict[int, set[dt.date]] = {}
        for number, bearers in enumerate(self._bearers):
            reports, voices, buckets = found.get(number, (0, (), ()))
            claimants = {self._told.voices[voice] for voice in voices}
            days: set[dt.date] = set()
            for bucket in buckets:
                if bucket not in days_of:
                    days_of[bucket] = self._days_of(bucket, self._bucket)
                days |= days_of[bucket]
            for standing, names in others:
                if not names.isdisjoint(bearers):
                    reports += len(standing.voices)
                    claimants.update(claimant for claimant, _ in standing.voices)
                    zone = self._told.agreement.zone
                    days.update(local_clock(reported, zone).date() for _, reported in standing.voices)
            covered[bearers] = Coverage(reports, len(claimants), len(days))
        return covered


def _numbered(bucket: int) -> str:
    """The number of the bucket in which a report was made, the buckets counted from long ago."""
    return f"(reported + {_SHIFT}) // {bucket}"
