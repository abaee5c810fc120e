"""The text of a module comes in; the small faults that can be put into it go out, one at a time.

A fault changes one place of the syntax tree: a comparison, a bound, a condition, a constant, a statement left out.
Texts, annotations and decorators stay as they are: messages are tested elsewhere, types by mypy. So do the
constants of a module, most of them limits of effort: one more or less makes no difference that anybody is promised.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "YES": "NO", "NO": "YES"}
UNTOUCHED = {"annotation", "returns", "decorator_list"}


@dataclass(frozen=True)
class Fault:
    """A change of one place: `holder.field`, or the item of it at `index`, becomes `new`."""

    holder: ast.AST
    field: str
    index: int | None
    old: ast.AST
    new: ast.AST

    @property
    def line(self) -> int:
        """The line of the place, as an editor counts."""
        return self.old.lineno  # type: ignore[attr-defined, no-any-return]

    def __str__(self) -> str:
        old, new = (ast.unparse(each).split("\n")[0] for each in (self.old, self.new))
        return f"{old}  ->  {new}"

    def put_in(self) -> None:
        """Change the tree."""
        if self.index is None:
            setattr(self.holder, self.field, self.new)
        else:
            getattr(self.holder, self.field)[self.index] = self.new


def faults(tree: ast.AST) -> Iterator[Fault]:
    """All faults of a tree, always in the same order.

    >>> for fault in faults(ast.parse("if a < 1 and not b: c.add(max(a, b))")):
    ...     print(fault)
    if a < 1 and (not b):  ->  pass
    a < 1 and (not b)  ->  a < 1 or not b
    a < 1 and (not b)  ->  not b
    a < 1 and (not b)  ->  a < 1
    a < 1  ->  a <= 1
    1  ->  2
    1  ->  0
    not b  ->  b
    c.add(max(a, b))  ->  pass
    max  ->  min
    """
    for field, value in ast.iter_fields(tree):
        if field in UNTOUCHED or isinstance(tree, ast.JoinedStr) or getattr(tree, "arg", None) == "strict":
            continue
        for index, old in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(old, ast.AST) and not (isinstance(tree, ast.Module) and isinstance(old, ast.Assign)):
                yield from (Fault(tree, field, index, old, _placed(new, old)) for new in _changed(old, tree, field))
                yield from faults(old)


def _placed(new: ast.AST, old: ast.AST) -> ast.AST:
    return ast.fix_missing_locations(ast.copy_location(new, old))


def _changed(old: ast.AST, holder: ast.AST, field: str) -> Iterator[ast.AST]:
    """What may stand in the place of a node."""
    if isinstance(old, ast.stmt):
        if _can_be_left_out(old):
            yield ast.Pass()
    elif isinstance(old, ast.expr):
        yield from _otherwise(old)
        if field in ("test", "ifs") and not isinstance(holder, ast.Assert):
            if not isinstance(old, (ast.Compare, ast.BoolOp, ast.UnaryOp)):
                yield ast.UnaryOp(ast.Not(), old)
            if field == "ifs":
                yield ast.Constant(value=True)


def _can_be_left_out(old: ast.stmt) -> bool:
    """What has an effect besides giving a name to something; the `if` of an early exit, too."""
    if isinstance(old, ast.Assign):
        return any(isinstance(target, ast.Attribute | ast.Subscript) for target in old.targets)
    if isinstance(old, ast.Expr):
        return isinstance(old.value, ast.Call | ast.Yield | ast.YieldFrom)
    return isinstance(old, ast.AugAssign | ast.Raise) or (isinstance(old, ast.If) and not old.orelse)


def _otherwise(old: ast.expr) -> Iterator[ast.expr]:
    """What an expression may be instead."""
    match old:
        case ast.Compare(left, ops, comparators):
            for at, op in enumerate(ops):
                yield ast.Compare(left, [*ops[:at], COMPARISONS[type(op)](), *ops[at + 1 :]], comparators)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for at in range(len(values)):
                rest = values[:at] + values[at + 1 :]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.BinOp(left, op, right) if type(op) in OPERATORS:
            yield ast.BinOp(left, OPERATORS[type(op)](), right)
        case ast.Constant(value=bool(value)):
            yield ast.Constant(value=not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value=value + 1)
            if value:
                yield ast.Constant(value=value - 1)
        case ast.Name(id=name) if name in NAMES:
            yield ast.Name(NAMES[name], old.ctx)
        case ast.Attribute(ast.Name("Truth") as holder, "YES" | "NO" as name):
            yield ast.Attribute(holder, NAMES[name], old.ctx)


def with_fault(source: str, number: int) -> ast.Module:
    """The tree of a module with that fault in it."""
    tree = ast.parse(source)
    list(faults(tree))[number].put_in()
    return tree
