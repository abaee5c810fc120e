"""An agreement mapping comes in; its term, states and clauses, under one party's reading or none, go out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .names import Names
from .times import INFINITY, Bound, duration, earliest, is_duration, latest

Node = tuple[str, tuple[str, ...]]
Pattern = Mapping[str, Any]
DUTIES = ("must", "must_not", "must_keep")
KINDS = (*DUTIES, "may", "can", "counts_as")


@dataclass(frozen=True, eq=False)
class State:
    """What lasts between events; with `key`, one state for each value of that field."""

    name: str
    key: str | None
    starts: Pattern
    stops: Pattern
    initially: bool


@dataclass(frozen=True, eq=False)
class Clause:
    """One clause, or the nameless body of an `otherwise`, as written (with a party's reading applied)."""

    name: str
    binds: tuple[str, ...]
    written: Mapping[str, Any]
    otherwise: "Clause | None"

    @cached_property
    def joint(self) -> bool:
        return bool(self.written.get("joint", False))

    @cached_property
    def kind(self) -> str:
        return next(kind for kind in KINDS if kind in self.written)

    @cached_property
    def pattern(self) -> Pattern:
        """What it asks for; where a duty names no `actor`, the bearer's own act."""
        said = self.written[self.kind]
        if self.kind == "counts_as":
            pattern: Pattern = said["pattern"]
            return pattern
        return own_act(said) if self.kind in DUTIES else said

    @cached_property
    def counts_as(self) -> str:
        return str(self.written["counts_as"]["act"])

    @cached_property
    def inline_state(self) -> State:
        said = self.written["must_keep"]
        starts, stops = own_act(said["started"]), own_act(said["stopped"])
        return State(self.name, None, starts, stops, said.get("initially", "off") == "on")

    @cached_property
    def when(self) -> list[Mapping[str, Any]]:
        when = self.written.get("when", [])
        return when if isinstance(when, list) else [when]

    @property
    def required(self) -> str | None:
        requires = self.written.get("requires")
        return requires["fulfilled"] if requires else None

    def nodes(self) -> list[Node]:
        return [(self.name, self.binds)] if self.joint else [(self.name, (b,)) for b in self.binds]


def own_act(pattern: Pattern) -> Pattern:
    return pattern if "actor" in pattern else {**pattern, "actor": "$bearer"}


class Book:
    """The clauses of an agreement under one reading, its states and its term."""

    def __init__(self, agreement: Mapping[str, Any], readings_of: str | None) -> None:
        self.names = Names(agreement)
        term = agreement.get("term") or {}
        self.begins: Bound = earliest(term["from"]) if "from" in term else -INFINITY
        self.ends: Bound = self.end_of(term.get("until", "open"), self.begins)
        self.grace = (agreement.get("evidence") or {}).get("grace", "P0D")
        self.states = {name: self.state(name, said) for name, said in (agreement.get("states") or {}).items()}
        self.clauses: dict[str, Clause] = {}
        for name, written in (agreement.get("clauses") or {}).items():
            reading = (written.get("readings") or {}).get(readings_of, {}) if readings_of else {}
            self.clauses[name] = self.clause(name, {**written, **reading})
        self.constitutive = self.of_kind("counts_as")
        self.extending = [power for power in self.of_kind("can") if "extend" in power.written["effect"]]
        self.acts_of: dict[str, Pattern] = {name: {"actor": name} for name in self.names.actors}
        self.over: dict[tuple[str, str], list[Clause]] = {}
        self.amended: dict[tuple[int, str], Clause] = {}

    def of_kind(self, kind: str) -> list[Clause]:
        return [clause for clause in self.clauses.values() if clause.kind == kind]

    def clause(self, name: str, written: Mapping[str, Any], binds: tuple[str, ...] = ()) -> Clause:
        said = tuple(self.names.actor(b) for b in written.get("binds", ())) or binds
        substitute = written.get("otherwise")
        return Clause(name, said, written, self.clause(f"{name}.otherwise", substitute) if substitute else None)

    @staticmethod
    def state(name: str, said: Mapping[str, Any]) -> State:
        return State(name, said.get("key"), said["starts"], said["stops"], said.get("initially", "off") == "on")

    @staticmethod
    def end_of(until: Any, begins: Bound) -> Bound:
        """`until` a duration excludes its end; until a date includes that day."""
        if until is None or until == "open":
            return INFINITY
        return begins + duration(until) - 1 if is_duration(until) else latest(until)

    # -- powers and permissions ----------------------------------------------------------------

    def powers_over(self, clause: Clause, effect: str) -> list[Clause]:
        """`all` is every clause with an outcome and every permission; powers only when named."""
        key = (clause.name, effect)
        if key not in self.over:
            reached = clause.kind in (*DUTIES, "may")
            said = [(power, power.written["effect"].get(effect, ())) for power in self.of_kind("can")]
            self.over[key] = [power for power, named in said if (reached if named == "all" else clause.name in named)]
        return self.over[key]

    def permissions(self, name: str) -> list[Clause]:
        return [clause for clause in self.of_kind("may") if name in clause.written["shields"]]

    def amended_by(self, clause: Clause, power: Clause) -> Clause:
        """The clause with the keys replaced, the same object whenever it is asked for."""
        key = (id(clause), power.name)
        if key not in self.amended:
            changes = power.written["effect"]["amend"][clause.name]
            self.amended[key] = self.clause(clause.name, {**clause.written, **changes}, clause.binds)
        return self.amended[key]


def substitutes_of(clause: Clause) -> Iterator[Clause]:
    """Its `otherwise`, the `otherwise` of that, and so on."""
    here = clause.otherwise
    while here is not None:
        yield here
        here = here.otherwise


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
