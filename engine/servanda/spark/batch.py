"""A table of reports and many agreements come in; the verdicts on each agreement go out, worked out on a cluster.

Reports are read and matched wherever they lie; then each agreement is assessed where all that concerns it has come
together. The verdicts are those of one machine that is given everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from servanda.assessing import Engine
from servanda.model.agreement import Agreement
from servanda.model.verdict import ReportDiagnostic
from servanda.render.csv import COLUMNS
from servanda.spark.directory import Directory, Notes
from servanda.spark.folding import FOLDED, TOLD, Question, folded
from servanda.spark.linked import ADDRESSED, GROUPED, addressed
from servanda.spark.linking import groups
from servanda.spark.reading import READ, read
from servanda.spark.sharing import Shared
from servanda.spark.table import ddl

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_LISTED = 1_000  # rejected rows that each assessment lists; all of them are counted


@dataclass(frozen=True)
class Assessments:
    """What a run on a cluster comes to. The tables are worked out when they are asked for.

    `table` has a row for each agreement and view: `data`, its assessment as `--format json` writes it, or `error`, why
    there is none. `verdicts` has a row for each instance, in the columns of `--format csv`. `rejected` holds the rows
    of which no report could be made.
    """

    table: DataFrame
    verdicts: DataFrame
    rejected: DataFrame
    rejected_count: int
    set_aside: int
    kept: tuple[DataFrame, ...]

    def release(self) -> None:
        """Let go of what Spark keeps of the run; the tables can still be asked for, and are worked out again."""
        for one in self.kept:
            one.unpersist()


def assess(
    reports: DataFrame,
    agreements: Iterable[Agreement],
    *,
    views: Sequence[str] = ("neutral",),
    as_of: str | int | None = None,
    known_at: str | int | None = None,
    engine: Engine = "auto",
    notes: Notes = "all",
    line: str | None = None,
) -> Assessments:
    """The verdicts on many agreements, as `servanda assess` gives them of the same reports on one machine.

    `reports` has a column `value` with a line of JSON, or the columns of a CSV file; `line` names the column that
    holds the number of a line, where there is one. Times are as in `servanda.assess`; by default both are the latest
    `reported` of all reports. With `notes="own"` an agreement tells only of oddities in reports that concern it.

    Raises ValueError for agreements of one id, a text that is no time, or when there is neither a report nor an
    `as_of`; KeyError for a view that an agreement does not have.
    """
    given = tuple(agreements)
    for agreement in given:
        for view in views:
            agreement.view(view)
    spark = reports.sparkSession
    directory = Shared(spark, Directory(given, known_at=known_at, notes=notes))
    rows = reports.mapInArrow(lambda batches: read(batches, directory.value, line), ddl(READ)).persist()
    rejected = rows.where("code is not null").select("line", "code", "message", "remedy", "excerpt")
    latest, rejects, aside = _counted(rows)
    listed = rejected.orderBy("line", "code", "message", "excerpt").limit(_LISTED).collect() if rejects else []
    lines = tuple(ReportDiagnostic(row.code, row.message, None, row.line) for row in listed)
    question = Question(tuple(views), as_of, known_at, latest, engine, (rejects, aside), lines)
    for agreement in given:
        question.times(agreement)
    shared = Shared(spark, (given, question))
    there = spark.range(len(given)).selectExpr("cast(id as int) agreement", "null content", "null line")
    told = _told(rows, directory).unionByName(there)
    table = told.groupBy("agreement").applyInArrow(lambda one: folded(one, *shared.value), ddl(FOLDED)).persist()
    verdicts = table.selectExpr("agreement", "view", "explode(rows) row").selectExpr(
        "agreement", "view", *(f"row[{place}] {name}" for place, name in enumerate(COLUMNS))
    )
    return Assessments(table.drop("rows"), verdicts, rejected, rejects, aside, (table, rows))


def _counted(rows: DataFrame) -> tuple[int | None, int, int]:
    """When the latest report is known, how many rows were rejected, and how many name an agreement that is not here."""
    found = rows.selectExpr("max(reported)", "count(code)", "count_if(aside)").first()
    assert found is not None  # an aggregate has one row
    return found[0], found[1], found[2]


def _told(rows: DataFrame, directory: Shared[Directory]) -> DataFrame:
    """The reports that each agreement is told: those that name it, and those that may concern it by themselves or linked.

    What names an agreement goes there and nowhere else; but all that is linked to it, and names none, goes there too.
    """
    from pyspark.sql import functions as f

    named = rows.where("agreement is not null")
    free = rows.where("agreement is null and not aside")
    links = named.select("agreement", f.explode(f.array("id", "incident", "of")).alias("name")).where(
        "name is not null"
    )
    ties = _ties(free, links.select("name")).persist()
    members = free.join(ties, free.id == ties.name).selectExpr(
        "group", "cast(null as int) agreement", "content", "line"
    )
    callers = links.join(ties, "name").selectExpr("group", "agreement", "null content", "null line").distinct()
    groups = members.union(callers).repartition("group").sortWithinPartitions("group").select(*GROUPED)
    linked = groups.mapInArrow(lambda batches: addressed(batches, directory.value), ddl(ADDRESSED))
    alone = free.join(ties, free.id == ties.name, "left_anti").select(*ADDRESSED)
    to_each = linked.union(alone).select(f.explode("to").alias("agreement"), "content", "line")
    return named.select(*TOLD).union(to_each)


def _ties(free: DataFrame, called: DataFrame) -> DataFrame:
    """The names by which reports hang together, each with its group.

    `free` are reports that name no agreement; `called` are names that reports which do name one speak of.
    """
    from pyspark.sql import functions as f

    pairs = free.selectExpr("id a", "incident b").union(free.selectExpr("id a", "of b"))
    tied = groups(pairs)
    repeated = free.groupBy("id").count().where("count > 1").selectExpr("id name")
    single = repeated.union(called).distinct().join(tied, "name", "left_anti")
    return tied.union(single.select("name", f.col("name").alias("group")))
