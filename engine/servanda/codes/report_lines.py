"""Codes R001 to R024: lines of a report file from which no valid report can be made."""

from __future__ import annotations

from servanda.codes.info import info

_GOOD = '{"id": "r1", "reported": "2025-11-06", "source": "ary", "act": "talk.meet"}'

CODES = (
    info(
        "R001",
        "not JSON",
        "The line is not a JSON value. In JSON Lines every line is one whole report. The line is rejected, the rest is read.",
        "Correct the line, or write the file with a JSON library.",
        "{'id': 'r1'}",
        _GOOD,
    ),
    info(
        "R002",
        "repeated key",
        "A key stands twice in one report, and one of the two values was surely not meant. The line is rejected.",
        "Remove one of the two.",
        '{"id": "r1", "act": "talk", "act": "force"}',
        _GOOD,
    ),
    info(
        "R003",
        "NaN or Infinity",
        "`NaN` and `Infinity` are not JSON, and no number that could be compared. The line is rejected.",
        "Leave the field out where the number is not known.",
        '{"id": "r1", "quantity": NaN}',
        _GOOD,
    ),
    info(
        "R004",
        "not a report object",
        "A report is a JSON object with plain values, lists and small objects. This line is another kind of value, or is "
        "nested too deep. It is rejected.",
        "Write one object in each line, and keep it flat.",
        '["r1", "talk"]',
        _GOOD,
    ),
    info(
        "R005",
        "line too long",
        "The line is longer than a report can be. It is rejected without being read.",
        "Keep documents elsewhere, and give their `url`.",
        '{"id": "r1", "text": "... a whole book ..."}',
        '{"id": "r1", "url": "https://example.org/book"}',
    ),
    info(
        "R006",
        "not UTF-8",
        "The line holds bytes that are not UTF-8. It is rejected.",
        "Save the file with the encoding UTF-8.",
        '{"place": "T\\xfcrkiye"}',
        '{"place": "Türkiye"}',
    ),
    info(
        "R010",
        "missing field",
        "A report needs an `id`, when it was `reported`, and a `source`. Without them it cannot be told from others, "
        "put in order, or believed. The line is rejected.",
        "Add the field.",
        '{"id": "r1", "source": "ary", "act": "talk"}',
        _GOOD,
    ),
    info(
        "R011",
        "wrong type",
        "A field has a value of another type than it needs, such as a number for an `act`. The line is rejected.",
        "Write text in quotes; `actor` and `target` may be lists of text.",
        '{"id": 1}',
        '{"id": "1"}',
    ),
    info(
        "R012",
        "bad date",
        "`reported` or `occurred` is not a possible date. `reported` is an instant or a day; `occurred` may be "
        "imprecise or an interval (EDTF levels 0 and 1). The line is rejected.",
        "Write 2025-11-06, 2025-11-06T18:10:00+05:00 or 2025-10-18/2025-10-19.",
        '{"reported": "06/11/2025"}',
        '{"reported": "2025-11-06"}',
    ),
    info(
        "R013",
        "unknown `says`",
        "`says` is one of asserts (the default), denies, confirms, corrects and retracts. The line is rejected.",
        "Write one of these.",
        '{"says": "denied"}',
        '{"says": "denies"}',
    ),
    info(
        "R014",
        "bad quantity",
        "`quantity` is a finite number, or `{low, high}` with low not above high. The line is rejected.",
        "Write a number or both bounds.",
        '{"quantity": "many"}',
        '{"quantity": {"low": 10, "high": 20}}',
    ),
    info(
        "R015",
        "`of` is missing",
        "Who denies, confirms, corrects or retracts says what: `of` names a report, or for a denial an incident. The "
        "line is rejected.",
        "Add `of`.",
        '{"says": "denies"}',
        '{"says": "denies", "of": "r12"}',
    ),
    info(
        "R020",
        "too many cells",
        "The CSV row has more cells than the header has columns, so that values cannot be told apart. The row is rejected.",
        "Put cells that hold a comma in quotes.",
        "id,place\nr1,Chaman, Balochistan",
        'id,place\nr1,"Chaman, Balochistan"',
    ),
    info(
        "R021",
        "bad CSV quoting",
        "A quoted cell is not closed, or goes on after its closing quotation mark. The row is rejected.",
        "Double the quotation marks inside a quoted cell, and close it.",
        'r1,"the "ceasefire"',
        'r1,"the ""ceasefire"""',
    ),
    info(
        "R022",
        "unknown code",
        "A table of others codes what happened, or how well it is known, and neither the crosswalk nor the cases of the "
        "reader say what this code stands for. Leading zeros that a spreadsheet dropped are a common cause. The row is rejected.",
        "Correct the code in the table, or add it to the reader or its crosswalk.",
        "CAMEO Code\n40",
        "CAMEO Code\n040",
    ),
    info(
        "R023",
        "too few cells",
        "The table has no header, so that its columns are known by their number only, and this row has fewer. Its values "
        "may stand in the wrong columns. The row is rejected.",
        "Give the table as it was published, or name its columns under `header` of a mapping.",
        "1020,20260203",
        "1020,20260203,NORTH,,040",
    ),
    info(
        "R024",
        "older than what was read before",
        "The event was read before in a later version. Read after it, the older one would count as a correction of the newer. "
        "The row is rejected.",
        "Give the releases of a data set in their order, the oldest first.",
        "-r release-2026.csv -r release-2025.csv",
        "-r release-2025.csv -r release-2026.csv",
    ),
)
