"""Derivations as data come in; prose for people goes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def prose(data: Iterable[Mapping[str, Any]]) -> str:
    """The derivations in words, one after another."""
    return "\n\n".join("\n".join(_one(one)) for one in data)


def _one(d: Mapping[str, Any]) -> Iterable[str]:
    yield f"{d['clause']} / {' and '.join(d['bearer'])}: {_status(d)}"
    if d["period"]:
        yield f"  period {_when(d['period'])}"
    yield f"  seen as {d['view']}, as of {d['as_of']}, as known at {d['known_at']}"
    yield from _ground(d)
    for incident in d["incidents"]:
        yield from _incident(incident)
    if d["not_counted"]:
        yield "  looked at and not counted:"
        for incident in d["not_counted"]:
            yield f"    incident {incident['incident']} is {incident['standing']}: {_why_not(incident)}"
            yield from (f"  {line}" for line in _reports(incident))
    if d["left_out"]:
        yield f"  and {d['left_out']} more incidents"
    if d["would_change"]:
        yield "  what would change it:"
        for change in d["would_change"]:
            yield f"    - {change['text']} ({change['turns']})"


def _status(d: Mapping[str, Any]) -> str:
    if not d["possible"]:
        return f"{d['status']}, cured" if d["cured"] else str(d["status"])
    reasons = ", ".join(f"{b['reason']} ({b['incident']})" for b in d["because"])
    return f"{d['status']}: {' or '.join(d['possible'])}" + (f", because {reasons}" if reasons else "")


def _ground(d: Mapping[str, Any]) -> Iterable[str]:
    """Clause, rule, window, conditions, trigger and requirement."""
    rule = d["rule"]
    if d["text"]:
        yield f"  clause: {d['text']}"
    if d["toward"]:
        yield f"  owed to {' and '.join(d['toward'])}"
    yield f"  rule: {rule['duty'].replace('_', ' ')} {rule['pattern']} (line {rule['line']})"
    if rule["opens"]:
        grace = "" if rule["duty"] == "must_not" else f", grace {rule['grace']}"
        opens, closes = _when(rule["opens"], "at the beginning"), _when(rule["closes"], "at an open end")
        yield f"  window: opens {opens}, closes {closes}{grace}"
    for condition in d["conditions"]:
        yield f"  {condition['text']}"
    if d["trigger"]:
        yield f"  triggered by {_trigger(d['trigger'])}"
    if d["requires"]:
        yield f"  requires: {d['requires']} fulfilled"
    yield from _standing(d)


def _standing(d: Mapping[str, Any]) -> Iterable[str]:
    """How far it has come: progress, what is missing, how sure that is, and the cure."""
    if d["progress"]:
        yield f"  {d['progress']['text']}"
    if d["omission"]:
        yield f"  {d['omission']}"
    if d["approximate"]:
        yield "  approximate: an incident decides more than one thing here, and an outcome may be one too many"
    if d["cured"]:
        yield f"  cured {_when(d['cured']['at'])}, {d['cured']['delay']} after"


def _trigger(trigger: Mapping[str, Any]) -> str:
    where = _when(trigger["time"])
    if trigger["kind"] == "event":
        return f"incident {trigger['incident']}, {where}"
    by = f" in incident {trigger['incident']}" if trigger["incident"] else ""
    return f"{trigger['clause']} / {' and '.join(trigger['bearer'])} being {trigger['kind']}{by}, {where}"


def _incident(incident: Mapping[str, Any]) -> Iterable[str]:
    effects = ", ".join(incident["effects"])
    yield f"  incident {incident['incident']} is {incident['standing']} ({effects})"
    yield from _reports(incident)
    for number, option in enumerate(incident["alternatives"], 1):
        tests = "; ".join(f"{t['field']} {t['found']} for {t['asked']}: {t['answer']}" for t in option["tests"])
        inside = f", in the window: {option['in_window']}" if option["in_window"] else ""
        yield f"    what may have happened {number}: {option['time_words']}{inside} ({', '.join(option['reports'])})"
        if tests:
            yield f"      {tests}"
    if incident["nothing_happened"]:
        yield f"    or nothing happened: {', '.join(incident['nothing_happened'])}"


def _reports(incident: Mapping[str, Any]) -> Iterable[str]:
    """Who said what, and what was set aside."""
    for report in incident["reports"]:
        of = f" {report['of']}" if report["of"] else ""
        line = f", line {report['line']}" if report["line"] else ""
        yield f"    {report['id']}: {report['claimant']} {report['says']}{of}, published by {report['source']}, {report['reported']}{line}"
    for aside in incident["set_aside"]:
        yield f"    {aside['report']} set aside: tier {aside['tier']}, a better tier speaks"


def _why_not(incident: Mapping[str, Any]) -> str:
    told = []
    for option in incident["alternatives"]:
        failed = [f"{t['field']} is {t['found']}, not {t['asked']}" for t in option["tests"] if t["answer"] == "no"]
        if failed:
            told.append("; ".join(failed))
        elif option["in_window"] == "no":
            told.append(f"outside the window ({option['time_words']})")
        elif option["spared"]:
            told.append(f"{option['spared']} ({option['time_words']})")
        else:
            told.append(f"comes after what already decides ({option['time_words']})")
    return " | ".join(dict.fromkeys(told)) or "nothing happened, as this view has it"


def _when(time: Mapping[str, Any], unbounded: str = "") -> str:
    """A time; `unbounded` is what it is called where neither end is known."""
    earliest, latest = time["earliest"], time["latest"]
    if earliest is None and latest is None and unbounded:
        return unbounded
    if earliest == latest and earliest is not None:
        return str(earliest)
    return f"between {earliest or 'the beginning'} and {latest or 'an open end'}"
