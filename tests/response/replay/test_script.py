"""From the rows of a line list to what is said on which day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from xiaodun.kernel.errors import Refused
from xiaodun.response.replay.script import (
    Finding,
    SchoolScript,
    entered_on,
    n_merged,
    unread_columns,
    write_script,
)
from xiaodun.rules.linelist import Case

DAY = date(2026, 3, 2)
VOMITING = frozenset({"vomiting"})


def on(n: int) -> date:
    return DAY + timedelta(days=n)


def row(person: str = "p1", onset: int = 0, **facts: object) -> Case:
    facts.setdefault("klass", "A")
    facts.setdefault("symptoms", VOMITING)
    return Case(person=person, onset=on(onset), **facts)


def script(*rows: Case) -> SchoolScript:
    (only,) = write_script(list(enumerate(rows, 2)), "list.csv")
    return only


def said(found: SchoolScript) -> dict[int, dict[str, list[str]]]:
    """day -> class -> persons listed; + marks one who stood there before."""
    return {
        (day - DAY).days: {
            klass: [("+" if one.carried else "") + one.illness.person for one in listed]
            for klass, listed in found.checks(day)
        }
        for day in found.days()
    }


@pytest.mark.parametrize(
    ("facts", "day"),
    [
        ({}, 0),
        ({"absent_from": on(2)}, 2),
        ({"absent_from": on(2), "known_on": on(3)}, 3),
        ({"known_on": on(-2)}, 0),
    ],
)
def test_a_row_is_said_when_known_else_when_absent_else_at_onset_and_never_before_onset(facts, day):
    assert entered_on(row(**facts)) == on(day)


def test_a_pupil_stays_on_the_list_until_the_day_of_return():
    found = script(row("p1", recovered_on=on(2)), row("p2", 1), row("p3", 4))
    assert said(found) == {
        0: {"A": ["p1"]},
        1: {"A": ["+p1", "p2"]},
        2: {"A": ["+p2"]},
        4: {"A": ["+p2", "p3"]},
    }


def test_without_a_recovery_the_day_after_the_last_absence_is_the_return():
    assert said(script(row(absent_from=on(0), absent_to=on(1)))) == {0: {"A": ["p1"]}, 2: {"A": []}}


def test_a_pupil_known_only_after_the_return_is_listed_once():
    assert said(script(row(known_on=on(5), recovered_on=on(2)))) == {5: {"A": ["p1"]}, 6: {"A": []}}


def test_who_is_ruled_out_leaves_the_list_that_day_and_no_check_calls_it_a_return():
    found = script(row("p1", ruled_out_on=on(2), recovered_on=on(3)), row("p2", klass="B"))
    assert said(found) == {0: {"A": ["p1"], "B": ["p2"]}, 2: {"B": ["+p2"]}}


def test_absence_is_told_from_being_unwell_at_school():
    found = script(
        row(absent_from=on(1), absent_to=on(2), known_on=on(0), recovered_on=on(4)),
        row("p2", 1),
        row("p3", 3),
    )
    absent = {
        (day - DAY).days: [
            one.absent for _, listed in found.checks(day) for one in listed if one.illness.person == "p1"
        ]
        for day in found.days()
    }
    assert absent == {0: [False], 1: [True], 3: [False], 4: []}


def test_later_facts_of_an_illness_go_to_the_doctor_on_their_own_day_and_add_up():
    found = script(
        row(temperature=38.2), row(diagnosis="norovirus", known_on=on(3)), row(lab=True, known_on=on(5))
    )
    (illness,) = found.illnesses
    assert [illness.finding(on(n)) for n in (0, 1, 3, 5)] == [
        Finding("", False, False, False, False, 38.2),
        None,
        Finding("norovirus", False, False, False, False, 38.2),
        Finding("norovirus", True, False, False, False, 38.2),
    ]


def test_symptoms_of_a_later_row_join_those_of_the_first():
    found = script(row(), row(symptoms=frozenset({"fever"}), known_on=on(1)))
    lists = [listed.symptoms for day in found.days() for _, all_ in found.checks(day) for listed in all_]
    assert lists == [VOMITING, VOMITING | {"fever"}]


def test_a_second_illness_begins_once_a_check_has_said_that_the_first_is_over():
    assert len(script(row(recovered_on=on(2)), row(onset=3)).illnesses) == 2
    assert len(script(row(ruled_out_on=on(2)), row(onset=2)).illnesses) == 2


@pytest.mark.parametrize("back", [None, on(3), on(5)])
def test_another_onset_within_a_standing_illness_is_read_as_its_later_facts_and_counted(back):
    found = script(row(recovered_on=back), row(onset=3))
    assert len(found.illnesses) == 1
    assert n_merged(found) == 1


def test_an_illness_is_ruled_out_only_with_all_its_rows():
    kept = script(row(ruled_out_on=on(2)), row(known_on=on(1)))
    gone = script(row(ruled_out_on=on(2)), row(known_on=on(1), ruled_out_on=on(4)))
    assert [found.illnesses[0].ruled_out_on for found in (kept, gone)] == [None, on(4)]


def test_schools_are_scripts_of_their_own():
    schools = write_script([(2, row(school="S")), (3, row(school="T"))])
    assert [(found.value, [i.person for i in found.illnesses]) for found in schools] == [
        ("S", ["p1"]),
        ("T", ["p1"]),
    ]


def test_the_roll_is_the_larger_of_what_is_stated_and_who_is_listed():
    (stated,) = script(row("p1", class_size=40), row("p2")).classes
    (small,) = script(row("p1", class_size=1), row("p2")).classes
    assert (stated.roll(0.2), small.roll(0.2)) == (40, 2)


@pytest.mark.parametrize("share", [0.2, 0.3, 1 / 3, 1.0])
def test_where_nobody_stated_the_roll_no_share_of_the_class_is_ever_reached(share):
    for n in range(1, 40):
        (room,) = script(*(row(f"p{i}") for i in range(n))).classes
        assert n / room.roll(share) < share


def test_what_cannot_be_entered_is_refused_by_row_and_column():
    rows = [
        row("p1"),
        row("p1", klass="B"),
        row("p2", grade="3"),
        row("p3", grade="4"),
        row("p4", temperature=31.0),
    ]
    with pytest.raises(Refused) as caught:
        script(*rows)
    assert [(fault.code, fault.where, fault.value, fault.file) for fault in caught.value.faults] == [
        ("replay.two_classes", "row 3 column klass", "B", "list.csv"),
        ("replay.two_grades", "row 5 column grade", "4", "list.csv"),
        ("replay.temperature", "row 6 column temperature", "31.0", "list.csv"),
    ]


def test_columns_without_a_page_are_counted():
    assert unread_columns([(2, row(dorm="D")), (3, row(dorm="D", exposure="meal"))]) == {
        "dorm": 2,
        "exposure": 1,
    }
