"""What one instance is judged by, and what it comes to: values that the judging of duties shares.

The set of outcomes is exact wherever no incident is used twice (semantics section 6). Acts are
independent of each other, so whether *some* act falls into the window is a Kleene disjunction. Only the
trigger's instant is compared more than once; its interval is therefore split where any comparison
changes, and each piece is judged alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from servanda.evidence import Alternative, Standing
from servanda.lifecycle.acts import Act, Doubt, Hit
from servanda.model.clauses import Status
from servanda.model.moments import Interval
from servanda.model.verdict import Effect, Progress, TriggerRef


class Option(NamedTuple):
    """One way something may have come about: by which incident and alternative, and when."""

    incident: str | None
    alternative: Alternative | None
    times: tuple[Interval, ...]
    cure: bool = False


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that may create an instance: an event, a breach, a fulfilment, an ending.

    `certain`: it comes about in every world. `doubts`: why it may not, and why its time is open.
    """

    ref: TriggerRef
    origin: tuple[object, ...]
    options: tuple[Option, ...]
    certain: bool
    doubts: frozenset[Doubt]
    violators: tuple[str, ...] = ()
    standing: Standing | None = None
    lineage: frozenset[str] = frozenset()  # the uncertain incidents that it depends on
    loose: bool = False  # whether its times or doubts are bounds only


@dataclass(frozen=True, slots=True)
class Requirement:
    """When what a duty `requires` is fulfilled: between two instants, or perhaps never."""

    possible: bool
    earliest: int
    latest: int
    never: bool
    doubts: frozenset[Doubt]
    lineage: frozenset[str] = frozenset()
    loose: bool = False

    def may_hold(self, latest: int) -> bool:
        """Whether it may be fulfilled by then."""
        return self.possible and self.earliest <= latest

    def may_fail(self, earliest: int) -> bool:
        """Whether it may not be fulfilled by then."""
        return self.never or not self.possible or self.latest > earliest


@dataclass
class Outcome:
    """What one instance comes to, before its substitutes are looked at."""

    live: set[Status] = field(default_factory=set)  # in the worlds in which it was created
    seen: set[frozenset[Status]] = field(default_factory=set)  # what each piece may come to
    dormant: bool = False
    lost: bool = False  # its trigger may lie outside the times at which it counts
    since: dict[Status, Interval] = field(default_factory=dict)
    due: Interval | None = None
    opened: Interval | None = None
    closed: Interval | None = None
    fulfilled: list[Option] = field(default_factory=list)
    missed: list[Option] = field(default_factory=list)
    missed_surely: int = 0  # in how many pieces it is certain that something was missed
    cures: list[Option] = field(default_factory=list)
    cure_certain: bool = True  # wherever the deadline was missed, an act came late
    breaches: dict[str, list[Option]] = field(default_factory=dict)
    breach_sure: dict[str, int] = field(default_factory=dict)  # in how many pieces it is certain
    returns: dict[str | None, tuple[list[Option], bool]] = field(default_factory=dict)  # how a kept state came back
    pieces: int = 0
    ended: list[Option] = field(default_factory=list)
    doubts: set[Doubt] = field(default_factory=set)
    late: set[Doubt] = field(default_factory=set)  # why it is open whether a miss is cured: no status depends on it
    acts: dict[str, Act] = field(default_factory=dict)
    effects: dict[str, set[Effect]] = field(default_factory=dict)
    forced: dict[str, bool] = field(default_factory=dict)
    uses: dict[str, set[object]] = field(default_factory=dict)  # what is open on account of each incident
    loose: bool = False  # bounds were used that may let in a status too many
    jumbled: bool = False  # which act is the breach depends on their order
    unordered: set[str] = field(default_factory=set)  # the incidents of these: open for what a breach creates, not here
    progress: Progress | None = None
    stopped: bool = False  # whether its deadline stands still at `as_of`: then it is shown as written
    written: Interval | None = None

    def note(self, status: Status, when: Interval) -> None:
        """A status that is possible, and since when."""
        self.live.add(status)
        held = self.since.get(status)
        self.since[status] = when if held is None else held.hull(when)

    def doubt(self, doubts: Iterable[Doubt], about: object, *, late: bool = False) -> None:
        """Something is open, on account of these; `late`: only whether a miss is cured."""
        for reason, incident in doubts:
            (self.late if late else self.doubts).add((reason, incident))
            self.uses.setdefault(incident, set()).add(about)

    def needs(self, needs: Requirement) -> None:
        """It is open whether what is required was fulfilled in time."""
        self.doubt(needs.doubts, "requires")
        self.loose |= needs.loose
        for incident in needs.lineage:
            self.uses.setdefault(incident, set()).add("requires")

    def show(self, act: Act, effect: Effect, *, certain: bool) -> None:
        """Remember an act that is part of the evidence."""
        self.acts[act.incident] = act
        self.effects.setdefault(act.incident, set()).add(effect)
        self.forced[act.incident] = self.forced.get(act.incident, True) and certain

    def touch(self, act: Act, effect: Effect, *, certain: bool, window: Interval) -> None:
        """Remember an act that counts, and why it is open whether it does."""
        self.show(act, effect, certain=certain)
        if certain:
            return
        doubts = set(act.doubts)
        if not doubts or any(not Interval(hit.earliest, hit.latest).within(window) for hit, _ in clipped(act, window)):
            doubts.add(("time_uncertain", act.incident))
        about = effect if effect in ("release", "termination", "waiver") else "act"
        self.doubt(doubts, (about, act.incident), late=effect == "cure")
        self.uses.setdefault(act.incident, set()).add((about, act.incident))
        if act.twice:
            self.doubt(act.doubts, ("again", act.incident), late=effect == "cure")


class Piece(NamedTuple):
    """A stretch of trigger instants over which every comparison comes out the same."""

    low: int
    high: int
    alternative: Alternative | None


class Ending(NamedTuple):
    """An act that ends an open instance: by what, and as which status."""

    status: Status
    effect: Effect
    act: Act


def clipped(act: Act, limits: Interval) -> list[tuple[Hit, Interval]]:
    """The hits of an act within limits, with the time that is left of each."""
    found = ((hit, Interval(hit.earliest, hit.latest).cut(limits)) for hit in act.hits)
    return [(hit, common) for hit, common in found if common is not None]
