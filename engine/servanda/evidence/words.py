"""What the statements on one incident say in the end: retractions, corrections and confirmations applied.

Statements come in; assertions with their bodies as they stand, and denials, go out (semantics section 3).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from servanda.evidence.statements import Statement
from servanda.model.verdict import ReportDiagnostic


class Word(NamedTuple):
    """A statement that counts: an assertion with its body, or a denial (body None)."""

    statement: Statement
    body: Mapping[str, object] | None
    denies: Statement | None = None  # the one report a denial denies


@dataclass
class Record:
    """What became of each statement on one incident."""

    by_id: dict[str, Statement]
    depth: Mapping[str, int]
    retracted: set[str]
    bodies: dict[str, Mapping[str, object]] = field(default_factory=dict)  # assertions, confirmations as first made
    denied: dict[str, Statement | None] = field(default_factory=dict)  # what a denial denies, if one report
    roots: dict[str, Statement] = field(default_factory=dict)  # a correction -> the report behind its chain
    corrections: dict[str, list[Statement]] = field(default_factory=dict)  # that report -> its claimant's corrections
    known: dict[str, int] = field(default_factory=dict)  # since when a correction and all it is of were known
    stages: dict[str, list[tuple[int, Mapping[str, object]]]] = field(default_factory=dict)  # its body after each
    corrected: dict[str, str] = field(
        default_factory=dict
    )  # a correction in effect -> the report it corrects in the end
    then: dict[tuple[str, int, int], Mapping[str, object]] = field(default_factory=dict)  # bodies as once known

    @cached_property
    def changes(self) -> list[Statement]:
        """All corrections, each after what it is of."""
        found = [one for one in self.by_id.values() if one.says == "corrects"]
        return sorted(found, key=lambda one: self.depth[one.id])

    @cached_property
    def retractions(self) -> list[int]:
        """When retractions were reported, in order."""
        return sorted(one.reported for one in self.by_id.values() if one.says == "retracts")


def words_of(
    statements: tuple[Statement, ...], depth: Mapping[str, int], notes: list[ReportDiagnostic]
) -> tuple[list[Word], Record]:
    """The statements that count, in order, with their bodies as they stand."""
    if len(statements) == 1 and statements[0].says == "asserts":  # the usual case
        only = statements[0]
        return [Word(only, _made(only))], Record({only.id: only}, depth, set(), {only.id: _made(only)})
    record = _recorded(statements, depth, notes)
    words = []
    for one in statements:
        if one.id in record.retracted:
            continue
        if one.id in record.bodies:
            words.append(Word(one, body_of(one.id, record, None)))
        elif one.id in record.denied:
            words.append(Word(one, None, record.denied[one.id]))
    return words, record


def _recorded(statements: tuple[Statement, ...], depth: Mapping[str, int], notes: list[ReportDiagnostic]) -> Record:
    by_id = {s.id: s for s in statements}
    record = Record(by_id, depth, _retracted(statements, by_id, depth, notes))
    shallow_first = sorted(statements, key=lambda s: (depth[s.id], s.order))
    for one in shallow_first:  # all corrections first: a confirmation takes those known by then
        if one.says == "corrects":
            _correct(one, record, notes)
    for one in shallow_first:
        _take(one, record, notes)
    fallen = _fallen(record, record.retracted)
    for root, changes in record.corrections.items():
        record.corrected.update((change.id, root) for change in changes if change.id not in fallen)
    return record


def _made(one: Statement) -> Mapping[str, object]:
    """The body of an assertion; the moment by which it must have happened if it does not say when."""
    return {**one.body, "": one.reported}


def _retracted(
    statements: tuple[Statement, ...],
    by_id: Mapping[str, Statement],
    depth: Mapping[str, int],
    notes: list[ReportDiagnostic],
    at: int | None = None,
) -> set[str]:
    """What stands retracted (as known at `at`); a retracted retraction is as if never made."""
    gone: set[str] = set()
    for one in sorted(statements, key=lambda s: -depth[s.id]):
        if one.says == "retracts" and one.id not in gone and (at is None or one.reported <= at):
            target = by_id.get(one.of or "")
            if _same_hand(one, target, notes if at is None else []) and target is not None:
                gone.add(target.id)
    return gone


def _same_hand(one: Statement, target: Statement | None, notes: list[ReportDiagnostic]) -> bool:
    if target is None:
        message = f"report {one.id!r} {one.says} {one.of!r}, which is an incident: name the report; nothing is changed"
        notes.append(ReportDiagnostic("R105", message, one.id, one.line))
        return False
    if target.claimant != one.claimant:
        message = (
            f"report {one.id!r} {one.says} {target.id!r}, which is the word of {target.claimant!r}, not of "
            f"{one.claimant!r}: nothing is changed; only a claimant can take back its own word, others deny it"
        )
        notes.append(ReportDiagnostic("R103", message, one.id, one.line))
        return False
    return True


def _take(one: Statement, record: Record, notes: list[ReportDiagnostic]) -> None:
    """Note down what a statement says; whatever it is `of` was noted before."""
    target = record.by_id.get(one.of or "")
    if one.says == "asserts":
        record.bodies[one.id] = _made(one)
    elif one.says == "denies":
        root = _root(target, record) if target else None
        if root is not None and root.id in record.denied:
            message = f"report {one.id!r} denies a denial, which says nothing of what happened: assert that instead"
            notes.append(ReportDiagnostic("R105", message, one.id, one.line))
        else:
            record.denied[one.id] = root
    elif one.says == "confirms":
        root = _root(target, record) if target else None
        if root is None or root.says == "retracts":
            message = f"report {one.id!r} confirms {one.of!r}, which asserts nothing: name the report that is confirmed"
            notes.append(ReportDiagnostic("R105", message, one.id, one.line))
        elif root.id in record.denied:
            record.denied[one.id] = record.denied[root.id]
        elif root.id in record.bodies:
            record.bodies[one.id] = body_of(root.id, record, max(one.reported, root.reported))


def _correct(one: Statement, record: Record, notes: list[ReportDiagnostic]) -> None:
    """Note down a correction, if it corrects the claimant's own word."""
    target = record.by_id.get(one.of or "")
    root = _root(target, record)
    if root is not None and target is not None:
        record.roots[one.id] = root
        record.known[one.id] = max(one.reported, record.known.get(target.id, one.reported))
    if not _same_hand(one, target, notes):
        return
    if root is None or root.says not in ("asserts", "confirms"):
        message = f"report {one.id!r} corrects {one.of!r}, which asserts nothing: nothing is changed"
        notes.append(ReportDiagnostic("R105", message, one.id, one.line))
    elif _same_hand(one, root, notes):
        record.corrections.setdefault(root.id, []).append(one)


def _root(target: Statement | None, record: Record) -> Statement | None:
    """The report behind a chain of corrections."""
    return record.roots.get(target.id, target) if target is not None else None


def _fallen(record: Record, retracted: Collection[str]) -> set[str]:
    """The corrections that do not stand: a correction of a correction goes with what it corrects."""
    gone: set[str] = set()
    for one in record.changes:
        if one.id in retracted or one.of in gone:
            gone.add(one.id)
    return gone


def body_of(root: str, record: Record, at: int | None) -> Mapping[str, object]:
    """A body with the corrections that stand, or that stood as known at `at`.

    What was retracted by then has lost its corrections.
    """
    body = record.bodies[root]
    if root not in record.corrections:
        return body
    early = any(record.known[change.id] > change.reported for change in record.corrections[root])
    if early or record.retractions:
        return _one_by_one(root, record, at)
    if root not in record.stages:
        record.stages[root] = list(_stages(body, record.corrections[root]))
    stages = record.stages[root]
    known = len(stages) if at is None else bisect_right(stages, at, key=lambda stage: stage[0])
    return stages[known - 1][1] if known else body


def _stages(body: Mapping[str, object], changes: Iterable[Statement]) -> Iterator[tuple[int, Mapping[str, object]]]:
    """The body after each correction, with when that was reported."""
    for change in sorted(changes, key=lambda s: s.order):
        kept = {name: value for name, value in body.items() if name not in change.body}
        body = kept | {name: value for name, value in change.body.items() if value is not None}
        yield change.reported, body


def _one_by_one(root: str, record: Record, at: int | None) -> Mapping[str, object]:
    """The body where corrections were retracted, or reported before what they correct.

    It is the same as long as no other correction, and no other retraction, is known.
    """
    changes = [one for one in record.corrections[root] if at is None or record.known[one.id] <= at]
    taken_back = len(record.retractions) if at is None else bisect_right(record.retractions, at)
    key = (root, len(changes), taken_back)
    if key not in record.then:
        record.then[key] = _body_then(root, changes, record, at)
    return record.then[key]


def _body_then(root: str, changes: Iterable[Statement], record: Record, at: int | None) -> Mapping[str, object]:
    body, retracted = record.bodies[root], record.retracted
    if at is not None:
        retracted = _retracted(tuple(record.by_id.values()), record.by_id, record.depth, [], at)
        if root in retracted:
            return body
    fallen = _fallen(record, retracted)
    for _, changed in _stages(body, (one for one in changes if one.id not in fallen)):
        body = changed
    return body
