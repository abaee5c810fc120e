"""Codes A401 to A418: clauses and their patterns."""

from __future__ import annotations

from servanda.codes.info import info

CODES = (
    info(
        "A401",
        "no duty",
        "A clause says one thing, in one of the keys `must`, `must_not`, `must_keep`, `may`, `can` and `counts_as`. This "
        "one says none of them, so nothing could ever come of it.",
        "Add `must:` or `must_not:` with a pattern, or one of the others.",
        "talks: {binds: [PAK, AFG], by: 2025-11-06}",
        "talks: {binds: [PAK, AFG], must: {act: talk.meet}, by: 2025-11-06}",
    ),
    info(
        "A402",
        "two duties",
        "A clause has one of `must`, `must_not`, `must_keep`, `may`, `can` and `counts_as`, because it has one verdict or "
        "one effect.",
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
        "A409",
        "unclear trigger",
        "A trigger is an event pattern, or one of `violated`, `fulfilled` and `ended` with the name of one clause. The two cannot be mixed.",
        "Write a list with one trigger in each entry: any of them triggers the clause.",
        "when: {violated: ceasefire, act: talk}",
        "when: [{violated: ceasefire}, {act: talk}]",
    ),
    info(
        "A410",
        "named twice",
        "The same actor is named twice in `binds` or `toward`, perhaps once by an alias.",
        "Name each once.",
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
    info(
        "A413",
        "key that does not go with the duty",
        "The key means something with other duties only: `at_most` and `rate` limit a prohibition, `at_least` and `quantity` "
        "say how much of an act is due, `shields` belongs to a permission, `effect` and `consents` to a power. A clause "
        "with `counts_as` has no conditions at all.",
        "Leave the key out, or change the duty.",
        "must: {act: deliver}\nat_most: {n: 3}",
        "must: {act: deliver}\nat_least: {n: 3}",
    ),
    info(
        "A414",
        "`must_keep` of what",
        "`must_keep` either names one of the `states`, or describes a state by the events that start and stop it. This one "
        "does neither, or both.",
        "Write `{state: NAME}`, or `{started: PATTERN, stopped: PATTERN}`.",
        "must_keep: {started: {act: resume}}",
        "must_keep: {started: {act: resume}, stopped: {act: suspend}}",
    ),
    info(
        "A415",
        "`every` with `when`",
        "The periods of `every` are counted from the clause's `from` or the start of the term, and each makes an instance. "
        "A trigger would make instances as well, and the two do not go together.",
        "Leave one of the two out; `while` makes a clause hold at times only.",
        "every: P1M\nwhen: {act: declare.on}",
        "every: P1M",
    ),
    info(
        "A416",
        "a power has one effect",
        "What its exercise does is said in `effect`, by exactly one of `extend`, `suspend`, `resume`, `terminate`, `waive` "
        "and `amend`. This power has none, or several.",
        "Write one of them; make two clauses of two effects.",
        "can: {act: terminate}",
        "can: {act: terminate}\neffect: {terminate: all}",
    ),
    info(
        "A417",
        "cannot be amended",
        "An amendment replaces what a duty says and when. Who is bound, whether jointly, the trigger, the periods and the "
        "kind of duty stay: running instances would have no meaning otherwise.",
        "End the clause, and write another that begins then.",
        "effect: {amend: {talks: {binds: [TUR]}}}",
        "effect: {amend: {talks: {by: 2025-12-06}}}",
    ),
    info(
        "A418",
        "clause without an outcome",
        "A permission, a power or a `counts_as` is never fulfilled, violated or ended, so nothing can wait for it.",
        "Name a clause with `must`, `must_not` or `must_keep`; what a permission or power is about can be a pattern in `when`.",
        "when: {violated: self-defence}   # a clause with `may`",
        "when: {act: force.attack}",
    ),
)
