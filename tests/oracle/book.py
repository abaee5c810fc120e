"""An agreement mapping comes in; its term and its clauses, under one party's reading or none, go out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .names import Names
from .times import INFINITY, Bound, duration, earliest, is_duration, latest

Node = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Clause:
    """One clause, or the nameless body of an `otherwise`, as written (with a party's reading applied)."""

    name: str
    binds: tuple[str, ...]
    written: Mapping[str, Any]
    otherwise: "Clause | None"

    @property
    def joint(self) -> bool:
        return bool(self.written.get("joint", False))

    @property
    def forbids(self) -> bool:
        return "must_not" in self.written

    @property
    def duty(self) -> Mapping[str, Any]:
        """A pattern that names no `actor` means the bearer's own act."""
        pattern = self.written["must_not"] if self.forbids else self.written["must"]
        return pattern if "actor" in pattern else {**pattern, "actor": "$bearer"}

    @property
    def when(self) -> list[Mapping[str, Any]]:
        when = self.written.get("when", [])
        return when if isinstance(when, list) else [when]

    @property
    def required(self) -> str | None:
        requires = self.written.get("requires")
        return requires["fulfilled"] if requires else None

    def nodes(self) -> list[Node]:
        return [(self.name, self.binds)] if self.joint else [(self.name, (b,)) for b in self.binds]


class Book:
    """The clauses of an agreement under one reading, and its term."""

    def __init__(self, agreement: Mapping[str, Any], readings_of: str | None) -> None:
        self.names = Names(agreement)
        term = agreement.get("term") or {}
        self.begins: Bound = earliest(term["from"]) if "from" in term else -INFINITY
        self.ends: Bound = self.end_of(term.get("until", "open"), self.begins)
        self.grace = (agreement.get("evidence") or {}).get("grace", "P0D")
        self.clauses: dict[str, Clause] = {}
        for name, written in (agreement.get("clauses") or {}).items():
            reading = (written.get("readings") or {}).get(readings_of, {}) if readings_of else {}
            self.clauses[name] = self.clause(name, {**written, **reading})

    def clause(self, name: str, written: Mapping[str, Any], binds: tuple[str, ...] = ()) -> Clause:
        said = tuple(self.names.actor(b) for b in written.get("binds", ())) or binds
        substitute = written.get("otherwise")
        return Clause(name, said, written, self.clause(f"{name}.otherwise", substitute) if substitute else None)

    @staticmethod
    def end_of(until: Any, begins: Bound) -> Bound:
        """`until` a duration excludes its end; until a date includes that day."""
        if until is None or until == "open":
            return INFINITY
        return begins + duration(until) - 1 if is_duration(until) else latest(until)


def status_trigger(when: Mapping[str, Any]) -> tuple[str, str] | None:
    for kind in ("violated", "fulfilled", "ended"):
        if set(when) == {kind}:
            return kind, when[kind]
    return None


def others(binds: tuple[str, ...], bearers: tuple[str, ...]) -> tuple[str, ...]:
    """The other bearers; where all bear it together, each is another to the rest."""
    return bearers if len(bearers) > 1 else tuple(b for b in binds if b not in bearers)


def substitute_bearers(substitute: Clause, violators: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Bound to the violator, all of them together for a joint clause, unless it says `binds`."""
    return [bearers for _, bearers in substitute.nodes()] if substitute.binds else [violators]
