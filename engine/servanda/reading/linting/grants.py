"""Permissions and powers without effect: an agreement comes in, warnings about them go out."""

from __future__ import annotations

from servanda.model.clauses import Clause
from servanda.model.moments import END
from servanda.reading.complaints import quoted
from servanda.reading.linting.meaning import Reader, is_nobody
from servanda.reading.linting.spans import span
from servanda.reading.linting.subject import Body, Subject, plain
from servanda.reading.tree import Node

_SHIELDED = ("must_not", "must_keep")


def shields_nothing(subject: Subject) -> None:
    """W023: a permission that names no prohibition, or one that it cannot cover."""
    reader = Reader(subject.agreement)
    for body in subject.bodies:
        if body.clause.duty != "may":
            continue
        if not body.clause.shields:
            message = f"the permission {quoted(body.clause.name)} shields nothing"
            remedy = "name in `shields` the prohibitions that it is exempt from"
            subject.warn_key("W023", body.node.at("may"), message, remedy)
        for item in body.node.at("shields").items() if body.clause.shields else ():
            other = subject.by_name.get(str(item.value))
            if other is not None and (why := _idle(body, other, reader, subject)):
                message = f"{quoted(body.clause.name)} shields nothing from {quoted(other.clause.name)}: {why}"
                subject.warn("W023", item, message, "name a prohibition that it can cover")


def _idle(permission: Body, other: Body, reader: Reader, subject: Subject) -> str:
    """Why a permission cannot exempt anything from a clause, if that is certain."""
    if other.clause.readings or subject.amended(other.clause.name) or subject.amended(permission.clause.name):
        return ""
    if other.clause.duty not in _SHIELDED:
        return f"it says {other.clause.duty!r} and forbids nothing"
    named = other.clause.keep is not None
    patterns = (reader.tests(one, None, one.pattern) for one in (permission.clause, other.clause))
    if not named and reader.apart(*patterns):
        return "the acts have nothing in common"
    times = span(permission, subject.agreement), span(other, subject.agreement)
    if times[0] is not None and times[1] is not None and not times[0].meets(times[1]):
        return "they do not hold at the same time"
    return ""


def held_by_nobody(subject: Subject) -> None:
    """W024: a power that only an act of somebody else, or of nobody in the agreement, would exercise."""
    for body in subject.bodies:
        clause = body.clause
        if clause.duty != "can":
            continue
        node = body.node.at("can", "actor")
        if name := is_nobody(clause.pattern, subject.agreement):
            message = f"nobody holds the power {quoted(clause.name)}: {quoted(name)} is no actor of this agreement"
            subject.warn("W024", node, message, "name one of the actors, or `$bearer`")
        elif names := _strangers(clause, subject):
            message = f"{quoted(clause.name)} is exercised by {quoted(names[0])}, and binds somebody else"
            subject.warn("W024", node, message, "bind who holds the power, or write `actor: $bearer`")


def _strangers(clause: Clause, subject: Subject) -> tuple[str, ...]:
    """The actors who exercise a power, where none of them is a bearer, a part of one or what one is a part of."""
    names = plain(clause.pattern.test("actor"))
    if names is None or not clause.bearers:
        return ()
    wholes = subject.agreement.wholes
    related = any(name in wholes(bearer) or bearer in wholes(name) for name in names for bearer in clause.bearers)
    return () if related else names


def suspended_for_good(subject: Subject) -> None:
    """W025: a power that resumes what none suspends, or suspends for good: no power resumes it, and nothing ends.

    Where the term or the clause ends, the author may well have meant that the rest of it is not owed.
    """
    for body in subject.bodies:
        effect = body.clause.effect
        if effect is None or effect.kind not in ("suspend", "resume"):
            continue
        node = body.node.at("effect", effect.kind)
        for name, item in _named(effect.clauses, node):
            if effect.kind == "resume" and not subject.affected(name, "suspend"):
                message = f"no power suspends {quoted(name)}, so there is nothing to resume"
                subject.warn("W025", item, message, "add the power that suspends it, or remove this one")
            elif effect.kind == "suspend" and not subject.affected(name, "resume") and _endless(name, subject):
                message = f"once {quoted(name)} is suspended, no power resumes it, and it has no end"
                subject.warn("W025", item, message, "add a power with `resume`, or end the clause by `terminate`")


def _named(names: tuple[str, ...], node: Node) -> list[tuple[str, Node]]:
    """The clauses that are named one by one, with their places; of `all`, the first stands for the rest."""
    items = {str(item.value): item for item in node.items()}
    if "all" in items and "all" not in names:
        return [(name, items["all"]) for name in names[:1]]
    return [(name, items[name]) for name in names if name in items]


def _endless(name: str, subject: Subject) -> bool:
    body = subject.by_name.get(name)
    times = None if body is None else span(body, subject.agreement)
    lifted = bool(subject.affected(name, "terminate", "waive"))
    return body is not None and times is not None and times.latest >= END and not (body.triggered or lifted)
