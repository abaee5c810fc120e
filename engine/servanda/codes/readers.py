"""Codes M001 to M007: mapping files and crosswalks that cannot be used to read the tables of others."""

from __future__ import annotations

from servanda.codes.info import info

CODES = (
    info(
        "M001",
        "no such reader",
        "A reader is the name of one that comes with the library, or the path of a mapping file, which ends with `.yaml`. "
        "The same goes for `like`, and for the name of a crosswalk.",
        "Correct the name, or write the path.",
        "--reader ucpd-ged",
        "--reader ucdp-ged",
    ),
    info(
        "M002",
        "unknown key in a reader",
        "The key is not known in this place, or a mapping has none of the keys that say how a value is made.",
        "Correct the key; the message names the nearest one, or all that are known.",
        'place: {frist: ["{city}", "{country}"]}',
        'place: {first: ["{city}", "{country}"]}',
    ),
    info(
        "M003",
        "missing in a reader",
        "Something that is needed is not there: the fields `id`, `reported` and `source`, the `cases` of `by`, the `at` of "
        "`split`, the `name` and `of` of a crosswalk, or its codes.",
        "Add it.",
        'actor: {by: "{type}"}',
        'actor: {by: "{type}", cases: {"3": "{side_a}"}, else: null}',
    ),
    info(
        "M004",
        "wrong value in a reader",
        "The value is of another kind than it can be in this place. Numbers that are meant as text are put in quotes.",
        "Write what the message says.",
        "delimiter: ', '",
        "delimiter: comma",
    ),
    info(
        "M005",
        "braces that name no column",
        "In the texts of a reader, the name of a column stands in braces. Here a brace is alone, or there is nothing in it.",
        "Write each column as `{column}`.",
        'id: "ucdp-{id"',
        'id: "ucdp-{id}"',
    ),
    info(
        "M006",
        "unknown column",
        "The reader says itself which columns the table has, under `header`, or what its crosswalk offers; the column named "
        "is not among them.",
        "Correct the name.",
        'header: [id, day]\nfields: {id: "{ident}"}',
        'header: [id, day]\nfields: {id: "{id}"}',
    ),
    info(
        "M007",
        "bad date format",
        "A date format has a year, a month and a day, each once: %Y, %m or %B, %d, and perhaps %H, %M, %S and %f; or it is "
        "`unix`, for seconds since 1970.",
        "Write it like the dates of the table.",
        "dates: [YYYY-MM-DD]",
        'dates: ["%Y-%m-%d"]',
    ),
)
