"""Who and where: the actors, sources and places of a file come in, their nouns and complaints go out."""

from __future__ import annotations

from collections.abc import Mapping

from servanda.model.agreement import Actor, Source
from servanda.reading.agreement_file import AgreementFile
from servanda.reading.complaints import Complaints, quoted
from servanda.reading.tree import Node, Spot

_RESERVED = {"actors": ("any",), "sources": ("rest",)}
_SEPARATORS = ";/"


def read_actors(file: AgreementFile, root: Node, excused: frozenset[str], complaints: Complaints) -> dict[str, Actor]:
    """The actors by id, with `part_of` resolved."""
    section = root.at("actors")
    owners = _owners(section, "actors", complaints)
    actors: dict[str, Actor] = {}
    for name, entry in file.actors.items():
        whole = entry.part_of
        if whole is not None:
            spot = section.at(name, "part_of")
            whole = _owner(whole, owners, spot, excused, complaints)
        actors[name] = Actor(name, entry.name or name, entry.role, tuple(entry.aliases or ()), whole)
    wholes = {name: actor.part_of for name, actor in actors.items()}
    for name in _circles(wholes):
        node = section.at(name, "part_of")
        message = f"actor {quoted(name)} is a part of itself"
        complaints.add("A205", node.spot, message, "let `part_of` lead from the part to the whole")
    return actors


def read_sources(file: AgreementFile, root: Node, excused: frozenset[str], complaints: Complaints) -> dict[str, Source]:
    """The sources by id, with `speaks_for` resolved."""
    section = root.at("sources") if file.sources is not None else Node({}, root.spot)
    _owners(section, "sources", complaints)
    owners = _owners(root.at("actors"), "actors", None)
    sources: dict[str, Source] = {}
    for name, entry in (file.sources or {}).items():
        speaks_for = entry.speaks_for
        if speaks_for is not None:
            speaks_for = _owner(speaks_for, owners, section.at(name, "speaks_for"), excused, complaints)
        sources[name] = Source(name, entry.name or name, entry.kind, speaks_for, tuple(entry.aliases or ()))
    return sources


def read_places(file: AgreementFile, root: Node, complaints: Complaints) -> dict[str, str | None]:
    """The places, each with what it lies in."""
    section = root.at("places")
    places = {name: entry.within for name, entry in (file.places or {}).items()}
    for name in _circles(places):
        node = section.at(name, "in")
        message = f"place {quoted(name)} lies in itself"
        complaints.add("A205", node.spot, message, "let `in` lead from the smaller place to the larger")
    return places


def _owners(section: Node, kind: str, complaints: Complaints | None) -> Mapping[str, str]:
    """Whose each id, alias and name is; complains of one that two claim. A shared name is nobody's."""
    owners = {name: name for name in section.entries()}
    if complaints:
        for name, node in section.entries().items():
            _check_name(name, node.name_spot, kind, complaints)
    for name, node in section.entries().items():
        aliases = node.child("aliases")
        for item in aliases.items() if aliases else ():
            alias = str(item.value)
            owner = owners.setdefault(alias, name)
            if complaints:
                _check_name(alias, item.spot, kind, complaints)
                if owner != name:
                    message = f"{quoted(alias)} already stands for {quoted(owner)}"
                    complaints.add("A204", item.spot, message, "remove one of the two, or make them differ")
    return owners | _full_names(section, owners, complaints)


def _full_names(section: Node, owners: Mapping[str, str], complaints: Complaints | None) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for name, node in section.entries().items():
        full = node.child("name")
        if full is None or not isinstance(full.value, str):
            continue
        found.setdefault(full.value, []).append(name)
        owner = owners.get(full.value, name)
        if owner != name and complaints:
            message = f"{quoted(full.value)} already stands for {quoted(owner)}"
            complaints.add("A204", full.spot, message, "remove one of the two, or make them differ")
    return {full: names[0] for full, names in found.items() if len(names) == 1 and full not in owners}


def _check_name(name: str, spot: Spot, kind: str, complaints: Complaints) -> None:
    """Names that a pattern, a ranking, a CSV list or the command line would read as something else."""
    reserved = name in _RESERVED[kind] or name.startswith("$") or name != name.strip() or not name
    colon = kind == "sources" and name.startswith(("actor:", "kind:", "role:"))
    if reserved or colon or any(char in name for char in _SEPARATORS):
        noun = kind.removesuffix("s")
        message = f"{quoted(name)} cannot be the name of {'an' if noun == 'actor' else 'a'} {noun}"
        remedy = "choose a name without `;`, `/`, a leading `$` or spaces around it, and none with a meaning of its own"
        complaints.add("A110", spot, message, remedy)


def _owner(
    name: str, owners: Mapping[str, str], node: Node, excused: frozenset[str], complaints: Complaints
) -> str | None:
    found = owners.get(name)
    if found is None and name not in excused:
        remedy = complaints.near(name, owners) or "add it to `actors`"
        complaints.add("A201", node.spot, f"unknown actor {quoted(name)}", remedy)
    return found


def _circles(outer: Mapping[str, str | None]) -> list[str]:
    """The first member, as written, of every circle."""
    done: set[str] = set()
    found: list[str] = []
    for name in outer:
        trail: dict[str, None] = {}
        at: str | None = name
        while at is not None and at not in done and at not in trail:
            trail[at] = None
            at = outer.get(at)
        if at in trail:
            steps = list(trail)
            circle = set(steps[steps.index(at) :])
            found.append(next(one for one in outer if one in circle))
        done.update(trail)
    return found
