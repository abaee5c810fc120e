"""A tree and what pydantic found wrong with it come in; one line with a position for each place goes out."""

from __future__ import annotations

from pydantic import ValidationError

from servanda.reading.tree import Node


def misfits(file: str, root: Node, error: ValidationError) -> list[str]:
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
        lines.setdefault((spot.line, spot.column), f"{file}:{spot.line}:{spot.column}: error: {words}")
    return list(lines.values())
