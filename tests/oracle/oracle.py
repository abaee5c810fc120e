"""An agreement, reports, a view and two times come in; every instance's statuses over all worlds go out (§6)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .book import DUTIES, Book, Clause, Node, substitute_bearers
from .clauses import Evaluator
from .evidence import Alternatives, Report, alternatives, by_then
from .instances import Instance, Key
from .times import Bound, latest
from .views import view_named
from .worlds import CAP, World, every_world


@dataclass
class Verdict:
    """What the worlds make of one instance."""

    statuses: set[str] = field(default_factory=set)
    cured: set[bool] = field(default_factory=set)
    """Over the worlds in which it is violated: whether that was cured."""
    open: set[str] = field(default_factory=set)
    """What was asked and had more than one answer: "alternative", "maybe", "quantity", "time"."""
    met: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Case:
    """All that a verdict is a function of, read."""

    book: Book
    incidents: Mapping[str, Alternatives]
    as_of: Bound
    known_at: Bound
    same: dict[Any, Any] = field(default_factory=dict)
    """What is the same in every world, worked out once."""

    def evaluate(self, world: World, node: Node) -> list[Instance]:
        found = Evaluator(self.book, self.as_of, self.known_at, world, self.same).run(node)
        return list(with_substitutes(found))


def read(
    agreement: Mapping[str, Any], reports: Iterable[Report], view: str, as_of: str | int, known_at: str | int
) -> Case:
    seen_by = view_named(agreement, view)
    known = latest(known_at)
    return Case(
        Book(agreement, seen_by.readings_of),
        {
            incident: by_then(found, latest(as_of))
            for incident, found in alternatives(agreement, reports, seen_by, known).items()
        },
        latest(as_of),
        known,
    )


def assess(
    agreement: Mapping[str, Any],
    reports: Iterable[Report],
    view: str,
    as_of: str | int,
    known_at: str | int,
) -> dict[Key, set[str]]:
    """The set of statuses of every instance."""
    found = examine(agreement, reports, view, as_of, known_at)
    return {key: verdict.statuses for key, verdict in found.items()}


def examine(
    agreement: Mapping[str, Any],
    reports: Iterable[Report],
    view: str,
    as_of: str | int,
    known_at: str | int,
    cap: int = CAP,
) -> dict[Key, Verdict]:
    """The same with what else can be said of an instance."""
    case = read(agreement, reports, view, as_of, known_at)
    found: dict[Key, Verdict] = {}
    for clause in case.book.clauses.values():
        if clause.kind not in DUTIES:  # permissions, powers and what counts as what have no outcome
            continue
        for node in clause.nodes():
            found |= over_all_worlds(case, node, cap)
        for name, bearers in expected(clause):
            if not any(key[:2] == (name, bearers) for key in found):
                found[name, bearers, None] = Verdict({"dormant"})
    return found


def over_all_worlds(case: Case, node: Node, cap: int) -> dict[Key, Verdict]:
    found: dict[Key, Verdict] = {}
    present: dict[Key, int] = {}
    total = 0
    asked, met = set[str](), set[str]()
    for world, instances in every_world(case.incidents, lambda world: case.evaluate(world, node), cap):
        total += 1
        asked |= world.open
        met |= world.met
        for instance in instances:
            verdict = found.setdefault(instance.key, Verdict())
            verdict.statuses.add(instance.status)
            present[instance.key] = present.get(instance.key, 0) + 1
            if instance.status == "violated":
                verdict.cured.add(bool(instance.cured))
    for key, verdict in found.items():
        verdict.open, verdict.met = asked, met
        if present[key] < total:
            verdict.statuses.add("dormant")  # a world without its trigger
    return found


def with_substitutes(instances: Iterable[Instance]) -> Iterator[Instance]:
    for instance in instances:
        yield instance
        yield from with_substitutes(instance.substitutes)


def expected(clause: Clause) -> Iterator[Node]:
    """Who has at least a dormant instance: every bearer of the clause and of its substitutes."""
    bearers = [b for _, b in clause.nodes()]
    here: Clause | None = clause
    while here is not None:
        yield from ((here.name, b) for b in bearers)
        here = here.otherwise
        if here is not None:
            bearers = list(dict.fromkeys(s for b in bearers for s in substitute_bearers(here, b)))
