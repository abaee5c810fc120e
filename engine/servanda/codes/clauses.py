"""Codes A401 to A412: clauses and their patterns."""

from __future__ import annotations

from servanda.codes.info import info

CODES = (
    info(
        "A401",
        "no duty",
        "A clause says what must or must not happen, in exactly one of the keys `must` and `must_not`. This one says "
        "neither, so it could never be kept or broken.",
        "Add `must:` or `must_not:` with a pattern.",
        "talks: {binds: [PAK, AFG], by: 2025-11-06}",
        "talks: {binds: [PAK, AFG], must: {act: talk.meet}, by: 2025-11-06}",
    ),
    info(
        "A402",
        "two duties",
        "A clause has one duty, because it has one verdict.",
        "Make two clauses of it.",
        "must: {act: talk}\nmust_not: {act: force}",
        "must_not: {act: force}",
    ),
    info(
        "A403",
        "empty pattern or list",
        "A pattern without a field would match every event, a list without a value none.",
        "Name at least one field or value.",
        "must_not: {}",
        "must_not: {act: force}",
    ),
    info(
        "A404",
        "not a field of the event",
        "A pattern is about what happened: act, actor, target, object, place, quantity and free attributes. When it "
        "happened and who says so belong to the clause's times and to views.",
        "Use the key that the message names.",
        "must: {act: talk, occurred: 2025-11-06}",
        "must: {act: talk}\non: 2025-11-06",
    ),
    info(
        "A405",
        "not a test",
        "The value of a field is a plain value, a list, a reference, `any`, `{not: ...}`, `{exists: true}` or bounds such "
        "as `{gte: 3, lt: 10}`, each with a value of the right kind.",
        "Write one of these.",
        "quantity: {min: 3}",
        "quantity: {gte: 3}",
    ),
    info(
        "A406",
        "`when` in an `otherwise`",
        "An `otherwise` is what is due once the duty is violated: the violation is its trigger, and it has no other.",
        "Remove `when`, or make a clause of its own with `when: {violated: CLAUSE}`.",
        "otherwise: {when: {act: talk}, must: {act: pay}}",
        "otherwise: {must: {act: pay}}",
    ),
    info(
        "A407",
        "readings in the wrong place",
        "A party's reading replaces keys of a clause. It stands beside the clause's own keys, not inside an "
        "`otherwise` or another reading; it may have an `otherwise` of its own.",
        "Move it to the clause.",
        "otherwise: {must: {act: pay}, readings: {AFG: {within: P60D}}}",
        "otherwise: {must: {act: pay}}\nreadings: {AFG: {otherwise: {must: {act: pay}, within: P60D}}}",
    ),
    info(
        "A408",
        "too many substitutes",
        "More than 16 `otherwise` lie in each other.",
        "End the chain earlier, or let another clause go on from it.",
        "otherwise: {must: {act: a}, otherwise: {must: {act: b}}}   # and so on",
        "otherwise: {must: {act: a}, otherwise: {must: {act: b}}}",
    ),
    info(
        "A409",
        "unclear trigger",
        "A trigger is an event pattern, or one of `violated`, `fulfilled` and `ended` with the name of one clause. The two cannot be mixed.",
        "Write a list with one trigger in each entry: any of them triggers the clause.",
        "when: {violated: ceasefire, act: talk}",
        "when: [{violated: ceasefire}, {act: talk}]",
    ),
    info(
        "A410",
        "bound twice",
        "The same actor is named twice in `binds`, perhaps once by an alias.",
        "Name each bearer once.",
        "binds: [PAK, Islamabad]",
        "binds: [PAK]",
    ),
    info(
        "A411",
        "value of the wrong kind",
        "Act, actor, target and place are compared with text, quantity with a number.",
        "Put text in quotes; write a quantity as a number.",
        "must: {act: talk, place: 7}",
        'must: {act: talk, place: "7"}',
    ),
    info(
        "A412",
        "not an act",
        "An act is words with dots between them, from the general to the particular. An act matches all below it, so "
        "no `*` is needed.",
        "Write it like force.attack.",
        "must_not: {act: force.*}",
        "must_not: {act: force}",
    ),
)
