"""Times at which nothing can be done: an agreement comes in, warnings about windows, deadlines and periods go out."""

from __future__ import annotations

from servanda.model.moments import END
from servanda.reading.complaints import quoted
from servanda.reading.linting.earliest import Earliest
from servanda.reading.linting.spans import closing, limits, opening
from servanda.reading.linting.subject import Subject

_YEARS = "check the dates, the years above all, against each other and the term"


def empty_window(subject: Subject) -> None:
    """W007, W008: a clause that ends before it begins, or whose day lies outside the term."""
    agreement = subject.agreement
    for body in subject.bodies:
        clause = body.clause
        if clause.on is not None and not clause.on.meets(agreement.term):
            message = "this day lies outside the term of the agreement"
            subject.warn("W008", body.node.at("on"), message, "check the year")
            continue
        end, key = closing(body, agreement)
        if end < opening(body, agreement):
            message = f"the window of {quoted(clause.name)} ends before it begins"
            subject.warn("W007", body.node.at(key or "from"), message, _YEARS)


def before_the_trigger(subject: Subject) -> None:
    """W013: a date by which the clause is over before what triggers it can have happened."""
    earliest = Earliest(subject)
    for body in subject.written:
        if not body.triggered or subject.amended(body.clause.name):
            continue
        trigger, start = earliest.trigger(body), opening(body, subject.agreement)
        for end, key in sorted(limits(body, subject.agreement)):
            if key and start <= end < trigger:
                message = f"{quoted(body.clause.name)} is over before it can be triggered"
                remedy = "let it end later, or count the time from the trigger with `within`"
                subject.warn("W013", body.node.at(key), message, remedy)
                break


def first_period(subject: Subject) -> None:
    """W015: periods of which the first is over before the term begins, so that no act in it counts."""
    term, zone = subject.agreement.term, subject.agreement.zone
    for body in subject.bodies:
        every = body.clause.every
        if (
            every is not None
            and every.duration is not None
            and every.duration.after(every.anchor, zone) <= term.earliest
        ):
            message = f"the first period of {quoted(body.clause.name)} is over before the term begins"
            subject.warn_key("W015", body.node.at("every"), message, "let `from` of the clause lie in the term")


def endless_extension(subject: Subject) -> None:
    """W016: a power to extend a term that has no end."""
    if subject.agreement.term.latest < END:
        return
    for body in subject.bodies:
        if body.clause.effect is not None and body.clause.effect.kind == "extend":
            message = "the term has no end that could be moved"
            subject.warn_key("W016", body.node.at("effect", "extend"), message, "say `until` in the term")


def idle_grace(subject: Subject) -> None:
    """W017: a `grace` of something that has no deadline."""
    for body in subject.bodies:
        if body.clause.grace is not None and body.clause.duty != "must":
            message = f"'grace' waits for late reports after a deadline, and {body.clause.duty!r} has none"
            subject.warn_key("W017", body.node.at("grace"), message, "leave it out")
