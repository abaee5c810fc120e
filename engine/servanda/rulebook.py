"""Where the data that comes with the library lies: nothing comes in, paths of `rules/` and `cases/` go out.

Installed, both lie inside the package, in `_data`; in a checkout they are top-level folders.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def rules_dir() -> Path:
    """The folder of the rules kept as data: flagging rules, provisions, taxonomy, readers.

    >>> (rules_dir() / "flagging.yaml").is_file()
    True
    """
    return _find("rules")


def cases_dir() -> Path:
    """The folder of agreements with their reports and the verdicts expected of them."""
    return _find("cases")


def _find(name: str) -> Path:
    places = (_PACKAGE / "_data" / name, _PACKAGE.parent.parent / name)
    for place in places:
        if place.is_dir():
            return place
    msg = f"the folder {name}/ is missing: neither {places[0]} nor {places[1]} is there; reinstall servanda"
    raise FileNotFoundError(msg)
