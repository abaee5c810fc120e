"""What is said of an instance besides its outcome: judged runs come in, the same runs with their coverage go out.

An outcome depends on what touches the instance only. How much was reported of a bearer, and until when that is
known, depends on everything; it is added last, so that an outcome stands as long as nothing touches it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from servanda.lifecycle.coverage import Covering
from servanda.lifecycle.runs import Run
from servanda.lifecycle.wording import clock
from servanda.model.agreement import Agreement
from servanda.model.clauses import Clause
from servanda.model.moments import Interval
from servanda.model.verdict import Coverage, Evidence


def finished(
    runs: Iterable[Run],
    clauses: Mapping[str, Clause],
    reported: Covering,
    agreement: Agreement,
    times: tuple[int, int],
) -> Iterator[Run]:
    """The runs with coverage, and with the time of knowledge in what nobody reported; `clauses` by name."""
    as_of, known_at = times
    for run in runs:
        coverage = _coverage(run, clauses[run.instance.clause], reported, as_of)
        evidence = run.instance.evidence
        if any(one.text for one in evidence):
            evidence = tuple(_as_known(one, known_at, agreement) for one in evidence)
        elif coverage is None:
            yield run
            continue
        yield replace(run, instance=replace(run.instance, coverage=coverage, evidence=evidence))


def _as_known(evidence: Evidence, known_at: int, agreement: Agreement) -> Evidence:
    if evidence.text is None:
        return evidence
    return replace(evidence, text=f"{evidence.text}, as known at {clock(known_at, agreement.zone)}")


def _coverage(run: Run, clause: Clause, reported: Covering, as_of: int) -> Coverage | None:
    """How much was reported of the bearers in the window of a continuous duty."""
    out = run.outcome
    if clause.duty not in ("must_not", "must_keep") or out is None or out.opened is None or out.closed is None:
        return None
    if run.instance.statuses == {"dormant"}:
        return None
    window = Interval(out.opened.earliest, min(out.closed.latest, as_of))
    return reported.coverage(run.instance.bearer, window)
