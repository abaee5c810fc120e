"""Duties that an event sets off and that fall due: reports in columns come in, the course of each instance goes out.

One report that sets a duty off at one instant, and one first report that serves it, if any: then what the instance
comes to is a comparison of times. Wherever more is to be said - times known roughly, bodies that match perhaps, two
acts at once - the reports concerned are left to the general rules, with all others of the same key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from servanda.columnar.names import odd_keys, related
from servanda.columnar.replies import Asked, Left, Reply, register_replies
from servanda.columnar.shapes import Link, link_of
from servanda.columnar.told import Told
from servanda.evidence import Standing
from servanda.lifecycle import Duty, Window, first, force_of, window_of
from servanda.model.agreement import Agreement
from servanda.model.moments import BEGINNING


def deadlines(
    asked: Sequence[Asked], told: Told, odd: Mapping[str, Sequence[Standing]], times: tuple[int, int]
) -> Left:
    """Judge what can be judged in columns; it goes into the table `met`.

    `odd` has, by the name of a clause, the incidents that touch it and are not in columns. The columns of `met`:
    `duty`, its number; `id`, `incident`, `key` and `moment` of the trigger; `opens`; `due`; `status`; `act_id`, `act` (its
    incident) and `act_moment` of what fulfilled it, or cured it.
    """
    run = told.lines.connection.execute
    run("""create or replace temp table met
        (duty bigint, id varchar, incident varchar, key varchar, moment bigint, opens bigint, due bigint, status varchar,
        act_id varchar, act varchar, act_moment bigint)""")
    whole = {one.duty.clause.name for one in asked if _double(one.replies)}
    rows: dict[str, Collection[int]] = {}
    by_link: dict[Link | None, list[Asked]] = {}
    for one in asked:
        if one.duty.clause.name not in whole:
            by_link.setdefault(link_of(one.duty.clause), []).append(one)
    for link, some in by_link.items():
        left = _of_link(link, some, told, odd, times)
        whole |= left.clauses
        rows |= left.rows
    dropped = [(one.number,) for one in asked if one.duty.clause.name in whole]
    told.lines.put("dropped", {"duty": "bigint"}, dropped)
    run("delete from met where duty in (from dropped)")
    return Left({name: found for name, found in rows.items() if name not in whole}, frozenset(whole))


def _double(replies: Sequence[Reply]) -> bool:
    """Whether one body both sets the duty off and serves it."""
    return bool(
        {one.body for one in replies if one.role == "trigger"} & {one.body for one in replies if one.role == "duty"}
    )


def _of_link(
    link: Link | None,
    asked: Sequence[Asked],
    told: Told,
    odd: Mapping[str, Sequence[Standing]],
    times: tuple[int, int],
) -> Left:
    """Those whose acts are tied to their triggers in the same way."""
    lines = told.lines
    run = lines.connection.execute
    columns = ("duty", "force_from", "force_to", "opens", "closes", "within", "over")
    windows = {one.number: _window(one.duty, told.agreement) for one in asked}
    rows = (_row(one, windows[one.number], told.agreement, times) for one in asked)
    lines.put("duty_of", dict.fromkeys(columns, "bigint"), rows)
    register_replies(lines, asked)
    act_key, trigger_key = ("''", "''") if link is None else (f"told.{link.act}", f"told.{link.trigger}")
    run(f"""
        create or replace temp table cause as
        select reply.duty, reply.sure and told.first = told.last as clear, told.row, told.id, told.incident, told.first as moment,
            {trigger_key} as key, greatest(told.first, duty_of.opens) as opens,
            case when duty_of.within is not null
                then greatest(least(duty_of.closes, told.first + duty_of.within), told.first) end as due
        from told join reply using (body) join duty_of using (duty)
        where reply.role = 'trigger' and told.last >= duty_of.force_from and told.first <= duty_of.force_to;
        create or replace temp table serving as
        select reply.duty, reply.sure and told.first = told.last as clear, told.row, told.id, told.incident, told.first as moment,
            {act_key} as key
        from told join reply using (body) where reply.role = 'duty' and told.first <= {times[0]}
    """)
    by_calendar = [
        (number, at, windows[number].last(at))
        for number, at in run("select distinct duty, moment from cause where due is null and clear").fetchall()
    ]
    lines.put("calendar", dict.fromkeys(("duty", "moment", "due"), "bigint"), by_calendar)
    run(
        "update cause set due = calendar.due from calendar where cause.duty = calendar.duty and cause.moment = calendar.moment"
    )
    by_number = {one.number: one.duty.clause.name for one in asked}
    names = [] if link is None else sorted(related(told.agreement, link.act) | related(told.agreement, link.trigger))
    lines.put("related", {"name": "varchar"}, ((name,) for name in names))
    unkeyed = """
        select distinct duty from cause where key is null or (key <> '' and key in (from related))
        union select distinct duty from serving where key is null or (key <> '' and key in (from related))
    """
    whole = {by_number[number] for (number,) in run(unkeyed).fetchall()}
    keys, everything = odd_keys(((one, link or (), frozenset(names)) for one in asked), odd)
    whole |= everything
    if link is None:
        keys = {(one.number, "") for one in asked if odd.get(one.duty.clause.name)}
    lines.put("odd_key", {"duty": "bigint", "key": "varchar"}, keys)
    run("""
        create or replace temp table several as select duty, key from serving group by all having count(*) > 1;
        create or replace temp table open_key as
        select duty, key from cause where not clear or opens > due
        union select duty, key from serving where not clear
        union select duty, key from (
            select duty, key, moment from serving semi join several using (duty, key) group by all having count(*) > 1
        ) union select duty, key from odd_key
    """)
    left = """
        select duty, row from cause semi join open_key using (duty, key)
        union select duty, row from serving semi join open_key using (duty, key)
    """
    found: dict[str, set[int]] = {}
    for number, row in run(left).fetchall():
        found.setdefault(by_number[number], set()).add(row)
    as_of = times[0]
    # the first act from the opening on; where no key has more than one, there is nothing to choose from
    nearest = "asof" if lines.number("select count(*) from several") else ""
    run(f"""
        insert into met
        select cause.duty, cause.id, cause.incident, cause.key, cause.moment, cause.opens, cause.due,
            case
                when serving.moment <= cause.due then 'fulfilled'
                when cause.due > {as_of} then 'pending'
                when cause.due <= duty_of.over then 'violated'
                else 'overdue'
            end as status,
            case when serving.moment <= cause.due or cause.due <= duty_of.over then serving.id end,
            case when serving.moment <= cause.due or cause.due <= duty_of.over then serving.incident end,
            case when serving.moment <= cause.due or cause.due <= duty_of.over then serving.moment end
        from (from cause anti join open_key using (duty, key)) as cause
        {nearest} left join (from serving anti join open_key using (duty, key)) as serving
            on cause.duty = serving.duty and cause.key = serving.key and cause.opens <= serving.moment
        join duty_of on cause.duty = duty_of.duty
    """)
    return Left(found, frozenset(whole))


def _window(duty: Duty, agreement: Agreement) -> Window:
    return window_of(duty.clause, agreement, agreement.term, triggered=True)


def _row(one: Asked, window: Window, agreement: Agreement, times: tuple[int, int]) -> tuple[int | None, ...]:
    """A duty for the table `duty_of`; `over` is the last deadline after which no grace is left."""
    as_of, known_at = times
    force = force_of(one.duty.clause, agreement.term, event=True)
    within = one.duty.clause.within
    assert within is not None  # so is the shape
    elapsed = None if within.months or within.days else within.micros
    over = first(BEGINNING, max(as_of, known_at), lambda due: not window.over(due, known_at)) - 1
    return one.number, force.earliest, min(force.latest, as_of), window.opens, window.closes, elapsed, over
