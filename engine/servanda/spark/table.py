"""Tables on their way through Spark: the names and types of columns come in; as Spark and as Arrow know them they go out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

Columns = Mapping[str, str]  # a name, and a type as Spark writes it


def ddl(columns: Columns) -> str:
    """The columns as Spark is told of them.

    >>> ddl({"line": "bigint", "to": "array<int>"})
    'line bigint, to array<int>'
    """
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


def batch(rows: Iterable[Mapping[str, Any]], columns: Columns) -> pa.RecordBatch:
    """Rows as an Arrow batch of these columns; what a row leaves out is null."""
    import pyarrow as pa

    kinds = {
        "bigint": pa.int64(),
        "int": pa.int32(),
        "string": pa.string(),
        "boolean": pa.bool_(),
    }

    def known(kind: str) -> pa.DataType:
        inner = kind.removeprefix("array<").removesuffix(">") if kind.startswith("array<") else None
        return kinds[kind] if inner is None else pa.list_(known(inner))

    return pa.RecordBatch.from_pylist(
        list(rows), schema=pa.schema([(name, known(kind)) for name, kind in columns.items()])
    )
