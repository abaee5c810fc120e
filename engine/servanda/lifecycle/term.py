"""The term of an agreement and its extensions: acts that extend it come in, the ends it may have go out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from servanda.errors import TooMuchError
from servanda.lifecycle.acts import Act
from servanda.model.agreement import Agreement
from servanda.model.moments import END, Duration, Interval

_MOST = 64


@dataclass(frozen=True, slots=True)
class Term:
    """One way the term may run: its last instant, the gaps before late extensions, and what leaves it open."""

    end: int
    gaps: tuple[Interval, ...] = ()
    by: tuple[Act, ...] = ()  # the extensions that made it so

    def within(self, agreement: Agreement) -> Interval:
        """The term from its start to this end."""
        return Interval(agreement.term.earliest, self.end)


def terms_of(agreement: Agreement, extensions: Iterable[tuple[Act, Duration]]) -> tuple[Term, ...]:
    """The ends that the term may have; several where it is uncertain whether something extended it.

    Each extension is counted from the end before it. Raises TooMuchError for more than 64.
    """
    found = [Term(agreement.term.latest)]
    if agreement.term.latest >= END:
        return tuple(found)
    for act, duration in extensions:
        longer = [_extended(term, act, duration, agreement) for term in found]
        found = _told_apart(longer if act.certain else [*found, *longer])
        if len(found) > _MOST:
            msg = "too many uncertain extensions of the term to follow each of them"
            raise TooMuchError(msg)
    return tuple(found)


def _told_apart(terms: list[Term]) -> list[Term]:
    """Each end once, with everything that may have made it so."""
    found: dict[tuple[int, tuple[Interval, ...]], Term] = {}
    for term in terms:
        held = found.get((term.end, term.gaps))
        more = () if held is None else tuple(act for act in held.by if act not in term.by)
        found[term.end, term.gaps] = Term(term.end, term.gaps, (*more, *term.by))
    return list(found.values())


def _extended(term: Term, act: Act, duration: Duration, agreement: Agreement) -> Term:
    after = duration.after(term.end + 1, agreement.zone)
    end = after - 1 if after < END else END
    late = act.earliest > term.end
    gaps = (*term.gaps, Interval(term.end + 1, act.latest)) if late else term.gaps
    return Term(end, gaps, (*term.by, act))
