"""The reference oracle: plain agreement and report mappings in, the statuses of every instance out."""

from .oracle import Verdict, assess, examine
from .worlds import TooManyWorlds

__all__ = ["TooManyWorlds", "Verdict", "assess", "examine"]
