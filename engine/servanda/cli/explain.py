"""`servanda explain`: a diagnostic code comes in; what it means, and what to do, goes out."""

from __future__ import annotations

import click

from servanda.cli.documented import Documented
from servanda.cli.shared import Failure, did_you_mean, emit


@click.command(
    "explain",
    cls=Documented,
    examples=("servanda explain A104",),
)
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Explain a diagnostic CODE; without one, list them all."""
    from servanda.diagnostics import CATALOGUE

    if code is None:
        emit("".join(f"{info.code}  {info.title}\n" for info in CATALOGUE.values()), None)
        return
    found = CATALOGUE.get(code.strip("[]").upper())
    if found is None:
        guess = did_you_mean(code.upper(), CATALOGUE) or "; `servanda explain` lists all codes"
        raise Failure(f"there is no code {code!r}{guess}")
    parts = [
        f"{found.severity}[{found.code}]: {found.title}",
        *_wrapped(found.meaning),
        *_wrapped(f"What to do: {found.remedy}"),
        "\nWrong:\n" + _indented(found.wrong),
        "\nRight:\n" + _indented(found.right),
    ]
    emit("\n".join(parts) + "\n", None)


def _wrapped(text: str) -> list[str]:
    return ["", click.wrap_text(text, 90)]


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.split("\n"))
