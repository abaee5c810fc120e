"""What reports in columns say, each thing once: rows of fields come in; what may have happened goes out, where it is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from servanda.columnar.sql import quoted
from servanda.evidence import Alternative, Core, stand, state
from servanda.matching import Body
from servanda.model.agreement import Agreement
from servanda.reading.report_body import FIELDS, report_of

TEXTS = ("act", "actor", "target", "object", "place")
People = tuple[str | None, str | None]
_HEAD = {"id": "body", "source": "body", "reported": "2000-01-01"}


class Bodies:
    """The different bodies of reports, by number. Most touch nothing, and are never looked at closely."""

    def __init__(self, fields: Sequence[str], rows: Sequence[tuple[str | None, ...]], agreement: Agreement) -> None:
        """`fields` are the names of what the rows hold, act, actor and target first."""
        self._fields, self._rows, self._agreement = fields, rows, agreement
        self._made: dict[int, Alternative] = {}
        self._named: dict[People, frozenset[str]] = {}

    def touching(self) -> Iterator[Body]:
        """Act and actors of each, by which clauses are touched."""
        for act, actor, *_ in self._rows:
            yield Body(act, None if actor is None else (self._agreement.actor_id(actor),))

    def core(self, number: int) -> Core:
        """What a body says of the five fields, as the agreement calls it."""
        told = dict(zip(self._fields, self._rows[number], strict=True))
        actor, target, thing = (
            None if (name := told.get(field)) is None else self._agreement.actor_id(name)
            for field in ("actor", "target", "object")
        )
        people, others = (None if one is None else (one,) for one in (actor, target))
        return Core(told.get("act"), people, others, thing, told.get("place"))

    def people(self) -> Iterator[People]:
        """Actor and target of each, as they are written."""
        yield from ((actor, target) for _, actor, target, *_ in self._rows)

    def named(self, people: People) -> frozenset[str]:
        """Everybody who is meant by an actor and a target, with what they are part of."""
        if people not in self._named:
            ids = [self._agreement.actor_id(one) for one in people if one is not None]
            self._named[people] = frozenset(whole for one in ids for whole in self._agreement.wholes(one))
        return self._named[people]

    def what(self, number: int) -> Alternative:
        """What happened, if a report says so."""
        if number not in self._made:
            told = said(dict(zip(self._fields, self._rows[number], strict=True)))
            statement = state(report_of({**_HEAD, **told}, None, surrogates=False), self._agreement)
            standing = stand("body", (statement,), {}, self._agreement.view("neutral"), self._agreement)
            assert standing is not None  # it asserts something
            self._made[number] = standing.alternatives[0]
        return self._made[number]


def column(name: str) -> str:
    """The column of a field, quoted: that of an attribute is called so that no other can be meant.

    >>> column("act"), column("row")
    ('"act"', '"attribute row"')
    """
    return quoted(name if name in FIELDS else f"attribute {name}")


def said(values: Mapping[str, str | None]) -> dict[str, object]:
    """The fields of a report, as JSON has them, of the columns that hold them."""
    told = {name: value for name, value in values.items() if value is not None}
    return {name: value if name in TEXTS else json.loads(value) for name, value in told.items()}
