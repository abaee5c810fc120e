"""The columnar matcher: clause facts and bodies come in, refs go out, joined by DuckDB, many bodies at once.

The flagging rules are compiled to SQL: each is one join between a table of clause facts and a table of reports. A fact
stands in its table under every key that a report may look up, as the index of the rules engine files it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from servanda.matching.filing import filed, looked_up, with_wholes
from servanda.matching.port import Body, ClauseFact, EngineName, Wholes
from servanda.matching.rules import Condition, Rules
from servanda.matching.tables import put
from servanda.model.patterns import above

# a report with the keys that its act and its actors look up, for each agreement there is
_REPORT = """
    with report as (
        select agreement.kind, agreement.name as agreement, act_key.key as act, people_key.key as actor, said.number
        from agreement, said join act_key on said.act_number = act_key.number
            join people_key on said.people_number = people_key.number
    )
"""
_NUMBERS = frozenset(("ref", "number", "act_number", "people_number"))
_OPERATORS = {"==": "=", ">=": ">=", ">": ">", "<=": "<=", "<": "<"}


class ColumnMatcher:
    """Clause facts in a table, joined with many bodies at a time.

    ImportError where DuckDB cannot be imported. The matcher belongs to the thread that made it.

    >>> from servanda.matching.rules import read_rules
    >>> from servanda.rulebook import rules_dir
    >>> fact = ClauseFact(0, "a", "duty", ("force.attack",), ("PAK",))
    >>> matcher = ColumnMatcher([fact], lambda actor: (actor,), read_rules(rules_dir() / "flagging.yaml"))
    >>> matcher.flags([Body("force", None), Body("force.attack.raid", ("AFG",))])
    [(0,), ()]
    >>> matcher.close()
    """

    name: EngineName = "columnar"

    def __init__(self, facts: Sequence[ClauseFact], wholes: Wholes, rules: Rules) -> None:
        """Fill the table of facts; ValueError if the rules are not such rules."""
        import duckdb

        self._wholes = wholes
        self._connection = duckdb.connect()
        self._agreements = dict.fromkeys(fact.agreement for fact in facts)
        rows = list(self._rows(facts))
        self._asked = {act for _, _, _, act, _, _ in rows}
        self._fill("clause", ("kind", "role", "agreement", "act", "actor", "ref"), rows)
        self._query = " union ".join(map(_compiled, rules.by_name.values()))

    def _rows(self, facts: Iterable[ClauseFact]) -> Iterator[tuple[object, ...]]:
        for fact in facts:
            acts = {key for act in fact.acts or (None,) for key in filed(None if act is None else above(act))}
            chains = [None if one is None else with_wholes(one, self._wholes) for one in fact.actors or (None,)]
            actors = {key for chain in chains for key in filed(chain)}
            for act in acts:
                for actor in actors:
                    yield "clause", fact.role, fact.agreement, act, actor, fact.ref

    def flags(self, bodies: Sequence[Body]) -> list[tuple[int, ...]]:
        """For each body the refs of the facts that it touches, ascending, each once."""
        keys = {act: _keys_of(act) for act in {body.act for body in bodies}}
        asked = {act for act, found in keys.items() if not found.isdisjoint(self._asked)}  # most acts, nobody asks for
        some = [(number, body) for number, body in enumerate(bodies) if body.act in asked]
        acts = {body.act: number for number, body in some}
        people = {body.actors: number for number, body in some}
        said = ((number, acts[body.act], people[body.actors]) for number, body in some)
        self._fill("said", ("number", "act_number", "people_number"), said)
        self._fill("act_key", ("number", "key"), ((n, key) for act, n in acts.items() for key in keys[act]))
        of = ((n, key) for actors, n in people.items() for key in self._keys(actors))
        self._fill("people_key", ("number", "key"), of)
        self._fill("agreement", ("kind", "name"), (("report", name) for name in self._agreements))
        found: dict[int, list[int]] = {}
        for number, ref in self._connection.execute(f"{_REPORT} {self._query} order by all").fetchall():
            found.setdefault(number, []).append(ref)
        return [tuple(found.get(number, ())) for number in range(len(bodies))]

    def _keys(self, actors: tuple[str, ...] | None) -> set[str]:
        return looked_up(None if actors is None else [with_wholes(one, self._wholes) for one in actors])

    def touched(self, body: Body) -> tuple[int, ...]:
        """The refs of the facts that the body touches, ascending, each once."""
        return self.flags([body])[0]

    def close(self) -> None:
        """Give the tables back."""
        self._connection.close()

    def _fill(self, name: str, fields: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
        columns = {field: "bigint" if field in _NUMBERS else "varchar" for field in fields}
        put(self._connection, name, columns, (tuple(map(_value, row)) for row in rows))


def _keys_of(act: str | None) -> set[str]:
    return looked_up(None if act is None else [above(act)])


def _value(value: object) -> object:
    """A number, or a name by its bytes: it may be no valid Unicode."""
    return value if isinstance(value, int) else str(value).encode("utf-8", "surrogatepass").hex()


def _compiled(conditions: Sequence[Condition]) -> str:
    """A rule as one join that says which body touches which fact; a ValueError for a rule of another shape."""
    if [one.name for one in conditions] != ["clause", "report"]:
        msg = "a flagging rule must join a clause and then a report"
        raise ValueError(msg)
    constants = [f"{one.name}.{field} = '{_value(value)}'" for one in conditions for field, value in one.where.items()]
    joins = [f"report.{j.field} {_OPERATORS[j.operator]} {j.other}.{j.other_field}" for j in conditions[1].joins]
    return f"select report.number, clause.ref from clause, report where {' and '.join((*constants, *joins))}"
