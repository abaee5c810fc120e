"""What may have happened: the statements on one incident and a view come in, its alternatives go out.

Semantics section 3, step by step. A pure function; nothing here knows of clauses.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from servanda.evidence.agreeing import Core, agree, alternatives, merge
from servanda.evidence.statements import Statement, speaks_for
from servanda.evidence.words import Record, Word, body_of, words_of
from servanda.model.agreement import Agreement, View
from servanda.model.kleene import Answer, Reason
from servanda.model.moments import BEGINNING, DAY, END, Interval, When, local_clock, sayable
from servanda.model.report import Amount
from servanda.model.verdict import ReportDiagnostic, StandingName

_OWN = frozenset({*Core._fields, "occurred", "quantity"})


@dataclass(frozen=True, slots=True)
class Alternative:
    """One thing that may have happened, with the reports that say so.

    `attributes` holds every value reported for a free attribute: one, or several where reports differ.
    `said` is when a report said so, corrections included, in the course of the last day on which it may have happened:
    by then it had happened. END where none did.
    `counted` are the acts that it counts as besides its own, each with whether it does. `settled` are questions
    about its fields that the evidence leaves open, and how a part of the worlds answers them; where `asked` is
    a set, what is asked and still open is noted in it.
    """

    core: Core
    time: Interval
    quantity: Amount | None
    attributes: Mapping[str, tuple[object, ...]]
    reports: tuple[str, ...]
    said: int
    counted: tuple[tuple[str, Answer], ...] = ()
    settled: tuple[tuple[str, bool], ...] = ()
    asked: set[str] | None = field(default=None, compare=False)


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


def stand(
    incident: str,
    statements: tuple[Statement, ...],
    depth: Mapping[str, int],
    view: View,
    agreement: Agreement,
) -> Standing | None:
    """The standing of an incident under a view; None when nobody says anything of it any more."""
    notes: list[ReportDiagnostic] = []
    words, record = words_of(statements, depth, notes)
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
    options = tuple(replace(option, said=_said(option, record, agreement.zone)) for option in options)
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


def by_then(standing: Standing, as_of: int) -> Standing:
    """The standing as of a time: what was reported by then to have happened that day had happened by then.

    An event whose time ends with a day, and reported in the course of that day, did not happen later that day. One
    reported on an earlier day may happen on each of the days to come.
    """
    reported = [
        option.time.earliest <= as_of < option.time.latest and option.said <= as_of for option in standing.alternatives
    ]
    if not any(reported):  # the usual case
        return standing
    options = (
        replace(option, time=Interval(option.time.earliest, as_of)) if cut else option
        for option, cut in zip(standing.alternatives, reported, strict=True)
    )
    return replace(standing, alternatives=tuple(options))


def _said(option: Alternative, record: Record, zone: ZoneInfo) -> int:
    """When the first of its reports of the last day on which it may have happened had been made, corrections in effect."""
    times = {name: record.by_id[name].reported for name in option.reports}
    for change, root in record.corrected.items():
        if root in times:
            times[root] = max(times[root], record.by_id[change].reported)
    return min((at for at in times.values() if _ends_that_day(option.time, at, zone)), default=END)


def _ends_that_day(time: Interval, at: int, zone: ZoneInfo) -> bool:
    """Whether a time ends with the local day of an instant, and not with a clock time or on another day."""
    if not at < time.latest < at + 2 * DAY or not sayable(at):  # the usual case: it was over by then
        return False
    return When.parse(f"{local_clock(at, zone).date()}").interval(zone).latest == time.latest


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


# --- alternatives -------------------------------------------------------------------------------------


def _core(body: Mapping[str, object]) -> Core:
    return Core(*(body.get(name) for name in Core._fields))  # type: ignore[arg-type]


def _time(body: Mapping[str, object]) -> Interval:
    occurred = body.get("occurred")
    return occurred if isinstance(occurred, Interval) else Interval(BEGINNING, int(str(body[""])))


def _alternatives(
    words: list[Word], agreement: Agreement, incident: str, notes: list[ReportDiagnostic]
) -> tuple[tuple[Alternative, ...], list[set[str]]]:
    """The alternatives that the assertions support, and the claimants behind each."""
    by_core: dict[Core, list[Word]] = {}
    for word in words:
        by_core.setdefault(_core(word.body or {}), []).append(word)
    cores = sorted(by_core, key=repr)
    groups = [(0,)] if len(cores) == 1 else alternatives(cores, agreement) if cores else []
    if groups is None:
        message = f"incident {incident!r} has more accounts than can be told apart; where they differ they are taken as unspecified"
        notes.append(ReportDiagnostic("R110", message))
        blurred = _blurred(cores, [w for core in cores for w in by_core[core]])
        return (blurred, blurred), [{w.statement.claimant for w in by_core[core]} for core in cores]
    found, support = [], []
    for group in groups:
        core = cores[group[0]]
        for position in group[1:]:
            core = merge(core, cores[position], agreement)
        members = [w for position in group for w in by_core[cores[position]]]
        found.append(_alternative(core, members))
        support.append({w.statement.claimant for w in members})
    return tuple(found), support


def _blurred(cores: list[Core], words: list[Word]) -> Alternative:
    """What all accounts have in common, with the time and quantity of any of them.

    It stands twice among the alternatives, because there are several and no more is known of them.
    """
    common = Core(*(values[0] if len(set(values)) == 1 else None for values in zip(*cores, strict=True)))
    bodies = [w.body or {} for w in words]
    times = [_time(body) for body in bodies]
    amounts = [amount for body in bodies if isinstance(amount := body.get("quantity"), Amount)]
    quantity = None
    if len(amounts) == len(bodies):
        quantity = Amount(min(a.low for a in amounts), max(a.high for a in amounts))
    attributes = {
        name: values if all(name in body for body in bodies) else (*values, None)
        for name, values in _attributes(bodies).items()
    }
    hull = Interval(min(t.earliest for t in times), max(t.latest for t in times))
    return Alternative(common, hull, quantity, attributes, tuple(w.statement.id for w in words), 0)


def _alternative(core: Core, words: list[Word]) -> Alternative:
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
    return Alternative(core, time, _amount(amounts), _attributes(bodies), tuple(w.statement.id for w in words), 0)


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


def _adds_nothing(denial: Word, asserted: list[Word], record: Record, agreement: Agreement) -> bool:
    """Whether a denial leaves *nothing happened* possible.

    It does, unless it denies one report and its claimant says what happened instead.
    """
    denied = denial.denies
    if denied is None or denied.id not in record.bodies:
        return True
    core = _core(body_of(denied.id, record, None))
    return not any(
        w.statement.claimant == denial.statement.claimant and not agree(_core(w.body or {}), core, agreement)
        for w in asserted
    )
