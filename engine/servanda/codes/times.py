"""Codes A301 to A306: dates, durations and time zones of an agreement."""

from __future__ import annotations

from servanda.codes.info import info

CODES = (
    info(
        "A301",
        "not a date",
        "The value is not a possible date. Dates follow the Extended Date/Time Format (EDTF), levels 0 and 1: a year, "
        "month, day, clock time, or two of them with `/` between.",
        "Write 2025-11-06, 2025-11, 2025-11-06T18:10:00+05:00 or 2025-10-18/2025-10-19.",
        "by: 6 November 2025",
        "by: 2025-11-06",
    ),
    info(
        "A302",
        "not a duration",
        "The value is not an ISO 8601 duration: `P`, then years, months, weeks and days, then `T` and hours, minutes "
        "and seconds. It cannot be negative.",
        "Write P30D, P1M or PT48H.",
        "within: 30 days",
        "within: P30D",
    ),
    info(
        "A303",
        "unknown time zone",
        "Time zones go by their names in the IANA database, so that summer time and old changes of offset are right.",
        "Write a name such as Asia/Karachi.",
        "timezone: Asia/Karach",
        "timezone: Asia/Karachi",
    ),
    info(
        "A304",
        "term ends before it starts",
        "`until` of the term lies before its `from`. A duration as `until` excludes its end, so P0D leaves nothing.",
        "Let `until` be later than `from`.",
        "term: {from: 2025-10-19, until: 2024-10-19}",
        "term: {from: 2025-10-19, until: 2026-10-19}",
    ),
    info(
        "A305",
        "counted from nothing",
        "A duration is counted from a start that is not said: `until` from the clause's `from` or the term's start, "
        "`within` from the trigger or the term's start.",
        "Say `from:` in the term or the clause, or give the clause a `when:`.",
        "clauses:\n  report: {binds: MVM, must: {act: report}, within: P30D}",
        "term: {from: 2025-10-19}\nclauses:\n  report: {binds: MVM, must: {act: report}, within: P30D}",
    ),
    info(
        "A306",
        "open date",
        "A beginning was needed and the date has none, or an end was needed and it has none.",
        "Write a date that is not open on that side.",
        "by: 2025-11-06/..",
        "by: 2025-11-06",
    ),
)
