"""Patterns: an open mapping of a file comes in, a Pattern of typed tests and complaints go out.

Actors named by alias or full name become ids. What a reference may be depends on where the pattern
stands, so the caller says which are allowed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal, cast

from servanda.model.patterns import BODY_FIELDS, AnyOf, Anything, Compare, Exists, Is, Not, Pattern, Ref, Scalar, Test
from servanda.reading import acts
from servanda.reading.complaints import listing, quoted
from servanda.reading.frame import Frame
from servanda.reading.tree import Node

REFERENCES = ("bearer", "other", "all", "violator", "trigger")
_BOUNDS = ("gte", "gt", "lte", "lt")
_OPERATORS = ("not", *_BOUNDS, "exists")
_TEXT_FIELDS = ("act", "actor", "target", "place")
_ACTOR_FIELDS = ("actor", "target", "object")
NOT_OF_THE_EVENT = {
    "occurred": "say when with `on`, `by`, `from`, `until` or `within`",
    "reported": "say how long late reports are waited for with `grace`",
    "id": "say what happened with `act`, `actor`, `target`, `object` or `place`",
    "source": "say whom to believe in a view",
    "claimant": "say whom to believe in a view",
    "says": "a clause is about what happened, not about who says so",
    "of": "a clause is about what happened, not about one report",
    "incident": "say what happened with `act`, `actor`, `target`, `object` or `place`",
    "agreement": "a clause is about events under its own agreement",
}
_ACT = re.compile(r"[^\s.*]+(?:\.[^\s.*]+)*")
_ALMOST = 0.8
_WORDS_OF_THEIR_OWN = ("quality", "plane", "plant", "plate")
_WHERE = {
    "all": "use it on `actor` or `target` of a duty",
    "violator": "it needs `when: {violated: CLAUSE}`, or an `otherwise`",
    "trigger": "it needs a `when`, or an `otherwise`",
}


def read_pattern(node: Node, frame: Frame, allowed: Collection[str]) -> Pattern:
    """The pattern a mapping says; what is wrong in it is noted and left out."""
    key = (id(node), frozenset(allowed))
    if key not in frame.patterns:
        frame.patterns[key] = _pattern(node, frame, allowed)
    return frame.patterns[key]


def read_duty(node: Node, frame: Frame, allowed: Collection[str]) -> Pattern:
    """The pattern of a duty: where it names no actor, the bearer's own act is meant."""
    key = (id(node), frozenset((*allowed, "duty")))
    if key not in frame.patterns:
        pattern = read_pattern(node, frame, allowed)
        named = pattern.test("actor") is not None
        frame.patterns[key] = pattern if named else Pattern((*pattern.tests, ("actor", Ref("bearer"))))
    return frame.patterns[key]


def _pattern(node: Node, frame: Frame, allowed: Collection[str]) -> Pattern:
    tests: list[tuple[str, Test]] = []
    if not node.entries() and not node.dropped:
        message = "an empty pattern would match every event"
        frame.complaints.add("A403", node.spot, message, "name at least one field, such as `act`")
    for field, value in node.entries().items():
        if remedy := NOT_OF_THE_EVENT.get(field):
            frame.complaints.add("A404", value.name_spot, f"{field!r} is not a field of the event", remedy)
            continue
        look_alike(field, value, frame)
        test = _Reader(field, frame, allowed).test(value)
        if test is not None:
            tests.append((field, test))
    return Pattern(tuple(tests))


def look_alike(field: str, node: Node, frame: Frame) -> None:
    """Warn of a field that is spelled like another: a free attribute spelled almost like a field of every event is probably that field."""
    if field in BODY_FIELDS or field in _WORDS_OF_THEIR_OWN:
        return
    near = frame.complaints.nearest(field, BODY_FIELDS, _ALMOST)
    if near and near[0] == field[0]:
        message = f"the free attribute {quoted(field)} is spelled almost like {near!r}"
        frame.complaints.add("W010", node.name_spot, message, f"did you mean {near!r}?")


class _Reader:
    """Reads the test on one field."""

    def __init__(self, field: str, frame: Frame, allowed: Collection[str]) -> None:
        self.field = field
        self.frame = frame
        self.allowed = allowed

    def test(self, node: Node) -> Test | None:
        """The test a value says, or None where it is noted as wrong."""
        value = node.value
        if isinstance(value, list):
            return self._list(node)
        if isinstance(value, dict):
            return self._operator(node)
        if value is None:
            remedy = "leave the field out, or write `{exists: false}`"
            return self._wrong("A405", node, f"{self.field!r} has no value", remedy)
        if value == "any":
            return Anything()
        if isinstance(value, str) and value.startswith("$"):
            return self._reference(value[1:], node)
        return self._scalar(value, node)

    def _wrong(self, code: str, node: Node, message: str, remedy: str = "") -> Test | None:
        """Note what is wrong; there is no test then."""
        self.frame.complaints.add(code, node.spot, message, remedy)
        return None

    def _list(self, node: Node) -> Test | None:
        if not node.items() and not node.dropped:
            return self._wrong("A403", node, "an empty list matches nothing", "name at least one value")
        tests = [self.test(item) for item in node.items()]
        return AnyOf(tuple(test for test in tests if test is not None))

    # --- {not: ...}, {gte: ...}, {exists: ...} ---------------------------------------------------------

    def _operator(self, node: Node) -> Test | None:
        found = node.entries()
        unknown = [key for key in found if key not in _OPERATORS]
        for key in unknown:
            remedy = self.frame.complaints.near(key, _OPERATORS) or f"known here: {', '.join(_OPERATORS)}"
            self.frame.complaints.add("A405", found[key].name_spot, f"{quoted(key)} is not a test", remedy)
        if unknown or (node.dropped and not found):
            return None
        if found and all(key in _BOUNDS for key in found):
            return self._compare(node)
        if len(found) != 1:
            remedy = "write one of `{not: ...}`, `{gte: n, lt: m}` and `{exists: true}`"
            return self._wrong("A405", node, "a test says one thing", remedy)
        ((key, inner),) = found.items()
        if key == "not":
            test = self.test(inner)
            return None if test is None else Not(test)
        if not isinstance(inner.value, bool):
            return self._wrong("A405", inner, "'exists' is true or false", "write `{exists: true}`")
        return Exists(inner.value)

    def _compare(self, node: Node) -> Test | None:
        if self.field in (*_TEXT_FIELDS, "object"):
            return self._wrong("A411", node, f"{self.field!r} is not a number", "write a name, or a list of names")
        bounds: list[tuple[Literal["gte", "gt", "lte", "lt"], float]] = []
        for key, inner in node.entries().items():
            number = inner.value
            if isinstance(number, bool) or not isinstance(number, int | float):
                return self._wrong("A405", inner, f"{key!r} needs a number", f"write `{key}: 3`")
            bounds.append((cast("Literal['gte', 'gt', 'lte', 'lt']", key), number))
        return Compare(tuple(bounds))

    # --- references and plain values ----------------------------------------------------------------------

    def _reference(self, written: str, node: Node) -> Test | None:
        name, dot, inner = written.partition(".")
        if name not in REFERENCES or (name == "trigger") != bool(dot) or (dot and not inner):
            near = self.frame.complaints.nearest(name, REFERENCES)
            remedy = f"did you mean '${near}{'.FIELD' if near == 'trigger' else ''}'?" if near else ""
            known = listing(f"${one}" for one in REFERENCES[:-1])
            return self._wrong("A206", node, f"unknown reference {quoted('$' + written)}", remedy or f"write {known}")
        if inner in NOT_OF_THE_EVENT:
            message = f"{inner!r} is not a field of the triggering event"
            return self._wrong("A404", node, message, "refer to `act`, `actor`, `target`, `object`, `place` or another")
        if name not in self.allowed or (name == "all" and self.field not in ("actor", "target")):
            remedy = _WHERE.get(name, "write a name")
            return self._wrong("A207", node, f"'${name}' means nothing here", remedy)
        return Ref(cast("Literal['bearer', 'other', 'all', 'violator', 'trigger']", name), inner)

    def _scalar(self, value: Scalar, node: Node) -> Test | None:
        if self.field in _TEXT_FIELDS and not isinstance(value, str):
            remedy = f'put it in quotes: "{node.raw}"'
            return self._wrong("A411", node, f"{self.field!r} is compared with text, not {quoted(node.raw)}", remedy)
        if self.field == "quantity" and (isinstance(value, bool) or not isinstance(value, int | float)):
            message = f"'quantity' is compared with a number, not {quoted(node.raw)}"
            return self._wrong("A411", node, message, "write a number, or `{gte: n}`")
        if self.field == "act":
            return self._act(str(value), node)
        if self.field in _ACTOR_FIELDS and isinstance(value, str):
            return Is(self._actor(value, node))
        return Is(value)

    def _act(self, act: str, node: Node) -> Test | None:
        return Is(act) if read_act(act, node, self.frame) else None

    def _actor(self, name: str, node: Node) -> str:
        agreement = self.frame.agreement
        found = agreement.actor_id(name)
        if self.field != "object" and found not in agreement.actors and name not in self.frame.excused:
            near = self.frame.complaints.nearest(name, self.frame.actor_names, 0.75)
            if near:
                message = f"no actor of this agreement is called {quoted(name)}"
                self.frame.complaints.add("W004", node.spot, message, f"did you mean {near!r}?")
        return found


def read_act(act: str, node: Node, frame: Frame) -> bool:
    """Whether the text can be an act; a complaint where it cannot, and where the taxonomy does not know it."""
    if not _ACT.fullmatch(act):
        remedy = "write words with dots between them, such as force.attack; an act means all below it too"
        frame.complaints.add("A412", node.spot, f"{quoted(act)} is not an act", remedy)
        return False
    known = acts.taxonomy()
    if known and act not in known:
        remedy = frame.complaints.near(act, known) or "`servanda rules acts` lists the known ones"
        frame.complaints.add("W001", node.spot, f"the act {quoted(act)} is not in the taxonomy", remedy)
    return True
