"""Groups of linked reports come in, sorted; whom each report goes to goes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from servanda.spark.directory import Directory
from servanda.spark.reading import again
from servanda.spark.table import Columns, batch

if TYPE_CHECKING:
    import pyarrow as pa

GROUPED: Columns = {
    "group": "string",
    "agreement": "int",  # one that a report linked to the group names
    "content": "string",  # else a report of the group
    "line": "bigint",
}


ADDRESSED: Columns = {"to": "array<int>", "content": "string", "line": "bigint"}
_ROWS = 10_000  # of a batch


def addressed(batches: Iterable[pa.RecordBatch], directory: Directory) -> Iterator[pa.RecordBatch]:
    """The reports of each group, with the numbers of all that the group concerns."""
    rows: Iterator[dict[str, Any]] = chain.from_iterable(one.to_pylist() for one in batches)
    told = chain.from_iterable(_addressed(list(group), directory) for _, group in groupby(rows, itemgetter("group")))
    while some := list(islice(told, _ROWS)):
        yield batch(some, ADDRESSED)


def _addressed(members: list[dict[str, Any]], directory: Directory) -> Iterator[dict[str, Any]]:
    told = [row for row in members if row["content"] is not None]
    if told:
        concerned = directory.concerned([again(row["content"], row["line"]) for row in told])
        to = sorted(concerned.union(row["agreement"] for row in members if row["agreement"] is not None))
        yield from ({"to": to, "content": row["content"], "line": row["line"]} for row in told)
