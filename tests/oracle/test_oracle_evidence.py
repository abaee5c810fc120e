"""Tiny sets of reports whose alternatives are read off §3 by hand come in; the oracle must find the same."""

from .evidence import alternatives
from .handmade import CEASEFIRE, agreement, attack, fold, meeting, numbered, statuses
from .times import INFINITY, latest
from .views import view_named


def test_a_field_left_out_agrees_and_the_finer_value_is_kept() -> None:
    # §3.3 "A field left out agrees with any value; an act agrees with its descendants, a place with
    # what lies in it, and the finer one is kept"
    (known,) = fold(
        attack(act="force", place="Balochistan"), {"incident": "r1", "act": "force.attack", "place": "Chaman"}
    )
    assert (known.fields["act"], known.fields["place"]) == ("force.attack", "Chaman")
    assert known.fields["actor"] == {"PAK"}


def test_a_report_that_fits_several_alternatives_supports_each() -> None:
    # §3.3, §3.5: two voices for each of the two accounts, so nothing is uncorroborated
    found = fold(
        attack(),
        attack(actor="AFG", incident="r1", source="monitor"),
        {"incident": "r1", "act": "force.attack", "source": "tur-a"},
        corroboration=2,
    )
    assert sorted(list(a.fields["actor"]) for a in found) == [["AFG"], ["PAK"]]


def test_times_intersect_or_else_span() -> None:
    # §3.3 "the intersection of its reports' times, or their hull when that is empty"
    day = latest("2025-10-02") - latest("2025-10-01")
    (met,) = fold(attack(occurred="2025-10-02/2025-10-04"), attack(occurred="2025-10-04/2025-10-05", incident="r1"))
    assert met.time == (latest("2025-10-03") + 1, latest("2025-10-04"))
    (apart,) = fold(attack(2), attack(4, incident="r1"))
    assert apart.time[1] - apart.time[0] == 3 * day - 1


def test_without_occurred_at_or_before_reported() -> None:
    # §3 "Without `occurred`, the event lies at or before `reported`."
    (known,) = fold({"act": "pay", "actor": "PAK"})
    assert known.time == (-INFINITY, latest("2025-10-08"))


def test_a_denial_adds_nothing_happened() -> None:
    # §3.4 "A denial adds the alternative nothing happened"
    assert fold(attack(), {"says": "denies", "of": "r1", "source": "pak-a"})[1:] == [None]


def test_a_denial_with_another_account_does_not() -> None:
    # §3.4 "unless it denies one report and its claimant asserts another alternative"
    denial = {"says": "denies", "of": "r1", "source": "pak-a"}
    account = attack(actor="AFG", source="pak-a", incident="r1")
    assert None not in fold(attack(), denial, account)
    # ... and a denial of the incident is not a denial of one report.
    assert None in fold(attack(incident="i"), denial | {"of": "i"}, account | {"incident": "i"})


def test_corroboration_counts_a_side_once() -> None:
    # §3.5 "claimants that speak for the same top actor count once"; TTP is part of AFG
    ours, group = attack(source="afg-a"), attack(source="ttp-a", incident="r1")
    assert None in fold(ours, group, corroboration=2)
    assert None not in fold(ours, group, attack(incident="r1"), corroboration=2)


def test_a_side_believes_itself() -> None:
    # §3 "account of X: tier 1 those who speak for X ...; its corroboration threshold is 1"
    story = (attack(), {"says": "denies", "of": "r1", "source": "pak-a"})
    assert statuses({"c": CEASEFIRE}, *story, view="account of PAK")["c", ("PAK",), None] == {"holding"}
    assert statuses({"c": CEASEFIRE}, *story)["c", ("PAK",), None] == {"holding", "violated"}
    mine = attack(source="afg-a")
    assert statuses({"c": CEASEFIRE}, mine, view="account of AFG", corroboration=3)["c", ("PAK",), None] == {"violated"}


def test_a_confirmation_survives_retraction_and_later_correction() -> None:
    # §3 `confirms`: "that report's body as it was known when the confirmation was made; it survives the
    # original's retraction and does not follow later corrections"
    confirmation = {"says": "confirms", "of": "r1", "source": "monitor", "reported": "2025-10-09"}
    later = {"says": "corrects", "of": "r1", "actor": "AFG", "reported": "2025-10-10"}
    assert len(fold(attack(), confirmation, later)) == 2
    (kept,) = fold(attack(), confirmation, {"says": "retracts", "of": "r1", "reported": "2025-10-10"})
    assert kept.fields["actor"] == {"PAK"}


def test_retractions_come_first() -> None:
    # §3 "a retracted correction is as if never made"; "null clears a field"; reading: so is a retraction
    correction = {"says": "corrects", "of": "r1", "actor": None}
    assert "actor" not in fold(attack(), correction)[0].fields
    assert fold(attack(), correction, {"says": "retracts", "of": "r2"})[0].fields["actor"] == {"PAK"}
    gone = {"says": "retracts", "of": "r1"}
    assert fold(attack(), gone, {"says": "retracts", "of": "r2"}) == fold(attack())


def test_corrections_apply_in_order() -> None:
    # §3 "then corrections in (`reported`, `id`) order"
    second = {"says": "corrects", "of": "r1", "actor": "AFG", "reported": "2025-10-10"}
    first = {"says": "corrects", "of": "r1", "actor": "TTP", "reported": "2025-10-09"}
    for corrections in ((first, second), (second, first)):
        assert fold(attack(), *corrections)[0].fields["actor"] == {"AFG"}


def test_a_confirmed_event_lies_before_the_original_report() -> None:
    # reading: "Without `occurred` the event lies before the *original's* `reported`."
    confirmation = {"says": "confirms", "of": "r1", "reported": "2025-10-10"}
    gone = {"says": "retracts", "of": "r1", "reported": "2025-10-11"}
    (known,) = fold({"act": "pay", "actor": "PAK"}, confirmation, gone)
    assert known.time[1] == latest("2025-10-08")


def test_lists_of_actors() -> None:
    # reading: "agree when every member of each is comparable (same, whole or part) to one of the other";
    # §3.3 "the finer one is kept"
    assert len(fold(meeting(), meeting(actor="PAK", incident="r1"))) == 2
    (known,) = fold(meeting(), meeting(actor=["TTP", "Islamabad"], incident="r1"))
    assert known.fields["actor"] == {"PAK", "TTP"}


def test_a_retracted_incident_does_not_exist() -> None:
    # reading: "An incident of which every report is retracted does not exist."; a denial alone refutes it
    gone = {"says": "retracts", "of": "r1"}
    made = agreement({})
    known = latest("2025-10-20")
    assert alternatives(made, numbered(attack(), gone), view_named(made, "neutral"), known) == {}
    assert fold(attack(), gone, {"says": "denies", "of": "r1", "source": "pak-a"}) == [None]


def test_only_its_own_claimant_corrects_a_report() -> None:
    # §3 "A correction or retraction by another claimant is a diagnostic and changes nothing."
    foreign = {"says": "retracts", "of": "r1", "source": "pak-a"}
    assert fold(attack(), foreign) == fold(attack())


def test_what_is_not_yet_known_does_not_count() -> None:
    # §7 "never changes because of what is learned after k"; §3 "while neither is known the report waits"
    waiting = {"says": "denies", "of": "r2", "reported": "2025-10-05"}
    late = attack(reported="2025-10-09")
    assert statuses({"c": CEASEFIRE}, waiting, late, known_at="2025-10-08")["c", ("PAK",), None] == {"holding"}
    assert statuses({"c": CEASEFIRE}, waiting, late)["c", ("PAK",), None] == {"holding", "violated"}


def test_the_same_id_with_other_content() -> None:
    # §3 "the one first by (`reported`, canonical content) stands, whatever the order of arrival"
    early, late = attack(id="x", reported="2025-10-07"), attack(id="x", actor="AFG")
    assert fold(early, late) == fold(late, early) == fold(early)
