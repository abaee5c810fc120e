"""Clauses that act on clauses come in; what was ended, waived, suspended, extended, amended and permitted goes out."""

from typing import TYPE_CHECKING

from .book import Clause, others
from .instances import Scene, Trigger
from .matching import Context
from .times import INFINITY, Bound, duration
from .worlds import Time, moved

if TYPE_CHECKING:
    from .clauses import Evaluator

Exercise = tuple[Time, str]


class Powers:
    """What powers and permissions do in one world; a change holds strictly after the act that makes it."""

    def __init__(self, scene: Scene, clauses: "Evaluator") -> None:
        self.scene, self.world, self.book, self.clauses = scene, scene.world, scene.book, clauses

    # -- acts under a power or a permission ----------------------------------------------------

    def exercises(self, power: Clause) -> list[Exercise]:
        return self.scene.once(("can", power.name), lambda: self.exercised(power), [])

    def exercised(self, power: Clause) -> list[Exercise]:
        acts = [(self.world.time(i), i) for i in self.world.incidents if self.covers(power, i)]
        consents = power.written.get("consents")
        if not consents:
            return acts
        found, given = [], set[str]()
        for time, incident in self.world.in_order(acts):
            given |= {
                name for name in consents if self.scene.matcher.matches(self.book.acts_of[name], incident, Context(()))
            }
            if len(given) == len(consents):
                found.append((time, incident))
                given = set()
                self.world.met.add("all consented")
        return found

    def covers(self, clause: Clause, incident: str) -> bool:
        """Whether a permission or a power, while in force, speaks of what was done."""
        matcher = self.scene.matcher
        for _, bearers in clause.nodes():
            plain = Context(bearers, others(clause.binds, bearers))
            if not matcher.refers(clause.pattern) and not matcher.matches(clause.pattern, incident, plain):
                continue
            for trigger in self.clauses.created(clause, bearers):
                if trigger and trigger.incident == incident:
                    continue
                context = Context(
                    bearers, plain.others, trigger.violators if trigger else (), trigger.reads if trigger else None
                )
                if matcher.matches(clause.pattern, incident, context) and self.within(clause, trigger, incident):
                    return True
        return False

    def within(self, clause: Clause, trigger: Trigger | None, incident: str) -> bool:
        time, windows = self.world.time(incident), self.clauses.windows
        return (
            self.scene.happened(time)
            and windows.opened(clause, trigger, time)
            and self.world.not_after(time, windows.end(clause, trigger))
            and not self.ended_before(clause, time)
            and self.in_force(clause, time)
            and not self.clauses.states.exempt(clause, incident, time)
        )

    def permitted(self, name: str, incident: str) -> bool:
        """Whether some permission shields the act from this prohibition."""
        found = any(self.covers(clause, incident) for clause in self.book.permissions(name))
        self.world.met |= {"a breach was permitted"} if found else set()
        return found

    # -- what the exercises change -------------------------------------------------------------

    def acts_on(self, clause: Clause, effect: str) -> list[Exercise]:
        return [each for power in self.book.powers_over(clause, effect) for each in self.exercises(power)]

    def terminated(self, clause: Clause) -> Time | None:
        times = [t for t, _ in self.acts_on(clause, "terminate")]
        return self.world.earliest(times) if times else None

    def ended_before(self, clause: Clause, time: Time) -> bool:
        return any(self.world.before(t, time) for t, _ in self.acts_on(clause, "terminate"))

    def waived(self, clause: Clause, trigger: Trigger | None) -> Time | None:
        """When an instance was waived: by the first waiver at or after its creation."""
        times = [t for t, _ in self.acts_on(clause, "waive")]
        times = [t for t in times if trigger is None or self.world.not_after(trigger.time, t)]
        return self.world.earliest(times) if times else None

    def texts(self, clause: Clause) -> list[tuple[Time, Clause]]:
        """The amendments of a clause in order, each with what it made of the text."""
        by_act: dict[tuple[str, str], Clause] = {}
        acts: list[tuple[Time, tuple[str, str]]] = []
        for power in self.book.powers_over(clause, "amend"):
            for time, incident in self.exercises(power):
                by_act[incident, power.name] = power
                acts.append((time, (incident, power.name)))
        found = []
        for time, act in self.world.in_order(acts):
            clause = self.book.amended_by(clause, by_act[act])
            found.append((time, clause))
        return found

    def text_at(self, clause: Clause, time: Time) -> Clause:
        """The text by which an act of that time is judged."""
        found = clause
        for since, text in self.texts(clause):
            if self.world.before(since, time):
                found = text
                self.world.met.add("judged by an amended text")
        return found

    def term_end(self) -> Bound:
        if not self.book.extending:
            return self.book.ends
        return self.scene.once("term", self.extended, self.book.ends)

    def extended(self) -> Bound:
        """Each extension is counted from the old end."""
        end = self.book.ends
        for power in self.book.extending:
            for _ in self.exercises(power):
                end += duration(power.written["effect"]["extend"])
                self.world.met.add("the term was extended")
        return end

    # -- suspension ----------------------------------------------------------------------------

    def in_force(self, clause: Clause, time: Time, *, included: bool = False) -> bool:
        """Whether neither a power nor the clause's own `while` suspends it then (or just after, where `included`)."""
        if self.suspended(clause, time, included=included):
            return False
        state = self.clauses.states.unkeyed(clause)
        return state is None or self.clauses.states.is_on(state[0], time, included=included) == state[1]

    def suspended(self, clause: Clause, time: Time, *, included: bool) -> bool:
        comes = self.world.not_after if included else self.world.before
        stops = [t for t, _ in self.acts_on(clause, "suspend") if comes(t, time)]
        if not stops:
            return False
        starts = [t for t, _ in self.acts_on(clause, "resume") if comes(t, time)]
        return not starts or self.world.not_after(self.world.latest(starts), self.world.latest(stops))

    def switches(self, clause: Clause) -> list[tuple[Time, str]]:
        """Everything that may suspend it or bring it back into force."""
        found = [*self.acts_on(clause, "suspend"), *self.acts_on(clause, "resume")]
        state = self.clauses.states.unkeyed(clause)
        return [*found, *state[0].on, *state[0].off] if state else found

    def back_in_force(self, clause: Clause, opens: Time, due: Time) -> Time:
        """A date; one that passes while suspended falls due when the duty is back in force, if ever."""
        if self.world.not_after(due, opens) or self.in_force(clause, due):
            return due
        self.world.met.add("a deadline moved by suspension")
        for time, _ in self.world.in_order(self.switches(clause)):
            if self.world.not_after(due, time) and self.in_force(clause, time, included=True):
                return time
        return (None, INFINITY)

    def tolled(self, clause: Clause, opens: Time, due: Time) -> Time:
        """The end of a duration, moved later by the time spent suspended since the opening; never, while that lasts."""
        if self.world.not_after(due, opens):
            return due
        switches = self.switches(clause)
        reached = opens
        for time, _ in self.world.in_order([each for each in switches if self.world.before(opens, each[0])]):
            if self.in_force(clause, reached, included=True):
                if self.world.not_after(due, time):
                    return due
            else:
                due = moved(due, reached, time)
                self.world.met.add("a deadline moved by suspension")
            reached = time
        return due if self.in_force(clause, reached, included=True) else (None, INFINITY)
