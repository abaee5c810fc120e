"""Collects what is wrong with one file: code, place and words come in, ordered diagnostics go out."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Literal

from servanda.diagnostics import Diagnostic, excerpt, severity_of
from servanda.reading.tree import START, Spot

_BREAK = re.compile(r"\r\n|\r|\n")
_MOST = 1000  # a file with more is not read by a person, and may be made to exhaust memory
_CANDIDATES = 2000
_GUESSES = 200
_LONGEST = 60


class Complaints:
    """Everything wrong with one file, in the order found, each thing once."""

    def __init__(self, file: str, text: str = "") -> None:
        self.file = file
        self._lines = _BREAK.split(text)
        self._found: dict[tuple[str, Spot, str], Diagnostic] = {}
        self._kept: Counter[str] = Counter()
        self._more: Counter[str] = Counter()
        self._errors = 0
        self._guesses = 0

    def add(self, code: str, spot: Spot, message: str, remedy: str = "") -> None:
        """Note one thing; the same thing at the same place is noted once."""
        key = (code, spot, message)
        if key in self._found:
            return
        severity = severity_of(code)
        self._errors += severity == "error"
        if self._kept[severity] >= _MOST:
            self._more[severity] += 1
            return
        self._kept[severity] += 1
        line = self._lines[spot.line - 1] if spot.line <= len(self._lines) else ""
        shown, cut = excerpt(line, spot.column)
        length = max(1, min(spot.length, len(shown) + cut - spot.column + 1))
        self._found[key] = Diagnostic(
            code, severity, message, remedy, self.file, spot.line, spot.column, shown, length, cut
        )

    def near(self, word: str, candidates: Iterable[str]) -> str:
        """`did you mean 'x'?`, or nothing when no candidate is close."""
        found = self.nearest(word, candidates)
        return f"did you mean {found!r}?" if found else ""

    def nearest(self, word: str, candidates: Iterable[str], cutoff: float = 0.6) -> str | None:
        """The candidate that is spelled most alike; the number of guesses for one file is bounded."""
        if len(word) > _LONGEST or self._guesses >= _GUESSES:
            return None
        self._guesses += 1
        folded = {name.casefold(): name for name in islice(candidates, _CANDIDATES) if len(name) <= _LONGEST}
        close = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=cutoff)
        return folded[close[0]] if close else None

    @property
    def failed(self) -> bool:
        """Whether anything found is an error."""
        return self._errors > 0

    def ordered(self) -> tuple[Diagnostic, ...]:
        """All of them by their place in the file."""
        found = sorted(self._found.values(), key=lambda one: (*one.place, one.code))
        for severity, number in sorted(self._more.items()):
            message = f"{number} more {severity}s are not shown"
            remedy = "correct these first, then check again"
            shown: Literal["error", "warning"] = "error" if severity == "error" else "warning"
            found.append(Diagnostic("A017", shown, message, remedy, self.file, START.line, START.column))
        return tuple(found)


def quoted(value: object) -> str:
    """A value in quotes, shortened when it is long."""
    text = str(value)
    return repr(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "\u2026")


def listing(names: Iterable[str], joint: str = "or") -> str:
    """Names in one phrase.

    >>> listing(["a", "b", "c"])
    'a, b or c'
    """
    *front, last = list(names) or [""]
    return f"{', '.join(front)} {joint} {last}" if front else last
