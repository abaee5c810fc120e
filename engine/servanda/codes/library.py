"""Codes A501 to A506: clauses that use a provision of the rule library."""

from __future__ import annotations

from servanda.codes.info import info

CODES = (
    info(
        "A501",
        "unknown provision",
        "`use` names a provision of the rule library, and there is none of this name, or its file is not sound.",
        "Correct the name; `servanda rules provisions` lists all of them.",
        "ceasefire: {use: no-atack, with: {parties: [PAK, AFG]}}",
        "ceasefire: {use: no-attack, with: {parties: [PAK, AFG]}}",
    ),
    info(
        "A502",
        "unknown parameter",
        "Under `with` stand the parameters of the provision, and this is none of them. Further keys of the clause stand "
        "beside `use`.",
        "Correct the name; `servanda rules NAME` shows the parameters of a provision.",
        "ceasefire: {use: no-attack, with: {partys: [PAK, AFG]}}",
        "ceasefire: {use: no-attack, with: {parties: [PAK, AFG]}}",
    ),
    info(
        "A503",
        "missing parameter",
        "The provision cannot be filled in without this parameter: it has no default and may not be left out.",
        "Add it under `with`, or write the keys of the clause that it is needed for beside `use`.",
        "ceasefire: {use: no-attack}",
        "ceasefire: {use: no-attack, with: {parties: [PAK, AFG]}}",
    ),
    info(
        "A504",
        "parameter of the wrong kind",
        "The value has another form than the parameter needs: a date, a duration, a name, a list, a pattern. What the "
        "value names is checked after it is filled in.",
        "Write a value of the kind that the message names.",
        "ceasefire: {use: no-attack, with: {parties: {PAK: true}}}",
        "ceasefire: {use: no-attack, with: {parties: [PAK]}}",
    ),
    info(
        "A505",
        "`with` without `use`",
        "`with` gives values to the parameters of a provision, and no provision is named.",
        "Add `use: NAME`, or remove `with`.",
        "ceasefire: {with: {parties: [PAK, AFG]}}",
        "ceasefire: {use: no-attack, with: {parties: [PAK, AFG]}}",
    ),
    info(
        "A506",
        "`use` in a reading",
        "A party's reading replaces single keys of a clause, also of one from the library. It is no clause of its own, "
        "so it cannot use a provision.",
        "Write the keys that the party reads otherwise.",
        "readings: {AFG: {use: no-attack}}",
        "readings: {AFG: {until: 2025-12-31}}",
    ),
)
