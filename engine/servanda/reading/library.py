"""`use` and `with`: a tree whose clauses name provisions comes in, the tree with their clauses filled in goes out.

This is done before shapes are checked, so that all that follows sees ordinary clauses. What the user wrote
keeps its place in the file; what comes from the library stands where `use` stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from servanda.reading.complaints import Complaints, listing, quoted
from servanda.reading.provisions import KINDS, Provision, ProvisionError, fits, hole, provision, provision_names
from servanda.reading.tree import Node, Spot

_DUTIES = frozenset(("must", "must_not", "must_keep", "may", "can", "counts_as"))
# What a clause may have had from a provision that is not known: nothing is said to be missing on its account.
_UNSEEN = ("binds", "must", "when", "otherwise")


def expand(root: Node, complaints: Complaints) -> Node:
    """Put the clauses of the library in the place of every `use`; what is wrong is noted and left out."""
    for clause in root.at("clauses").entries().values() if root.child("clauses") else ():
        _expand_body(clause, complaints)
        readings = clause.child("readings")
        for reading in readings.entries().values() if readings else ():
            _refuse(reading, complaints)
            _expand_substitutes(reading, complaints)
    return root


def _expand_body(body: Node, complaints: Complaints) -> None:
    entries = body.entries()
    if "use" in entries:
        use = entries.pop("use")
        given = entries.pop("with", None)
        found = _find(use, complaints)
        if found is None:
            body.dropped.update(dict.fromkeys(("use", *(key for key in _UNSEEN if key not in entries))))
        else:
            _Filling(found, use, body, complaints).fill(given)
    elif "use" in body.dropped:
        entries.pop("with", None)
        body.dropped.update(dict.fromkeys(key for key in _UNSEEN if key not in entries))
    elif "with" in entries:
        spot = entries["with"].name_spot
        complaints.add("A505", spot, "'with' stands without 'use'", "say which provision, as in `use: no-attack`")
        body.dropped["with"] = entries.pop("with")
    _expand_substitutes(body, complaints)


def _expand_substitutes(body: Node, complaints: Complaints) -> None:
    inner = body.child("otherwise")
    if inner is not None:
        _expand_body(inner, complaints)


def _refuse(reading: Node, complaints: Complaints) -> None:
    for key in ("use", "with"):
        if key in reading.entries():
            node = reading.entries().pop(key)
            reading.dropped[key] = node
            message = f"{key!r} does not go into a reading"
            complaints.add("A506", node.name_spot, message, "write the keys that this party reads otherwise")


def _find(use: Node, complaints: Complaints) -> Provision | None:
    known = provision_names()
    if not isinstance(use.value, str):
        complaints.add("A501", use.spot, "'use' needs the name of a provision", "write one, as in `use: no-attack`")
        return None
    if use.value not in known:
        remedy = complaints.near(use.value, known) or "`servanda rules provisions` lists the known ones"
        complaints.add("A501", use.spot, f"unknown provision {quoted(use.value)}", remedy)
        return None
    try:
        return provision(use.value)
    except ProvisionError as error:
        message = f"the provision {quoted(use.value)} cannot be used: {error.lines[0].splitlines()[0]}"
        complaints.add("A501", use.spot, message, "correct it; `servanda test` on its file says what is wrong")
        return None


@dataclass
class _Filling:
    """One use of a provision on its way into a clause."""

    provision: Provision
    use: Node
    body: Node
    complaints: Complaints
    values: dict[str, Node] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)

    def fill(self, given: Node | None) -> None:
        """Put the provision's keys into the body, below those that it has itself."""
        own = self.body.entries()
        if given is not None:
            self._read(given)
        elif "with" in self.body.dropped:
            self.wrong.update(self.provision.file.parameters)
        kept = {key: node for key, node in self.provision.clause.items() if not self._overridden(key)}
        self._complete(kept)
        spot = self.use.name_spot
        filled = {"text": Node(self.provision.file.title, spot, spot)} if "text" not in own else {}
        for key, node in kept.items():
            value = _filled(node, self.values, spot)
            if value is not None:
                filled[key] = value
            elif not self.wrong.isdisjoint(_holes(node)):
                self.body.dropped[key] = None
        self.body.value = filled | own

    def _overridden(self, key: str) -> bool:
        own = self.body.entries().keys() | self.body.dropped.keys()
        return key in own or (key in _DUTIES and not _DUTIES.isdisjoint(own))

    def _read(self, given: Node) -> None:
        """The values that the user gives."""
        if not isinstance(given.value, dict):
            message = "'with' must be a mapping of parameters to values"
            self.complaints.add("A504", given.spot, message, "write it as in `with: {parties: [A, B]}`")
            self.wrong.update(self.provision.file.parameters)
            return
        parameters = self.provision.file.parameters
        self.wrong.update(given.dropped)
        for name, node in given.entries().items():
            if name not in parameters:
                known = listing(parameters, "and")
                remedy = self.complaints.near(name, parameters) or f"known here: {known}"
                message = f"{quoted(self.use.value)} has no parameter {quoted(name)}"
                self.complaints.add("A502", node.name_spot, message, remedy)
            elif fits(node, parameters[name].type):
                self.values[name] = node
            else:
                message = f"{name!r} must be {KINDS[parameters[name].type]}"
                self.complaints.add("A504", node.spot, message, f"it means: {parameters[name].text}")
                self.wrong.add(name)

    def _complete(self, kept: Mapping[str, Node]) -> None:
        """Defaults, and what is missing. What is only needed for a key that is overridden is not."""
        spot = self.use.name_spot
        needed = dict.fromkeys(name for node in kept.values() for name in _holes(node))
        for name in needed:
            parameter, default = self.provision.file.parameters[name], self.provision.default(name)
            if name in self.values or name in self.wrong:
                continue
            if default is not None:
                self.values[name] = _moved(default, spot)
            elif not parameter.optional:
                message = f"{quoted(self.use.value)} needs the parameter {name!r}"
                remedy = f"add it to `with`; it means: {parameter.text}"
                self.complaints.add("A503", self.use.spot, message, remedy)
                self.wrong.add(name)


def _holes(node: Node) -> Iterator[str]:
    if name := hole(node):
        yield name
    for inner in node.value if isinstance(node.value, list) else node.entries().values():
        yield from _holes(inner)


def _filled(node: Node, values: Mapping[str, Node], spot: Spot) -> Node | None:
    """A copy with the parameters' values in it; None where nothing is left of it."""
    if name := hole(node):
        return _copied(values[name]) if name in values else None
    if isinstance(node.value, dict):
        entries = {key: _filled(inner, values, spot) for key, inner in node.value.items()}
        left = {key: inner for key, inner in entries.items() if inner is not None}
        return Node(left, spot, spot) if left else None
    if isinstance(node.value, list):
        items = [inner for inner in (_filled(item, values, spot) for item in node.value) if inner is not None]
        return Node(items, spot, spot) if items else None
    return Node(node.value, spot, spot, node.raw)


def _copied(node: Node) -> Node:
    """A copy of its own for each place, because what is wrong is taken out of each for itself."""
    return _rebuilt(node, None)


def _moved(node: Node, spot: Spot) -> Node:
    """A copy that stands where the `use` stands."""
    return _rebuilt(node, spot)


def _rebuilt(node: Node, spot: Spot | None) -> Node:
    value = node.value
    if isinstance(value, dict):
        value = {key: _rebuilt(inner, spot) for key, inner in value.items()}
    elif isinstance(value, list):
        value = [_rebuilt(inner, spot) for inner in value]
    return Node(value, spot or node.spot, spot or node.key, node.raw, dict(node.dropped))
