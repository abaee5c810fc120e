"""Prohibitions: reports in columns come in; breaches that leave nothing open go out, the others are left.

A breach that is certain makes no other one more or less of a breach, and of all that are certain only the first counts
for the verdict. So the general rules judge an instance on what is open and on the certain breaches that may be the first; the
others are added to its evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from servanda.columnar.names import odd_keys, related
from servanda.columnar.replies import Asked, Left, Reply, register_replies, switches_of
from servanda.columnar.told import Told
from servanda.evidence import Standing
from servanda.lifecycle import Role, window_of
from servanda.model.clauses import State
from servanda.model.moments import BEGINNING

_SWITCHED = (
    "create or replace temp table switched (state varchar, row bigint, moment bigint, key varchar, turned boolean)"
)


def prohibitions(
    asked: Sequence[Asked],
    told: Told,
    flagged: Mapping[Role, Sequence[int]],
    odd: Mapping[str, Sequence[Standing]],
    times: tuple[int, int],
) -> Left:
    """Find what breaches what; what surely does goes into the table `breach`.

    `odd` has, by the name of a clause or of a `state NAME`, the incidents that touch it and are not in columns. The
    columns of `breach`: `duty`, its number; `id` and `incident`; `first` and `last`, when it happened; `row`.
    """
    lines, as_of = told.lines, times[0]
    run = lines.connection.execute
    by_number = {one.number: one.duty.clause.name for one in asked}
    whole = _switches(asked, told, flagged, odd, times)
    columns = dict.fromkeys(("duty", "opens", "closes"), "bigint") | {"state": "varchar", "key": "varchar"}
    columns |= {"wanted": "boolean", "initially": "boolean"}
    fields = {one.number: one.duty.clause.condition.key for one in asked if one.duty.clause.condition is not None}
    related_to = {key: related(told.agreement, str(key)) for key in set(fields.values())}
    keyed = ((one, (str(key),), related_to[key]) for one in asked if (key := fields.get(one.number)) is not None)
    found, unkeyed = odd_keys(keyed, odd)
    whole |= unkeyed
    lines.put("odd_key", {"duty": "bigint", "key": "varchar"}, found)
    touched = {number for number, _ in found}
    there = [one for one in asked if one.duty.clause.name not in whole and (one.replies or one.number in touched)]
    lines.put("duty_of", columns, (_row(one, told, as_of) for one in there))
    register_replies(lines, there)
    keys = {str(fields[one.number]) for one in there if one.number in fields}
    cases = " ".join(f"when '{key}' then told.{key}" for key in sorted(keys)) or "when '' then ''"
    run(f"""
        create or replace temp table act as
        select reply.duty, reply.sure and told.first >= duty_of.opens and told.last <= duty_of.closes as sure, told.row,
            told.id, told.incident, told.first, told.last, duty_of.state, duty_of.wanted, duty_of.initially,
            case duty_of.key {cases} else '' end as key
        from told join reply using (body) join duty_of using (duty)
        where told.last >= duty_of.opens and told.first <= duty_of.closes
    """)
    for field in ("object", "place"):
        names = ((name,) for name in sorted(related(told.agreement, field)))
        lines.put(f"related_{field}", {"name": "varchar"}, names)
    without_key = """
        select distinct duty from act join duty_of using (duty) where act.state is not null and (act.key is null
            or act.key in (from related_object) and duty_of.key <> 'place'
            or act.key in (from related_place) and duty_of.key = 'place')
    """
    for (number,) in run(without_key).fetchall():
        whole.add(by_number[number])
    run("""
        create or replace temp table looked_up as
        select act.*, switched.row as switch,
            act.state is null or coalesce(switched.turned, act.initially) = act.wanted as counts
        from act asof left join switched
            on act.state = switched.state and act.key = switched.key and act.first > switched.moment
    """)
    run("""
        create or replace temp table breach as
        select duty, id, incident, first, last, row from looked_up where sure and counts and (state is null or first = last)
    """)
    dropped = [(number,) for number, name in by_number.items() if name in whole]
    lines.put("dropped", {"duty": "bigint"}, dropped)
    run("delete from breach where duty in (from dropped)")
    left = """
        select duty, row from act anti join dropped using (duty)
            where not sure or (state is not null and first < last)
        union select duty, unnest([arg_min(row, (last, incident)), arg_min(row, (first, incident))])
            from breach group by duty
        union select duty, switch from looked_up semi join (
            select duty, unnest([arg_min(row, (last, incident)), arg_min(row, (first, incident))]) as row
            from breach group by duty
        ) using (duty, row) where switch is not null
        union select act.duty, switched.row from act join switched using (state, key) anti join dropped using (duty)
            where not act.sure or act.first < act.last
        union select odd_key.duty, switched.row from odd_key join duty_of using (duty)
            join switched on switched.state = duty_of.state and switched.key = odd_key.key
    """
    rows: dict[str, set[int]] = {}
    for number, row in run(left).fetchall():
        rows.setdefault(by_number[number], set()).add(row)
    return Left(rows, frozenset(whole))


def _row(one: Asked, told: Told, as_of: int) -> tuple[object, ...]:
    """A duty for the table `duty_of`; an act that begins after `closes`, or ends before `opens`, is none."""
    clause, agreement = one.duty.clause, told.agreement
    window = window_of(clause, agreement, agreement.term, triggered=False)
    opens, closes = window.start(BEGINNING), min(window.last(BEGINNING), as_of)
    if clause.condition is None:
        return one.number, opens, closes, None, None, None, None
    state = agreement.states[clause.condition.state]
    return one.number, opens, closes, state.name, clause.condition.key, clause.condition.on, state.initially


def _switches(
    asked: Sequence[Asked],
    told: Told,
    flagged: Mapping[Role, Sequence[int]],
    odd: Mapping[str, Sequence[Standing]],
    times: tuple[int, int],
) -> set[str]:
    """Put what surely switches states into a table `switched`; the clauses whose states leave something open."""
    run = told.lines.connection.execute
    run(_SWITCHED)
    whole: set[str] = set()
    looking: dict[str, list[Asked]] = {}
    for one in asked:
        if one.duty.clause.condition is not None:
            looking.setdefault(one.duty.clause.condition.state, []).append(one)
    for name, some in looking.items():
        state = told.agreement.states[name]
        replies = list(switches_of(state, flagged, told.bodies, told.agreement))
        switching = {reply.body for reply in replies}
        certain = (
            state.key in ("actor", "target", "object", "place")
            and not odd.get(f"state {name}")
            and all(reply.sure for reply in replies)
            and len(switching) == len(replies)  # no body both starts and stops it
            and _switch(state, replies, told, times)
        )
        acting = {reply.body for one in some for reply in one.replies}
        if not certain or switching & acting:
            whole |= {one.duty.clause.name for one in some}
    return whole


def _switch(state: State, replies: Sequence[Reply], told: Told, times: tuple[int, int]) -> bool:
    """Put the switches of a state into the table; whether there is nothing open in them."""
    lines = told.lines
    columns = {"body": "bigint", "turned": "boolean"}
    lines.put("switching", columns, ((reply.body, reply.role == "starts") for reply in replies))
    names = sorted(related(told.agreement, str(state.key)))
    lines.put("related", {"name": "varchar"}, ((name,) for name in names))
    open_ = f"""
        select count(*) from told join switching using (body)
        where first <= {times[0]} and (first < last or {state.key} is null or {state.key} in (from related))
    """
    certain = lines.number(open_) == 0
    # of several at one instant, what switches off prevails
    lines.connection.execute(
        f"""
        insert into switched
        select ?, arg_min(row, (turned, row)), first, {state.key}, bool_and(turned)
        from told join switching using (body) where first <= {times[0]} group by first, {state.key}
        """,
        [state.name],
    )
    return certain
