"""A history for every diagnostic of reports: the file's name begins with the code it must give, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from servanda import Assessment, Tracker, loads, read_reports, report
from servanda.diagnostics import CATALOGUE

FILES = sorted((Path(__file__).parent / "bad_histories").glob("*.jsonl"))
AGREEMENT = """\
servanda: 1
agreement: example
actors:
  PAK: {name: Pakistan, role: party}
  AFG: {name: Afghanistan, role: party}
sources: {mujahid: {speaks_for: AFG}, press: {kind: media}}
clauses:
  ceasefire: {binds: [PAK, AFG], must_not: {act: force.attack, target: $other}}
"""
REPLY = "  reply: {binds: PAK, when: {act: talk.demand}, must: {act: talk.reply}, within: P3D}\n"
RETAINED = {"R111", "R112", "R113"}  # what a tracker with a retention has to say


def judged(file: Path) -> Assessment:
    retained = file.name.split("-")[0] in RETAINED
    tracker = Tracker(loads(AGREEMENT + REPLY), engine="plain", retention="P30D" if retained else None)
    for one in read_reports(file):
        tracker.observe(one)
    return tracker.assess() if retained else tracker.assess(as_of="2025-10-20", known_at="2025-10-20")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_history_gives_its_code_and_still_a_verdict(file: Path) -> None:
    assessment = judged(file)
    code = file.name.split("-")[0]
    assert {note.code for note in assessment.diagnostics} == {code}
    assert all(note.message and CATALOGUE[note.code] for note in assessment.diagnostics)
    assert {instance.clause for instance in assessment.instances} == {"ceasefire", "reply"}


def test_there_is_a_history_for_every_code() -> None:
    assert {file.name.split("-")[0] for file in FILES} == {code for code in CATALOGUE if code.startswith("R1")}


def test_more_accounts_than_can_be_told_apart_keep_what_they_have_in_common() -> None:
    file = next(file for file in FILES if file.name.startswith("R110"))
    found = [instance for instance in judged(file).instances if instance.clause == "ceasefire"]
    statuses = {instance.bearer: instance.statuses for instance in found}
    assert statuses["PAK",] == {"violated"}  # they all say who attacked whom


def test_what_is_blurred_is_never_a_definite_verdict() -> None:
    tracker = Tracker(loads(AGREEMENT), engine="plain")
    for n in range(70):
        row = {"id": f"r{n}", "source": "press", "reported": "2025-10-05", "incident": "i", "occurred": "2025-10-04"}
        tracker.observe(report(row | {"act": "force.attack", "actor": "PAK" if n % 2 else "AFG", "target": f"t{n}"}))
    for instance in tracker.assess().instances:
        assert instance.statuses == {"holding", "violated"}
        assert {evidence.standing for evidence in instance.evidence} == {"contested"}
