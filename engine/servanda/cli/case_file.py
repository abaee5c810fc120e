"""A case file comes in; its model, or what is wrong with it, goes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from servanda.cli.shared import Failure, Unreadable
from servanda.reading.complaints import Complaints
from servanda.reading.misfits import misfits
from servanda.reading.yaml_tree import MAX_BYTES, decode, read_tree
from servanda.render.cases import CaseFile
from servanda.render.words import clean

PROVISIONS = "provisions"


def find_cases(paths: Sequence[str]) -> list[Path]:
    """Every case file named, or below a folder named, and every provision in a folder `provisions`."""
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        if path.is_dir():
            inside = [*_below(path)]
            if not inside:
                raise Failure(f"{path} holds no case.yaml; `servanda init` writes an example")
            found |= dict.fromkeys(sorted(inside))
        else:
            found[path] = None
    return list(found)


def _below(folder: Path) -> Iterator[Path]:
    yield from folder.rglob("case.yaml")
    yield from folder.rglob("*.case.yaml")
    yield from folder.rglob(f"{PROVISIONS}/*.yaml")
    if folder.resolve().name == PROVISIONS:
        yield from folder.glob("*.yaml")


def is_provision(path: Path) -> bool:
    """Whether a file is a provision of a library: it lies in a folder `provisions`, and is no case."""
    named_a_case = path.name == "case.yaml" or path.name.endswith(".case.yaml")
    return path.resolve().parent.name == PROVISIONS and not named_a_case


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
        raise Unreadable("\n".join(map(clean, misfits(str(path), root, error)))) from None
