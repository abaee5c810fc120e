"""Scenarios that each put one sentence of the contract to the test, through the command line.

A scenario file holds a `head` (the beginning of every agreement in it), default `args`, and `scenarios`:
    title, rule      what is tested, and the words it is derived from
    clauses          clauses below the head; or `agreement`, a whole text
    swap             {old: new} texts replaced in the agreement
    reports          report lines, as mappings; or `text`, as written
    files            {name: text} further files
    args             replaces the default arguments; or `command`, the whole command line
    stdin            text for standard input
    expect           see `check`
    bug              the scenario is known to fail, and why
"""

import functools
import gzip
import json
import re
import shlex
from pathlib import Path
from textwrap import indent

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from servanda.cli import main

SCENARIOS = Path(__file__).with_name("scenarios")
GIVEN = {
    "title", "rule", "clauses", "agreement", "swap", "reports", "text", "files", "args", "command", "stdin",
    "expect", "bug", "env",
}  # fmt: skip
EXPECTED = {
    "exit",
    "verdicts",
    "instances",
    "json",
    "stdout",
    "stderr",
    "absent",
    "diagnostics",
    "lines",
    "keys",
    "file",
}


class Loader(yaml.SafeLoader):
    """YAML 1.2 scalars: no dates, and `true` and `false` only, so that times and `no` stay text."""

    yaml_implicit_resolvers = {}


for tag, pattern, first in (
    ("bool", r"(true|false)$", "tf"),
    ("null", r"(null|)$", "n"),
    ("int", r"-?\d+$", "-0123456789"),
    ("float", r"-?\d+\.\d+$", "-0123456789"),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


def scenarios():
    for path in sorted(SCENARIOS.glob("*.yaml")):
        file = yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a safe loader
        for number, scenario in enumerate(file["scenarios"], 1):
            assert set(scenario) <= GIVEN, (path.name, scenario["title"], set(scenario) - GIVEN)
            marks = [pytest.mark.xfail(reason=scenario["bug"], strict=True)] if scenario.get("bug") else []
            name = f"{path.stem}-{number:03}-{scenario['title'].replace(' ', '_')}"
            yield pytest.param(file, scenario, id=name, marks=marks)


def agreement_of(file, scenario):
    text = scenario.get("agreement")
    if text is None:
        text = file.get("head", "") + "clauses:\n" + indent(scenario.get("clauses", ""), "  ")
    for old, new in scenario.get("swap", {}).items():
        assert old in text, f"nothing to swap: {old}"
        text = text.replace(old, new)
    return text


def write_inputs(file, scenario):
    Path("agreement.yaml").write_text(agreement_of(file, scenario), encoding="utf-8")
    lines = scenario.get("text")
    if lines is None:
        lines = "".join(json.dumps(report) + "\n" for report in scenario.get("reports", []))
    Path("reports.jsonl").write_text(lines, encoding="utf-8")
    for name, text in scenario.get("files", {}).items():
        if name.endswith(".gz"):
            Path(name).write_bytes(gzip.compress(text.encode()))
        else:
            Path(name).write_text(text, encoding="utf-8")


def command_of(file, scenario):
    if "command" in scenario:
        return shlex.split(scenario["command"])
    args = scenario.get("args", file.get("args", ""))
    return ["assess", "agreement.yaml", "-r", "reports.jsonl", *(["--format", "json"] if "--format" not in args else []),
            *shlex.split(args)]  # fmt: skip


def said(instance):
    """A status, or `a|b (why, …)` where it is open."""
    if instance["status"] != "undetermined":
        assert instance["possible"] is None
        return instance["status"]
    reasons = sorted({each["reason"] for each in instance["because"]})
    return "|".join(sorted(instance["possible"])) + f" ({', '.join(reasons)})"


def ordered(verdict):
    match = re.fullmatch(r"([a-z|]+)(?: \(([a-z_, ]+)\))?", verdict)
    possible = "|".join(sorted(match[1].split("|")))
    return possible + (f" ({', '.join(sorted(match[2].split(', ')))})" if match[2] else "")


def at(value, path):
    for step in path.split("."):
        value = len(value) if step == "#" else value[int(step)] if isinstance(value, list) else value[step]
    return value


@functools.cache
def assessment_schema():
    return jsonschema.Draft202012Validator(json.loads(CliRunner().invoke(main, ["schema", "assessment"]).stdout))


def due_exit(assessments):
    """The exit code that goes with the statuses, as the contract has it."""
    instances = [instance for assessment in assessments for instance in assessment["instances"]]
    if any(instance["status"] == "violated" for instance in instances):
        return 1
    open_ones = any(i["status"] == "overdue" or "violated" in (i["possible"] or []) for i in instances)
    return 3 if open_ones else 0


def grouped(output):
    groups = {}
    for instance in output["instances"]:
        groups.setdefault(f"{instance['clause']}/{','.join(instance['bearer'])}", []).append(instance)
    return groups


def check_assessment(output, expect):
    assessment_schema().validate(output)
    for assessment in output.get("assessments", [output]):
        assert all(each["because"] for each in assessment["instances"] if each["status"] == "undetermined")
    groups = grouped(output) if "instances" in output else {}
    for key, verdict in expect.get("verdicts", {}).items():
        wanted = [ordered(each) for each in ([verdict] if isinstance(verdict, str) else verdict)]
        assert [said(instance) for instance in groups.get(key, [])] == wanted, key
    for key, fields in expect.get("instances", {}).items():
        wanted = [fields] if isinstance(fields, dict) else fields
        assert len(groups.get(key, [])) == len(wanted), key
        for instance, each in zip(groups[key], wanted, strict=True):
            got = {path: at(instance, path) for path in each}
            assert got == each
    named = {each.get("report") for each in output.get("diagnostics", [])}
    assert set(expect.get("diagnostics", [])) <= named, output.get("diagnostics")


def check(result, expect):
    """What came out against what is expected."""
    assert set(expect) <= EXPECTED, set(expect) - EXPECTED
    text = Path(expect["file"]).read_text(encoding="utf-8") if "file" in expect else result.stdout
    if "exit" in expect:
        assert result.exit_code == expect["exit"], result.output
    for words in expect.get("stdout", []):
        assert words in text
    for words in expect.get("stderr", []):
        assert words in result.stderr
    for words in expect.get("absent", []):
        assert words not in text
    if "lines" in expect:
        assert text.splitlines()[: len(expect["lines"])] == expect["lines"]
    if {"verdicts", "instances", "json", "diagnostics", "keys"} & set(expect):
        output = json.loads(text)
        for path, value in expect.get("json", {}).items():
            assert at(output, path) == value, path
        for path, keys in expect.get("keys", {}).items():
            assert list(at(output, path) if path != "." else output) == keys
        if isinstance(output, dict) and ("instances" in output or "assessments" in output):
            check_assessment(output, expect)


@pytest.mark.parametrize(("file", "scenario"), list(scenarios()))
def test_scenario(file, scenario, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_inputs(file, scenario)
    command = command_of(file, scenario)
    result = CliRunner().invoke(main, command, input=scenario.get("stdin"), env=scenario.get("env"))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    check(result, scenario["expect"])
    if result.stdout.startswith('{\n  "servanda"') and command[0] == "assess" and "--fail-on" not in command:
        output = json.loads(result.stdout)
        assert result.exit_code == due_exit(output.get("assessments", [output]))
