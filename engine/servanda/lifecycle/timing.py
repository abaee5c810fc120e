"""Which of two uncertain times is first: intervals come in, yes, no or maybe goes out."""

from __future__ import annotations

from servanda.lifecycle.acts import Act
from servanda.lifecycle.switches import NO, YES, Lookup
from servanda.model.kleene import Truth
from servanda.model.moments import Interval


def after(time: Interval, incident: str, act: Act) -> Lookup:
    """Whether an incident, at an instant of the interval, comes strictly after an act; nothing comes after itself."""
    if incident == act.incident:
        return NO
    if time.earliest > act.latest:
        return YES
    if time.latest <= act.earliest:
        return NO
    return Lookup(Truth.MAYBE, frozenset((("time_uncertain", act.incident),)))
