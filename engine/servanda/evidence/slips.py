"""Names that are likely slips: statements come in and go out again; what to tell of the names in them goes out."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from servanda.evidence.statements import Statement
from servanda.model.agreement import Agreement
from servanda.model.verdict import ReportDiagnostic


class Slips:
    """Names that nobody answers to but that look like one, likely a slip, with the statements that use them."""

    def __init__(self, agreement: Agreement) -> None:
        """Nobody has made one yet."""
        actors = {n for a in agreement.actors.values() for n in (a.id, a.name, *a.aliases)}
        sources = {n for s in agreement.sources.values() for n in (s.id, s.name, *s.aliases)}
        self._known = {"actor": actors, "source": sources | actors}
        self._fine = {kind: set(names) for kind, names in self._known.items()}  # those like no other come to them
        self._meant: dict[tuple[str, str], str] = {}  # a slip, as a kind and a name -> the name that it looks like
        self._users: dict[tuple[str, str], list[tuple[int, str]]] = {}  # a slip -> who made it, in order

    def add(self, one: Statement) -> bool:
        """Take a statement in; whether that changes what is told."""
        told = False
        for slip in self._made(one):
            users = self._users.setdefault(slip, [])
            insort(users, one.order)
            told |= users[0] == one.order
        return told

    def drop(self, one: Statement) -> bool:
        """Take a statement out again; whether that changes what is told."""
        told = False
        for slip in self._made(one):
            users = self._users[slip]
            told |= users[0] == one.order
            del users[bisect_left(users, one.order)]
            if not users:
                del self._users[slip]
        return told

    def notes(self, by_id: Mapping[str, Statement]) -> Iterator[ReportDiagnostic]:
        """Each name once, told of the first report that has it."""
        told: set[str] = set()
        for (_, report), kind, name in sorted((users[0], *slip) for slip, users in self._users.items()):
            if name not in told:
                told.add(name)
                message = f"no {kind} {name!r} in this agreement (report {report!r}); did you mean {self._meant[kind, name]!r}?"
                yield ReportDiagnostic("R107", message, report, by_id[report].line)

    def _made(self, one: Statement) -> set[tuple[str, str]]:
        """The slips in a statement; each name is compared with those known only once."""
        slips = set()
        for kind, names in (
            ("source", (one.source, one.claimant)),
            ("actor", one.body.get("actor")),
            ("actor", one.body.get("target")),
        ):
            if isinstance(names, tuple) and not self._fine[kind].issuperset(names):
                slips |= {(kind, name) for name in names if self._is_slip(kind, name)}
        return slips

    def _is_slip(self, kind: str, name: str) -> bool:
        if name in self._fine[kind] or (kind, name) in self._meant:
            return name not in self._fine[kind]
        if close := get_close_matches(name, self._known[kind], 1, 0.8):
            self._meant[kind, name] = close[0]
        else:
            self._fine[kind].add(name)
        return bool(close)
