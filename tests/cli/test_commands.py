"""The commands besides `assess`, and what all have in common."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

import servanda
from servanda.cli import COMMANDS, main
from servanda.cli.documented import Documented
from servanda.diagnostics import CATALOGUE
from servanda.render.schemas import FORMATS, schema_of

DATA = Path(__file__).parent / "data"


# --- help -----------------------------------------------------------------------------------------------


def test_version_and_help(run):
    assert run("--version").stdout == f"servanda {servanda.__version__}\n"
    assert run("-h").stdout == run("--help").stdout
    assert "Examples:\n  servanda init example\n" in run("-h").stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(run, name):
    found = run(name, "--help")
    assert found.exit_code == 0
    assert f"\n  servanda {name}" in found.stdout or name == "assess"
    command = main.get_command(None, name)
    assert isinstance(command, Documented)
    assert command.examples
    first = command.get_short_help_str(200)
    assert COMMANDS[name][1].rstrip(".").split()[0] == first.split()[0]


def test_unknown_command(run):
    found = run("asess")
    assert found.exit_code == 2
    assert "did you mean 'assess'?" in found.stderr
    assert run().exit_code == 2
    assert run("assess").exit_code == 2


# --- lint -----------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path):
    good = "servanda: 1\nagreement: x\nactors: {A: {name: A, role: party}}\nclauses:\n  c: {binds: [A], must: {act: talk.meet}}\n"
    (tmp_path / "good.yaml").write_text(good)
    (tmp_path / "warned.yaml").write_text(good.replace("talk.meet", "talk.met"))
    (tmp_path / "wrong.yaml").write_text(good.replace("binds", "bindz"))
    return tmp_path


@pytest.mark.parametrize(
    ("names", "code", "summary"),
    [
        (["good"], 0, "1 file: 0 errors, 0 warnings"),
        (["warned"], 0, "1 file: 0 errors, 1 warning;"),
        (["warned", "wrong"], 1, "2 files: "),
        (["wrong", "none"], 2, "2 files: "),
    ],
)
def test_lint(run, files, names, code, summary):
    found = run("lint", *(str(files / f"{name}.yaml") for name in names))
    assert found.exit_code == code
    assert found.stderr.startswith(summary)
    assert ("warned.yaml:5:" in found.stdout) == ("warned" in names)


def test_lint_as_json(run, files):
    found = run("lint", str(files / "wrong.yaml"), "--format", "json")
    diagnostics = json.loads(found.stdout)["diagnostics"]
    assert "A104" in {one["code"] for one in diagnostics}
    assert list(diagnostics[0]) == ["code", "severity", "message", "remedy", "file", "line", "column"]
    assert json.loads(run("lint", str(files / "good.yaml"), "--format", "json").stdout) == {
        "servanda": 1,
        "diagnostics": [],
    }


# --- why ------------------------------------------------------------------------------------------------


def test_why(run, example):
    agreement, reports = example
    found = run("why", agreement, "ceasefire/PAK", "-r", reports)
    assert found.exit_code == 0
    assert "contested" in found.stdout
    assert "what would change it" in found.stdout
    data = json.loads(run("why", agreement, "ceasefire/Islamabad", "-r", reports, "--format", "json").stdout)
    assert [(one["clause"], one["bearer"]) for one in data] == [("ceasefire", ["PAK"])]
    assert len(json.loads(run("why", agreement, "ceasefire", "-r", reports, "--format", "json").stdout)) == 2
    joint = run(
        "why", agreement, "talks/PAK+AFG", "-r", reports, "--view", "press", "--as-of", "2025-11-07", "--format", "json"
    )
    assert json.loads(joint.stdout)[0]["view"] == "press"


@pytest.mark.parametrize(
    ("finding", "more", "words"),
    [
        ("ceasfire/PAK", [], "did you mean 'ceasefire'?"),
        ("ceasefire/TUR", [], "it binds AFG, PAK"),
        ("ceasefire/", [], "does not bind"),
        ("ceasefire", ["--view", "all"], "one view at a time"),
        ("ceasefire", ["--view", "presss"], "did you mean 'press'?"),
    ],
)
def test_why_not(run, example, finding, more, words):
    found = run("why", example[0], finding, "-r", example[1], *more)
    assert (found.exit_code, found.stdout) == (2, "")
    assert words in found.stderr


# --- explain, schema, rules -------------------------------------------------------------------------------


def test_explain(run):
    text = run("explain", "a104").stdout
    assert text.startswith("error[A104]: unknown key\n")
    assert "    bindz: [PAK, AFG]" in text
    assert len(run("explain").stdout.splitlines()) == len(CATALOGUE)
    found = run("explain", "A1O4")
    assert found.exit_code == 2
    assert "did you mean" in found.stderr
    assert "lists all codes" in run("explain", "x").stderr


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_code_is_explained(run, code):
    assert run("explain", code).exit_code == 0


@pytest.mark.parametrize("name", FORMATS)
def test_schema(run, name):
    printed = json.loads(run("schema", name).stdout)
    assert printed == schema_of(name)
    jsonschema.Draft202012Validator.check_schema(printed)


def test_files_fit_their_schemas():
    plain = yaml.BaseLoader  # everything is text, as dates are for servanda
    for line in (DATA / "reports.jsonl").read_text().splitlines():
        jsonschema.validate(json.loads(line), schema_of("report"))
    agreement = yaml.load((DATA / "agreement.yaml").read_text(), plain)
    agreement |= {"servanda": 1, "evidence": {"corroboration": 1}}
    for clause in agreement["clauses"].values():
        clause.update({"joint": True} if "joint" in clause else {})
    agreement["views"]["press"]["corroboration"] = 2
    jsonschema.validate(agreement, schema_of("agreement"))


def test_schema_of_what(run):
    assert run("schema", "report2").exit_code == 2


def test_rules(run):
    assert "flagging rules:" in run("rules").stdout
    assert run("rules", "force.attack").stdout.splitlines()[1].split()[0] == "force.attack"
    assert "force.attack.drone" in run("rules", "force.attack").stdout
    assert "force.restrain" not in run("rules", "force.attack").stdout
    assert "detain" in run("rules", "CUSTODY").stdout
    assert "may-touch-duty" in run("rules", "may-touch").stdout
    found = run("rules", "force.atack")
    assert found.exit_code == 2
    assert "did you mean 'force.attack'?" in found.stderr


def test_a_shelf_of_the_library(run):
    whole = run("rules").stdout
    shelves = [run("rules", line.removesuffix(":")).stdout for line in whole.splitlines() if line[:1].strip()]
    acts, flagging = (run("rules", name).stdout for name in ("acts", "flagging"))
    assert acts in shelves
    assert flagging in shelves
    assert acts.startswith("acts:\n")
    assert "force.attack.drone" in acts
    assert flagging.startswith("flagging rules:\n")
    assert run("rules", "flagging rules").stdout == flagging
    assert sum(len(shelf.splitlines()) for shelf in shelves) == len([line for line in whole.splitlines() if line])
    assert "did you mean 'acts'?" in run("rules", "actz").stderr


def test_the_remedy_of_an_unknown_act_works(run, tmp_path):
    (tmp_path / "a.yaml").write_text(
        "servanda: 1\nagreement: a\nactors: {A: {role: party}}\nclauses:\n  c: {binds: A, must: {act: qqqqqq}}\n"
    )
    found = run("lint", str(tmp_path / "a.yaml"))
    named = re.findall(r"`servanda (rules[^`]*)`", found.output)
    assert named
    for command in named:
        shown = run(*command.split())
        assert shown.exit_code == 0
        assert "force.attack" in shown.stdout


def test_rules_without_a_taxonomy(run, monkeypatch, tmp_path):
    from servanda import rulebook

    monkeypatch.setattr(rulebook, "_PACKAGE", tmp_path / "a" / "b")
    assert run("rules").exit_code == 2
    assert run("test").exit_code == 2
    (tmp_path / "rules" / "readers").mkdir(parents=True)
    assert run("rules").exit_code == 2
    (tmp_path / "rules" / "readers" / "acled.yaml").write_text("text: a reader\n")
    assert run("rules").stdout == "readers:\n  acled  a reader\n"


# --- init and test ----------------------------------------------------------------------------------------


def test_init_is_sound_and_overwrites_nothing(run, tmp_path):
    place = str(tmp_path / "new" / "folder")
    assert run("init", place).exit_code == 0
    assert run("lint", f"{place}/agreement.yaml").stderr.startswith("1 file: 0 errors, 0 warnings")
    assert run("test", place).stdout == "8 passed, 0 failed\n"
    before = Path(place, "case.yaml").read_text()
    assert run("init", place).exit_code == 2
    Path(place, "agreement.yaml").unlink()
    assert run("init", place).exit_code == 2
    assert not Path(place, "agreement.yaml").exists()
    assert Path(place, "case.yaml").read_text() == before
    (tmp_path / "file").write_text("")
    assert run("init", str(tmp_path / "file")).exit_code == 2


def test_the_example_case(run):
    found = run("test", str(DATA))
    assert (found.exit_code, found.stdout) == (0, "8 passed, 0 failed\n")


def case(tmp_path, verdicts, **more):
    expect = {"as_of": "2025-11-15", "verdicts": verdicts, **more}
    data = {
        "case": 1,
        "agreement": str(DATA / "agreement.yaml"),
        "reports": [str(DATA / "reports.jsonl")],
        "expect": [expect],
    }
    path = tmp_path / "my.case.yaml"
    path.write_text(json.dumps(data))
    return str(path)


@pytest.mark.parametrize(
    ("name", "verdict", "words"),
    [
        (
            "ceasefire/PAK",
            "violated",
            "expected violated, got undetermined (holding or violated; contested chaman-0611)",
        ),
        ("ceasefire/PAK", ["holding", "ended"], "expected ended or holding, got undetermined"),
        ("ceasefire/AFG", {"violated": 2}, "expected 2 violated, got 1 holding"),
        ("ceasefire", "holding", "got several bearers (AFG, PAK): write ceasefire/BEARER"),
        ("ceasefire/TTP", "holding", "expected holding, got no instance"),
        ("ceasfire/PAK", "holding", "did you mean 'ceasefire'?"),
    ],
)
def test_what_is_not_as_expected(run, tmp_path, name, verdict, words):
    path = case(tmp_path, {name: verdict, "talks": "fulfilled"})
    found = run("test", path)
    assert found.exit_code == 1
    first, last = found.stdout.splitlines()
    assert first.startswith(f"{path}: neutral, as of 2025-11-15: {name}: ")
    assert words in first
    assert last == "1 passed, 1 failed"


def test_other_expectations(run, tmp_path):
    found = run("test", case(tmp_path, {}, because={"ceasefire/PAK": ["uncorroborated"], "ceasefire/AFG": []}))
    assert "expected because uncorroborated, got contested" in found.stdout
    assert found.stdout.endswith("1 passed, 1 failed\n")
    found = run("test", case(tmp_path, {"talks": "fulfilled"}, view="pres"))
    assert "has no view 'pres'" in found.stdout
    found = run("test", case(tmp_path, {"talks": "fulfilled"}, known_at="never"))
    assert found.exit_code == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("case: 2\nagreement: a.yaml\nexpect: []\n", ":1:1: error: case: "),
        (
            "case: 1\nagreement: a.yaml\nexpect:\n  - as_of: 2025-01-01\n    verdicts: {a: happy}\n",
            ":5:16: error: expect.0.verdicts.a: ",
        ),
        ("case: 1\nagreement: a.yaml\nexpects: []\n", "expects: extra inputs"),
        ("case: 1\nagreement: a.yaml\nexpect: [{as_of: 2025-01-01}]\n", "a.yaml:1:1: error[A001]"),
        ("case: [\n", "error[A009]"),
        ("- 1\n", "error: the file: "),
        ("", "error[A008]"),
    ],
    ids=range(7),
)
def test_a_case_that_cannot_be_read(run, tmp_path, text, words):
    (tmp_path / "case.yaml").write_text(text)
    found = run("test", str(tmp_path), str(DATA))
    assert found.exit_code == 2
    assert words in found.stderr
    assert found.stdout == "8 passed, 0 failed, 1 unreadable\n"


def test_no_case(run, tmp_path):
    assert run("test", str(tmp_path)).exit_code == 2
    assert run("test", str(tmp_path / "none.yaml")).exit_code == 2
