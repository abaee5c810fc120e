"""A stream of reports comes in; each report goes out to all that it concerns, once, and so do those linked to it.

What a report is linked to may have come long before, so all reports are kept, by the names that stand in them.
"""

# ruff: noqa: ARG002, N802, N803 - methods as Spark calls them

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from servanda.registry.links import Group, Links, names_in
from servanda.registry.routes import Said
from servanda.spark.directory import Directory
from servanda.spark.reading import again
from servanda.spark.sharing import Shared
from servanda.spark.table import Columns, batch

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import Row
    from pyspark.sql.streaming.stateful_processor import StatefulProcessorHandle, TimerValues

SENT: Columns = {
    "agreement": "string",
    "place": "bigint",  # among those that are sent at once, where there is an order
    "reported": "bigint",
    "line": "bigint",
    "content": "string",
}


def sent(batches: Iterable[pa.RecordBatch], directory: Directory) -> Iterator[pa.RecordBatch]:
    """The reports as they were read, for each agreement that they name or concern by themselves."""
    for one in batches:
        yield batch(
            (
                {**row, "agreement": directory.name_of(number)}
                for row in one.to_pylist()
                for number in (row["to"] if row["agreement"] is None else [row["agreement"]])
            ),
            SENT,
        )


class Router:
    """The links between all reports of a stream, as a stateful processor of Spark with one key."""

    def __init__(self, directory: Shared[Directory]) -> None:
        self._directory = directory

    def init(self, handle: StatefulProcessorHandle) -> None:
        """Find the state: how many reports came; of each name the number of its group; and the groups."""
        self._count = handle.getValueState("count", "reports bigint")
        self._numbers = handle.getMapState("numbers", "name string", "number bigint")
        self._groups = handle.getMapState("groups", "number bigint", "data string")

    def handleInputRows(self, key: object, rows: Iterator[Row], timerValues: TimerValues) -> Iterator[Row]:
        """Whom the reports of a batch go to."""
        from pyspark.sql import Row

        directory = self._directory.value
        count = (self._count.get() or (0,))[0]
        told = sorted(rows, key=lambda row: (row.reported, row.content))
        reports = [again(row.content, row.line) for row in told]
        names = {name for one in reports for name in names_in(one)}
        held = self._held(names, directory)
        links = Links({name: group for name, (_, group) in held.items()})
        sending = 0
        for place, report in enumerate(reports, count):
            to = None if report.agreement is None else directory.number_of(report.agreement)
            for number, news in links.tell(report, place, directory.routes, to).items():
                name = directory.name_of(number)
                for _, one in news:
                    sending += 1
                    yield Row(
                        agreement=name,
                        place=sending,
                        reported=directory.latest(one),
                        line=one.line,
                        content=one.content,
                    )
        self._keep(links, held, names, count, directory)
        self._count.update((count + len(reports),))

    def close(self) -> None:
        """Nothing is left open."""

    def _held(self, names: Iterable[str], directory: Directory) -> dict[str, tuple[int, Group]]:
        """The groups in which these names stand, by all their names, each with its number."""
        found: dict[str, tuple[int, Group]] = {}
        for name in sorted(names):
            if name not in found and (number := self._numbers.getValue((name,))) is not None:
                data = self._groups.getValue((number[0],))
                assert data is not None  # it is kept as long as a name leads to it
                group = _group(json.loads(data[0]), directory)
                found |= dict.fromkeys(group.names, (number[0], group))
        return found

    def _keep(
        self, links: Links, held: dict[str, tuple[int, Group]], names: Iterable[str], free: int, directory: Directory
    ) -> None:
        """Keep the groups in which these names stand now; numbers from `free` on were never given."""
        numbers = {id(group): number for number, group in held.values()}
        gone = set(numbers.values())
        for group in {id(one): one for name in sorted(names) for one in [links[name]]}.values():
            number = numbers.get(id(group), free)
            free += number == free
            gone.discard(number)
            self._groups.updateValue((number,), (json.dumps(_data(group, directory)),))
            for name in group.names:
                if name not in held or held[name][0] != number:
                    self._numbers.updateValue((name,), (number,))
        for number in gone:  # joined to others
            self._groups.removeKey((number,))


def _data(group: Group, directory: Directory) -> dict[str, Any]:
    reports = [(place, one.content, one.line) for place, one in group.reports]
    return {"names": group.names, "reports": reports, "to": sorted(map(directory.name_of, group.concerned))}


def _group(data: dict[str, Any], directory: Directory) -> Group:
    reports = [(place, again(content, line)) for place, content, line in data["reports"]]
    to = {number for name in data["to"] if (number := directory.number_of(name)) is not None}
    return Group(data["names"], reports, to, Said().joined(*(Said.by(one) for _, one in reports)))
