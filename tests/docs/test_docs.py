"""The documents say what is so: every example runs, every command and every code is documented."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner
from pydantic import BaseModel

from doc_examples import DOCUMENTS, ROOT, run
from servanda.cli import COMMANDS, main
from servanda.diagnostics import CATALOGUE
from servanda.model.agreement import Role
from servanda.model.clauses import Status
from servanda.model.kleene import Reason
from servanda.model.report import Says
from servanda.model.verdict import StandingName
from servanda.reading import agreement_file as shape
from spark.sessions import missing

LINKS = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")


def test_examples_are_run_here_and_not_collected_as_well() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    assert ".md" not in f"{options['addopts']} {options['testpaths']}"
    assert not [path for path in options["testpaths"] if path.startswith("docs")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::ResourceWarning")  # of packages that examples import
def test_every_example_of_a_document_gives_what_it_shows(document: Path, tmp_path: Path) -> None:
    if document.name == "cluster.md" and (lacks := missing()):
        pytest.skip(lacks)
    for one in run(document.read_text(encoding="utf-8"), tmp_path):
        where = f"{document.relative_to(ROOT)}:{one.line}: {one.source.strip()}"
        assert one.same, f"{where}\n--- shown\n{one.shown}\n--- given\n{one.given}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    for link, anchor in LINKS.findall(document.read_text(encoding="utf-8")):
        target = document.parent / link if link else document
        assert target.exists(), link
        if anchor:
            assert anchor in _anchors(target.read_text(encoding="utf-8")), f"{link}#{anchor}"


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_section_with_an_example(command: str) -> None:
    text = (ROOT / "docs/command-line.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)
    own = [section for section in sections if section.startswith(f"`servanda {command}`")]
    assert len(own) == 1
    assert re.search(rf"^\$ (cat \S+ \| )?servanda {command}\b", own[0], re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_documented(command: str) -> None:
    text = (ROOT / "docs/command-line.md").read_text(encoding="utf-8")
    wanted = main.get_command(None, command)  # type: ignore[arg-type]
    assert wanted is not None
    for option in wanted.params:
        if option.param_type_name == "option" and not getattr(option, "hidden", False):
            assert f"`{option.opts[-1]}" in text, option.opts


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_code_is_explained(code: str) -> None:
    result = CliRunner().invoke(main, ["explain", code])
    info = CATALOGUE[code]
    assert result.exit_code == 0
    assert result.output.startswith(f"{info.severity}[{code}]: {info.title}\n")
    for heading in ("\nWhat to do:", "\nWrong:\n", "\nRight:\n"):
        assert heading in result.output


def entries(model: type[BaseModel], found: dict[type[BaseModel], None]) -> dict[type[BaseModel], None]:
    """The model and everything that stands below its keys."""
    if model not in found:
        found[model] = None
        for key in shape.keys(model):
            if inner := shape.below(model, key):
                entries(inner[0], found)
    return found


def test_every_key_of_an_agreement_is_documented() -> None:
    text = (ROOT / "docs/agreement-files.md").read_text(encoding="utf-8")
    models = entries(shape.AgreementFile, {})
    assert {shape.ReadingEntry, shape.KeepEntry, shape.BaselineEntry, shape.EffectEntry} <= set(models)
    for model in models:
        for key in shape.keys(model):
            assert re.search(rf"`[^`]*\b{key}\b[^`]*`", text), (model.__name__, key)
    for key in ("use", "with"):
        assert f"`{key}`" in text, key


def test_every_public_name_is_documented() -> None:
    import servanda

    text = (ROOT / "docs/library.md").read_text(encoding="utf-8")
    for name in servanda.__all__:
        assert f"`{name}`" in text, name


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("verdicts.md", get_args(Status)),
        ("verdicts.md", get_args(Reason)),
        ("verdicts.md", get_args(StandingName)),
        ("report-files.md", get_args(Says)),
        ("agreement-files.md", get_args(Role)),
    ],
)
def test_every_word_of_a_format_is_documented(document: str, words: tuple[str, ...]) -> None:
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    for word in words:
        assert f"`{word}`" in text or f"*{word}*" in text, word


@pytest.mark.parametrize(
    "text",
    [
        "```console\n$ servanda --version\nservanda 0.0.0\n```\n",
        "```console\n$ servanda explain Z999\n...\n$ echo $?\n0\n```\n",
        "```pycon\n>>> 1 + 1\n3\n```\n",
        "```pycon\n>>> nobody\n```\n",
        "```text\n$ servanda --version\nservanda 0.0.0\n```\n",
        "```sh\ncd here && .venv/bin/servanda --version\n```\n\n```text\nservanda 0.0.0\n```\n",
        "<!-- file: a.yaml -->\n```yaml\nservanda: 1\nagreement: a\n```\n```yaml part\nterm: {from: 2026-01-01}\n```\n",
    ],
)
def test_an_example_that_does_not_give_what_it_shows_is_found(text: str, tmp_path: Path) -> None:
    assert not all(one.same for one in run(text, tmp_path))
