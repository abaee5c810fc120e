"""The JSON Schema of a report and the reader: what one takes, the other takes too."""

from __future__ import annotations

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda import ReportError, report
from servanda.render.schemas import schema_of

HEAD = {"id": "r1", "reported": "2025-11-06", "source": "ary"}
VALIDATOR = jsonschema.Draft202012Validator(schema_of("report"))
NAMES = (
    "id",
    "source",
    "claimant",
    "says",
    "of",
    "incident",
    "agreement",
    "act",
    "actor",
    "target",
    "object",
    "place",
    "quantity",
    "note",
)
VALUES = (
    None,
    "",
    " ",
    "x",
    0,
    -1,
    2.5,
    True,
    [],
    ["x"],
    [""],
    [1],
    [None],
    {},
    {"low": 1, "high": 2},
    {"low": -1, "high": 2},
    {"low": 1},
    {"low": 1, "high": 2, "to": 3},
    "denies",
    "confirms",
)


def taken(fields):
    try:
        report(fields)
    except ReportError:
        return False
    return True


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_schema_and_reader_agree_on_every_value(name, value):
    fields = HEAD | {name: value}
    assert VALIDATOR.is_valid(fields) == taken(fields)


@given(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), max_size=5))
def test_schema_and_reader_agree_on_several(fields):
    assert VALIDATOR.is_valid(HEAD | fields) == taken(HEAD | fields)


@pytest.mark.parametrize("name", HEAD)
def test_what_is_needed(name):
    for fields in ({key: value for key, value in HEAD.items() if key != name}, HEAD | {name: ""}, HEAD | {name: None}):
        assert not VALIDATOR.is_valid(fields)
        assert not taken(fields)


def test_an_empty_claimant_is_the_source():
    assert report(HEAD | {"claimant": ""}).claimant == "ary"


def test_a_quantity_is_not_negative():
    whole, span = VALIDATOR.schema["properties"]["quantity"]["anyOf"][:2]
    assert whole == {"minimum": 0, "type": "number"}
    assert span["$ref"].endswith("QuantityIn")
