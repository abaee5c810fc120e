"""Generated agreements and histories come in; engine and oracle must agree on every instance.

Soundness always, exactness wherever the engine does not say that it approximates (semantics section 6).
A million cases: `python -m properties.versus 1000000`, run in tests/.
"""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, assume, given, settings

from oracle.generate import GeneratedCase, cases, seeded_case
from oracle.worlds import TooManyWorlds
from properties.versus import compare, engine_says, kinds, share

CHUNKS, CHUNK = 8, 250
APPROXIMATE = 5.0
"""How many percent of the instances may be approximate."""
STATUSES = {
    "dormant",
    "pending",
    "holding",
    "overdue",
    "fulfilled",
    "violated",
    "suspended",
    "waived",
    "ended",
    "unenforceable",
}
REASONS = {"contested", "uncorroborated", "unspecified", "time_uncertain", "quantity_uncertain"}


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_engine_and_oracle_agree(chunk: int) -> None:
    wrong, skipped, instances = {}, 0, Counter[str]()
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        try:
            found, engine = compare(seeded_case(seed))
        except TooManyWorlds:
            skipped += 1
            continue
        instances += kinds(engine)
        if found:
            wrong[seed] = found
    assert not wrong
    assert skipped < CHUNK / 20
    assert share(instances, "all") < APPROXIMATE


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_engine_and_oracle_agree_and_shrink(case: GeneratedCase) -> None:
    try:
        found, _ = compare(case)
    except TooManyWorlds:
        assume(False)
    assert not found


def test_every_status_and_reason_really_occurs() -> None:
    """The generated cases would prove little if they rarely met an outcome or a reason."""
    number, seen = 600, Counter[str]()
    for seed in range(number):
        instances = engine_says(seeded_case(seed)).assessment.instances
        seen.update(
            {s for one in instances for s in (one.status, *one.statuses)}
            | {b.reason for one in instances for b in one.because}
        )
    shares = {name: seen[name] / number for name in STATUSES | REASONS | {"undetermined"}}
    assert {name: share for name, share in shares.items() if share < 0.01} == {}
