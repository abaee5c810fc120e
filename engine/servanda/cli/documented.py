"""A command with examples: they come in as lines, and go out below its help, untouched by wrapping."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click


class Documented(click.Command):
    """A command that shows in its help how it is used."""

    def __init__(self, *args: Any, examples: Sequence[str], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """The examples come last."""
        write_examples(self.examples, formatter)


def write_examples(examples: Sequence[str], formatter: click.HelpFormatter) -> None:
    """The examples, each on a line of its own."""
    with formatter.section("Example" if len(examples) == 1 else "Examples"):
        for example in examples:
            formatter.write(f"  {example}\n")
