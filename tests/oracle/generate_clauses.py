"""Choices and the clauses before it come in; one plain duty or prohibition, with its conditions, goes out."""

from typing import Any

from .choices import CLOSING, DEEDS, FORCE, OPENING, PARTIES, PLACE_NAMES, SECTORS, Choices, Written, day, days


def clause(c: Choices, earlier: dict[str, Written]) -> Written:
    shapes = ["prohibition", "prohibition", "duty", "duty", "undated", "answer", "answer"]
    if earlier:
        shapes += ["consequence", "consequence", "consequence"]
    return shaped(c, c.one(shapes), earlier)


def consequence(c: Choices, earlier: dict[str, Written]) -> Written:
    return shaped(c, "consequence", earlier)


def shaped(c: Choices, shape: str, earlier: dict[str, Written]) -> Written:
    written: Written = {"binds": c.one([["PAK"], ["AFG"], PARTIES, PARTIES])}
    if shape == "answer":
        written["when"] = event_trigger(c, written["binds"])
    if shape == "consequence":
        written["when"] = status_triggers(c, earlier)
        if c.chance(30):
            written["binds"] = ["MVM"]
    # A fulfilment has no incident of its own that `$trigger` could read.
    reads = "when" in written and "fulfilled" not in str(written["when"]) and "ended" not in str(written["when"])
    if shape == "prohibition" or (shape in ("answer", "consequence") and c.chance(30)):
        prohibition(c, written, reads)
    else:
        duty(c, written, reads, dated=shape != "undated" and not c.chance(10))
    conditions(c, written, earlier)
    return written


def event_trigger(c: Choices, binds: list[str]) -> Any:
    first: Written = {"act": c.one(["force.attack", "deliver", "pay"])}
    if c.chance(50):
        first["actor"] = c.one(["$bearer", "TTP", "AFG"] + (["$other"] if len(binds) > 1 else []))
    if c.chance(20):
        first["place"] = c.one(PLACE_NAMES)
    return [first, {"act": c.one(DEEDS)}] if c.chance(15) else first


def status_triggers(c: Choices, earlier: dict[str, Written]) -> Any:
    first = status_trigger(c, earlier)
    return [first, {"act": c.one(DEEDS)}] if c.chance(10) else first


def status_trigger(c: Choices, earlier: dict[str, Written]) -> Written:
    name = c.one(list(earlier))
    upstream = earlier[name]
    kinds = ["violated", "violated"]
    if fulfilment_is_plain(upstream):
        kinds += ["fulfilled"]
    if "unless" in upstream or c.chance(8):
        kinds += ["ended"]
    if "must" in upstream and not {"by", "on", "within", "until", "every"} & set(upstream):
        kinds = ["ended", "fulfilled"]
    return {c.one(kinds): name}


def fulfilment_is_plain(upstream: Written) -> bool:
    return "must" in upstream or ("must_not" in upstream and "otherwise" not in upstream)


def prohibition(c: Choices, written: Written, reads: bool) -> None:
    pattern: Written = {"act": c.one([*FORCE, "force.attack"])}
    several = len(written["binds"]) > 1
    if several and c.chance(15):
        written["joint"] = True
    plain = several and not written.get("joint")
    if c.chance(55):
        targets: list[Any] = ["PAK", {"not": "PAK"}, ["PAK", "TUR"]]
        pattern["target"] = c.one(targets + ["$other"] * 3 * plain)
    if c.chance(10):
        pattern["actor"] = c.one(["any", "TTP", *(["$other"] if plain else [])])
    details(c, pattern, reads)
    written["must_not"] = pattern
    window(c, written)


def window(c: Choices, written: Written) -> None:
    if c.chance(45):
        written[c.one(["until", "by"])] = day(c.int(5, 12))
    elif c.chance(40):
        written["within"] = days(c.int(2, 9))
    elif c.chance(10):
        written["on"] = f"{day(c.int(2, 4))}/{day(c.int(5, 9))}"
    elif c.chance(10) and "when" not in written:
        written["until"] = days(c.int(4, 9))
    if c.chance(15):
        written["from"] = day(c.int(0, 4))


def duty(c: Choices, written: Written, reads: bool, *, dated: bool) -> None:
    pattern: Written = {"act": c.one(DEEDS)}
    if len(written["binds"]) > 1 and c.chance(55):
        written["joint"] = True
        pattern["actor"] = c.one(["$all", "$all", "any"])
    elif c.chance(15):
        pattern["actor"] = c.one(["any", "MVM"])
    if c.chance(25):
        pattern["target"] = c.one(["$violator", *PARTIES, "any", {"not": "TTP"}])
    if pattern.get("target") == "$violator" and "violated" not in str(written.get("when")):
        pattern["target"] = "PAK"
    details(c, pattern, reads)
    written["must"] = pattern
    if dated:
        deadline(c, written)
        if c.chance(25):
            written["grace"] = days(c.int(0, 3))
    if c.chance(10):
        written["from"] = day(c.int(0, 2))


def deadline(c: Choices, written: Written) -> None:
    kind = c.one(["by", "by", "within", "within", "on", "until"])
    if "when" in written and c.chance(70):
        kind = "within"
    first = c.int(3, 10)
    written[kind] = {
        "by": day(first),
        "within": days(c.int(1, 7)) if c.chance(85) else "PT36H",
        "on": day(first) if c.chance(60) else f"{day(first)}/{day(first + 2)}",
        "until": day(first) if "when" in written or c.chance(60) else days(first),
    }[kind]
    if kind == "within" and c.chance(15):
        written["by"] = day(c.int(4, 12))


def details(c: Choices, pattern: Written, reads: bool) -> None:
    """Tests beside act, actor and target: every form that the interface knows."""
    if c.chance(20):
        pattern["place"] = c.one([*PLACE_NAMES[:2], ["Chaman", "Kandahar"], {"not": "Kandahar"}])
    if c.chance(25):
        pattern["quantity"] = c.one([{"gte": 5}, {"gt": 5}, {"lte": 5}, {"lt": 5}, {"gte": 3, "lte": 7}, 5])
    if c.chance(15):
        pattern["sector"] = c.one(["north", SECTORS, {"not": "north"}, {"exists": True}, {"exists": False}, "any"])
    if c.chance(8):
        pattern["object"] = c.one(["aid", {"not": "aid"}, {"exists": True}])
    if reads and c.chance(50):
        field = c.one(["actor", "target", "place", "sector"])
        if field == "actor":
            pattern["target"] = "$trigger.actor"
        elif field == "target":
            pattern["target"] = c.one(["$trigger.target", {"not": "$trigger.target"}])
        else:
            pattern[field] = f"$trigger.{field}"


def conditions(c: Choices, written: Written, earlier: dict[str, Written]) -> None:
    plain = [name for name, other in earlier.items() if fulfilment_is_plain(other)]
    if plain and c.chance(35):
        written["requires"] = {"fulfilled": c.one(plain)}
    if c.chance(30):
        written["otherwise"] = substitute(c, deeper=2 if "must" in written else 0)
    if c.chance(12):
        kind = "must" if "must" in written else "must_not"
        reading = {kind: {"act": c.one(FORCE if kind == "must_not" else DEEDS)}}
        written["readings"] = {c.one(PARTIES): reading}


def substitute(c: Choices, *, deeper: int) -> Written:
    if c.chance(20):
        return {"must_not": {"act": c.one(FORCE)}, "within": days(c.int(1, 5))}
    if c.chance(10):
        kept = {"started": {"act": OPENING}, "stopped": {"act": CLOSING}, "initially": c.one(["on", "off"])}
        return {"must_keep": kept, "within": days(c.int(1, 5))}
    written: Written = {"must": {"act": c.one(["pay", "deliver"])}, "within": days(c.int(1, 5))}
    if c.chance(20):
        written["must"]["target"] = c.one(["PAK", "$trigger.target"])
    if c.chance(15):
        written["binds"] = ["MVM"]
    if c.chance(15):
        written["grace"] = days(c.int(0, 2))
    if deeper and c.chance(35):
        written["otherwise"] = substitute(c, deeper=deeper - 1)
    return written
