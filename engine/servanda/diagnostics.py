"""Diagnostics: a code, a position and words come in, what a person reads goes out.

The catalogue of all codes, for `servanda explain CODE`, is put together here from `servanda.codes`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from servanda.codes import (
    clauses,
    files,
    library,
    lint,
    names,
    readers,
    report_lines,
    reports,
    snapshots,
    structure,
    times,
)
from servanda.codes.info import CodeInfo, Severity, severity_of

__all__ = ["CATALOGUE", "CodeInfo", "Diagnostic", "Severity", "severity_of"]

CATALOGUE: Mapping[str, CodeInfo] = MappingProxyType(
    {
        info.code: info
        for room in (files, structure, names, times, clauses, library, lint, report_lines, reports, readers, snapshots)
        for info in room.CODES
    }
)

# Control characters, and those that reverse the direction of what follows on a terminal.
_UNSAFE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_WIDEST = 160
_BEFORE = 60


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong, where it is, and what to do about it.

    `line` and `column` count from 1. `excerpt` is the line of the file, or, of a very long one, the
    part around the column, with `cut` characters left out before it. `length` is that of the caret.
    """

    code: str
    severity: Literal["error", "warning"]
    message: str
    remedy: str = ""
    file: str = "<string>"
    line: int = 1
    column: int = 1
    excerpt: str = ""
    length: int = 1
    cut: int = 0

    def render(self) -> str:
        """The diagnostic as it is shown on a terminal, without a line break at its end."""
        lines = [f"{_safe(self.file)}:{self.line}:{self.column}: {self.severity}[{self.code}]: {_safe(self.message)}"]
        if self.excerpt.strip():
            at = self.column - 1 - self.cut
            gutter = " " * (max(4, len(str(self.line))) + 1)
            lines.append(f"{self.line:>5} | {_safe(self.excerpt)}")
            lines.append(f"{gutter} | {_blank(self.excerpt[:at])}{'^' * _columns(self.excerpt, at, self.length)}")
        if self.remedy:
            lines.append(f"   help: {_safe(self.remedy)}")
        return "\n".join(lines)

    @property
    def place(self) -> tuple[int, int]:
        """Line and column, to put diagnostics in order."""
        return self.line, self.column


def excerpt(line: str, column: int) -> tuple[str, int]:
    """The part of a line that is worth showing, and how many characters were cut before it."""
    if len(line) <= _WIDEST:
        return line.rstrip(), 0
    cut = max(0, min(column - 1 - _BEFORE, len(line) - _WIDEST))
    return line[cut : cut + _WIDEST].rstrip(), cut


def _safe(text: str) -> str:
    return _UNSAFE.sub("\ufffd", text)


def _blank(text: str) -> str:
    """White space as wide as the text: tabs stay tabs, wide characters take two columns."""
    return "".join("\t" if char == "\t" else " " * _width(char) for char in text)


def _columns(line: str, at: int, length: int) -> int:
    return max(1, sum(_width(char) for char in line[at : at + length]))


def _width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
