"""A tracker against others: seeded histories come in, with reports late and twice; differences go out.

It is held against assessments from scratch; and one with a retention against itself, saved and restored on the way.

python -m live.versus 100000        # that many seeded histories (run in tests/); exit 1 on a difference
python -m live.versus 1000 5000     # from this seed
"""

from __future__ import annotations

import dataclasses
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from oracle.generate import GeneratedCase, seeded_case
from properties.versus import agreement_of, reports_of
from servanda import Assessment, Tracker
from servanda.assessing import assess
from servanda.errors import TooMuchError
from servanda.evidence import state
from servanda.model.agreement import Agreement
from servanda.model.moments import DAY, END
from servanda.model.periods import periods
from servanda.model.report import Report
from servanda.model.verdict import Instance

Key = tuple[object, ...]


def from_scratch(agreement: Agreement, reports: list[Report], view: str, at: int) -> Assessment:
    statements = [state(one, agreement) for one in reports]
    return dataclasses.replace(assess(agreement, statements, view, at, at, engine="plain").assessment, matcher="")


def history(case: GeneratedCase, dice: random.Random) -> tuple[Agreement, list[Report]]:
    """The reports of a case, as they may come in: some late, some twice."""
    agreement, reports = agreement_of(case[0]), reports_of(case[1])
    latest = {one.id: one.reported.interval(agreement.zone).latest for one in reports}
    late = {one.id: latest[one.id] + dice.choice((0, 0, dice.randrange(40 * DAY))) for one in reports}
    arriving = sorted(reports, key=lambda one: (late[one.id], one.id))
    return agreement, [*arriving, *dice.sample(arriving, len(arriving) // 4)]


def differences(seed: int) -> Iterator[str]:
    """Where a tracker differs: after a report or some time, in a view; or in a finding, at its instant."""
    case, dice = seeded_case(seed), random.Random(seed)
    agreement, arriving = history(case, dice)
    if _long(agreement, arriving):
        return
    tracker = Tracker(agreement, view=case[2], engine="plain")
    believed: dict[Key, frozenset[str]] = {}
    for number, report in enumerate(arriving, 1):
        known = arriving[:number]
        try:
            findings = [(one, known[:-1] if one.report is None else known) for one in tracker.observe(report)]
        except TooMuchError:
            yield from _as_much(agreement, known, case[2], tracker.clock)
            return
        if dice.random() < 0.3 and tracker.clock is not None:
            to = tracker.clock + dice.choice((0, 1, dice.randrange(20 * DAY)))
            findings += [(one, known) for one in tracker.advance(to)]
        assert tracker.clock is not None
        for finding, then in findings:
            if finding.before != believed.get(finding.key, finding.before):
                yield f"report {number}: {finding} was not believed before"
            believed[finding.key] = finding.statuses
            if finding.report is None and dice.random() < 0.3:
                scratch = {one.key: one for one in from_scratch(agreement, then, case[2], finding.at).instances}
                there = scratch.get(finding.key)
                if there is not None and there.statuses != finding.statuses and not there.approximate:
                    yield f"report {number}: at its instant {finding} is {there}"
        for view in {case[2], dice.choice(("neutral", "account of PAK")) if dice.random() < 0.2 else case[2]}:
            live = dataclasses.replace(tracker.assess(view=view), matcher="")
            scratch_ = from_scratch(agreement, known, view, tracker.clock)
            yield from (f"report {number}, {view}: {one}" for one in unlike(live, scratch_))
        if dice.random() < 0.3:
            past = state(dice.choice(known), agreement).reported
            then_ = dataclasses.replace(tracker.assess(as_of=past, known_at=past, view=case[2]), matcher="")
            scratch_ = from_scratch(agreement, known, case[2], past)
            yield from (f"report {number}, as of {past}: {one}" for one in unlike(then_, scratch_))
        for instance in tracker.assess(view=case[2]).instances:
            if believed.get(instance.key, instance.statuses) != instance.statuses:
                yield f"report {number}: no finding led to {instance}"


def lost(seed: int, path: Path) -> Iterator[str]:
    """Where a tracker with a retention goes on otherwise than it does once it was saved and restored."""
    case, dice = seeded_case(seed), random.Random(seed)
    agreement, arriving = history(case, dice)
    retention = dice.choice(("PT1H", "P1D", "P3D", "P10D", "P30D"))
    tracker = Tracker(agreement, view=case[2], engine="plain", retention=retention)
    cut = dice.randrange(len(arriving) + 1)
    if _long(agreement, arriving) or "much" in _steps(tracker, arriving[:cut], dice):
        return
    tracker.save(path)
    again = Tracker.restore(agreement, path, engine="plain")
    kept = (tracker.clock, tracker.reports, tracker.settled, tracker.memory)
    if (again.clock, again.reports, again.settled, again.memory) != kept:
        yield f"{again.memory} is not {tracker.memory}"
    same = dice.random()
    ours, theirs = (_steps(one, arriving[cut:], random.Random(same)) for one in (tracker, again))
    for one, two in zip(ours, theirs, strict=True):
        if isinstance(one, Assessment) and isinstance(two, Assessment):
            yield from unlike(two, one)
        elif one != two:
            yield f"{two} is not {one}"


def _steps(tracker: Tracker, reports: list[Report], dice: random.Random) -> list[object]:
    """What comes of reports, and of time that passes after some of them."""
    found: list[object] = [] if tracker.clock is None else [tracker.assess(view=tracker.view)]
    for report in reports:
        try:
            found.append(tracker.observe(report))
            assert tracker.clock is not None
            if dice.random() < 0.4:
                found.append(tracker.advance(tracker.clock + dice.choice((0, 1, dice.randrange(20 * DAY)))))
        except TooMuchError:
            return [*found, "much"]
        if dice.random() < 0.5:
            found += [tracker.assess(view=tracker.view), tracker.settled]
    return found


def _as_much(agreement: Agreement, known: list[Report], view: str, at: int | None) -> Iterator[str]:
    """An assessment from scratch has to give up, too."""
    try:
        from_scratch(agreement, known, view, at or 0)
    except TooMuchError:
        return
    yield "it is too much for the tracker only"


def _long(agreement: Agreement, reports: list[Report]) -> bool:
    """Whether very many periods begin between the reports, each of them an instant to stop at."""
    times = [one.reported.interval(agreement.zone).latest for one in reports]
    return any(
        len(list(periods(clause.every, max(times), END, agreement.zone))) > 40
        for clause in agreement.clauses
        if clause.every and times
    )


def unlike(live: Assessment, scratch: Assessment) -> Iterator[str]:
    """Where two assessments differ, but for bounds: which is found depends on where worlds are split."""
    if dataclasses.replace(live, instances=()) != dataclasses.replace(scratch, instances=()):
        yield f"{dataclasses.replace(live, instances=())} is not {dataclasses.replace(scratch, instances=())}"
    ours: dict[Key, Instance] = {one.key: one for one in live.instances}
    theirs: dict[Key, Instance] = {one.key: one for one in scratch.instances}
    for key in {**ours, **theirs}:
        one, two = ours.get(key), theirs.get(key)
        if one != two and not (one and two and one.approximate and two.approximate):
            yield f"live {one}\n   scratch {two}"
    if not ours.keys() ^ theirs.keys() and list(ours) != list(theirs):
        yield "the instances are in another order"


def main(cases: int, first: int = 0) -> int:
    """Compare seeded histories; print each that differs."""
    wrong = 0
    for seed in range(first, first + cases):
        try:
            found = list(differences(seed))
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is a difference
            found = [repr(error)]
        if found:
            wrong += 1
            print(f"seed {seed}:", *found[:2], sep="\n  ")
    print(f"{cases} histories, {wrong} with differences")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
