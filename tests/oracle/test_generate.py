"""Generated cases come in; every form of the clause language and every status must really be at work in them."""

from .generate import tally

STATUSES = {
    *("dormant", "pending", "holding", "overdue", "fulfilled", "violated", "suspended", "waived", "ended"),
    "unenforceable",
}
AT_WORK = {
    "a breach was permitted",
    "a deadline moved by suspension",
    "a keyed state was looked up",
    "a period",
    "a state went off",
    "all consented",
    "an act while suspended",
    "exempt by unless",
    "judged by an amended text",
    "off at the opening",
    "one act counted as another",
    "one act counted as another through a chain",
    "otherwise of the third depth",
    "passed a limit twice",
    "passed a rate",
    "passed at_most",
    "reached at_least",
    "reached at_least, distinct",
    "reached quantity",
    "released",
    "terminated",
    "the term was extended",
    "waived",
}


def test_every_form_and_status_is_met() -> None:
    found = tally(1200)
    assert {f"* {what}" for what in AT_WORK} - set(found) == set()
    assert STATUSES - set(found) == set()
    assert {f"possibly {status}" for status in STATUSES} - set(found) == set()
    assert found.get("(too many worlds)", 0) < 1
