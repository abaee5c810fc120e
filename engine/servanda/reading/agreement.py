"""The reading of an agreement: a file or text comes in, an Agreement or everything wrong with it goes out.

The pipeline: bytes -> text -> tree with positions -> models of the right shape -> names and times ->
clauses and views -> warnings. Each stage notes what is wrong and goes on with the rest.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from servanda.diagnostics import Diagnostic
from servanda.errors import LoadError
from servanda.model.agreement import Agreement
from servanda.model.calendars import Calendar
from servanda.model.moments import NO_TIME
from servanda.reading.agreement_file import AgreementFile
from servanda.reading.clauses import clause_names, read_clauses
from servanda.reading.complaints import Complaints
from servanda.reading.conditions import read_states
from servanda.reading.frame import Frame
from servanda.reading.library import expand
from servanda.reading.linting.checks import warn
from servanda.reading.names import read_actors, read_places, read_sources
from servanda.reading.structure import read_structure
from servanda.reading.times import read_calendar, read_duration, read_term, read_zone
from servanda.reading.tree import START, Node
from servanda.reading.views import read_views
from servanda.reading.yaml_tree import MAX_BYTES, decode, read_tree

Checked = tuple[Agreement | None, tuple[Diagnostic, ...]]


def load(path: str | Path) -> Agreement:
    """Read an agreement file; raises LoadError with every diagnostic when anything is wrong with it."""
    return _sound(check(path))


def loads(text: str, name: str = "<string>") -> Agreement:
    """Read an agreement from text; `name` stands for the file in diagnostics."""
    return _sound(_check(text, name, None))


def check(path: str | Path) -> Checked:
    """The agreement of a file, or None when it has errors, and every diagnostic, warnings included."""
    file = str(path)
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        complaints = Complaints(file)
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        complaints.add("A001", START, f"the file cannot be opened: {reason}", "check the path and its permissions")
        return None, complaints.ordered()
    complaints = Complaints(file, data[: MAX_BYTES + 1].decode("utf-8", "replace"))
    text = decode(data, complaints)
    return (None, complaints.ordered()) if text is None else _check(text, file, file)


def _sound(checked: Checked) -> Agreement:
    agreement, diagnostics = checked
    if agreement is None:
        raise LoadError(diagnostics)
    return agreement


def _check(text: str, name: str, path: str | None) -> Checked:
    text = text.removeprefix("\ufeff")
    complaints = Complaints(name, text)
    root = read_tree(text, complaints)
    root = None if root is None else expand(root, complaints)
    file = None if root is None else read_structure(root, complaints)
    agreement = None if root is None or file is None else _compile(file, root, complaints, path)
    return (None if complaints.failed else agreement), complaints.ordered()


def _compile(file: AgreementFile, root: Node, complaints: Complaints, path: str | None) -> Agreement:
    excused = _excused(root)
    calendar = read_calendar(file.calendar, root.at("calendar"), complaints)
    bare = Frame(
        agreement=_without_clauses(file, root, excused, complaints, calendar, path),
        root=root,
        complaints=complaints,
        clauses=clause_names(root.at("clauses"), complaints),
        excused=excused,
        calendar=calendar,
    )
    frame = replace(bare, agreement=replace(bare.agreement, states=read_states(file, bare)))
    agreement = replace(frame.agreement, clauses=read_clauses(file, frame), own_views=read_views(file, frame))
    if not complaints.failed:
        warn(agreement, root, complaints)
    return agreement


def _without_clauses(
    file: AgreementFile,
    root: Node,
    excused: frozenset[str],
    complaints: Complaints,
    calendar: Calendar,
    path: str | None,
) -> Agreement:
    """Everything that clauses and views are read in."""
    zone = read_zone(file.timezone, root.at("timezone"), complaints)
    evidence, grace = file.evidence, None
    if evidence and evidence.grace is not None:
        grace = read_duration(evidence.grace, root.at("evidence", "grace"), complaints, calendar)
    return Agreement(
        id=file.agreement,
        title=file.title or file.agreement,
        zone=zone,
        actors=read_actors(file, root, excused, complaints),
        sources=read_sources(file, root, excused, complaints),
        places=read_places(file, root, complaints),
        clauses=(),
        term=read_term(file.term, root.at("term"), zone, complaints, calendar),
        corroboration=(evidence.corroboration if evidence else None) or 1,
        grace=grace or NO_TIME,
        path=path,
    )


def _excused(root: Node) -> frozenset[str]:
    """The texts in what was taken out of actors and sources: names that may well be meant."""
    found: set[str] = set()
    for section in (root.at("actors"), root.at("sources")):
        nodes = [section, *section.entries().values()]
        for node in nodes:
            found.update(node.dropped)
            found.update(text for inner in node.dropped.values() if inner is not None for text in inner.texts())
    return frozenset(found)
