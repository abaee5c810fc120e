"""Duties that cannot be kept together: an agreement comes in, warnings about what is owed and forbidden go out."""

from __future__ import annotations

from servanda.model.clauses import Clause
from servanda.model.moments import END
from servanda.reading.complaints import quoted
from servanda.reading.linting.earliest import Earliest
from servanda.reading.linting.meaning import Reader, Tests
from servanda.reading.linting.shelf import Entry, Shelf
from servanda.reading.linting.spans import closing, opening
from servanda.reading.linting.subject import Body, Subject

_MOST = 50  # permissions; where one prohibition has more, one of them is taken to cover the act


def owed_and_forbidden(subject: Subject) -> None:
    """W018: an act that somebody must do, and that another clause forbids all the while.

    Only what is certain is said: whatever fulfils the one breaches the other, at every time at which it can be
    fulfilled. A permission that may cover the act, an exemption that may, a state or a trigger that
    the prohibition waits for, or a power that lifts only the prohibition, each leave a way out.
    """
    reader, shelf, earliest = Reader(subject.agreement), Shelf(subject.agreement), Earliest(subject)
    for body in subject.written:
        if _is_ban(body.clause, body.base) and not subject.amended(body.clause.name):
            for bearer in body.clause.bearers:
                shelf.put(Entry(body, bearer, reader.tests(body.clause, bearer, body.clause.pattern)))
    for body in subject.written:
        if body.clause.duty != "must":
            continue
        for bearer in body.clause.bearers[:1] if body.clause.joint else body.clause.bearers:
            owed = reader.tests(body.clause, bearer, body.clause.pattern, owed=True)
            for ban in shelf.around(bearer, owed):
                if (
                    _too_many(body.clause, ban.body.clause)
                    and reader.within(owed, ban.tests)
                    and _all_the_while(body, ban.body, subject, earliest)
                    and not _way_out(body.clause, ban.body.clause, owed, reader, subject)
                ):
                    forbidding = quoted(ban.body.clause.name)
                    message = f"what {quoted(body.clause.name)} asks of {quoted(bearer)} is forbidden by {forbidding} all the while"
                    remedy = "shield it with a permission, exempt it by `unless`, or let one of the two end before"
                    subject.warn_key("W018", body.node.at("must"), message, remedy)
                    break


def _is_ban(clause: Clause, base: Clause | None) -> bool:
    """Whether it forbids every match, without waiting for anything but a state."""
    waits = base is not None or clause.when or clause.requires is not None or clause.rate is not None
    slides = clause.at_most is not None and (clause.at_most.within is not None or clause.every is not None)
    gaps = clause.every is not None and clause.every.duration is None
    return clause.duty == "must_not" and not (waits or slides or gaps)


def _too_many(owed: Clause, ban: Clause) -> bool:
    """Whether it takes more matches than the prohibition tolerates."""
    tolerated = ban.at_most.n if ban.at_most else 0
    needed = owed.at_least.n if owed.at_least and owed.at_least.distinct is None else 1
    return needed > tolerated


def _all_the_while(owed: Body, ban: Body, subject: Subject, earliest: Earliest) -> bool:
    """Whether the prohibition holds whenever the duty can be fulfilled; of one with a trigger, throughout the term."""
    agreement = subject.agreement
    if ban.clause.condition not in (None, owed.clause.condition):
        return False
    if ban.clause.condition is not None and ban.clause.condition.key is not None:
        return False
    start, (end, key) = opening(owed, agreement), closing(owed, agreement)
    if owed.triggered:
        start = max(start, earliest.trigger(owed))
        end = end if key else agreement.term.latest
    if not key and end >= END:
        end = agreement.term.latest
    return start <= end and opening(ban, agreement) <= start and closing(ban, agreement)[0] >= end


def _way_out(owed: Clause, ban: Clause, tests: Tests, reader: Reader, subject: Subject) -> bool:
    bearer = ban.bearers[0]
    if ban.unless is not None and not reader.apart(reader.tests(ban, bearer, ban.unless), tests):
        return True
    permissions = subject.shields.get(ban.name, [])
    if len(permissions) > _MOST or any(
        not reader.apart(reader.tests(one, None, one.pattern), tests) for one in permissions
    ):
        return True
    lifting = subject.affected(ban.name, "suspend", "terminate", "waive")
    return not lifting <= subject.affected(owed.name, "suspend", "terminate", "waive") or subject.amended(owed.name)
