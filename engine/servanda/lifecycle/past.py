"""What is settled and let go: instances and breaches that nothing revises any more come in, what is left of them goes out.

An instance that is settled is not created again, whatever is left of the evidence; of a breach it stays known that it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from servanda.lifecycle.runs import Run
from servanda.model.clauses import Status
from servanda.model.moments import BEGINNING, END, Interval

Bound = tuple[str, tuple[str, ...]]  # a clause, and who is bound by it
Origin = tuple[object, ...]
_FIRST = frozenset(("dormant", "pending", "holding"))  # what one begins with


class Breached(NamedTuple):
    """What is left of the breaches of a prohibition: how many, when the first and the last may have been, by when one was."""

    number: int = 0
    first: int = END
    last: int = BEGINNING
    sure: int = END  # END: perhaps none was

    def more(self, during: Interval, sure: int) -> Breached:
        """With one breach more."""
        first, last = min(self.first, during.earliest), max(self.last, during.latest)
        return Breached(self.number + 1, first, last, min(self.sure, sure))


class Past:
    """What is settled of an agreement under a view; nothing at first.

    >>> past = Past()
    >>> past.settle("handover", ("B",), ("event", "d1"))
    >>> past.has("handover", ("B",), ("event", "d1")), past.has("handover", ("B",), ("event", "d2"))
    (True, False)
    >>> Past.of(past.data()).has("handover", ("B",), ("event", "d1"))
    True
    >>> past.forget("d1")  # nothing can create it any more
    >>> past.has("handover", ("B",), ("event", "d1"))
    False
    """

    def __init__(self) -> None:
        """Nothing is settled yet."""
        self._instances: dict[object, set[tuple[str, tuple[str, ...], Origin]]] = {}  # by the incident of their origin
        self._periods: dict[Bound, tuple[int, set[int]]] = {}  # all before one, and these
        self.breaches: dict[Bound, Breached] = {}  # of the prohibitions that are kept by their breaches
        self.tangled: set[Bound] = set()  # those that cannot be

    def has(self, clause: str, bearers: tuple[str, ...], origin: Origin) -> bool:
        """Whether an instance is settled."""
        if origin[0] == "period":
            (_, index), (below, others) = origin, self._periods.get((clause, bearers), (0, set()))
            return index in others or int(str(index)) < below
        return (clause, bearers, origin) in self._instances.get(origin[-1], ())

    def settle(self, clause: str, bearers: tuple[str, ...], origin: Origin) -> None:
        """Remember that an instance is settled."""
        if origin[0] != "period":
            self._instances.setdefault(origin[-1], set()).add((clause, bearers, origin))
            return
        below, others = self._periods.get((clause, bearers), (0, set()))
        others.add(int(str(origin[1])))
        while below in others:
            others.remove(below)
            below += 1
        self._periods[clause, bearers] = below, others

    def drop(self, clause: str, bearers: tuple[str, ...], origin: Origin) -> None:
        """What would create an instance is settled itself: it need not be remembered."""
        held = self._instances.get(origin[-1], set())
        held.discard((clause, bearers, origin))
        if not held:
            self._instances.pop(origin[-1], None)

    def forget(self, incident: str) -> None:
        """An incident was let go: nothing creates the instances any more that came of it."""
        self._instances.pop(incident, None)

    def shown(self, run: Run) -> Run:
        """A run as judged by the breaches that are kept, with those that were settled before."""
        instance, since = run.instance, run.instance.since
        number, first, last, sure = self.breaches.get((instance.clause, instance.bearer), Breached())
        if not number or instance.origin:
            return run
        statuses: frozenset[Status] = frozenset({"violated"}) if sure < END else instance.statuses | {"violated"}
        if since is not None and not instance.statuses <= _FIRST:
            first, last = min(first, since.earliest), max(last, since.latest)
            sure = min(sure, since.latest) if instance.statuses == {"violated"} else sure
        since = Interval(first, max(first, sure if len(statuses) == 1 else last))
        because = instance.because if len(statuses) > 1 else ()
        shown = replace(instance, statuses=statuses, since=since, because=because)
        return replace(run, instance=shown, fulfilment=run.fulfilment if len(statuses) > 1 else None)

    def data(self) -> dict[str, object]:
        """All of it as JSON."""
        return {
            "instances": sorted(
                ([c, [*b], _listed(o)] for held in self._instances.values() for c, b, o in held), key=repr
            ),
            "periods": [[c, [*b], below, sorted(others)] for (c, b), (below, others) in self._periods.items()],
            "breaches": [[c, [*b], *held] for (c, b), held in self.breaches.items()],
            "tangled": sorted([c, [*b]] for c, b in self.tangled),
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Past:
        """The same again; raises KeyError, TypeError or ValueError for what is no such data."""
        past = cls()
        for clause, bearers, origin in data["instances"]:
            past.settle(clause, tuple(bearers), _tupled(origin))
        for clause, bearers, below, others in data["periods"]:
            past._periods[clause, tuple(bearers)] = int(below), {int(one) for one in others}
        for clause, bearers, *held in data["breaches"]:
            past.breaches[clause, tuple(bearers)] = Breached(*map(int, held))
        past.tangled = {(clause, tuple(bearers)) for clause, bearers in data["tangled"]}
        return past


def _listed(origin: Origin) -> list[object]:
    return [_listed(one) if isinstance(one, tuple) else one for one in origin]


def _tupled(origin: list[object]) -> Origin:
    return tuple(_tupled(one) if isinstance(one, list) else one for one in origin)
