"""Matching: clause facts come in once, then bodies of reports; refs of the facts they touch go out.

Three engines answer alike behind one port: `rete`, the durable_rules engine used within what it does
exactly; `columnar`, DuckDB, for many bodies at once; and `plain`, dictionaries only.
"""

from servanda.matching.choice import flagging_rules, make_matcher
from servanda.matching.columns import ColumnMatcher
from servanda.matching.port import Body, ClauseFact, EngineName, Matcher, Wholes
from servanda.matching.session import available
from servanda.matching.tables import put

__all__ = [
    "Body",
    "ClauseFact",
    "ColumnMatcher",
    "EngineName",
    "Matcher",
    "Wholes",
    "available",
    "flagging_rules",
    "make_matcher",
    "put",
]
