"""Recurrence rules of RFC 5545 in an agreement file: their text comes in, whether they can be used goes out."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from servanda.model.periods import rule_of
from servanda.reading.complaints import Complaints, quoted
from servanda.reading.tree import Node

_LONGEST = 200
_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")


def check_rule(text: str, anchor: int, zone: ZoneInfo, node: Node, complaints: Complaints) -> bool:
    """Whether the text is a rule that periods can be made of; a complaint where it is not."""
    remedy = "write a duration such as P1M, or a rule such as FREQ=MONTHLY;BYMONTHDAY=1"
    bare = text.upper().removeprefix("RRULE:")
    parts = dict(part.partition("=")[::2] for part in bare.split(";"))
    if len(text) > _LONGEST or "FREQ" not in parts or any(not value for value in parts.values()):
        complaints.add("A308", node.spot, f"{quoted(text)} is neither a duration nor a recurrence rule", remedy)
        return False
    if parts["FREQ"] not in _FREQUENCIES:
        message = f"a rule cannot repeat {quoted(parts['FREQ'].lower())}"
        complaints.add("A308", node.spot, message, "use DAILY or a longer one; for hours write a duration such as PT1H")
        return False
    try:
        rule_of(text, anchor, zone)
    except (ValueError, TypeError, KeyError) as error:
        complaints.add("A308", node.spot, f"{quoted(text)} is not a rule of RFC 5545: {quoted(error)}", remedy)
        return False
    return True
