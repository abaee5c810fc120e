"""One clause body on its way to a clause: its entry and its place in the file; what its readers share."""

from __future__ import annotations

from dataclasses import dataclass

from servanda.model.clauses import DutyKind, Place
from servanda.reading.agreement_file import TermsEntry
from servanda.reading.complaints import quoted
from servanda.reading.frame import Frame
from servanda.reading.tree import Node

DUTIES: tuple[DutyKind, ...] = ("must", "must_not", "must_keep", "may", "can", "counts_as")


@dataclass(frozen=True, slots=True)
class Body:
    """A clause body: its entry, its node, and how many `otherwise` it lies in."""

    name: str
    entry: TermsEntry
    node: Node
    frame: Frame
    depth: int = 0

    @property
    def place(self) -> Place:
        """Where the body is written."""
        return Place(self.node.name_spot.line, self.node.name_spot.column)

    @property
    def duty(self) -> DutyKind:
        """The kind of duty; of a body that says none, or several, the first or `must`."""
        return next((duty for duty in DUTIES if duty in self.node.entries()), "must")

    @property
    def triggered(self) -> bool:
        """Whether the body has a trigger: its own `when`, or the violation that an `otherwise` answers."""
        return bool(self.depth) or "when" in self.node.entries() or "when" in self.node.dropped

    @property
    def references(self) -> frozenset[str]:
        """What references may be used in its patterns."""
        allowed = {"bearer", "other", "all"} if self.depth or self.said("binds") else set[str]()
        if self.triggered:
            allowed.add("trigger")
        if self.depth or self._after_violation or "when" in self.node.dropped:
            allowed.add("violator")
        return frozenset(allowed)

    @property
    def _after_violation(self) -> bool:
        """Whether something violated may have triggered it, so that `$violator` means somebody."""
        when = self.node.child("when")
        return when is not None and any("violated" in one.entries() for one in when.items())

    def said(self, key: str) -> bool:
        """Whether the file has this key, rightly or wrongly."""
        return key in self.node.entries() or key in self.node.dropped

    def wrong(self, code: str, node: Node, message: str, remedy: str = "") -> None:
        """Note what is wrong with it."""
        self.frame.complaints.add(code, node.spot, message, remedy)

    def wrong_key(self, code: str, key: str, message: str, remedy: str = "") -> None:
        """Note what is wrong with a key of it; the key is what is marked."""
        self.frame.complaints.add(code, self.node.at(key).name_spot, message, remedy)

    def of(self) -> str:
        """The clause in words."""
        return f"clause {quoted(self.name)}"


def known_clause(name: str, node: Node, frame: Frame, known: frozenset[str] | None = None) -> bool:
    """Whether a clause of that name exists; a complaint where none does."""
    names = frame.clauses.keys() if known is None else known
    if name in names:
        return True
    remedy = frame.complaints.near(name, names) or "name one of the clauses of this agreement"
    frame.complaints.add("A203", node.spot, f"unknown clause {quoted(name)}", remedy)
    return False


def clause_with_outcome(name: str, node: Node, frame: Frame, known: frozenset[str] | None = None) -> None:
    """Complain where a clause is unknown, or is never fulfilled or violated."""
    if known_clause(name, node, frame, known) and (kind := frame.clauses[name]) in ("may", "can", "counts_as"):
        message = f"the clause {quoted(name)} has no outcome: it says {kind!r}"
        frame.complaints.add("A418", node.spot, message, "name a clause with `must`, `must_not` or `must_keep`")
