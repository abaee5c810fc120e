"""The public names: each is there, typed, and imported only when it is asked for."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import servanda

SOURCE = Path(servanda.__file__)


def test_every_public_name_is_there():
    for name in servanda.__all__:
        assert getattr(servanda, name).__name__ == name
    assert set(servanda.__all__) <= set(dir(servanda))
    assert "__version__" in dir(servanda)


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="module 'servanda' has no attribute 'asess'"):
        servanda.asess  # noqa: B018
    with pytest.raises(ImportError):
        from servanda import asess  # noqa: F401


def test_type_checkers_see_the_names_where_they_are_imported_from():
    (branch,) = [node for node in ast.parse(SOURCE.read_text("utf-8")).body if isinstance(node, ast.If)]
    seen = {alias.name: node.module for node in branch.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert seen == servanda._HOMES
    assert set(seen) == set(servanda.__all__)
    assert list(servanda.__all__) == sorted(servanda.__all__)


def test_importing_the_library_imports_only_what_is_asked_for():
    code = "import sys, servanda; servanda.LoadError; print(*sorted(m for m in sys.modules if m in ('pydantic', 'rich', 'yaml')))"
    env = {**os.environ, "PYTHONPATH": str(SOURCE.parents[1])}
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, timeout=60, check=True
    )
    assert found.stdout.strip() == ""
