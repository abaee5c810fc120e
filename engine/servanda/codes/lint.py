"""Codes W001 to W026: agreements that can be used, but probably do not say what was meant."""

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
        "The actor is not bound, in no pattern, state or ranking, nobody speaks for it, and it is part of nobody.",
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
        "The clause waits only for itself, for clauses that wait for it in a circle, or for what another clause can never "
        "become: a duty without a deadline is never violated, a prohibition without an end never fulfilled.",
        "Give it an event as its trigger, or another status to wait for.",
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
    info(
        "W012",
        "requires what can never be fulfilled",
        "The clause required is never triggered, or it is a prohibition without an end. A `must` that "
        "requires it is never enforceable, and a `must_not` never breached.",
        "Require a clause that can be fulfilled, or let that one end.",
        "requires: {fulfilled: ceasefire}   # which has no end",
        "requires: {fulfilled: mechanism}",
    ),
    info(
        "W013",
        "over before its trigger",
        "The clause ends at a date before which nothing can trigger it: the clause that it waits for "
        "cannot be fulfilled or violated by then. It would be broken, or over, as soon as it begins.",
        "Let it end later, or count the time from the trigger with `within`.",
        "must: {act: talk}\nby: 2025-11-06\notherwise: {must: {act: pay}, by: 2025-11-01}",
        "must: {act: talk}\nby: 2025-11-06\notherwise: {must: {act: pay}, within: P14D}",
    ),
    info(
        "W014",
        "executor that no clause establishes",
        "A body is to act when a clause is violated, but no clause sets it up, no source speaks for it, "
        "and it is part of nobody. If it never comes to be, nobody can execute the penalty. Where the "
        "agreement lists no sources at all, nothing is said.",
        "Add the clause that establishes it, or a source that speaks for it if it exists.",
        "penalty: {binds: MVM, when: {violated: ceasefire}, must: {act: sanction}}",
        """
        mechanism: {binds: PAK, must: {act: establish, object: MVM}}
        penalty: {binds: MVM, when: {violated: ceasefire}, must: {act: sanction}}
        """,
    ),
    info(
        "W015",
        "first period before the term",
        "The periods of `every` are counted from the clause's `from`, and the first of them is over "
        "before the agreement is in force. Nothing done in it counts, so a duty of that period can only "
        "be broken.",
        "Let `from` lie in the term, or leave it out.",
        "term: {from: 2025-10-19}\nfrom: 2025-09-01      # in a clause with every: P1M",
        "term: {from: 2025-10-19}\nfrom: 2025-11-01      # in a clause with every: P1M",
    ),
    info(
        "W016",
        "extension of a term without end",
        "The power extends the term, and the term has no end that could be moved.",
        "Say `until` in the term, or remove the power.",
        "term: {from: 2025-10-19, until: open}\neffect: {extend: P60D}      # in a clause",
        "term: {from: 2025-10-19, until: P60D}\neffect: {extend: P60D}      # in a clause",
    ),
    info(
        "W017",
        "grace without a deadline",
        "`grace` is how long late reports are waited for after a deadline is missed. Only a `must` has a deadline.",
        "Leave it out.",
        "must_not: {act: force}\ngrace: P3D",
        "must_not: {act: force}",
    ),
    info(
        "W018",
        "owed and forbidden",
        "Whatever fulfils this duty breaches another clause, which binds the same actor all the while. "
        "Both can never be kept. Nothing is said where a permission, an `unless`, a state or a power may "
        "leave a way out.",
        "Shield the act with a permission, exempt it by `unless`, or let one of the two clauses end "
        "before the other begins.",
        """
        calm: {binds: AFG, must_not: {act: force}}
        hunt: {binds: AFG, must: {act: force.attack, target: TTP}}
        """,
        """
        calm: {binds: AFG, must_not: {act: force}}
        hunt: {binds: AFG, must: {act: force.attack, target: TTP}}
        allowed: {binds: AFG, may: {act: force, actor: AFG, target: TTP}, shields: [calm]}
        """,
    ),
    info(
        "W019",
        "duplicate",
        "The clause says exactly what another one says, to all whom it binds. Every breach would be "
        "counted twice, and a power would be exercised twice by one act.",
        "Remove one of the two, or say how they differ.",
        "calm: {binds: [PAK, AFG], must_not: {act: force}}\nquiet: {binds: PAK, must_not: {act: force}}",
        "calm: {binds: [PAK, AFG], must_not: {act: force}}",
    ),
    info(
        "W020",
        "included in another clause",
        "Another clause asks for all that this one asks for: who keeps that one keeps this as well, and "
        "who breaks this breaks that. It has no answer of its own, nothing waits for it, and it does not "
        "cite another place.",
        "Remove it, say how it differs, or say in `cites` where it stands.",
        "calm: {binds: PAK, must_not: {act: force}}\nquiet: {binds: PAK, must_not: {act: force.attack}}",
        "calm: {binds: PAK, must_not: {act: force}}",
    ),
    info(
        "W021",
        "state never used",
        "No `while` and no `must_keep` names the state, so it changes nothing.",
        "Remove it, or name it in a clause.",
        "states: {open: {starts: {act: access.grant}, stops: {act: access.deny}}}",
        """
        states: {open: {starts: {act: access.grant}, stops: {act: access.deny}}}
        clauses: {road: {binds: PAK, must_keep: {state: open}}}
        """,
    ),
    info(
        "W022",
        "state never switched",
        "Whatever starts the state stops it as well, and at one instant what stops it prevails; or its "
        "events are those of somebody who is no actor of this agreement. So it stays as it is, and a "
        "clause that waits for it waits for ever.",
        "Tell the events that start it from those that stop it, and check the names.",
        "starts: {act: talk.meet}\nstops: {act: talk}",
        "starts: {act: talk.meet}\nstops: {act: talk.suspend}",
    ),
    info(
        "W023",
        "permission that shields nothing",
        "A permission exempts incidents from the prohibitions in `shields`. This one names none, or one "
        "that it can never cover: a duty that forbids nothing, other acts, or another time.",
        "Name the prohibitions that it is an exception to.",
        "may: {act: force.attack, actor: AFG}",
        "may: {act: force.attack, actor: AFG}\nshields: [ceasefire]",
    ),
    info(
        "W024",
        "power that nobody holds",
        "Only the act of somebody who is no actor of this agreement, or of somebody else than the clause "
        "binds, would exercise the power.",
        "Name the actor who holds it, or write `actor: $bearer`.",
        "binds: PAK\ncan: {act: terminate, actor: AFG}",
        "binds: AFG\ncan: {act: terminate, actor: AFG}",
    ),
    info(
        "W025",
        "suspended for good",
        "A power suspends a clause that has no end, and no power resumes it; or a power resumes what none suspends.",
        "Add the other power, or end the clause by `terminate`.",
        "pause: {binds: PAK, can: {act: suspend, actor: PAK}, effect: {suspend: [talks]}}",
        """
        pause: {binds: PAK, can: {act: suspend, actor: PAK}, effect: {suspend: [talks]}}
        go-on: {binds: PAK, can: {act: resume, actor: PAK}, effect: {resume: [talks]}}
        """,
    ),
    info(
        "W026",
        "anybody's act",
        "A pattern that names no actor means the bearer's own act only in a duty. In `may` and `can` it "
        "means anybody's, although the clause binds somebody.",
        "Write `actor: $bearer`, or `actor: any` if anybody is meant.",
        "binds: PAK\ncan: {act: terminate}",
        "binds: PAK\ncan: {act: terminate, actor: $bearer}",
    ),
)
