"""One clause, one bearer, one trigger and a world come in; the instance with its status goes out (§5, Lifecycle)."""

from typing import TYPE_CHECKING

from .book import Clause, others, substitute_bearers
from .counting import Acts, breaches, in_baseline, reached
from .instances import Instance, Scene, Timed, Trigger
from .matching import Context
from .times import duration
from .worlds import Time, later

if TYPE_CHECKING:
    from .clauses import Evaluator

Halt = tuple[Time, str]
"""When an open instance was closed from outside: "terminated", "released" or "waived"."""


class Duties:
    """What becomes of the instances of duties in one world."""

    def __init__(self, scene: Scene, clauses: "Evaluator") -> None:
        self.scene, self.world, self.book, self.clauses = scene, scene.world, scene.book, clauses
        self.states, self.powers, self.windows = clauses.states, clauses.powers, clauses.windows

    def evaluate(
        self, clause: Clause, binds: tuple[str, ...], bearers: tuple[str, ...], trigger: Trigger | None
    ) -> Instance:
        instance = Instance((clause.name, bearers, trigger.key if trigger else None), trigger)
        context = Context(
            bearers,
            others(binds, bearers),
            trigger.violators if trigger else (),
            trigger.reads if trigger else None,
        )
        if clause.kind == "must":
            self.achievement(clause, instance, context)
        elif clause.kind == "must_not":
            self.prohibition(clause, instance, context)
        else:
            self.maintenance(clause, instance, context)
        if instance.violations:
            self.remedy(clause, instance, binds)
        return instance

    def acts(self, clause: Clause, trigger: Trigger | None, context: Context) -> Acts:
        """What was done of what the clause is about, by the text of its time and while in force."""
        found = []
        own = trigger.incident if trigger else None
        for i in self.world.incidents:
            if i == own or not any(self.scene.matcher.matches(text.pattern, i, context) for text in self.texts(clause)):
                continue
            time = self.world.time(i)
            text = self.powers.text_at(clause, time)
            if (
                self.scene.matcher.matches(text.pattern, i, context)
                and self.scene.happened(time)
                and self.windows.opened(text, trigger, time)
                and not self.states.exempt(text, i, time)
            ):
                if self.powers.in_force(text, time):
                    found.append((time, i))
                else:
                    self.world.met.add("an act while suspended")
        return found

    def texts(self, clause: Clause) -> list[Clause]:
        return [clause, *(text for _, text in self.powers.texts(clause))]

    # -- must ----------------------------------------------------------------------------------

    def achievement(self, clause: Clause, instance: Instance, context: Context) -> None:
        world, trigger = self.world, instance.trigger
        acts = reached(clause, self.acts(clause, trigger, context), world)
        closes, dated = self.windows.closing(clause, trigger)
        halts = self.halts(clause, trigger)
        released = self.releases(clause, trigger, context, closes)
        timely = [(t, i) for t, i in acts if world.not_after(t, closes)]
        instance.fulfilled = [(t, i) for t, i in timely if not any(world.before(h, t) for h, _ in [*halts, *released])]
        halts = [h for h in halts if world.before(h[0], closes)] + released
        if instance.fulfilled:
            instance.status = "fulfilled"
        elif halts:
            self.halt(instance, halts)
        elif not self.scene.happened(closes):
            in_force = self.powers.in_force(clause, self.scene.as_of, included=True)
            instance.status = "pending" if in_force else "suspended"
        elif not dated:
            instance.status, instance.ended = "ended", closes
        elif not self.requirement_met(clause, closes):
            instance.status = "unenforceable"
        elif world.before(self.scene.known_at, later(closes, self.grace(clause, closes))):
            instance.status = "overdue"
        else:
            instance.status = "violated"
            instance.violations = [(closes, None)]
            instance.amends = [[(t, i) for t, i in acts if world.before(closes, t)]]

    def releases(self, clause: Clause, trigger: Trigger | None, context: Context, closes: Time) -> list[Halt]:
        """The incidents by which `unless` ends a duty before it falls due."""
        begins = trigger.time if trigger else (None, self.book.begins)
        found: list[Halt] = []
        for i in self.world.incidents:
            if not any(self.unless(text, i, context) for text in self.texts(clause)):
                continue
            time = self.world.time(i)
            if (
                self.unless(self.powers.text_at(clause, time), i, context)
                and self.scene.happened(time)
                and self.world.not_after(begins, time)
                and self.world.not_after(time, closes)
            ):
                found.append((time, "released"))
        return found

    def unless(self, clause: Clause, incident: str, context: Context) -> bool:
        pattern = clause.written.get("unless")
        return pattern is not None and self.scene.matcher.matches(pattern, incident, context)

    def halts(self, clause: Clause, trigger: Trigger | None) -> list[Halt]:
        """Termination and waiver; what they find decided stays."""
        ended, waived = self.powers.terminated(clause), self.powers.waived(clause, trigger)
        return [(t, why) for t, why in ((ended, "terminated"), (waived, "waived")) if t is not None]

    def halt(self, instance: Instance, halts: list[Halt]) -> None:
        """The first of them; of one instant the one that ends."""
        self.world.met |= {why for _, why in halts}
        ends = [t for t, status in halts if status != "waived"]
        waives = [t for t, status in halts if status == "waived"]
        if ends and waives:
            first = self.world.not_after(self.world.earliest(ends), self.world.earliest(waives))
            instance.status = "ended" if first else "waived"
        else:
            instance.status = "ended" if ends else "waived"
        if instance.status == "ended":
            instance.ended = self.world.earliest(ends)

    # -- must_not and must_keep ----------------------------------------------------------------

    def prohibition(self, clause: Clause, instance: Instance, context: Context) -> None:
        end, halts = self.windows.end(clause, instance.trigger), self.halts(clause, instance.trigger)
        acts = [
            (t, i)
            for t, i in self.acts(clause, instance.trigger, context)
            if self.counts(clause, t, i, context, end, halts) and not self.powers.permitted(clause.name, i)
        ]
        baseline = self.baseline(clause, context) if "rate" in clause.written else 0
        self.close(clause, instance, [*breaches(clause, acts, baseline, self.world)], end, halts)

    def baseline(self, clause: Clause, context: Context) -> int:
        incidents = [i for i in self.world.incidents if self.scene.matcher.matches(clause.pattern, i, context)]
        times = [self.world.time(i) for i in incidents]
        return sum(self.scene.happened(t) and in_baseline(clause.written["rate"], t, self.world) for t in times)

    def counts(self, clause: Clause, time: Time, incident: str, context: Context, end: Time, halts: list[Halt]) -> bool:
        """Whether a breach lies within the window and is not exempt."""
        return (
            self.world.not_after(time, end)
            and not any(self.world.before(t, time) for t, _ in halts)
            and not self.exempt(clause, time, incident, context)
        )

    def exempt(self, clause: Clause, time: Time, incident: str, context: Context) -> bool:
        found = self.unless(self.powers.text_at(clause, time), incident, context)
        self.world.met |= {"exempt by unless"} if found else set()
        return found

    def maintenance(self, clause: Clause, instance: Instance, context: Context) -> None:
        """A breach each time the state goes off, and where it is off at the opening; cured when it comes back."""
        world, trigger = self.world, instance.trigger
        end, halts = self.windows.end(clause, trigger), self.halts(clause, trigger)
        switches = self.states.kept_by(clause, context)
        own = trigger.incident if trigger else None
        found: list[Timed] = [
            (t, i)
            for t, i in self.states.goings_off(switches)
            if i != own
            and self.windows.opened(clause, trigger, t)
            and self.powers.in_force(clause, t)
            and not self.states.exempt(clause, i, t)
            and self.counts(clause, t, i, context, end, halts)
        ]
        found += [
            (t, i)
            for t, i in self.powers.switches(clause)
            if i != own
            and self.windows.opened(clause, trigger, t)
            and not self.powers.in_force(clause, t)
            and self.powers.in_force(clause, t, included=True)
            and not self.states.is_on(switches, t, included=True)
            and world.not_after(t, end)
            and not any(world.before(h, t) for h, _ in halts)
        ]
        opens = self.windows.opening(clause, trigger)
        comes = world.before if trigger and trigger.after else world.not_after
        if (
            not self.states.is_on(switches, opens)
            and self.scene.happened(opens)
            and comes(opens, end)
            and not any(world.before(t, opens) for t, _ in halts)
            and self.powers.in_force(clause, opens)
        ):
            found.append((opens, None))
            world.met.add("off at the opening")
        self.close(clause, instance, found, end, halts)
        if instance.violations:
            world.met |= {"a state went off"} if instance.violations[0][1] else set()
            back = self.states.comings_back(switches)
            instance.amends = [
                [(t, i) for t, i in back if (world.not_after if by is None else world.before)(since, t)]
                for since, by in instance.violations
            ]

    def close(self, clause: Clause, instance: Instance, found: list[Timed], end: Time, halts: list[Halt]) -> None:
        """The status of a prohibition or of a state to be kept."""
        instance.violations = [(t, i) for t, i in found if self.requirement_met(clause, t)]
        over = self.windows.not_before(end, instance.trigger)
        halts = [h for h in halts if self.world.before(h[0], over)]
        if instance.violations:
            instance.status = "violated"
        elif found:
            instance.status = "unenforceable"
        elif halts:
            self.halt(instance, halts)
        elif self.scene.happened(over):
            instance.status, instance.fulfilled = "fulfilled", [(over, None)]
        elif not self.powers.in_force(clause, self.scene.as_of, included=True):
            instance.status = "suspended"
        else:
            instance.status = "holding"

    # -- what follows --------------------------------------------------------------------------

    def remedy(self, clause: Clause, instance: Instance, binds: tuple[str, ...]) -> None:
        """`otherwise`: each violation creates a substitute; where every one has been made good, cured."""
        made_good = [self.substituted(clause, instance, binds, violation) for violation in instance.violations]
        instance.made_good = self.each_one(made_good)
        amends = instance.amends or [[] for _ in made_good]
        instance.cured = self.each_one([late + good for late, good in zip(amends, made_good, strict=True)])

    def each_one(self, cures: list[list[Timed]]) -> list[Timed]:
        """The cures of the only violation; of several, the last one of their first cures."""
        if not all(cures):
            return []
        return cures[0] if len(cures) == 1 else [self.world.in_order([self.world.in_order(c)[0] for c in cures])[-1]]

    def substituted(self, clause: Clause, instance: Instance, binds: tuple[str, ...], violation: Timed) -> list[Timed]:
        """When all substitutes for one violation were done."""
        time, incident = violation
        substitute = self.powers.text_at(clause, time).otherwise
        if substitute is None or self.powers.ended_before(substitute, time):
            return []
        inherited = instance.trigger.reads if instance.trigger else None
        key = ("violated", instance.key, incident)
        trigger = Trigger(key, time, True, incident, incident or inherited, instance.key[1])
        made = [
            self.evaluate(substitute, substitute.binds or binds, bearers, trigger)
            for bearers in substitute_bearers(substitute, instance.key[1])
        ]
        instance.substitutes += made
        good = [[t for t, _ in each.fulfilled or each.made_good] for each in made]
        return [(self.world.latest([self.world.earliest(times) for times in good]), None)] if all(good) else []

    def requirement_met(self, clause: Clause, by: Time) -> bool:
        """Every bearer of the required clause has it fulfilled by then, or cured before."""
        if clause.required is None:
            return True
        return all(
            any(
                any(self.world.not_after(t, by) for t, _ in instance.fulfilled)
                or any(self.world.before(t, by) for t, _ in instance.cured)
                for instance in self.clauses.instances(node)
            )
            for node in self.book.clauses[clause.required].nodes()
        )

    def grace(self, clause: Clause, due: Time) -> int:
        return duration(self.powers.text_at(clause, due).written.get("grace", self.book.grace))
