"""Whatever a command raises comes in; an exit code and at most a few words go out, never a traceback.

SERVANDA_DEBUG=1 shows the traceback of an internal error all the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

INTERRUPTED = 130
PIPE_CLOSED = 141
INTERNAL = 70
_STREAMS = (1, 2)


@contextmanager
def guarded() -> Iterator[None]:
    """Turn what escapes a command into an exit code."""
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except KeyboardInterrupt:
        raise click.exceptions.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        _hang_up()
        raise click.exceptions.Exit(PIPE_CLOSED) from None
    except Exception as error:  # noqa: BLE001 - the last net, memory and recursion errors too
        if os.environ.get("SERVANDA_DEBUG") == "1":
            import traceback

            traceback.print_exc()
        click.echo(f"internal error: {_words(error)}; please report it, with the input if you can", err=True)
        raise click.exceptions.Exit(INTERNAL) from None


def _words(error: Exception) -> str:
    from servanda.render.words import clean

    text = clean(str(error))[:300]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _hang_up() -> None:
    """Nobody listens any more: what is still buffered goes nowhere, instead of failing at exit."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in _STREAMS:
            os.dup2(nowhere, stream)
