"""Which reports belong together: pairs of names that stand in one report come in; each name goes out with its group.

Groups are found by the alternating star algorithm (Kiveris et al., Connected Components in MapReduce and Beyond, 2014):
every name is tied to the least name it knows of, until nothing changes. The rounds grow with the logarithm of the
longest chain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def groups(pairs: DataFrame) -> DataFrame:
    """The columns `name` and `group`, a row for each name in the columns `a` and `b` of `pairs`.

    `group` is the least name of all that are linked, directly or through others.
    """
    from pyspark.sql import functions as f

    tied = pairs.where("a <> b").select(f.greatest("a", "b").alias("a"), f.least("a", "b").alias("b")).distinct()
    stars = _settled(tied)
    mark, before = _mark(stars), None
    while mark != before:
        stars = _settled(_drawn(_drawn(stars, upward=True), upward=False))
        mark, before = _mark(stars), mark
    roots = stars.select(f.col("b").alias("name"), f.col("b").alias("group"))
    return stars.select(f.col("a").alias("name"), f.col("b").alias("group")).union(roots).distinct()


def _drawn(pairs: DataFrame, *, upward: bool) -> DataFrame:
    """Tie the neighbours of each name to the least of them: the greater ones, or the name itself and the lesser ones."""
    from pyspark.sql import functions as f

    both = pairs.union(pairs.select(f.col("b").alias("a"), f.col("a").alias("b"))) if upward else pairs
    least = both.groupBy("a").agg(f.min("b").alias("least")).select("a", f.least("a", "least").alias("least"))
    around = both.join(least, "a")
    if upward:
        drawn = around.where("b > a").select(f.col("b").alias("a"), f.col("least").alias("b"))
    else:
        tied = around.select(f.col("b").alias("a"), f.col("least").alias("b"))
        drawn = tied.union(least.select("a", f.col("least").alias("b")))
    return drawn.where("a <> b").distinct()


def _settled(pairs: DataFrame) -> DataFrame:
    """The pairs, worked out. What they were worked out from is forgotten: plans would double with every round.

    They are kept where the session keeps its checkpoints, else on two machines, so that one of these may be lost.
    """
    from pyspark import StorageLevel

    if pairs.sparkSession.sparkContext.getCheckpointDir() is not None:
        return pairs.checkpoint()
    return pairs.localCheckpoint(storageLevel=StorageLevel.MEMORY_AND_DISK_2)


def _mark(pairs: DataFrame) -> tuple[object, ...]:
    """A mark that differs when the pairs do."""
    mark = pairs.selectExpr("count(1)", "sum(cast(xxhash64(a, b) as decimal(38, 0)))").first()
    assert mark is not None  # an aggregate has one row
    return tuple(mark)
