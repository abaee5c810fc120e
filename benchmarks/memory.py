"""Samples of this process's memory come in; whether it stayed flat goes out, in words."""

from __future__ import annotations

import math
from pathlib import Path

STATM = Path("/proc/self/statm")
PAGE = 4096  # bytes
SLACK = 0.02  # of the first half's peak; what an allocator does by itself


def resident() -> float:
    """MiB of memory that this process holds now; not a number where there is no /proc."""
    return int(STATM.read_text().split()[1]) * PAGE / 2**20 if STATM.exists() else math.nan


def flat(samples: list[float]) -> str:
    """Whether the peak of the second half of a run lies above that of the first."""
    half = len(samples) // 2
    if half == 0 or math.isnan(samples[0]):
        return "memory: not enough samples to say"
    first, second = max(samples[:half]), max(samples[half:])
    word = "flat" if second <= first * (1 + SLACK) else "NOT flat"
    return f"memory: {word}, peak {first:.1f} MiB in the first half, {second:.1f} MiB in the second"
