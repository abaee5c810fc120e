"""Laws of an assessment: neither the order of reports nor their batches matter, nor what is learned later."""

from __future__ import annotations

import dataclasses
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oracle.generate import GeneratedCase, cases
from properties.versus import agreement_of, reports_of
from servanda import Assessment, Tracker
from servanda.assessing import Engine, assess, moment
from servanda.evidence import state
from servanda.model.agreement import Agreement
from servanda.model.report import Report

LAWS = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


def read(case: GeneratedCase) -> tuple[Agreement, list[Report]]:
    return agreement_of(case[0]), reports_of(case[1])


def verdicts(agreement: Agreement, reports: list[Report], case: GeneratedCase, engine: Engine = "plain") -> Assessment:
    times = (moment(case[3], agreement), moment(case[4], agreement))
    assessed = assess(agreement, [state(r, agreement) for r in reports], case[2], *times, engine=engine)
    return dataclasses.replace(assessed.assessment, matcher="")


@LAWS
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_reports_does_not_matter(case: GeneratedCase, dice: random.Random) -> None:
    agreement, reports = read(case)
    shuffled = list(reports)
    dice.shuffle(shuffled)
    assert verdicts(agreement, shuffled, case) == verdicts(agreement, reports, case)


@LAWS
@given(cases(), st.randoms(use_true_random=False))
def test_a_report_told_twice_is_one_report(case: GeneratedCase, dice: random.Random) -> None:
    agreement, reports = read(case)
    again = [*reports, *dice.sample(reports, len(reports) // 2)]
    assert verdicts(agreement, again, case) == verdicts(agreement, reports, case)


@LAWS
@given(cases())
def test_what_is_learned_later_changes_nothing(case: GeneratedCase) -> None:
    agreement, reports = read(case)
    known_at = moment(case[4], agreement)
    known = [r for r in reports if r.reported.interval(agreement.zone).latest <= known_at]
    assert verdicts(agreement, known, case) == verdicts(agreement, reports, case)


@LAWS
@given(cases())
def test_taken_one_by_one_they_come_to_the_same(case: GeneratedCase) -> None:
    agreement, reports = read(case)
    tracker = Tracker(agreement, engine="plain")
    for report in reports:
        tracker.observe(report)
    live = tracker.assess(as_of=case[3], known_at=case[4], view=case[2])
    assert dataclasses.replace(live, matcher="") == verdicts(agreement, reports, case)


@LAWS
@given(cases())
def test_findings_add_up_to_the_assessment(case: GeneratedCase) -> None:
    agreement, reports = read(case)
    tracker = Tracker(agreement, engine="plain")
    believed = {}
    for report in reports:
        for finding in tracker.observe(report):
            assert finding.explain()
            if finding.change == "withdrawn":
                believed.pop(finding.key)
            else:
                believed[finding.key] = finding.statuses
    if reports:
        now = {one.key: one.statuses for one in tracker.assess().instances}
        assert {key: statuses for key, statuses in now.items() if key in believed} == believed


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_no_verdict_depends_on_the_matcher(case: GeneratedCase) -> None:
    agreement, reports = read(case)
    assert verdicts(agreement, reports, case, "rete") == verdicts(agreement, reports, case, "plain")


@LAWS
@given(cases())
def test_an_open_verdict_says_why_and_a_definite_one_does_not(case: GeneratedCase) -> None:
    agreement, reports = read(case)
    for instance in verdicts(agreement, reports, case).instances:
        assert bool(instance.because) is (instance.possible is not None)
