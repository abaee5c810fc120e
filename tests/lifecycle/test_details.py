"""Hand-made histories for what the oracle does not say: since when, cured when, how late, and why."""

from __future__ import annotations

import pytest

from lifecycle.history import judged, one
from servanda.model.moments import rfc3339


def test_a_state_that_came_back_and_was_made_good_is_cured_by_the_first_of_both() -> None:
    clauses = (
        "  open: {binds: A, must_keep: {started: {act: open}, stopped: {act: close}, initially: on},\n"
        "    otherwise: {must: {act: pay}, within: P9D}}\n"
    )
    closed = {"act": "close", "actor": "A", "occurred": "2025-10-02T12:00:00Z"}
    paid = {"act": "pay", "actor": "A", "occurred": "2025-10-04T12:00:00Z"}
    opened = {"act": "open", "actor": "A", "occurred": "2025-10-06T18:00:30Z"}
    for rows, cured, delay in (
        ((closed, paid, opened), "2025-10-04T12:00:00Z", "P2D"),
        ((closed, opened), "2025-10-06T18:00:30Z", "P4DT6H30S"),
    ):
        instance = one(judged(clauses, *rows), "open")
        assert instance.status == "violated"
        assert instance.cured is not None
        assert [rfc3339(at) for at in instance.cured.at] == [cured, cured]
        assert instance.cured.delay == delay


@pytest.mark.parametrize(
    ("paid", "delay"),
    [
        ("2025-10-08", "P3D"),  # whole days where both are dates
        ("2025-10-08T06:00:00Z", "P2DT6H"),
        ("2025-10-06T00:00:00.25Z", "PT0.25S"),
        ("2025-10-06T00:00:00Z", "PT0S"),
    ],
)
def test_how_late_a_duty_was_done(paid: str, delay: str) -> None:
    clauses = "  pay: {binds: A, must: {act: pay}, by: 2025-10-05}\n"
    instance = one(judged(clauses, {"act": "pay", "actor": "A", "occurred": paid}), "pay")
    assert instance.cured is not None
    assert instance.cured.delay == delay


def test_business_days_from_an_uncertain_trigger_are_counted_from_each_day() -> None:
    """From Friday to Sunday, the next business day is Monday: by its end the deadline has passed, whenever it was.

    So it is, too, where so much else happened that worlds are not split any more.
    """
    pay = "  pay: {binds: A, when: {act: demand}, must: {act: pay}, within: P1B}\n"
    pay += "  quiet: {binds: B, must_not: {act: noise}}\n"
    demand = {"act": "demand", "occurred": "2025-10-03/2025-10-05"}
    noise = {"act": "noise", "actor": "B", "occurred": "2025-10-02"}
    for as_of, statuses in (("06", {"violated"}), ("06T06:00Z", {"pending", "violated"}), ("05", {"pending"})):
        for much in (0, 410):
            instances = judged(pay, demand, *[noise] * much, as_of=f"2025-10-{as_of}", known_at="2025-10-31")
            assert one(instances, "pay").statuses == statuses


def test_every_reason_for_which_it_is_open_is_given() -> None:
    """Whether it was A's act, and whether it was before the clause was in force."""
    clauses = "  calm: {binds: [A, B], must_not: {act: force}, from: 2025-10-05}\n"
    fight = {"act": "force", "occurred": "2025-10-04/2025-10-06"}
    for rows, reasons in (
        (fight, {"unspecified", "time_uncertain"}),
        (fight | {"occurred": "2025-10-06"}, {"unspecified"}),
        (fight | {"actor": ["A", "B"]}, {"time_uncertain"}),
    ):
        for instance in judged(clauses, rows):
            assert instance.statuses == {"holding", "violated"}
            assert {(b.reason, b.incident) for b in instance.because} == {(reason, "r1") for reason in reasons}
