"""`servanda lint`: agreement files come in; everything wrong with them, and an exit code, go out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from servanda.cli.documented import Documented
from servanda.cli.shared import FINE, UNUSABLE, emit, say

if TYPE_CHECKING:
    from servanda.diagnostics import Diagnostic

_ERRORS = 1
_NOT_OPENED = "A001"


@click.command(
    "lint",
    cls=Documented,
    examples=(
        "servanda lint istanbul.yaml",
        "servanda lint agreements/*.yaml --format json",
    ),
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(files: tuple[str, ...], form: str) -> None:
    """Check agreement files, and say of everything wrong where it is and what to do.

    Exit code: 0 nothing or only warnings; 1 errors; 2 a file that cannot be opened.
    """
    from servanda.reading import check
    from servanda.render.words import plural

    found = [diagnostic for file in files for diagnostic in check(file)[1]]
    emit(_text(found, form), None)
    errors = sum(one.severity == "error" for one in found)
    counts = f"{plural(errors, 'error')}, {plural(len(found) - errors, 'warning')}"
    say(f"{plural(len(files), 'file')}: {counts}" + ("; `servanda explain CODE` says more" if found else ""))
    raise click.exceptions.Exit(_code(found))


def _code(found: Iterable[Diagnostic]) -> int:
    errors = [one.code for one in found if one.severity == "error"]
    if _NOT_OPENED in errors:
        return UNUSABLE
    return _ERRORS if errors else FINE


def _text(found: list[Diagnostic], form: str) -> str:
    if form == "text":
        return "".join(f"{one.render()}\n" for one in found)
    data = [
        {
            "code": one.code,
            "severity": one.severity,
            "message": one.message,
            "remedy": one.remedy,
            "file": one.file,
            "line": one.line,
            "column": one.column,
        }
        for one in found
    ]
    return json.dumps({"servanda": 1, "diagnostics": data}, ensure_ascii=False, indent=2) + "\n"
