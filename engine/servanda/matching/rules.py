"""Rules as data: a YAML file comes in, checked rules and the engine's own form of them go out.

What the engine is known to get wrong, or to crash on, is refused here with a ValueError.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

Scalar = str | int
LONGEST_TEXT = 16_000  # characters; the engine takes 65,536 more for no difference in a constant test
_MOST_CONDITIONS = 60  # that one message can pass in parallel; the engine fails at 65
_MOST_PER_RULE = 16
_MOST_JOINS = 27  # the engine stops at 29, and one equality is repeated
_MOST_FIELDS = 200  # a message may have 254, nested ones and its ids included
_OPERATORS = {"==": "", ">=": "$gte", ">": "$gt", "<=": "$lte", "<": "$lt"}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_RESERVED = ("id", "sid", "__boot")  # joins on the first two never match; the third starts a state


class Join(NamedTuple):
    """A comparison with a field of an earlier condition.

    >>> Join.parse("act == clause.act")
    Join(field='act', operator='==', other='clause', other_field='act')
    """

    field: str
    operator: str
    other: str
    other_field: str

    @staticmethod
    def parse(text: str) -> Join:
        """Read `FIELD OPERATOR CONDITION.FIELD`."""
        parts = text.split()
        if len(parts) != 3 or parts[2].count(".") != 1:
            msg = f"the join {text!r} does not read FIELD == CONDITION.FIELD"
            raise ValueError(msg)
        return Join(parts[0], parts[1], *parts[2].split("."))

    def __str__(self) -> str:
        """The join as it is written in a rule file."""
        return f"{self.field} {self.operator} {self.other}.{self.other_field}"


class Condition(NamedTuple):
    """One fact of a match: the constants it must have, and how it joins the ones before it."""

    name: str
    where: Mapping[str, Scalar]
    joins: tuple[Join, ...] = ()


@dataclass(frozen=True)
class Rules:
    """Rules by name, and which of their fields hold whole numbers; the others hold text.

    >>> pair = (Condition("a", {"kind": "a"}), Condition("b", {"kind": "b"}, (Join.parse("n > a.n"),)))
    >>> Rules({"later": pair}, frozenset({"n"}))
    Traceback (most recent call last):
    ...
    ValueError: rule 'later', condition 'b': needs an equality with an earlier condition
    """

    by_name: Mapping[str, tuple[Condition, ...]]
    numbers: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what the engine gets wrong."""
        for name, conditions in self.by_name.items():
            _check_rule(name, conditions, self.numbers)
        total = sum(map(len, self.by_name.values()))
        _need(total <= _MOST_CONDITIONS, f"{total} conditions in all rules, at most {_MOST_CONDITIONS} work")
        _check_fields(self.fields)

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field that some rule looks at, in alphabetical order."""
        conditions = [condition for rule in self.by_name.values() for condition in rule]
        used = {field for condition in conditions for field in condition.where}
        joins = [join for condition in conditions for join in condition.joins]
        return tuple(sorted(used | {j.field for j in joins} | {j.other_field for j in joins}))

    def definition(self) -> dict[str, object]:
        """The rules as the engine wants them, named r0, r1 and so on, after one that starts a state."""
        boot: dict[str, object] = {"__boot": {"all": [{"b": {"__boot": 1}}]}}
        return boot | {f"r{n}": {"all": _compiled(rule)} for n, rule in enumerate(self.by_name.values())}


def read_rules(path: Path) -> Rules:
    """Read a rule file; a ValueError says what is wrong with it, and where."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        _keys(content, "the file", {"servanda", "numbers", "rules"})
        _need(content["servanda"] == 1, f"format version {content['servanda']!r}, only 1 is known")
        rules = {name: _read_rule(name, rule) for name, rule in content["rules"].items()}
        return Rules(rules, frozenset(content["numbers"]))
    except (ValueError, TypeError, AttributeError, yaml.YAMLError) as error:
        msg = f"{path}: {error}"
        raise ValueError(msg) from error


def _read_rule(name: str, rule: Mapping[str, Any]) -> tuple[Condition, ...]:
    _keys(rule, f"rule {name!r}", {"text", "match"})
    return tuple(_read_condition(f"a condition of rule {name!r}", entry) for entry in rule["match"])


def _read_condition(what: str, entry: Mapping[str, Any]) -> Condition:
    _keys({"join": [], **entry}, what, {"name", "where", "join"})
    where, joins = entry["where"], entry.get("join", [])
    _need(isinstance(where, dict) and isinstance(joins, list), f"{what}: not where: {{…}} and join: […]")
    return Condition(str(entry["name"]), where, tuple(Join.parse(str(join)) for join in joins))


def _keys(content: object, what: str, wanted: set[str]) -> None:
    """Every key there, and no other."""
    _need(isinstance(content, Mapping), f"{what} is not a mapping")
    found = set(content) if isinstance(content, Mapping) else set()
    _need(found == wanted, f"{what} has the keys {sorted(found)}, not {sorted(wanted)}")


# --- what the engine gets wrong -----------------------------------------------------------------------


def check_value(field: str, value: object, numbers: frozenset[str]) -> Scalar:
    """The value of a field, if the engine compares such values rightly.

    A wrong type is a TypeError, a value outside the engine's range a ValueError. Types are exact: to
    the engine True joins "true", and 5 joins "5" but not 5.0.

    >>> check_value("n", 5, frozenset({"n"})), check_value("kind", "clause", frozenset())
    (5, 'clause')
    """
    wanted = int if field in numbers else str
    if type(value) is not wanted:
        msg = f"field {field!r} must be {wanted.__name__}, not {type(value).__name__}"
        raise TypeError(msg)
    if isinstance(value, int):
        _need(-(2**63) <= value < 2**63, f"field {field!r} does not fit in 64 bits")
    elif isinstance(value, str):
        _need(len(value) <= LONGEST_TEXT, f"field {field!r} has {len(value)} characters, over {LONGEST_TEXT}")
        _need(value.isascii() or _encodes(value), f"field {field!r} is not valid Unicode")
    return value


def _encodes(text: str) -> bool:
    """Whether the text has no lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def name_hash(text: str) -> int:
    """32-bit FNV-1a, by which alone the engine tells ids and property names apart.

    >>> hex(name_hash("a"))
    '0xe40c292c'
    """
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


def _need(holds: bool, msg: str) -> None:  # noqa: FBT001 - it is what is asserted
    if not holds:
        raise ValueError(msg)


def _check_rule(name: str, conditions: tuple[Condition, ...], numbers: frozenset[str]) -> None:
    _need(1 <= len(conditions) <= _MOST_PER_RULE, f"rule {name!r}: not 1 to {_MOST_PER_RULE} conditions")
    earlier: set[str] = set()
    for condition in conditions:
        what = f"rule {name!r}, condition {condition.name!r}"
        _need(_NAME.fullmatch(condition.name) is not None, f"{what}: the name is not a plain word")
        _need(condition.name not in earlier, f"{what}: the name is repeated")
        _need(bool(condition.where), f"{what}: needs a constant test, or the engine's own messages match it")
        _need(len(condition.joins) <= _MOST_JOINS, f"{what}: more than {_MOST_JOINS} joins")
        for field, value in condition.where.items():
            try:
                check_value(field, value, numbers)
            except TypeError as error:
                msg = f"{what}: {error}"
                raise ValueError(msg) from error
        for join in condition.joins:
            _check_join(f"{what}: {join}", join, earlier, numbers)
        equalities = any(join.operator == "==" for join in condition.joins)
        _need(not earlier or equalities, f"{what}: needs an equality with an earlier condition")
        earlier.add(condition.name)


def _check_join(what: str, join: Join, earlier: set[str], numbers: frozenset[str]) -> None:
    _need(join.other in earlier, f"{what}: {join.other!r} is not an earlier condition")
    _need(join.operator in _OPERATORS, f"{what}: the operators are {' '.join(_OPERATORS)}")
    number = join.field in numbers
    _need(number == (join.other_field in numbers), f"{what}: compares a number with text")
    _need(number or join.operator == "==", f"{what}: text can only be compared with ==")


def _check_fields(fields: tuple[str, ...]) -> None:
    _need(len(fields) <= _MOST_FIELDS, f"{len(fields)} fields, at most {_MOST_FIELDS} work")
    for field in fields:
        plain = _NAME.fullmatch(field) is not None and field not in _RESERVED
        _need(plain, f"field {field!r}: not a plain word, or one the engine keeps for itself")
    hashes = {name_hash(field) for field in (*fields, *_RESERVED)}
    _need(len(hashes) == len(fields) + len(_RESERVED), "two fields look the same to the engine; rename one")


def _compiled(conditions: tuple[Condition, ...]) -> list[object]:
    """Constants first, then presence, inequalities and equalities, the last equality twice.

    The engine reads past its list when the last join in it fails, so the last one must have passed
    already. Presence, because a field missing on the older side of a join is an error.
    """
    joined = {(join.other, join.other_field) for condition in conditions for join in condition.joins}
    compiled: list[object] = []
    for name, where, joins in conditions:
        tests: list[object] = [{field: value} for field, value in where.items()]
        tests += [{"$ex": {field: 1}} for other, field in sorted(joined) if other == name]
        equal: list[object] = [{j.field: {j.other: j.other_field}} for j in joins if j.operator == "=="]
        tests += [{_OPERATORS[j.operator]: {j.field: {j.other: j.other_field}}} for j in joins if j.operator != "=="]
        compiled.append({name: {"$and": [*tests, *equal, *equal[-1:]]}})
    return compiled
