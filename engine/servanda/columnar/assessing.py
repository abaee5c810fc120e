"""The same verdicts from columns: lines, an agreement, a view and times come in; an assessment goes out.

What reports that stand alone do to clauses of the two common shapes is found in columns. Everything else - reports
that are of each other, times and bodies that leave something open, clauses of other shapes - is judged by the same
rules as ever, on no more reports than it takes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from servanda.assessing import in_report_order, standings_of
from servanda.columnar.bodies import Bodies, People
from servanda.columnar.covering import Bearers, ColumnsReported
from servanda.columnar.deadlines import deadlines
from servanda.columnar.lines import Lines
from servanda.columnar.prohibitions import prohibitions
from servanda.columnar.replies import Asked, replies_to
from servanda.columnar.shapes import keys_of, shape_of, tested
from servanda.columnar.told import Told, tell
from servanda.columnar.unfit import UnfitError
from servanda.evidence import Known, Standing, Statement, know
from servanda.lifecycle import (
    Role,
    Run,
    Touching,
    World,
    duties,
    finished,
    fold,
    groups_of,
    refine,
    roles_of,
    telling,
    under,
)
from servanda.matching import Body, ColumnMatcher, flagging_rules, make_matcher
from servanda.model.agreement import Agreement, View
from servanda.model.clauses import Clause
from servanda.model.verdict import ReportDiagnostic

Flagged = Mapping[Role, Sequence[int]]


@dataclass(frozen=True)
class InColumns:
    """An assessment, part of it in the tables `met` and `breach` of its lines.

    `runs` are the instances that the general rules judged, by clause; those of a prohibition still lack the breaches
    that are in columns. `duties` says by number whose duty a table is about. It is there to be read until the next
    assessment of the same lines, which uses the tables anew.
    """

    lines: Lines
    agreement: Agreement
    view: View
    times: tuple[int, int]
    clauses: tuple[Clause, ...]
    runs: Mapping[str, Sequence[Run]]
    duties: Sequence[Asked]
    diagnostics: tuple[ReportDiagnostic, ...]
    counts: tuple[int, int]


def assess(
    lines: Lines,
    agreement: Agreement,
    view: str,
    odd: Sequence[Statement],
    times: tuple[int, int],
    counts: tuple[int, int] = (0, 0),
) -> InColumns:
    """Judge every clause; `odd` are the statements of the odd lines, `counts` the lines rejected and set aside.

    Raises UnfitError where columns are of no use: more than one voice is asked for, or acts count as others.
    """
    seen = agreement.view(view)
    clauses = under(agreement, seen.account_of)
    if (seen.corroboration or agreement.corroboration) > 1:
        raise UnfitError("a single report is not enough here, so that reports have to be looked at together")
    if any(clause.duty == "counts_as" for clause in clauses):
        raise UnfitError("some acts count as others here")
    return _Assessing(lines, agreement, seen, clauses, times).judge(odd, counts)


class _Assessing:
    """One assessment under way."""

    def __init__(
        self, lines: Lines, agreement: Agreement, view: View, clauses: tuple[Clause, ...], times: tuple[int, int]
    ) -> None:
        self.lines, self.agreement, self.view, self.clauses, self.times = lines, agreement, view, clauses, times
        self.touching = Touching(clauses, agreement)
        self.flagged: dict[Role, list[int]] = {}

    def judge(self, odd: Sequence[Statement], counts: tuple[int, int]) -> InColumns:
        fields = tuple(tested(self.clauses, self.agreement.states))
        keys = set(keys_of(self.clauses, self.agreement.states))
        told = tell(self.lines, self.agreement, odd, self.times[1], fields, self._mattering, keys)
        known = know(told.statements, self.times[1], self.agreement)
        standings = self._standings(known)
        touching = self._touching(standings)
        groups = groups_of(self.clauses, self._used(touching))
        asked = list(self._asked(groups, told))
        shaped: dict[str, list[Asked]] = {"deadline": [], "prohibition": []}
        for one in asked:
            shaped[str(shape_of(one.duty.clause))].append(one)
        by_name: dict[str, list[Standing]] = {}
        for (name, _), found in touching.items():
            by_name.setdefault(name, []).extend(found.values())
        met = deadlines(shaped["deadline"], told, by_name, self.times)
        broken = prohibitions(shaped["prohibition"], told, self.flagged, by_name, self.times)
        in_columns = {one.duty.clause.name for one in asked} - met.clauses - broken.clauses
        rows = {**met.rows, **broken.rows}
        runs = self._runs(groups, in_columns, rows, told, touching)
        runs = self._finished(runs | self._besides_met(runs, shaped["deadline"]), told, standings)
        notes = [*known.diagnostics, *(note for one in standings.values() for note in one.diagnostics)]
        kept = [one for one in asked if one.duty.clause.name in in_columns]
        return InColumns(
            self.lines, self.agreement, self.view, self.times, self.clauses, runs, kept, in_report_order(notes), counts
        )

    # --- what touches what --------------------------------------------------------------------------------

    def _mattering(self, bodies: Bodies) -> Iterator[bool]:
        """Which bodies touch a clause, or name somebody whose coverage is told; noting what they touch."""
        matcher = ColumnMatcher(self.touching.facts, self.agreement.wholes, flagging_rules())
        flags = matcher.flags(list(bodies.touching()))
        matcher.close()
        covered = {name for bearers in self._covered() for name in bearers}
        told_of: dict[People, bool] = {}
        for number, (refs, people) in enumerate(zip(flags, bodies.people(), strict=True)):
            roles: set[Role] = set()
            if refs:
                core = bodies.core(number)
                roles.update(self.touching.narrowed(Body(core.act, core.actor), refs, core))
            if people not in told_of:
                told_of[people] = not covered.isdisjoint(bodies.named(people))
            for role in roles:
                self.flagged.setdefault(role, []).append(number)
            yield bool(roles) or told_of[people]

    def _covered(self) -> Iterator[Bearers]:
        """Those whose coverage is told: the bearers of duties that last."""
        for top in self.clauses:
            bearers = top.bearers
            for clause in top.with_otherwise():
                bearers = clause.bearers or bearers
                if clause.duty in ("must_not", "must_keep"):
                    yield from (duty.bearers for duty in duties(clause, bearers))

    def _standings(self, known: Known) -> dict[str, Standing]:
        return standings_of(known, self.view, self.agreement, self.times[0])

    def _touching(self, standings: Mapping[str, Standing]) -> dict[Role, dict[str, Standing]]:
        matcher = make_matcher(self.touching.facts, self.agreement.wholes, "plain")
        found: dict[Role, dict[str, Standing]] = {}
        for name, standing in standings.items():
            for role in self.touching.of(standing, matcher):
                found.setdefault(role, {})[name] = standing
        matcher.close()
        return found

    def _used(self, touching: Mapping[Role, object]) -> set[str]:
        """The powers and permissions that some incident may make use of."""
        there = {name for name, role in (*self.flagged, *touching) if role == "duty"}
        return {one.name for one in self.clauses if one.duty in ("may", "can") and one.name in there}

    def _asked(self, groups: Sequence[tuple[Clause, ...]], told: Told) -> Iterator[Asked]:
        """The duties of clauses on their own that have one of the two shapes, numbered in the order of their bearers."""
        number = 0
        for group in groups:
            shape = shape_of(group[0]) if len(group) == 1 else None
            if shape is None:
                continue
            for duty in sorted(duties(group[0], group[0].bearers), key=lambda one: one.bearers):
                yield Asked(number, duty, tuple(replies_to(duty, shape, self.flagged, told.bodies, self.agreement)))
                number += 1

    # --- what the general rules judge -----------------------------------------------------------------------

    def _runs(
        self,
        groups: Sequence[tuple[Clause, ...]],
        in_columns: Collection[str],
        rows: Mapping[str, Collection[int]],
        told: Told,
        touching: Mapping[Role, Mapping[str, Standing]],
    ) -> dict[str, Sequence[Run]]:
        """The runs of all that is not in columns, and of what was left."""
        roles = {group[0].name: tuple(roles_of(group)) for group in groups}
        whole = [group for group in groups if group[0].name not in in_columns]
        bodies = {body for group in whole for role in roles[group[0].name] for body in self.flagged.get(role, ())}
        listed = {row for found in rows.values() for row in found} | told.rows_of(bodies)
        placed = told.incidents_of(listed)
        body_of = dict(placed.values())
        alone = self._standings(know(told.stated(listed), self.times[1], self.agreement))
        by_body: dict[int, list[Role]] = {}
        for role, found in self.flagged.items():
            for body in found:
                by_body.setdefault(body, []).append(role)
        there: dict[Role, dict[str, Standing]] = {role: dict(found) for role, found in touching.items()}
        for name, standing in alone.items():
            for role in by_body.get(body_of[name], ()):
                there.setdefault(role, {})[name] = standing
        runs: dict[str, Sequence[Run]] = {}
        plain: dict[object, Sequence[Run]] = {}
        for group in groups:
            name = group[0].name
            part = {role: there[role] for role in roles[name] if role in there}
            if name in in_columns:
                wanted = {placed[row][0] for row in rows.get(name, ())}
                part = {role: _among(wanted, touching.get(role, {}), found) for role, found in part.items()}
            world = self._world(group, part)
            if world.size or name not in in_columns:
                runs |= refine(group, world, fold(group, world), fold)
            else:
                runs[name] = self._untouched(group[0], world, plain)
        return runs

    def _besides_met(self, runs: Mapping[str, Sequence[Run]], asked: Sequence[Asked]) -> dict[str, Sequence[Run]]:
        """The runs of deadlines but for those in columns, as a report may have been left on account of another bearer.

        Where there are any in columns, nothing need stand in for a clause that was not set off.
        """
        numbers = {(one.duty.clause.name, one.duty.bearers): one.number for one in asked}
        found = {name: runs[name] for name, _ in numbers}

        def key(run: Run) -> tuple[int, str | None]:
            trigger = run.instance.trigger
            return numbers[run.instance.clause, run.instance.bearer], None if trigger is None else trigger.incident

        judged = (key(run) for some in found.values() for run in some)
        self.lines.put("judged", {"duty": "bigint", "incident": "varchar"}, judged)
        fetch = self.lines.connection.execute
        double = set(fetch("select duty, incident from met semi join judged using (duty, incident)").fetchall())
        double |= {(number, None) for (number,) in fetch("select distinct duty from met").fetchall()}
        return {name: [run for run in some if key(run) not in double] for name, some in found.items()}

    def _untouched(self, clause: Clause, world: World, held: dict[object, Sequence[Run]]) -> Sequence[Run]:
        """The runs of a clause on its own that nothing touches: alike but for names wherever the times are."""
        times = (clause.duty, clause.on, clause.by, clause.start, clause.until, clause.within, clause.lasting)
        key = (*times, clause.grace, clause.condition, bool(clause.when))
        bound = list(duties(clause, clause.bearers))
        if key not in held:
            held[key] = fold((clause,), world)[clause.name][:1]
        (like,) = held[key]
        return [
            replace(like, instance=replace(like.instance, clause=clause.name, bearer=duty.bearers)) for duty in bound
        ]

    def _world(self, group: tuple[Clause, ...], touching: Mapping[Role, Mapping[str, Standing]]) -> World:
        ordered = {role: dict(sorted(found.items())) for role, found in touching.items() if found}
        standings = dict(sorted((name, one) for found in ordered.values() for name, one in found.items()))
        return World(self.agreement, standings, self.times, ordered, telling(group), self.clauses)

    def _finished(
        self, runs: Mapping[str, Sequence[Run]], told: Told, standings: Mapping[str, Standing]
    ) -> dict[str, Sequence[Run]]:
        by_name = {clause.name: clause for top in self.clauses for clause in top.with_otherwise()}
        bearers = dict.fromkeys(run.instance.bearer for found in runs.values() for run in found)
        reported = ColumnsReported(told, tuple(bearers), standings.values())
        return {
            name: list(finished(found, by_name, reported, self.agreement, self.times)) for name, found in runs.items()
        }


def _among(wanted: Collection[str], odd: Mapping[str, Standing], found: Mapping[str, Standing]) -> dict[str, Standing]:
    """The incidents that a clause in columns has left to the general rules, and those that are in no column."""
    names = wanted if len(wanted) + len(odd) > len(found) else [*wanted, *odd]
    if names is wanted:
        return {name: one for name, one in found.items() if name in wanted or name in odd}
    return {name: found[name] for name in names if name in found}
