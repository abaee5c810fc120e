"""An agreement comes in; what its clauses ask for, so that reports can aim at it, goes out."""

from .choices import PARTIES, Agreement, Written

Aim = tuple[tuple[str, ...], Written]
"""Whose act it would be, and the pattern, with the fields that matter beside it."""

SPECIAL = {"unless", "while", "every", "at_most", "at_least", "quantity", "rate", "shields", "effect", "counts_as"}
"""What a plain duty does not have; reports aim at such clauses above all."""


def aims(agreement: Agreement) -> tuple[list[Aim], list[Aim]]:
    """Every pattern of the agreement: those of all clauses, and those that only the special forms ask for."""
    plain: list[Aim] = []
    special: list[Aim] = []
    for state in agreement.get("states", {}).values():
        special += [(tuple(PARTIES), hinted(state[way], state)) for way in ("starts", "stops", "stops")]
    moved = {name for w in agreement["clauses"].values() for name in acted_on(w)}
    for name, clause in agreement["clauses"].items():
        when = clause.get("when", [])
        found = [w for w in (when if isinstance(when, list) else [when]) if "act" in w]
        body: Written | None = clause
        while body:
            found += asked(body)
            body = body.get("otherwise")
        kept = [(tuple(clause["binds"]), pattern) for pattern in found]
        plain += kept
        if SPECIAL & set(clause) or name in moved or "must_keep" in clause:
            special += kept
    return plain, special


def acted_on(clause: Written) -> list[str]:
    """The clauses that a permission or a power names."""
    effect = clause.get("effect", {})
    named = [*clause.get("shields", []), *effect.get("amend", {})]
    for names in effect.values():
        named += names if isinstance(names, list) else []
    return named


def asked(body: Written) -> list[Written]:
    """The patterns of one clause; twice those that nothing else would meet."""
    found = [hinted(body[kind], body) for kind in ("must", "must_not", "may") if kind in body]
    if {"at_most", "at_least", "quantity", "rate"} & set(body):
        found *= 4
    if "must_keep" in body:
        found += [body["must_keep"][way] for way in ("started", "stopped", "stopped") if way in body["must_keep"]]
    if "counts_as" in body:
        found += [body["counts_as"]["pattern"]] * 2
    if "can" in body:
        together = {"actor": "$all"} if "consents" in body else {}
        found += [body["can"], body["can"], together | body["can"]]
    found += [body["unless"]] * 2 if "unless" in body else []
    amended = body.get("effect", {}).get("amend", {})
    return found + [pattern for changes in amended.values() for pattern in asked(changes)]


def hinted(pattern: Written, body: Written) -> Written:
    """The pattern with the fields that are counted, or that a state is kept by."""
    fields = [body.get("at_least", {}).get("distinct"), body.get("key"), body.get("while", {}).get("key")]
    fields += ["quantity"] if "quantity" in body else []
    return {**{field: "any" for field in fields if field}, **pattern}
