"""What commands have in common: options, failures, exit codes, and where the output goes."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from servanda.render.words import clean

if TYPE_CHECKING:
    from servanda.model.clauses import Status

Command = TypeVar("Command", bound=Callable[..., object])

FINE, VIOLATED, UNUSABLE, DOUBTFUL, REJECTED = 0, 1, 2, 3, 4
_WORST_FIRST = (VIOLATED, DOUBTFUL, FINE)


class Failure(click.ClickException):
    """Something a command cannot go on with: the words go to stderr, the exit code is 2."""

    exit_code = UNUSABLE

    def show(self, file: object = None) -> None:  # noqa: ARG002 - click's signature
        """One line."""
        say(f"error: {self.message}")


class Unreadable(Failure):
    """A file that cannot be used; its diagnostics have positions of their own."""

    def show(self, file: object = None) -> None:  # noqa: ARG002 - click's signature
        """The diagnostics as they are."""
        click.echo(self.message, err=True)


# --- options ------------------------------------------------------------------------------------------


def report_options(command: Command, *, as_of: str = "the latest report") -> Command:
    """The reports to read, and the times of knowledge; `as_of` says what the default for --as-of is."""
    options = (
        click.option(
            "-r",
            "--reports",
            multiple=True,
            metavar="FILE",
            help="Reports: JSON Lines or CSV, .gz too, '-' for stdin. Repeatable.",
        ),
        click.option(
            "--reader",
            metavar="NAME",
            help="How to read tables of others: acled, gdelt2, icews, ucdp-ged, or a mapping file (.yaml).",
        ),
        click.option(
            "--as-of",
            metavar="T",
            help=f"Judge what happened up to T: a date (its end), a time, or 'now'. Default: {as_of}.",
        ),
        click.option(
            "--known-at",
            metavar="T",
            help="Use what was reported up to T. Default: the latest report, else --as-of.",
        ),
        click.option(
            "--max-rejects",
            type=click.IntRange(min=0),
            metavar="N",
            help="Give up with exit code 4 when more than N report lines are rejected.",
        ),
        click.option(
            "--engine",
            type=click.Choice(["auto", "rete", "columnar", "plain"]),
            default="auto",
            show_default=True,
            help="What finds the clauses that reports touch; the verdicts are the same. Large files: columnar.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def scope_options(command: Command) -> Command:
    """Whom to believe, and which clauses to show."""
    options = (
        click.option(
            "--view", "views", multiple=True, metavar="NAME", help="Whom to believe; repeatable; 'all' compares them."
        ),
        click.option(
            "--clause",
            "clauses",
            multiple=True,
            metavar="NAME",
            help="Only this clause and its substitutes. Repeatable.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def output_option(command: Command) -> Command:
    """Where the output goes."""
    return click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of stdout.")(command)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question to append to a message, or nothing.

    >>> did_you_mean("asess", ["assess", "lint"])
    "; did you mean 'assess'?"
    """
    names = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), names, 1)
    return f"; did you mean {names[close[0]]!r}?" if close else ""


# --- exit codes ---------------------------------------------------------------------------------------


def exit_code(verdicts: Iterable[frozenset[Status]], fail_on: str) -> int:
    """What the statuses that instances may have come to: 1 a definite violation, 3 a possible one or a missed deadline, else 0."""
    if fail_on == "never":
        return FINE
    code = FINE
    for statuses in verdicts:
        if statuses == {"violated"}:
            return VIOLATED
        if statuses == {"overdue"} or "violated" in statuses:
            code = DOUBTFUL
    return FINE if fail_on == "violated" else code


def worst(codes: Iterable[int]) -> int:
    """The worst of several, 1 before 3 before 0."""
    return min(codes, key=_WORST_FIRST.index, default=FINE)


# --- output -------------------------------------------------------------------------------------------


def say(text: str) -> None:
    """A line on stderr, safe on any terminal."""
    click.echo(clean(text), err=True)


def to_terminal(output: str | None) -> bool:
    """Whether the output is read on a terminal that colours may be sent to."""
    if output not in (None, "-") or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout is not None and sys.stdout.isatty()


def emit(text: str | Iterable[bytes], output: str | None, inputs: Sequence[str] = ()) -> None:
    """Write the whole output, in UTF-8: to stdout, or to a file that is replaced at once or not at all."""
    pieces = [text.encode("utf-8", "replace")] if isinstance(text, str) else text
    if output in (None, "-"):
        try:
            for piece in pieces:
                click.echo(piece, nl=False)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise Failure(f"the output cannot be written: {_reason(error)}") from None
        return
    path = Path(output or "")
    try:
        if any(path.exists() and Path(one).exists() and path.samefile(one) for one in inputs if one != "-"):
            raise Failure(f"{output} is one of the inputs: choose another file for the output")
        _replace(Path(os.path.realpath(path)), pieces)
    except (OSError, ValueError) as error:
        raise Failure(f"{output} cannot be written: {_reason(error)}; check the folder and its permissions") from None


def _replace(path: Path, pieces: Iterable[bytes]) -> None:
    if path.exists() and not path.is_file():  # a device or a pipe; a folder fails here
        with path.open("wb") as stream:
            stream.writelines(pieces)
        return
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.writelines(pieces)
            stream.flush()
            os.fsync(stream.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current


def _reason(error: OSError | ValueError) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
