"""The shape of a file against its model: the tree comes in, models of what is sound and complaints go out.

What is wrong is taken out of the tree and noted there as dropped, and the rest is validated again, so
that one mistake does not hide the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from servanda.reading import agreement_file as shape
from servanda.reading.complaints import Complaints, listing, quoted
from servanda.reading.tree import START, Node, Step
from servanda.reading.unbound import unbound

_NOUNS = {
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a number",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
# What stands in for a missing key, so that the rest of its entry can still be checked.
_PLACEHOLDERS: Mapping[str, Any] = {"servanda": 1, "agreement": "?", "role": "observer", "binds": "?"}
_PASSES = 64
_ENTRIES: Mapping[str, str] = {
    "actors": "actor",
    "sources": "source",
    "places": "place",
    "views": "view",
    "states": "state",
    "clauses": "clause",
}


def read_structure(root: Node, complaints: Complaints) -> shape.AgreementFile | None:
    """The model of everything that has the right shape; None when too little is left."""
    if not isinstance(root.value, dict):
        message = f"an agreement is a mapping, not {_kind(root)}"
        complaints.add("A101", root.spot, message, "begin with `servanda: 1` and `agreement: NAME`")
        return None
    for number in range(_PASSES):
        problems: list[Any] = list(unbound(root)) if number == 0 else []
        try:
            model = shape.AgreementFile.model_validate(root.plain())
        except ValidationError as error:
            problems += error.errors(include_url=False, include_context=True, include_input=False)
        else:
            if not problems:
                return model
        if number == 0:
            _complain(root, problems, complaints)
        if not _prune(root, problems):
            return None
    return None


# --- telling ------------------------------------------------------------------------------------------


def _complain(root: Node, problems: Sequence[Any], complaints: Complaints) -> None:
    expected: dict[tuple[Step, ...], list[str]] = {}
    meant = {
        (*problem["loc"][:-1], _unknown_key(problem["loc"], root.at(*problem["loc"]), complaints))
        for problem in problems
        if problem["type"] == "extra_forbidden"
    }
    for problem in problems:
        loc, kind = problem["loc"], problem["type"]
        trail = _trail(root, problem)
        node, context = root.at(*trail), problem.get("ctx", {})
        if kind == "extra_forbidden" or (kind == "missing" and loc in meant):
            continue
        if kind == "missing":
            _missing(root, loc, complaints)
        elif kind == "no_value":
            complaints.add("A105", node.name_spot, f"{_named(trail)} has no value", "write one, or remove the key")
        elif kind == "literal_error":
            _not_allowed(trail, node, str(context.get("expected", "")), complaints)
        elif kind in ("too_short", "string_too_short"):
            if node.dropped:  # what was in it is told of already
                continue
            complaints.add("A108", node.spot, f"{_named(trail)} is empty", "write at least one, or remove the key")
        elif kind == "greater_than_equal":
            least = f"{context.get('ge'):g}"
            complaints.add("A109", node.spot, f"{_named(trail)} must be at least {least}", f"write {least} or more")
        else:
            noun = context.get("what") or _NOUNS.get(kind, "something else")
            expected.setdefault(trail, []).append(noun)
    for trail, nouns in expected.items():
        node = root.at(*trail)
        wanted = listing(dict.fromkeys(nouns))
        message = f"{_named(trail)} must be {wanted}, not {_kind(node)}"
        complaints.add("A105", node.spot, message, _quotes(node, wanted))


def _unknown_key(loc: tuple[Step, ...], node: Node, complaints: Complaints) -> str | None:
    """Say that a key is unknown, and return the one that was probably meant."""
    key, within = str(loc[-1]), _within(loc)
    spot = node.name_spot
    in_clause = loc[0] == "clauses" and len(loc) > 2
    if in_clause and key == "when" and "otherwise" in loc[2:]:
        message = f"'when' does not go into the 'otherwise' {_of(loc)}"
        complaints.add("A406", spot, message, "an 'otherwise' is triggered by the violation itself; remove 'when'")
    elif in_clause and loc[-3:-2] == ("amend",) and key in shape.keys(shape.ClauseEntry):
        message = f"{key!r} cannot be amended"
        complaints.add("A417", spot, message, "end the clause, and write another that begins then")
    elif in_clause and key == "readings":
        message = f"'readings' go only into a clause itself, not {within}"
        remedy = "put them beside the clause's own keys; a reading may have its own 'otherwise'"
        complaints.add("A407", spot, message, remedy)
    else:
        known = shape.keys(_model(loc))
        meant = complaints.nearest(key, known)
        remedy = f"did you mean {meant!r}?" if meant else f"known here: {', '.join(known)}"
        complaints.add("A104", spot, f"unknown key {quoted(key)} {within}", remedy)
        return meant
    return None


def _missing(root: Node, loc: tuple[Step, ...], complaints: Complaints) -> None:
    parent = root.at(*loc[:-1])
    key = str(loc[-1])
    if key not in parent.dropped:
        spot = parent.name_spot if len(loc) > 1 else START
        complaints.add("A102", spot, f"the key {key!r} is missing {_within(loc)}", f"add `{key}:`")


def _not_allowed(trail: tuple[Step, ...], node: Node, expected: str, complaints: Complaints) -> None:
    if trail == ("servanda",):
        message = f"this version reads format 1, not {quoted(node.raw or _kind(node))}"
        complaints.add("A107", node.spot, message, "write `servanda: 1`")
        return
    choices = [part.strip("' ") for part in expected.replace(" or ", ",").split(",")]
    written = node.value if isinstance(node.value, str) else _kind(node)
    remedy = complaints.near(str(written), choices) or f"write one of {listing(choices)}"
    complaints.add("A106", node.spot, f"{_named(trail)} cannot be {quoted(written)}", remedy)


def _quotes(node: Node, wanted: str) -> str:
    if "text" in wanted and isinstance(node.value, bool | int | float):
        return f'put it in quotes: "{node.raw}"'
    return f"write {wanted}"


def _kind(node: Node) -> str:
    value = node.value
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    return "text" if isinstance(value, str) else "nothing"


def _named(trail: tuple[Step, ...]) -> str:
    names = [step for step in trail if isinstance(step, str)]
    return repr(names[-1]) if names else "the file"


def _model(loc: tuple[Step, ...]) -> type[BaseModel]:
    """The model whose unknown key this is."""
    model: type[BaseModel] = shape.AgreementFile
    steps = iter(step for step in loc[:-1] if isinstance(step, str))
    for step in steps:
        found = shape.below(model, step)
        assert found is not None  # only what a model knows is validated
        model, named = found
        if named:
            next(steps, None)
    return model


def _within(loc: tuple[Step, ...]) -> str:
    """Where a key was written, in words."""
    if len(loc) == 1:
        return "in the agreement"
    if loc[0] not in _ENTRIES:
        return f"in {loc[0]!r}"
    if loc[0] == "clauses":
        inner = [step for step in loc[2:-1] if isinstance(step, str)]
        if inner[:1] == ["readings"]:
            return f"in the reading of {quoted(inner[1])} {_of(loc)}" if inner[1:] else f"in 'readings' {_of(loc)}"
        if inner:
            return f"in {inner[-1]!r} {_of(loc)}"
    return f"in {_ENTRIES[str(loc[0])]} {quoted(loc[1])}"


def _of(loc: tuple[Step, ...]) -> str:
    return f"of clause {quoted(loc[1])}"


# --- taking out -----------------------------------------------------------------------------------------


def _trail(root: Node, problem: Any) -> tuple[Step, ...]:
    """The part of an error's path that is in the file: branches of a union are not."""
    trail: list[Step] = []
    node = root
    for step in problem["loc"]:
        inner = node.child(step)
        if inner is None:
            break
        node = inner
        trail.append(step)
    return tuple(trail)


def _prune(root: Node, problems: Sequence[Any]) -> bool:
    """Take what these problems are about out of the tree; whether that leaves anything to go on with."""
    doomed: set[tuple[Step, ...]] = set()
    for problem in problems:
        trail, key = _trail(root, problem), problem["loc"][-1]
        if problem["type"] == "missing" and key in _PLACEHOLDERS:
            parent = root.at(*trail)
            parent.dropped.setdefault(key, None)
            parent.entries()[key] = Node(_PLACEHOLDERS[key], parent.name_spot, parent.name_spot)
        else:
            doomed.add(trail)
    if () in doomed:
        return False
    for trail in sorted(doomed, key=_backwards, reverse=True):
        _take_out(root, trail)
    return True


def _backwards(trail: tuple[Step, ...]) -> tuple[tuple[int, str], ...]:
    """An order in which the items of a list come out from its end, so that the others keep their numbers."""
    return tuple((step, "") if isinstance(step, int) else (0, step) for step in trail)


def _take_out(root: Node, trail: tuple[Step, ...]) -> None:
    parent, step = root.at(*trail[:-1]), trail[-1]
    if isinstance(parent.value, dict) and isinstance(step, str):
        parent.dropped[step] = parent.value.pop(step, None)
    elif isinstance(parent.value, list) and isinstance(step, int) and step < len(parent.value):
        parent.dropped["[]"] = parent.value.pop(step)
