"""What may have happened: the statements on one incident and a view come in, its alternatives go out.

Semantics section 3, step by step. A pure function; nothing here knows of clauses.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from servanda.evidence.agreeing import Core, agree, alternatives, merge
from servanda.evidence.statements import Statement, speaks_for
from servanda.model.agreement import Agreement, View
from servanda.model.kleene import Reason
from servanda.model.moments import BEGINNING, Interval
from servanda.model.report import Amount
from servanda.model.verdict import ReportDiagnostic, StandingName

_OWN = frozenset({*Core._fields, "occurred", "quantity"})


@dataclass(frozen=True, slots=True)
class Alternative:
    """One thing that may have happened, with the reports that say so.

    `attributes` holds every value reported for a free attribute: one, or several where reports differ.
    """

    core: Core
    time: Interval
    quantity: Amount | None
    attributes: Mapping[str, tuple[object, ...]]
    reports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetAside:
    """A report that a view does not listen to, because a better tier speaks."""

    report: str
    tier: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What may have happened in an incident under a view.

    `nothing` says why *nothing happened* is among the possibilities: `contested` by a denial,
    `uncorroborated` for want of support, or both; empty when something certainly happened.
    """

    incident: str
    alternatives: tuple[Alternative, ...]
    nothing: frozenset[Reason]
    reports: tuple[str, ...]
    voices: tuple[tuple[str, int], ...]  # who said so and when, in the order of `reports`
    set_aside: tuple[SetAside, ...]
    diagnostics: tuple[ReportDiagnostic, ...] = ()

    @property
    def name(self) -> StandingName:
        """The standing as people say it."""
        if not self.alternatives:
            return "refuted"
        if len(self.alternatives) > 1 or "contested" in self.nothing:
            return "contested"
        return "uncorroborated" if self.nothing else "established"

    @property
    def reasons(self) -> frozenset[Reason]:
        """Why it is not established."""
        return self.nothing | ({"contested"} if len(self.alternatives) > 1 else frozenset())


class _Word(NamedTuple):
    """A statement that counts: an assertion with its body, or a denial (body None)."""

    statement: Statement
    body: Mapping[str, object] | None
    denies: Statement | None = None  # the one report a denial denies


def stand(
    incident: str,
    statements: tuple[Statement, ...],
    depth: Mapping[str, int],
    view: View,
    agreement: Agreement,
) -> Standing | None:
    """The standing of an incident under a view; None when nobody says anything of it any more."""
    notes: list[ReportDiagnostic] = []
    words, record = _words(statements, depth, notes)
    tiers = {w.statement.claimant: tier_of(w.statement.claimant, view, agreement) for w in words}
    if not words:
        return None
    best = min(tiers.values())
    kept = [w for w in words if tiers[w.statement.claimant] == best]
    aside = tuple(
        SetAside(w.statement.id, tiers[w.statement.claimant]) for w in words if tiers[w.statement.claimant] != best
    )
    asserted = [w for w in kept if w.body is not None]
    options, support = _alternatives(asserted, agreement, incident, notes)
    nothing: set[Reason] = set()
    if any(_adds_nothing(w, asserted, record, agreement) for w in kept if w.body is None):
        nothing.add("contested")
    threshold = view.corroboration or agreement.corroboration
    if any(_independent(claimants, agreement) < threshold for claimants in support):
        nothing.add("uncorroborated")
    ids = {w.statement.id for w in kept}
    counted = [s for s in statements if s.id in ids or record.corrected.get(s.id) in ids]
    return Standing(
        incident,
        options,
        frozenset(nothing),
        tuple(s.id for s in counted),
        tuple((s.claimant, s.reported) for s in counted),
        aside,
        tuple(notes),
    )


def tier_of(claimant: str, view: View, agreement: Agreement) -> int:
    """The position of the first tier that names the claimant; the implicit last one is `rest`."""
    source = agreement.sources.get(claimant)
    actor = speaks_for(claimant, agreement)
    names = {claimant}
    if actor is not None:
        names |= {f"actor:{whole}" for whole in agreement.wholes(actor)}
        names |= {f"role:{agreement.actors[a].role}" for a in agreement.wholes(actor) if a in agreement.actors}
    if source is not None and source.kind:
        names.add(f"kind:{source.kind}")
    for position, tier in enumerate(view.ranking):
        if names.intersection(tier):
            return position
    rest = (position for position, tier in enumerate(view.ranking) if "rest" in tier)
    return next(rest, len(view.ranking))


def _independent(claimants: Iterable[str], agreement: Agreement) -> int:
    """How many independent voices: those who speak for the same top actor count once."""
    voices = set()
    for claimant in claimants:
        actor = speaks_for(claimant, agreement)
        voices.add(("actor", agreement.wholes(actor)[-1]) if actor else ("claimant", claimant))
    return len(voices)


# --- retractions, corrections, confirmations ------------------------------------------------------------


@dataclass
class _Record:
    """What became of each statement on one incident."""

    by_id: dict[str, Statement]
    depth: Mapping[str, int]
    retracted: set[str]
    corrected: dict[str, str]  # a correction in effect -> the report it corrects in the end
    corrections: dict[str, list[Statement]]  # that report -> every correction of it by its claimant
    bodies: dict[str, Mapping[str, object]]  # assertions and confirmations as first made
    denied: dict[str, Statement | None]  # what a denial (or its confirmation) denies, if one report


def _words(
    statements: tuple[Statement, ...], depth: Mapping[str, int], notes: list[ReportDiagnostic]
) -> tuple[list[_Word], _Record]:
    """The statements that count, in order, with their bodies as they stand."""
    if len(statements) == 1 and statements[0].says == "asserts":  # the usual case
        only = statements[0]
        return [_Word(only, _made(only))], _Record({only.id: only}, depth, set(), {}, {}, {only.id: _made(only)}, {})
    by_id = {s.id: s for s in statements}
    record = _Record(by_id, depth, _retracted(statements, by_id, depth, notes), {}, {}, {}, {})
    shallow_first = sorted(statements, key=lambda s: (depth[s.id], s.order))
    for one in statements:  # all corrections first: a confirmation takes those known by then
        if one.says == "corrects":
            _correct(one, record, notes)
    for one in shallow_first:
        _take(one, record, notes)
    for root, changes in record.corrections.items():
        for change in changes:
            if change.id not in record.retracted and _whole_chain_stands(change, record):
                record.corrected[change.id] = root
    words = []
    for one in statements:
        if one.id in record.retracted:
            continue
        if one.id in record.bodies:
            words.append(_Word(one, _body(one.id, record, None)))
        elif one.id in record.denied:
            words.append(_Word(one, None, record.denied[one.id]))
    return words, record


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


def _take(one: Statement, record: _Record, notes: list[ReportDiagnostic]) -> None:
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
            record.bodies[one.id] = _body(root.id, record, max(one.reported, root.reported))


def _correct(one: Statement, record: _Record, notes: list[ReportDiagnostic]) -> None:
    """Note down a correction, if it corrects the claimant's own word."""
    target = record.by_id.get(one.of or "")
    if not _same_hand(one, target, notes):
        return
    root = _root(target, record)
    if root is None or root.says not in ("asserts", "confirms"):
        message = f"report {one.id!r} corrects {one.of!r}, which asserts nothing: nothing is changed"
        notes.append(ReportDiagnostic("R105", message, one.id, one.line))
    elif _same_hand(one, root, notes):
        record.corrections.setdefault(root.id, []).append(one)


def _root(target: Statement | None, record: _Record) -> Statement | None:
    """The report behind a chain of corrections."""
    while target is not None and target.says == "corrects":
        target = record.by_id.get(target.of or "")
    return target


def _whole_chain_stands(change: Statement, record: _Record) -> bool:
    """A correction of a correction goes with what it corrects."""
    at = record.by_id.get(change.of or "")
    while at is not None and at.says == "corrects":
        if at.id in record.retracted:
            return False
        at = record.by_id.get(at.of or "")
    return True


def _body(root: str, record: _Record, at: int | None) -> Mapping[str, object]:
    """A body with the corrections that stand, or that stood as known at `at`."""
    body = record.bodies[root]
    changes = record.corrections.get(root)
    if not changes:
        return body
    view = record
    if at is not None and any(s.says == "retracts" for s in record.by_id.values()):
        then = _retracted(tuple(record.by_id.values()), record.by_id, record.depth, [], at)
        view = replace(record, retracted=then)
    merged = dict(body)
    for change in sorted(changes, key=lambda s: s.order):
        late = at is not None and change.reported > at
        if late or change.id in view.retracted or not _whole_chain_stands(change, view):
            continue
        for name, value in change.body.items():
            if value is None:
                merged.pop(name, None)
            else:
                merged[name] = value
    return merged


# --- alternatives -------------------------------------------------------------------------------------


def _core(body: Mapping[str, object]) -> Core:
    return Core(*(body.get(name) for name in Core._fields))  # type: ignore[arg-type]


def _time(body: Mapping[str, object]) -> Interval:
    occurred = body.get("occurred")
    return occurred if isinstance(occurred, Interval) else Interval(BEGINNING, int(str(body[""])))


def _alternatives(
    words: list[_Word], agreement: Agreement, incident: str, notes: list[ReportDiagnostic]
) -> tuple[tuple[Alternative, ...], list[set[str]]]:
    """The alternatives that the assertions support, and the claimants behind each."""
    by_core: dict[Core, list[_Word]] = {}
    for word in words:
        by_core.setdefault(_core(word.body or {}), []).append(word)
    cores = sorted(by_core, key=repr)
    groups = [(0,)] if len(cores) == 1 else alternatives(cores, agreement) if cores else []
    if groups is None:
        message = f"incident {incident!r} has more accounts than can be told apart: their act, actor, target, object and place are taken as unspecified"
        notes.append(ReportDiagnostic("R110", message))
        words_all = [w for core in cores for w in by_core[core]]
        return (_alternative(Core(), words_all),), [{w.statement.claimant for w in words_all}]
    found, support = [], []
    for group in groups:
        core = cores[group[0]]
        for position in group[1:]:
            core = merge(core, cores[position], agreement)
        members = [w for position in group for w in by_core[cores[position]]]
        found.append(_alternative(core, members))
        support.append({w.statement.claimant for w in members})
    return tuple(found), support


def _alternative(core: Core, words: list[_Word]) -> Alternative:
    words = sorted(words, key=lambda w: w.statement.order)
    bodies = [w.body or {} for w in words]
    time = _time(bodies[0])
    amounts = [b["quantity"] for b in bodies if isinstance(b.get("quantity"), Amount)]
    if len(bodies) > 1:
        times = [_time(b) for b in bodies]
        low, high = max(t.earliest for t in times), min(t.latest for t in times)
        if low > high:
            low, high = min(t.earliest for t in times), max(t.latest for t in times)
        time = Interval(low, high)
    return Alternative(core, time, _amount(amounts), _attributes(bodies), tuple(w.statement.id for w in words))


def _amount(amounts: list[object]) -> Amount | None:
    known = [a for a in amounts if isinstance(a, Amount)]
    if not known:
        return None
    low, high = max(a.low for a in known), min(a.high for a in known)
    if low > high:
        low, high = min(a.low for a in known), max(a.high for a in known)
    return Amount(low, high)


def _attributes(bodies: list[Mapping[str, object]]) -> Mapping[str, tuple[object, ...]]:
    found: dict[str, dict[str, object]] = {}
    for body in bodies:
        for name, value in body.items():
            if name and name not in _OWN:
                found.setdefault(name, {})[json.dumps(value, sort_keys=True, default=str)] = value
    return {name: tuple(values[key] for key in sorted(values)) for name, values in found.items()}


def _adds_nothing(denial: _Word, asserted: list[_Word], record: _Record, agreement: Agreement) -> bool:
    """Whether a denial leaves *nothing happened* possible.

    It does, unless it denies one report and its claimant says what happened instead.
    """
    denied = denial.denies
    if denied is None or denied.id not in record.bodies:
        return True
    core = _core(_body(denied.id, record, None))
    return not any(
        w.statement.claimant == denial.statement.claimant and not agree(_core(w.body or {}), core, agreement)
        for w in asserted
    )
