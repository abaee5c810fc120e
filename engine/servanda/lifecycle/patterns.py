"""A pattern and one alternative come in; whether it matches - yes, no or maybe, and why - goes out.

Semantics section 5, *Matching*. A body field that is left out, or known only more coarsely than the
pattern asks, is a maybe because `unspecified`; a free attribute left out fails every test but
`exists: false`; one that reports give differently is a maybe because `contested`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from servanda.evidence import Alternative
from servanda.model.agreement import Agreement
from servanda.model.kleene import NO, YES, Answer, Truth, both, either, known, maybe, negated
from servanda.model.patterns import BODY_FIELDS, AnyOf, Anything, Compare, Exists, Is, Not, Pattern, Ref, Test, above
from servanda.model.report import Amount

UNSPECIFIED = maybe("unspecified")


@dataclass(frozen=True, slots=True)
class Context:
    """What references stand for in one instance: its bearers, the others, the violators, the trigger."""

    bearers: tuple[str, ...]
    others: tuple[str, ...]
    violators: tuple[str, ...] = ()
    trigger: Alternative | None = None


def answer(pattern: Pattern, alternative: Alternative, context: Context, agreement: Agreement) -> Answer:
    """Whether the alternative matches the pattern in this context."""
    return both(_settled(name, test, alternative, context, agreement) for name, test in pattern.tests)


def _settled(name: str, test: Test, alternative: Alternative, context: Context, agreement: Agreement) -> Answer:
    """The answer of a test, an open one as it was settled for the same question about the same field."""
    found = _field(name, test, alternative, context, agreement)
    if found.truth is not Truth.MAYBE or (alternative.asked is None and not alternative.settled):
        return found
    negative = isinstance(test, Not)
    question = f"{name} {wording(test.test if isinstance(test, Not) else test, context)}"
    for settled, truth in alternative.settled:
        if settled == question:
            return known(truth is not negative)
    if alternative.asked is not None:
        alternative.asked.add(question)
    return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """One test of a pattern with what it was held against: data for an explanation."""

    field: str
    asked: str
    found: str
    truth: str


def comparisons(
    pattern: Pattern, alternative: Alternative, context: Context, agreement: Agreement
) -> tuple[Comparison, ...]:
    """Every test of the pattern, with the values compared and its answer."""
    return tuple(
        Comparison(
            name,
            wording(test, context),
            _found(name, alternative),
            _field(name, test, alternative, context, agreement).truth.name.lower(),
        )
        for name, test in pattern.tests
    )


def _field(name: str, test: Test, alternative: Alternative, context: Context, agreement: Agreement) -> Answer:
    if isinstance(test, Anything):
        return YES
    if isinstance(test, Exists):
        return known(has(name, alternative) is test.wanted)
    if isinstance(test, AnyOf):
        return either(_field(name, one, alternative, context, agreement) for one in test.tests)
    if isinstance(test, Not) and isinstance(test.test, Anything | Exists):  # what is never maybe
        return negated(_field(name, test.test, alternative, context, agreement))
    if name in BODY_FIELDS:
        return _body_field(name, test, alternative, context, agreement)
    values = alternative.attributes.get(name)
    if values is None:
        return NO
    if len(values) > 1:
        nothing = isinstance(test, Ref) and referred(test, context) == ()
        return NO if nothing else maybe("contested")
    return _attribute(test, values[0], context)


def has(name: str, alternative: Alternative) -> bool:
    """Whether the field was reported."""
    if name == "quantity":
        return alternative.quantity is not None
    if name in BODY_FIELDS:
        return getattr(alternative.core, name) is not None
    return name in alternative.attributes


# --- body fields --------------------------------------------------------------------------------------


def _body_field(name: str, test: Test, alternative: Alternative, context: Context, agreement: Agreement) -> Answer:
    if isinstance(test, Not) and (has(name, alternative) or (name == "act" and alternative.counted)):
        return negated(_field(name, test.test, alternative, context, agreement))
    if name == "act" and alternative.counted:
        own = replace(alternative, counted=())
        found = [_body_field(name, test, own, context, agreement)]
        for act, counts in alternative.counted:  # as this act and no finer one
            asked = _body_field(name, test, replace(own, core=own.core._replace(act=act)), context, agreement)
            found.append(both((counts, asked)) if asked.truth is Truth.YES else NO)
        return either(found)
    if not has(name, alternative):
        return UNSPECIFIED
    if name == "quantity":
        return _quantity(test, alternative.quantity or Amount(0, 0), context)
    value = getattr(alternative.core, name)
    values: tuple[str, ...] = value if isinstance(value, tuple) else (value,)
    upwards = _upwards(name, agreement)
    if isinstance(test, Compare):
        return either(known(_bounded(test, one)) for one in values)
    if isinstance(test, Ref):
        if test.name == "all":
            return both(_among(bearer, values, upwards) for bearer in context.bearers)
        wanted = referred(test, context)
        if wanted is None:
            return UNSPECIFIED
        return either(_among(one, values, upwards) for one in wanted)
    assert isinstance(test, Is)
    return _among(text(test.value), values, upwards)


def _upwards(name: str, agreement: Agreement) -> Callable[[str], tuple[str, ...]]:
    """What a value of the field lies below: acts by dots, places by places, actors by their wholes."""
    if name == "act":
        return above
    return agreement.enclosing if name == "place" else agreement.wholes


def _among(wanted: str, values: Iterable[str], upwards: Callable[[str], tuple[str, ...]]) -> Answer:
    return either(_below(one, wanted, upwards) for one in values)


def _below(value: str, wanted: str, upwards: Callable[[str], tuple[str, ...]]) -> Answer:
    if value == wanted or wanted in upwards(value):
        return YES
    return UNSPECIFIED if value in upwards(wanted) else NO


def _quantity(test: Test, amount: Amount, context: Context) -> Answer:
    if isinstance(test, Compare):
        truths = [_bound(op, limit, amount) for op, limit in test.bounds]
        return both(truths)
    if isinstance(test, Ref):
        trigger = context.trigger
        if trigger is None or trigger.quantity is None:
            return UNSPECIFIED
        return _same_amount(amount, trigger.quantity)
    assert isinstance(test, Is)
    number = _number(test.value)
    return NO if number is None else _same_amount(amount, Amount(number, number))


def _same_amount(one: Amount, two: Amount) -> Answer:
    if one.low > two.high or two.low > one.high:
        return NO
    return YES if one.low == one.high == two.low == two.high else maybe("quantity_uncertain")


def _bound(op: str, limit: float, amount: Amount) -> Answer:
    low, high = _holds(op, amount.low, limit), _holds(op, amount.high, limit)
    return known(low) if low is high else maybe("quantity_uncertain")


# --- free attributes ----------------------------------------------------------------------------------


def _attribute(test: Test, value: object, context: Context) -> Answer:
    if isinstance(test, AnyOf):
        return either(_attribute(one, value, context) for one in test.tests)
    if isinstance(test, Anything | Exists):
        return known(not isinstance(test, Exists) or test.wanted)
    if isinstance(test, Not):
        return negated(_attribute(test.test, value, context))
    values = value if isinstance(value, tuple) else (value,)
    if isinstance(test, Compare):
        return known(any(_bounded(test, one) for one in values))
    if isinstance(test, Is):
        return known(any(same(test.value, one) for one in values))
    if test.name != "trigger":
        people = {"bearer": context.bearers, "other": context.others, "violator": context.violators}
        if test.name == "all":
            return known(all(any(same(one, v) for v in values) for one in context.bearers))
        return known(any(same(one, v) for one in people[test.name] for v in values))
    if test.field in BODY_FIELDS:
        wanted = referred(test, context)
        if wanted is None:
            return UNSPECIFIED
        return known(any(same(one, v) for one in wanted for v in values))
    return _attribute_reference(test, values, context)


def _attribute_reference(test: Ref, values: tuple[object, ...], context: Context) -> Answer:
    told = context.trigger.attributes.get(test.field) if context.trigger else None
    if told is None:
        return NO
    if len(told) > 1:
        return maybe("contested")
    wanted = told[0] if isinstance(told[0], tuple) else (told[0],)
    return known(any(same(one, v) for one in wanted for v in values))


def same(one: object, two: object) -> bool:
    """Whether two scalars are the same, however the file wrote them: 5 and "5", true and "true"."""
    if one == two and isinstance(one, bool) is isinstance(two, bool):
        return True
    first, second = _number(one), _number(two)
    if first is not None and second is not None:
        return first == second
    return text(one) == text(two)


def text(value: object) -> str:
    """A scalar as a file would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def plain_text(value: object) -> str:
    """A value so written that values which are the same are written the same."""
    shown = text(value)
    try:
        return text(float(shown)) if len(shown) < 40 else shown
    except ValueError:
        return shown


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and len(value) < 40:
        try:
            return float(value)
        except ValueError:
            return None
    return None


def _bounded(test: Compare, value: object) -> bool:
    number = _number(value)
    return number is not None and all(_holds(op, number, limit) for op, limit in test.bounds)


def _holds(op: str, number: float, limit: float) -> bool:
    if op == "gte":
        return number >= limit
    if op == "gt":
        return number > limit
    return number <= limit if op == "lte" else number < limit


def referred(test: Ref, context: Context) -> tuple[str, ...] | None:
    """What a reference stands for; None when it refers to something that was left out."""
    if test.name == "bearer":
        return context.bearers
    if test.name == "other":
        return context.others
    if test.name == "violator":
        return context.violators
    if test.name == "all":
        return context.bearers
    trigger = context.trigger
    if trigger is None:
        return None if test.field in BODY_FIELDS else ()
    if test.field == "quantity":
        amount = trigger.quantity
        return None if amount is None or amount.low != amount.high else (text(amount.low),)
    if test.field in BODY_FIELDS:
        value = getattr(trigger.core, test.field)
        return value if value is None or isinstance(value, tuple) else (value,)
    told = trigger.attributes.get(test.field)
    if told is None:
        return ()
    if len(told) > 1:
        return None
    return tuple(text(v) for v in told[0]) if isinstance(told[0], tuple) else (text(told[0]),)


# --- words --------------------------------------------------------------------------------------------


def wording(test: Test, context: Context) -> str:
    """A test in words, with references filled in.

    >>> wording(Not(Is("talk")), Context(("PAK",), ()))
    'not talk'
    """
    if isinstance(test, Is):
        return text(test.value)
    if isinstance(test, AnyOf):
        return " or ".join(wording(one, context) for one in test.tests)
    if isinstance(test, Not):
        return f"not {wording(test.test, context)}"
    if isinstance(test, Compare):
        signs = {"gte": "≥", "gt": ">", "lte": "≤", "lt": "<"}
        return " and ".join(f"{signs[op]} {text(limit)}" for op, limit in test.bounds)
    if isinstance(test, Exists):
        return "reported" if test.wanted else "not reported"
    if isinstance(test, Anything):
        return "anything"
    values = referred(test, context)
    name = f"${test.name}.{test.field}" if test.field else f"${test.name}"
    if values is None:
        return f"{name} (left out)"
    return (" and " if test.name == "all" else " or ").join(values) or f"{name} (nobody)"


def _found(name: str, alternative: Alternative) -> str:
    if name == "act" and alternative.counted:
        own = alternative.core.act or "left out"
        return f"{own}, which counts as {', '.join(act for act, _ in alternative.counted)}"
    if not has(name, alternative):
        return "left out"
    if name == "quantity":
        amount = alternative.quantity or Amount(0, 0)
        return text(amount.low) if amount.low == amount.high else f"{text(amount.low)} to {text(amount.high)}"
    if name in BODY_FIELDS:
        value = getattr(alternative.core, name)
        return ", ".join(value) if isinstance(value, tuple) else str(value)
    values = alternative.attributes[name]
    return " | ".join(", ".join(map(text, v)) if isinstance(v, tuple) else text(v) for v in values)


def phrase(pattern: Pattern, context: Context) -> str:
    """A pattern in words, such as "talk.meet by PAK and AFG, place Istanbul".

    Used in evidence of omission and in what would change a verdict.
    """
    parts = {name: wording(test, context) for name, test in pattern.tests}
    words = parts.pop("act", "an act")
    actor = parts.pop("actor", None)
    if actor not in (None, "anything"):
        words += f" by {actor}"
    rest = [f"{name} {value}" for name, value in parts.items()]
    return ", ".join([words, *rest])
