"""What counts as what: `counts_as` clauses and standings come in, standings that say what they count as go out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from servanda.evidence import Alternative, Standing
from servanda.lifecycle.grants import within
from servanda.lifecycle.patterns import Context, answer
from servanda.lifecycle.window import window_of
from servanda.model.agreement import Agreement
from servanda.model.clauses import Clause
from servanda.model.kleene import Answer, Truth, both, either
from servanda.model.moments import BEGINNING, END, Interval


def counted(
    clauses: Iterable[Clause], standings: Mapping[str, Standing], agreement: Agreement
) -> Mapping[str, Standing]:
    """The standings, each alternative with the acts that it counts as besides its own."""
    clauses = tuple(clauses)
    rules = [clause for clause in clauses if clause.duty == "counts_as"]
    if not rules:
        return standings
    # What an extended term does not bound, no clause is in force to ask for.
    extended = any(map(extends, clauses))
    term = Interval(agreement.term.earliest, END) if extended else agreement.term
    return {name: _standing(standing, rules, term, agreement) for name, standing in standings.items()}


def extends(clause: Clause) -> bool:
    """Whether it is a power that extends the agreement's term."""
    return clause.effect is not None and clause.effect.kind == "extend"


def _standing(standing: Standing, rules: list[Clause], term: Interval, agreement: Agreement) -> Standing:
    found = tuple(_alternative(one, rules, term, agreement) for one in standing.alternatives)
    return standing if found == standing.alternatives else replace(standing, alternatives=found)


def _alternative(alternative: Alternative, rules: list[Clause], term: Interval, agreement: Agreement) -> Alternative:
    """What counts as something may count as something else by that: again until nothing is added."""
    acts: dict[str, Answer] = {}
    for _ in rules:
        seen = replace(alternative, counted=tuple(sorted(acts.items())))
        again: dict[str, Answer] = {}
        for rule in rules:
            found = _counts(rule, seen, term, agreement)
            if found.truth is not Truth.NO and rule.counted is not None:
                again[rule.counted] = either((found, again[rule.counted])) if rule.counted in again else found
        if again == acts:
            break
        acts = again
    return replace(alternative, counted=tuple(sorted(acts.items()))) if acts else alternative


def _counts(rule: Clause, alternative: Alternative, term: Interval, agreement: Agreement) -> Answer:
    window = window_of(rule, agreement, term, triggered=False)
    opens, closes = window.start(BEGINNING), window.last(BEGINNING)
    during = within(alternative.time, Interval(opens, opens), Interval(closes, closes), "", None)
    timed = Answer(during.truth, frozenset(reason for reason, _ in during.doubts))
    contexts = [Context((bearer,), tuple(b for b in rule.bearers if b != bearer)) for bearer in rule.bearers]
    if rule.joint or not contexts:
        contexts = [Context(rule.bearers, rule.bearers)]
    matched = either(answer(rule.pattern, alternative, context, agreement) for context in contexts)
    return both((matched, timed))
