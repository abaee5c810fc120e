"""Derivations in words: what the first lines say."""

from __future__ import annotations

from servanda import Tracker, loads, report
from servanda.explain import prose, why
from servanda.explain.prose import _when

AGREEMENT = loads("""
servanda: 1
agreement: a
timezone: UTC
actors: {S: {role: party}, B: {role: party}}
evidence: {grace: P1D}
clauses:
  delivery: {binds: S, must: {act: deliver}, by: 2026-03-31}
  quiet: {binds: S, must_not: {act: force.attack}}
""")


def told(clause, *reports):
    tracker = Tracker(AGREEMENT)
    for number, fields in enumerate(reports):
        tracker.observe(report({"id": f"r{number}", "source": "s", "reported": "2026-04-09", "actor": "S", **fields}))
    return prose(why(tracker.assessed(as_of="2026-04-10", known_at="2026-04-10"), clause)).splitlines()


def test_a_cured_violation_says_so_at_once():
    assert told("delivery")[0] == "delivery / S: violated"
    assert told("delivery", {"act": "deliver", "occurred": "2026-04-02"})[0] == "delivery / S: violated, cured"
    assert told("delivery", {"act": "deliver", "occurred": "2026-03-02"})[0] == "delivery / S: fulfilled"


def test_a_window_without_ends_opens_at_the_beginning():
    assert told("delivery")[3] == "  window: opens at the beginning, closes 2026-03-31T23:59:59.999999Z, grace P1D"


def test_what_must_not_be_done_has_no_grace():
    (window,) = [line for line in told("quiet") if "window" in line]
    assert window == "  window: opens at the beginning, closes at an open end"


def test_times_in_words():
    assert _when({"earliest": "E", "latest": "E"}) == "E"
    assert _when({"earliest": None, "latest": "L"}, "never") == "between the beginning and L"
    assert _when({"earliest": "E", "latest": None}, "never") == "between E and an open end"
    assert _when({"earliest": None, "latest": None}) == "between the beginning and an open end"
    assert _when({"earliest": None, "latest": None}, "at the beginning") == "at the beginning"
