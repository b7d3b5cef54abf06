"""A school year rolls over: classes go up, the last ones leave, new ones are founded; and all of it can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.responsibility.orgs.county_of_changes import (
    DAY,
    Place,
    anyone,
    change,
    classes_of,
    enrol,
    enrolments,
    fingerprint,
    lay_county,
    lay_school,
    people_of,
    sums_on,
    unsound,
)

from xiaodun.foundation import clock
from xiaodun.kernel.calendar import at
from xiaodun.kernel.errors import Refused
from xiaodun.measures.checks.models import ClassCheck, Session
from xiaodun.responsibility.orgs.changing import apply_due, plan_change, undo_change
from xiaodun.responsibility.orgs.models import Level, Org, OrgChange
from xiaodun.responsibility.roster.school_year import next_grade, school_year_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R15")]
SEPTEMBER = date(2026, 9, 1)


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    """The county on the last day of August."""
    with clock.frozen(at(SEPTEMBER - DAY, 9)):
        yield lay_county()
    assert unsound() == []


def roll_over(unit: Org, **asked: object) -> OrgChange:
    """Roll over on the morning of the first of September, before any check."""
    with clock.frozen(at(SEPTEMBER, 6)):
        return change("roll_over", SEPTEMBER, unit=unit.pk, **asked)


def undo(made: OrgChange) -> None:
    with clock.frozen(at(SEPTEMBER, 9)):
        undo_change(actor_id=1, change_id=made.pk, may=anyone)


def figures(unit: Org, **asked: object) -> list[dict[str, object]]:
    plan = plan_change(kind="roll_over", asked={"unit": unit.pk, **asked}, on_day=SEPTEMBER, may=anyone)
    rows: list[dict[str, object]] = plan.figures["schools"]
    return rows


@pytest.mark.parametrize(
    ("grade", "stages", "years", "up"),
    [
        (("primary", 1), {"primary"}, 6, ("primary", 2)),
        (("primary", 6), {"primary"}, 6, None),
        (("primary", 5), {"primary"}, 6, ("primary", 6)),
        (("primary", 5), {"primary"}, 5, None),
        (("primary", 6), {"primary", "junior"}, 6, ("junior", 7)),
        (("primary", 5), {"primary", "junior"}, 5, ("junior", 6)),
        (("junior", 9), {"junior", "senior"}, 6, None),
        (("senior", 12), {"senior"}, 6, None),
        (("senior", 10), {"senior"}, 6, ("senior", 11)),
        (("kindergarten", 3), {"kindergarten", "primary"}, 6, None),
        (("kindergarten", 1), {"kindergarten"}, 6, ("kindergarten", 2)),
        (("vocational", 3), {"vocational"}, 6, None),
        (("special", 8), {"special"}, 6, ("special", 9)),
    ],
)
def test_the_ladder_of_grades(
    grade: tuple[str, int], stages: set[str], years: int, up: tuple[str, int] | None
) -> None:
    assert next_grade(grade, stages, years) == up


def test_the_coming_school_year_is_prepared_from_july_on() -> None:
    assert [school_year_of(day) for day in (date(2026, 6, 30), date(2026, 7, 1), date(2027, 2, 1))] == [
        2025,
        2026,
        2026,
    ]


def test_a_class_goes_up_with_its_pupils_and_keeps_its_id_and_number(place: Place) -> None:
    school = place.schools["一小"]
    before = {org.name: org for org in place.classes("一小")}
    pupils = {
        person.pk: person.class_id
        for person in people_of(school.pk)
        if person.class_id == before["三(2)班"].pk
    }
    made = roll_over(school)
    klass = Org.objects.get(pk=before["三(2)班"].pk)
    assert (klass.name, klass.grade_number, klass.class_number, klass.sort) == ("四(2)班", 4, 2, "1-04-02")
    assert klass.parent
    assert (klass.parent.name, klass.parent.grade_number) == ("四年级", 4)
    assert pupils == {
        person.pk: person.class_id for person in people_of(school.pk) if person.class_id == klass.pk
    }
    images = made.images["changed"]["orgs.org"][klass.pk]
    assert set(images) == {"parent_id", "path", "name", "grade_number", "sort"}


def test_the_last_grade_leaves_and_its_classes_close(place: Place) -> None:
    school = place.schools["一小"]
    leaving = [org for org in place.classes("一小") if org.grade_number == 6]
    pupils = {person.pk for person in people_of(school.pk) if person.class_id in {org.pk for org in leaving}}
    roll_over(school)
    assert {Org.objects.get(pk=org.pk).to_day for org in leaving} == {SEPTEMBER - DAY}
    left = [person for person in people_of(school.pk) if person.pk in pupils]
    assert {(person.class_id, person.left_on, person.school_id) for person in left} == {
        (None, SEPTEMBER - DAY, school.pk)
    }
    assert {row.to_day for row in enrolments() if row.person_id in pupils} == {SEPTEMBER - DAY}
    assert sums_on(SEPTEMBER - DAY)[0] - sums_on(SEPTEMBER)[0] == len(pupils) == 4


def test_as_many_entry_classes_are_founded_as_last_year_unless_the_reviewer_says_otherwise(
    place: Place,
) -> None:
    school = place.schools["一小"]
    ((key, n),) = [(row["key"], row["n"]) for row in figures(school)[0]["entry"]]  # type: ignore[attr-defined]
    assert (key, n) == (f"{school.pk}-primary-1", 2)
    roll_over(school, entry={key: "3"})
    first = [org for org in classes_of(school.pk) if org.grade_number == 1]
    assert [org.name for org in first] == ["一(1)班", "一(2)班", "一(3)班"]
    assert {org.from_day for org in first} == {SEPTEMBER}
    assert {org.pk for org in first}.isdisjoint({org.pk for org in place.classes("二小")})


def test_a_slip_of_the_finger_founds_no_thousand_classes(place: Place) -> None:
    school = place.schools["二小"]
    key = f"{school.pk}-primary-1"
    for said, n in (("9999", 60), ("-3", 1), ("x", 1), ("0", 0)):
        (row,) = figures(school, entry={key: said})
        assert [one["n"] for one in row["entry"]] == [n], said  # type: ignore[attr-defined]


def test_in_a_nine_year_school_grade_six_goes_on_into_junior_and_only_grade_nine_leaves(place: Place) -> None:
    school = place.schools["九年学校"]
    six, nine = place.classes("九年学校")[5], place.classes("九年学校")[8]
    roll_over(school)
    seven = Org.objects.get(pk=six.pk)
    assert (seven.stage, seven.grade_number, seven.name) == ("junior", 7, "七(1)班")
    assert seven.parent
    assert seven.parent.stage == "junior"
    assert Org.objects.get(pk=nine.pk).to_day == SEPTEMBER - DAY
    # The seventh grade is filled from below: no class is founded there.
    assert [org.name for org in classes_of(school.pk)] == [
        "一(1)班", "二(1)班", "三(1)班", "四(1)班", "五(1)班", "六(1)班", "七(1)班", "八(1)班", "九(1)班"
    ]  # fmt: skip


def test_a_kindergartens_oldest_leave_and_its_youngest_grade_is_founded_anew(place: Place) -> None:
    roll_over(place.schools["幼儿园"])
    assert [org.name for org in place.classes("幼儿园")] == ["小(1)班", "中(1)班", "大(1)班"]


def test_a_five_year_primary_school_leaves_after_grade_five(place: Place) -> None:
    facts = [("primary", n) for n in range(1, 6)] + [("junior", n) for n in range(6, 10)]
    school = lay_school(place.other_county, "五四学校", facts, code="2114009990", n_classes=1, pupils=1)
    five = next(org for org in classes_of(school.pk) if org.grade_number == 5)
    roll_over(school)
    six = Org.objects.get(pk=five.pk)
    assert (six.stage, six.grade_number, six.name) == ("junior", 6, "六(1)班")


def test_a_growing_school_gets_the_grade_it_lacks(place: Place) -> None:
    school = lay_school(
        place.county, "新小", [("primary", 1), ("primary", 2)], code="2114009991", n_classes=1, pupils=1
    )
    (row,) = figures(school)
    assert row["new_grades"] == ["三年级"]
    roll_over(school)
    assert [org.name for org in classes_of(school.pk)] == ["一(1)班", "二(1)班", "三(1)班"]
    third = Org.objects.get(school_id=school.pk, level=Level.GRADE, grade_number=3)
    assert (third.name, third.from_day) == ("三年级", SEPTEMBER)


def test_a_class_with_a_name_of_its_own_keeps_it_and_the_preview_says_so(place: Place) -> None:
    klass = place.classes("幼儿园")[0]
    with clock.frozen(at(SEPTEMBER - 9 * DAY, 9)):
        change("rename", SEPTEMBER - 9 * DAY, unit=klass.pk, name="向日葵班")
    (row,) = figures(place.schools["幼儿园"])
    assert row["own_names"] == ["向日葵班"]
    roll_over(place.schools["幼儿园"])
    after = Org.objects.get(pk=klass.pk)
    assert (after.name, after.grade_number) == ("向日葵班", 2)


def test_new_classes_stand_on_the_campus_of_last_years(place: Place) -> None:
    school, first = place.schools["一小"], place.classes("一小")[0]
    with clock.frozen(at(SEPTEMBER - 9 * DAY, 9)):
        change("found", SEPTEMBER - 9 * DAY, parent=school.pk, level="campus", name="东校区")
        campus = Org.objects.get(level=Level.CAMPUS)
        change("campus", SEPTEMBER - 9 * DAY, school=school.pk, classes=[first.pk], campus=campus.pk)
    roll_over(school)
    assert {org.name: org.campus_id for org in classes_of(school.pk) if org.grade_number == 1} == {
        "一(1)班": campus.pk,
        "一(2)班": None,
    }


def test_a_county_rolls_over_as_one_and_leaves_out_what_went_up_already(place: Place) -> None:
    roll_over(place.schools["二小"])
    made = roll_over(place.county)
    assert [row["name"] for row in figures(place.other_county)] == []
    touched = set(made.images["schools"])
    assert place.schools["二小"].pk not in touched
    assert {place.schools[name].pk for name in ("一小", "九年学校", "幼儿园")} <= touched
    assert {org.grade_number for org in place.classes("二小")} == {1, 2, 3, 4, 5, 6}
    for unit in (place.county, place.schools["一小"], place.schools["二小"]):
        with pytest.raises(Refused) as caught:
            roll_over(unit)
        assert caught.value.code == "roster.rolled_over"


def test_next_year_it_rolls_over_again(place: Place) -> None:
    klass = place.classes("一小")[0]
    roll_over(place.county)
    with clock.frozen(at(date(2027, 8, 30), 9)):
        made = change("roll_over", date(2027, 8, 30), unit=place.county.pk)
    assert made.is_applied
    assert Org.objects.get(pk=klass.pk).name == "三(1)班"
    assert [p.name for p in klass.periods.order_by("pk")] == ["一(1)班", "二(1)班", "三(1)班"]


def test_planned_ahead_it_happens_in_its_night_and_only_once(place: Place) -> None:
    made = change("roll_over", SEPTEMBER, unit=place.county.pk)
    klass = place.classes("一小")[0]
    with pytest.raises(Refused) as caught:
        change("roll_over", SEPTEMBER, unit=place.schools["一小"].pk)
    assert caught.value.code == "roster.rolled_over"
    with clock.frozen(at(SEPTEMBER, 0, 5)):
        assert apply_due() == {"applied": 1, "blocked": 0}
    made.refresh_from_db()
    assert made.is_applied
    assert Org.objects.get(pk=klass.pk).name == "二(1)班"


@pytest.mark.parametrize("unit", ["county", "school"])
def test_a_roll_over_and_its_undo_leave_identical_tables(place: Place, unit: str) -> None:
    before = fingerprint()
    made = roll_over(place.county if unit == "county" else place.schools["九年学校"])
    after = fingerprint()
    assert {table for table, rows in after.items() if rows != before[table]} == {
        "orgs_org", "orgs_orgperiod", "roster_enrolment", "roster_guardian", "roster_person"
    }  # fmt: skip
    undo(made)
    assert fingerprint() == before


@pytest.mark.parametrize("what", ["check", "pupil"])
def test_it_can_be_undone_until_the_first_fact_of_a_new_class(place: Place, what: str) -> None:
    school = place.schools["一小"]
    made = roll_over(place.county)
    new = classes_of(school.pk)[0]
    assert new.from_day == SEPTEMBER
    if what == "pupil":
        enrol(new, 1, SEPTEMBER)
    else:
        now = at(SEPTEMBER, 7, 40)
        ClassCheck.objects.create(
            day=SEPTEMBER, class_id=new.pk, session=Session.MORNING, school_id=school.pk, county_id=place.county.pk,
            client_id=uuid4(), enrolled=0, present=0, absent=0, n_ill_absent=0, n_unwell=0, account_id=1,
            device_at=now, received_at=now,
        )  # fmt: skip
    with pytest.raises(Refused) as caught:
        undo(made)
    assert caught.value.code == ("orgs.facts_recorded" if what == "check" else "orgs.changed_since")


def test_pupils_who_enter_a_leaving_class_later_stand_in_the_way(place: Place) -> None:
    six = next(org for org in place.classes("一小") if org.grade_number == 6)
    enrol(six, 1, SEPTEMBER + 3 * DAY)
    with pytest.raises(Refused) as caught:
        roll_over(place.schools["一小"])
    assert caught.value.code == "orgs.enrolled_after"


def test_the_number_of_statements_does_not_grow_with_the_number_of_schools(place: Place) -> None:
    counts = []
    for unit in (place.schools["九年学校"], place.county):
        with CaptureQueriesContext(connection) as caught:
            made = roll_over(unit)
        counts.append(len(caught))
        undo(made)
    assert counts[1] <= counts[0] + 2
    assert counts[1] < 60


def test_the_preview_counts_what_happens(place: Place) -> None:
    rows = {str(row["name"]): row for row in figures(place.county)}
    assert {name: (row["n_up"], row["n_closing"], row["n_leaving"]) for name, row in rows.items()} == {
        "一小": (10, 2, 4),
        "二小": (5, 1, 2),
        "九年学校": (8, 1, 2),
        "幼儿园": (2, 1, 2),
    }
    assert rows["九年学校"]["crossing"] == 1
