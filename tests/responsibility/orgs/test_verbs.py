"""Each verb does what it says and keeps what must not change: ids, teachers, pupils, and the past with the unit of its day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from tests.cast import MONDAY
from tests.responsibility.orgs.county_of_changes import (
    DAY,
    Place,
    anyone,
    change,
    classes_of,
    enrolments,
    fingerprint,
    lay_county,
    people_of,
    unsound,
)

from xiaodun.foundation import clock
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.errors import Refused
from xiaodun.measures.checks.models import ClassCheck, Session
from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.actor import actor_of
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.changing import plan_change, undo_change
from xiaodun.responsibility.orgs.models import GroupKind, Level, Org, OrgChange
from xiaodun.responsibility.orgs.queries import names_on, place_on, stages_of, was_of_school
from xiaodun.responsibility.roster.models import Enrolment, Person

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R15")]
TUESDAY = MONDAY + DAY


@pytest.fixture
def place(db: None, monday: None) -> Iterator[Place]:
    yield lay_county()
    assert unsound() == []


def refused(kind: str, on_day: date = TUESDAY, **asked: Any) -> set[str]:
    """The codes that stand in the way; nothing is written."""
    before = fingerprint()
    with pytest.raises(Refused) as caught:
        change(kind, on_day, **asked)
    assert fingerprint() == before
    return {fault.code for fault in caught.value.faults}


def check_of(klass: Org, day: date) -> ClassCheck:
    now = clock.now()
    made: ClassCheck = ClassCheck.objects.create(
        day=day, class_id=klass.pk, session=Session.MORNING, school_id=klass.school_id, county_id=klass.county_id,
        client_id=uuid4(), enrolled=2, present=2, absent=0, n_ill_absent=0, n_unwell=0, account_id=1,
        device_at=now, received_at=now,
    )  # fmt: skip
    return made


def undo(made: OrgChange) -> None:
    undo_change(actor_id=1, change_id=made.pk, may=anyone)


# ---- names ----
def test_a_renamed_unit_keeps_its_old_name_on_the_days_before(place: Place) -> None:
    klass = place.classes("一小")[0]
    change("rename", MONDAY, unit=klass.pk, name="向日葵班")
    assert names_on([klass.pk], MONDAY - DAY) == {klass.pk: "一(1)班"}
    assert names_on([klass.pk], MONDAY) == {klass.pk: "向日葵班"}
    assert Org.objects.get(pk=klass.pk).name == "向日葵班"


def test_renamed_twice_on_one_day_is_one_period(place: Place) -> None:
    klass = place.classes("一小")[0]
    change("rename", MONDAY, unit=klass.pk, name="甲班")
    change("rename", MONDAY, unit=klass.pk, name="乙班")
    assert [p.name for p in klass.periods.order_by("pk")] == ["一(1)班", "乙班"]


def test_no_two_classes_of_a_school_and_no_two_schools_of_a_county_share_a_name(place: Place) -> None:
    one, two = place.classes("一小")[:2]
    assert refused("rename", unit=one.pk, name=two.name) == {"orgs.name_taken"}
    assert refused("rename", unit=one.pk, name=one.name) == {"orgs.same_name"}
    assert refused("rename", unit=place.schools["一小"].pk, name="二小") == {"orgs.name_taken"}


def test_a_school_keeps_its_code_for_good_and_may_be_given_the_one_it_lacks(place: Place) -> None:
    school = place.schools["一小"]
    assert refused("rename", unit=school.pk, name="一小", code="2114009999") == {"orgs.code_constant"}
    made = change("found", MONDAY, parent=place.county.pk, level="school", name="新小学")
    new = Org.objects.get(name="新小学")
    taken = {"unit": new.pk, "name": "新小学", "code": school.code}
    assert refused("rename", MONDAY, **taken) == {"orgs.code_taken"}
    change("rename", MONDAY, unit=new.pk, name="新小学", code="2114009999")
    assert Org.objects.get(pk=new.pk).code == "2114009999"
    assert made.unit_id == place.county.pk


# ---- founding, campuses ----
def test_everything_that_can_be_founded_stands_where_it_was_asked_for(place: Place) -> None:
    school = place.schools["二小"]
    change("found", MONDAY, parent=school.pk, level="campus", name="东校区")
    campus = Org.objects.get(level=Level.CAMPUS)
    change("found", MONDAY, parent=school.pk, level="grade", stage="junior", number="7")
    grade = Org.objects.get(school_id=school.pk, level=Level.GRADE, stage="junior")
    change("found", MONDAY, parent=grade.pk, level="class", campus=campus.pk)
    change("found", MONDAY, parent=grade.pk, level="class")
    change(
        "found", MONDAY, parent=school.pk, level="group", group_kind="dorm", name="一号楼", campus=campus.pk
    )
    made = Org.objects.filter(parent=grade).order_by("class_number")
    assert [(org.name, org.campus_id, org.from_day) for org in made] == [
        ("七(1)班", campus.pk, MONDAY),
        ("七(2)班", None, MONDAY),
    ]
    assert grade.name == "七年级"
    assert stages_of(school.pk, MONDAY) == ["primary", "junior"]
    assert stages_of(school.pk, MONDAY - DAY) == ["primary"]
    assert Org.objects.get(name="一号楼").group_kind == GroupKind.DORM


def test_what_cannot_be_founded_is_said(place: Place) -> None:
    school, other = place.schools["一小"], place.schools["二小"]
    change("found", MONDAY, parent=other.pk, level="campus", name="西校区")
    campus = Org.objects.get(level=Level.CAMPUS)
    grade = Org.objects.filter(school_id=school.pk, level=Level.GRADE).first()
    assert grade
    group = {"parent": school.pk, "level": "group", "name": "教工二组", "group_kind": "staff"}
    assert refused("found", **group) == {"orgs.one_staff_group"}
    assert refused("found", parent=school.pk, level="planet", name="x") == {"orgs.level"}
    assert refused("found", parent=grade.pk, level="class", campus=campus.pk) == {"orgs.no_such_unit"}
    assert refused("found", parent=grade.pk, level="class", number="1") == {"orgs.name_taken"}
    assert refused("found", parent=school.pk, level="grade", stage="primary", number="9") == {"words.klass"}
    assert refused("found", parent=school.pk, level="campus", name="  ") == {"orgs.name_missing"}


def test_classes_stand_on_a_campus_from_a_day(place: Place) -> None:
    school, chosen = place.schools["一小"], place.classes("一小")[:3]
    change("found", MONDAY - 9 * DAY, parent=school.pk, level="campus", name="东校区")
    campus = Org.objects.get(level=Level.CAMPUS)
    change("campus", MONDAY, school=school.pk, classes=[org.pk for org in chosen], campus=campus.pk)
    assert {org.campus_id for org in classes_of(school.pk)} == {campus.pk, None}
    before, after = place_on(chosen[0].pk, MONDAY - DAY), place_on(chosen[0].pk, MONDAY)
    assert before
    assert after
    assert (before.campus_id, after.campus_id) == (None, campus.pk)
    assert refused("close", unit=campus.pk) == {"orgs.campus_in_use"}
    foreign = place.classes("二小")[0].pk
    assert refused("campus", school=school.pk, classes=[foreign], campus=campus.pk) == {"orgs.no_such_unit"}
    assert refused("campus", school=school.pk, classes=[]) == {"orgs.none_chosen"}


# ---- merge ----
def test_merged_classes_keep_their_ids_and_take_their_pupils_along(place: Place) -> None:
    source, target = place.schools["二小"], place.schools["一小"]
    classes, people = place.classes("二小"), people_of(source.pk)
    change("merge", MONDAY, unit=source.pk, into=target.pk, campus="南校区")
    campus = Org.objects.get(level=Level.CAMPUS)
    moved = list(Org.objects.filter(pk__in=[org.pk for org in classes]).order_by("sort"))
    assert {(org.school_id, org.campus_id) for org in moved} == {(target.pk, campus.pk)}
    assert [org.name for org in moved] == ["一(3)班", "二(3)班", "三(3)班", "四(3)班", "五(3)班", "六(3)班"]
    assert len({org.name for org in classes_of(target.pk)}) == 18
    assert {p.pk for p in people} <= {p.pk for p in people_of(target.pk)}
    assert people_of(source.pk) == []
    rows = [row for row in enrolments() if row.person_id == people[0].pk]
    assert [(row.school_id, row.to_day) for row in rows] == [(source.pk, MONDAY - DAY), (target.pk, None)]
    assert {row.class_id for row in rows} == {classes[0].pk}
    assert was_of_school(source.pk, MONDAY - DAY) >= {org.pk for org in classes}
    assert was_of_school(source.pk, MONDAY) == frozenset()
    closed = Org.objects.get(pk=source.pk)
    assert (closed.to_day, closed.code) == (MONDAY - DAY, source.code)
    assert Org.objects.get(pk=target.pk).code == target.code


def test_the_two_staff_groups_become_one(place: Place) -> None:
    source, target = place.schools["二小"], place.schools["一小"]
    change("merge", MONDAY, unit=source.pk, into=target.pk)
    (group,) = Org.objects.filter(school_id=target.pk, level=Level.GROUP, to_day__isnull=True)
    assert sum(person.class_id == group.pk for person in people_of(target.pk)) == 2


def test_guardians_and_those_without_a_class_go_along(place: Place) -> None:
    source, target = place.schools["二小"], place.schools["一小"]
    with open_scope(schools=[source.pk]):
        waiting = people_of(source.pk)[0]
        Enrolment.objects.in_scope().filter(person=waiting).update(to_day=MONDAY - 9 * DAY)
        Person.objects.in_scope().filter(pk=waiting.pk).update(class_id=None)
    change("merge", MONDAY, unit=source.pk, into=target.pk)
    with open_scope(schools=[target.pk]):
        here = Person.objects.in_scope().get(pk=waiting.pk)
        assert (here.school_id, here.class_id) == (target.pk, None)
        guardians = {row.school_id for p in people_of(target.pk) for row in p.guardians.all()}
    assert guardians == {target.pk}


def test_a_grade_that_the_other_school_lacks_goes_whole(place: Place) -> None:
    source, target = place.schools["九年学校"], place.schools["一小"]
    junior = Org.objects.filter(school_id=source.pk, level=Level.GRADE, stage="junior")
    ids = set(junior.values_list("pk", flat=True))
    change("merge", MONDAY, unit=source.pk, into=target.pk)
    assert (
        set(
            Org.objects.filter(school_id=target.pk, stage="junior", level=Level.GRADE).values_list(
                "pk", flat=True
            )
        )
        == ids
    )
    assert stages_of(target.pk, MONDAY) == ["primary", "junior"]


def test_schools_of_two_counties_do_not_merge_before_one_has_moved(place: Place) -> None:
    source, target = place.schools["二小"], place.schools["一小"]
    change("move_county", MONDAY, school=source.pk, county=place.other_county.pk)
    assert refused("merge", unit=source.pk, into=target.pk) == {"orgs.two_counties"}
    assert refused("merge", unit=target.pk, into=target.pk) == {"orgs.same_school"}


def test_rights_follow_today_the_teacher_keeps_the_class_and_the_closed_schools_desk_keeps_nothing(
    place: Place,
) -> None:
    source, target, klass = place.schools["二小"], place.schools["一小"], place.classes("二小")[0]
    posts = {
        "teacher": (Role.CLASS_REPORTER, klass),
        "new_doctor": (Role.SCHOOL_DOCTOR, target),
        "old_doctor": (Role.SCHOOL_DOCTOR, source),
    }
    accounts = {}
    for name, (role, org) in posts.items():
        accounts[name] = open_account(actor_id=None, username=name, name=name)
        give_duty(actor_id=None, account=accounts[name], role=role, org=org, from_day=MONDAY - DAY)

    def who_may(day: date) -> set[str]:
        now = Org.objects.get(pk=klass.pk)
        return {name for name, one in accounts.items() if actor_of(one, day).may(Right.RECORD_CHECK, now)}

    assert who_may(MONDAY) == {"teacher", "old_doctor"}
    asked = {"unit": source.pk, "into": target.pk}
    shown = plan_change(kind="merge", asked=asked, on_day=MONDAY, may=anyone)
    assert any("1 份职责到期" in line.zh for line in shown.lines)
    made = change("merge", MONDAY, unit=source.pk, into=target.pk)
    assert who_may(MONDAY) == {"teacher", "new_doctor"}
    assert actor_of(accounts["old_doctor"], MONDAY).duties == ()
    undo(made)
    assert who_may(MONDAY) == {"teacher", "old_doctor"}


# ---- split, another county ----
def test_chosen_classes_found_a_school_of_their_own(place: Place) -> None:
    school, chosen = place.schools["一小"], place.classes("一小")[:3]
    change(
        "split", MONDAY, unit=school.pk, classes=[org.pk for org in chosen], name="三小", code="2114009999"
    )
    new = Org.objects.get(level=Level.SCHOOL, name="三小")
    assert (new.county_id, new.code, new.from_day) == (place.county.pk, "2114009999", MONDAY)
    assert [(org.pk, org.name) for org in classes_of(new.pk)] == [(org.pk, org.name) for org in chosen]
    assert len(people_of(new.pk)) == 6
    grades = Org.objects.filter(school_id=new.pk, level=Level.GRADE).order_by("sort")
    assert [org.name for org in grades] == ["一年级", "二年级"]
    everyone = [org.pk for org in place.classes("二小")]
    assert refused("split", unit=place.schools["二小"].pk, classes=everyone, name="四小") == {
        "orgs.nothing_left"
    }


def test_a_school_that_changes_its_county_leaves_its_past_with_the_old_one(place: Place) -> None:
    school = place.schools["九年学校"]
    change("move_county", MONDAY, school=school.pk, county=place.other_county.pk)
    units = Org.objects.filter(school_id=school.pk)
    assert {org.county_id for org in units} == {place.other_county.pk}
    assert {person.county_id for person in people_of(school.pk)} == {place.other_county.pk}
    before, after = place_on(school.pk, MONDAY - DAY), place_on(school.pk, MONDAY)
    assert before
    assert after
    assert (before.county_id, after.county_id) == (place.county.pk, place.other_county.pk)
    assert refused("move_county", school=school.pk, county=place.other_county.pk) == {"orgs.same_county"}


# ---- close ----
def test_nothing_closes_over_the_heads_of_those_inside(place: Place) -> None:
    school, klass = place.schools["二小"], place.classes("二小")[0]
    assert refused("close", unit=klass.pk) == {"orgs.people_remain"}
    assert refused("close", unit=school.pk) == {"orgs.people_remain"}
    group = Org.objects.get(school_id=school.pk, level=Level.GROUP)
    assert refused("close", unit=group.pk) == {"orgs.people_remain"}


def test_a_dormitory_with_people_in_it_does_not_close(place: Place) -> None:
    school = place.schools["二小"]
    change("found", MONDAY - DAY, parent=school.pk, level="group", group_kind="dorm", name="一号楼")
    dorm = Org.objects.get(name="一号楼")
    with open_scope(schools=[school.pk]):
        someone = people_of(school.pk)[0]
        Person.objects.in_scope().filter(pk=someone.pk).update(dorm_id=dorm.pk)
        assert refused("close", unit=dorm.pk) == {"orgs.people_remain"}
        Person.objects.in_scope().filter(pk=someone.pk).update(dorm_id=None)
    change("close", TUESDAY, unit=dorm.pk)


def test_an_empty_school_closes_its_staff_leave_and_undo_opens_it_again(place: Place) -> None:
    school = place.schools["二小"]
    with open_scope(schools=[school.pk]):
        pupils = Person.objects.in_scope().filter(school_id=school.pk, kind="pupil")
        Enrolment.objects.in_scope().filter(person__in=pupils).update(to_day=MONDAY - 9 * DAY)
        pupils.update(class_id=None, left_on=MONDAY - 9 * DAY)
    before = fingerprint()
    made = change("close", MONDAY, unit=school.pk)
    (staff,) = [person for person in people_of(school.pk) if person.kind == "staff"]
    assert (staff.class_id, staff.left_on) == (None, MONDAY - DAY)
    assert not Org.objects.standing(MONDAY).filter(school_id=school.pk).exists()
    assert Org.objects.standing(MONDAY - DAY).filter(school_id=school.pk).exists()
    assert refused("rename", unit=school.pk, name="旧二小") == {"orgs.closed"}
    undo(made)
    assert fingerprint() == before


# ---- days ----
