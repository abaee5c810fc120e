"""`servanda due`: what is overdue, due and missed; what silence would bring; calendars read by a parser of their own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from servanda.render.schemas import schema_of

AGREEMENT = """
servanda: 1
agreement: river
title: On the river
timezone: Europe/Zurich
term: {from: 2026-01-01, until: 2026-12-31}
actors: {NORTH: {role: party}, SOUTH: {role: party}, MON: {role: body}}
sources: {mission: {kind: monitor, speaks_for: MON}, south: {speaks_for: SOUTH}}
evidence: {corroboration: 1, grace: P3D}
clauses:
  quiet: {binds: [NORTH, SOUTH], must_not: {act: force.attack, target: $other}}
  inquiry: {binds: MON, when: {violated: quiet}, must: {act: investigate}, within: P30D}
  answer: {binds: MON, when: {act: ask}, must: {act: talk}, within: PT48H, requires: {fulfilled: withdrawal}}
  withdrawal: {binds: NORTH, toward: SOUTH, must: {act: force.withdraw}, by: 2026-02-28, text: The North leaves.}
  bridge: {binds: SOUTH, must: {act: rebuild}, by: "2026-02-10T12:00"}
  list: {binds: SOUTH, must: {act: share}}
  food: {binds: NORTH, every: P1M, must: {act: aid.food}, quantity: {reach: 100}}
"""
REPORTS: list[dict[str, Any]] = [
    {"id": "a1", "reported": "2026-01-20", "act": "aid.food", "actor": "NORTH", "quantity": 100},
    {"id": "a2", "reported": "2026-02-01", "act": "force.attack", "actor": "SOUTH", "target": "NORTH"},
    {"id": "a3", "reported": "2026-02-01", "source": "south", "says": "denies", "of": "a2"},
    {"id": "a4", "reported": "2026-02-05", "act": "aid.food", "actor": "NORTH", "quantity": 40},
    {"id": "a5", "reported": "2026-02-05", "act": "ask"},
]


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "a.yaml").write_text(AGREEMENT)
    lines = [{"source": "mission", **({"occurred": one["reported"]} if "act" in one else {}), **one} for one in REPORTS]
    (tmp_path / "r.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    return str(tmp_path / "a.yaml"), str(tmp_path / "r.jsonl")


@pytest.fixture
def due(run, files):
    """`servanda due` as of a day with what was known then."""

    def call(day: str, *args: str):
        return run("due", files[0], "-r", files[1], "--as-of", day, "--known-at", day, *args)

    return call


def data(result) -> dict[str, Any]:
    found = json.loads(result.stdout)
    jsonschema.validate(found, schema_of("due"))
    return found


def listed(result) -> list[tuple[str, str]]:
    return [(one["kind"], one["clause"]) for one in data(result)["deadlines"]]


# --- what is listed ---------------------------------------------------------------------------------------


def test_what_is_due_the_next_first_and_nothing_without_a_deadline(due):
    assert listed(due("2026-02-05", "--format", "json")) == [
        ("due", "answer"),
        ("due", "bridge"),
        ("due", "withdrawal"),
        ("due", "food"),
        ("due", "inquiry"),
    ]


@pytest.mark.parametrize(
    ("day", "kind", "code"),
    [
        ("2026-02-27", "due", 0),
        ("2026-02-28", "overdue", 3),  # the end of the day is the deadline
        ("2026-03-02", "overdue", 3),
        ("2026-03-03", "missed", 3),  # equality counts as over
        ("2026-06-01", "missed", 3),
    ],
)
def test_the_course_of_a_deadline_and_the_exit_code(due, day, kind, code):
    found = due(day, "--clause", "withdrawal", "--format", "json")
    assert (listed(found), found.exit_code) == ([(kind, "withdrawal")], code)
    (one,) = data(found)["deadlines"]
    assert one["due"] == {"earliest": "2026-02-28T22:59:59.999999Z", "latest": "2026-02-28T22:59:59.999999Z"}
    grace = {"earliest": "2026-03-03T22:59:59.999999Z", "latest": "2026-03-03T22:59:59.999999Z"}
    assert one["grace_over"] == (None if kind == "due" else grace)
    assert (one["owed"], one["text"], one["toward"]) == ("force.withdraw by NORTH", "The North leaves.", ["SOUTH"])


def test_what_is_made_good_is_owed_no_more(run, files, tmp_path):
    late = {"id": "l", "source": "mission", "reported": "2026-03-05", "act": "force.withdraw", "actor": "NORTH"}
    (tmp_path / "late.jsonl").write_text(json.dumps(late | {"occurred": "2026-03-05"}))
    found = run("due", files[0], "-r", str(tmp_path / "late.jsonl"), "--clause", "withdrawal")
    assert found.exit_code == 0
    assert "nothing falls due, and nothing is overdue" in found.stdout


def test_how_long_is_left_and_how_late_it_is(due):
    def lengths(*args: str):
        return [(one["left"], one["late"]) for one in data(due(*args, "--format", "json"))["deadlines"]]

    days = {"least": "P23D", "most": "P23D"}
    assert lengths("2026-02-05", "--clause", "withdrawal") == [(days, None)]
    assert lengths("2026-02-05T18:30", "--clause", "withdrawal")[0][0]["least"] == "P23DT5H30M"
    assert lengths("2026-02-12", "--clause", "bridge") == [(None, {"least": "P2DT12H", "most": "P2DT12H"})]
    # two days after a time that is known to the day
    assert lengths("2026-02-05", "--clause", "answer") == [({"least": "P1D", "most": "P2D"}, None)]


def test_the_table_says_when_how_long_what_and_how_sure(due):
    shown = re.sub(r"\s+", " ", due("2026-02-05").stdout)
    assert "2026-02-07 answer MON talk by MON pending" in shown
    assert " 2 days left after a5 if withdrawal is fulfilled by then" in shown
    assert "1 to 2 days" not in shown  # at some time of one day: that day
    assert "2026-02-10 12:00" in shown
    assert "4 days left" in shown
    assert "aid.food by NORTH, a quantity of 100 in all" in shown
    assert "40 of 100 done (40 %)" in shown
    assert "dormant or pending" in shown
    assert "contested: a2" in shown
    shown = re.sub(r"\s+", " ", due("2026-03-01").stdout)
    assert "1 day late" in shown
    assert "grace until 2026-03-03" in shown


def test_an_uncertain_deadline_shows_both_ends_and_may_be_late(run, tmp_path):
    told = {"id": "x", "source": "mission", "reported": "2026-02-05T12:00", "act": "ask", "occurred": "2026-02"}
    (tmp_path / "x.jsonl").write_text(json.dumps(told))
    (tmp_path / "a.yaml").write_text(AGREEMENT.replace(", requires: {fulfilled: withdrawal}", ""))
    args = ("due", str(tmp_path / "a.yaml"), "-r", str(tmp_path / "x.jsonl"), "--clause", "answer")
    shown = re.sub(r"\s+", " ", run(*args).stdout)
    assert "2026-02-03 to 2026-02-07 12:00" in shown
    assert "overdue or pending" in shown
    assert "up to 2 days late" in shown
    assert run(*args).exit_code == 3
    # without grace it may be missed already, and may be done in time
    (tmp_path / "a.yaml").write_text((tmp_path / "a.yaml").read_text().replace("P3D", "P0D"))
    assert listed(run(*args, "--format", "json")) == [("due", "answer")]
    assert "up to 2 days left" in re.sub(r"\s+", " ", run(*args).stdout)
    assert run(*args).exit_code == 3


def test_a_doubtful_breach_makes_what_it_sets_off_doubtful(due):
    (one,) = data(due("2026-02-05", "--clause", "inquiry", "--format", "json"))["deadlines"]
    assert (one["status"], one["possible"]) == ("undetermined", ["dormant", "pending"])
    assert one["because"] == [{"reason": "contested", "incident": "a2"}]
    assert due("2026-02-05", "--clause", "inquiry").exit_code == 0
    assert due("2026-04-05", "--clause", "inquiry").exit_code == 3
    assert due("2026-04-05", "--clause", "inquiry", "--view", "account of SOUTH").exit_code == 0


def test_within_limits_only_what_is_still_to_come(due):
    assert listed(due("2026-02-05", "--within", "P5D", "--format", "json")) == [("due", "answer"), ("due", "bridge")]
    assert listed(due("2026-02-14", "--within", "P2D", "--format", "json")) == [("missed", "bridge")]
    assert due("2026-02-14", "--within", "P2D").exit_code == 3


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--within", "30"], "--within: '30' is not an ISO 8601 duration"),
        (["--within", "P5B"], "business days differ"),
        (["--if-silent-until", "soon"], "--if-silent-until: 'soon' is not a date"),
        (["--if-silent-until", "2026-02-04"], "--if-silent-until: 2026-02-04 lies before --as-of"),
        (["--if-silent-until", "2026-03-01", "--format", "ics"], "choose table or json"),
        (["--clause", "withdrawl"], "did you mean 'withdrawal'?"),
        (["--view", "x"], "has no view 'x'"),
        (["--format", "csv"], "csv"),
    ],
)
def test_wrong_usage(due, args, words):
    found = due("2026-02-05", *args)
    assert (found.exit_code, found.stdout) == (2, "")
    assert words in found.stderr


def test_a_narrow_table_breaks_no_word(run, files):
    args = ("due", files[0], "-r", files[1], "--as-of", "2026-02-05", "--if-silent-until", "2026-03-05")
    found = run(*args, env={"COLUMNS": "60"}).stdout
    assert "clause, bearer" in found
    assert "what is owed, verdict" in found
    assert "when, why" in found
    words = set(re.findall(r"[\w.]+", found))
    assert words >= {"withdrawal", "undetermined", "force.withdraw", "2026", "unenforceable", "investigate"}


def test_several_views_and_agreements(run, files, tmp_path):
    (tmp_path / "b.yaml").write_text(AGREEMENT.replace("agreement: river", "agreement: other"))
    args = ("due", files[0], str(tmp_path / "b.yaml"), "-r", files[1], "--view", "all", "--format")
    views = data(run(*args, "json"))["outlooks"]
    assert {(one["agreement"], one["view"]) for one in views} >= {("river", "neutral"), ("other", "account of SOUTH")}
    assert run(*args, "table").stdout.count("view: account of NORTH") == 2


def test_rejected_lines(run, files):
    found = run("due", files[0], "-r", files[1], "-r", "-", "--format", "json", stdin="{nonsense\n")
    assert data(found)["rejected"] == 1
    assert [one["code"] for one in data(found)["diagnostics"]] == ["R001"]
    assert run("due", files[0], "-r", "-", "--max-rejects", "0", stdin="{nonsense\n").exit_code == 4
    assert "report lines: 1 rejected" in run("due", files[0], "-r", files[1], "-r", "-", stdin="{nonsense\n").stdout


# --- if silent ----------------------------------------------------------------------------------------------


def test_what_silence_brings_in_order(due):
    found = data(due("2026-02-05", "--if-silent-until", "2026-03-05", "--format", "json"))
    assert found["silent"]["until"] == "2026-03-05T22:59:59.999999Z"
    assert [
        (one["at"]["latest"][:10], one["change"], one["clause"], one["after"]["status"], bool(one["grace_over"]))
        for one in found["silent"]["differences"]
    ] == [
        ("2026-02-07", "revised", "answer", "unenforceable", False),
        ("2026-02-10", "revised", "bridge", "violated", True),
        ("2026-02-28", "revised", "withdrawal", "violated", True),
        ("2026-02-28", "revised", "food", "violated", True),
        ("2026-02-28", "new", "food", "pending", False),  # the period that begins in March, in UTC
        ("2026-03-03", "revised", "inquiry", "undetermined", True),
    ]
    assert data(due("2026-02-05", "--format", "json"))["silent"] is None


def test_silence_is_as_two_assessments_have_it(run, files, due):
    found = data(due("2026-02-05", "--if-silent-until", "2026-03-05", "--format", "json"))["silent"]["differences"]
    lines = [line for line in Path(files[1]).read_text().splitlines() if json.loads(line)["reported"] <= "2026-02-05"]
    later = run(
        "assess", files[0], "-r", "-", "--as-of", "2026-03-05", "--known-at", "2026-03-05", "--format", "json",
        stdin="\n".join(lines),
    )  # fmt: skip
    verdicts = {
        (one["clause"], str(one["trigger"]), str(one["period"])): (one["status"], one["possible"])
        for one in json.loads(later.stdout)["instances"]
    }
    for one in found:
        key = (one["clause"], str(one["trigger"]), str(one["period"]))
        assert verdicts[key] == (one["after"]["status"], one["after"]["possible"])


def test_what_was_reported_later_is_silence_too(run, files):
    args = ("--as-of", "2026-01-15", "--known-at", "2026-01-15", "--clause", "food", "--format", "json")
    found = data(run("due", files[0], "-r", files[1], *args, "--if-silent-until", "2026-02-05"))
    assert [one["after"]["status"] for one in found["silent"]["differences"]] == ["violated", "pending"]


def test_silence_on_one_clause(due):
    found = due("2026-02-05", "--if-silent-until", "2026-03-05", "--clause", "withdrawal", "--format", "json")
    assert [one["clause"] for one in data(found)["silent"]["differences"]] == ["withdrawal"]


def test_silence_in_words(due):
    shown = due("2026-02-05", "--if-silent-until", "2026-02-06", "--clause", "withdrawal").stdout
    assert shown.endswith("if nothing more is reported until 2026-02-06:\nno verdict changes\n")
    shown = due("2026-03-01", "--if-silent-until", "2026-03-04", "--clause", "withdrawal")
    assert shown.exit_code == 3
    last = shown.stdout.split("if nothing more is reported")[1]
    assert re.search(r"2026-02-28 +withdrawal +NORTH +overdue +violated +no report of", last)
    assert "grace until 2026-03-03" in last


# --- calendars ------------------------------------------------------------------------------------------------


def read(text: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The properties of a calendar and of its events, parsed by hand as RFC 5545 sections 3.1 and 3.3.11 have it."""
    raw = text.encode()
    assert raw.endswith(b"\r\n")
    physical = raw[:-2].split(b"\r\n")
    for line in physical:
        assert len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
        line.decode()  # no character is cut at a fold
    logical = raw.replace(b"\r\n ", b"").decode()[:-2].split("\r\n")
    assert (logical[0], logical[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    head: dict[str, str] = {}
    events: list[dict[str, str]] = []
    at = head
    for line in logical[1:-1]:
        name, _, value = line.partition(":")
        assert re.fullmatch(r"[A-Z-]+(;[A-Z]+=[A-Z-]+)*", name), line
        if line == "BEGIN:VEVENT":
            events.append({})
            at = events[-1]
        elif line == "END:VEVENT":
            at = head
        else:
            assert name not in at
            assert not re.search(r"(?<!\\)(\\\\)*[,;]", value) or name in ("DTSTART", "DTEND")
            at[name] = re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)
    return head, events


def calendar(result) -> list[dict[str, str]]:
    return read(result.stdout_bytes.decode())[1]


def test_a_calendar(due):
    head, events = read(due("2026-02-05", "--format", "ics").stdout_bytes.decode())
    assert head == {
        "PRODID": "-//Servanda//servanda due//EN",
        "VERSION": "2.0",
        "X-WR-CALNAME": "On the river",
    }
    answer, bridge, withdrawal, food, inquiry = events
    assert {one["DTSTAMP"] for one in events} == {"20260205T225959Z"}  # known_at
    # the end of a day in the agreement's zone is that day, whatever it is in UTC
    assert (withdrawal["DTSTART;VALUE=DATE"], withdrawal["DTEND;VALUE=DATE"]) == ("20260228", "20260301")
    assert (food["DTSTART;VALUE=DATE"], food["DTEND;VALUE=DATE"]) == ("20260228", "20260301")
    # 48 hours after some time of a day
    assert (answer["DTSTART;VALUE=DATE"], answer["DTEND;VALUE=DATE"]) == ("20260207", "20260208")
    assert bridge["DTSTART"] == "20260210T110000Z"
    assert "DTEND" not in bridge
    assert (withdrawal["STATUS"], inquiry["STATUS"]) == ("CONFIRMED", "TENTATIVE")
    assert withdrawal["SUMMARY"] == "due: NORTH, withdrawal: force.withdraw by NORTH"
    assert inquiry["SUMMARY"] == "perhaps due: MON, inquiry: investigate by MON"
    assert withdrawal["DESCRIPTION"].splitlines() == [
        "The North leaves.",
        "force.withdraw by NORTH",
        "due 2026-02-28",
        "verdict: pending",
        "On the river (river), as of 2026-02-05, known at 2026-02-05 (Europe/Zurich), view: neutral",
    ]
    assert {"TRANSPARENT"} == {one["TRANSP"] for one in events}


def test_an_event_keeps_its_uid_and_date_while_its_words_change(due):
    args = ("--clause", "withdrawal", "--format", "ics")
    first, second, third = (calendar(due(day, *args))[0] for day in ("2026-02-05", "2026-03-01", "2026-03-04"))
    assert first["UID"] == second["UID"] == third["UID"]
    assert first["DTSTART;VALUE=DATE"] == second["DTSTART;VALUE=DATE"] == third["DTSTART;VALUE=DATE"]
    assert [one["SUMMARY"].partition(":")[0] for one in (first, second, third)] == ["due", "overdue", "missed"]
    assert "grace until 2026-03-03" in second["DESCRIPTION"].splitlines()
    assert due("2026-02-05", *args).stdout_bytes == due("2026-02-05", *args).stdout_bytes


def test_the_stamp_is_what_was_known_when(run, files):
    args = ("--as-of", "2026-02-05", "--known-at", "2026-02-07T10:00:00.5", "--format", "ics")
    assert {one["DTSTAMP"] for one in calendar(run("due", files[0], "-r", files[1], *args))} == {"20260207T090000Z"}


def test_uids_differ_by_instance_view_and_agreement(run, files, tmp_path):
    (tmp_path / "b.yaml").write_text(AGREEMENT.replace("agreement: river", "agreement: other"))
    args = ("due", files[0], str(tmp_path / "b.yaml"), "-r", files[1], "--view", "all", "--format", "ics")
    events = calendar(run(*args))
    assert len({one["UID"] for one in events}) == len(events) > 20
    assert any(one["SUMMARY"].endswith("[account of NORTH]") for one in events)


def test_no_deadline_is_an_empty_calendar(due):
    found = due("2026-02-05", "--clause", "list", "--format", "ics")
    assert (calendar(found), found.exit_code) == ([], 0)


def test_a_calendar_written_to_a_file_keeps_its_line_ends(due, tmp_path):
    found = due("2026-02-05", "--format", "ics", "-o", str(tmp_path / "x.ics"))
    assert (found.exit_code, found.stdout) == (0, "")
    assert (tmp_path / "x.ics").read_bytes() == due("2026-02-05", "--format", "ics").stdout_bytes


HOSTILE = 'a,b;c\\n "q"\nBEGIN:VEVENT\r\nEND:VCALENDAR \x1b[31m\u2028\u202e日本語' + "é😀ü日" * 40


@pytest.mark.parametrize("shift", range(5))
def test_hostile_words_stay_words(run, tmp_path, shift):
    agreement = {
        "servanda": 1,
        "agreement": f"h,;\\{shift}",
        "title": "x" * shift + HOSTILE,
        "timezone": "Asia/Tokyo",
        "actors": {'Ä, "B":C': {"role": "party"}, "日本語" * 9: {"role": "party"}},
        "clauses": {
            "größe": {
                "binds": ['Ä, "B":C', "日本語" * 9],
                "joint": True,
                "must": {"act": "give", "object": "x" * shift + HOSTILE},
                "by": "2026-03-08",
                "text": "x" * shift + HOSTILE,
            }
        },
    }
    path = tmp_path / "h.yaml"
    text = json.dumps(agreement, ensure_ascii=False)  # JSON is YAML
    path.write_text(text.replace("\u2028", "\\u2028").replace("\u202e", "\\u202e"), encoding="utf-8")
    head, (event,) = read(run("due", str(path), "--as-of", "2026-03-01", "--format", "ics").stdout_bytes.decode())
    safe = 'a,b;c\\n "q" BEGIN:VEVENT END:VCALENDAR \ufffd[31m\ufffd\ufffd日本語' + "é😀ü日" * 40
    assert head["X-WR-CALNAME"] == "x" * shift + safe
    assert event["DESCRIPTION"].splitlines()[0] == "x" * shift + safe
    assert safe in event["SUMMARY"]
    assert (event["DTSTART;VALUE=DATE"], event["DTEND;VALUE=DATE"]) == ("20260308", "20260309")
    assert run("due", str(path), "--as-of", "2026-03-01").exit_code == 0


@pytest.mark.parametrize(
    ("occurred", "times"),
    [
        ("2026-03-01", {"DTSTART;VALUE=DATE": "20260303", "DTEND;VALUE=DATE": "20260304"}),
        ("2026-02-27/2026-03-01", {"DTSTART;VALUE=DATE": "20260301", "DTEND;VALUE=DATE": "20260304"}),
        ("2026-03-01T10:00/2026-03-01T11:00", {"DTSTART": "20260303T090000Z", "DTEND": "20260303T100000Z"}),
        ("2026-03-01T10:00/2026-03-01", {"DTSTART": "20260303T090000Z", "DTEND": "20260303T225959Z"}),
        ("../2026-03-01T11:00", {"DTSTART": "20260102T230000Z", "DTEND": "20260303T100000Z"}),
    ],
)
def test_deadlines_that_are_intervals(run, files, tmp_path, occurred, times):
    told = {"id": "x", "source": "mission", "reported": "2026-03-02", "act": "ask", "occurred": occurred}
    (tmp_path / "x.jsonl").write_text(json.dumps(told))
    args = ("--clause", "answer", "--as-of", "2026-03-01", "--format", "ics")
    (event,) = calendar(run("due", files[0], "-r", str(tmp_path / "x.jsonl"), *args))
    assert {name: value for name, value in event.items() if name.startswith(("DTSTART", "DTEND"))} == times


def test_a_deadline_with_an_open_end_is_at_the_other(run, tmp_path):
    (tmp_path / "a.yaml").write_text(
        "servanda: 1\nagreement: a\nactors: {MON: {role: body}}\n"
        "clauses:\n  answer: {binds: MON, when: {act: ask}, must: {act: talk}, within: PT48H}\n"
    )
    told = {"id": "x", "source": "m", "reported": "2026-03-01T11:00", "act": "ask"}
    (tmp_path / "x.jsonl").write_text(json.dumps(told))
    args = ("due", str(tmp_path / "a.yaml"), "-r", str(tmp_path / "x.jsonl"), "--format")
    (event,) = calendar(run(*args, "ics"))
    assert event["DTSTART"] == "20260303T110000Z"
    assert "DTEND" not in event
    (one,) = data(run(*args, "json"))["deadlines"]
    assert one["due"] == {"earliest": None, "latest": "2026-03-03T11:00:00Z"}
    assert one["left"] == {"least": "P0D", "most": "P2D"}
    assert "up to 2 days left" in run(*args, "table").stdout
