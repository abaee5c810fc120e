"""Codes A101 to A110: keys and values of an agreement file that do not have the right shape."""

from __future__ import annotations

from servanda.codes.info import info

CODES = (
    info(
        "A101",
        "not an agreement",
        "An agreement file is a mapping of keys to values. This one is a list, or a single value.",
        "Begin with `servanda: 1` and `agreement: NAME`.",
        "- servanda: 1",
        "servanda: 1",
    ),
    info(
        "A102",
        "missing key",
        "A key that is needed is not there: `servanda`, `agreement`, `actors` and `clauses` in the agreement, `role` of "
        "an actor, `ranking` of a view, `starts` and `stops` of a state, `binds` of a clause. A clause with `may`, `can` or "
        "`counts_as` need not bind anybody.",
        "Add the key.",
        "actors:\n  PAK: {name: Pakistan}",
        "actors:\n  PAK: {name: Pakistan, role: party}",
    ),
    info(
        "A103",
        "repeated key",
        "The same key stands twice in one mapping. Other readers of YAML would silently keep the last one; here that "
        "is an error, because one of the two was surely not meant.",
        "Remove one, or rename it.",
        "binds: [PAK]\nbinds: [AFG]",
        "binds: [PAK, AFG]",
    ),
    info(
        "A104",
        "unknown key",
        "The key is not known in this place. It may be misspelled, or stand at the wrong depth.",
        "Correct the key; the message names the nearest one, or all that are known.",
        "bindz: [PAK, AFG]",
        "binds: [PAK, AFG]",
    ),
    info(
        "A105",
        "wrong kind of value",
        "The value is of another kind than the key needs: text, a number, a list, a mapping, a date. A key without a "
        "value is wrong too. Text that looks like a number has to be put in quotes.",
        "Write a value of the kind that the message names.",
        "joint: 1",
        "joint: true",
    ),
    info(
        "A106",
        "value not allowed",
        "The key allows only a few values, and this is none of them.",
        "Write one of those that the message names.",
        "role: partner",
        "role: party",
    ),
    info(
        "A107",
        "unknown format version",
        "`servanda:` says in which version of the format the file is written. This version of the library reads format 1.",
        "Write `servanda: 1`, or use a library that reads the newer format.",
        "servanda: 2",
        "servanda: 1",
    ),
    info(
        "A108",
        "empty",
        "A list, mapping or text is empty where at least one entry is needed: nobody bound, no clause, a tier with "
        "nobody in it, a reading that replaces nothing.",
        "Write at least one entry, or remove the key.",
        "binds: []",
        "binds: [PAK]",
    ),
    info(
        "A109",
        "number too small",
        "The number lies below the least that makes sense in its place. It takes one claimant to establish something, "
        "one incident to do something at least so often; a limit, a sum and a factor are not negative.",
        "Write the number that the message names, or a larger one.",
        "evidence: {corroboration: 0}",
        "evidence: {corroboration: 1}",
    ),
    info(
        "A110",
        "unusable name",
        "The name would be read as something else: `any`, `$bearer`, `rest`, `kind:x`, a list separated by `;`, a "
        "clause with its bearer (`talks/PAK`) or its substitute (`talks.otherwise`).",
        "Choose a name without `;`, `/` and a leading `$`; in clause names also without dots, commas and spaces.",
        "clauses:\n  talks.first: {binds: PAK}",
        "clauses:\n  talks-first: {binds: PAK}",
    ),
)
