"""A tracker is saved, its file is cut, altered and moved; what is restored of it, and what is refused, is checked."""

from __future__ import annotations

import dataclasses
import json
import os
import pickle
import tracemalloc
import zlib
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oracle.generate import GeneratedCase, cases
from properties.versus import agreement_of, reports_of
from servanda import Report, SnapshotError, Tracker, load, loads, read_reports, report
from servanda.diagnostics import CATALOGUE
from servanda.model.moments import When
from servanda.snapshot import Event, Snapshot, file, fingerprint, restore, save

HERE = Path(__file__).parent
DATA = HERE / "cli" / "data"
BAD = sorted((HERE / "bad_snapshots").glob("*.jsonl"))
TEXT = (DATA / "agreement.yaml").read_text("utf-8")
AGREEMENT = loads(TEXT)
REPORTS = list(read_reports(DATA / "reports.jsonl"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The snapshot of a tracker that has taken every report."""
    save(taken(), tmp_path / "state")
    return tmp_path / "state"


def taken() -> Tracker:
    tracker = Tracker(AGREEMENT)
    for one in REPORTS:
        tracker.observe(one)
    return tracker


def used(path: Path) -> None:
    """Read all of it, for a tracker that has taken nothing yet."""
    with Snapshot(path) as snapshot:
        snapshot.check_for(Tracker(AGREEMENT))
        list(snapshot.events())


def told(path: Path) -> list[Event]:
    with Snapshot(path) as snapshot:
        return list(snapshot.events())


# --- there and back -------------------------------------------------------------------------------------


def test_what_is_restored_is_what_was_saved(path: Path) -> None:
    before, after = taken(), restore(path, AGREEMENT, Tracker)
    assert after.reports == before.reports == tuple(REPORTS)
    assert (after.clock, after.view) == (before.clock, before.view)
    assert after.assess() == before.assess()
    late = report({"id": "r16", "reported": "2025-11-20", "source": "ary", "says": "denies", "of": "r14"})
    assert after.observe(late) == before.observe(late) != []


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(), st.integers(0, 20))
def test_a_tracker_goes_on_as_if_it_had_never_been_saved(
    tmp_path_factory: pytest.TempPathFactory, case: GeneratedCase, cut: int
) -> None:
    agreement, reports, where = agreement_of(case[0]), reports_of(case[1]), tmp_path_factory.mktemp("s") / "s"
    before = Tracker(agreement, view=case[2], engine="plain")
    for one in reports[:cut]:
        before.observe(one)
    if before.clock is not None:
        before.advance(before.clock + 36 * 3600 * 1_000_000)
    save(before, where)
    after = restore(where, agreement, lambda *args, **more: Tracker(*args, engine="plain", **more))
    assert after.clock == before.clock
    for one in reports[cut:]:
        assert after.observe(one) == before.observe(one)


def test_the_view_the_clock_and_what_is_set_aside_are_kept(tmp_path: Path) -> None:
    tracker = Tracker(AGREEMENT, view="account of Islamabad")
    tracker.observe(report({"id": "o", "source": "s", "reported": "2030-01-01", "act": "a", "agreement": "other"}))
    tracker.advance("2025-12-31")
    save(tracker, tmp_path / "s")
    again = restore(tmp_path / "s", AGREEMENT, Tracker)
    assert (again.view, again.clock) == ("account of PAK", tracker.clock)
    assert again.assess().set_aside == 1
    save(Tracker(AGREEMENT), tmp_path / "s")
    assert restore(tmp_path / "s", AGREEMENT, Tracker).clock is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.text(min_size=1), JSON, max_size=5), st.none() | st.integers(1, 10**9))
def test_every_report_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, attributes: dict[str, object], line: int | None
) -> None:
    fields = {f"x{name}": value for name, value in attributes.items()}
    made = dataclasses.replace(report({"id": "r", "reported": "2025-11-06", "source": "ary", **fields}), line=line)
    where = tmp_path_factory.mktemp("s") / "s"
    tracker = Tracker(AGREEMENT, engine="plain")
    tracker.observe(made)
    save(tracker, where)
    assert told(where)[0].report == made


@pytest.mark.parametrize("depth", [0, 31])
def test_what_a_report_file_may_hold_a_snapshot_can(tmp_path: Path, depth: int) -> None:
    deep = "[" * depth + "]" * depth or '"\\u0000"'
    (tmp_path / "r.jsonl").write_text(f'{{"id": "r", "reported": "2025-11-06", "source": "ary", "x": {deep}}}\n')
    (made,) = read_reports(tmp_path / "r.jsonl")
    tracker = Tracker(AGREEMENT)
    tracker.observe(made)
    save(tracker, tmp_path / "s")
    assert restore(tmp_path / "s", AGREEMENT, Tracker).reports == (made,)


def test_a_report_made_by_hand_cannot_be_saved(tmp_path: Path) -> None:
    tracker = Tracker(AGREEMENT)
    tracker.observe(Report("r1", When.parse("2025-11-06"), "ary", "ary"))
    with pytest.raises(ValueError, match="'r1' cannot be saved: make it with `report`"):
        save(tracker, tmp_path / "s")
    assert list(tmp_path.iterdir()) == []


def test_a_report_longer_than_can_be_read_is_not_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()
    monkeypatch.setattr(file, "_LONGEST", 250)
    with pytest.raises(ValueError, match="longer than what a snapshot holds"):
        save(taken(), path)
    assert path.read_bytes() == before
    with pytest.raises(SnapshotError) as caught:
        told(path)
    assert (caught.value.code, caught.value.line) == ("S004", 2)


# --- the file -------------------------------------------------------------------------------------------


def test_every_line_is_json_and_the_first_says_what_it_is_of(path: Path) -> None:
    head, *events = map(json.loads, path.read_text("utf-8").splitlines())
    assert list(head) == ["sum", "snapshot", "agreement", "events", "fingerprint", "retention", "view"]
    assert (head["snapshot"], head["agreement"], head["view"], head["retention"]) == (1, AGREEMENT.id, "neutral", None)
    assert head["events"] == len(events) == 5
    assert [one["report"]["id"] for one in events[:4]] == ["r12", "r13", "r14", "r15"]
    assert [one["line"] for one in events[:4]] == [1, 2, 3, 4]
    assert events[4]["advance"] == "2025-11-15T18:59:59.999999Z"


def test_it_is_replaced_at_once_and_keeps_its_mode(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.chmod(0o640)
    link = path.with_name("link")
    link.symlink_to(path)
    save(Tracker(AGREEMENT), link)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(OSError, match="full"):
        save(taken(), path)
    assert path.read_bytes() == before
    assert sorted(path.parent.iterdir()) == [link, path]


def test_nothing_but_a_file_is_replaced(tmp_path: Path) -> None:
    for place in (tmp_path, Path(os.devnull), tmp_path / "none" / "s"):
        with pytest.raises(OSError):
            save(Tracker(AGREEMENT), place)
    assert Path(os.devnull).is_char_device()


# --- going on -------------------------------------------------------------------------------------------


def test_events_can_be_added(path: Path) -> None:
    late = report({"id": "r16", "reported": "2025-11-20", "source": "ary", "says": "denies", "of": "r14"})
    with Snapshot(path, more=True) as snapshot:
        assert len(list(snapshot.events())) == 5
        snapshot.append(Event(report=late, note={"at": [1, "ö"]}))
        snapshot.append(Event(note={}))
        snapshot.sync()
        assert told(path)[5:] == [Event(late, note={"at": [1, "ö"]}), Event(note={})]
    with Snapshot(path, more=True) as snapshot:
        list(snapshot.events())
        snapshot.append(Event(advance=late.reported.interval(AGREEMENT.zone).latest + 5))
    tracker = restore(path, AGREEMENT, Tracker)
    assert tracker.reports == (*REPORTS, late)
    assert tracker.clock == late.reported.interval(AGREEMENT.zone).latest + 5


def test_only_one_can_add(path: Path) -> None:
    with Snapshot(path, more=True), pytest.raises(SnapshotError, match="S001 is in use by another program"):
        Snapshot(path, more=True)
    Snapshot(path, more=True).close()


def test_a_line_that_was_cut_off_is_dropped_with_a_warning(path: Path) -> None:
    with Snapshot(path, more=True) as snapshot:
        list(snapshot.events())
        snapshot.append(Event(note={"n": 1}))
    whole = path.read_bytes()
    start = whole.rindex(b"{", 0, whole.rindex(b'"note"'))
    for end in range(start + 1, len(whole)):
        path.write_bytes(whole[:end])
        with pytest.warns(UserWarning, match="the last line was cut off, and is dropped"):
            assert restore(path, AGREEMENT, Tracker).reports == tuple(REPORTS)
        assert path.read_bytes() == whole[:end]
        with Snapshot(path, more=True) as snapshot:
            assert len(list(snapshot.events())) == 5
            assert snapshot.torn
            snapshot.append(Event(note={}))
        assert told(path)[5:] == [Event(note={})]
        assert path.read_bytes().endswith(b'"note":{}}\n')


# --- what is refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_each_file_is_refused_with_its_code(file: Path) -> None:
    code = file.name.split("-")[0]
    with pytest.raises(SnapshotError) as caught:
        used(file)
    assert caught.value.code == code
    assert str(caught.value).startswith(str(file))
    assert CATALOGUE[code].remedy in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_there_is_a_file_for_every_code_but_that_of_no_file() -> None:
    found = {file.name.split("-")[0] for file in BAD}
    assert found | {"S001"} == {code for code in CATALOGUE if code.startswith("S")}


@pytest.mark.parametrize("place", ["none", ".", "a\0b"])
def test_a_file_that_cannot_be_opened(tmp_path: Path, place: str) -> None:
    with pytest.raises(SnapshotError) as caught:
        restore(f"{tmp_path}/{place}", AGREEMENT, Tracker)
    assert caught.value.code == "S001"


def test_what_is_not_as_it_was_is_said(path: Path) -> None:
    with Snapshot(path) as snapshot:
        snapshot.check_for(Tracker(AGREEMENT))
        with pytest.raises(SnapshotError, match=r"S008 it was kept under the view 'neutral', not 'press'\. Ask for"):
            snapshot.check_for(Tracker(AGREEMENT, view="press"))
        with pytest.raises(SnapshotError, match="S009 it was kept with the retention none, not P1Y"):
            snapshot.check_for(Tracker(AGREEMENT, retention="P1Y"))


def test_the_retention_is_kept(tmp_path: Path) -> None:
    tracker = Tracker(AGREEMENT, retention="P1Y")
    for one in REPORTS:
        tracker.observe(one)
    save(tracker, tmp_path / "s")
    again = restore(tmp_path / "s", AGREEMENT, Tracker)
    assert again.retention == "P1Y"
    assert again.assess() == tracker.assess()


def forgetful() -> Tracker:
    """A tracker that has let go of most that it was told."""
    tracker = Tracker(AGREEMENT, retention="P1D")
    for day in (1, 2, 3):
        fields = {"id": f"n{day}", "source": "x", "reported": f"2025-11-{day:02}"}
        tracker.observe(report({**fields, "act": "weather", "occurred": f"2025-11-{day:02}"}))
    for one in REPORTS:
        tracker.observe(one)
    tracker.observe(dataclasses.replace(REPORTS[0], agreement="other"))
    tracker.advance("2030-01-01")
    assert len(tracker.reports) < len(REPORTS)
    assert tracker.settled
    return tracker


def test_what_was_let_go_of_is_remembered(tmp_path: Path) -> None:
    tracker = forgetful()
    tracker.save(tmp_path / "s")
    again = Tracker.restore(AGREEMENT, tmp_path / "s")
    assert (again.settled, again.reports, again.clock) == (tracker.settled, tracker.reports, tracker.clock)
    assert again.assess() == tracker.assess()
    assert (again.assess().set_aside, again.wakes()) == (1, tracker.wakes())
    again.save(tmp_path / "t")
    assert (tmp_path / "t").read_bytes() == (tmp_path / "s").read_bytes()
    head, memory, *reports = map(json.loads, (tmp_path / "s").read_text("utf-8").splitlines())
    assert (head["snapshot"], head["events"]) == (2, 1 + len(reports))
    assert memory["memory"]["reports"] == len(reports) == len(tracker.reports)


def test_a_tracker_that_has_seen_nothing_remembers_so(tmp_path: Path) -> None:
    Tracker(AGREEMENT, retention="P1D").save(tmp_path / "s")
    again = Tracker.restore(AGREEMENT, tmp_path / "s")
    assert (again.clock, again.retention) == (None, "P1D")


def test_more_can_be_added_to_what_is_remembered(tmp_path: Path) -> None:
    tracker = forgetful()
    tracker.save(tmp_path / "s")
    late = report({"id": "z", "reported": "2030-02-01", "source": "ary", "act": "force.attack", "actor": "PAK"})
    with Snapshot(tmp_path / "s", more=True) as snapshot:
        list(snapshot.events())
        snapshot.append(Event(report=late))
    tracker.observe(late)
    assert Tracker.restore(AGREEMENT, tmp_path / "s").assess() == tracker.assess()


def test_a_snapshot_of_before_there_was_a_memory_is_read(tmp_path: Path) -> None:
    """Its reports, and the time, are told one by one."""
    plain = Tracker(AGREEMENT)
    for one in REPORTS:
        plain.observe(one)
    plain.save(tmp_path / "s")
    head, *lines = (tmp_path / "s").read_bytes().splitlines(keepends=True)
    told, crc = b"", 0
    for one in (head.replace(b'"retention":null', b'"retention":"P1Y"'), *lines):
        body = one[one.index(b",") + 1 :]
        told += _summed(body, crc)
        crc = zlib.crc32(body, crc)
    (tmp_path / "s").write_bytes(told)
    assert b'"snapshot":1' in told
    kept = Tracker(AGREEMENT, retention="P1Y")
    for one in REPORTS:
        kept.observe(one)
    assert Tracker.restore(AGREEMENT, tmp_path / "s").assess() == kept.assess()


@pytest.mark.parametrize(
    "spoilt",
    [
        {"reports": None},
        {"reports": "1"},
        {"clock": "soon"},
        {"settled": [["talks"]]},
        {"late": [1]},
        {"instances": [["talks", ["PAK"]]]},
        {"periods": None},
        {"breaches": [["ceasefire", ["PAK"], "x"]]},
        {"tangled": 5},
    ],
    ids=str,
)
def test_a_memory_of_another_program(tmp_path: Path, spoilt: dict[str, object]) -> None:
    tracker = forgetful()
    memory = {**(tracker.memory or {}), "reports": len(tracker.reports), **spoilt}
    Tracker(AGREEMENT, retention="P1D").save(tmp_path / "s")
    head = (tmp_path / "s").read_bytes().splitlines(keepends=True)[0].replace(b'"events":1', b'"events":0')
    head = _summed(head[head.index(b'"snapshot"') :], 0)
    body = b'"memory":' + json.dumps(memory).encode() + b"}\n"
    (tmp_path / "s").write_bytes(head + _summed(body, int(head[8:16], 16)))
    with pytest.raises(SnapshotError) as caught:
        Tracker.restore(AGREEMENT, tmp_path / "s")
    assert (caught.value.code, caught.value.line) == ("S010", 2)


def test_a_file_is_begun_anew_while_it_is_added_to(tmp_path: Path) -> None:
    path, tracker = tmp_path / "s", Tracker(AGREEMENT, retention="P1D")
    save(tracker, path)
    (tmp_path / ".s.0123abcd.new").touch()  # what a program that was killed has left
    (tmp_path / ".s.new").touch()
    with Snapshot(path, more=True) as snapshot:
        for _ in snapshot.tell(tracker):
            pass
        for one in REPORTS:
            tracker.observe(one)
            snapshot.append(Event(report=one))
        assert snapshot.size == 1 + len(REPORTS)
        tracker.advance("2030-01-01")
        snapshot.rewrite(tracker, {"n": 5})
        assert snapshot.size == snapshot.header.events == 1 + len(tracker.reports)
        with pytest.raises(SnapshotError, match="S001 is in use by another program"):
            Snapshot(path, more=True)
        snapshot.append(Event(note={"n": 6}))
        snapshot.sync()
    assert {one.name for one in tmp_path.iterdir()} == {"s", ".s.new"}
    assert Tracker.restore(AGREEMENT, path).assess() == tracker.assess()
    again = Tracker(AGREEMENT, retention="P1D")
    with Snapshot(path, more=True) as snapshot:
        assert [one.note for one in snapshot.tell(again)] == [{"n": 5}, {"n": 6}]


def test_what_was_replaced_just_when_it_was_opened_is_not_added_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits for a file that is begun anew must not get hold of the old one."""
    path = tmp_path / "s"
    save(Tracker(AGREEMENT), path)
    lock = Snapshot._lock

    def replaced(self: Snapshot, stream: BinaryIO) -> None:
        lock(self, stream)
        save(Tracker(AGREEMENT), path)

    monkeypatch.setattr(Snapshot, "_lock", replaced)
    with pytest.raises(SnapshotError, match="S001 is in use by another program"):
        Snapshot(path, more=True)


def test_a_file_that_cannot_be_begun_anew_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, tracker = tmp_path / "s", forgetful()
    tracker.save(path)
    before = path.read_bytes()
    with Snapshot(path, more=True) as snapshot:
        list(snapshot.events())
        with monkeypatch.context() as full:
            full.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
            with pytest.raises(OSError, match="full"):
                snapshot.rewrite(tracker, {})
        assert path.read_bytes() == before
        snapshot.append(Event(note={}))
    assert told(path)[-1] == Event(note={})
    assert list(tmp_path.iterdir()) == [path]


def test_no_byte_can_change_unseen(path: Path) -> None:
    whole = path.read_bytes()
    for at in range(0, len(whole), 13):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(SnapshotError) as caught:
            restore(path, AGREEMENT, Tracker)
        assert caught.value.code in ("S002", "S003", "S004", "S005")


def test_no_line_can_be_left_out_moved_or_doubled(path: Path) -> None:
    head, *lines = path.read_bytes().splitlines(keepends=True)
    for changed in (lines[1:], [*lines[1:], lines[0]], [lines[0], *lines], [lines[1], lines[0], *lines[2:]]):
        path.write_bytes(head + b"".join(changed))
        with pytest.raises(SnapshotError, match="S004"):
            restore(path, AGREEMENT, Tracker)
    path.write_bytes(head + b"".join(lines[:-1]))
    with pytest.raises(SnapshotError, match="S005 it ends after 4 of 5 events"):
        restore(path, AGREEMENT, Tracker)


@pytest.mark.parametrize(
    "body",
    [
        '"note":{},"forget":1}',
        '"note":1}',
        "}",
        '"report":{"id":"r"},"line":1}',
        '"report":{},"line":1}',
        '"report":[],"line":1}',
        '"report":{"id":"r","reported":"2025-11-06","source":"s"},"line":"1"}',
        '"advance":"soon"}',
        '"advance":""}',
        '"advance":5}',
        "1",
        "[" * 100_000,
    ],
    ids=lambda body: body[:40],
)
def test_a_line_of_another_program(path: Path, body: str) -> None:
    head = path.read_bytes().splitlines(keepends=True)[0].replace(b'"events":5', b'"events":0')
    head = _summed(head[head.index(b'"snapshot"') :], 0)
    crc = int(head[8:16], 16)
    path.write_bytes(head + _summed(body.encode() + b"\n", crc))
    with pytest.raises(SnapshotError) as caught:
        told(path)
    assert (caught.value.code, caught.value.line) == ("S010", 2)


def _summed(body: bytes, crc: int) -> bytes:
    return b'{"sum":"%08x",%b' % (zlib.crc32(body, crc), body)


def test_a_file_without_end_takes_no_memory(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(b'{"sum":"' + b"x" * (1 << 27))
    tracemalloc.start()
    try:
        with pytest.raises(SnapshotError, match="S002"):
            restore(tmp_path / "s", AGREEMENT, Tracker)
        assert tracemalloc.get_traced_memory()[1] < 1 << 27
    finally:
        tracemalloc.stop()


# --- the fingerprint ------------------------------------------------------------------------------------


def test_the_fingerprint_stays_what_it_is() -> None:
    """Another one makes every snapshot there is unusable."""
    assert fingerprint(AGREEMENT) == "13f06b9b8a1d0419ff827f6123b69fe0"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("servanda: 1\n", "servanda: 1  # a comment\n\n"),
        ("What was agreed in Doha", "What they agreed in Doha"),
        ("Nobody opens fire", "No one opens fire"),
        ("{act: force.attack, target: $other}", "{target: $other, act: force.attack}"),
        ("name: Pakistan, role: party", "role: party, name: Pakistan"),
        ("places: {Chaman: {in: Balochistan}, Spin", "places: {Spin"),
    ],
)
def test_words_and_order_leave_no_mark(old: str, new: str) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new)
    if new == "places: {Spin":
        text = text.replace("{in: Kandahar}}", "{in: Kandahar}, Chaman: {in: Balochistan}}")
    assert fingerprint(loads(text)) == fingerprint(AGREEMENT)


def test_the_order_of_amendments_leaves_no_mark() -> None:
    head = "servanda: 1\nagreement: a\nactors: {A: {role: party}}\nclauses:\n"
    duties = "  b: {binds: A, must: {act: pay}, by: 2025-11-01}\n  c: {binds: A, must: {act: talk}, by: 2025-11-01}\n"
    one, two = "b: {by: 2025-11-02}", "c: {by: 2025-11-03}"
    power = "  d: {binds: A, can: {act: agree}, effect: {amend: {%s, %s}}}\n"
    texts = [head + duties + power % pair for pair in ((one, two), (two, one), (one, one.replace("b:", "c:")))]
    first, same, other = (fingerprint(loads(text)) for text in texts)
    assert first == same != other


def test_the_order_of_clauses_and_the_path_leave_no_mark() -> None:
    head, body = TEXT.split("  talks:\n")
    talks, rest = body.split("  mechanism:\n")
    turned = f"{head}  mechanism:\n{rest}  talks:\n{talks}"
    assert fingerprint(loads(turned)) == fingerprint(load(DATA / "agreement.yaml")) == fingerprint(AGREEMENT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("timezone: Asia/Karachi", "timezone: Asia/Kabul"),
        ("from: 2025-10-19", "from: 2025-10-20"),
        ("aliases: [Islamabad]", "aliases: [Pindi]"),
        ("role: mediator", "role: observer"),
        ("kind: media", "kind: monitor"),
        ("grace: P3D", "grace: P4D"),
        ("in: Balochistan", "in: Kandahar"),
        ("corroboration: 2", "corroboration: 3"),
        ("target: $other", "target: any"),
        ("on: 2025-11-06", "on: 2025-11-07"),
        ("joint: true", "joint: false"),
        ("within: P10D", "within: P11D"),
        ("violated: ceasefire", "violated: talks"),
        ("AFG: {must: {act: force.restrain", "AFG: {must: {act: force"),
    ],
)
def test_every_other_change_does(old: str, new: str) -> None:
    assert old in TEXT
    assert fingerprint(loads(TEXT.replace(old, new, 1))) != fingerprint(AGREEMENT)
