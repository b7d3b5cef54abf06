"""When a child may come back: every row just before and just at its day, and the laws that hold for all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.returnbook import CRITERIA, FACTS, TICK, WORKED, course, nov

from xiaodun.kernel.calendar import at
from xiaodun.kernel.errors import Refused
from xiaodun.rules.criterion import CIRCUMSTANCE, TICK_CODES, Alternative
from xiaodun.rules.return_packs import criteria_in_force
from xiaodun.rules.returning import Course, earliest_return

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
IN_FORCE = criteria_in_force(TODAY)


def asked(course, *ids, as_of=TODAY):
    return earliest_return(course, [CRITERIA[name] for name in ids], as_of)


def flu(**facts):
    return Course(diagnosis="influenza", onset_on=nov(1), **facts)


@pytest.mark.requirement("R74")
def test_every_way_of_every_shipped_criterion_is_worked_by_hand():
    assert {name: len(row.any_of) for name, row in CRITERIA.items()} == {
        name: len(days) for name, days in WORKED.items()
    }


@pytest.mark.requirement("R74")
@pytest.mark.parametrize(("name", "way"), [(name, n) for name in WORKED for n in range(len(WORKED[name]))])
def test_the_day_before_it_is_closed_and_on_the_day_it_is_open(name, way):
    row, opens = CRITERIA[name], WORKED[name][way]
    alone = [replace(row, any_of=(row.any_of[way],))]
    well = course(diagnosis=row.diagnoses[0])
    unseen = replace(well, ticks=frozenset())

    if opens == TICK:
        before, on = earliest_return(unseen, alone, nov(5)), earliest_return(well, alone, nov(5))
        assert before.missing == row.any_of[way].needs
        opens = nov(5)
    else:
        before, on = earliest_return(well, alone, opens - DAY), earliest_return(well, alone, opens)
        blocked = bool(row.any_of[way].needs)
        assert earliest_return(unseen, alone, opens).may_return is not blocked
    assert (before.may_return, on.may_return, on.earliest_on, on.binding) == (False, True, opens, name)


@pytest.mark.parametrize("name", WORKED)
def test_a_fact_that_nobody_knows_is_named_and_blocks(name):
    row = CRITERIA[name]
    bare = Course(diagnosis=row.diagnoses[0], onset_on=nov(1), circumstances=frozenset(CIRCUMSTANCE))
    answer = earliest_return(bare, [row], TODAY)

    by_onset_alone = any(set(way.numbers) == {"min_days_from_onset"} and not way.needs for way in row.any_of)
    assert bool(answer.missing) is not by_onset_alone
    assert (answer.earliest_on is None) is bool(answer.missing)
    assert answer.may_return is (by_onset_alone and answer.earliest_on <= TODAY)


@pytest.mark.requirement("R74")
def test_the_strictest_enabled_source_decides_and_an_example_only_where_it_is_named():
    measles = Course(diagnosis="measles", onset_on=nov(1), rash_on=nov(3))
    answer = earliest_return(measles, IN_FORCE, TODAY)
    named = earliest_return(measles, criteria_in_force(TODAY, on=["RET-MEAS-S10"]), TODAY)

    assert [each.criterion.id for each in answer.answers] == ["RET-MEAS-S11", "RET-MEAS-S12", "RET-MEAS-S13"]
    assert (answer.earliest_on, answer.binding) == (nov(8), "RET-MEAS-S12")
    assert (named.earliest_on, named.binding) == (nov(10), "RET-MEAS-S10")


def test_pneumonia_keeps_a_child_with_measles_longer():
    measles = Course(diagnosis="measles", onset_on=nov(1), rash_on=nov(3))
    with_pneumonia = replace(measles, circumstances=frozenset({"pneumonia"}))

    assert earliest_return(with_pneumonia, IN_FORCE, TODAY).earliest_on == nov(17)
    assert earliest_return(with_pneumonia, IN_FORCE, TODAY).binding == "RET-MEAS-PNEUMONIA-14"


def test_another_way_of_the_same_source_covers_a_fact_that_is_missing():
    untreated = Course(diagnosis="scarlet_fever", onset_on=nov(1))

    covered = asked(untreated, "RET-SCAR-S12")
    assert (covered.earliest_on, covered.missing) == (nov(22), ())
    assert covered.answers[0].alternatives[0].missing == ("treated_from",)
    assert asked(replace(untreated, treated_from=nov(4)), "RET-SCAR-S12").earliest_on == nov(14)


def test_another_source_does_not_cover_it():
    untreated = Course(diagnosis="scarlet_fever", onset_on=nov(1))
    answer = asked(untreated, "RET-SCAR-S09", "RET-SCAR-S12", as_of=nov(30))

    assert (answer.earliest_on, answer.missing, answer.may_return) == (None, ("treated_from",), False)


def test_varicella_needs_dry_crusts_and_the_days():
    early = Course(diagnosis="varicella", onset_on=nov(1))
    crusted = replace(early, ticks=frozenset({"crusts_dry"}))

    assert earliest_return(early, IN_FORCE, nov(20)).missing == ("crusts_dry",)
    assert earliest_return(early, IN_FORCE, nov(20)).not_before == nov(15)
    assert earliest_return(crusted, IN_FORCE, nov(9)).earliest_on == nov(15)
    assert not earliest_return(crusted, IN_FORCE, nov(14)).may_return
    assert earliest_return(crusted, IN_FORCE, nov(15)).may_return


def test_one_more_fact_may_bring_the_return_forward_and_the_answer_says_so():
    mumps = Course(diagnosis="mumps", onset_on=nov(1))
    answer = asked(mumps, "RET-MUMPS-S11", as_of=nov(5))
    gone = asked(replace(mumps, ticks=frozenset({"swelling_gone"})), "RET-MUMPS-S11", as_of=nov(5))

    assert (answer.earliest_on, answer.not_before) == (nov(11), None)
    assert gone.earliest_on == nov(5)


def test_where_every_way_lacks_a_tick_the_first_day_of_any_way_is_the_bound():
    ways = (
        Alternative(min_days_from_onset=20, needs=("crusts_dry",)),
        Alternative(min_days_from_onset=10, needs=("specimen_negative",)),
    )
    row = replace(CRITERIA["RET-VAR-S11"], any_of=ways)
    answer = earliest_return(Course(diagnosis="varicella", onset_on=nov(1)), [row], nov(30))

    assert (answer.earliest_on, answer.not_before, answer.binding) == (None, nov(11), "RET-VAR-S11")
    assert answer.missing == ("crusts_dry", "specimen_negative")
    assert not answer.may_return


@pytest.mark.parametrize(
    ("gone", "opens"),
    [
        (at(nov(8), 7), nov(10)),
        (at(nov(8), 7, 1), nov(11)),
        (at(nov(8), 0), nov(10)),
        (at(nov(8), 23, 59), nov(11)),
        (datetime(2026, 11, 7, 23, 0, tzinfo=UTC), nov(10)),
        (datetime(2026, 11, 7, 23, 1, tzinfo=UTC), nov(11)),
    ],
)
def test_hours_are_full_in_the_morning_in_china(gone, opens):
    assert asked(flu(symptom_free_at=gone), "RET-FLU-S04").earliest_on == opens


def test_a_day_without_an_hour_ends_at_its_end_and_an_instant_is_read_first():
    by_day = asked(flu(symptom_free_on=nov(8)), "RET-FLU-S04")
    both = asked(flu(symptom_free_on=nov(12), symptom_free_at=at(nov(8), 6)), "RET-FLU-S04")

    assert by_day.earliest_on == nov(11)
    assert both.earliest_on == nov(10)


@pytest.mark.parametrize(
    ("symptoms", "temperature", "applies"),
    [
        ({"fever", "cough"}, None, True),
        ({"fever", "sore_throat"}, 37.5, True),
        ({"cough"}, 38.0, True),
        ({"cough"}, 37.9, False),
        ({"fever"}, 39.0, False),
        ({"vomiting", "fever"}, 39.0, False),
        (set(), None, False),
    ],
)
def test_without_a_diagnosis_only_an_illness_like_influenza_has_a_criterion(symptoms, temperature, applies):
    told = Course(diagnosis="", onset_on=nov(1), symptoms=frozenset(symptoms), temperature=temperature)
    answer = earliest_return(told, IN_FORCE, TODAY)

    assert {each.criterion.row for each in answer.answers} == ({"RET-FLU"} if applies else set())
    assert answer.without_criterion is not applies
    assert answer.earliest_on is None
    assert answer.may_return is not applies


def test_a_named_disease_is_not_judged_by_how_it_looks():
    told = Course(diagnosis="dengue", onset_on=nov(1), symptoms=frozenset({"fever", "cough"}))

    assert earliest_return(told, IN_FORCE, TODAY).without_criterion


def test_certificate_and_observation_of_contacts_are_the_strictest_of_what_applies():
    flu_answer = earliest_return(flu(symptom_free_on=nov(8)), IN_FORCE, TODAY)
    tb = earliest_return(Course(diagnosis="tb", onset_on=nov(1)), IN_FORCE, TODAY)
    lenient = replace(CRITERIA["RET-MEAS-S11"], requires_certificate=False, contact_observation_days=3)
    mixed = earliest_return(
        Course(diagnosis="measles", onset_on=nov(1)), [lenient, CRITERIA["RET-MEAS-S12"]], TODAY
    )

    assert (flu_answer.requires_certificate, flu_answer.contact_observation_days) == (True, 4)
    assert tb.contact_observation_days is None
    assert (mixed.requires_certificate, mixed.contact_observation_days) == (True, 21)


def test_a_disease_that_no_line_list_names_yet_has_its_criterion():
    told = Course(diagnosis="polio", onset_on=nov(1))

    assert earliest_return(told, IN_FORCE, TODAY).earliest_on == date(2026, 12, 11)


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"diagnosis": "flu"}, "returns.unknown_code", "diagnosis"),
        ({"symptoms": frozenset({"sneezing"})}, "returns.unknown_code", "symptoms"),
        ({"ticks": frozenset({"looks_fine"})}, "returns.unknown_code", "ticks"),
        ({"circumstances": frozenset({"pneumonai"})}, "returns.unknown_code", "circumstances"),
        ({"rash_on": date(2026, 10, 31)}, "returns.before_onset", "rash_on"),
        ({"treated_from": date(2026, 10, 31)}, "returns.before_onset", "treated_from"),
        ({"fever_free_on": date(2026, 10, 31)}, "returns.before_onset", "fever_free_on"),
        ({"symptom_free_on": date(2026, 10, 31)}, "returns.before_onset", "symptom_free_on"),
        ({"symptom_free_at": at(date(2026, 10, 31), 23)}, "returns.before_onset", "symptom_free_at"),
        ({"symptom_free_at": datetime(2026, 11, 8)}, "calendar.naive_instant", "instant"),  # noqa: DTZ001
    ],
)
def test_what_would_let_a_child_in_too_early_is_refused(changes, code, where):
    with pytest.raises(Refused) as caught:
        earliest_return(course(**changes), IN_FORCE, TODAY)

    (fault,) = caught.value.faults
    assert (fault.code, fault.where) == (code, where)


# --- laws ---

FACT_NAMES = [name for name in FACTS if name != "onset_on"]


@st.composite
def courses(draw):
    """Courses of any shipped disease with some of the facts known."""
    known = draw(st.sets(st.sampled_from(FACT_NAMES)))
    facts = {}
    for name in known:
        day = nov(1) + draw(st.integers(0, 12)) * DAY
        facts[name] = at(day, draw(st.integers(0, 23))) if name == "symptom_free_at" else day
    return Course(
        diagnosis=draw(st.sampled_from(sorted({row.diagnoses[0] for row in CRITERIA.values()}))),
        onset_on=nov(1),
        ticks=draw(st.frozensets(st.sampled_from(sorted(TICK_CODES)))),
        circumstances=draw(st.frozensets(st.sampled_from(sorted(CIRCUMSTANCE)))),
        **facts,
    )


SOME = st.sets(st.sampled_from(sorted(CRITERIA))).map(
    lambda names: [CRITERIA[name] for name in sorted(names)]
)
AS_OF = st.integers(1, 80).map(nov)


def later_or_same(first, second):
    """None is never."""
    return second is None or (first is not None and first <= second)


def shifted(told, days):
    moved = {
        name: value + timedelta(days=days) for name in FACTS if (value := getattr(told, name)) is not None
    }
    return replace(told, **moved)


@settings(max_examples=150, deadline=None)
@given(courses(), SOME, st.sampled_from(sorted(CRITERIA)), AS_OF)
def test_one_more_criterion_never_makes_a_return_earlier(told, criteria, extra, as_of):
    before = earliest_return(told, criteria, as_of)
    after = earliest_return(told, [*criteria, CRITERIA[extra]], as_of)

    assert before.without_criterion or later_or_same(before.earliest_on, after.earliest_on)
    assert before.may_return >= after.may_return


@settings(max_examples=150, deadline=None)
@given(courses(), SOME, AS_OF, st.integers(-400, 400))
def test_moving_all_days_moves_the_answer_by_as_much(told, criteria, as_of, days):
    here = earliest_return(told, criteria, as_of)
    there = earliest_return(shifted(told, days), criteria, as_of + timedelta(days=days))

    def moved(day):
        return day and day + timedelta(days=days)

    assert (there.earliest_on, there.not_before) == (moved(here.earliest_on), moved(here.not_before))
    assert (there.missing, there.binding, there.may_return) == (here.missing, here.binding, here.may_return)


@settings(max_examples=150, deadline=None)
@given(courses(), SOME, AS_OF)
def test_the_answer_is_the_latest_of_the_criteria_asked_alone(told, criteria, as_of):
    together = earliest_return(told, criteria, as_of)
    alone = [earliest_return(told, [row], as_of) for row in criteria]
    days = [answer.earliest_on for answer in alone if not answer.without_criterion]

    assert together.earliest_on == (None if None in days or not days else max(days))
    assert together.may_return == all(answer.may_return for answer in alone)


@settings(max_examples=150, deadline=None)
@given(courses(), SOME, AS_OF, st.sampled_from(sorted(TICK_CODES)))
def test_one_more_tick_never_makes_a_return_later(told, criteria, as_of, tick):
    before = earliest_return(told, criteria, as_of)
    after = earliest_return(replace(told, ticks=told.ticks | {tick}), criteria, as_of)

    assert later_or_same(after.earliest_on, before.earliest_on)


@settings(max_examples=150, deadline=None)
@given(courses(), SOME, st.sets(st.sampled_from(FACT_NAMES)), AS_OF)
def test_whatever_is_found_out_no_child_comes_back_before_the_day_that_was_named(
    told, criteria, unknown, as_of
):
    early = replace(told, ticks=frozenset(), **dict.fromkeys(unknown))
    bound = earliest_return(early, criteria, as_of).not_before
    found = earliest_return(told, criteria, as_of).earliest_on

    assert bound is None or found is None or bound <= found


@settings(max_examples=100, deadline=None)
@given(courses(), SOME, AS_OF)
def test_who_may_return_today_may_return_tomorrow(told, criteria, as_of):
    today = earliest_return(told, criteria, as_of).may_return

    assert today <= earliest_return(told, criteria, as_of + DAY).may_return
