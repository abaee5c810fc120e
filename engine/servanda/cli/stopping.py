"""SIGINT and SIGTERM come in; a `Stopped` goes out where the program waits, or asks between two things it does.

What has been begun is so finished first. A second signal ends the program at once, as if nobody had listened.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(Exception):  # noqa: N818 - no error
    """The program is asked to stop."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Stopping:
    """Whether the program was asked to stop."""

    def __init__(self) -> None:
        self._asked: int | None = None
        self._waits = False

    def check(self) -> None:
        """Raise Stopped when it was."""
        if self._asked is not None:
            raise Stopped(self._asked)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Stopped is raised at once here, also while the system is waited for."""
        self._waits = True
        try:
            self.check()
            yield
        finally:
            self._waits = False

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        for one in _SIGNALS:
            signal.signal(one, signal.SIG_DFL)
        self._asked = number
        if self._waits:
            raise Stopped(number)


@contextmanager
def stopping() -> Iterator[Stopping]:
    """Listen to the signals."""
    listens = Stopping()
    before = {one: signal.signal(one, listens._ask) for one in _SIGNALS}  # noqa: SLF001 - its own module
    try:
        yield listens
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
