"""Assessments in columns: the same as from the plain engine, whatever the file; and what the command line makes of them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from columnar.versus import differences
from servanda import assess, load, read_reports
from servanda.cli import main
from servanda.columnar import Lines, UnfitError, assess_files
from servanda.columnar.layout import layout_of

CASES = Path(__file__).parents[2] / "cases"
Run = Callable[..., Result]
AGREEMENT = """\
servanda: 1
agreement: handing-over
timezone: Europe/Berlin
term: {from: 2025-01-01, until: open}
actors: {A: {role: party}, B: {role: party}}
states: {on: {key: place, starts: {act: declare.on}, stops: {act: declare.off}}}
clauses:
  handover: {binds: [B], when: {act: demand}, must: {act: detain.handover, object: $trigger.object}, within: PT10S}
  no-strike: {binds: [A], while: {state: on, key: place}, must_not: {act: force.attack}}
"""


@pytest.fixture
def run() -> Run:
    def call(*args: str) -> Result:
        found = CliRunner().invoke(main, args, env={"COLUMNS": "140"})
        assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
        return found

    return call


@pytest.mark.parametrize("seed", range(120))
def test_the_same_as_from_the_plain_engine(seed: int, tmp_path: Path) -> None:
    found = list(differences(seed, tmp_path))
    if found == ["unfit"]:
        pytest.skip("not fit for columns: judged by the plain engine anyway")
    assert found == []


def report(number: int, act: str, **fields: str) -> dict[str, str]:
    when = f"2025-01-01T00:{number // 60:02}:{number % 60:02}Z"
    actor = "A" if act in ("demand", "force.attack.raid") else "B"
    return {
        "id": f"r{number}",
        "source": "feed",
        "reported": when,
        "occurred": when,
        "act": act,
        "actor": actor,
    } | fields


REPORTS = [
    report(1, "demand", object="1"),
    report(2, "demand", object="2"),
    report(3, "declare.on", place="x"),
    report(4, "force.attack.raid", place="x"),
    report(5, "detain.handover", object="1"),
    report(6, "force.attack.raid", place="y"),
    report(20, "detain.handover", object="2"),
    report(21, "demand", object="3"),
]


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., list[str]]:
    """Writes agreement and reports, and gives the arguments of `assess` for them."""

    def write(*lines: str, name: str = "reports.jsonl") -> list[str]:
        (tmp_path / "agreement.yaml").write_text(AGREEMENT)
        (tmp_path / name).write_text("".join(f"{line}\n" for line in lines))
        return ["assess", str(tmp_path / "agreement.yaml"), "-r", str(tmp_path / name)]

    return write


Write = Callable[..., list[str]]


def lines_of(*more: dict[str, object]) -> list[str]:
    return [json.dumps(one) for one in (*REPORTS, *more)]


@pytest.mark.parametrize("form", ["csv", "json", "table", "jsonl", "markdown"])
@pytest.mark.parametrize(
    "scope", [[], ["--view", "all"], ["--clause", "no-strike"], ["--as-of", "2025-01-01T00:00:12Z"]]
)
def test_every_form_is_the_same(form: str, scope: list[str], files: Write, run: Run) -> None:
    told = lines_of({"id": "d", "source": "A", "reported": "2025-01-01T00:00:30Z", "says": "denies", "of": "r4"})
    given = [*files(*told), "--format", form, *scope]
    plain, columns = run(*given, "--engine", "plain"), run(*given, "--engine", "columnar")
    assert columns.stdout == plain.stdout
    assert columns.exit_code == plain.exit_code in (1, 3)
    assert columns.stderr == plain.stderr


def test_a_deadline_and_a_prohibition(files: Write, run: Run) -> None:
    found = run(*files(*lines_of()), "--format", "csv", "--engine", "columnar")
    assert found.stdout.splitlines()[1:] == [
        (
            "handover,B,event:r1,,fulfilled,,,2025-01-01T00:00:11Z/2025-01-01T00:00:11Z,"
            "2025-01-01T00:00:05Z/2025-01-01T00:00:05Z,,,,trigger:r1;fulfilment:r5"
        ),
        (
            "handover,B,event:r2,,violated,,,2025-01-01T00:00:12Z/2025-01-01T00:00:12Z,"
            "2025-01-01T00:00:12Z/2025-01-01T00:00:12Z,,2025-01-01T00:00:20Z/2025-01-01T00:00:20Z;PT8S,,"
            "trigger:r2;cure:r20;omission"
        ),
        (
            "handover,B,event:r21,,pending,,,2025-01-01T00:00:31Z/2025-01-01T00:00:31Z,"
            "2025-01-01T00:00:21Z/2025-01-01T00:00:21Z,,,,trigger:r21"
        ),
        "no-strike,A,,,violated,,,,2025-01-01T00:00:04Z/2025-01-01T00:00:04Z,,,reports:5;claimants:1;days:1,breach:r4",
    ]


def test_lines_that_are_rejected_are_told_and_counted(files: Write, run: Run) -> None:
    broken = ["{", '{"id": "x", "id": "y"}', json.dumps(report(30, "demand") | {"occurred": "someday"})]
    given = files(*lines_of(), "", *broken, *lines_of({"id": "other", "agreement": "another", **REPORTS[0]}))
    plain, columns = (run(*given, "--format", "json", "--engine", engine) for engine in ("plain", "columnar"))
    assert (columns.stdout, columns.stderr) == (plain.stdout, plain.stderr)
    assert json.loads(columns.stdout)["rejected"] == 3
    assert run(*given, "--max-rejects", "2", "--engine", "columnar").exit_code == 4


def test_reports_for_other_agreements_are_set_aside(files: Write, run: Run) -> None:
    given = files(*lines_of(*(one | {"id": f"o{one['id']}", "agreement": "another"} for one in REPORTS)))
    found = [json.loads(run(*given, "--format", "json", "--engine", one).stdout) for one in ("plain", "columnar")]
    assert found[0] == found[1]
    assert found[1]["set_aside"] == len(REPORTS)


def test_several_files_and_agreements(files: Write, run: Run, tmp_path: Path) -> None:
    given = files(*lines_of())
    (tmp_path / "more.jsonl").write_text(
        "".join(f"{line}\n" for line in lines_of()).replace('"r', '"m').replace(": ", ":")
    )
    (tmp_path / "other.yaml").write_text(AGREEMENT.replace("handing-over", "other"))
    given += ["-r", str(tmp_path / "more.jsonl"), "--format", "csv"]
    given.insert(2, str(tmp_path / "other.yaml"))
    plain, columns = run(*given, "--engine", "plain"), run(*given, "--engine", "columnar")
    assert columns.stdout == plain.stdout
    assert "other,neutral,handover" in columns.stdout


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("id,source,reported", "does not begin with flat reports"),
        ('{"id": "a", "source": 5, "reported": "2025-01-01"}', "numbers where names or times should be"),
        ('{"id": "a", "source": "b", "reported": "2025-01-01", "Id": "c"}', "unusual names"),
    ],
)
def test_files_that_do_not_fit_are_read_line_by_line(line: str, why: str, files: Write, run: Run) -> None:
    given = files(line, line)
    found = run(*given, "--as-of", "2025-01-02", "--engine", "columnar")
    assert "read one by one" in found.stderr
    assert why in found.stderr
    assert found.stdout == run(*given, "--as-of", "2025-01-02", "--engine", "plain").stdout


def test_large_files_are_taken_in_columns_by_default(files: Write, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    given = [*files(*lines_of()), "--format", "csv"]
    assert "in columns" not in run(*given).stderr
    monkeypatch.setattr("servanda.cli.bulk._LARGE", 100)
    assert "judged in columns" in run(*given).stderr
    assert run(*given).stdout == run(*given, "--engine", "rete").stdout


def test_an_agreement_that_asks_for_two_voices_is_judged_as_ever(files: Write, run: Run, tmp_path: Path) -> None:
    given = [*files(*lines_of()), "--format", "json"]
    (tmp_path / "agreement.yaml").write_text(AGREEMENT + "evidence: {corroboration: 2}\n")
    columns = run(*given, "--engine", "columnar")
    assert columns.stdout == run(*given, "--engine", "plain").stdout
    assert "a single report is not enough" in columns.stderr


def test_carriage_returns_are_no_line_ends(files: Write) -> None:
    path = files("{}")[-1]
    Path(path).write_bytes("\r".join(lines_of()).encode() + b"\n" + lines_of()[0].encode() + b"\n")
    with pytest.raises(UnfitError):
        Lines([path], [])


def test_a_layout_is_that_of_most_lines(tmp_path: Path) -> None:
    path = tmp_path / "reports.jsonl"
    path.write_text(
        "".join(f"{line}\n" for line in lines_of({"id": "z", "n": 5, "source": "a", "reported": "b", "x": None}))
    )
    found = layout_of(str(path))
    assert found.keys[:2] == ("id", "n")
    assert (found.bare, found.nulls, found.comma) == ({"n"}, {"x"}, ", ")
    assert found.always == {"id", "source", "reported"}


def test_odd_lines_are_those_that_are_written_in_another_way(tmp_path: Path) -> None:
    path = tmp_path / "reports.jsonl"
    odd = ['{"id": "a\\u0020", "source": "b", "reported": "2025-01-01"}', '{"id": "b", "id": "c"}']
    path.write_text("\n".join([*lines_of(), *odd, json.dumps(REPORTS[0], separators=(",", ":"))]))
    lines = Lines([str(path)], [])
    assert lines.number("select count(*) from line where not plain") == 3
    assert [type(one).__name__ for one in lines.odd()] == ["Report", "Rejected", "Report"]
    lines.close()


def test_the_order_of_lines_makes_no_difference(files: Write, run: Run) -> None:
    told = lines_of(*(report(number, "demand", object=str(number)) for number in range(30, 50)))
    first = run(*files(*told), "--format", "csv", "--engine", "columnar").stdout
    random.Random(1).shuffle(told)
    assert run(*files(*told), "--format", "csv", "--engine", "columnar").stdout == first


@pytest.mark.parametrize("case", sorted(CASES.glob("*/agreement.yaml")), ids=lambda path: path.parent.name)
def test_every_case_is_the_same(case: Path, run: Run) -> None:
    reports = [part for path in sorted(case.parent.glob("reports*.jsonl")) for part in ("-r", str(path))]
    given = ["assess", str(case), *reports, "--view", "all", "--as-of", "2030-01-01", "--format", "json"]
    assert run(*given, "--engine", "columnar").stdout == run(*given, "--engine", "plain").stdout


def test_a_program_judges_files_as_it_does_reports(files: Write, tmp_path: Path) -> None:
    broken = ["{", json.dumps(REPORTS[0] | {"id": "other", "agreement": "another"})]
    path = files(*lines_of(), *broken)[-1]
    agreement = load(str(tmp_path / "agreement.yaml"))
    found = assess_files(agreement, [path], as_of="2025-01-01T00:00:12Z", view="account of A")
    reports = read_reports(path, on_reject=lambda _: None)
    expected = assess(agreement, reports, as_of="2025-01-01T00:00:12Z", view="account of A")
    assert found.instances == expected.instances
    assert (found.rejected, found.set_aside, found.matcher) == (1, 1, "columnar")
    assert [(note.code, note.line) for note in found.diagnostics] == [("R001", 9)]
    with pytest.raises(KeyError):
        assess_files(agreement, [path], view="nobody's")
    with pytest.raises(UnfitError):
        assess_files(agreement, [tmp_path / "missing.jsonl"])


@pytest.mark.parametrize(
    "name", ["row", "rowid", "first", "last", "plain", "body", "voice", "reported_text", "line", "n"]
)
def test_attributes_may_have_any_name(name: str, files: Write, run: Run, tmp_path: Path) -> None:
    given = files(*(json.dumps(one | {name: "xyz"[number % 3]}) for number, one in enumerate(REPORTS)))
    asked = AGREEMENT.replace("{act: force.attack}", f"{{act: force.attack, {name}: [x, y]}}")
    (tmp_path / "agreement.yaml").write_text(asked.replace("{act: demand}", f"{{act: demand, {name}: x}}"))
    columns, plain = (run(*given, "--format", "json", "--engine", engine) for engine in ("columnar", "plain"))
    assert (columns.stdout, columns.stderr) == (plain.stdout, plain.stderr)
