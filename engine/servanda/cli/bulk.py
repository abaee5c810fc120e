"""Large report files: paths and an engine come in; the reports in columns, and answers from them, go out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from servanda.cli.loading import Inputs
from servanda.cli.shared import Failure, say
from servanda.errors import TooMuchError
from servanda.model.agreement import Agreement
from servanda.model.clauses import Status
from servanda.model.verdict import Assessment

if TYPE_CHECKING:
    from servanda.assessing import Engine
    from servanda.columnar import InColumns, Lines

_LARGE = 8 << 20  # bytes of reports; to read less in columns does not pay
_PIECE = 1 << 20


@dataclass(frozen=True)
class Answer:
    """An assessment, the statuses that its instances may have, and the rows that are written of them already.

    `rows` are those of its CSV, in pieces; None where `assessment` has all the instances.
    """

    assessment: Assessment
    verdicts: Sequence[frozenset[Status]]
    rows: Iterable[bytes] | None = None


def columns_for(engine: Engine, *, whole: bool) -> Callable[[Sequence[Agreement], Sequence[str]], Lines | None]:
    """How reports are taken in columns with this engine, where they can be; `whole`: nothing else is to be read."""

    def taken(agreements: Sequence[Agreement], paths: Sequence[str]) -> Lines | None:
        if engine not in ("auto", "columnar") or not paths or (engine == "auto" and _size(paths) < _LARGE):
            return None
        try:
            found = _in_columns(agreements, paths) if whole and "-" not in paths else "only files of reports can be"
        except ImportError as error:
            if engine == "columnar":
                raise Failure(f"the columnar engine cannot be used: {error}") from None
            return None
        if not isinstance(found, str):
            click.get_current_context().call_on_close(found.close)
            return found
        _say_why(engine, found)
        return None

    return taken


def _say_why(engine: Engine, reason: str) -> None:
    """Say why there are no columns, to somebody who asked for them."""
    if engine == "columnar":
        say(f"note: the reports are read one by one, not in columns: {reason}")


def say_what(engine: Engine, answers: Iterable[Answer]) -> None:
    """Say that reports were judged in columns, to somebody who did not ask for it."""
    if engine == "auto" and any(one.assessment.matcher == "columnar" for one in answers):
        say("note: judged in columns, because the files are large; the verdicts are the same")


def _in_columns(agreements: Sequence[Agreement], paths: Sequence[str]) -> Lines | str:
    """The reports in columns, or why they cannot be."""
    from servanda.columnar import Lines, UnfitError, asked_about

    try:
        return Lines(paths, [name for one in agreements for name in asked_about(one)])
    except UnfitError as error:
        return str(error)


def _size(paths: Sequence[str]) -> int:
    return sum(Path(path).stat().st_size for path in paths if Path(path).is_file())


def answers_in_columns(
    agreement: Agreement,
    inputs: Inputs,
    views: Sequence[str],
    times: tuple[int, int],
    wanted: Callable[[str], bool],
    form: str,
    engine: Engine,
    *,
    several: bool,
) -> list[Answer] | None:
    """The answers on one agreement, for each view; None where the reports are not in columns, or are not left there."""
    if inputs.columns is None:
        return None
    from servanda.columnar import UnfitError, all_told, assess

    odd, counts = inputs.statements[agreement.id], (inputs.rejected, inputs.set_aside)
    found = []
    try:
        for view in views:
            judged = assess(inputs.columns, agreement, view, odd, times, counts)
            judged = replace(judged, diagnostics=(*inputs.lines, *judged.diagnostics))
            found.append(_answer(judged, wanted, form, several=several))
    except UnfitError as error:
        _say_why(engine, str(error))
        odd.extend(all_told(inputs.columns, agreement))
        return None
    except TooMuchError as error:
        raise Failure(f"{agreement.id}: {error}") from None
    return found


def _answer(judged: InColumns, wanted: Callable[[str], bool], form: str, *, several: bool) -> Answer:
    from servanda.columnar import assessment_of, statuses
    from servanda.render.csv import head_of
    from servanda.render.csv_columns import csv_rows

    verdicts = statuses(judged, wanted)
    if form != "csv":
        whole = assessment_of(judged)
        return Answer(replace(whole, instances=tuple(one for one in whole.instances if wanted(one.clause))), verdicts)
    whole = assessment_of(judged, ())
    rows = csv_rows(judged, wanted, head_of(whole, several=several))
    return Answer(whole, verdicts, _kept(rows) if several else rows)


def _kept(rows: Iterable[bytes]) -> Iterator[bytes]:
    """The same, out of a file: another assessment is about to use the tables that they are in."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been read
    file.writelines(rows)
    file.seek(0)

    def pieces() -> Iterator[bytes]:
        with closing(file):
            while piece := file.read(_PIECE):
                yield piece

    return pieces()


def written(answers: Sequence[Answer]) -> Iterator[bytes]:
    """A table of the rows of all answers, in pieces."""
    from servanda.render.csv import head_of, header, rows

    several = len(answers) > 1
    yield header(several=several).encode()
    for one in answers:
        if one.rows is None:
            head = head_of(one.assessment, several=several)
            yield rows(one.assessment.instances, head).encode("utf-8", "replace")
            continue
        yield from one.rows
