"""Tables of others, with every trap seen in real exports, come in; the reports made of them are compared."""

from __future__ import annotations

import csv
import io
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servanda import assess, loads
from servanda.model.report import Amount, Report
from servanda.reading.acts import taxonomy
from servanda.reading.foreign import Reader
from servanda.reading.foreign_dates import compile_format, read_day
from servanda.reading.mapping import read_mapping, reader_names
from servanda.reading.reports import Rejected, ReportFileError, read_reports, scan_reports

GED = {
    "id": "7",
    "type_of_violence": "1",
    "side_a": "Government of Northland",
    "side_b": "SLA",
    "source_date": "2026-02-03;2026-02-05;2026-02-04",
    "source_office": "Gazette;Herald",
    "where_prec": "1",
    "where_coordinates": "Fording town",
    "adm_1": "Lake province",
    "adm_2": "Fording district",
    "country": "Northland",
    "date_prec": "1",
    "date_start": "2026-02-02 00:00:00.000",
    "date_end": "2026-02-02 00:00:00.000",
    "best": "4",
    "high": "6",
    "low": "3",
    "event_clarity": "1",
    "number_of_sources": "2",
}
NEW_ACLED = {
    "event_id_cnty": "NOR7",
    "event_date": "2026-02-02",
    "time_precision": "1",
    "disorder_type": "Political violence",
    "event_type": "Battles",
    "sub_event_type": "Armed clash",
    "actor1": "Military Forces of Northland",
    "inter1": "State forces",
    "actor2": "SLA",
    "inter2": "Rebel group",
    "admin1": "Lake",
    "admin2": "Fording district",
    "location": "Fording",
    "country": "Northland",
    "geo_precision": "1",
    "source": "Gazette; Herald",
    "fatalities": "4",
    "timestamp": "1770163200",
}
OLD_NUMBERS = {"State forces": "1", "Rebel group": "2", "Rioters": "5", "Protesters": "6", "Civilians": "7", "": "0"}
ICEWS = {
    "Event ID": "7",
    "Event Date": "2026-02-02",
    "Source Name": "Northland",
    "CAMEO Code": "190",
    "Target Name": "Southland",
    "Story ID": "70",
    "City": "NA",
    "District": "NA",
    "Province": "Lake",
    "Country": "Northland",
}


def table(*rows: dict[str, str], delimiter: str = ",") -> bytes:
    """The bytes of a table with these rows."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter, quoting=csv.QUOTE_MINIMAL)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def scan(data: bytes, reader: Any) -> list[Report | Rejected]:
    return list(scan_reports(io.BytesIO(data), reader=reader))


def only(data: bytes, reader: Any) -> Report:
    (found,) = scan(data, reader)
    assert isinstance(found, Report), found
    return found


def text_of(report: Report, name: str) -> str:
    return report.body[name].text  # type: ignore[attr-defined,no-any-return]


# --- UCDP ---------------------------------------------------------------------------------------------


def ged(**changes: str) -> Report:
    return only(table(GED | changes), "ucdp-ged")


def test_ucdp_a_fight_is_an_attack_by_nobody_in_particular() -> None:
    found = ged()
    assert (found.id, found.source, found.claimant, found.reported.text) == ("ucdp-7", "ucdp", "ucdp", "2026-02-05")
    assert found.body["act"] == "force.attack"
    assert not {"actor", "target"} & set(found.body)
    assert found.body["sides"] == ("Government of Northland", "SLA")
    assert found.body["violence"] == "state-based"
    assert found.body["quantity"] == Amount(3, 6)
    assert found.body["sources"] == ("Gazette", "Herald")
    assert (found.body["event_clarity"], found.body["number_of_sources"], found.body["best"]) == ("1", "2", "4")


def test_ucdp_one_sided_violence_is_by_side_a_against_civilians() -> None:
    found = ged(type_of_violence="3", side_b="Civilians")
    assert found.body["actor"] == ("Government of Northland",)
    assert found.body["target"] == ("civilians",)


@pytest.mark.parametrize("precision", ["2", "3", "4", "5"])
def test_ucdp_an_uncertain_date_is_an_interval(precision: str) -> None:
    found = ged(date_prec=precision, date_end="2026-02-08 00:00:00.000", source_date="2026-02-03")
    assert text_of(found, "occurred") == "2026-02-02/2026-02-08"
    assert found.reported.text == "2026-02-08", "not before the event was over"


@pytest.mark.parametrize(
    ("precision", "place"),
    [
        ("1", "Fording town"),
        ("2", "Lake province"),
        ("3", "Fording district"),
        ("4", "Lake province"),
        ("5", "Northland"),
        ("6", "Northland"),
        ("7", None),
    ],
)
def test_ucdp_an_uncertain_place_is_a_coarser_one(precision: str, place: str | None) -> None:
    found = ged(where_prec=precision)
    assert found.body.get("place") == place
    assert found.body["where_coordinates"] == "Fording town"
    assert found.body["where_prec"] == precision


def test_ucdp_estimates_by_other_names_and_out_of_order() -> None:
    row = {{"best": "best_est", "high": "high_est", "low": "low_est"}.get(k, k): v for k, v in GED.items()}
    assert only(table(row), "ucdp-ged").body["quantity"] == Amount(3, 6)
    assert ged(low="5", best="4", high="4").body["quantity"] == Amount(4, 5)
    assert "quantity" not in ged(low="", best="", high="").body


def test_ucdp_tags_under_the_header_are_no_event() -> None:
    tags = dict.fromkeys(GED, "") | {"date_start": "#date+start", "best": "#affected+killed"}
    first, second = scan(table(tags, GED, tags), "ucdp-ged")
    assert isinstance(first, Report)
    assert isinstance(second, Rejected), "only the row under the header is one of tags"


def test_ucdp_quoted_newlines_stay_in_their_cell() -> None:
    rows = [GED | {"id": str(n), "source_office": 'Gazette\r\nCR \t"Dabanga"'} for n in range(50)]
    found = scan(table(*rows), "ucdp-ged")
    assert [type(each) for each in found] == [Report] * 50


def test_ucdp_dates_in_two_styles_in_one_file() -> None:
    rows = [
        GED,
        GED | {"id": "8", "date_start": "2/14/2026", "date_end": "2/14/2026 0:00", "source_date": "2/15/2026"},
        GED | {"id": "9", "date_start": "3/4/2026", "date_end": "3/4/2026"},
    ]
    found = [each for each in scan(table(*rows), "ucdp-ged") if isinstance(each, Report)]
    assert [text_of(each, "occurred") for each in found] == ["2026-02-02", "2026-02-14", "2026-03-04/2026-04-03"]
    assert found[1].reported.text == "2026-02-15"


@pytest.mark.parametrize("tail", [b",", b",,", b", "])
def test_an_extra_trailing_column_without_a_name_is_not_looked_at(tail: bytes) -> None:
    lines = table(GED).splitlines()
    for header in (lines[0], lines[0] + b","):
        assert only(b"\r\n".join([header, lines[1] + tail]), "ucdp-ged").id == "ucdp-7"
    named = b"\r\n".join([lines[0] + b",extra", lines[1] + b",x"])
    assert "extra" not in only(named, "ucdp-ged").body
    unnamed = b"\r\n".join([lines[0] + b",", lines[1] + b",x"])
    assert only(unnamed, "ucdp-ged").id == "ucdp-7"
    (rejected,) = scan(b"\r\n".join([lines[0], lines[1] + b",x"]), "ucdp-ged")
    assert isinstance(rejected, Rejected)
    assert rejected.code == "R020"


def test_lines_that_are_not_utf_8_are_read_as_cp1252() -> None:
    lines = table(GED | {"where_coordinates": "Zürich – See"}, GED).decode().splitlines()
    data = b"\n".join([lines[0].encode(), lines[1].encode("cp1252"), lines[2].encode()])
    first, second = scan(data, "ucdp-ged")
    assert isinstance(first, Report)
    assert first.body["place"] == "Zürich – See"
    assert isinstance(second, Report)
    assert second.says == "corrects", "the same event, with another place"
    (rejected,) = scan(lines[0].encode() + b"\n\x81", "ucdp-ged")
    assert isinstance(rejected, Rejected)
    assert (rejected.code, rejected.line) == ("R006", 2)


# --- events that come back ----------------------------------------------------------------------------


def test_an_event_that_comes_back_with_other_values_corrects_what_was_read_before() -> None:
    reader = Reader("ucdp-ged")
    releases = (GED, GED, GED | {"best": "9", "high": "9", "adm_2": ""}, GED | {"best": "5", "source_date": ""})
    found = [each for row in releases for each in scan(table(row), reader)]
    assert all(isinstance(each, Report) for each in found)
    reports = [each for each in found if isinstance(each, Report)]
    assert [(each.id, each.says, each.of) for each in reports] == [
        ("ucdp-7", "asserts", None),
        ("ucdp-7@002", "corrects", "ucdp-7"),
        ("ucdp-7@003", "corrects", "ucdp-7"),
    ]
    assert reports[1].body["quantity"] == Amount(3, 9)
    assert reports[1].body["adm_2"] is None, "what is no longer said is cleared"
    assert [each.reported.text for each in reports] == ["2026-02-05"] * 3, "none comes before what it corrects"


def test_releases_in_their_order_give_the_verdict_of_the_last_one() -> None:
    agreement = loads(
        "servanda: 1\nagreement: a\nactors: {N: {name: Northland, role: party, aliases: [Government of Northland]}}\n"
        "clauses: {quiet: {binds: N, must_not: {act: force.attack, target: civilians}}}\n"
    )
    one = GED | {"type_of_violence": "3"}
    reader = Reader("ucdp-ged")
    reports = [*scan(table(one), reader), *scan(table(one | {"type_of_violence": "3", "side_a": "SLA"}), reader)]
    verdicts = [
        assess(agreement, [each for each in some if isinstance(each, Report)]).instances[0].status
        for some in (reports[:1], reports, reports[::-1])
    ]
    assert verdicts == ["violated", "holding", "holding"]


def test_without_revisions_nothing_is_remembered() -> None:
    rows = b"".join(b"%d\t2026-02-02\tN\t190\tS\t7\n" % n for n in range(20_000))
    head = b"Event ID\tEvent Date\tSource Name\tCAMEO Code\tTarget Name\tStory ID\n"
    reader, stream = Reader("icews"), io.BytesIO(head + rows)
    tracemalloc.start()
    count = sum(1 for _ in scan_reports(stream, reader=reader))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 20_000
    assert peak < 1 << 20


# --- ACLED ----------------------------------------------------------------------------------------------


def old(row: dict[str, str]) -> dict[str, str]:
    """The row in the older generation of columns."""
    changed = row | {
        "inter1": OLD_NUMBERS[row["inter1"]],
        "inter2": OLD_NUMBERS[row["inter2"]],
        "event_date": "02 February 2026",
    }
    added = {"data_id": "1", "iso": "999", "event_id_no_cnty": "7", "interaction": "12", "iso3": "NOR"}
    return {name: value for name, value in (added | changed).items() if name != "disorder_type"}


def shouted(row: dict[str, str]) -> dict[str, str]:
    return {name.upper(): value for name, value in row.items()}


@pytest.mark.parametrize("generation", [dict, old, shouted])
def test_acled_two_armed_actors_are_not_attacker_and_target(generation: Any) -> None:
    found = only(table(generation(NEW_ACLED)), "acled")
    assert (found.id, found.source, found.reported.text) == ("acled-NOR7", "acled", "2026-02-04T00:00:00Z")
    assert found.body["act"] == "force.attack"
    assert not {"actor", "target"} & set(found.body)
    assert found.body["actors"] == ("Military Forces of Northland", "SLA")
    assert found.body["sub_event_type"] == "Armed clash"
    assert found.body["sources"] == ("Gazette", "Herald")
    assert (text_of(found, "occurred"), found.body["place"]) == ("2026-02-02", "Fording")
    assert found.body["quantity"] == Amount(4, 4)


STATE, CIVIL = "Military Forces of Northland", "Civilians (Northland)"


@pytest.mark.parametrize("generation", [dict, old])
@pytest.mark.parametrize(
    ("changes", "act", "actor", "target"),
    [
        ({"sub_event_type": "Attack", "actor2": CIVIL, "inter2": "Civilians"}, "force.attack", (STATE,), (CIVIL,)),
        (
            {
                "sub_event_type": "Attack",
                "actor1": CIVIL,
                "inter1": "Civilians",
                "actor2": STATE,
                "inter2": "State forces",
            },
            "force.attack",
            (STATE,),
            (CIVIL,),
        ),
        ({"sub_event_type": "Air/drone strike", "actor2": "", "inter2": ""}, "force.attack", (STATE,), None),
        ({"sub_event_type": "Suicide bomb"}, "force.attack.ied", None, None),
        (
            {"sub_event_type": "Excessive force against protesters", "actor1": "Crowd", "inter1": "Protesters"},
            "force.attack",
            ("SLA",),
            ("Crowd",),
        ),
        (
            {"sub_event_type": "Peaceful protest", "actor2": "Crowd", "inter2": "Protesters"},
            "talk.statement",
            ("Crowd",),
            None,
        ),
        ({"sub_event_type": "Mob violence", "actor1": "Crowd", "inter1": "Rioters"}, "force", ("Crowd",), None),
        ({"sub_event_type": "Agreement", "event_type": "Strategic developments"}, "agree", (STATE, "SLA"), None),
        ({"sub_event_type": "Agreement", "actor2": "", "inter2": ""}, "agree", None, None),
        ({"sub_event_type": "Non-violent transfer of territory"}, "transfer.territory", None, None),
        ({"sub_event_type": "Other"}, "other", None, None),
        ({"sub_event_type": "", "event_type": "Battle-No change of territory"}, "force.attack", None, None),
    ],
)
def test_acled_says_who_acted_only_where_it_is_known(
    generation: Any, changes: dict[str, str], act: str, actor: object, target: object
) -> None:
    body = only(table(generation(NEW_ACLED | changes)), "acled").body
    assert (body["act"], body.get("actor"), body.get("target")) == (act, actor, target)


def test_acled_numbers_as_a_spreadsheet_writes_them() -> None:
    changes = {"inter1": "1.0", "inter2": "7.0", "time_precision": "1.0", "actor2": CIVIL, "sub_event_type": "attack"}
    found = only(table(NEW_ACLED | changes), "acled")
    assert (found.body["actor"], found.body["target"]) == ((STATE,), (CIVIL,))


@pytest.mark.parametrize(
    ("precision", "when"), [("1", "2026-02-02"), ("2", "2026-01-27/2026-02-08"), ("3", "2026-01-03/2026-03-04")]
)
def test_acled_time_precision_widens_the_day(precision: str, when: str) -> None:
    assert text_of(only(table(NEW_ACLED | {"time_precision": precision}), "acled"), "occurred") == when


@pytest.mark.parametrize(("precision", "place"), [("1", "Fording"), ("2", "Fording district"), ("3", "Lake")])
def test_acled_place_precision_gives_a_coarser_place(precision: str, place: str) -> None:
    assert only(table(NEW_ACLED | {"geo_precision": precision}), "acled").body["place"] == place


def test_acled_the_date_where_there_is_no_timestamp_and_semicolons_between_columns() -> None:
    row = {name: value for name, value in NEW_ACLED.items() if name != "timestamp"}
    found = only(table(row, delimiter=";"), "acled")
    assert found.reported.text == "2026-02-02"
    assert found.body["sources"] == ("Gazette", "Herald")


def test_acled_the_dead_are_counted_of_attacks_only() -> None:
    changes = {"event_type": "Strategic developments", "sub_event_type": "Arrests", "fatalities": "0"}
    assert "quantity" not in only(table(NEW_ACLED | changes), "acled").body
    (rejected,) = scan(table(NEW_ACLED | {"fatalities": "many"}), "acled")
    assert isinstance(rejected, Rejected)
    assert rejected.code == "R014"


def test_acled_a_later_release_corrects_an_earlier_one() -> None:
    later = NEW_ACLED | {"fatalities": "7", "timestamp": "1770249600"}
    first, second = scan(table(NEW_ACLED, later, later | {"timestamp": "1770336000"}), "acled")
    assert isinstance(second, Report)
    assert (second.id, second.says, second.of) == ("acled-NOR7@002", "corrects", "acled-NOR7")
    assert second.reported.text == "2026-02-05T00:00:00Z"
    assert second.body["quantity"] == Amount(7, 7)


# --- GDELT and ICEWS ------------------------------------------------------------------------------------


def gdelt(**changes: str) -> bytes:
    names = read_mapping("gdelt2").header
    cells = dict.fromkeys(names, "") | {
        "globaleventid": "7",
        "sqldate": "20260202",
        "actor1name": "NORTHLAND",
        "actor2name": "SOUTHLAND",
        "eventcode": "1952",
        "actiongeo_fullname": "Fording, Lake, Northland",
        "dateadded": "20260203001500",
        "sourceurl": 'https://example.org/"1"',
    }
    return "\t".join((cells | changes).values()).encode() + b"\n"


def test_gdelt_has_61_columns_and_no_header() -> None:
    assert len(read_mapping("gdelt2").header) == 61
    found = only(gdelt(), "gdelt2")
    assert (found.id, found.source, found.reported.text) == ("gdelt-7", "gdelt", "2026-02-03T00:15:00Z")
    assert (found.body["actor"], found.body["target"]) == (("NORTHLAND",), ("SOUTHLAND",))
    assert (found.body["act"], found.body["cameo"]) == ("force.attack.drone", "1952")
    assert (text_of(found, "occurred"), found.body["place"]) == ("2026-02-02", "Fording")
    assert found.body["url"] == 'https://example.org/"1"'


def test_gdelt_who_meet_do_so_together_and_a_missing_actor_is_left_open() -> None:
    assert only(gdelt(eventcode="040"), "gdelt2").body["actor"] == ("NORTHLAND", "SOUTHLAND")
    assert "actor" not in only(gdelt(eventcode="040", actor2name=""), "gdelt2").body
    found = only(gdelt(actor1name="", actor1code="REB", actor2name=""), "gdelt2")
    assert (found.body["actor"], "target" in found.body) == (("REB",), False)


def icews(**changes: str) -> bytes:
    return table(ICEWS | {name.replace("_", " "): value for name, value in changes.items()}, delimiter="\t")


def test_icews_source_acts_on_target_and_na_is_nothing() -> None:
    found = only(icews(), "icews")
    assert (found.body["actor"], found.body["target"], found.body["place"]) == (("Northland",), ("Southland",), "Lake")
    assert (found.reported.text, text_of(found, "occurred")) == ("2026-02-02", "2026-02-02")


@pytest.mark.parametrize("code", ["20", "40", "841", "10"])
def test_codes_that_lost_their_leading_zero_are_rejected(code: str) -> None:
    data = icews().replace(b"\t190\t", f"\t{code}\t".encode())
    (rejected,) = scan(data, "icews")
    assert isinstance(rejected, Rejected)
    assert rejected.code == "R022"


def test_every_act_of_a_crosswalk_is_one_of_ours_or_other() -> None:
    for name in reader_names():
        walk = read_mapping(name).crosswalk
        assert walk is not None
        assert {entry["crosswalk_act"] for entry in walk.codes.values()} <= taxonomy() | {"other"}


# --- mappings of one's own ------------------------------------------------------------------------------

OWN = """servanda: 1
reader: incidents
delimiter: semicolon
dates: ["%d.%m.%Y"]
only: {Kind: [fire, Meeting]}
fields:
  id: "log-{No}"
  source: "{Desk}"
  reported: {date: "{Noted}"}
  occurred: {from: {date: "{First day}"}, until: {date: "{Last day}"}}
  act: {by: "{Kind}", cases: {fire: force.attack, meeting: talk.meet}}
  actor: {split: "{Who}", at: "/"}
  quantity: {range: ["{Least}", "{Most}"]}
keep: [Remark]
"""
LOG = """No;Noted;Desk;Kind;Who;First day;Last day;Least;Most;Remark
1;05.02.2026;north;Fire;North / East;01.02.2026;03.02.2026;2;5;loud
2;06.02.2026;south;weather;;;;;;
3;07.02.2026;south;meeting;North/South;;06.02.2026;;;
"""


def test_a_mapping_of_ones_own_reads_any_table(tmp_path: Path) -> None:
    path = tmp_path / "incidents.yaml"
    path.write_text(OWN)
    first, second = scan(LOG.encode(), path)
    assert isinstance(first, Report)
    assert isinstance(second, Report)
    assert (first.id, first.source, first.reported.text, first.line) == ("log-1", "north", "2026-02-05", 2)
    assert text_of(first, "occurred") == "2026-02-01/2026-02-03"
    assert first.body["actor"] == ("North", "East")
    assert (first.body["quantity"], first.body["Remark"]) == (Amount(2, 5), "loud")
    assert (second.body["act"], text_of(second, "occurred")) == ("talk.meet", "2026-02-06")


def test_a_mapping_may_be_like_another_one_but_for_what_it_says_itself(tmp_path: Path) -> None:
    path = tmp_path / "us-dates.yaml"
    path.write_text('like: ucdp-ged\ndates: ["%m/%d/%Y"]\nonly: {country: Northland}\nfields: {sides: null, desk: x}\n')
    rows = [GED | {"date_start": "3/4/2026", "date_end": "3/4/2026", "source_date": "3/5/2026"}, GED | {"country": "X"}]
    found = only(table(*rows), path)
    assert (text_of(found, "occurred"), found.reported.text) == ("2026-03-04", "2026-03-05")
    assert ("sides" in found.body, found.body["desk"]) == (False, "x")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "is empty"),
        (b"id,best\n1,2\n", "has no column 'date_end', 'date_start', 'side_a', 'side_b', 'type_of_violence'"),
        (table(GED).replace(b"adm_1", b"country"), "has the column 'country' twice"),
        (table(GED).replace(b"\r\n", b"\r"), "carriage returns only"),
    ],
)
def test_a_table_of_another_kind_is_an_error(data: bytes, problem: str) -> None:
    with pytest.raises(ReportFileError, match=problem):
        scan(data, "ucdp-ged")


def test_json_lines_are_read_as_such_with_any_reader(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text('{"id": "r1", "reported": "2026-02-03", "source": "x"}\n')
    assert [each.id for each in read_reports(path, reader="acled")] == ["r1"]


@pytest.mark.parametrize(
    ("written", "form", "day"),
    [
        ("2 Feb. 2026", "%d %b %Y", "2026-02-02"),
        ("02-FEBRUARY-2026", "%d-%B-%Y", "2026-02-02"),
        ("20260202", "%Y%m%d", "2026-02-02"),
        ("1770000000", "unix", "2026-02-02"),
    ],
)
def test_dates_are_read_in_english_whatever_the_machine_speaks(written: str, form: str, day: str) -> None:
    assert read_day(written, (compile_format(form),), 0).text == day


@pytest.mark.parametrize(
    "written", ["2026-13-01", "2026-02-30", "2026-2", "999999999999", "", "1 Foo 2026", "0001-01-01"]
)
def test_what_is_no_date_is_told(written: str) -> None:
    forms = tuple(map(compile_format, ("%Y-%m-%d", "unix", "%d %B %Y")))
    with pytest.raises(ValueError, match="R012"):
        read_day(written, forms, 3)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=200), st.sampled_from(reader_names()), st.booleans())
def test_random_bytes_give_reports_rejections_or_a_file_error(data: bytes, name: str, headed: bool) -> None:
    head = (
        {"acled": table(NEW_ACLED), "ucdp-ged": table(GED), "icews": icews(), "gdelt2": gdelt()}[name]
        if headed
        else b""
    )
    try:
        for each in scan(head + data, name):
            assert isinstance(each, (Report, Rejected))
    except ReportFileError as error:
        assert error.file == "<stream>"  # noqa: PT017 - one of two right outcomes


CELL = st.sampled_from(
    ["", "1", "7", "7.0", "NA", "2026-02-30", "3/4/2026", "Attack", "Agreement", "1e999", "-5", ";", "\n", '"']
)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_any_cells_give_a_report_or_a_rejection(data: st.DataObject) -> None:
    name, row = data.draw(st.sampled_from([("acled", NEW_ACLED), ("ucdp-ged", GED)]))
    changed = row | data.draw(st.dictionaries(st.sampled_from(sorted(row)), CELL))
    (found,) = scan(table(changed), name)
    assert isinstance(found, (Report, Rejected))
