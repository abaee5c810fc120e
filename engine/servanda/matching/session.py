"""A safe session with the durable_rules C engine: facts and events come in, their matches go out.

The engine is exact only within a discipline, and this module is that discipline:

* Only its C functions are used. Its Python host has timer threads, consumes an event at its first
  match and swallows exceptions.
* Everything is a fact. An event is asserted, drained of its matches and retracted in one call.
* Nothing is retracted while matches are pending. A fact that was ever in a match is never retracted
  in C, which would read outside its memory: it becomes a tombstone, until the state is built anew.
* Ids are made here, because the engine compares them by a 32-bit hash only.
* Only fields that a rule names reach C, as exact `str` or 64-bit `int`.
* After an error or an interrupt the engine may hold a message by half: the state is built anew.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import threading
from collections.abc import Hashable, Mapping
from functools import cache
from importlib import import_module
from typing import NamedTuple, Protocol, Self, cast

from servanda.matching.rules import Rules, Scalar, check_value, name_hash

REBUILD_AFTER = 500_000  # facts seen in matches; the engine leaks about 36 bytes for each until then
_TOMBSTONES = 256  # that are always tolerated
_BUCKETS = 512  # of the engine's table of ids
_EVENT, _BOOT = "e", '{"id":"b","__boot":1}'
_EVENT_BUCKET = name_hash(_EVENT) % _BUCKETS
_ENGINE_IDS = frozenset(map(name_hash, (_EVENT, "b", "sid-0")))
_session_numbers = itertools.count(1)  # only to give each set of rules in C a name of its own
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class EngineError(RuntimeError):
    """The engine refused a message, or a session was used after its end or by another thread."""


class Match(NamedTuple):
    """A rule that fired, and the key of the fact (or event) that met each of its conditions."""

    rule: str
    keys: Mapping[str, Hashable]


class _Fact(NamedTuple):
    ident: str  # the id it has in the engine
    text: str  # as the engine was told


class _Engine(Protocol):
    """What is used of the C module; a state is the address the engine gives for it."""

    error: type[Exception]

    def create_ruleset(self, name: str, definition: str, /) -> int: ...
    def delete_ruleset(self, rules: int, /) -> None: ...
    def delete_state(self, rules: int, sid: str | None, /) -> None: ...
    def assert_event(self, rules: int, message: str, /) -> tuple[int, int]: ...
    def assert_fact(self, rules: int, message: str, /) -> tuple[int, int]: ...
    def retract_fact(self, rules: int, message: str, /) -> tuple[int, int]: ...
    def start_action_for_state(self, rules: int, state: int, /) -> tuple[str, str] | None: ...
    def complete_and_start_action(self, rules: int, state: int, /) -> str | None: ...


@cache
def _engine() -> _Engine:
    if sys.version_info < (3, 13) or not hasattr(sys, "setdlopenflags"):
        return cast("_Engine", import_module("durable_rules_engine"))
    # The module refers to a function that Python 3.13 has dropped and that is never called from here:
    # bound lazily, it loads all the same.
    flags = sys.getdlopenflags()
    sys.setdlopenflags(os.RTLD_LAZY)
    try:
        return cast("_Engine", import_module("durable_rules_engine"))
    finally:
        sys.setdlopenflags(flags)


def available() -> bool:
    """Whether the C engine can be imported here.

    >>> available() in (True, False)
    True
    """
    try:
        _engine()
    except ImportError:
        return False
    return True


class Session:
    """Facts that stay, events that pass, and the matches they complete.

    A session belongs to the thread that made it. Matches come by rule, then by age of their facts.

    >>> from servanda.matching.rules import Condition, Join
    >>> join = Join.parse("act == clause.act")
    >>> pair = (Condition("clause", {"kind": "c"}), Condition("event", {"kind": "e"}, (join,)))
    >>> with Session(Rules({"touches": pair})) as session:
    ...     _ = session.assert_fact("ceasefire", {"kind": "c", "act": "attack"})
    ...     session.post("r12", {"kind": "e", "act": "attack", "place": "Chaman"})
    (Match(rule='touches', keys={'clause': 'ceasefire', 'event': 'r12'}),)
    """

    _handle: int | None = None

    def __init__(self, rules: Rules, rebuild_after: int = REBUILD_AFTER) -> None:
        """Hand the rules to the engine; ImportError where there is none."""
        self._c = _engine()
        self._owner = threading.get_ident()
        self._names = {f"r{n}": (n, name) for n, name in enumerate(rules.by_name)}
        self._fields, self._numbers = rules.fields, rules.numbers
        self._rebuild_after = rebuild_after
        self._serial = itertools.count(1)
        self._live: dict[Hashable, _Fact] = {}  # by the caller's key, in order of assertion
        self._keys: dict[str, Hashable] = {}  # of the live and the dead, by id
        self._hashes: set[int] = set(_ENGINE_IDS)
        self._matched: set[str] = set()  # ids of facts that were ever in a match
        self._dead: set[str] = set()  # tombstones
        self._leaked = 0
        self._dirty = False  # whether the engine may hold a message by half
        handle = self._c.create_ruleset(f"s{next(_session_numbers)}", _json(rules.definition()))
        self._state = self._boot(handle)
        self._handle = handle

    def __enter__(self) -> Self:
        """The session itself."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close it."""
        self.close()

    def __del__(self) -> None:
        """Give the engine's memory back, should nobody have closed the session."""
        self.close()

    def close(self) -> None:
        """Give the engine's memory back; once is enough, twice does no harm."""
        handle, self._handle = self._handle, None
        if handle is not None:
            self._c.delete_state(handle, None)  # first, or its memory leaks
            self._c.delete_ruleset(handle)

    # --- what a caller does ---------------------------------------------------------------------------

    def assert_fact(self, key: Hashable, fact: Mapping[str, object]) -> tuple[Match, ...]:
        """Keep a fact until it is retracted; the matches it completes with the facts already there.

        Fields that no rule names are ignored, None counts as left out. A key already in use is a
        KeyError, a field of the wrong type a TypeError, one out of range a ValueError.
        """
        handle = self._ready()
        if key in self._live:
            msg = f"a fact with the key {key!r} is already asserted"
            raise KeyError(msg)
        ident = self._new_id()
        text = self._text(ident, fact)
        self._dirty = True
        found = self._send(handle, text)
        self._hashes.add(name_hash(ident))
        self._keys[ident] = key
        self._live[key] = _Fact(ident, text)
        return self._matches(found, None)

    def retract_fact(self, key: Hashable) -> None:
        """Take a fact back; a key not in use is a KeyError."""
        handle = self._ready()
        ident = self._live[key].ident
        self._dirty = True
        del self._live[key]
        if ident in self._matched:
            self._dead.add(ident)
        else:
            self._c.retract_fact(handle, _json({"id": ident}))
            del self._keys[ident]
            self._hashes.discard(name_hash(ident))
        self._dirty = False
        if len(self._dead) > _TOMBSTONES + len(self._live):
            self._rebuild()

    def post(self, key: Hashable, event: Mapping[str, object]) -> tuple[Match, ...]:
        """Join an event with the facts; it is not kept. Fields as for `assert_fact`."""
        handle = self._ready()
        text = self._text(_EVENT, event)
        self._dirty = True
        found = self._send(handle, text)
        if found is not None:
            self._c.retract_fact(handle, '{"id":"e"}')
        return self._matches(found, key)

    # --- messages -------------------------------------------------------------------------------------

    def _text(self, ident: str, message: Mapping[str, object]) -> str:
        told: dict[str, Scalar] = {"id": ident}
        for field in self._fields:
            value = message.get(field)
            if value is not None:
                told[field] = check_value(field, value, self._numbers)
        return _json(told)

    def _new_id(self) -> str:
        """An id unlike any other to the engine, and out of the way of the event's."""
        while True:
            ident = f"f{next(self._serial)}"
            hashed = name_hash(ident)
            if hashed not in self._hashes and hashed % _BUCKETS != _EVENT_BUCKET:
                return ident

    def _matches(self, texts: list[str] | None, event_key: Hashable) -> tuple[Match, ...]:
        """The engine's matches read, without those of tombstones; the session is clean after it."""
        ranked: list[tuple[int, list[int], Match]] = []
        for text in texts or ():
            ((engine_name, frame),) = json.loads(text).items()
            idents = {name: message["id"] for name, message in frame.items()}
            facts = [ident for ident in idents.values() if ident != _EVENT]
            self._matched.update(facts)
            self._leaked += len(facts)
            if self._dead.isdisjoint(facts):
                rank, rule = self._names[engine_name]
                age = [0 if ident == _EVENT else int(ident[1:]) for ident in idents.values()]
                keys = {n: event_key if i == _EVENT else self._keys[i] for n, i in idents.items()}
                ranked.append((rank, age, Match(rule, keys)))
        self._dirty = False
        if self._leaked > self._rebuild_after:
            self._rebuild()
        ranked.sort(key=lambda entry: entry[:2])
        return tuple(match for _, _, match in ranked)

    # --- the engine's state ---------------------------------------------------------------------------

    def _ready(self) -> int:
        if self._handle is None:
            msg = "the session is closed"
            raise EngineError(msg)
        if threading.get_ident() != self._owner:
            msg = "a session belongs to the thread that made it"
            raise EngineError(msg)
        if self._dirty:
            self._rebuild()
        return self._handle

    def _send(self, handle: int, text: str) -> list[str] | None:
        """The matches that a message completes; None when no rule looks at it and it was not stored."""
        try:
            code, _ = self._c.assert_fact(handle, text)
        except self._c.error as error:
            msg = f"the engine refused {text[:200]}: {error}"
            raise EngineError(msg) from error
        if code == 0:
            return self._drain(handle)
        if code == 1:
            return None
        msg = f"the engine takes {text[:200]} for a message it already has"
        raise EngineError(msg)

    def _drain(self, handle: int) -> list[str]:
        first = self._c.start_action_for_state(handle, self._state)
        found: list[str] = []
        text = first[1] if first is not None else None
        while text is not None:
            found.append(text)
            text = self._c.complete_and_start_action(handle, self._state)
        return found

    def _boot(self, handle: int) -> int:
        """Run one action in a new state: to delete one in which none ever ran frees a wild pointer."""
        _, state = self._c.assert_event(handle, _BOOT)
        self._c.start_action_for_state(handle, state)
        self._c.complete_and_start_action(handle, state)
        return state

    def _rebuild(self) -> None:
        """A new state with the live facts only."""
        # Should an interrupt come in here, the session is left closed: memory is lost, not corrupted.
        handle, self._handle = self._handle, None
        if handle is None:
            return
        self._c.delete_state(handle, None)
        self._state = self._boot(handle)
        self._keys = {fact.ident: key for key, fact in self._live.items()}
        self._hashes = {*_ENGINE_IDS, *map(name_hash, self._keys)}
        self._dead, self._matched, self._leaked = set(), set(), 0
        for fact in self._live.values():
            for again in self._send(handle, fact.text) or ():  # told before, so only noted
                ((_, frame),) = json.loads(again).items()
                self._matched.update(message["id"] for message in frame.values())
        self._handle, self._dirty = handle, False
