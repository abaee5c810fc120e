"""A tracker after every report, and at every instant, comes to what an assessment from scratch comes to."""

from __future__ import annotations

import pytest

from live.versus import differences

CASES, BATCHES = 400, 8


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_tracker_comes_to_the_same_as_an_assessment_from_scratch(batch: int) -> None:
    wrong = {seed: found for seed in range(batch, CASES, BATCHES) if (found := list(differences(seed)))}
    assert not wrong
