"""A tracker after every report, and at every instant, comes to what an assessment from scratch comes to."""

from __future__ import annotations

import pytest

from live.versus import differences
from servanda.lifecycle import refining
from servanda.live import following

CASES, BATCHES = 240, 8


@pytest.fixture
def _little_splitting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Worlds are split a few times only: what is settled so is settled alike, and costs most of the time."""
    monkeypatch.setattr(refining, "_MOST_IN_ALL", 3)


@pytest.fixture
def _many_incidents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every group counts as one that very many incidents touch."""
    monkeypatch.setattr(refining, "MOST_TOUCHING", 0)
    monkeypatch.setattr(following, "MOST_TOUCHING", 0)


@pytest.mark.usefixtures("_little_splitting")
@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_tracker_comes_to_the_same_as_an_assessment_from_scratch(batch: int) -> None:
    wrong = {seed: found for seed in range(batch, CASES, BATCHES) if (found := list(differences(seed)))}
    assert not wrong


@pytest.mark.usefixtures("_little_splitting", "_many_incidents")
@pytest.mark.parametrize("batch", range(BATCHES))
def test_it_does_so_too_where_breaches_are_kept_by_their_number(batch: int) -> None:
    first = 1_000
    wrong = {seed: found for seed in range(first + batch, first + CASES, BATCHES) if (found := list(differences(seed)))}
    assert not wrong
