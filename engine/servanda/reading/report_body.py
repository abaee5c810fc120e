"""The fields of one report come in, as JSON reads them; the frozen `Report` goes out, or what is wrong.

One function for each check, in the order of their codes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import cast, get_args
from zoneinfo import ZoneInfo

from servanda.model.moments import When, sayable
from servanda.model.report import Amount, Report, Says, Value
from servanda.reading.json_lines import DEPTH_LIMIT, DIGIT_LIMIT, canonical, kind_of
from servanda.reading.rejected import ReportError, shown, wrong

NEEDED = ("id", "reported", "source")
HEAD = frozenset((*NEEDED, "claimant", "says", "of", "incident", "agreement"))
_TEXTS = frozenset(("act", "object", "place"))
_ACTORS = frozenset(("actor", "target"))
FIELDS = frozenset((*HEAD, *_TEXTS, *_ACTORS, "occurred", "quantity"))  # every other name is an attribute
_SAYS = get_args(Says)
_UTC = ZoneInfo("UTC")
_BIT_LIMIT = 14_280  # a little less than so many digits


def report(mapping: Mapping[str, object]) -> Report:
    """A report from the fields a report file would have; raises ReportError with the same codes.

    >>> report({"id": "r1", "reported": "2025-11-06", "source": "ary", "actor": "PAK"}).body["actor"]
    ('PAK',)
    """
    fields = {key: _plain(key, value) for key, value in mapping.items()}
    return report_of(fields, None, surrogates=True)


def report_of(fields: Mapping[str, object], line: int | None, *, surrogates: bool) -> Report:
    """The report of fields as JSON gives them; `surrogates` says whether half pairs must be looked for."""
    try:
        return _report_of(fields, line, surrogates=surrogates)
    except ReportError as error:
        name = fields.get("id")
        if isinstance(name, str) and name.strip():
            raise error.of(shown(name)) from None
        raise


def _report_of(fields: Mapping[str, object], line: int | None, *, surrogates: bool) -> Report:
    content = canonical(fields)
    if surrogates:
        _check_unicode(content)
    for name in NEEDED:
        value = fields.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            raise wrong(code="R010", message=f"`{name}` is missing")
    source, says = _text("source", fields["source"]), _says(fields.get("says"))
    made = Report(
        id=_text("id", fields["id"]),
        reported=reported_of(fields["reported"]),
        source=source,
        claimant=_optional(fields, "claimant") or source,
        says=says,
        of=_optional(fields, "of"),
        incident=_optional(fields, "incident"),
        agreement=_optional(fields, "agreement"),
        body=MappingProxyType(_body(fields, clears=says == "corrects")),
        content=content,
        line=line,
    )
    if says != "asserts" and made.of is None and not (says == "denies" and made.incident is not None):
        raise wrong(code="R015", message=f"it {says}, but `of` does not say what")
    return made


def _check_unicode(content: str) -> None:
    try:
        content.encode()
    except UnicodeEncodeError:
        raise wrong(code="R006", message="half of a surrogate pair is not a character") from None


def _text(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise wrong(code="R011", message=f"`{name}` is {kind_of(value)}")


def _optional(fields: Mapping[str, object], name: str) -> str | None:
    value = fields.get(name)
    return None if value is None else _text(name, value) or None


def _says(value: object) -> Says:
    if value is None:
        return "asserts"
    if value not in _SAYS:
        said = shown(value, 40) if isinstance(value, str) else kind_of(value)
        raise wrong(code="R013", message=f"`says` is {said!r}")
    return cast("Says", value)


def _when(name: str, value: object) -> When:
    if not isinstance(value, str):
        raise wrong(code="R011", message=f"`{name}` is {kind_of(value)}")
    try:
        return When.parse(value)
    except ValueError as error:
        raise wrong(code="R012", message=f"`{name}`: {shown(str(error), 200)}") from None


def reported_of(value: object) -> When:
    """When a report was made. Raises ReportError with R011 or R012."""
    when = _when("reported", value)
    if when.after is None:
        remedy = "Say by when it was known, such as 2025-11-06."
        raise wrong(code="R012", message="`reported` has no end", remedy=remedy)
    if not sayable(when.interval(_UTC).latest):
        remedy = "Say when it really was known, such as 2025-11-06."
        raise wrong(code="R012", message="`reported` lies outside the years 1 to 9999", remedy=remedy)
    return when


def _body(fields: Mapping[str, object], *, clears: bool) -> dict[str, object]:
    """What the report says of the event; null clears a field in a correction, else it is as if left out."""
    body: dict[str, object] = {}
    for name, value in fields.items():
        if name in HEAD:
            continue
        read = None if value is None else _field(name, value)
        if read is not None or clears:
            body[name] = read
    return body


def _field(name: str, value: object) -> object:
    """The value as `Report.body` keeps it; None for an empty text or list of a field that has a form."""
    if name in _TEXTS:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        text = str(value) if is_number else _text(name, value)
        if name == "act" and text.count(".") >= DEPTH_LIMIT:  # each segment is a level of its own
            raise wrong(code="R004", message=f"`act` has more than {DEPTH_LIMIT} segments")
        return text or None
    if name in _ACTORS:
        return _actors(name, value)
    if name == "occurred":
        return _when(name, value) if value != "" else None
    if name == "quantity":
        return _quantity(value)
    return _free(name, value)


def _actors(name: str, value: object) -> tuple[str, ...] | None:
    members = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(text for each in members if (text := _text(name, each)))) or None


def _quantity(value: object) -> Amount:
    """A number, or an object with `low` and `high`."""
    if isinstance(value, dict):
        if set(value) != {"low", "high"}:
            keys = ", ".join(sorted(value)) or "nothing"
            raise wrong(code="R014", message=f"`quantity` has {shown(keys, 40)} where low and high should be")
        amount = Amount(_bound(value["low"]), _bound(value["high"]))
    else:
        amount = Amount(_bound(value), _bound(value))
    if amount.low > amount.high:
        raise wrong(code="R014", message=f"`quantity` is from {amount.low} up to {amount.high}")
    return amount


def _bound(value: object) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise wrong(code="R014", message=f"`quantity` is {kind_of(value)}")
    try:
        finite = math.isfinite(value)
    except OverflowError:
        finite = False
    if not finite:
        raise wrong(code="R014", message="`quantity` is not finite")
    if value < 0:
        raise wrong(code="R014", message=f"`quantity` is {value}")
    return value


def _free(name: str, value: object) -> Value:
    """A free attribute: scalars as they stand, lists as tuples, objects as canonical JSON."""
    if isinstance(value, list):
        return tuple(_free(name, each) for each in value)
    if isinstance(value, dict):
        return canonical(value)
    return cast("Value", value)


def _plain(name: object, value: object, depth: int = 2) -> object:
    """A value of a caller's mapping as JSON would have given it; raises ReportError for any other."""
    if not isinstance(name, str):
        raise wrong(code="R011", message=f"the key {shown(repr(name))} is not text")
    if isinstance(value, (Mapping, list, tuple)):
        if depth > DEPTH_LIMIT:
            raise wrong(code="R004", message=f"`{name}` has more than {DEPTH_LIMIT} levels inside each other")
        if isinstance(value, Mapping):
            return {key: _plain(key, each, depth + 1) for key, each in value.items()}
        return [_plain(name, each, depth + 1) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise wrong(code="R014" if name == "quantity" else "R003", message=f"`{name}` is {value}")
    if type(value) is int and value.bit_length() > _BIT_LIMIT:
        raise wrong(code="R001", message=f"`{name}` has more than {DIGIT_LIMIT} digits")
    if value is None or type(value) in (str, int, float, bool):
        return value
    raise wrong(code="R011", message=f"`{name}` is a {type(value).__name__}")
