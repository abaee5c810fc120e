"""The taxonomy of acts: the rule file `acts.yaml` comes in, the set of known acts goes out."""

from __future__ import annotations

from functools import lru_cache

from servanda.reading.complaints import Complaints
from servanda.reading.yaml_tree import read_tree


@lru_cache(maxsize=1)
def taxonomy() -> frozenset[str]:
    """Every known act and what lies above it; empty where there is no taxonomy, so that none is missed."""
    try:
        from servanda.rulebook import rules_dir

        text = (rules_dir() / "acts.yaml").read_text(encoding="utf-8")
    except (ImportError, OSError):
        return frozenset()
    tree = read_tree(text, Complaints("acts.yaml", text))
    known: set[str] = set()
    for act in tree.at("acts").entries() if tree else ():
        parts = act.split(".")
        known.update(".".join(parts[:end]) for end in range(1, len(parts) + 1))
    return frozenset(known)
