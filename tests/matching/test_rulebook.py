"""The folders of rules and cases are found, installed or in a checkout, or their absence is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from servanda import rulebook


@pytest.mark.parametrize("name", ["rules", "cases"])
def test_inside_the_package_first_then_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    package = tmp_path / "engine" / "servanda"
    monkeypatch.setattr(rulebook, "_PACKAGE", package)
    find = {"rules": rulebook.rules_dir, "cases": rulebook.cases_dir}[name]
    with pytest.raises(FileNotFoundError, match=f"the folder {name}/ is missing"):
        find()
    (tmp_path / name).mkdir()
    assert find() == tmp_path / name
    (package / "_data" / name).mkdir(parents=True)
    assert find() == package / "_data" / name


def test_the_flagging_rules_are_there() -> None:
    assert (rulebook.rules_dir() / "flagging.yaml").is_file()
