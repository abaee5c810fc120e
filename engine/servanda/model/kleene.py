"""Three-valued answers: a test's answer and why it is open come in, combined answers go out.

Kleene's strong logic (Kleene 1952, *Introduction to Metamathematics*, section 64): NO < MAYBE < YES,
`both` is the minimum, `either` the maximum. A maybe carries the reasons of semantics section 6.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Literal, NamedTuple

Reason = Literal["contested", "uncorroborated", "unspecified", "time_uncertain", "quantity_uncertain"]


class Truth(IntEnum):
    """no, maybe or yes."""

    NO = 0
    MAYBE = 1
    YES = 2


class Answer(NamedTuple):
    """A truth with the reasons that leave it open.

    >>> negated(YES)
    Answer(truth=<Truth.NO: 0>, reasons=frozenset())
    """

    truth: Truth
    reasons: frozenset[Reason] = frozenset()


YES = Answer(Truth.YES)
NO = Answer(Truth.NO)


def maybe(reason: Reason) -> Answer:
    """An answer left open for one reason."""
    return Answer(Truth.MAYBE, frozenset((reason,)))


def known(answer: bool) -> Answer:  # noqa: FBT001 - it is what is converted
    """A plain yes or no."""
    return YES if answer else NO


def negated(answer: Answer) -> Answer:
    """The opposite; a maybe stays one."""
    return Answer(Truth(2 - answer.truth), answer.reasons)


def both(answers: Iterable[Answer]) -> Answer:
    """Whether all hold.

    >>> both([YES, maybe("contested")]).truth.name
    'MAYBE'
    """
    reasons: frozenset[Reason] = frozenset()
    for answer in answers:
        if answer.truth is Truth.NO:
            return NO
        reasons |= answer.reasons
    return Answer(Truth.MAYBE, reasons) if reasons else YES


def either(answers: Iterable[Answer]) -> Answer:
    """Whether any holds."""
    reasons: frozenset[Reason] = frozenset()
    for answer in answers:
        if answer.truth is Truth.YES:
            return YES
        reasons |= answer.reasons
    return Answer(Truth.MAYBE, reasons) if reasons else NO
