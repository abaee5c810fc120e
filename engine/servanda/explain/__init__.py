"""A judged instance comes in; why it is so, why not otherwise, and what would change it go out.

An explanation is data first (`why`) and prose second (`prose`).
"""

from __future__ import annotations

from servanda.assessing import Assessed
from servanda.explain.derivation import derive
from servanda.explain.prose import prose
from servanda.model.verdict import Instance

__all__ = ["explain_instance", "prose", "why"]


def why(assessed: Assessed, clause: str, bearer: str | None = None) -> list[dict[str, object]]:
    """The derivation of every instance of a clause (and bearer), as JSON-able data.

    `bearer` is an actor's id, alias or name, or several joined by `+`. Raises KeyError for a clause or
    bearer that the assessment does not have.
    """
    runs = [run for name, found in assessed.runs.items() if name == clause for run in found]
    if not runs and clause not in assessed.runs:
        raise KeyError(clause)
    if bearer is not None:
        wanted = {assessed.agreement.actor_id(one) for one in bearer.split("+")}
        runs = [run for run in runs if wanted <= set(run.instance.bearer)]
        if not runs:
            raise KeyError(bearer)
    return [derive(assessed, run) for run in runs]


def explain_instance(assessed: Assessed, instance: Instance) -> str:
    """The derivation of one instance of this assessment, in prose."""
    return prose([derive(assessed, run) for run in assessed.all_runs() if run.instance.key == instance.key])
