"""Provisions of the rule library: how `use` and `with` are filled in, and that all forty are whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from servanda.reading import check, loads
from servanda.reading.agreement import _check
from servanda.reading.complaints import Complaints
from servanda.reading.library import expand
from servanda.reading.provisions import KINDS, Provision, ProvisionError, provision, provision_names, read_provision
from servanda.reading.tree import Node
from servanda.reading.yaml_tree import read_tree

HEAD = "servanda: 1\nagreement: a\nactors: {A: {role: party}, B: {role: party}, C: {role: party}}\nclauses:\n"
TEMPLATES = {f"T{number:02}" for number in range(1, 41)}


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """A library of its own, with one provision in it."""
    monkeypatch.setattr("servanda.reading.provisions.rules_dir", lambda: tmp_path)
    (tmp_path / "provisions").mkdir()

    def write(text: str) -> Path:
        path = tmp_path / "provisions" / "pay.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


PAY = """provision: pay
title: Paying
text: Somebody pays.
parameters:
  who: {type: actors, text: who pays}
  to: {type: test, optional: true, text: to whom}
  days: {type: duration, default: P30D, text: how long it may take}
  start: {type: triggers, optional: true, text: what starts it}
  step: {type: count, optional: true, text: how often}
clause:
  binds: <who>
  when: <start>
  must: {act: [pay, deliver], target: {not: <to>}}
  at_least: {n: <step>}
  within: <days>
  otherwise: {must: {act: pay.penalty, target: <to>}, within: <days>}
cases: {}
"""


def expanded(clauses: str) -> tuple[Node, Complaints]:
    text = HEAD + clauses
    complaints = Complaints("a.yaml", text)
    root = read_tree(text, complaints)
    assert root is not None
    return expand(root, complaints), complaints


def clause(clauses: str) -> object:
    root, complaints = expanded(clauses)
    assert complaints.ordered() == ()
    return root.at("clauses", "c").plain()


# --- filling in -----------------------------------------------------------------------------------------


def test_values_defaults_and_what_is_left_out(library: Callable[..., Path]) -> None:
    library(PAY)
    assert clause("  c: {use: pay, with: {who: [A, B], to: C}}\n") == {
        "text": "Paying",
        "binds": ["A", "B"],
        "must": {"act": ["pay", "deliver"], "target": {"not": "C"}},
        "within": "P30D",
        "otherwise": {"must": {"act": "pay.penalty", "target": "C"}, "within": "P30D"},
    }
    filled = clause("  c: {use: pay, with: {who: A, start: [{act: talk}], step: 2, days: P5D}}\n")
    assert filled == {
        "text": "Paying",
        "binds": "A",
        "when": [{"act": "talk"}],
        "must": {"act": ["pay", "deliver"]},
        "at_least": {"n": 2},
        "within": "P5D",
        "otherwise": {"must": {"act": "pay.penalty"}, "within": "P5D"},
    }


def test_own_keys_override_whole_keys(library: Callable[..., Path]) -> None:
    library(PAY)
    found = clause("  c: {use: pay, text: mine, binds: B, within: P1D, otherwise: {must: {act: return}}}\n")
    assert found == {
        "text": "mine",
        "binds": "B",
        "must": {"act": ["pay", "deliver"]},
        "within": "P1D",
        "otherwise": {"must": {"act": "return"}},
    }


@pytest.mark.parametrize("duty", ["must", "must_not", "must_keep", "may", "can", "counts_as"])
def test_an_own_duty_replaces_that_of_the_provision(library: Callable[..., Path], duty: str) -> None:
    library(PAY)
    found = clause(f"  c: {{use: pay, with: {{who: A}}, {duty}: {{act: talk}}}}\n")
    assert isinstance(found, dict)
    assert {"must", "must_not", "must_keep", "may", "can", "counts_as"} & set(found) == {duty}


def test_a_provision_in_an_otherwise(library: Callable[..., Path]) -> None:
    library(PAY)
    found = clause("  c:\n    binds: A\n    must: {act: talk}\n    otherwise: {use: pay, binds: B, with: {to: A}}\n")
    assert isinstance(found, dict)
    assert found["otherwise"]["binds"] == "B"
    assert found["otherwise"]["must"]["target"] == {"not": "A"}


def test_readings_replace_keys_of_a_provision() -> None:
    agreement = loads(
        HEAD + "  c:\n    use: meet-by\n    with: {parties: [A, B], by: 2026-03-01}\n"
        "    readings: {A: {by: 2026-04-01}}\n"
    )
    (found,) = agreement.clauses
    assert (found.by, found.readings["A"].by) != (None, None)
    assert found.readings["A"].by > found.by


def test_each_use_is_a_clause_of_its_own() -> None:
    first, second = loads(
        HEAD + "  c: {use: meet-by, with: {parties: [A, B]}}\n  d: {use: meet-by, with: {parties: [A, C]}}\n"
    ).clauses
    assert (first.bearers, second.bearers) == (("A", "B"), ("A", "C"))
    assert first.joint


# --- places ---------------------------------------------------------------------------------------------


def test_what_comes_from_the_library_stands_where_use_stands(library: Callable[..., Path]) -> None:
    library(PAY)
    root, _ = expanded("  c:\n    use: pay\n    with: {who: [A, B], to: C}\n")
    body = root.at("clauses", "c")
    assert body.at("must", "act", 0).spot[:2] == body.at("within").name_spot[:2] == (6, 5)
    assert body.at("binds", 1).spot[:2] == (7, 21)
    assert body.at("must", "target", "not").spot[:2] == body.at("otherwise", "must", "target").spot[:2] == (7, 29)
    assert body.at("must", "target", "not") is not body.at("otherwise", "must", "target")


@pytest.mark.parametrize(
    ("clauses", "places"),
    [
        ("  c: {use: no-attack, with: {parties: [A, D]}}\n", [("A201", 5, 43)]),
        ("  c: {use: no-attack, with: {parties: A, area: $here}}\n", [("A206", 5, 48)]),
        ("  c: {use: meet-by, with: {parties: A, by: soon}}\n", [("A301", 5, 44)]),
        ("  c: {use: no-attack, with: {parties: A, window: P7D}}\n", [("A102", 5, 7)]),
        ("  c:\n    use: no-attack\n    with: {parties: A}\n    bye: 2026-03-01\n", [("A104", 8, 5)]),
    ],
)
def test_diagnostics_point_into_the_users_file(clauses: str, places: list[tuple[str, int, int]]) -> None:
    _, found = _check(HEAD + clauses, "a.yaml", None)
    assert [(one.code, one.line, one.column) for one in found if one.severity == "error"] == places


def test_an_unknown_provision_is_all_that_is_said() -> None:
    clauses = "  c: {use: no-atack}\n  d: {binds: A, when: {violated: c.otherwise}, must: {act: talk}}\n"
    _, found = _check(HEAD + clauses, "a.yaml", None)
    assert [one.code for one in found if one.severity == "error"] == ["A501"]


@pytest.mark.parametrize(
    ("clause", "codes"),
    [
        ("{use: *name, with: {parties: A}}", ["A011"]),
        ("{use: no-attack, with: *name}", ["A011"]),
        ("{use: no-attack, with: {parties: &name A}}", ["A010"]),
        ("{use: no-attack, with: {parties: }}", ["A504"]),
        ("{use: }", ["A501"]),
    ],
)
def test_one_mistake_is_said_once(clause: str, codes: list[str]) -> None:
    _, found = _check(HEAD + f"  c: {clause}\n", "a.yaml", None)
    assert [one.code for one in found if one.severity == "error"] == codes


def test_nothing_of_that_kind_is_touched() -> None:
    for text in ("- 1\n", "servanda: 1\n", HEAD.removesuffix("clauses:\n") + "clauses: [1]\n", HEAD + "  c: 1\n"):
        root = read_tree(text, Complaints("a.yaml", text))
        assert root is not None
        before = root.plain()
        assert expand(root, Complaints("a.yaml", text)).plain() == before


# --- provisions that cannot be used ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("title: Paying\n", "", "title: field required"),
        ("binds: <who>", "binds: <whom>", "there is no parameter 'whom'"),
        ("  at_least: {n: <step>}\n", "", "the clause does not use the parameter 'step'"),
        ("default: P30D", "default: 30", "the default is not a duration"),
        ("type: count", "type: amount", "parameters.step.type: input should be"),
        ("provision: pay", "provision: [", "error[A009]"),
    ],
)
def test_a_file_that_is_not_sound(library: Callable[..., Path], old: str, new: str, words: str) -> None:
    assert old in PAY
    path = library(PAY.replace(old, new))
    with pytest.raises(ProvisionError) as raised:
        read_provision(path)
    assert words in str(raised.value)
    assert str(path) in str(raised.value)
    _, found = _check(HEAD + "  c: {use: pay, with: {who: A}}\n", "a.yaml", None)
    assert [one.code for one in found] == ["A501"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ProvisionError, match="cannot be opened"):
        read_provision(tmp_path / "none.yaml")


def test_without_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Path:
        raise FileNotFoundError

    monkeypatch.setattr("servanda.reading.provisions.rules_dir", missing)
    _, found = _check(HEAD + "  c: {use: no-attack}\n", "a.yaml", None)
    assert [one.code for one in found] == ["A501"]


# --- the forty ------------------------------------------------------------------------------------------


def test_every_template_has_one_provision() -> None:
    assert sorted(provision(name).file.template or "" for name in provision_names()) == sorted(TEMPLATES)


@pytest.fixture(params=provision_names())
def one(request: pytest.FixtureRequest) -> Provision:
    return provision(request.param)


def test_all_are_in_the_docs() -> None:
    text = (Path(__file__).parents[2] / "docs" / "rule-library.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `") and line.count("|") == 5]
    files = [provision(name).file for name in provision_names()]
    expected = [
        f"| `{file.provision}` | {file.title} | {', '.join(file.names.pam)} | {', '.join(file.names.pax)} |"
        for file in files
        if file.names
    ]
    assert rows == expected
    assert all(f"`{kind}`" in text for kind in KINDS)


def test_a_provision_is_called_as_its_file_and_by_others(one: Provision) -> None:
    assert one.path.stem == one.file.provision
    assert one.file.names is not None


def test_every_act_is_in_the_taxonomy(one: Provision) -> None:
    from servanda.reading.acts import taxonomy

    named = {*one.file.fulfilled_by, *one.file.broken_by}
    assert named <= taxonomy()
    acts = {str(item.value) for name, entry in one.file.parameters.items() if entry.type == "acts"
            for default in [one.default(name)] if default for item in default.items()}  # fmt: skip
    assert acts <= taxonomy()
    cases = one.file.cases
    for kind in ("kept", "broken", "disputed"):
        assert {report["act"] for report in cases[kind]["reports"] if "act" in report} <= taxonomy()


def test_the_agreement_of_its_cases_gives_no_warning_about_the_clause(one: Provision, tmp_path: Path) -> None:
    import json

    path = tmp_path / "a.yaml"
    whole = {"servanda": 1, "agreement": one.file.provision, **one.file.cases["agreement"]}
    path.write_text(json.dumps(whole), encoding="utf-8")
    agreement, found = check(path)
    assert agreement is not None
    assert [each.render() for each in found if each.code != "W002"] == []
    assert any(entry.get("use") == one.file.provision for entry in whole["clauses"].values())


def test_a_disputed_case_is_open_for_a_reason(one: Provision) -> None:
    expected = one.file.cases["disputed"]["expect"]
    verdicts = [verdict for each in expected for verdict in each["verdicts"].values()]
    assert any(isinstance(verdict, list) or "undetermined" in verdict for verdict in verdicts)
    assert any(each.get("because") for each in expected)
