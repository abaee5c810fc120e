"""A clause and what created an instance come in; when it opens, falls due and ends goes out (§4, §5)."""

from collections.abc import Callable

from .book import Clause
from .instances import Scene, Trigger
from .powers import Powers
from .times import Bound, duration, earliest, is_duration, latest
from .worlds import Time, later

Closing = tuple[Time, bool]
"""When a duty closes, and whether it falls due then (else the term ends)."""


class Windows:
    """The times of clauses in one world."""

    def __init__(self, scene: Scene, powers: Powers) -> None:
        self.scene, self.world, self.book, self.powers = scene, scene.world, scene.book, powers

    @property
    def term_end(self) -> Time:
        return (None, self.powers.term_end())

    def begins(self, clause: Clause) -> Bound:
        said = [earliest(clause.written[key]) for key in ("from", "on") if key in clause.written]
        return max([self.book.begins, *said])

    def opened(self, clause: Clause, trigger: Trigger | None, time: Time) -> bool:
        if not self.world.not_after((None, self.begins(clause)), time):
            return False
        if trigger is None:
            return True
        comes = self.world.before if trigger.after else self.world.not_after
        return comes(trigger.time, time)

    def opening(self, clause: Clause, trigger: Trigger | None) -> Time:
        return self.not_before((None, self.begins(clause)), trigger)

    def closing(self, clause: Clause, trigger: Trigger | None) -> Closing:
        """When a `must` closes."""
        return self.amended(clause, lambda text: self.due(text, trigger))

    def due(self, clause: Clause, trigger: Trigger | None) -> Closing:
        """The earliest limit; one before the trigger falls due at the trigger.

        While the duty is suspended durations stop, and dates that pass fall due when it is back in force.
        """
        dates, lengths = self.dates(clause, trigger), self.lengths(clause, trigger)
        if trigger and trigger.last is not None:
            dates += [*self.until(clause, trigger), self.term_end]
        elif not dates and not lengths:
            counted = bool(trigger) and is_duration(clause.written.get("until"))
            lengths, dates = (self.until(clause, trigger), []) if counted else ([], self.until(clause, trigger))
        if not dates and not lengths:
            return self.not_before(self.term_end, trigger), False
        opens = self.opening(clause, trigger)
        found = []
        if lengths:
            length = self.not_before(self.world.earliest(lengths), trigger)
            found.append(self.powers.tolled(clause, opens, length))
        if dates:
            date = self.not_before(self.world.earliest(dates), trigger)
            found.append(self.powers.back_in_force(clause, opens, date))
        return self.world.earliest(found), True

    def end(self, clause: Clause, trigger: Trigger | None) -> Time:
        """The end of a window in which something is forbidden, kept, permitted or can be done."""
        return self.amended(clause, lambda text: (self.ends(text, trigger), True))[0]

    def ends(self, clause: Clause, trigger: Trigger | None) -> Time:
        said = self.limits(clause, trigger) + self.until(clause, trigger)
        if clause.kind != "can" or not {"by", "until"} & set(clause.written):
            said.append(self.term_end)
        return self.world.earliest(said)

    def amended(self, clause: Clause, read: Callable[[Clause], Closing]) -> Closing:
        """What an amendment finds past stays; what it moves into the past is at the amendment."""
        time, dated = read(clause)
        for since, text in self.powers.texts(clause):
            if self.world.not_after(time, since):
                break
            time, dated = read(text)
            time = self.world.latest([time, since])
        return time, dated

    def limits(self, clause: Clause, trigger: Trigger | None) -> list[Time]:
        """The ends said by `by`, `on` and `within`, and the end of the period."""
        return self.dates(clause, trigger) + self.lengths(clause, trigger)

    def dates(self, clause: Clause, trigger: Trigger | None) -> list[Time]:
        found: list[Time] = [(None, latest(clause.written[k])) for k in ("by", "on") if k in clause.written]
        if trigger and trigger.last is not None:
            found.append((None, trigger.last))
        return found

    def lengths(self, clause: Clause, trigger: Trigger | None) -> list[Time]:
        if "within" not in clause.written:
            return []
        return [later(trigger.time if trigger else (None, self.book.begins), duration(clause.written["within"]))]

    def until(self, clause: Clause, trigger: Trigger | None) -> list[Time]:
        said = clause.written.get("until")
        if said is None:
            return []
        if is_duration(said) and trigger and trigger.last is None:
            return [later(trigger.time, duration(said) - 1)]
        begins = earliest(clause.written["from"]) if "from" in clause.written else self.book.begins
        return [(None, self.book.end_of(said, begins))]

    def periods(self, clause: Clause) -> list[Trigger]:
        """One for each period begun by `as_of` and before the clause's end."""
        anchor = earliest(clause.written["from"]) if "from" in clause.written else self.book.begins
        length = duration(clause.written["every"])
        stops = self.world.earliest([self.term_end, *self.until(clause, None), self.scene.as_of])
        found: list[Trigger] = []
        while self.world.not_after(begins := (None, anchor + len(found) * length), stops):
            found.append(Trigger(("period", len(found)), begins, last=begins[1] + length - 1))
        return found

    def not_before(self, time: Time, trigger: Trigger | None) -> Time:
        return self.world.latest([time, trigger.time]) if trigger else time
