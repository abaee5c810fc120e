"""The shape of an agreement file: plain YAML values come in, pydantic models with the same keys go out.

Only shape is checked here. Names, times and patterns (kept as open mappings) are read afterwards, by
the other modules of `servanda.reading`. `AgreementFile.model_json_schema()` is the JSON Schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

T = TypeVar("T")


def _given(value: object) -> object:
    if value is None:
        kind = "no_value"
        raise PydanticCustomError(kind, "no value")
    return value


def _listed(value: object) -> object:
    return [value] if isinstance(value, str | dict) else value


def _mapped(value: object) -> object:
    return {} if value is None else value


def _moment(value: object) -> object:
    """A year alone is a whole number to YAML, and a date to us."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        kind = "expects"
        raise PydanticCustomError(kind, "wrong", {"what": "a date such as 2025-11-06"})
    return value


def _scalar(value: object) -> object:
    if not isinstance(value, str | int | float):
        kind = "expects"
        raise PydanticCustomError(kind, "wrong", {"what": "text or a number"})
    return value


def _duration(value: object) -> object:
    if not isinstance(value, str):
        kind = "expects"
        raise PydanticCustomError(kind, "wrong", {"what": "a duration such as P30D"})
    return value


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        kind = "expects"
        raise PydanticCustomError(kind, "wrong", {"what": "a number"})
    return float(value) if abs(value) < 2**53 else value


def _rule(value: object) -> object:
    if not isinstance(value, str):
        kind = "expects"
        raise PydanticCustomError(kind, "wrong", {"what": "a duration such as P1M, or a rule such as FREQ=WEEKLY"})
    return value


Given = Annotated[T | None, BeforeValidator(_given)]
Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[
    list[Text],
    Field(min_length=1),
    BeforeValidator(_listed),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "minLength": 1}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
    ),
]
Moment = Annotated[
    str,
    BeforeValidator(_moment),
    WithJsonSchema({"type": ["string", "integer"], "description": "a date or time, EDTF level 0 or 1"}),
]
Period = Annotated[
    str,
    BeforeValidator(_duration),
    WithJsonSchema({"type": "string", "pattern": "^P", "description": "an ISO 8601 duration"}),
]
Switch = Literal["on", "off"]
Number = Annotated[
    float, Field(ge=0, allow_inf_nan=False), BeforeValidator(_number), WithJsonSchema({"type": "number", "minimum": 0})
]
Rule = Annotated[
    str,
    BeforeValidator(_rule),
    WithJsonSchema({"type": "string", "description": "an ISO 8601 duration or an RFC 5545 recurrence rule"}),
]
Cited = Annotated[Any, BeforeValidator(_scalar), WithJsonSchema({"type": ["string", "number", "integer", "boolean"]})]
PatternMap = Annotated[dict[str, Any], Field(description="event fields and the tests they must pass")]
Triggers = Annotated[
    list[PatternMap],
    Field(min_length=1),
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}, "minItems": 1}]}),
]


def _tidy(schema: dict[str, Any]) -> None:
    """Leave the null out that stands for an absent key."""
    for entry in schema.get("properties", {}).values():
        if entry.get("default", 0) is not None:
            continue
        del entry["default"]
        choices = [choice for choice in entry.pop("anyOf", []) if choice != {"type": "null"}]
        entry.update(choices[0] if len(choices) == 1 else {"anyOf": choices})


class Entry(BaseModel):
    """What all entries share: no unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, json_schema_extra=_tidy)


class ActorEntry(Entry):
    """Somebody who acts, is bound, mediates or monitors."""

    name: Given[Text] = None
    role: Literal["party", "mediator", "body", "group", "observer"]
    aliases: Given[Texts] = None
    part_of: Given[Text] = None


class SourceEntry(Entry):
    """Somebody who speaks, for an actor or for themselves."""

    name: Given[Text] = None
    kind: Given[Text] = None
    speaks_for: Given[Text] = None
    aliases: Given[Texts] = None


class PlaceEntry(Entry):
    """A place and what it lies in."""

    within: Given[Text] = Field(None, alias="in")


class EvidenceEntry(Entry):
    """How many independent claimants it takes, and how long late reports are waited for."""

    corroboration: Given[Annotated[int, Field(ge=1)]] = None
    grace: Given[Period] = None


class ViewEntry(Entry):
    """Whom to believe: tiers of claimants, best first."""

    ranking: Annotated[list[Texts], Field(min_length=1)]
    corroboration: Given[Annotated[int, Field(ge=1)]] = None


class StateEntry(Entry):
    """What lasts between events: which events switch it on and off."""

    key: Given[Text] = None
    starts: PatternMap
    stops: PatternMap
    initially: Given[Switch] = None


class TermEntry(Entry):
    """From when until when the agreement is in force; `until` is a date, a duration or `open`."""

    start: Given[Moment] = Field(None, alias="from")
    until: Given[Moment] = None


class RequiresEntry(Entry):
    """What must have been fulfilled before."""

    fulfilled: Text


class KeepEntry(Entry):
    """Which state has to stay on: one of the agreement's, or one described here."""

    state: Given[Text] = None
    key: Given[Cited] = None
    started: Given[PatternMap] = None
    stopped: Given[PatternMap] = None
    initially: Given[Switch] = None


class WhileEntry(Entry):
    """The state that a clause is in force with."""

    state: Text
    key: Given[Text] = None
    value: Given[Switch] = Field(None, alias="is")


class AtMostEntry(Entry):
    """How many matches are no breach yet, and in how long a window."""

    n: Annotated[int, Field(ge=0)]
    within: Given[Period] = Field(None, alias="in")


class AtLeastEntry(Entry):
    """How many matching incidents there must be, or how many values of a field among them."""

    n: Annotated[int, Field(ge=1)]
    distinct: Given[Text] = None


class QuantityEntry(Entry):
    """Which sum of quantities must be reached."""

    reach: Number


class BaselineEntry(Entry):
    """The period that a rate is held against."""

    start: Moment = Field(alias="from")
    until: Moment


class RateEntry(Entry):
    """By how many times matches may exceed those of the baseline, over equal time."""

    within: Period = Field(alias="in")
    exceeds: Number
    baseline: BaselineEntry


class TermsEntry(Entry):
    """What can be said of a duty, and can be amended."""

    text: Given[Text] = None
    cites: Given[dict[str, Cited]] = None
    must: Given[PatternMap] = None
    must_not: Given[PatternMap] = None
    must_keep: Given[KeepEntry] = None
    on: Given[Moment] = None
    by: Given[Moment] = None
    start: Given[Moment] = Field(None, alias="from")
    until: Given[Moment] = None
    within: Given[Period] = None
    grace: Given[Period] = None
    unless: Given[PatternMap] = None
    condition: Given[WhileEntry] = Field(None, alias="while")
    requires: Given[RequiresEntry] = None
    at_most: Given[AtMostEntry] = None
    at_least: Given[AtLeastEntry] = None
    quantity: Given[QuantityEntry] = None
    rate: Given[RateEntry] = None
    toward: Given[Texts] = None
    otherwise: Given[SubstituteEntry] = None


class SubstituteEntry(TermsEntry):
    """The nameless body of an `otherwise`: what is due once the duty is violated."""

    binds: Given[Texts] = None
    joint: Given[bool] = None


class CountsAsEntry(Entry):
    """Which incidents count as which act."""

    pattern: PatternMap
    act: Text


class EffectEntry(Entry):
    """What the exercise of a power does: one of these."""

    extend: Given[Period] = None
    suspend: Given[Texts] = None
    resume: Given[Texts] = None
    terminate: Given[Texts] = None
    waive: Given[Texts] = None
    amend: Given[Annotated[dict[str, TermsEntry], Field(min_length=1)]] = None


class ReadingEntry(SubstituteEntry):
    """The keys that a party's own reading of a clause replaces."""

    may: Given[PatternMap] = None
    can: Given[PatternMap] = None
    counts_as: Given[CountsAsEntry] = None
    when: Given[Triggers] = None
    every: Given[Rule] = None
    shields: Given[Texts] = None
    effect: Given[EffectEntry] = None
    consents: Given[Texts] = None


class ClauseEntry(ReadingEntry):
    """One clause as it is written."""

    readings: Given[dict[str, ReadingEntry]] = None


class AgreementFile(Entry):
    """An agreement file, format version 1."""

    servanda: Literal[1]
    agreement: Text
    title: Given[Text] = None
    timezone: Given[Text] = None
    calendar: Given[Text] = None
    term: Given[TermEntry] = None
    actors: Annotated[dict[str, ActorEntry], Field(min_length=1)]
    sources: Given[dict[str, SourceEntry]] = None
    places: Given[dict[str, Annotated[PlaceEntry, BeforeValidator(_mapped)]]] = None
    evidence: Given[EvidenceEntry] = None
    views: Given[dict[str, ViewEntry]] = None
    states: Given[dict[str, StateEntry]] = None
    clauses: Annotated[dict[str, ClauseEntry], Field(min_length=1)]


def below(model: type[BaseModel], key: str) -> tuple[type[BaseModel], bool] | None:
    """The model of what stands under a key, and whether names come before it; None where there is none."""
    for name, field in model.model_fields.items():
        if key == (field.alias or name):
            return next(_models(field.annotation, named=False), None)
    return None


def _models(annotation: object, *, named: bool) -> Iterator[tuple[type[BaseModel], bool]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, named
    for argument in get_args(annotation):
        yield from _models(argument, named=named or get_origin(annotation) is dict)


def keys(model: type[BaseModel]) -> list[str]:
    """The keys an entry knows, as they are written in the file."""
    return [field.alias or name for name, field in model.model_fields.items()]
