"""What is known: statements come in, one at a time; what each incident has, and what to know of reports, goes out.

What it comes to depends on the statements alone, never on the order in which they came in.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter

from servanda.evidence.slips import Slips
from servanda.evidence.statements import Statement
from servanda.model.agreement import Agreement
from servanda.model.moments import Interval
from servanda.model.verdict import ReportDiagnostic

_BODY = ("act", "actor", "target", "object", "place", "occurred", "quantity")
_ORDER = attrgetter("order")


@dataclass(frozen=True)
class Known:
    """What is known at a time: the statements on each incident, and what the reader should know."""

    incidents: Mapping[str, tuple[Statement, ...]]
    depth: Mapping[str, int]  # how many steps of `of` a statement is away from an incident's first word
    diagnostics: tuple[ReportDiagnostic, ...] = field(default=())


def know(statements: Iterable[Statement], known_at: int, agreement: Agreement) -> Known:
    """Sort what was reported by `known_at` to the incidents it is about, these in the order of their names."""
    knowledge = Knowledge(agreement)
    for one in statements:
        if one.reported <= known_at:
            knowledge.add(one)
    return Known(dict(sorted(knowledge.incidents.items())), knowledge.depth, knowledge.diagnostics)


class Knowledge:
    """Statements sorted to incidents while they come in. It changes with every `add`, and so do its mappings.

    A statement costs at most in proportion to what its incidents hold, and to what is `of` it.

    >>> from zoneinfo import ZoneInfo
    >>> from servanda.evidence import state
    >>> from servanda.reading.report_body import report
    >>> agreement = Agreement("a", "A", ZoneInfo("UTC"), {}, {}, {}, ())
    >>> knowledge = Knowledge(agreement)
    >>> denial = {"id": "r2", "source": "b", "reported": "2025-11-07", "says": "denies", "of": "r1"}
    >>> knowledge.add(state(report(denial), agreement))
    frozenset()
    >>> [note.code for note in knowledge.diagnostics]
    ['R102']
    >>> knowledge.add(state(report({"id": "r1", "source": "a", "reported": "2025-11-06"}), agreement))
    frozenset({'r1'})
    >>> [one.id for one in knowledge.incidents["r1"]], knowledge.depth["r2"], knowledge.diagnostics
    (['r1', 'r2'], 1, ())
    """

    def __init__(self, agreement: Agreement) -> None:
        """Nothing is known yet."""
        self._by_id: dict[str, Statement] = {}
        self._versions: dict[str, dict[str, Statement]] = {}  # of an id that came with several contents, by content
        self._of: dict[str, set[str]] = {}  # a report or an incident -> the reports that are `of` it
        self._openers: dict[str, int] = {}  # an incident -> how many reports open it: name it and are `of` nothing
        self._incident: dict[str, str] = {}  # of a report that does not wait
        self._depth: dict[str, int] = {}
        self._waiting: set[str] = set()
        self._groups: dict[str, list[Statement]] = {}
        self._oddities: dict[str, tuple[ReportDiagnostic, ...]] = {}
        self._slips = Slips(agreement)
        self._diagnostics: tuple[ReportDiagnostic, ...] | None = ()  # None: to be put together again

    @property
    def incidents(self) -> Mapping[str, tuple[Statement, ...]]:
        """The statements on each incident, in the order of corrections."""
        return _Incidents(self._groups)

    @property
    def depth(self) -> Mapping[str, int]:
        """How many steps of `of` a statement is away from an incident's first word; none for one that waits."""
        return self._depth

    @property
    def diagnostics(self) -> tuple[ReportDiagnostic, ...]:
        """What the reader should know, sorted by report, code and message."""
        if self._diagnostics is None:
            notes = [note for found in self._oddities.values() for note in found]
            notes += self._set_aside()
            notes += self._waits()
            notes += self._slips.notes(self._by_id)
            notes.sort(key=lambda note: (note.report or "", note.code, note.message))
            self._diagnostics = tuple(notes)
        return self._diagnostics

    def known(self) -> Known:
        """What is known now. Nothing is copied: its mappings go along with what is added later."""
        return Known(self.incidents, self.depth, self.diagnostics)

    @property
    def waiting(self) -> list[Statement]:
        """The statements that wait for what they are `of`, in the order of their ids."""
        return [self._by_id[name] for name in sorted(self._waiting)]

    def contents(self, one: Statement) -> Collection[Statement]:
        """Every content that came with the id of a statement that stands or waits."""
        return self._versions.get(one.id, {one.content: one}).values()

    def holds(self, report: str) -> bool:
        """Whether a report of that id stands or waits."""
        return report in self._by_id

    def add(self, statement: Statement) -> frozenset[str]:
        """Take one statement more; the incidents whose statements, or the depth of one of them, it changed.

        Of several with one id the first by (reported, content) stands. An incident that has lost all its
        statements is among those that changed.
        """
        name = statement.id
        held = self._by_id.get(name)
        if held is not None and not self._replaces(statement, held):
            return frozenset()
        before: dict[str, str | None] = {name: None}
        if held is not None:
            self._lift([name, *self._unlink(held)], before)
        elif name in self._of:  # what was of the incident of that name is now of the report
            self._lift([*self._of[name]], before)
        self._by_id[name] = statement
        self._settle([name, *self._link(statement)], before)
        if held is None and len(before) == 1:  # the usual case
            return self._join(statement)
        return self._regroup(before)

    def forget(self, incident: str) -> None:
        """Drop an incident with its statements and all that is told of them; one that is not known is none to drop.

        What comes later counts as if they had never been: their ids are free again, and a report that is `of` one
        of them waits.
        """
        for one in self._groups.pop(incident, ()):
            self._drop(one)
            del self._incident[one.id], self._depth[one.id]

    def forget_waiting(self, one: Statement) -> None:
        """Drop a statement that waits; what is `of` it goes on waiting."""
        self._drop(one)
        self._waiting.remove(one.id)
        self._diagnostics = None

    def _drop(self, one: Statement) -> None:
        self._unlink(one)
        del self._by_id[one.id]
        versions, oddities = self._versions.pop(one.id, None), self._oddities.pop(one.id, None)
        if versions or oddities:
            self._diagnostics = None

    # --- one statement ------------------------------------------------------------------------------------

    def _replaces(self, one: Statement, held: Statement) -> bool:
        """Whether a statement stands instead of the one held; every content of an id is kept, to be told."""
        if one.content == held.content:
            return False
        self._versions.setdefault(one.id, {held.content: held}).setdefault(one.content, one)
        self._diagnostics = None
        return _precedence(one) < _precedence(held)

    def _link(self, one: Statement) -> Iterable[str]:
        """Note down what a statement is of, opens and names; the reports that waited for what it opens."""
        if self._slips.add(one):
            self._diagnostics = None
        if one.of is not None:
            self._of.setdefault(one.of, set()).add(one.id)
            return ()
        opened = one.incident or one.id
        self._openers[opened] = openers = self._openers.get(opened, 0) + 1
        return self._of.get(opened, ()) if openers == 1 else ()

    def _unlink(self, one: Statement) -> Iterable[str]:
        """Take that back; the reports that are of an incident which nobody opens any more."""
        if self._slips.drop(one):
            self._diagnostics = None
        if one.of is not None:
            self._of[one.of].remove(one.id)
            if not self._of[one.of]:
                del self._of[one.of]
            return ()
        opened = one.incident or one.id
        self._openers[opened] -= 1
        if self._openers[opened]:
            return ()
        del self._openers[opened]
        return () if opened in self._by_id else self._of.get(opened, ())

    # --- their places -------------------------------------------------------------------------------------

    def _lift(self, names: list[str], before: dict[str, str | None]) -> None:
        """Take reports out of their places, and those that are of them; `before` gets their incidents.

        What is of a waiting report waits too, so the search ends there.
        """
        while names:
            name = names.pop()
            if name in self._incident:
                before[name] = self._incident.pop(name)
                del self._depth[name]
                names += self._of.get(name, ())

    def _settle(self, names: list[str], before: dict[str, str | None]) -> None:
        """Give reports their places, where they have one, and those that waited for them; `before` gets who did."""
        while names:
            one = self._by_id[names.pop()]
            place = None if one.id in self._incident else self._place(one)
            if place is not None:
                before.setdefault(one.id, None)
                self._incident[one.id], self._depth[one.id] = place
                names += self._of.get(one.id, ())

    def _place(self, one: Statement) -> tuple[str, int] | None:
        """The incident and the depth of a report; None when what it is of is not known or waits itself."""
        if one.of is None:
            return one.incident or one.id, 0
        if one.of in self._by_id:
            return (self._incident[one.of], self._depth[one.of] + 1) if one.of in self._incident else None
        return (one.of, 1) if one.of in self._openers else None

    def _join(self, one: Statement) -> frozenset[str]:
        """Put a statement into its group, where nothing else has moved; its incident, if it has one."""
        incident = self._incident.get(one.id)
        self._look_over(one, incident)
        if incident is None:
            return frozenset()
        insort(self._groups.setdefault(incident, []), one, key=_ORDER)
        return frozenset((incident,))

    def _regroup(self, before: dict[str, str | None]) -> frozenset[str]:
        """Bring groups and notes up to date with the places; the incidents that changed."""
        leaving: dict[str, set[str]] = {}
        coming: dict[str, list[Statement]] = {}
        for name, old in before.items():
            one, incident = self._by_id[name], self._incident.get(name)
            self._look_over(one, incident)
            if old is not None:
                leaving.setdefault(old, set()).add(name)
            if incident is not None:
                coming.setdefault(incident, []).append(one)
        for incident, names in leaving.items():
            self._groups[incident] = [one for one in self._groups[incident] if one.id not in names]
        for incident, ones in coming.items():
            group = self._groups.setdefault(incident, [])
            if len(ones) == 1:
                insort(group, ones[0], key=_ORDER)
            else:
                group += ones
                group.sort(key=_ORDER)
        for incident in leaving:
            if not self._groups[incident]:
                del self._groups[incident]
        return frozenset(leaving | coming)

    # --- what to know of reports --------------------------------------------------------------------------

    def _look_over(self, one: Statement, incident: str | None) -> None:
        """Keep the oddities of a statement, and whether it waits."""
        oddities = tuple(_oddities(one, incident))
        if oddities != self._oddities.get(one.id, ()):
            self._oddities[one.id] = oddities
            self._diagnostics = None
        if incident is None:
            self._waiting.add(one.id)
            self._diagnostics = None
        elif one.id in self._waiting:
            self._waiting.remove(one.id)
            self._diagnostics = None

    def _set_aside(self) -> Iterator[ReportDiagnostic]:
        """The contents that do not stand."""
        for name, versions in self._versions.items():
            stands = self._by_id[name]
            for other in versions.values():
                if other.content != stands.content:
                    message = (
                        f"report {name!r} came with two contents; {stands.content} stands, "
                        f"{other.content} is set aside: give a changed report an id of its own and `says: corrects`"
                    )
                    yield ReportDiagnostic("R101", message, name, other.line)

    def _waits(self) -> Iterator[ReportDiagnostic]:
        """The reports that wait, and whether for each other."""
        circular: dict[str, bool] = {}
        for name in self._waiting:
            trail: dict[str, None] = {}  # ordered, and quick to ask
            at = name
            while at in self._by_id and at not in circular and at not in trail:
                trail[at] = None
                at = self._by_id[at].of or ""
            circular |= dict.fromkeys(trail, circular.get(at, at in trail))
            one = self._by_id[name]
            if circular[name]:
                why = "reports are `of` each other in a circle"
            elif one.of in self._by_id:
                why = "that report waits itself"
            else:
                why = "neither a report nor an incident of that id is known"
            message = f"report {name!r} is of {one.of!r}: {why}; it waits and counts for nothing yet"
            yield ReportDiagnostic("R108" if circular[name] else "R102", message, name, one.line)


class _Incidents(Mapping[str, tuple[Statement, ...]]):
    """The groups of a Knowledge, to be read."""

    def __init__(self, groups: Mapping[str, list[Statement]]) -> None:
        self._groups = groups

    def __getitem__(self, name: str) -> tuple[Statement, ...]:
        return tuple(self._groups[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._groups)

    def __len__(self) -> int:
        return len(self._groups)


def _precedence(one: Statement) -> tuple[int, bytes]:
    """Of several statements with one id, the first by this stands."""
    return (one.reported, one.content.encode())


def _oddities(one: Statement, incident: str | None) -> Iterator[ReportDiagnostic]:
    """Oddities of a single statement that a reader should know of."""
    if one.of is not None and one.incident is not None and incident is not None and one.incident != incident:
        message = f"report {one.id!r} says incident {one.incident!r}, but what it is of belongs to {incident!r}; {incident!r} counts"
        yield ReportDiagnostic("R106", message, one.id, one.line)
    occurred = one.body.get("occurred")
    if isinstance(occurred, Interval) and occurred.earliest > one.reported:
        message = f"report {one.id!r} was made before the event it reports; it is used as it stands"
        yield ReportDiagnostic("R104", message, one.id, one.line)
    if one.says in ("denies", "confirms", "retracts") and (said := [f for f in _BODY if f in one.body]):
        message = f"report {one.id!r} {one.says} and says {', '.join(said)} too, which counts for nothing: report that as an assertion of its own"
        yield ReportDiagnostic("R109", message, one.id, one.line)


def slips_of(agreement: Agreement) -> Callable[[str, str], bool]:
    """Says of a kind (`actor` or `source`) and a name whether it is a likely slip: nobody's, but like one that is known."""
    return Slips(agreement)._is_slip  # noqa: SLF001 - a door to it
