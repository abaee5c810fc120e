"""A stream of reports on a cluster: the findings are those of a registry, in their order, also after a stop."""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from servanda import Agreement, Registry, Report, SnapshotError, TooMuchError, report
from servanda.render.findings import finding_data
from spark.sessions import missing
from spark.state import Given, Handle, Timers
from test_registry import BAN, COUNTS, DELIVERY, HEAD, OTHERWISE, POWER, RELEASE, STATE, TRIGGERED, made, stream

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
    pytest.mark.filterwarnings("ignore"),  # what PySpark, pandas and Arrow warn of each other
]
BEFORE = report({"id": "before", "source": "press", "reported": "2026-01-01", "act": "talk", "actor": "Z"})
AFTER = [
    report({"id": f"after{n}", "source": "press", "reported": "2027-01-01", "act": "talk", "actor": "Z"})
    for n in (1, 2)
]


def eight() -> list[Agreement]:
    """Agreements of eight kinds, some of which share their people."""
    clauses = [DELIVERY, BAN, TRIGGERED, STATE, POWER, COUNTS, OTHERWISE, RELEASE]
    return [
        made(re.sub(r"\bA\b", f"A{n % 3}", one), f"a{n}", re.sub(r"\b(A|Alfa)\b", rf"\g<1>{n % 3}", HEAD))
        for n, one in enumerate(clauses)
    ]


def batches(seed: int) -> list[list[Report]]:
    """Reports as they come: one by itself, some at a time, and at last that time has passed."""
    told = list(stream(random.Random(seed)))
    return [[BEFORE], told[:15], told[15:30], told[30:], *([one] for one in AFTER)]


def ordered(batch: Sequence[Report], agreements: Sequence[Agreement]) -> list[Report]:
    """The reports of a batch by when they were made."""
    return sorted(batch, key=lambda one: (one.reported.interval(agreements[0].zone).latest, one.content))


def expected(agreements: Sequence[Agreement], several: Iterable[Sequence[Report]]) -> dict[str, list[Any]]:
    """What a registry finds."""
    registry = Registry(agreements, engine="plain")
    found: dict[str, list[Any]] = {}
    for batch in several:
        for one in ordered(batch, agreements):
            for name, finding in registry.observe(one):
                found.setdefault(name, []).append(plain(finding_data(finding, registry[name].agreement, "neutral")))
    return found


def plain(finding: Any) -> Any:
    """A finding as it is compared: Spark counts time in milliseconds, so the clock may stand a little earlier."""
    found = json.loads(finding if isinstance(finding, str) else json.dumps(finding))
    return {**found, "at": re.sub(r"(\.\d{3})\d*Z", r"\1Z", found["at"])}


# --- without Spark: the two processors, on a state in memory --------------------------------------------


class Line:
    """Both processors, one after the other, as Spark runs them: begun anew for every batch, with the state as it was left."""

    def __init__(self, agreements: Sequence[Agreement], view: str = "neutral") -> None:
        from servanda.spark.directory import Directory
        from servanda.spark.following import Follower

        self.directory = Directory(agreements, notes="own")
        self.members = {one.id: one for one in agreements}
        self.view = view
        self.links, self.states = Handle(), {name: Handle() for name in self.members}
        self.watermark = self.latest = 0
        self.found: dict[str, list[Any]] = {}
        for name, handle in self.states.items():
            follower = Follower(Given(self.members), view, "plain")
            follower.init(handle)
            follower.handleInitialState((name,), None, Timers(0))

    def take(self, batch: Sequence[Report]) -> None:
        """A batch: reports are routed and followed, then timers go off."""
        from pyspark.sql import Row

        from servanda.spark.following import Follower
        from servanda.spark.routing import Router

        router = Router(Given(self.directory))
        router.init(self.links)
        rows = [Row(reported=self.directory.latest(one), line=None, content=one.content) for one in batch]
        rows = [row for row in rows if row.reported is not None]
        random.Random(len(rows)).shuffle(rows)
        told: dict[str, list[Any]] = {}
        for row in router.handleInputRows((0,), iter(rows), Timers(0)):
            told.setdefault(row.agreement, []).append(row)
        for name, handle in self.states.items():
            follower = Follower(Given(self.members), self.view, "plain")
            follower.init(handle)
            found = []
            if name in told:
                found += follower.handleInputRows((name,), iter(told[name][::-1]), Timers(self.watermark))
            for at in sorted(one for one in handle.timers if one <= self.watermark):
                if at in handle.timers:
                    found += follower.handleExpiredTimer((name,), Timers(self.watermark), None)
                    handle.timers.discard(at)
            if found:
                self.found.setdefault(name, []).extend(found)
        self.latest = max([self.latest, *(row.reported // 1_000 for row in rows)])
        self.watermark = self.latest


@pytest.mark.parametrize("seed", range(12))
def test_the_processors_find_what_a_registry_finds(seed: int) -> None:
    line, told = Line(eight()), batches(seed)
    for batch in told:
        line.take(batch)
    found = {name: [plain(row.data) for row in rows] for name, rows in line.found.items()}
    assert found == expected(eight(), told)
    for rows in line.found.values():
        assert [row.number for row in rows] == list(range(len(rows)))
        assert {row.error for row in rows} == {None}


def kept(line: Line) -> list[set[str]]:
    """The names of each group of linked reports, as the state has them; every name leads to its group and no other."""
    numbers, groups = (line.links.states[name].held for name in ("numbers", "groups"))
    held = {number: json.loads(text)["names"] for (number,), (text,) in groups.items()}
    assert {name: number for number, names in held.items() for name in names} == {
        name: number for (name,), (number,) in numbers.items()
    }
    return sorted(map(set, held.values()), key=sorted)


def told(name: str, day: str, **fields: Any) -> Report:
    return report({"id": name, "source": "press", "reported": f"2026-{day}", **fields})


def test_groups_that_a_report_links_are_kept_as_one() -> None:
    line = Line([made(BAN)])
    line.take([told("r1", "01-02", act="pay", actor="Z"), told("r2", "01-03", act="pay", actor="Z")])
    assert kept(line) == [{"r1"}, {"r2"}]
    line.take([told("r3", "01-04", act="force.attack", actor="A", of="r1", incident="r2", says="corrects")])
    assert kept(line) == [{"r1", "r2", "r3"}]
    line.take([told("r4", "01-05", of="r2", says="denies"), told("r5", "01-06", act="pay")])
    assert kept(line) == [{"r1", "r2", "r3", "r4"}, {"r5"}]
    assert len(line.states["sale"].states["lines"].held) == 1 + 3 + 2 + 0  # a header; r1 to r3; time, and r4
    assert [row.report for row in line.found["sale"] if row.report] == ["r3"]


def test_what_a_report_brings_along_comes_before_it() -> None:
    """Though it was reported later than the one that it is linked to."""
    agreements = [made(BAN)]
    several = [
        [told("r1", "01-20", act="force.attack", actor="Z")],
        [told("r2", "01-10", says="corrects", of="r1", actor="A")],
    ]
    line = Line(agreements)
    for batch in several:
        line.take(batch)
    assert [plain(row.data) for row in line.found["sale"]] == expected(agreements, several)["sale"]
    assert line.found["sale"][-1].report == "r2"


def test_a_timer_between_two_milliseconds_is_not_lost() -> None:
    agreements = [made("clauses: {c: {binds: A, when: {act: order, actor: B}, must: {act: pay}, within: PT1S}}")]
    at = "2026-01-01T00:00:0{}Z"
    order = {
        "id": "r1",
        "source": "press",
        "act": "order",
        "actor": "B",
        "agreement": "sale",
        "occurred": at.format("0.000300"),
    }
    times = ["0.000300", "1", "2", "3"]
    told = [[report({**order, "reported": at.format(times[0])})]]
    told += [
        [report({"id": f"t{one}", "source": "press", "act": "x", "actor": "Z", "reported": at.format(one)})]
        for one in times[1:]
    ]
    line = Line(agreements)
    for batch in told:
        line.take(batch)
    assert [plain(row.data) for row in line.found["sale"]] == expected(agreements, told)["sale"]
    assert line.found["sale"][-1].status == "violated"


def test_an_agreement_has_one_timer_at_most() -> None:
    line = Line(eight())
    for batch in batches(3):
        line.take(batch)
        assert max(len(handle.timers) for handle in line.states.values()) <= 1


def test_another_agreement_or_view_needs_another_checkpoint() -> None:
    line = Line(eight())
    line.take([BEFORE])
    line.take(batches(1)[1])
    changed = Line([made(BAN.replace("force", "farce"), "a1")])
    changed.states["a1"] = line.states["a1"]
    with pytest.raises(SnapshotError, match="has changed since"):
        changed.take([report({"id": "x", "source": "s", "reported": "2026-03-01", "agreement": "a1"})])
    line.view = "account of B"
    with pytest.raises(ValueError, match="begun under the view 'neutral'"):
        line.take([report({"id": "x", "source": "s", "reported": "2026-03-01", "agreement": "a1"})])


def test_agreements_may_come_and_go_between_two_starts() -> None:
    line, told = Line(eight()[:7]), batches(2)
    line.take(told[0])
    line.take(told[1])
    line.directory, members = Line(eight()[1:]).directory, {one.id: one for one in eight()[1:]}
    line.members, line.states["a7"] = members, Handle()
    before = list(line.found.get("a0", ()))
    for batch in told[2:]:
        line.take(batch)
    assert line.found.get("a0", []) == before
    whole = expected(eight(), told)
    assert all(
        [plain(row.data) for row in line.found.get(name, [])] == whole.get(name, []) for name in list(members)[:6]
    )
    assert line.states["a7"].states["lines"].held  # it begins with its first report


def test_what_cannot_be_assessed_says_why_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from servanda import Tracker

    observe = Tracker.observe

    def endless(self: Tracker, one: Report) -> Any:
        found = observe(self, one)
        if one.id == "bad":
            raise TooMuchError("clause 'c' keeps creating instances")
        return found

    monkeypatch.setattr(Tracker, "observe", endless)
    line = Line(eight()[1:2])
    fields = {"source": "s", "agreement": "a1", "act": "force.attack", "actor": "A1", "occurred": "2026-01-01"}
    line.take([report({"id": "bad", "reported": "2026-01-03", **fields})])
    assert [(row.error, row.data) for row in line.found["a1"]] == [("clause 'c' keeps creating instances", None)]
    assert not line.states["a1"].timers
    line.take([report({"id": "good", "reported": "2026-01-04", **fields})])
    assert [row.error for row in line.found["a1"][1:]] == [None] * (len(line.found["a1"]) - 1)
    assert len(line.found["a1"]) > 1


# --- with Spark -----------------------------------------------------------------------------------------


def written(folder: Path, several: Sequence[Sequence[str]], first: int = 0) -> None:
    """A file for each batch, in their order."""
    folder.mkdir(exist_ok=True)
    for number, batch in enumerate(several, first):
        path = folder / f"{number}.jsonl"
        path.write_text("".join(f"{one}\n" for one in batch), "utf-8")
        os.utime(path, (1_000_000_000 + number,) * 2)


def run(table: Any, folder: Path, name: str = "out") -> None:
    """Write what comes of all files that are there."""
    started = table.writeStream.option("checkpointLocation", str(folder / f"{name}-checkpoint"))
    started.trigger(availableNow=True).start(str(folder / name), "json").awaitTermination()


def test_a_stream_finds_what_a_registry_finds_also_after_a_stop(spark: Any, tmp_path: Path) -> None:
    from servanda.spark import watch
    from servanda.spark.stream import STORE

    spark.conf.set("spark.sql.streaming.stateStore.providerClass", STORE)
    told, agreements = batches(5), eight()
    lines = [[one.content for one in ordered(batch, agreements)] for batch in told]
    lines[1] += ["{", '{"id": "x", "reported": "2026-01-01", "source": "s", "agreement": "no"}']
    for part, first in ((lines[:3], 0), (lines[3:], 3)):
        written(tmp_path / "in", part, first)
        reports = spark.readStream.option("maxFilesPerTrigger", 1).text(str(tmp_path / "in"), lineSep="\n")
        run(watch(reports, agreements, engine="plain").table, tmp_path)
    schema = "agreement string, number long, at timestamp, clause string, change string, data string, error string"
    rows = spark.read.schema(schema).json(str(tmp_path / "out")).orderBy("agreement", "number").collect()
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.agreement, []).append(plain(row.data))
        assert (row.clause, row.change, row.error) == (
            found[row.agreement][-1]["clause"],
            found[row.agreement][-1]["change"],
            None,
        )
    assert found == expected(agreements, told)
    streams = watch(spark.readStream.text(str(tmp_path / "in"), lineSep="\n"), agreements)
    run(streams.rejected, tmp_path, "rejected")
    assert [row.code for row in spark.read.json(str(tmp_path / "rejected")).collect()] == ["R001"]
    run(streams.set_aside, tmp_path, "aside")
    aside = [json.loads(row.content)["agreement"] for row in spark.read.json(str(tmp_path / "aside")).collect()]
    assert sorted(aside) == sorted(
        ["no", *(one.agreement for batch in told for one in batch if one.agreement in ("a8", "a9"))]
    )


def test_reports_that_are_not_linked_need_no_router(spark: Any, tmp_path: Path) -> None:
    from servanda.spark import watch
    from servanda.spark.stream import STORE

    spark.conf.set("spark.sql.streaming.stateStore.providerClass", STORE)
    agreements = eight()
    alone = [[one for one in batch if one.says == "asserts" and one.incident is None] for batch in batches(6)]
    written(tmp_path / "in", [[one.content for one in batch] for batch in alone])
    reports = spark.readStream.option("maxFilesPerTrigger", 1).text(str(tmp_path / "in"), lineSep="\n")
    run(watch(reports, agreements, engine="plain", linked=False).table, tmp_path)
    rows = spark.read.schema("agreement string, number long, data string").json(str(tmp_path / "out")).collect()
    found: dict[str, list[Any]] = {}
    for row in sorted(rows, key=lambda row: (row.agreement, row.number)):
        found.setdefault(row.agreement, []).append(plain(row.data))
    assert found == expected(agreements, alone)


def test_a_stream_says_at_once_what_it_cannot_do(spark: Any) -> None:
    from servanda.spark import watch

    spark.conf.unset("spark.sql.streaming.stateStore.providerClass")
    with pytest.raises(ValueError, match="set spark.sql.streaming.stateStore.providerClass to"):
        watch(spark.readStream.format("rate").load(), eight())
    with pytest.raises(KeyError):
        watch(spark.readStream.format("rate").load(), eight(), view="account of Z")
