"""YAML 1.2 core scalars with their places; and hostile input, which ends soon and with a diagnostic."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from servanda.errors import LoadError
from servanda.reading import loads
from servanda.reading.agreement import check
from servanda.reading.complaints import Complaints
from servanda.reading.tree import Spot
from servanda.reading.yaml_tree import read_tree

GOOD = """servanda: 1
agreement: example
term: {from: 2025-10-19, until: open}
actors:
  PAK: {name: Pakistan, role: party, aliases: [Islamabad]}
  AFG: {role: party}
sources: {x: {kind: media}}
views: {own: {ranking: [[x], rest]}}
clauses:
  a: {binds: [PAK, AFG], must_not: {act: force, target: $other}, until: P60D, cites: {part: 1}}
  b:
    binds: PAK
    when: [{violated: a}, {act: talk, quantity: {gte: 1}}]
    requires: {fulfilled: a}
    must: {act: [pay, {not: talk}], target: AFG}
    within: P30D
    otherwise: {must: {act: pay}}
    readings: {PAK: {by: 2025-11}}
"""
HOSTILE = {
    "brackets": "[" * 100_000,
    "braces": "{" * 100_000,
    "dashes": "- " * 100_000,
    "question marks": "? " * 100_000,
    "steps": "".join(" " * depth + "a:\n" for depth in range(3_000)),
    "laughs": "a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(10_000)),
    "bombs": "".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]\n" for n in range(9)),
    "bangs": "!" * 1_000_000,
    "ampersands": "&a " * 300_000,
    "colons": ":" * 1_000_000,
    "open quote": '"' + "a" * 1_000_000,
    "long text": "a: |\n " + "a" * 1_000_000,
    "lines": "\n" * 1_000_000,
    "same keys": "a: 1\n" * 50_000,
    "other keys": GOOD + "".join(f"  c{n}: {{binds: PAKK}}\n" for n in range(5_000)),
    "chain": GOOD
    + "".join(f"  c{n}: {{binds: PAK, must: {{act: x}}, when: {{violated: c{n + 1}}}}}\n" for n in range(5_000)),
    "digits": "a: " + "9" * 60_000,
    "exponent": "a: 1e999999999",
    "surrogate": "a: \ud800",
}


def plain(text: str) -> object:
    complaints = Complaints("t.yaml", text)
    tree = read_tree(text, complaints)
    assert not complaints.ordered()
    assert tree is not None
    return tree.plain()


def test_core_scalars() -> None:
    text = "[NO, no, on, y, 2025-11-06, 12:30:45, 0777, 0o17, 0x1F, +3, -3, 1_000, 1., .5, 1e3, ~, Null, TRUE, 'true', 1.2.3]"
    assert plain(text) == [
        "NO", "no", "on", "y", "2025-11-06", "12:30:45", 777, 15, 31, 3, -3, "1_000", 1.0, 0.5, 1000.0,
        None, None, True, "true", "1.2.3",
    ]  # fmt: skip
    assert plain("a:\nb: ''\n'1': |\n  x\n") == {"a": None, "b": "", "1": "x\n"}


def test_places_of_keys_and_values() -> None:
    text = "\ufeffa: 1\n\u00fc\u4e2d:\n  - x\n  - {key: 'value'}\nempty:\n"
    tree = read_tree(text, Complaints("t.yaml", text))
    assert tree is not None
    assert tree.at("a").key == Spot(1, 1, 1)
    assert tree.at("a").spot == Spot(1, 4, 1)
    assert tree.at("\u00fc\u4e2d", 0).spot == Spot(3, 5, 1)
    assert tree.at("\u00fc\u4e2d", 1, "key").key == Spot(4, 6, 3)
    assert tree.at("\u00fc\u4e2d", 1, "key").spot == Spot(4, 11, 7)
    assert tree.at("empty").spot == Spot(5, 1, 5)
    assert tree.at("a", "further", 3) is tree.at("a")


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_input_ends_soon(name: str) -> None:
    begun = time.monotonic()
    with pytest.raises(LoadError) as raised:
        loads(HOSTILE[name])
    assert raised.value.diagnostics
    assert len(str(raised.value)) < 100_000
    assert time.monotonic() - begun < 20


def survives(text: str) -> None:
    refused: LoadError | None = None
    try:
        loads(text)
    except LoadError as error:
        refused = error
    if refused is not None:
        assert str(refused)
        assert any(found.severity == "error" for found in refused.diagnostics)


@given(st.text())
def test_any_text_loads_or_is_refused(text: str) -> None:
    survives(text)


@given(data=st.binary())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_load_or_are_refused(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(data)
    agreement, found = check(path)
    assert agreement is not None or found


PIECES = st.sampled_from(
    [
        "\n",
        "  ",
        ": ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "'",
        '"',
        "&a ",
        "*a",
        "!!str ",
        "<<: ",
        "---\n",
        "%YAML 1.1\n",
        "|",
        ">",
    ]
    + [
        "?",
        "#",
        "$other",
        "$trigger.x",
        "any",
        "null",
        "1",
        "-1",
        "1e999",
        ".nan",
        "P5B",
        "2025-02-30",
        "x",
        "\t",
        "\0",
    ]
    + [
        "otherwise: {must: {act: x}}",
        "readings: {PAK: {}}",
        "when: {violated: b.otherwise}",
        "9" * 30,
        "part_of: PAK, ",
    ]
)


@example([(521, 7, "\n"), (0, 0, "&a "), (527, 3, "\n")])  # an unknown key in an `otherwise`
@given(st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 12), PIECES), min_size=1, max_size=4))
@settings(max_examples=400, deadline=None)
def test_a_spoiled_agreement_loads_or_is_refused(edits: list[tuple[int, int, str]]) -> None:
    text = GOOD
    for at, gone, piece in edits:
        text = text[:at] + piece + text[at + gone :]
    survives(text)


TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3000) | st.sampled_from(["PAK", "any", "$all", "$x", "P1D", "2025", "a", "-P1D", "é"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["act", "actor", "target", "must", "must_not", "binds", "when", "on", "by", "from", "until", "within", "otherwise", "readings", "PAK", "not", "gte", "violated", "fulfilled", "name", "role", "ranking", "in", "exists", "requires", "joint", "a"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(
    section=st.sampled_from(["clauses", "actors", "sources", "places", "views", "evidence", "term"]),
    value=TREES,
    inner=st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_any_values_in_a_section_load_or_are_refused(section: str, value: object, inner: bool) -> None:  # noqa: FBT001
    import json

    tree: dict[str, object] = {
        "servanda": 1, "agreement": "x", "actors": {"PAK": {"role": "party"}},
        "clauses": {"a": {"binds": "PAK", "must": {"act": "x"}}},
    }  # fmt: skip
    if inner and section == "clauses":
        value = {
            "a": {"binds": ["PAK"], "must": {"act": "talk"}} | (value if isinstance(value, dict) else {"when": value})
        }
    tree[section] = value
    survives(json.dumps(tree, ensure_ascii=False))


def test_the_good_one_is_good() -> None:
    assert [clause.name for clause in loads(GOOD).clauses] == ["a", "b"]
