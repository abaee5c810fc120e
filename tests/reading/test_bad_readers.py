"""For every code of a reader file, an input that fails with it: code, place, and what the caret marks."""

from __future__ import annotations

from pathlib import Path

import pytest

from servanda.codes.readers import CODES
from servanda.diagnostics import CATALOGUE, Diagnostic
from servanda.errors import LoadError
from servanda.reading.mapping import read_mapping, reader_names
from servanda.reading.reports import read_reports

FILES = sorted((Path(__file__).parent / "bad_readers").glob("*.yaml"))
GOOD = 'servanda: 1\nreader: x\nfields: {id: "{id}", reported: "{day}", source: x}\n'


def found_in(name: Path | str) -> list[Diagnostic]:
    with pytest.raises(LoadError) as caught:
        read_mapping(name)
    return list(caught.value.diagnostics)


def marked(found: Diagnostic) -> str:
    """What stands above the caret."""
    at = found.column - 1 - found.cut
    return found.excerpt[at : at + found.length]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_code_place_and_caret(path: Path) -> None:
    expected = path.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# expect: ")
    (one,) = found_in(path)
    assert f"{one.code} {one.line}:{one.column} {marked(one)}" == expected
    assert one.code == path.name[:4]
    assert one.file == str(path)
    assert one.message
    assert one.remedy
    assert one.severity == CATALOGUE[one.code].severity == "error"


def test_every_code_has_a_failing_file() -> None:
    assert {path.name[:4] for path in FILES} >= {info.code for info in CODES}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ucpd-ged", "there is no reader 'ucpd-ged'"),
        ("missing.yaml", "cannot be opened"),
        ("a\0b.yaml", "cannot be opened"),
        ("/etc/passwd", "there is no reader 'passwd'"),
    ],
)
def test_a_reader_that_is_not_there(name: str, words: str) -> None:
    (one,) = found_in(name)
    assert one.code == "M001"
    assert words in one.message


def test_everything_wrong_is_told_at_once_also_in_the_crosswalk_and_in_what_it_is_like(tmp_path: Path) -> None:
    (tmp_path / "walk.yaml").write_text("crosswalk: walk\ncodes: {a: {kind: x}}\nparents: 1\n")
    (tmp_path / "base.yaml").write_text(GOOD + "dates: [soon]\n")
    path = tmp_path / "own.yaml"
    path.write_text('like: base.yaml\ncrosswalk: {name: walk.yaml, of: "{code}"}\nfields: {place: 5}\n')
    found = found_in(path)
    assert {(Path(one.file).name, one.code) for one in found} >= {
        ("own.yaml", "M004"),
        ("base.yaml", "M007"),
        ("walk.yaml", "M004"),
    }


@pytest.mark.parametrize("text", ["- a\n", "", "a: [", "x\n", "fields: 5\n", "header: {a: b}\n" + GOOD])
def test_what_is_no_reader_at_all_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(text)
    assert found_in(path)


def test_a_wrong_reader_is_told_before_anything_is_read() -> None:
    with pytest.raises(LoadError, match="M001"):
        next(read_reports("missing.csv", reader="none"))


def test_the_readers_of_the_library_are_sound() -> None:
    assert reader_names() == ["acled", "gdelt2", "icews", "ucdp-ged"]
    for name in reader_names():
        assert read_mapping(name).fields
