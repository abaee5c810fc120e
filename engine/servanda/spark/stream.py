"""A stream of reports and many agreements come in; findings go out as they are made, on a cluster.

Each agreement has a tracker of its own, kept in the state of the stream. The reports are those of `Registry`: all that
may concern an agreement, and all that is linked to it. Time is the watermark: the latest `reported` of the batches before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from servanda.assessing import Engine
from servanda.model.agreement import Agreement
from servanda.spark.directory import Directory
from servanda.spark.following import FOUND, Follower
from servanda.spark.reading import READ, read
from servanda.spark.routing import SENT, Router, sent
from servanda.spark.sharing import Shared
from servanda.spark.table import ddl

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

STORE = "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider"


@dataclass(frozen=True)
class Findings:
    """What a stream comes to: streams themselves, each to be written somewhere.

    `table` has a row for each finding: `data` is what `servanda watch --format json` writes, `number` its place among
    those of its agreement. `error` says why an agreement cannot be assessed. `rejected` holds the rows of which no
    report could be made, `set_aside` the reports that name an agreement which is not here.
    """

    table: DataFrame
    rejected: DataFrame
    set_aside: DataFrame


def watch(
    reports: DataFrame,
    agreements: Iterable[Agreement],
    *,
    view: str = "neutral",
    engine: Engine = "auto",
    delay: str = "0 seconds",
    linked: bool = True,
    line: str | None = None,
) -> Findings:
    """What each report of a stream changes, and what time alone does; `reports` is as in `assess`.

    Time comes to an agreement with its own reports and, `delay` behind the latest of all reports, by timers; a report
    that comes later than that still counts. With `linked=False` a report goes where it belongs by itself, many at a
    time: for streams in which every report names its agreement, or none is linked to another.

    Raises ValueError for two agreements of one id, or where the session keeps state elsewhere than in RocksDB;
    KeyError for a view that an agreement does not have.
    """
    members = tuple(agreements)
    for agreement in members:
        agreement.view(view)
    spark = reports.sparkSession
    if spark.conf.get("spark.sql.streaming.stateStore.providerClass", None) != STORE:
        msg = f"set spark.sql.streaming.stateStore.providerClass to {STORE}: timers need it"
        raise ValueError(msg)
    directory = Shared(spark, Directory(members, notes="own"))
    shared = Shared(spark, {one.id: one for one in members})
    rows = reports.mapInArrow(lambda batches: read(batches, directory.value, line), ddl(READ))
    timed = (
        rows.where("reported is not null")
        .selectExpr("timestamp_micros(reported) time", "*")
        .withWatermark("time", delay)
    )
    # Without the column that has the watermark, Spark has no late rows to drop: time comes by the watermark alone.
    told = timed.drop("time")
    if linked:
        everything = told.selectExpr("0 key", "reported", "line", "content").groupBy("key")
        each = everything.transformWithState(Router(directory), ddl(SENT), "append", "none")
    else:
        each = told.mapInArrow(lambda batches: sent(batches, directory.value), ddl(SENT))
    seeds = spark.createDataFrame([(one.id,) for one in members], "agreement string").groupBy("agreement")
    follower = Follower(shared, view, engine)
    table = each.groupBy("agreement").transformWithState(follower, ddl(FOUND), "append", "eventtime", seeds)
    rejected = rows.where("code is not null").select("line", "code", "message", "remedy", "excerpt")
    return Findings(table, rejected, rows.where("aside").select("line", "content"))
