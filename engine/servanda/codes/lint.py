"""Codes W001 to W011: agreements that can be used, but probably do not say what was meant."""

from __future__ import annotations

from servanda.codes.info import info

CODES = (
    info(
        "W001",
        "act not in the taxonomy",
        "The act is not one of those in the rule library. It still works, for reports that use the same word; but "
        "foreign event data is mapped to the acts of the taxonomy.",
        "Use a known act, or something below one.",
        "must_not: {act: force.atack}",
        "must_not: {act: force.attack}",
    ),
    info(
        "W002",
        "actor never used",
        "The actor is not bound, in no pattern and no ranking, nobody speaks for it, and it is part of nobody.",
        "Remove it, or check the names in clauses and sources.",
        "TUR: {role: mediator}",
        "TUR: {role: mediator}\nsources:\n  tur-mfa: {speaks_for: TUR}",
    ),
    info(
        "W003",
        "source never used",
        "The source has no kind, speaks for nobody and is in no ranking, so no view can tell it from anybody else.",
        "Say its `kind` or whom it speaks for.",
        "ary: {name: ARY News}",
        "ary: {name: ARY News, kind: media}",
    ),
    info(
        "W004",
        "name almost like an actor's",
        "A pattern compares the actor or target with a name that nobody in `actors` has, but that is spelled almost "
        "like one. A name that is nobody's matches only itself.",
        "Correct the name, or add the actor.",
        "target: Pakistann",
        "target: Pakistan",
    ),
    info(
        "W005",
        "bearer that is not bound",
        "A group acts but signed nothing, and an observer only looks on; yet the clause binds one of them.",
        "Bind the party that answers for it, or change the role.",
        "binds: [TTP]   # a group",
        "binds: [AFG]",
    ),
    info(
        "W006",
        "never triggered",
        "The clause is triggered only by its own status, or by clauses that wait for it in a circle. None of them can "
        "ever begin.",
        "Give one of them an event as its trigger, or none.",
        "penalty: {binds: MVM, when: {violated: penalty}, must: {act: pay}}",
        "penalty: {binds: MVM, when: {violated: ceasefire}, must: {act: pay}}",
    ),
    info(
        "W007",
        "empty window",
        "The deadline lies before the beginning: no act can ever count.",
        "Check the dates against each other and against the term, above all the years.",
        "from: 2025-11-06\nby: 2024-11-20",
        "from: 2025-11-06\nby: 2025-11-20",
    ),
    info(
        "W008",
        "outside the term",
        "`on` names a time at which the agreement is not in force.",
        "Check the year, or the term.",
        "term: {from: 2025-10-19}\non: 2024-11-06      # in a clause",
        "term: {from: 2025-10-19}\non: 2025-11-06      # in a clause",
    ),
    info(
        "W009",
        "`$other` with one bearer",
        "`$other` is another bearer of the same clause. Where only one actor is bound there is none, and nothing matches.",
        "Name the actor.",
        "binds: [PAK]\nmust_not: {act: force, target: $other}",
        "binds: [PAK]\nmust_not: {act: force, target: AFG}",
    ),
    info(
        "W010",
        "field spelled almost like another",
        "A field that is not act, actor, target, object, place or quantity is a free attribute of reports. This one is "
        "spelled almost like one of these.",
        "Correct the field.",
        "must: {act: talk, plase: Istanbul}",
        "must: {act: talk, place: Istanbul}",
    ),
    info(
        "W011",
        "requires itself",
        "The clause requires its own fulfilment, so it is never enforceable.",
        "Require another clause, or nothing.",
        "talks: {binds: PAK, must: {act: talk}, requires: {fulfilled: talks}}",
        "talks: {binds: PAK, must: {act: talk}}",
    ),
)
