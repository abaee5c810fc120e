"""Reports as an agreement reads them: a report comes in, a statement goes out.

Names become ids, times become instants. No view is taken here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from servanda.model.agreement import Agreement
from servanda.model.moments import When
from servanda.model.report import Report, Says


@dataclass(frozen=True, slots=True)
class Statement:
    """A report with its names resolved and its times as instants (UTC microseconds)."""

    id: str
    reported: int
    source: str
    claimant: str
    says: Says
    of: str | None
    incident: str | None
    body: Mapping[str, object]
    content: str
    line: int | None

    @property
    def order(self) -> tuple[int, str]:
        """Corrections are applied in this order."""
        return (self.reported, self.id)


def state(report: Report, agreement: Agreement) -> Statement:
    """The report as this agreement reads it.

    >>> from zoneinfo import ZoneInfo
    >>> from servanda.model.agreement import Actor
    >>> pakistan = Actor("PAK", "Pakistan", "party", ("Islamabad",))
    >>> agreement = Agreement("a", "A", ZoneInfo("UTC"), {"PAK": pakistan}, {}, {}, ())
    >>> told = Report("r1", When.parse("2025-11-06"), "press", "press", body={"actor": ("Islamabad",)})
    >>> state(told, agreement).body["actor"]
    ('PAK',)
    """
    body = dict(report.body)
    for name in ("actor", "target"):
        people = body.get(name)
        if isinstance(people, tuple):
            body[name] = tuple(dict.fromkeys(agreement.actor_id(str(one)) for one in people))
    if isinstance(thing := body.get("object"), str):
        body["object"] = agreement.actor_id(thing)
    if isinstance(occurred := body.get("occurred"), When):
        body["occurred"] = occurred.interval(agreement.zone)
    return Statement(
        report.id,
        report.reported.interval(agreement.zone).latest,
        speaker(report.source, agreement),
        speaker(report.claimant, agreement),
        report.says,
        report.of if report.of is not None or report.says != "denies" else report.incident,
        report.incident,
        body,
        report.content,
        report.line,
    )


def speaker(name: str, agreement: Agreement) -> str:
    """The id of a source, else of an actor who speaks for itself, else the name as it stands."""
    known = agreement.source_id(name)
    return known if known in agreement.sources else agreement.actor_id(name)


def speaks_for(claimant: str, agreement: Agreement) -> str | None:
    """The actor whose word a claimant's word is, if any."""
    source = agreement.sources.get(claimant)
    if source is not None:
        return source.speaks_for
    return claimant if claimant in agreement.actors else None
