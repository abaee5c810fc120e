"""What is wrong with a report line: a code and a sentence come in, a diagnostic to show or raise goes out.

Every code has a failing file of its own in tests/reading/bad_reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from servanda.codes.report_lines import CODES

REMEDIES: Mapping[str, str] = MappingProxyType({info.code: info.remedy for info in CODES})

_EXCERPT = 80


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line from which no report can be made, and what to do about it. Lines count from 1.

    `report` is the id that the report would have had, where that can be read.
    """

    line: int
    code: str
    message: str
    remedy: str
    excerpt: str
    file: str
    report: str | None = None

    def __str__(self) -> str:
        """The diagnostic on one line."""
        return f"{self.file}:{self.line}: {self.code} {self.message}. {self.remedy}"


class ReportError(ValueError):
    """A report that cannot be made; `rejected` says which, why, and what to do."""

    def __init__(self, rejected: Rejected) -> None:
        """Keep the diagnostic."""
        super().__init__(str(rejected))
        self.rejected = rejected

    @property
    def code(self) -> str:
        """The diagnostic's code, such as R010."""
        return self.rejected.code

    def of(self, report: str) -> ReportError:
        """The same error, of the report that would have had this id."""
        return ReportError(replace(self.rejected, report=report))

    def at(self, line: int, excerpt: str, file: str) -> Rejected:
        """The same diagnostic, with the place it happened at."""
        return replace(self.rejected, line=line, excerpt=excerpt, file=file)

    def __reduce__(self) -> tuple[type[ReportError], tuple[Rejected]]:
        """Pickle by the diagnostic, so that the error crosses process borders."""
        return type(self), (self.rejected,)


class ReportFileError(Exception):
    """A report file that cannot be read, or not to its end; what was read before still stands."""

    def __init__(self, file: str, problem: str, remedy: str) -> None:
        """Keep the parts of the message."""
        super().__init__(f"{file}: {problem}. {remedy[:1].upper()}{remedy[1:]}.")
        self.file = file
        self.problem = problem
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[ReportFileError], tuple[str, str, str]]:
        """Pickle by the parts."""
        return type(self), (self.file, self.problem, self.remedy)


def wrong(code: str, message: str, remedy: str | None = None) -> ReportError:
    """The error to raise; where it happened is added later by whoever knows the line.

    >>> wrong("R010", "`id` is missing").rejected.remedy
    'Add the field.'
    """
    return ReportError(Rejected(0, code, message, remedy or REMEDIES[code], "", "<mapping>"))


def shown(text: str, limit: int = _EXCERPT) -> str:
    r"""The start of a text, safe to print: what is not printable is escaped.

    >>> shown("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    cut = text[:limit] + ("…" if len(text) > limit else "")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in cut)
