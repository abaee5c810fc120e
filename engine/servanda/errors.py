"""What goes wrong while reading comes in, exceptions that carry every diagnostic go out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from servanda.diagnostics import Diagnostic

_SHOWN = 50


class LoadError(Exception):
    """An agreement file that cannot be used; `diagnostics` holds everything that is wrong with it."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        """Every diagnostic as it is shown on a terminal, errors first; of very many, the first ones."""
        ordered = sorted(self.diagnostics, key=lambda one: one.severity != "error")
        shown = [diagnostic.render() for diagnostic in ordered[:_SHOWN]]
        if more := len(self.diagnostics) - _SHOWN:
            shown += [f"... and {more} more"] if more > 0 else []
        return "\n".join(shown)

    def __reduce__(self) -> tuple[type[LoadError], tuple[tuple[Diagnostic, ...]]]:
        """Pickle by the diagnostics, so that the error crosses process borders."""
        return type(self), (self.diagnostics,)


class TooMuchError(Exception):
    """An assessment that would not come to an end within bounds; the text says what to change."""
