"""What instances of one assessment stand on: clauses and runs so far come in; regimes, terms and versions go out.

Everything here is found when it is asked for and kept until a clause that powers or permissions look at
comes to something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from servanda.evidence import Standing
from servanda.lifecycle.acts import Act, act_of
from servanda.lifecycle.grants import Grant, Grants
from servanda.lifecycle.keyed import KeyedState
from servanda.lifecycle.patterns import Context, plain_text
from servanda.lifecycle.powers import NONE, Exercises, exercises
from servanda.lifecycle.regime import Regime
from servanda.lifecycle.requiring import requirement
from servanda.lifecycle.runs import Run
from servanda.lifecycle.switches import Lookup, Switches
from servanda.lifecycle.term import Term, terms_of
from servanda.lifecycle.triggers import Duty, duties, occurrences
from servanda.lifecycle.versions import Way, ways_of
from servanda.lifecycle.window import force_of, window_of
from servanda.lifecycle.world import World, looked_at
from servanda.model.clauses import Clause, State
from servanda.model.kleene import Truth
from servanda.model.moments import BEGINNING, END, Interval


class Ground:
    """The clauses of an agreement under a view with what they came to so far."""

    def __init__(self, clauses: Sequence[Clause], world: World) -> None:
        self.world = world
        self.runs: dict[str, list[Run]] = {}
        self.powers = tuple(clause for clause in clauses if clause.duty == "can")
        self._permissions: dict[str, list[Clause]] = {}
        for clause in clauses:
            for name in clause.shields if clause.duty == "may" else ():
                self._permissions.setdefault(name, []).append(clause)
        permissions = [clause for found in self._permissions.values() for clause in found]
        self._watched = {name for one in (*self.powers, *permissions) for name in looked_at(one)}
        self._own_states: dict[object, tuple[Duty, Switches]] = {}  # those that clauses describe themselves
        self._forget()

    def _forget(self) -> None:
        self._exercises: Exercises | None = None
        self._terms: tuple[Term, ...] | None = None
        self._regimes: dict[object, Regime] = {}
        self._grants: dict[str, Grants] = {}
        self._ways: dict[str, tuple[Way, ...]] = {}

    def others(self, name: str) -> Sequence[Run]:
        """The runs of a clause, as far as they are known."""
        return self.runs.get(name, ())

    def changed(self, name: str) -> None:
        """A clause has come to something else."""
        if name in self._watched:
            self._forget()

    # --- powers -----------------------------------------------------------------------------------------

    @property
    def exercises(self) -> Exercises:
        """What powers did."""
        if self._exercises is None:
            self._exercises = exercises(self.powers, self.world, self._grants_given)
        return self._exercises

    @property
    def terms(self) -> tuple[Term, ...]:
        """The ways the agreement's term may run."""
        if self._terms is None:
            self._terms = terms_of(self.world.agreement, self.exercises.extend)
        return self._terms

    def ways(self, clause: Clause) -> tuple[Way, ...]:
        """The versions of a clause, in each way in which it may have been amended."""
        if clause.name not in self._ways:
            self._ways[clause.name] = ways_of(clause, self.exercises.amend.get(clause.name, ()))
        return self._ways[clause.name]

    # --- regimes ----------------------------------------------------------------------------------------

    def regime(self, duty: Duty, term: Term) -> Regime:
        """What a clause, in one of its versions, is subject to while the term runs so."""
        gaps = term.gaps if _ends_with_term(duty.clause) else ()
        key = (id(duty.clause), duty.bearers, gaps)
        if key not in self._regimes:
            permissions = tuple(self._shielding(one) for one in self._permissions.get(duty.clause.name, ()))
            self._regimes[key] = self._regime(duty.clause, self.exercises, permissions, gaps)
        return self._regimes[key]

    def _regime(
        self,
        clause: Clause,
        done: Exercises,
        permissions: tuple[Grants, ...] = (),
        gaps: tuple[Interval, ...] = (),
    ) -> Regime:
        suspend, name, condition = done.suspend.get(clause.name, ()), clause.name, clause.condition
        state = None if condition is None else self.world.agreement.states[condition.state]
        switches: Switches | None = None
        keyed: KeyedState | None = None
        if condition is not None and state is not None:
            if condition.key is None:
                switches = self.world.states.of(state)
            else:
                keyed = self.world.states.keyed(state, condition.key, wanted=condition.on)
        return Regime(
            clause,
            self.world,
            condition=switches,
            wanted=condition is None or condition.on,
            keyed=keyed,
            suspensions=Switches(suspend, done.resume.get(name, ()), initially=False) if suspend else None,
            terminations=done.terminate.get(name, ()),
            waivers=done.waive.get(name, ()),
            permissions=permissions,
            gaps=gaps,
        )

    # --- states -----------------------------------------------------------------------------------------

    def kept(self, duty: Duty) -> Switches:
        """The switches of the state that a `must_keep` is about."""
        keep, states = duty.clause.keep, self.world.states
        assert keep is not None  # a `must_keep` keeps something
        if keep.state.key is not None:
            return states.keyed(keep.state, "", wanted=True).of_value(plain_text(keep.key))
        if self.world.agreement.states.get(keep.state.name) is keep.state:
            return states.of(keep.state)
        key = (id(keep), duty.bearers)
        if key not in self._own_states:
            context = Context(duty.bearers, duty.others)
            acts = [
                list(self.world.acts((duty.clause.name, role), [(pattern, context)]))
                for role, pattern in (("starts", keep.state.starts), ("stops", keep.state.stops))
            ]
            self._own_states[key] = duty, Switches(*acts, initially=keep.state.initially)
        return self._own_states[key][1]

    # --- what is kept up to date ------------------------------------------------------------------------

    def regimes_of(self, clause: Clause) -> Iterator[Regime]:
        """The regimes of a clause that were asked for so far."""
        return (regime for regime in self._regimes.values() if regime.clause is clause)

    def switch_kept(self, clause: Clause, incident: str) -> None:
        """An incident switches the state otherwise that a clause describes itself."""
        assert clause.keep is not None  # it describes one
        start, stop = (self.world.stands((clause.name, role), incident) for role in ("starts", "stops"))
        for duty, switches in self.kept_states(clause):
            context = Context(duty.bearers, duty.others)
            switches.put(incident, *switching(start, stop, clause.keep.state, context, self.world))

    def kept_states(self, clause: Clause) -> Iterator[tuple[Duty, Switches]]:
        """The switches of the state that a clause describes itself, as far as they were asked for."""
        return (one for one in self._own_states.values() if one[0].clause is clause)

    # --- grants -----------------------------------------------------------------------------------------

    def _shielding(self, clause: Clause) -> Grants:
        if clause.name not in self._grants:
            self._grants[clause.name] = self._grants_given(clause, self.exercises)
        return self._grants[clause.name]

    def _grants_given(self, clause: Clause, done: Exercises) -> Grants:
        """The grants of a permission or power, given what powers did."""
        terms = terms_of(self.world.agreement, done.extend) if done is not NONE else (Term(END),)
        regime = self._regime(clause, done)
        needs = requirement(clause, self.others)

        def in_force(time: Interval, incident: str) -> Lookup:
            found = regime.in_force(time, incident)
            if needs is None or found.truth is Truth.NO:
                return found
            if not needs.may_hold(time.latest):
                return Lookup(Truth.NO)
            open_ = needs.may_fail(time.earliest) or found.truth is Truth.MAYBE
            return Lookup(Truth.MAYBE, found.doubts | needs.doubts) if open_ else found

        grants = [grant for duty in duties(clause, clause.bearers) for grant in self._of_duty(duty, terms)]
        return Grants(clause, grants, in_force, regime.cuts, self.world.agreement)

    def _of_duty(self, duty: Duty, terms: Sequence[Term]) -> Iterator[Grant]:
        clause, agreement = duty.clause, self.world.agreement
        free = clause.duty == "can"  # a power's own end, or that of the term as extended before, bounds it
        ends = [END] if free else [term.end for term in terms]
        spans = [Interval(agreement.term.earliest, end) for end in (min(ends), max(ends))]
        if not clause.when:
            windows = [window_of(clause, agreement, term, triggered=False) for term in spans]
            context = Context(duty.bearers, duty.others)
            closes = Interval(windows[0].last(BEGINNING), windows[1].last(BEGINNING))
            start = windows[0].start(BEGINNING)
            yield Grant(context, Interval(start, start), closes)
            return
        for cause in occurrences(duty, self.world, self.others):
            event = cause.ref.kind == "event"
            windows = [window_of(clause, agreement, term, triggered=True, strict=not event) for term in spans]
            limits = force_of(clause, Interval(agreement.term.earliest, max(ends)), event=event)
            for option in cause.options:
                for time in option.times:
                    during = time.cut(Interval(limits.earliest, min(limits.latest, self.world.as_of)))
                    if during is None:
                        continue
                    yield Grant(
                        Context(duty.bearers, duty.others, cause.violators, option.alternative),
                        Interval(windows[0].start(during.earliest), windows[0].start(during.latest)),
                        Interval(windows[0].last(during.earliest), windows[1].last(during.latest)),
                        cause.certain and during == time and len(cause.options) == 1,
                        cause.doubts,
                        option.incident,
                        cause.lineage,
                    )


def _ends_with_term(clause: Clause) -> bool:
    """Whether the term bounds the clause: it does not bound a duty that has a date of its own."""
    dates = (clause.on, clause.by, clause.until, clause.within, clause.lasting)
    return clause.duty != "must" or all(date is None for date in dates)


def act_of_duty(standing: Standing, duty: Duty, ground: Ground) -> Act | None:
    """An incident as what breaches a duty, in the agreement's only term; None where it does not count."""
    (term,) = ground.terms
    return ground.regime(duty, term).act(standing, Context(duty.bearers, duty.others))


def switching(
    start: Standing | None, stop: Standing | None, state: State, context: Context, world: World
) -> tuple[Act | None, Act | None]:
    """The acts by which an incident starts and stops a state, as it stands in these roles."""
    found = []
    for standing, pattern in ((start, state.starts), (stop, state.stops)):
        act = None if standing is None else act_of(standing, [(pattern, context)], world.agreement, world.as_of)
        found.append(act)
    return found[0], found[1]
