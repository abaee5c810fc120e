"""Statements come in one at a time, in any order; what is known must be what all of them together come to."""

from __future__ import annotations

import random
from collections.abc import Iterable
from difflib import get_close_matches

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servanda import loads, report
from servanda.evidence import Knowledge, Known, Statement, know, state
from servanda.model.moments import Interval
from servanda.model.verdict import ReportDiagnostic

AGREEMENT = loads("""\
servanda: 1
agreement: example
actors:
  PAK: {name: Pakistan, role: party}
  AFG: {name: Afghanistan, role: party}
sources: {mujahid: {speaks_for: AFG}, press: {kind: media}}
clauses:
  ceasefire: {binds: [PAK, AFG], must_not: {act: force.attack, target: $other}}
""")

# --- hostile histories ----------------------------------------------------------------------------------

NAMES = ["a", "b", "c", "i", "j"]  # of reports and incidents alike
PEOPLE = ["PAK", "Pakistn", "Afghanistann", "mujahidd", "UNAMA"]


def stated(**row: object) -> Statement:
    filled = {"source": "press", "reported": "2025-10-05"} | {name: value for name, value in row.items() if value}
    return state(report(filled), AGREEMENT)


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    says = draw(st.sampled_from(["asserts", "asserts", "denies", "confirms", "corrects", "retracts"]))
    names = st.sampled_from(NAMES)
    return stated(
        id=draw(names),
        says=says,
        of=draw(names if says not in {"asserts", "denies"} else st.none() | names),
        incident=draw(names if says == "denies" else st.none() | names),
        reported=draw(st.sampled_from(["2025-10-05", "2025-10-06", "2025-10-07"])),
        source=draw(st.sampled_from(["press", "mujahid", "presss", "mujahidd", "Pakistn"])),
        actor=draw(st.none() | st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2)),
        target=draw(st.none() | st.sampled_from(PEOPLE)),
        occurred=draw(st.sampled_from([None, "2025-10-05", "2025-10-07"])),
    )


# --- the reference: everything again from the beginning -------------------------------------------------


def reference(told: Iterable[Statement]) -> Known:
    versions: dict[str, dict[str, Statement]] = {}
    for one in told:
        versions.setdefault(one.id, {}).setdefault(one.content, one)
    by_id = {i: min(found.values(), key=lambda s: (s.reported, s.content.encode())) for i, found in versions.items()}
    opened = {s.incident or s.id for s in by_id.values() if s.of is None}
    notes: list[ReportDiagnostic] = []
    groups: dict[str, list[Statement]] = {}
    depth: dict[str, int] = {}
    for one in by_id.values():
        for other in versions[one.id].values():
            if other != one:
                text = (
                    f"report {one.id!r} came with two contents; {one.content} stands, {other.content} is set aside: "
                    "give a changed report an id of its own and `says: corrects`"
                )
                notes.append(ReportDiagnostic("R101", text, one.id))
        chain = [one]
        while chain[-1].of in by_id and by_id[chain[-1].of] not in chain:
            chain.append(by_id[chain[-1].of])
        end, where = chain[-1], None
        if end.of is None:
            where, depth[one.id] = end.incident or end.id, len(chain) - 1
        elif end.of in opened and end.of not in by_id:
            where, depth[one.id] = end.of, len(chain)
        if where is not None:
            groups.setdefault(where, []).append(one)
        else:
            notes.append(waiting(one, by_id, circular=end.of in by_id))
        notes += oddities(one, where)
    ordered = {name: tuple(sorted(group, key=lambda s: (s.reported, s.id))) for name, group in groups.items()}
    notes += slips(by_id.values())
    return Known(ordered, depth, tuple(sorted(notes, key=lambda n: (n.report, n.code, n.message))))


def waiting(one: Statement, by_id: dict[str, Statement], *, circular: bool) -> ReportDiagnostic:
    why = "that report waits itself" if one.of in by_id else "neither a report nor an incident of that id is known"
    if circular:
        why = "reports are `of` each other in a circle"
    text = f"report {one.id!r} is of {one.of!r}: {why}; it waits and counts for nothing yet"
    return ReportDiagnostic("R108" if circular else "R102", text, one.id)


def oddities(one: Statement, where: str | None) -> Iterable[ReportDiagnostic]:
    if None not in (one.of, one.incident, where) and one.incident != where:
        text = f"report {one.id!r} says incident {one.incident!r}, but what it is of belongs to {where!r}; {where!r} counts"
        yield ReportDiagnostic("R106", text, one.id)
    occurred = one.body.get("occurred")
    if isinstance(occurred, Interval) and occurred.earliest > one.reported:
        text = f"report {one.id!r} was made before the event it reports; it is used as it stands"
        yield ReportDiagnostic("R104", text, one.id)
    if one.says not in ("asserts", "corrects") and one.body:
        said = [name for name in ("actor", "target", "occurred") if name in one.body]
        text = f"report {one.id!r} {one.says} and says {', '.join(said)} too, which counts for nothing: report that as an assertion of its own"
        yield ReportDiagnostic("R109", text, one.id)


def slips(standing: Iterable[Statement]) -> Iterable[ReportDiagnostic]:
    actors, sources = {"PAK", "AFG", "Pakistan", "Afghanistan"}, {"mujahid", "press"}
    told: set[str] = set()
    for one in sorted(standing, key=lambda s: (s.reported, s.id)):
        people = [*one.body.get("actor", ()), *one.body.get("target", ())]  # type: ignore[misc]
        said = [("actor", name, actors) for name in people]
        said += [("source", name, actors | sources) for name in (one.source, one.claimant)]
        for kind, name, known in said:
            close = get_close_matches(name, known, 1, 0.8) if name not in known else []
            if close and name not in told:
                told.add(name)
                text = f"no {kind} {name!r} in this agreement (report {one.id!r}); did you mean {close[0]!r}?"
                yield ReportDiagnostic("R107", text, one.id)


# --- laws -----------------------------------------------------------------------------------------------


def changed(before: Known, after: Known) -> set[str]:
    def said(known: Known, incident: str) -> object:
        return [(one, known.depth[one.id]) for one in known.incidents.get(incident, ())]

    return {name for name in {*before.incidents, *after.incidents} if said(before, name) != said(after, name)}


@settings(max_examples=600, deadline=None)
@given(st.lists(st.one_of(statements(), statements(), statements(), st.sampled_from(NAMES)), max_size=20))
def test_after_each_statement_it_is_what_all_of_them_come_to(steps: list[Statement | str]) -> None:
    """A name among the statements is that of an incident to be forgotten."""
    knowledge = Knowledge(AGREEMENT)
    told: list[Statement] = []
    before = reference(told)
    for step in steps:
        if isinstance(step, str):
            knowledge.forget(step)
            gone = {one.id for one in before.incidents.get(step, ())}
            for one in knowledge.waiting:
                if one.id == step:
                    knowledge.forget_waiting(one)
                    gone.add(step)
            told = [one for one in told if one.id not in gone]
            before = reference(told)
        else:
            told.append(step)
            after = reference(told)
            assert knowledge.add(step) == changed(before, after)
            before = after
        assert knowledge.known() == before
        held = {one.id for one in told}
        placed = {one.id for group in before.incidents.values() for one in group}
        assert {name for name in NAMES if knowledge.holds(name)} == held
        assert [one.id for one in knowledge.waiting] == sorted(held - placed)
        for one in (*knowledge.waiting, *(one for group in before.incidents.values() for one in group)):
            assert {each.content for each in knowledge.contents(one)} == {e.content for e in told if e.id == one.id}


@settings(max_examples=200, deadline=None)
@given(st.lists(statements(), max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(told: list[Statement], dice: random.Random) -> None:
    shuffled = dice.sample(told, len(told))
    assert know(shuffled, 2**62, AGREEMENT) == know(told, 2**62, AGREEMENT) == reference(told)


def test_what_is_reported_later_is_not_known() -> None:
    early, late = stated(id="r1"), stated(id="r2", says="denies", of="r1", reported="2025-10-06")
    assert know([late, early], late.reported, AGREEMENT).incidents == {"r1": (early, late)}
    assert know([late, early], late.reported - 1, AGREEMENT).incidents == {"r1": (early,)}


def test_incidents_are_in_the_order_of_their_names() -> None:
    told = [stated(id=name) for name in ("b", "c", "a")]
    assert list(know(told, told[0].reported, AGREEMENT).incidents) == ["a", "b", "c"]


# --- by hand --------------------------------------------------------------------------------------------


def codes(knowledge: Knowledge) -> list[tuple[str | None, str]]:
    return [(note.report, note.code) for note in knowledge.diagnostics]


def test_a_report_of_what_is_not_known_waits_for_a_report_or_an_incident() -> None:
    for first in ({"id": "x"}, {"id": "r1", "incident": "x"}):
        knowledge = Knowledge(AGREEMENT)
        assert knowledge.add(stated(id="r2", says="denies", of="x")) == set()
        assert codes(knowledge) == [("r2", "R102")]
        assert [one.id for one in knowledge.waiting] == ["r2"]
        assert knowledge.add(stated(**first)) == {"x"}
        assert "r2" in [one.id for one in knowledge.incidents["x"]]
        assert (knowledge.waiting, knowledge.depth["r2"], codes(knowledge)) == ([], 1, [])


def test_a_report_of_that_id_takes_over_what_was_of_the_incident_of_that_name() -> None:
    knowledge = Knowledge(AGREEMENT)
    opening, denial = stated(id="r1", incident="x"), stated(id="r2", says="denies", of="x")
    reply = stated(id="r3", says="retracts", of="r2")
    for one in (opening, denial, reply):
        assert knowledge.add(one) == {"x"}
    elsewhere = stated(id="x", incident="y")
    assert knowledge.add(elsewhere) == {"x", "y"}
    assert knowledge.incidents == {"x": (opening,), "y": (denial, reply, elsewhere)}
    assert knowledge.depth == {"r1": 0, "x": 0, "r2": 1, "r3": 2}


def test_an_earlier_report_of_the_same_id_takes_the_place_of_a_later() -> None:
    knowledge = Knowledge(AGREEMENT)
    later, denial = stated(id="r1", incident="x"), stated(id="r2", says="denies", of="x")
    earlier = stated(id="r1", incident="y", reported="2025-10-04")
    knowledge.add(later)
    knowledge.add(denial)
    assert knowledge.add(earlier) == {"x", "y"}
    assert knowledge.incidents == {"y": (earlier,)}  # nobody has opened x any more
    assert codes(knowledge) == [("r1", "R101"), ("r2", "R102")]
    assert later.content in knowledge.diagnostics[0].message
    assert earlier.content in knowledge.diagnostics[0].message
    assert knowledge.add(later) == set()
    assert list(knowledge.incidents) == ["y"]


def test_what_is_of_a_report_stays_with_it_when_an_incident_of_that_name_is_no_more() -> None:
    knowledge = Knowledge(AGREEMENT)
    one, denial = stated(id="x", incident="y"), stated(id="r1", says="denies", of="x")
    for each in (one, denial, stated(id="r2", incident="x"), earlier := stated(id="r2", reported="2025-10-04")):
        knowledge.add(each)
    assert knowledge.incidents == {"y": (denial, one), "r2": (earlier,)}


def test_a_circle_may_close_and_open_again() -> None:
    knowledge = Knowledge(AGREEMENT)
    knowledge.add(stated(id="r3", says="denies", of="r2"))
    knowledge.add(stated(id="r2", says="denies", of="r1"))
    assert codes(knowledge) == [("r2", "R102"), ("r3", "R102")]
    assert knowledge.diagnostics[1].message.startswith("report 'r3' is of 'r2': that report waits itself")
    knowledge.add(stated(id="r1", says="denies", of="r2"))
    assert codes(knowledge) == [("r1", "R108"), ("r2", "R108"), ("r3", "R108")]
    assert knowledge.add(stated(id="r1", reported="2025-10-04")) == {"r1"}
    assert knowledge.depth == {"r1": 0, "r2": 1, "r3": 2}
    assert codes(knowledge) == [("r1", "R101")]


def test_a_slip_is_told_once_of_the_first_who_made_it() -> None:
    knowledge = Knowledge(AGREEMENT)
    for number, day in (("r2", "07"), ("r1", "06"), ("r0", "06"), ("r9", "08")):
        knowledge.add(stated(id=number, actor="Pakistn", reported=f"2025-10-{day}"))
        assert len(knowledge.diagnostics) == 1
    (note,) = knowledge.diagnostics
    assert note.report == "r0"
    assert note.message == "no actor 'Pakistn' in this agreement (report 'r0'); did you mean 'Pakistan'?"
    knowledge.forget("r0")
    assert codes(knowledge) == [("r1", "R107")]


def test_each_name_is_compared_with_those_known_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counting(name: str, known: Iterable[str], *rest: float) -> list[str]:
        asked.append(name)
        return get_close_matches(name, known, *rest)

    monkeypatch.setattr("servanda.evidence.slips.get_close_matches", counting)
    knowledge = Knowledge(AGREEMENT)
    for number in range(5):
        knowledge.add(stated(id=f"r{number}", actor=["Pakistn", "AFG"], target="UNAMA", source="mujahidd"))
        assert knowledge.diagnostics
    assert sorted(asked) == ["Pakistn", "UNAMA", "mujahidd"]


@pytest.mark.parametrize("backwards", [False, True])
def test_a_long_chain_hangs_on_its_first_word(backwards: bool) -> None:
    length = 5000  # far more than calls may be nested
    chain = [stated(id="r0", of="x"), *(stated(id=f"r{n}", of=f"r{n - 1}") for n in range(1, length))]
    knowledge = Knowledge(AGREEMENT)
    for one in reversed(chain) if backwards else chain:
        assert knowledge.add(one) == set()
    assert len(knowledge.diagnostics) == length
    assert knowledge.add(stated(id="first", incident="x")) == {"x"}
    assert len(knowledge.incidents["x"]) == length + 1
    assert knowledge.depth[f"r{length - 1}"] == length
    assert knowledge.diagnostics == ()


def test_what_is_forgotten_leaves_no_trace() -> None:
    knowledge = Knowledge(AGREEMENT)
    knowledge.add(stated(id="r1", incident="x", actor="Pakistn", occurred="2025-10-07"))
    knowledge.add(stated(id="r1", incident="x", actor="PAK", occurred="2025-10-07"))
    knowledge.add(stated(id="r2", says="denies", of="x", incident="z", act="pay"))
    knowledge.add(kept := stated(id="r3"))
    assert {code for _, code in codes(knowledge)} == {"R101", "R104", "R106", "R109"}
    knowledge.forget("x")
    knowledge.forget("nobody knows")
    assert (knowledge.incidents, knowledge.depth, knowledge.diagnostics) == ({"r3": (kept,)}, {"r3": 0}, ())
    assert not knowledge.holds("r1")
    assert knowledge.add(stated(id="r4", says="denies", of="r1")) == set()
    assert codes(knowledge) == [("r4", "R102")]


def test_contents_set_aside_are_forgotten_too() -> None:
    knowledge = Knowledge(AGREEMENT)
    knowledge.add(stated(id="r1"))
    knowledge.add(stated(id="r1", reported="2025-10-06"))
    assert codes(knowledge) == [("r1", "R101")]
    knowledge.forget("r1")
    assert codes(knowledge) == []
