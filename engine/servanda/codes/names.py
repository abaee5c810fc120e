"""Codes A201 to A212: names and references in an agreement that lead nowhere, or to more than one thing."""

from __future__ import annotations

from servanda.codes.info import info

CODES = (
    info(
        "A201",
        "unknown actor",
        "Nobody in `actors` answers to this name. `binds`, `part_of`, `speaks_for`, `readings` and `actor:X` in a "
        "ranking take an actor's id, an alias, or a full name that only one actor has.",
        "Correct the name, or add the actor.",
        "binds: [PAQ]",
        "binds: [PAK]",
    ),
    info(
        "A202",
        "unknown source",
        "A ranking names a source that is not in `sources`. Those who speak for an actor are ranked as `actor:X`, "
        "sources of one kind as `kind:X`, everybody else as `rest`.",
        "Correct the name, or add the source.",
        "ranking: [[mujahed], [rest]]",
        "ranking: [[mujahid], [rest]]",
    ),
    info(
        "A203",
        "unknown clause",
        "A clause is named that is not in this agreement: in `when`, `requires`, `shields` or an effect. `requires` and "
        "`amend` name whole clauses; the others may also name a substitute, as `CLAUSE.otherwise`.",
        "Correct the name.",
        "when: {violated: ceasefires}",
        "when: {violated: ceasefire}",
    ),
    info(
        "A204",
        "name claimed twice",
        "One name stands for two actors, two sources, or two readings of one party. A report that uses it could mean "
        "either.",
        "Remove the name from one of the two, or make the names differ.",
        "PAK: {role: party, aliases: [Kabul]}\nAFG: {role: party, aliases: [Kabul]}",
        "PAK: {role: party, aliases: [Islamabad]}\nAFG: {role: party, aliases: [Kabul]}",
    ),
    info(
        "A205",
        "circle",
        "An actor is, over one or more steps of `part_of`, a part of itself; or a place lies in itself.",
        "Let `part_of` lead from the part to the whole, and `in` from the smaller place to the larger.",
        "places: {Chaman: {in: Balochistan}, Balochistan: {in: Chaman}}",
        "places: {Chaman: {in: Balochistan}}",
    ),
    info(
        "A206",
        "unknown reference",
        "A value that begins with `$` is a reference. The known ones are `$bearer`, `$other`, `$all`, `$violator` and "
        "`$trigger.FIELD`.",
        "Correct the reference.",
        "target: $others",
        "target: $other",
    ),
    info(
        "A207",
        "reference without meaning here",
        "`$violator` needs a violation: a `when: {violated: CLAUSE}` or an `otherwise`. `$trigger.FIELD` needs a "
        "`when` or an `otherwise`. `$all` stands only on `actor` or `target`, and not in a `when`. `$bearer`, `$other` and "
        "`$all` need a clause that binds somebody, so a state knows no reference at all.",
        "Add the trigger or `binds`, or write a name.",
        "binds: [MVM]\nmust: {act: sanction, target: $violator}",
        "binds: [MVM]\nwhen: {violated: ceasefire}\nmust: {act: sanction, target: $violator}",
    ),
    info(
        "A208",
        "reading of somebody who is no party",
        "`readings` say how a party understands a clause, for the view `account of` that party. Others have none.",
        "Give the reading to a party, or remove it.",
        "readings: {TUR: {by: 2025-12-01}}",
        "readings: {AFG: {by: 2025-12-01}}",
    ),
    info(
        "A209",
        "view named like a built-in one",
        "`neutral`, `mediators`, `monitors`, `account of X` and `all` have a meaning of their own.",
        "Choose another name.",
        "views: {neutral: {ranking: [[rest]]}}",
        "views: {even-handed: {ranking: [[rest]]}}",
    ),
    info(
        "A210",
        "not something to rank",
        "A ranking lists sources, `actor:X`, `kind:X` and `rest`. Another word before the colon means nothing.",
        "Write one of these.",
        "ranking: [[role:party]]",
        "ranking: [[actor:PAK, actor:AFG]]",
    ),
    info(
        "A211",
        "unknown state",
        "`while` or `must_keep` names a state that is not in `states`.",
        "Correct the name, or describe the state in `states`.",
        "while: {state: truse}",
        "while: {state: truce}",
    ),
    info(
        "A212",
        "key of a state missing or out of place",
        "A state with a `key` is one for each value of that field, so a clause has to say which: `must_keep` names a value, "
        "`while` the field of the incident to look at. A state without a `key` is one for all, and nothing is to be "
        "chosen.",
        "Add `key`, or leave it out.",
        """
        states: {open: {key: place, starts: {act: access.grant}, stops: {act: access.deny}}}
        clauses:
          road: {binds: PAK, must_keep: {state: open}}
        """,
        """
        states: {open: {key: place, starts: {act: access.grant}, stops: {act: access.deny}}}
        clauses:
          road: {binds: PAK, must_keep: {state: open, key: Chaman}}
        """,
    ),
)
