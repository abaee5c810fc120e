"""Views: rankings as written come in, views with their members resolved go out."""

from __future__ import annotations

from servanda.model.agreement import View
from servanda.reading.agreement_file import AgreementFile
from servanda.reading.complaints import quoted
from servanda.reading.frame import Frame
from servanda.reading.tree import Node

_BUILT_IN = ("neutral", "mediators", "monitors", "all")


def read_views(file: AgreementFile, frame: Frame) -> dict[str, View]:
    """The agreement's own views by name."""
    views: dict[str, View] = {}
    section = frame.root.at("views")
    for name, entry in (file.views or {}).items():
        node = section.at(name)
        if name in _BUILT_IN or name.startswith("account of ") or not name.strip():
            message = f"{quoted(name)} cannot be the name of a view of one's own"
            remedy = "neutral, mediators, monitors, all and `account of X` are built in; choose another"
            frame.complaints.add("A209", node.name_spot, message, remedy)
        tiers: list[tuple[str, ...]] = []
        for tier, written in zip(entry.ranking, node.at("ranking").items(), strict=False):
            members = [_member(one, at, frame) for one, at in zip(tier, written.items(), strict=False)]
            tiers.append(tuple(member for member in members if member is not None))
        views[name] = View(name, tuple(tiers), entry.corroboration)
    return views


def _member(name: str, node: Node, frame: Frame) -> str | None:
    """A member as the engine knows it: a source's id, `actor:ID`, `kind:NAME` or `rest`."""
    source = frame.agreement.source_id(name)
    if source in frame.agreement.sources:
        return source
    prefix, colon, inner = name.partition(":")
    if name == "rest" or (prefix == "kind" and inner.strip()):
        return name
    if prefix == "actor" and colon:
        actor = frame.actor(inner, node)
        return None if actor is None else f"actor:{actor}"
    if colon:
        remedy = "write a source, `actor:X`, `kind:X` or `rest`"
        frame.complaints.add("A210", node.spot, f"{quoted(name)} cannot be ranked", remedy)
    elif name not in frame.excused:
        if name in frame.agreement.actors or frame.agreement.actor_id(name) != name:
            remedy = f"those who speak for an actor are ranked as 'actor:{name}'"
        else:
            near = frame.complaints.near(name, ("rest", *frame.source_names))
            remedy = near or "add it to `sources`"
        frame.complaints.add("A202", node.spot, f"unknown source {quoted(name)}", remedy)
    return None
