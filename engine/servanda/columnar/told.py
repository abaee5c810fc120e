"""What was told, as an agreement reads it: lines in columns come in; a table of reports that stand alone goes out.

A report stands alone when it is the only one on its incident, and nothing else is of it. What such a report says is
what the incident is, under every view that believes a single voice. All others become statements, and are judged as
the reports of a small file are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from servanda.columnar.bodies import TEXTS, Bodies, column, said
from servanda.columnar.lines import Lines
from servanda.columnar.sql import text
from servanda.columnar.unfit import UnfitError
from servanda.evidence import Statement, slips_of, speaker, state
from servanda.model.agreement import Agreement
from servanda.model.moments import BEGINNING, When, rfc3339
from servanda.model.report import Report
from servanda.reading.report_body import report_of

_MOST_BODIES = 1_000_000


@dataclass(frozen=True)
class Told:
    """The reports of one agreement: those that stand alone in a table `told`, the others as statements.

    The columns of `told`: `row`, the line; `id`; `incident`; `body`, a number; `voice`, the number of its claimant;
    `reported`, `first` and `last`, in UTC microseconds; and the fields that are asked for. It leaves out what can make
    no difference. `bodies` says by number what happened, `voices` who the claimants are.
    """

    lines: Lines
    agreement: Agreement
    statements: tuple[Statement, ...]
    bodies: Bodies
    voices: tuple[str, ...]

    def stated(self, rows: Iterable[int]) -> list[Statement]:
        """Reports that stand alone, as statements."""
        return _stated(self.lines, rows, self.agreement)

    def rows_of(self, bodies: Iterable[int]) -> set[int]:
        """The lines that say one of these bodies."""
        self.lines.put("wanted_body", {"body": "bigint"}, ((body,) for body in bodies))
        found = self.lines.connection.execute("select row from told semi join wanted_body using (body)").fetchall()
        return {row for (row,) in found}

    def incidents_of(self, rows: Iterable[int]) -> dict[int, tuple[str, int]]:
        """The incident and the body of each of these lines."""
        self.lines.put("wanted", {"row": "bigint"}, ((row,) for row in rows))
        query = "select row, incident, body from told semi join wanted using (row)"
        return {row: (incident, body) for row, incident, body in self.lines.connection.execute(query).fetchall()}


def latest(lines: Lines, agreement: Agreement) -> int | None:
    """When the last of the reports in columns that an agreement reads was made."""
    _read_times(lines, agreement)
    _route(lines, agreement, None)
    ((found,),) = lines.connection.execute("select max(reported) from mine").fetchall()
    return None if found is None else int(found)


def set_aside(lines: Lines, agreements: Collection[str]) -> int:
    """How many of the reports in columns are for other agreements."""
    lines.put("loaded", {"name": "varchar"}, ((name,) for name in agreements))
    query = "select count(*) from line where plain and agreement is not null and agreement not in (from loaded)"
    return lines.number(query)


def all_told(lines: Lines, agreement: Agreement) -> Iterator[Statement]:
    """The reports in columns that an agreement reads, as statements: for what is not fit for columns after all."""
    _read_times(lines, agreement)
    _route(lines, agreement, None)
    rows = lines.connection.execute("select row from mine order by row").fetchall()
    yield from (state(one, agreement) for one in lines.read(row for (row,) in rows) if isinstance(one, Report))


def tell(
    lines: Lines,
    agreement: Agreement,
    odd: Sequence[Statement],
    known_at: int,
    tested: Sequence[str],
    matters: Callable[[Bodies], Iterable[bool]],
    keys: Collection[str],
) -> Told:
    """What an agreement reads by a time.

    `odd` are the statements of the odd lines, `tested` the fields by which bodies must be told apart, besides act,
    actor and target. `matters` says of bodies whether they can make a difference. Raises UnfitError where there are
    too many different bodies.
    """
    run = lines.connection.execute
    _read_times(lines, agreement)
    _route(lines, agreement, known_at)
    fields = tuple(dict.fromkeys(("act", "actor", "target", *tested)))
    bodies = _bodies(lines, agreement, fields)
    lines.put("body_of", {"body": "bigint", "matters": "boolean"}, enumerate(matters(bodies)))
    voices = _voices(lines, agreement)
    together = sorted({*_together(lines, odd, known_at), *_before_it_occurred(lines), *_slips(lines, agreement)})
    lines.put("together", {"row": "bigint"}, ((row,) for row in together))
    same = " and ".join(f"mine.{column(one)} is not distinct from body.{column(one)}" for one in fields)
    run(f"""
        create or replace temp table told as
        select mine.row, mine.id, coalesce(mine.incident, mine.id) as incident, body.body, voice.voice, mine.reported,
            mine.first, mine.last{"".join(f", mine.{name}" for name in sorted(keys))}
        from mine
        join body on {same}
        join body_of on body.body = body_of.body and body_of.matters
        join voice on mine.source = voice.source and mine.claimant is not distinct from voice.claimant
        where mine.row not in (select row from together)
    """)
    # as they are written: of two with one id, the first by its content stands
    written = lines.read(together)
    statements = (*odd, *(state(one, agreement) for one in written if isinstance(one, Report)))
    return Told(lines, agreement, statements, bodies, voices)


# --- times and routes -----------------------------------------------------------------------------------


def _read_times(lines: Lines, agreement: Agreement) -> None:
    """The times that are written in unusual ways, in a table `said_time`, on the agreement's clock."""
    query = """
        select distinct reported_text from line where plain and reported_text is not null
        union select distinct occurred_text from line where plain and occurred_text is not null
    """
    texts = [found for (found,) in lines.connection.execute(query).fetchall()]
    times = [When.parse(one).interval(agreement.zone) for one in texts]
    columns = {"said": "varchar", "first": "bigint", "last": "bigint"}
    lines.put("said_time", columns, ((one, *time) for one, time in zip(texts, times, strict=True)))


def _route(lines: Lines, agreement: Agreement, known_at: int | None) -> None:
    """The plain lines that an agreement reads, by what was known at a time, in a view `mine`."""
    reported, first, last, joined = "line.reported", "line.occurred", "line.occurred", ""
    if lines.number("select count(*) from said_time"):
        reported = "coalesce(line.reported, spoken.last)"
        first, last = "coalesce(line.occurred, happened.first)", "coalesce(line.occurred, happened.last)"
        joined = """
            left join said_time as spoken on line.reported_text = spoken.said
            left join said_time as happened on line.occurred_text = happened.said
        """
    known = "" if known_at is None else f"and {reported} <= {known_at}"
    lines.connection.execute(f"""
        create or replace temp view mine as
        select line.rowid as row, line.* exclude (reported, occurred), {reported} as reported,
            coalesce({first}, {BEGINNING}) as first, coalesce({last}, {reported}) as last
        from line {joined}
        where line.plain and (line.agreement is null or line.agreement = {text(agreement.id)}) {known}
    """)


# --- bodies and voices ----------------------------------------------------------------------------------


def _bodies(lines: Lines, agreement: Agreement, fields: Sequence[str]) -> Bodies:
    """What the lines say, each thing once and numbered in a table `body`."""
    listed = ", ".join(map(column, fields))
    lines.connection.execute(f"""
        create or replace temp table body as
        select row_number() over () - 1 as body, * from (select distinct {listed} from mine order by all)
    """)
    if lines.number("select count(*) from body") > _MOST_BODIES:
        raise UnfitError(f"more than {_MOST_BODIES} different events would have to be looked at one by one")
    rows = lines.connection.execute(f"select {listed} from body order by body").fetchall()
    return Bodies(fields, rows, agreement)


def _voices(lines: Lines, agreement: Agreement) -> tuple[str, ...]:
    """The claimants, numbered in a table `voice`."""
    found = lines.connection.execute("select distinct source, claimant from mine order by all").fetchall()
    names = [speaker(claimant or source, agreement) for source, claimant in found]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    columns = {"source": "varchar", "claimant": "varchar", "voice": "bigint"}
    rows = ((*who, numbers[name]) for who, name in zip(found, names, strict=True))
    lines.put("voice", columns, rows)
    return tuple(numbers)


# --- reports that do not stand alone ----------------------------------------------------------------------


def _together(lines: Lines, odd: Sequence[Statement], known_at: int) -> Iterator[int]:
    """The lines whose incident, or id, is that of another report too, or that another report is of."""
    names = {name for one in odd if one.reported <= known_at for name in (one.id, one.incident, one.of) if name}
    lines.put("odd_name", {"name": "varchar"}, ((name,) for name in sorted(names)))
    found = ["select name from odd_name", "select id from mine group by id having count(*) > 1"]
    if lines.number("select count(incident) from line where plain"):
        found.append("select coalesce(incident, id) from mine group by all having count(*) > 1")
    lines.connection.execute(f"create or replace temp table shared as {' union '.join(found)}")
    query = "select row from mine where id in (from shared) or coalesce(incident, id) in (from shared)"
    yield from (row for (row,) in lines.connection.execute(query).fetchall())


def _before_it_occurred(lines: Lines) -> Iterator[int]:
    """The lines that were written before what they report: the reader should know of each."""
    yield from (row for (row,) in lines.connection.execute("select row from mine where first > reported").fetchall())


def _slips(lines: Lines, agreement: Agreement) -> Iterator[int]:
    """For each name that looks like a slip the first line that has it: the reader should know of one."""
    is_slip = slips_of(agreement)
    for kind, table, columns in (("source", "voice", ("source", "claimant")), ("actor", "body", ("actor", "target"))):
        named = " union ".join(f"select {one} from {table} where {one} is not null" for one in columns)
        for (name,) in lines.connection.execute(named).fetchall():
            known = agreement.actor_id(name) if kind == "actor" else speaker(name, agreement)
            if is_slip(kind, known):
                said_by = " or ".join(f"{one} = {text(name)}" for one in columns)
                query = f"select row from mine where {said_by} order by reported, id limit 1"
                yield from (row for (row,) in lines.connection.execute(query).fetchall())


def _stated(lines: Lines, rows: Iterable[int], agreement: Agreement) -> list[Statement]:
    lines.put("wanted", {"row": "bigint"}, ((row,) for row in sorted(rows)))
    names = (*TEXTS, "quantity", *lines.attributes)
    query = f"""
        select row, id, incident, line.source, line.claimant, reported, reported_text, occurred, occurred_text,
            {", ".join(map(column, names))}
        from wanted join line on line.rowid = wanted.row order by row
    """
    return [_statement(row, names, lines, agreement) for row in lines.connection.execute(query).fetchall()]


def _statement(found: Sequence[Any], names: Sequence[str], lines: Lines, agreement: Agreement) -> Statement:
    row, id_, incident, source, claimant, reported, reported_text, occurred, occurred_text, *values = found
    fields: dict[str, object] = {"id": id_, "source": source, "incident": incident, "claimant": claimant}
    for name, at, written in (("reported", reported, reported_text), ("occurred", occurred, occurred_text)):
        fields[name] = rfc3339(at) if isinstance(at, int) else written
    fields |= said(dict(zip(names, values, strict=True)))
    line = lines.place_of(row) if isinstance(row, int) else None
    return state(
        report_of({name: one for name, one in fields.items() if one is not None}, line, surrogates=False), agreement
    )
