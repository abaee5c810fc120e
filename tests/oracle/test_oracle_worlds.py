"""Generated cases come in; their classes of worlds must cover, and be covered by, plain worlds.

A plain world has one instant for each event and no question left open.
"""

import random
from typing import Any

from hypothesis import HealthCheck, given, settings

from .book import DUTIES
from .clauses import Evaluator
from .generate import GeneratedCase, cases, seeded_case
from .oracle import Case, assess, read, with_substitutes
from .times import Bound
from .worlds import Time, World, every_world


class PlainWorld(World):
    """One world with every choice taken: as in a class of worlds where one is given, the rest at random."""

    def __init__(self, case: Case, rng: random.Random, like: World | None = None) -> None:
        super().__init__(case.incidents)
        self.rng, self.given = rng, dict[str, Bound]()
        if like is not None:
            self.given = like.instants()
            self.answers.update(like.answers)
            self.amounts, self.totals = like.amounts, list(like.totals)

    def branch(self, kind: str, options: Any) -> Any:
        assert kind != "time", "a plain world leaves no time open"
        return self.rng.choice(options)

    def time(self, incident: str) -> Time:
        if incident not in self.bounds:
            super().time(incident)
            low, high = self.alternative(incident).time  # type: ignore[union-attr]
            low = max(low, high - 20 * 86_400_000_000)
            noon = low + 86_400_000_000 // 2
            picks = [low, high, min(noon, high), self.rng.randint(int(low), int(high))]
            exact = self.given.get(incident, self.rng.choice(picks))
            self.constrain(incident, None, exact)
            self.constrain(None, incident, -exact)
        return (incident, 0)


def outcome(case: Case, world: World, node: Any) -> dict[Any, str]:
    found = Evaluator(case.book, case.as_of, case.known_at, world, case.same).run(node)
    return {i.key: i.status for i in with_substitutes(found)}


def nodes(case: Case) -> list[Any]:
    return [node for clause in case.book.clauses.values() if clause.kind in DUTIES for node in clause.nodes()]


def test_no_plain_world_is_left_out() -> None:
    for seed in range(150):
        generated, rng = seeded_case(seed), random.Random(seed)
        case, found = read(*generated), assess(*generated)
        for node in nodes(case):
            for _ in range(20):
                for key, status in outcome(case, PlainWorld(case, rng), node).items():
                    assert status in found[key], (seed, key)


def test_every_class_of_worlds_holds_a_plain_one() -> None:
    for seed in range(150):
        case, rng = read(*seeded_case(seed)), random.Random(seed)
        for node in nodes(case):
            for world, seen in every_world(case.incidents, lambda w: outcome(case, w, node)):  # noqa: B023
                assert outcome(case, PlainWorld(case, rng, world), node) == seen, (
                    seed,
                    node,
                )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_arrival_order_and_repetition_mean_nothing(generated: GeneratedCase) -> None:
    # §1 "It does not depend on the order in which reports arrived, nor on how they were batched."
    made, reports, view, as_of, known_at = generated
    again = [*reversed(reports), *reports]
    assert assess(made, again, view, as_of, known_at) == assess(made, reports, view, as_of, known_at)
