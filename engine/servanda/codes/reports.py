"""Codes R101 to R110: reports that are used, with something about them that the reader should know."""

from __future__ import annotations

from servanda.codes.info import info

CODES = (
    info(
        "R101",
        "same id, other content",
        "Two reports have one id and differ. The one reported first stands, whatever the order of arrival; of two "
        "reported at once, the one whose content sorts first. The other changes nothing.",
        "Give each report its own id; change an earlier one by `says: corrects`.",
        '{"id": "r1", "act": "talk"}\n{"id": "r1", "act": "force"}',
        '{"id": "r1", "act": "talk"}\n{"id": "r2", "says": "corrects", "of": "r1", "act": "force"}',
    ),
    info(
        "R102",
        "`of` not known",
        "`of` names neither a report nor an incident that is known yet. The report waits, and counts as soon as it is.",
        "Check the id; or add the report that it is about.",
        '{"id": "r2", "says": "denies", "of": "r11"}',
        '{"id": "r2", "says": "denies", "of": "r12"}',
    ),
    info(
        "R103",
        "another's report",
        "Only the claimant itself can correct or retract its report. This one is by another claimant, and changes nothing.",
        "Others deny a report, or assert what they know.",
        '{"claimant": "b", "says": "retracts", "of": "r1-by-a"}',
        '{"claimant": "b", "says": "denies", "of": "r1-by-a"}',
    ),
    info(
        "R104",
        "reported before it occurred",
        "The report became known before the event it tells of could have happened. It is used as it stands.",
        "Check both dates; an announcement is an act of its own.",
        '{"reported": "2025-11-05", "occurred": "2025-11-06"}',
        '{"reported": "2025-11-06", "occurred": "2025-11-06"}',
    ),
    info(
        "R105",
        "a report is needed",
        "`of` names an incident. Confirmations, corrections and retractions are of one report; of an incident they change nothing.",
        "Name the report's id.",
        '{"says": "confirms", "of": "chaman-0611"}',
        '{"says": "confirms", "of": "r12"}',
    ),
    info(
        "R106",
        "incident disagrees with `of`",
        "The report says another incident than that of the report it is `of`. The latter counts.",
        "Leave `incident` out where there is an `of`.",
        '{"says": "denies", "of": "r12", "incident": "other"}',
        '{"says": "denies", "of": "r12"}',
    ),
    info(
        "R107",
        "name almost like a known one",
        "An actor or source is not in the agreement, but its name is spelled almost like one that is. It counts as "
        "somebody else.",
        "Correct the name, or add it as an alias.",
        '{"actor": "Pakistann"}',
        '{"actor": "Pakistan"}',
    ),
    info(
        "R108",
        "circular `of`",
        "Reports are `of` each other in a circle, so none of them is about anything. They wait, and change nothing.",
        "Correct one of the ids.",
        '{"id": "a", "says": "denies", "of": "b"}\n{"id": "b", "says": "denies", "of": "a"}',
        '{"id": "a", "act": "force"}\n{"id": "b", "says": "denies", "of": "a"}',
    ),
    info(
        "R109",
        "body ignored",
        "A denial, a confirmation or a retraction says nothing of its own about the event; the fields it gives beside "
        "`of` change nothing.",
        "Leave them out; assert in a report of its own what happened instead.",
        '{"says": "denies", "of": "r12", "act": "talk"}',
        '{"says": "denies", "of": "r12"}',
    ),
    info(
        "R110",
        "too many alternatives",
        "The reports on one incident disagree in so many ways that not every alternative is followed. The verdict stays "
        "undetermined where it depends on them.",
        "Split the incident: reports on different events carry different incidents.",
        '{"incident": "war"}',
        '{"incident": "chaman-0611"}',
    ),
    info(
        "R111",
        "later than the retention",
        "A tracker with a retention revises nothing that is further back than that. The report is about such a time, "
        "or has waited as long as that for what it is `of`, and changes nothing.",
        "Start a tracker with a longer retention, or assess all reports at once.",
        'Tracker(agreement, retention="P30D") is told in December of an event in May',
        'Tracker(agreement, retention="P1Y")',
    ),
    info(
        "R112",
        "reaches behind the retention",
        "What the report is about may have been further back than the tracker's retention. It counts for what is still "
        "open; instances that were settled before are not revised by it.",
        "Say more closely when it happened (`occurred`), or start a tracker with a longer retention.",
        '{"id": "r9", "reported": "2025-12-01", "act": "force.attack"}',
        '{"id": "r9", "reported": "2025-12-01", "act": "force.attack", "occurred": "2025-11-30"}',
    ),
    info(
        "R113",
        "settled and not listed",
        "Instances that were over longer ago than the tracker's retention are settled: they are counted, and listed no "
        "more.",
        "Look at `Tracker.settled`, or start a tracker with a longer retention.",
        'Tracker(agreement, retention="P30D").assess()',
        "Tracker(agreement).assess()",
    ),
)
