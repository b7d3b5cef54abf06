"""Laws of the evaluator, on made-up line lists: it agrees with a slow reading of the rules' meaning."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.casebook import DAY, on

from xiaodun.rules.evaluate import evaluate, is_judged, window_now
from xiaodun.rules.kinds import KINDS, groups
from xiaodun.rules.linelist import Case
from xiaodun.rules.packs import shipped
from xiaodun.rules.rule import COUNT_UNITS

ALL = [rule for pack in shipped() for rule in pack.rules if is_judged(rule)]
RISING = [rule for rule in ALL if rule.count_max is None]
ROLL = 10

SYMPTOMS = st.frozensets(
    st.sampled_from(["fever", "cough", "rash", "vomiting", "diarrhoea", "cough_2w"]), max_size=2
)
DIAGNOSES = st.sampled_from(["", "", "hfmd", "norovirus", "measles", "influenza", "varicella"])


@st.composite
def a_case(draw, ruled_out=True):
    onset = draw(st.integers(0, 9))
    known = onset + draw(st.sampled_from([0, 0, 0, 1, 3, -1]))
    gone = draw(st.one_of(st.none(), st.integers(0, 5))) if ruled_out else None
    ill_days = draw(st.one_of(st.none(), st.integers(0, 4)))
    return Case(
        person=f"p{draw(st.integers(0, 11))}",
        onset=on(onset),
        known_on=on(known),
        klass=draw(st.sampled_from("AB")),
        dorm=draw(st.sampled_from(["", "D"])),
        household=draw(st.sampled_from(["", "H"])),
        symptoms=draw(SYMPTOMS),
        temperature=draw(st.sampled_from([None, 37.9, 38.0])),
        diagnosis=draw(DIAGNOSES),
        exposure=draw(st.sampled_from(["", "", "meal"])),
        lab=draw(st.booleans()),
        recovered_on=None if ill_days is None else on(onset + ill_days),
        ruled_out_on=None if gone is None else on(onset + gone),
        class_size=ROLL,
    )


LISTS = st.lists(a_case(), max_size=16)
LISTS_NEVER_RULED_OUT = st.lists(a_case(ruled_out=False), max_size=16)


def brief(answers):
    return {(a.rule.id, a.scope_id): (a.first_true_on, a.detected_on, a.found) for a in answers}


def places(answers):
    return {(a.rule.id, a.scope_id) for a in answers}


# --- a slow, literal reading of the meaning of rules ---


def enough(rule, active, last):
    window = [c for c in active if last - timedelta(days=rule.window_days - 1) <= c.onset <= last]
    persons = {c.person for c in window}
    n = len(persons)
    if rule.count_unit:
        by_class = [{c.person for c in window if c.klass == k} for k in {c.klass for c in window}]
        n = sum(len(each) >= COUNT_UNITS[rule.count_unit] for each in by_class)
    number = rule.count is not None and rule.count <= n <= (rule.count_max or n)
    confirmed = len({c.person for c in window if c.lab}) >= (rule.min_lab or 0)
    if number and confirmed:
        return True
    if rule.attack_rate is None:
        return False
    if rule.rate_of == "current":
        ill = [c for c in active if c.onset <= last and (c.recovered_on is None or c.recovered_on > last)]
        persons = {c.person for c in ill}
    return len(persons) / ROLL >= rule.attack_rate


def first_day(rule, cases, present):
    """The first day on which the rows present then hold the rule, in a window that ends on an onset."""
    for k in range(-1, 30):
        active = [c for c in cases if present(c, on(k))]
        if any(enough(rule, active, last) for last in {c.onset for c in active if c.onset <= on(k)}):
            return on(k)
    return None


def literal(rule, cases):
    """(scope_id) -> (first_true_on, detected_on)."""
    found = {}
    counted = [c for c in cases if KINDS[rule.kind].counts(c, rule.predicate) and c.scope_id(rule.scope)]
    for scope_id in {c.scope_id(rule.scope) for c in counted}:
        here = [c for c in counted if c.scope_id(rule.scope) == scope_id]
        pairs = []
        for group in {g for c in here for g in groups(c, rule.predicate)}:
            like = [c for c in here if group in groups(c, rule.predicate)]
            kept = [c for c in like if c.ruled_out_on is None]
            true_on = first_day(rule, kept, lambda c, k: c.onset <= k)
            seen_on = first_day(
                rule,
                like,
                lambda c, k: max(c.onset, c.known_on) <= k and (c.ruled_out_on is None or k < c.ruled_out_on),
            )
            pairs.append((true_on, seen_on))
        seen = [s for _, s in pairs if s is not None]
        if seen:
            found[scope_id] = (min((t for t, _ in pairs if t is not None), default=None), min(seen))
    return found


@settings(max_examples=60, deadline=None)
@given(LISTS)
def test_the_answers_are_those_of_a_slow_literal_reading(cases):
    for rule in ALL:
        answers = {a.scope_id: (a.first_true_on, a.detected_on) for a in evaluate(cases, [rule])}
        assert answers == literal(rule, cases), rule.id


# --- laws ---


@settings(max_examples=80, deadline=None)
@given(LISTS, st.permutations(["A", "B"]))
def test_relabelling_classes_relabels_the_answers_and_changes_nothing_else(cases, names):
    label = dict(zip("AB", names, strict=True))
    moved = evaluate([replace(c, klass=label[c.klass]) for c in cases], ALL)
    expected = {
        (rule, label.get(place, place)): said for (rule, place), said in brief(evaluate(cases, ALL)).items()
    }

    assert brief(moved) == expected


@settings(max_examples=80, deadline=None)
@given(LISTS, a_case(ruled_out=False))
def test_adding_a_case_never_removes_or_delays_an_answer(cases, more):
    before, after = brief(evaluate(cases, RISING)), brief(evaluate([*cases, more], RISING))

    assert before.keys() <= after.keys()
    assert all(after[place][1] <= before[place][1] for place in before)


@settings(max_examples=80, deadline=None)
@given(LISTS, st.integers(-400, 400))
def test_moving_the_whole_history_moves_the_answers_with_it(cases, days):
    by = timedelta(days=days)

    def moved(day):
        return None if day is None else day + by

    def shift(c):
        return replace(
            c,
            onset=c.onset + by,
            known_on=moved(c.known_on),
            recovered_on=moved(c.recovered_on),
            ruled_out_on=moved(c.ruled_out_on),
        )

    expected = {
        place: (moved(true_on), seen_on + by, replace(found, first=found.first + by, last=found.last + by))
        for place, (true_on, seen_on, found) in brief(evaluate(cases, ALL)).items()
    }
    assert brief(evaluate([shift(c) for c in cases], ALL)) == expected


@settings(max_examples=80, deadline=None)
@given(LISTS)
def test_the_order_of_the_rows_does_not_matter(cases):
    assert evaluate(cases[::-1], ALL) == evaluate(cases, ALL)


@settings(max_examples=80, deadline=None)
@given(LISTS_NEVER_RULED_OUT)
def test_detection_never_comes_before_the_fact_while_nothing_is_ruled_out(cases):
    assert all(
        a.first_true_on is not None and a.first_true_on <= a.detected_on for a in evaluate(cases, RISING)
    )


@pytest.mark.requirement("R45")
@settings(max_examples=80, deadline=None)
@given(LISTS, LISTS, st.integers(0, 12))
def test_an_evaluation_at_a_day_never_reads_what_became_known_later(cases, later, day):
    known = [c for c in cases if c.known() <= on(day)]
    unread = [replace(c, known_on=on(day + 1)) for c in later]
    unmarked = [
        replace(c, ruled_out_on=None) if c.ruled_out_on is not None and c.ruled_out_on > on(day) else c
        for c in known
    ]

    assert evaluate([*cases, *unread], ALL, known_by=on(day)) == evaluate(unmarked, ALL)


@settings(max_examples=80, deadline=None)
@given(LISTS, st.integers(0, 12))
def test_a_replay_up_to_a_day_detects_what_the_whole_history_detects_by_that_day(cases, day):
    whole = {
        (a.rule.id, a.scope_id, a.detected_on, a.found)
        for a in evaluate(cases, ALL)
        if a.detected_on <= on(day)
    }
    replayed = {
        (a.rule.id, a.scope_id, a.detected_on, a.found) for a in evaluate(cases, ALL, known_by=on(day))
    }

    assert replayed == whole


@settings(max_examples=60, deadline=None)
@given(LISTS)
def test_judging_one_scope_gives_that_scope_s_share_of_the_whole(cases):
    touched = {("class", "A"), ("school", "school")}
    whole = evaluate(cases, ALL)

    assert evaluate(cases, ALL, scopes=touched) == [a for a in whole if (a.scope, a.scope_id) in touched]


@settings(max_examples=60, deadline=None)
@given(LISTS, st.integers(0, 10))
def test_since_a_day_only_what_new_facts_bring_about_is_told(cases, day):
    fresh = evaluate(cases, RISING, since=on(day))
    everything = places(evaluate(cases, RISING))
    old = places(evaluate([c for c in cases if c.known() < on(day)], RISING))

    assert all(a.detected_on >= on(day) for a in fresh)
    assert places(fresh) <= everything
    assert everything - old <= places(fresh)
    assert evaluate(cases, ALL, since=DAY - timedelta(days=9)) == evaluate(cases, ALL)


@settings(max_examples=60, deadline=None)
@given(LISTS_NEVER_RULED_OUT, st.integers(0, 10))
def test_since_a_day_the_fact_still_comes_before_its_detection(cases, day):
    fresh = evaluate(cases, RISING, since=on(day))

    assert all(a.first_true_on is not None and a.first_true_on <= a.detected_on for a in fresh)


@settings(max_examples=60, deadline=None)
@given(LISTS)
def test_the_window_now_holds_at_least_what_the_answer_held(cases):
    for a in evaluate(cases, ALL):
        now = window_now(cases, a.rule, a.scope_id, a.window[1], known_by=a.detected_on)
        if a.rule.rate_of != "current":
            assert len(now.persons) >= len(a.persons)
