"""An agreement and reports come in, all at once; an assessment goes out."""

from __future__ import annotations

from collections.abc import Iterable

from servanda import assessing
from servanda.assessing import Engine, Time, times
from servanda.evidence import state
from servanda.model.agreement import Agreement
from servanda.model.report import Report
from servanda.model.verdict import Assessment


def assess(
    agreement: Agreement,
    reports: Iterable[Report],
    *,
    view: str = "neutral",
    as_of: Time | None = None,
    known_at: Time | None = None,
    engine: Engine = "auto",
) -> Assessment:
    """The verdicts as of a time, with what was known at a time: both by default the latest `reported`.

    Times are EDTF texts, dates or datetimes, read in the agreement's time zone, dates with their end; or UTC microseconds.
    The order of the reports makes no difference. One for another agreement is set aside and counted.

    Raises ValueError for a text that is no time or when there is neither a report nor an `as_of`,
    KeyError for a view that the agreement does not have, TooMuchError for clauses that trigger each
    other without end.

    >>> from servanda import loads, report
    >>> agreement = loads('''
    ... servanda: 1
    ... agreement: sale
    ... actors: {S: {name: Seller, role: party}}
    ... clauses:
    ...   delivery: {binds: S, must: {act: deliver}, by: 2025-11-06}
    ... ''')
    >>> told = report({"id": "r1", "source": "buyer", "reported": "2025-11-06", "act": "deliver", "actor": "S",
    ...                "occurred": "2025-11-05"})
    >>> assess(agreement, [told]).summary
    {'fulfilled': 1}
    """
    given = list(reports)
    own = [state(one, agreement) for one in given if one.agreement in (None, agreement.id)]
    latest = max((one.reported for one in own), default=None)
    counts = (0, len(given) - len(own))
    at, known_at = times(agreement, latest, as_of, known_at)
    return assessing.assess(agreement, own, view, at, known_at, engine=engine, counts=counts).assessment
