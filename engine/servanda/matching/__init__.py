"""Matching: clause facts come in once, then bodies of reports; refs of the facts they touch go out.

Two engines answer alike behind one port: `rete`, the durable_rules engine used within what it does
exactly, and `plain`, dictionaries only.
"""

from servanda.matching.choice import make_matcher
from servanda.matching.port import Body, ClauseFact, EngineName, Matcher, Wholes
from servanda.matching.session import available

__all__ = ["Body", "ClauseFact", "EngineName", "Matcher", "Wholes", "available", "make_matcher"]
