"""Reports come in; what may have happened in each incident, under a view, goes out."""

from servanda.evidence.agreeing import Core
from servanda.evidence.knowing import Knowledge, Known, know, slips_of
from servanda.evidence.standing import Alternative, SetAside, Standing, by_then, stand, tier_of
from servanda.evidence.statements import Statement, speaker, speaks_for, state

__all__ = [
    "Alternative",
    "Core",
    "Knowledge",
    "Known",
    "SetAside",
    "Standing",
    "Statement",
    "by_then",
    "know",
    "slips_of",
    "speaker",
    "speaks_for",
    "stand",
    "state",
    "tier_of",
]
