"""The state of a stateful processor in memory, to run one without Spark: one key, one batch after another."""

# ruff: noqa: N802 - Spark calls them so

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Value:
    """A single value."""

    held: tuple[Any, ...] | None = None

    def exists(self) -> bool:
        return self.held is not None

    def get(self) -> tuple[Any, ...] | None:
        return self.held

    def update(self, value: tuple[Any, ...]) -> None:
        self.held = value


class Listed:
    """A list."""

    def __init__(self) -> None:
        self.held: list[tuple[Any, ...]] = []

    def get(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.held)

    def put(self, values: list[tuple[Any, ...]]) -> None:
        self.held = list(values)

    def appendList(self, values: list[tuple[Any, ...]]) -> None:
        self.held += values


class Mapped:
    """A mapping."""

    def __init__(self) -> None:
        self.held: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    def getValue(self, key: tuple[Any, ...]) -> tuple[Any, ...] | None:
        return self.held.get(key)

    def updateValue(self, key: tuple[Any, ...], value: tuple[Any, ...]) -> None:
        self.held[key] = value

    def removeKey(self, key: tuple[Any, ...]) -> None:
        del self.held[key]


class Handle:
    """What a processor is given of its state, and the timers that it set."""

    def __init__(self) -> None:
        self.states: dict[str, Any] = {}
        self.timers: set[int] = set()

    def getValueState(self, name: str, _: str) -> Any:
        return self.states.setdefault(name, Value())

    def getListState(self, name: str, _: str) -> Any:
        return self.states.setdefault(name, Listed())

    def getMapState(self, name: str, *_: str) -> Any:
        return self.states.setdefault(name, Mapped())

    def registerTimer(self, at: int) -> None:
        self.timers.add(at)

    def deleteTimer(self, at: int) -> None:
        self.timers.remove(at)


class Timers:
    """What a processor is told of the time."""

    def __init__(self, watermark: int) -> None:
        self.watermark = watermark

    def getCurrentWatermarkInMs(self) -> int:
        return self.watermark


class Given:
    """A value that is not sent anywhere."""

    def __init__(self, value: Any) -> None:
        self.value = value
