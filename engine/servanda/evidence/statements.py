"""Reports as an agreement reads them: reports come in, statements grouped by incident go out.

Names become ids, times become instants, and the reports known at a time are sorted to the incidents
they are about. No view is taken here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from servanda.model.agreement import Agreement
from servanda.model.moments import Interval, When
from servanda.model.report import Report, Says
from servanda.model.verdict import ReportDiagnostic


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


@dataclass(frozen=True)
class Known:
    """What is known at a time: the statements on each incident, and what the reader should know."""

    incidents: Mapping[str, tuple[Statement, ...]]
    depth: Mapping[str, int]  # how many steps of `of` a statement is away from an incident's first word
    diagnostics: tuple[ReportDiagnostic, ...] = field(default=())


def know(statements: Iterable[Statement], known_at: int, agreement: Agreement) -> Known:
    """Sort what was reported by `known_at` to the incidents it is about."""
    notes: list[ReportDiagnostic] = []
    by_id = _first_words((s for s in statements if s.reported <= known_at), notes)
    incident, depth = _about(by_id, notes)
    groups: dict[str, list[Statement]] = {}
    for one in by_id.values():
        where = incident.get(one.id)
        if where is not None:
            groups.setdefault(where, []).append(one)
        _look_over(one, where, notes)
    _near_misses(by_id.values(), agreement, notes)
    ordered = {name: tuple(sorted(group, key=lambda s: s.order)) for name, group in sorted(groups.items())}
    notes.sort(key=lambda d: (d.report or "", d.code, d.message))
    return Known(ordered, depth, tuple(notes))


def _first_words(statements: Iterable[Statement], notes: list[ReportDiagnostic]) -> dict[str, Statement]:
    """One statement for each id: the first by (reported, content), whatever the order of arrival."""
    by_id: dict[str, Statement] = {}
    rivals: dict[str, dict[str, Statement]] = {}
    for one in statements:
        held = by_id.setdefault(one.id, one)
        if held.content == one.content:
            continue
        rivals.setdefault(one.id, {held.content: held})[one.content] = one
        if (one.reported, one.content.encode()) < (held.reported, held.content.encode()):
            by_id[one.id] = one
    for name, versions in rivals.items():
        stands = by_id[name]
        for other in sorted(versions.values(), key=lambda s: (s.reported, s.content)):
            if other.content != stands.content:
                message = (
                    f"report {name!r} came with two contents; {stands.content} stands, "
                    f"{other.content} is set aside: give a changed report an id of its own and `says: corrects`"
                )
                notes.append(ReportDiagnostic("R101", message, name, other.line))
    return by_id


def _about(by_id: Mapping[str, Statement], notes: list[ReportDiagnostic]) -> tuple[dict[str, str], dict[str, int]]:
    """The incident of each statement and its distance from it; what waits has none."""
    opened = {s.incident or s.id for s in by_id.values() if s.of is None}
    incident: dict[str, str] = {}
    depth: dict[str, int] = {}
    waits: set[str] = set()
    for first in by_id:
        trail: dict[str, None] = {}  # ordered, and quick to ask
        at: str | None = first
        while at is not None and at not in depth and at not in waits and at not in trail:
            trail[at] = None
            at = by_id[at].of if by_id[at].of in by_id else None
        _settle(list(trail), at in trail, by_id, opened, (incident, depth, waits), notes)
    return incident, depth


def _settle(
    trail: list[str],
    circular: bool,  # noqa: FBT001
    by_id: Mapping[str, Statement],
    opened: set[str],
    found: tuple[dict[str, str], dict[str, int], set[str]],
    notes: list[ReportDiagnostic],
) -> None:
    incident, depth, waits = found
    for name in reversed(trail):
        one = by_id[name]
        if name in depth or name in waits:
            continue
        if one.of is None:
            incident[name], depth[name] = one.incident or one.id, 0
        elif one.of in incident:
            incident[name], depth[name] = incident[one.of], depth[one.of] + 1
        elif one.of not in by_id and one.of in opened:
            incident[name], depth[name] = one.of, 1
        else:
            waits.add(name)
            why = (
                "reports are `of` each other in a circle"
                if circular
                else "neither a report nor an incident of that id is known"
            )
            message = f"report {name!r} is of {one.of!r}: {why}; it waits and counts for nothing yet"
            notes.append(ReportDiagnostic("R108" if circular else "R102", message, name, one.line))


def _look_over(one: Statement, where: str | None, notes: list[ReportDiagnostic]) -> None:
    """Oddities of a single statement that a reader should know of."""
    if one.of is not None and one.incident is not None and where is not None and one.incident != where:
        message = f"report {one.id!r} says incident {one.incident!r}, but what it is of belongs to {where!r}; {where!r} counts"
        notes.append(ReportDiagnostic("R106", message, one.id, one.line))
    occurred = one.body.get("occurred")
    if isinstance(occurred, Interval) and occurred.earliest > one.reported:
        message = f"report {one.id!r} was made before the event it reports; it is used as it stands"
        notes.append(ReportDiagnostic("R104", message, one.id, one.line))
    if one.says in ("denies", "confirms", "retracts") and (said := [f for f in _BODY if f in one.body]):
        message = f"report {one.id!r} {one.says} and says {', '.join(said)} too, which counts for nothing: report that as an assertion of its own"
        notes.append(ReportDiagnostic("R109", message, one.id, one.line))


_BODY = ("act", "actor", "target", "object", "place", "occurred", "quantity")


def _near_misses(statements: Iterable[Statement], agreement: Agreement, notes: list[ReportDiagnostic]) -> None:
    """Names that nobody answers to but that look like one: likely a slip, told once for each name."""
    seen: set[str] = set()
    actors = {n for a in agreement.actors.values() for n in (a.id, a.name, *a.aliases)}
    sources = {n for s in agreement.sources.values() for n in (s.id, s.name, *s.aliases)}
    for one in statements:
        named = [("actor", n, actors) for f in ("actor", "target") for n in _names(one.body.get(f))]
        named += [("source", n, sources | actors) for n in (one.source, one.claimant)]
        for kind, name, known in named:
            if name in seen or name in known:
                continue
            seen.add(name)
            if close := get_close_matches(name, known, 1, 0.8):
                message = f"no {kind} {name!r} in this agreement (report {one.id!r}); did you mean {close[0]!r}?"
                notes.append(ReportDiagnostic("R107", message, one.id, one.line))


def _names(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()
