"""A generated case comes in; what the engine and the oracle say of each instance goes out, side by side.

python -m properties.versus 1000000        # that many seeded cases (run in tests/); exit 1 on disagreement
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Any

from oracle.generate import GeneratedCase, seeded_case
from oracle.oracle import Verdict, examine
from oracle.worlds import TooManyWorlds
from servanda.assessing import Assessed, assess, moment
from servanda.evidence import state
from servanda.lifecycle.closing import digest
from servanda.model.agreement import Agreement
from servanda.model.report import Report
from servanda.model.verdict import Instance
from servanda.reading.agreement import loads
from servanda.reading.report_body import report


@dataclass(frozen=True)
class Disagreement:
    """An instance on which the two differ beyond what is promised."""

    key: object
    engine: object
    oracle: object
    why: str


def agreement_of(mapping: dict[str, Any]) -> Agreement:
    """The agreement as a file would give it: JSON is YAML, and quickly written."""
    return loads(json.dumps(mapping, ensure_ascii=False))


def reports_of(mappings: list[dict[str, Any]]) -> list[Report]:
    """The reports as a file would give them."""
    return [report(mapping) for mapping in mappings]


def engine_says(case: GeneratedCase) -> Assessed:
    """What the engine makes of a case."""
    mapping, reports, view, as_of, known_at = case
    agreement = agreement_of(mapping)
    statements = [state(one, agreement) for one in reports_of(reports)]
    return assess(agreement, statements, view, moment(as_of, agreement), moment(known_at, agreement), engine="plain")


def flat(origin: Any) -> tuple[Any, ...]:
    """The oracle's nested key of what created an instance, as the engine names it."""
    if origin is None:
        return ()
    if origin[0] in ("event", "period"):
        return (origin[0], origin[1])
    kind, (clause, bearers, upstream), incident = origin
    return (kind, clause, tuple(bearers), digest(flat(upstream)), incident)


def compare(case: GeneratedCase) -> tuple[list[Disagreement], dict[Any, Instance]]:
    """Soundness for every instance, exactness for those not marked `approximate`; and the engine's instances."""
    mapping, reports, view, as_of, known_at = case
    oracle = {(k[0], tuple(k[1]), flat(k[2])): v for k, v in examine(mapping, reports, view, as_of, known_at).items()}
    engine = {i.key: i for i in engine_says(case).assessment.instances}
    keys = sorted(set(engine) | set(oracle), key=repr)
    found = [(key, engine.get(key), oracle.get(key)) for key in keys]
    wrong = [
        Disagreement(key, one and set(one.statuses), two and two.statuses, why)
        for key, one, two in found
        if (why := differs(one, two)) is not None
    ]
    return wrong, engine


def differs(one: Instance | None, two: Verdict | None) -> str | None:
    """What the engine's instance promises and does not keep."""
    truth = two.statuses if two else {"dormant"}  # what exists in no world is dormant in all
    if one is None:
        return None if truth == {"dormant"} else "missing"
    if not truth <= one.statuses:
        return "unsound"
    if truth != one.statuses and not one.approximate:
        return "inexact"
    return "cured" if one.cured is not None and two and False in two.cured else None


def main(cases: int, first: int = 0) -> int:
    """Compare seeded cases; print each disagreement with its seed, and a tally."""
    seen: Counter[str] = Counter()
    instances: Counter[str] = Counter()
    bad = skipped = 0
    for seed in range(first, first + cases):
        case = seeded_case(seed)
        try:
            wrong, found = compare(case)
        except TooManyWorlds:
            skipped += 1
            continue
        except Exception as error:  # noqa: BLE001 - one case that fails does not end the run
            wrong, found = [Disagreement(None, repr(error), None, "failed")], {}
        seen.update({s for one in found.values() for s in (one.status, *(f"maybe {p}" for p in one.possible or ()))})
        seen.update({b.reason for one in found.values() for b in one.because})
        instances += kinds(found)
        if wrong:
            bad += 1
            print(f"seed {seed}:", *wrong, sep="\n  ")
            if bad <= 3:
                print(json.dumps(case, ensure_ascii=False))
    print(f"{cases} cases, {skipped} with too many worlds, {bad} with disagreements")
    print(f"{instances['all']} instances, {instances['undetermined']} of them undetermined; approximate: ", end="")
    print(f"{share(instances, 'all'):.2f} % of all, {share(instances, 'undetermined'):.2f} % of the undetermined")
    for name, count in sorted(seen.items()):
        print(f"  {name:24} in {100 * count / cases:5.1f} % of cases")
    return 1 if bad else 0


def kinds(found: dict[Any, Instance]) -> Counter[str]:
    """How many instances there are, how many undetermined ones, and how many of each are approximate."""
    count: Counter[str] = Counter()
    for one in found.values():
        for kind in ("all", "undetermined") if one.possible else ("all",):
            count[kind] += 1
            count[f"approximate, {kind}"] += one.approximate
    return count


def share(count: Counter[str], kind: str) -> float:
    """How many percent of the instances of that kind are approximate."""
    return 100 * count[f"approximate, {kind}"] / max(1, count[kind])


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
