"""The report: one statement by one claimant at one time about one incident, as it was read.

Names and times are as written; `servanda.evidence` reads them with the eyes of an agreement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple

from servanda.model.moments import When

Says = Literal["asserts", "denies", "confirms", "corrects", "retracts"]
Value = str | int | float | bool | None | tuple["Value", ...]


class Amount(NamedTuple):
    """A quantity known only to lie between two numbers, both included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Report:
    """One line of a report file.

    `body` holds what the line says of the event: `act`, `object`, `place` as text, `actor` and
    `target` as tuples of text, `quantity` as an Amount, `occurred` as a When, and every free attribute
    as it stands. A field given as null is in `body` with None only when the report `corrects`.
    `content` is its canonical JSON: sorted keys, no spaces.
    """

    id: str
    reported: When
    source: str
    claimant: str
    says: Says = "asserts"
    of: str | None = None
    incident: str | None = None
    agreement: str | None = None
    body: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    content: str = ""
    line: int | None = None
