"""Single reports come in; what a reader should know of them goes out as diagnostics."""

from __future__ import annotations

import pytest

from servanda import assess, loads, report

AGREEMENT = "servanda: 1\nagreement: x\nterm: {from: 2025-10-01}\nactors: {A: {role: party}}\nclauses:\n"
CLAUSE = "  pay: {binds: A, must: {act: pay}, by: 2025-10-05}\n"


@pytest.mark.parametrize(
    ("occurred", "codes"), [("2025-10-03T12:00:00Z", set()), ("2025-10-03T12:00:00.000001Z", {"R104"})]
)
def test_only_an_event_that_comes_after_its_report_is_odd(occurred: str, codes: set[str]) -> None:
    told = {"id": "r", "source": "s", "reported": "2025-10-03T12:00:00Z", "act": "pay", "actor": "A"}
    found = assess(loads(AGREEMENT + CLAUSE), [report(told | {"occurred": occurred})], as_of="2025-10-09")
    assert {note.code for note in found.diagnostics} == codes
    assert [instance.status for instance in found.instances] == ["fulfilled"]  # and is still used
