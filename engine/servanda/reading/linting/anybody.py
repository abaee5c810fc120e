"""Permissions and powers of anybody: an agreement comes in, warnings about patterns that name no actor go out."""

from __future__ import annotations

from servanda.model.clauses import Clause
from servanda.model.patterns import Ref
from servanda.reading.complaints import quoted
from servanda.reading.linting.subject import Subject


def anybodys_act(subject: Subject) -> None:
    """W026: a permission or power that binds somebody, while its pattern means the act of anybody.

    With `consents` it is said whose acts it takes; and a permission of just those whom the prohibitions bind that it
    shields makes no difference, because only their own acts can breach them.
    """
    for body in subject.bodies:
        clause = body.clause
        if clause.duty not in ("may", "can") or not clause.bearers or clause.pattern.test("actor") is not None:
            continue
        if clause.consents or (clause.duty == "may" and _theirs_anyway(clause, subject)):
            continue
        word = "permission" if clause.duty == "may" else "power"
        message = f"the {word} {quoted(clause.name)} names no actor, so that it means the act of anybody"
        remedy = "add `actor: $bearer`; or `actor: any`, if anybody is meant"
        subject.warn_key("W026", body.node.at(clause.duty), message, remedy)


def _theirs_anyway(permission: Clause, subject: Subject) -> bool:
    shielded = [subject.by_name[name].clause for name in permission.shields if name in subject.by_name]
    return all(
        clause.duty == "must_not"
        and clause.pattern.test("actor") == Ref("bearer")
        and set(clause.bearers) <= set(permission.bearers)
        for clause in shielded
    )
