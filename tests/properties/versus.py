"""A generated case comes in; what the engine and the oracle say of each instance goes out, side by side.

python -m properties.versus 1000000        # that many seeded cases (run in tests/); exit 1 on disagreement
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Any

import yaml

from oracle.generate import GeneratedCase, seeded_case
from oracle.oracle import examine
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


class _Plain(yaml.SafeDumper):
    """Writes everything out: agreement files have no anchors."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def agreement_of(mapping: dict[str, Any]) -> Agreement:
    """The agreement as a file would give it."""
    return loads(yaml.dump(mapping, Dumper=_Plain, sort_keys=False, allow_unicode=True))


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
    if origin[0] == "event":
        return ("event", origin[1])
    kind, (clause, bearers, upstream), incident = origin
    return (kind, clause, tuple(bearers), digest(flat(upstream)), incident)


def compare(case: GeneratedCase) -> tuple[list[Disagreement], dict[Any, tuple[Instance, Any]]]:
    """Soundness for every instance, exactness for those that use no incident twice."""
    mapping, reports, view, as_of, known_at = case
    oracle = {(k[0], tuple(k[1]), flat(k[2])): v for k, v in examine(mapping, reports, view, as_of, known_at).items()}
    engine = {i.key: i for i in engine_says(case).assessment.instances}
    found = []
    for key in sorted(set(engine) | set(oracle), key=repr):
        one, two = engine.get(key), oracle.get(key)
        if one is None or two is None:
            # What exists in no world is dormant in all; the engine may not know it where incidents are used twice.
            if "dormant" not in (one.statuses if one else two.statuses if two else ()) or (
                one is None and two.statuses != {"dormant"}
            ):
                found.append(Disagreement(key, one and set(one.statuses), two and two.statuses, "missing"))
        elif not two.statuses <= one.statuses:
            found.append(Disagreement(key, set(one.statuses), two.statuses, "unsound"))
        elif two.single_use and two.statuses != one.statuses:
            found.append(Disagreement(key, set(one.statuses), two.statuses, "inexact"))
        elif one.cured is not None and False in two.cured:
            found.append(Disagreement(key, one.cured, two.cured, "cured"))
    return found, {key: (engine[key], oracle[key]) for key in engine if key in oracle}


def main(cases: int, first: int = 0) -> int:
    """Compare seeded cases; print each disagreement with its seed, and a tally."""
    seen: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    bad = skipped = 0
    for seed in range(first, first + cases):
        case = seeded_case(seed)
        try:
            found, both = compare(case)
        except TooManyWorlds:
            skipped += 1
            continue
        seen.update({s for one, _ in both.values() for s in (one.status, *(f"maybe {p}" for p in one.possible or ()))})
        reasons.update({b.reason for one, _ in both.values() for b in one.because})
        if found:
            bad += 1
            print(f"seed {seed}:", *found, sep="\n  ")
            if bad <= 3:
                print(json.dumps(case, ensure_ascii=False))
    print(f"{cases} cases, {skipped} with too many worlds, {bad} with disagreements")
    for name, count in sorted((seen + reasons).items()):
        print(f"  {name:24} in {100 * count / cases:5.1f} % of cases")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
