"""`servanda schema`: the name of a format comes in; its JSON Schema goes out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from servanda.cli.documented import Documented
from servanda.cli.shared import emit, output_option

if TYPE_CHECKING:
    from servanda.render.schemas import Format


@click.command(
    "schema",
    cls=Documented,
    examples=("servanda schema agreement > agreement.schema.json",),
)
@click.argument(
    "name",
    type=click.Choice(["agreement", "report", "assessment", "differences", "due", "finding", "case"]),
    metavar="FORMAT",
)
@output_option
def command(name: Format, output: str | None) -> None:
    """Print the JSON Schema of a file format: agreement, report, assessment, differences, due, finding or case."""
    from servanda.render.schemas import schema_of

    emit(json.dumps(schema_of(name), ensure_ascii=False, indent=2) + "\n", output)
