"""What a good agreement becomes: nouns with their names resolved, and times in its zone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from servanda.errors import LoadError
from servanda.model.agreement import Agreement
from servanda.model.clauses import Clause, EventTrigger, StatusTrigger
from servanda.model.moments import BEGINNING, END, rfc3339
from servanda.model.patterns import AnyOf, Anything, Compare, Exists, Is, Not, Ref
from servanda.reading import check, load, loads
from servanda.reading.agreement_file import AgreementFile

HERE = Path(__file__).parent
HEAD = """
servanda: 1
agreement: example
timezone: Asia/Karachi
term: {from: 2025-10-19, until: P1Y}
actors:
  PAK: {name: Pakistan, role: party, aliases: Islamabad}
  AFG: {name: Afghanistan, role: party, aliases: [Kabul]}
  ISI: {name: Inter-Services Intelligence, role: body, part_of: Islamabad}
clauses:
"""


def read(clauses: str, head: str = HEAD) -> Agreement:
    return loads(head + "".join(f"  {line}\n" for line in clauses.strip("\n").split("\n")))


def one(clauses: str) -> Clause:
    return read(clauses).clauses[0]


def codes(text: str) -> list[str]:
    with pytest.raises(LoadError) as raised:
        loads(text)
    return [found.code for found in raised.value.diagnostics if found.severity == "error"]


def test_the_example() -> None:
    agreement = load(HERE / "istanbul.yaml")
    assert [clause.name for clause in agreement.clauses] == ["ceasefire", "talks", "mechanism", "penalty", "handover"]
    assert rfc3339(agreement.term.earliest) == "2025-10-18T19:00:00Z"
    assert agreement.term.latest == END
    assert agreement.grace.days == 3
    assert agreement.views["press"].corroboration == 2
    penalty = agreement.clause("penalty")
    assert penalty.when == (StatusTrigger("violated", "ceasefire"),)
    assert penalty.requires == "mechanism"
    handover = agreement.clause("handover")
    assert handover.pattern.test("act") == AnyOf((Is("detain.handover"), Is("detain.arrest"), Is("force.restrain")))
    assert handover.readings["AFG"].pattern.test("act") == Is("force.restrain")
    assert handover.readings["AFG"].bearers == ("AFG",)
    assert (handover.place.line, handover.place.column) == (44, 3)


def test_names_become_ids() -> None:
    agreement = read(
        "a: {binds: [Islamabad, Afghanistan], must: {act: talk, target: [Kabul, TTP], object: Pakistan, place: Kabul}}"
    )
    clause = agreement.clauses[0]
    assert clause.bearers == ("PAK", "AFG")
    assert clause.pattern.test("target") == AnyOf((Is("AFG"), Is("TTP")))
    assert clause.pattern.test("object") == Is("PAK")
    assert clause.pattern.test("place") == Is("Kabul")
    assert agreement.actors["ISI"].part_of == "PAK"


def test_times_are_those_of_the_zone() -> None:
    clause = one(
        "a: {binds: PAK, must_not: {act: force}, from: 2025, until: P1M, by: 2025-11-06, on: 2025-11, within: P2D, grace: PT1H}"
    )
    assert clause.start is not None
    assert clause.until is not None
    assert rfc3339(clause.start) == "2024-12-31T19:00:00Z"
    assert rfc3339(clause.until) == "2025-01-31T18:59:59.999999Z"
    assert clause.by is not None
    assert rfc3339(clause.by) == "2025-11-06T18:59:59.999999Z"
    assert clause.on is not None
    assert rfc3339(clause.on.earliest) == "2025-10-31T19:00:00Z"
    assert clause.within is not None
    assert clause.grace is not None


def test_the_term() -> None:
    assert rfc3339(read("a: {binds: PAK, must: {act: talk}}").term.latest) == "2026-10-18T18:59:59.999999Z"
    without = loads(HEAD.replace("term: {from: 2025-10-19, until: P1Y}\n", "") + "  a: {binds: PAK, must: {act: talk}}")
    assert without.term == (BEGINNING, END)


def test_every_test_of_a_pattern() -> None:
    clause = one(
        """
a:
  binds: [PAK, AFG]
  when: [{act: talk, actor: $bearer, target: $other}, {fulfilled: a.otherwise}]
  must:
    act: {not: [force, talk.meet]}
    actor: any
    target: {not: $other}
    quantity: {gte: 3, lt: 10.5}
    level: {exists: false}
    open: true
    crossing: $trigger.crossing
    time: 12:30:45
    answer: NO
  otherwise: {must_not: {act: force, target: $violator}, otherwise: {binds: AFG, must: {act: pay, actor: $all}}}
"""
    )
    tests = dict(clause.pattern.tests)
    assert tests == {
        "act": Not(AnyOf((Is("force"), Is("talk.meet")))),
        "actor": Anything(),
        "target": Not(Ref("other")),
        "quantity": Compare((("gte", 3), ("lt", 10.5))),
        "level": Exists(wanted=False),
        "open": Is(value=True),
        "crossing": Ref("trigger", "crossing"),
        "time": Is("12:30:45"),
        "answer": Is("NO"),
    }
    assert isinstance(clause.when[0], EventTrigger)
    assert clause.when[1] == StatusTrigger("fulfilled", "a.otherwise")
    chain = list(clause.with_otherwise())
    assert [part.name for part in chain] == ["a", "a.otherwise", "a.otherwise.otherwise"]
    assert [part.bearers for part in chain] == [("PAK", "AFG"), (), ("AFG",)]


def test_a_reading_replaces_the_duty_and_keeps_the_rest() -> None:
    clause = one(
        "a: {binds: [PAK, AFG], by: 2025-11-06, must: {act: talk}, "
        "readings: {Kabul: {must_not: {act: force}, otherwise: {must: {act: pay}}}, PAK: {by: 2025-12}}}"
    )
    kabul, islamabad = clause.readings["AFG"], clause.readings["PAK"]
    assert (kabul.duty, kabul.by, kabul.name) == ("must_not", clause.by, "a")
    assert kabul.otherwise is not None
    assert kabul.otherwise.name == "a.otherwise"
    assert islamabad.pattern == clause.pattern
    assert islamabad.by != clause.by


def test_a_reading_is_checked_as_the_whole_clause_it_makes() -> None:
    text = (
        HEAD
        + "  a: {binds: PAK, must: {act: talk, target: $trigger.actor}, when: {act: force}, readings: {AFG: {must: {}}}}"
    )
    assert codes(text) == ["A403"]


def test_everything_wrong_is_said_at_once_and_in_order() -> None:
    text = (
        "servanda: 1\nagreement: example\ntimezone: Mars\nactors:\n  PAK: {name: Pakistan}\n  AFG: {role: prty}\n"
        "clauses:\n  a: {bindz: [PAK], must: {act: talk, occurred: 2025}, by: soon}\n"
        "  b: {binds: [PAK, AFG, XYZ], when: {violated: c}, must: {act: [], target: $me}}\n"
    )
    with pytest.raises(LoadError) as raised:
        loads(text)
    found = [one for one in raised.value.diagnostics if one.severity == "error"]
    assert [one.code for one in found] == [
        "A303",
        "A102",
        "A106",
        "A104",
        "A404",
        "A301",
        "A201",
        "A203",
        "A403",
        "A206",
    ]
    assert [one.place for one in found] == sorted(one.place for one in found)
    assert str(raised.value).count("error[") == len(found)


def test_a_mistake_is_not_said_twice_over() -> None:
    text = HEAD.replace("role: party, aliases: [Kabul]", "role: prty, aliases: [Kabul]")
    assert codes(text + "  a: {binds: [Kabul, PAK], must: {act: talk}, readings: {AFG: {by: 2025}}}") == ["A106"]
    assert codes(
        HEAD
        + "  a: {binds: PAK, must_keep: {state: s}, when: {viollated: b}}\n  b: {binds: PAK, when: 5, must: {act: x, target: $violator}}"
    ) == ["A211", "A105"]
    amended = "  b: {binds: PAK, can: {act: talk}, effect: {amend: {a: {must_not: {act: force}, by: 2026}}}}"
    assert codes(HEAD + "  a: {binds: PAK, must: {act: talk}}\n" + amended) == ["A417"]


def test_an_amended_clause_may_refer_to_what_triggers_it() -> None:
    clauses = """\
  calm: {binds: AFG, must_not: {act: force}}
  penalty: {binds: PAK, when: {violated: calm}, must: {act: sanction, target: $violator, place: $trigger.place}, within: P9D}
  longer: {binds: PAK, can: {act: agree, actor: $bearer}, effect: {amend: {penalty: {within: P30D}}}}
"""
    assert loads(HEAD + clauses).clauses[1].name == "penalty"
    elsewhere = clauses.replace("when: {violated: calm}", "when: {fulfilled: calm}")
    assert codes(HEAD + elsewhere) == ["A207"]  # once, although it is read again as amended


def test_a_long_chain_of_substitutes() -> None:
    chain = "".join(f"otherwise: {{must: {{act: talk}}, within: P{number}D, " for number in range(1, 41))
    clause = one(f"a: {{binds: PAK, must: {{act: talk}}, {chain}{'}' * 41}")
    assert len(list(clause.with_otherwise())) == 41


def test_who_must_be_bound() -> None:
    free = "a: {counts_as: {pattern: {act: talk}, act: agree}}\nb: {may: {act: talk}}\n"
    free += "c: {can: {act: talk}, effect: {terminate: [d]}, readings: {AFG: {until: 2026}}}\n"
    bound = "d: {binds: PAK, must: {act: talk}}"
    assert [clause.bearers for clause in read(free + bound).clauses] == [(), (), (), ("PAK",)]
    for duty in ("must: {act: talk}", "must_not: {act: talk}", "must_keep: {started: {act: a}, stopped: {act: b}}"):
        assert codes(HEAD + f"  a: {{{duty}, otherwise: {{must: {{act: talk, target: $other}}}}}}") == ["A102"]
        assert codes(HEAD + f"  a: {{may: {{act: talk}}, readings: {{AFG: {{{duty}}}}}}}") == ["A102"]
        assert read(f"a: {{may: {{act: talk}}, readings: {{AFG: {{binds: PAK, {duty}}}}}}}").clauses
    assert codes(HEAD + "  a: {}") == ["A102", "A401"]
    assert codes(HEAD + "  a: {cann: {act: talk}, by: 2026}") == ["A104"]


@pytest.mark.parametrize("reference", ["$bearer", "$other", "$all"])
def test_where_nobody_is_bound_nobody_is_meant(reference: str) -> None:
    assert codes(HEAD + f"  a: {{may: {{act: talk, actor: {reference}}}}}") == ["A207"]
    assert codes(HEAD + f"  a: {{may: {{act: talk}}, unless: {{act: agree, actor: {reference}}}}}") == ["A207"]
    assert read(f"a: {{binds: PAK, may: {{act: talk, actor: {reference}}}}}").clauses


@pytest.mark.parametrize(
    "code", ["PX", "Pakistan", "registry", "HolidayBase", "country_holidays", "DE-", "DE-XX", "pk"]
)
def test_a_calendar_is_the_code_of_a_country(code: str) -> None:
    assert codes(
        HEAD.replace("timezone:", f"calendar: {code}\ntimezone:") + "  a: {binds: PAK, must: {act: talk}}"
    ) == ["A307"]


def test_one_view_is_resolved() -> None:
    text = HEAD.replace(
        "clauses:",
        "sources: {moib: {name: Ministry, speaks_for: Pakistan}}\nviews: {own: {ranking: [Ministry, ['actor:Kabul', 'kind:media'], rest]}}\nclauses:",
    )
    agreement = loads(text + "  a: {binds: PAK, must: {act: talk}}")
    assert agreement.own_views["own"].ranking == (("moib",), ("actor:AFG", "kind:media"), ("rest",))
    assert agreement.sources["moib"].speaks_for == "PAK"


def test_what_a_person_reads(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(
        "servanda: 1\nagreement: x\nactors: {PAK: {role: party}}\nclauses:\n  talks:\n    bindz: [PAK, AFG]\n"
    )
    agreement, found = check(str(path))
    assert agreement is None
    assert found[0].render() == (
        f"{path}:6:5: error[A104]: unknown key 'bindz' in clause 'talks'\n"
        "    6 |     bindz: [PAK, AFG]\n"
        "      |     ^^^^^\n"
        "   help: did you mean 'binds'?"
    )


def test_warnings_do_not_raise() -> None:
    text = HEAD + "  a: {binds: PAK, must_not: {act: force, target: $other}}"
    assert loads(text).clauses


def test_the_json_schema_can_be_written() -> None:
    schema = AgreementFile.model_json_schema()
    assert json.loads(json.dumps(schema))["required"] == ["servanda", "agreement", "actors", "clauses"]
    assert set(schema["$defs"]["TermEntry"]["properties"]) == {"from", "until"}
