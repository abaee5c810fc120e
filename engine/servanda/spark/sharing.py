"""A value comes in on the driver; whoever works for it gets the value when it asks, once in each process."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from pyspark import Broadcast
    from pyspark.sql import SparkSession

T = TypeVar("T")


class Shared(Generic[T]):
    """A broadcast value that is not looked for before it is asked for.

    Spark reads a stateful processor also where no broadcast ever comes to, to ask it for its state.
    """

    def __init__(self, spark: SparkSession, value: T) -> None:
        """Give a value to all who work for a session."""
        self._broadcast: Broadcast[T] | None = spark.sparkContext.broadcast(value)
        self._sent = b""

    def __getstate__(self) -> bytes:
        return pickle.dumps(self._broadcast)  # tells Spark that the broadcast goes along

    def __setstate__(self, sent: bytes) -> None:
        self._broadcast, self._sent = None, sent

    @property
    def value(self) -> T:
        """The value itself."""
        if self._broadcast is None:
            self._broadcast = pickle.loads(self._sent)  # noqa: S301 - from our own driver
        assert self._broadcast is not None
        return self._broadcast.value
