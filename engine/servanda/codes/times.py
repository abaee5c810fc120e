"""Codes A301 to A308: dates, durations and time zones of an agreement."""

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
        "and seconds; or `P5B` for business days. It cannot be negative, and a period or a window takes some time.",
        "Write P30D, P1M, PT48H or P5B.",
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
        "ends before it starts",
        "`until` of the term, or of a baseline, lies before its `from`. A duration as `until` excludes its end, so P0D leaves nothing.",
        "Let `until` be later than `from`.",
        "term: {from: 2025-10-19, until: 2024-10-19}",
        "term: {from: 2025-10-19, until: 2026-10-19}",
    ),
    info(
        "A305",
        "counted from nothing",
        "A duration is counted from a start that is not said: `until` from the clause's `from` or the term's start, "
        "`within` from the trigger or the term's start, the periods of `every` from the clause's `from` or the term's start.",
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
    info(
        "A307",
        "unknown calendar",
        "`calendar` says which days are business days. It is the code of a country (ISO 3166), or of a part of one whose "
        "holidays differ.",
        "Write a code such as PK or DE-BY.",
        "calendar: PX",
        "calendar: PK",
    ),
    info(
        "A308",
        "not a recurrence rule",
        "`every` is a duration, or a rule of RFC 5545: `FREQ=` with DAILY, WEEKLY, MONTHLY or YEARLY, and further parts "
        "after semicolons. Each of its days begins a period.",
        "Write a duration such as P1M, or a rule such as FREQ=MONTHLY;BYMONTHDAY=1.",
        "every: monthly",
        "every: P1M",
    ),
)
