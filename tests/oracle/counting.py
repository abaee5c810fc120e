"""Acts that count come in; with which of them a target is reached, or a limit passed, goes out (§5)."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from .book import Clause
from .evidence import BODY_FIELDS
from .states import values
from .times import duration, earliest, latest
from .worlds import Time, World, later

Acts = list[tuple[Time, str]]


def reached(clause: Clause, acts: Acts, world: World) -> Acts:
    """The acts that do a duty: every one, or the one with which all that is stated is reached."""
    least: Mapping[str, Any] = clause.written.get("at_least", {})
    amount: Mapping[str, Any] = clause.written.get("quantity", {})
    if not least and not amount:
        return acts
    if "distinct" not in least and len(acts) < least.get("n", 0):
        return []
    for done in prefixes(world.in_order(acts)):
        names = [incident for _, incident in done]
        if least and not enough(least, names, world):
            continue
        if not amount or world.reaches(names, amount["reach"]):
            world.met |= {f"reached {key}" for key in ("at_least", "quantity") if key in clause.written}
            world.met |= {"reached at_least, distinct"} if "distinct" in least else set()
            return [done[-1]]
    return []


def prefixes(acts: Acts) -> Iterator[Acts]:
    yield from (acts[:end] for end in range(1, len(acts) + 1))


def enough(least: Mapping[str, Any], done: list[str], world: World) -> bool:
    """Whether these are as many as asked, or have as many different values of a field."""
    if "distinct" not in least:
        return len(done) >= int(least["n"])
    field = least["distinct"]
    seen, unknown = set[Any](), list[str]()
    for incident in done:
        known = world.alternative(incident)
        assert known is not None
        said = values(known, field)
        if field in BODY_FIELDS and said or len(said) == 1:
            seen.update(said)
        elif said or field in BODY_FIELDS:
            unknown.append(incident)
    if len(seen) >= least["n"] or len(seen) + len(unknown) < least["n"]:
        return bool(len(seen) >= least["n"])
    return len(seen | {any_value(incident, field, world) for incident in unknown}) >= least["n"]


def any_value(incident: str, field: str, world: World) -> Any:
    """One of the values that are contested; where none was said, any that is known elsewhere, or another."""
    known = world.alternative(incident)
    assert known is not None
    options = values(known, field)
    if not options:
        elsewhere = {v for other in world.incidents.values() for a in other if a for v in values(a, field)}
        options = [*(f"another, of {name}" for name in sorted(world.incidents)), *sorted(elsewhere)]
    return world.choose(("maybe", incident, field, "value"), options)


def breaches(clause: Clause, acts: Acts, baseline: int, world: World) -> Acts:
    """The acts with which a limit is passed, counting from zero again after each; every act where there is none."""
    said: Mapping[str, Any] = clause.written.get("at_most") or clause.written.get("rate") or {}
    if not said:
        return acts
    limit = Fraction(said["n"]) if "n" in said else allowed(said, baseline)
    if len(acts) <= limit:
        return []
    found: Acts = []
    recent: Acts = []
    for time, incident in world.in_order(acts):
        recent.append((time, incident))
        if len(recent) > limit and "in" in said:
            begins = later(time, -duration(said["in"]))
            recent = [each for each in recent if world.not_after(begins, each[0])]
        if len(recent) > limit:
            found.append((time, incident))
            recent = []
            world.met.add("passed at_most" if "n" in said else "passed a rate")
            world.met |= {"passed a limit twice"} if len(found) > 1 else set()
    return found


def allowed(rate: Mapping[str, Any], baseline: int) -> Fraction:
    """How many a window may hold at the rate of the baseline period."""
    begins, ends = earliest(rate["baseline"]["from"]), latest(rate["baseline"]["until"]) + 1
    return Fraction(str(rate["exceeds"])) * baseline * Fraction(duration(rate["in"]), int(ends - begins))


def in_baseline(rate: Mapping[str, Any], time: Time, world: World) -> bool:
    begins, ends = earliest(rate["baseline"]["from"]), latest(rate["baseline"]["until"])
    return world.not_after((None, begins), time) and world.not_after(time, (None, ends))
