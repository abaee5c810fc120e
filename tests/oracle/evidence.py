"""Reports come in, with a view and what was known; the alternatives of every incident go out (§3)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from .names import Names, act_within
from .times import INFINITY, Bound, interval, last_of_day, latest
from .views import View

Report = Mapping[str, Any]
Body = dict[str, Any]

BODY_FIELDS = ("act", "actor", "target", "object", "place", "quantity")
DISAGREEABLE = ("act", "actor", "target", "object", "place")
ENVELOPE = {"id", "source", "claimant", "reported", "says", "incident", "of", "agreement", "url"}


@dataclass(frozen=True)
class Alternative:
    """What may have happened: a field that is left out is absent, a free attribute is a set."""

    fields: Mapping[str, Any]
    time: tuple[Bound, Bound]
    quantity: tuple[float, float] | None = None
    free: Mapping[str, frozenset[Any]] = field(default_factory=dict)
    said: Bound = INFINITY
    """When the first of its reports of the day with which its time ends was made, with the corrections of that report."""


NOTHING = None
"""The alternative ⊥: nothing happened."""

Alternatives = list[Alternative | None]


@dataclass(frozen=True)
class Statement:
    """What a report comes to once retractions and corrections are applied."""

    claimant: str
    denies: bool
    body: Body
    reported: Bound
    denied: str | None = None
    said: Bound = INFINITY


def alternatives(
    agreement: Mapping[str, Any], reports: Iterable[Report], view: View, known_at: Bound
) -> dict[str, Alternatives]:
    names = Names(agreement)
    archive = Archive(names, [r for r in distinct(reports) if latest(r["reported"]) <= known_at])
    found = {}
    for incident, statements in archive.statements(known_at).items():
        best = min(view.tier(s.claimant) for s in statements)
        kept = [s for s in statements if view.tier(s.claimant) == best]
        found[incident] = fold(kept, archive, names, view.corroboration, known_at)
    return found


def by_then(found: Alternatives, as_of: Bound) -> Alternatives:
    """What was reported by `as_of` to have happened, in the course of its last day, had happened by then."""
    return [
        replace(a, time=(a.time[0], as_of)) if a and a.time[0] <= as_of < a.time[1] and a.said <= as_of else a
        for a in found
    ]


def canonical(report: Report) -> bytes:
    return json.dumps(report, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def distinct(reports: Iterable[Report]) -> list[Report]:
    """Of several reports with one id, the first by (`reported`, canonical content) stands."""
    first: dict[str, Report] = {}
    for report in sorted(reports, key=lambda r: (latest(r["reported"]), canonical(r))):
        first.setdefault(report["id"], report)
    return list(first.values())


def claimant(report: Report) -> str:
    return str(report.get("claimant") or report["source"])


class Archive:
    """All reports known, by id, each with the incident it is about."""

    def __init__(self, names: Names, known: list[Report]) -> None:
        self.names = names
        self.by_id = {r["id"]: r for r in known}
        self.incident = self.place(known)

    def place(self, known: list[Report]) -> dict[str, str]:
        """A report `of` something not yet known waits: it has no incident."""
        placed = {r["id"]: r.get("incident") or r["id"] for r in known if not r.get("of")}
        progress = True
        while progress:
            progress = False
            for report in known:
                of = report.get("of")
                if report["id"] in placed or not of:
                    continue
                known_incident = of if of in placed.values() else None
                incident = placed.get(of) if of in self.by_id else known_incident
                if incident is not None:
                    placed[report["id"]] = incident
                    progress = True
        return placed

    def own(self, says: str, target: str, at: Bound) -> list[Report]:
        """Reports by the target's own claimant that correct or retract it, known at `at`, standing."""
        return [
            r
            for r in self.by_id.values()
            if r.get("says") == says
            and r.get("of") == target
            and claimant(r) == claimant(self.by_id[target])
            and latest(r["reported"]) <= at
            and not self.retracted(r["id"], at)
        ]

    def retracted(self, report: str, at: Bound) -> bool:
        """A retracted retraction is as if never made."""
        return bool(self.own("retracts", report, at))

    def corrections(self, report: str, at: Bound) -> list[Report]:
        """What is retracted has lost its corrections too; a correction of a correction is one more."""
        if self.retracted(report, at):
            return []
        direct = self.own("corrects", report, at)
        return direct + [deeper for c in direct for deeper in self.corrections(c["id"], at)]

    def body(self, report: Report, at: Bound) -> Body:
        body = {k: v for k, v in report.items() if k not in ENVELOPE and v is not None}
        if report.get("says") == "confirms":
            confirmed = self.by_id[report["of"]]
            made = max(latest(report["reported"]), latest(confirmed["reported"]))
            body = self.body(confirmed, made)
        order = sorted(self.corrections(report["id"], at), key=lambda c: (latest(c["reported"]), c["id"]))
        for correction in order:
            for name, value in correction.items():
                if name in ENVELOPE:
                    continue
                if value is None:
                    body.pop(name, None)
                else:
                    body[name] = value
        return body

    def original(self, report: Report) -> Report | None:
        """The report that a chain of confirmations goes back to."""
        while report.get("says") == "confirms":
            if report["of"] not in self.by_id:
                return None
            report = self.by_id[report["of"]]
        return report

    def statements(self, at: Bound) -> dict[str, list[Statement]]:
        found: dict[str, list[Statement]] = {}
        for name, incident in self.incident.items():
            report = self.by_id[name]
            original = self.original(report)
            if original is None or self.retracted(name, at):
                continue
            says = original.get("says", "asserts")
            if says == "denies":
                denied = original["of"] if original["of"] in self.by_id else None
                target = self.original(self.by_id[denied]) if denied else None
                if target and target.get("says") == "denies":
                    continue  # the denial of a denial says nothing of what happened
                statement = Statement(claimant(report), True, {}, 0, denied)
            elif says == "asserts":
                before = latest(original["reported"])
                said = max(latest(r["reported"]) for r in [report, *self.corrections(name, at)])
                statement = Statement(claimant(report), False, self.body(report, at), before, said=said)
            else:
                continue
            found.setdefault(incident, []).append(statement)
        return found


def fold(kept: list[Statement], archive: Archive, names: Names, k: int, at: Bound) -> Alternatives:
    """The alternatives that the statements of the best tier leave."""
    asserted = [s for s in kept if not s.denies]
    groups = agreeing_sets(asserted, names)
    found: Alternatives = [merge(group, names) for group in groups]
    refuted = any(s.denies and not offers_another(s, asserted, archive, names, at) for s in kept)
    if refuted or any(support(group, names) < k for group in groups):
        found.append(NOTHING)
    if not found:
        # Only a denial that counts for nothing could lead here, and that needs an assertion.
        raise AssertionError("an incident without alternatives")
    return found


def offers_another(denial: Statement, asserted: list[Statement], archive: Archive, names: Names, at: Bound) -> bool:
    """A denial of one report by somebody who says otherwise is no claim that nothing happened."""
    if denial.denied is None:
        return False
    denied = archive.body(archive.by_id[denial.denied], at)
    return any(s.claimant == denial.claimant and not agree(s.body, denied, names) for s in asserted)


def agreeing_sets(asserted: list[Statement], names: Names) -> list[list[Statement]]:
    """The maximal sets of statements that agree pairwise, by trying every set, largest first."""
    found: list[set[int]] = []
    indices = range(len(asserted))
    for size in range(len(asserted), 0, -1):
        for chosen in combinations(indices, size):
            if any(set(chosen) <= larger for larger in found):
                continue
            if all(agree(asserted[a].body, asserted[b].body, names) for a, b in combinations(chosen, 2)):
                found.append(set(chosen))
    return [[asserted[i] for i in sorted(chosen)] for chosen in found]


def support(group: list[Statement], names: Names) -> int:
    """Claimants that speak for the same top actor count once."""
    voices = set()
    for statement in group:
        actor = names.speaks_for(statement.claimant)
        voices.add(("actor", names.top(actor)) if actor else ("claimant", statement.claimant))
    return len(voices)


def agree(a: Body, b: Body, names: Names) -> bool:
    return all(same(f, a[f], b[f], names) for f in DISAGREEABLE if f in a and f in b)


def same(name: str, a: Any, b: Any, names: Names) -> bool:
    if name == "act":
        return act_within(a, b) or act_within(b, a)
    if name == "place":
        return names.place_within(a, b) or names.place_within(b, a)
    if name in ("actor", "target"):
        ours, theirs = members(a, names), members(b, names)
        return each_comparable(ours, theirs, names) and each_comparable(theirs, ours, names)
    return bool(a == b)


def each_comparable(ours: frozenset[str], theirs: frozenset[str], names: Names) -> bool:
    return all(any(names.actor_within(a, b) or names.actor_within(b, a) for b in theirs) for a in ours)


def members(value: Any, names: Names) -> frozenset[str]:
    return frozenset(names.actor(v) for v in (value if isinstance(value, list) else [value]))


def merge(group: list[Statement], names: Names) -> Alternative:
    """What the reports of an agreeing set say together: the finer value of each field is kept."""
    fields: Body = {}
    free: dict[str, set[Any]] = {}
    for name in DISAGREEABLE:
        said = [s.body[name] for s in group if name in s.body]
        if said:
            fields[name] = finest(name, said, names)
    for statement in group:
        for name, value in statement.body.items():
            if name not in BODY_FIELDS and name != "occurred":
                free.setdefault(name, set()).add(value)
    time = common([interval(s.body["occurred"]) if "occurred" in s.body else (-INFINITY, s.reported) for s in group])
    amounts = [amount(s.body["quantity"]) for s in group if "quantity" in s.body]
    return Alternative(
        fields,
        time,
        common(amounts) if amounts else None,
        {k: frozenset(v) for k, v in free.items()},
        min((s.said for s in group if time[1] == last_of_day(s.said)), default=INFINITY),
    )


def finest(name: str, said: list[Any], names: Names) -> Any:
    if name == "act":
        return max(said, key=len)  # they are comparable, so the longest lies below all others
    if name == "place":
        return next(p for p in said if all(names.place_within(p, q) for q in said))
    if name in ("actor", "target"):
        everyone = frozenset().union(*(members(v, names) for v in said))
        return frozenset(a for a in everyone if not any(b != a and names.actor_within(b, a) for b in everyone))
    return said[0]


def amount(quantity: Any) -> tuple[float, float]:
    if isinstance(quantity, Mapping):
        return quantity["low"], quantity["high"]
    return quantity, quantity


def common(ranges: list[tuple[Any, Any]]) -> tuple[Any, Any]:
    """The intersection, or the hull when that is empty."""
    low, high = max(r[0] for r in ranges), min(r[1] for r in ranges)
    if low <= high:
        return low, high
    return min(r[0] for r in ranges), max(r[1] for r in ranges)
