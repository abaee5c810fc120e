"""Clauses that wait for what never comes: an agreement comes in, warnings about triggers and requirements go out."""

from __future__ import annotations

from servanda.model.clauses import Clause, StatusTrigger
from servanda.model.moments import END
from servanda.model.patterns import Is, above
from servanda.reading.complaints import quoted
from servanda.reading.linting.subject import Body, Subject, options, plain

_WHY = {
    "violated": "it has no deadline",
    "fulfilled": "it has no end",
    "ended": "nothing ends it before it is fulfilled or violated",
}
_FOUNDING = frozenset(("establish", "appoint", "elect"))


def never_triggered(subject: Subject) -> None:
    """W006: a clause that waits for itself, or for what other clauses can never become."""
    live = _live(subject)
    for clause in subject.agreement.clauses:
        if not clause.when or clause.name in live:
            continue
        causes = [one for one in clause.when if isinstance(one, StatusTrigger)]
        dead = next((one for one in causes if one.clause in live), None)
        message = f"nothing ever triggers the clause {quoted(clause.name)}"
        if dead is None:
            message += ": what it waits for waits for it, or is never triggered either"
            remedy = "trigger it by an event, or by a clause that can begin without it"
        else:
            message += f": {quoted(dead.clause)} is never {dead.status}, because {_WHY[dead.status]}"
            remedy = "wait for another status, or change that clause"
        subject.warn_key("W006", subject.by_name[clause.name].node.at("when"), message, remedy)


def requires_itself(subject: Subject) -> None:
    """W011: a clause that requires its own fulfilment."""
    for body in subject.bodies:
        required = body.clause.requires
        if required is not None and required == body.clause.name.partition(".")[0]:
            message = f"the clause {quoted(required)} requires its own fulfilment"
            subject.warn("W011", body.node.at("requires", "fulfilled"), message, "require another clause, or nothing")


def never_fulfilled(subject: Subject) -> None:
    """W012: a clause that requires another one which can never be fulfilled."""
    live = _live(subject)
    for body in subject.bodies:
        required = body.clause.requires
        other = subject.by_name.get(required) if required is not None else None
        if other is None or other.clause.name == body.clause.name.partition(".")[0]:
            continue
        if other.clause.name not in live:
            why = "nothing ever triggers it"
        elif not _reaches(other, "fulfilled", subject):
            why = _WHY["fulfilled"]
        else:
            continue
        message = f"{quoted(other.clause.name)} is never fulfilled, because {why}"
        remedy = "require a clause that can be fulfilled, or let that one end"
        subject.warn("W012", body.node.at("requires", "fulfilled"), message, remedy)


def nobody_executes(subject: Subject) -> None:
    """W014: a penalty of a body that no clause establishes.

    A body for which a source speaks, or that is a part of somebody, is taken to exist; so is every body where an
    agreement names no source at all, because then nothing tells those that exist from those that do not.
    """
    agreement = subject.agreement
    if not agreement.sources:
        return
    known = {source.speaks_for for source in agreement.sources.values()} | _established(subject)
    for body in subject.written:
        if body.clause.duty != "must" or not _answers_violation(body):
            continue
        for item in body.node.at("binds").items() if body.clause.bearers else ():
            actor = agreement.actors.get(agreement.actor_id(str(item.value)))
            if actor is not None and actor.role == "body" and actor.part_of is None and actor.id not in known:
                message = f"no clause establishes {quoted(actor.id)}, which is to act when a clause is violated"
                remedy = "add the clause that sets it up, or a source that speaks for it if it exists"
                subject.warn("W014", item, message, remedy)


def _answers_violation(body: Body) -> bool:
    return body.base is not None or any(
        isinstance(one, StatusTrigger) and one.status == "violated" for one in body.clause.when
    )


def _established(subject: Subject) -> set[object]:
    """Whom some clause sets up: it is the object or target of founding."""
    found: set[object] = set()
    for body in subject.bodies:
        pattern = body.clause.pattern
        acts = plain(pattern.test("act"))
        if acts is not None and not any(_FOUNDING.intersection(above(act)) for act in acts):
            continue
        for field in ("object", "target"):
            found |= {test.value for test in options(pattern.test(field)) if isinstance(test, Is)}
    return found


# --- what can come about ------------------------------------------------------------------------------


def _live(subject: Subject) -> set[str]:
    """The clauses and substitutes of which there can be instances; those that only a reading knows count too."""
    waiting: dict[tuple[str, str], list[str]] = {}
    live: list[str] = []
    for body in subject.written:
        causes = _causes(body)
        if causes is None or any(name not in subject.by_name for name, _ in causes):
            live.append(body.clause.name)
        for cause in causes or ():
            waiting.setdefault(cause, []).append(body.clause.name)
    found = set(live)
    while live:
        name = live.pop()
        for status in ("violated", "fulfilled", "ended"):
            if (name, status) in waiting and _reaches(subject.by_name[name], status, subject):
                started = [one for one in waiting[name, status] if one not in found]
                found.update(started)
                live += started
    return found


def _causes(body: Body) -> list[tuple[str, str]] | None:
    """The statuses one of which it waits for; None where it waits for none."""
    if body.base is not None:
        return [(body.base.name, "violated")]
    causes: list[tuple[str, str]] = [
        (one.clause, one.status) for one in body.clause.when if isinstance(one, StatusTrigger)
    ]
    return causes if causes and len(causes) == len(body.clause.when) else None


def _reaches(body: Body, status: str, subject: Subject) -> bool:
    """Whether an instance can have the status, in some account and after some amendment."""
    clause = body.clause
    root = subject.by_name[clause.name.partition(".")[0]].clause
    if root.readings or subject.amended(clause.name):
        return True
    ends = subject.agreement.term.latest < END
    if status == "violated":
        return clause.duty != "must" or _dated(clause)
    if status == "fulfilled":
        return clause.duty == "must" or ends or _dated(clause)
    released = clause.unless is not None or (ends and not _dated(clause))
    terminated = any(subject.affected(name, "terminate") for name in (clause.name, root.name))
    return terminated or (clause.duty == "must" and released)


def _dated(clause: Clause) -> bool:
    """Whether the clause itself says when it is over."""
    ends = (clause.by, clause.on, clause.within, clause.until, clause.lasting, clause.every)
    return any(end is not None for end in ends)
