"""The entry of one code in the catalogue: its words come in, a frozen value goes out."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class CodeInfo:
    """What a code means, what to do about it, and an example of it wrong and right."""

    code: str
    title: str
    meaning: str
    remedy: str
    wrong: str
    right: str

    @property
    def severity(self) -> Severity:
        """Whether it makes a file or a line unusable, or is only worth knowing."""
        return severity_of(self.code)


def severity_of(code: str) -> Severity:
    """Errors are A, M, R0 and S; warnings are W and R1 (the report is used).

    >>> severity_of("A104"), severity_of("R104")
    ('error', 'warning')
    """
    return "error" if code.startswith(("A", "M", "R0", "S")) else "warning"


def info(code: str, title: str, meaning: str, remedy: str, wrong: str, right: str) -> CodeInfo:
    """An entry written as indented text, taken back to the margin."""
    return CodeInfo(code, title, " ".join(meaning.split()), " ".join(remedy.split()), _block(wrong), _block(right))


def _block(text: str) -> str:
    return dedent(text).strip("\n")
