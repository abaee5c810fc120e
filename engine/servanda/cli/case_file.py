"""A case file comes in; its model, or what is wrong with it, goes out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from servanda.cli.shared import Failure, Unreadable
from servanda.reading.complaints import Complaints
from servanda.reading.tree import Node
from servanda.reading.yaml_tree import MAX_BYTES, decode, read_tree
from servanda.render.schemas import CaseFile
from servanda.render.words import clean


def find_cases(paths: Sequence[str]) -> list[Path]:
    """Every case file named, or below a folder named: `case.yaml` and `*.case.yaml`."""
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        if path.is_dir():
            inside = [*path.rglob("case.yaml"), *path.rglob("*.case.yaml")]
            if not inside:
                raise Failure(f"{path} holds no case.yaml; `servanda init` writes an example")
            found |= dict.fromkeys(sorted(inside))
        else:
            found[path] = None
    return list(found)


def read_case(path: Path) -> CaseFile:
    """The case of a file. Raises Unreadable with everything that is wrong with it."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise Unreadable(f"error: {clean(str(path))} cannot be opened: {reason}") from None
    complaints = Complaints(str(path), data.decode("utf-8", "replace"))
    text = decode(data, complaints)
    root = None if text is None else read_tree(text.removeprefix("\ufeff"), complaints)
    if root is None or complaints.failed:
        raise Unreadable("\n".join(one.render() for one in complaints.ordered()))
    try:
        return CaseFile.model_validate(root.plain())
    except ValidationError as error:
        raise Unreadable("\n".join(_problems(path, root, error))) from None


def _problems(path: Path, root: Node, error: ValidationError) -> list[str]:
    """One line for each place, however many forms a value was tried as."""
    lines: dict[tuple[int, int], str] = {}
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        node, steps = root, []
        for step in problem["loc"]:
            inner = node.child(step)
            if inner is None:
                missing = problem["type"] in ("missing", "extra_forbidden")
                steps += [str(step)] if missing else []
                break
            node = inner
            steps.append(str(step))
        spot = node.name_spot
        words = f"{'.'.join(steps) or 'the file'}: {problem['msg'][:1].lower()}{problem['msg'][1:]}"
        lines.setdefault(
            (spot.line, spot.column), f"{clean(str(path))}:{spot.line}:{spot.column}: error: {clean(words)}"
        )
    return list(lines.values())
