"""What a clerk changes at one person: a field, a bed, a leaving, a return; each leaves one line and no number in it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tests.cast import MONDAY, Cast, school_scope
from tests.responsibility.roster.clerks import clerk
from tests.responsibility.roster.files import identity

from xiaodun.foundation.models import JournalRow
from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.orgs.actions import found_org
from xiaodun.responsibility.orgs.models import GroupKind, Level, Org
from xiaodun.responsibility.roster.actions import (
    add_person,
    edit_person,
    leave_school,
    put_in_group,
    return_to_school,
    show_number,
    take_from_group,
)
from xiaodun.responsibility.roster.models import Guardian, Person
from xiaodun.responsibility.roster.queries import members_of, pupils_of_class, roster_figures

__all__ = ["clerk"]
pytestmark = pytest.mark.usefixtures("clerk")
CARD = identity(12)


@pytest.fixture
def pupil(cast: Cast) -> Person:
    return cast.pupils[cast.klass.pk][0]


def group(cast: Cast, kind: GroupKind, name: str) -> Org:
    return found_org(actor_id=None, level=Level.GROUP, name=name, parent=cast.school, group_kind=kind)


def act(cast: Cast, deed: Any, by: str = "clerk", **said: Any) -> Any:
    with school_scope(cast.school):
        return deed(actor=cast.actor(by), **said)


def code(cast: Cast, deed: Any, by: str = "clerk", **said: Any) -> str:
    with pytest.raises(Refused) as refused:
        act(cast, deed, by, **said)
    return refused.value.code


def fresh(cast: Cast, person: Person) -> Person:
    with school_scope(cast.school):
        found: Person = Person.objects.in_scope().get(pk=person.pk)
        return found


@pytest.mark.requirement("R07")
def test_a_field_is_changed_with_all_that_hangs_on_it(cast: Cast, pupil: Person) -> None:
    assert act(cast, edit_person, person=pupil, said={"name": "买买提·艾力"})
    kept = fresh(cast, pupil)
    assert (kept.name, kept.name_sort, kept.initials) == ("买买提·艾力", "mai mai ti ai li", "MMTAL")
    act(cast, edit_person, person=pupil, said={"id_number": CARD, "id_kind": ""})
    kept = fresh(cast, pupil)
    assert (kept.id_kind, kept.birth_on, kept.sex) == ("identity_card", date(2017, 3, 4), "f")
    act(cast, edit_person, person=kept, said={"id_number": "", "id_kind": "none"})
    assert fresh(cast, pupil).id_sealed is None


def test_what_does_not_change_is_not_written(cast: Cast, pupil: Person) -> None:
    before = JournalRow.objects.count()
    assert act(cast, edit_person, person=pupil, said={"name": pupil.name, "dorm": ""}) == ()
    assert JournalRow.objects.count() == before


def test_all_faults_of_a_form_are_told_together(cast: Cast, pupil: Person) -> None:
    with pytest.raises(Refused) as refused:
        act(cast, edit_person, person=pupil, said={"name": "1", "birth_on": "明天", "student_number": "L1"})
    assert [fault.where for fault in refused.value.faults] == ["name", "birth_on", "student_number"]


def test_a_number_is_shown_one_at_a_time_and_the_reading_is_journalled(cast: Cast, pupil: Person) -> None:
    assert code(cast, show_number, person=pupil, which="identity") == "roster.no_number"
    act(cast, edit_person, person=pupil, said={"id_number": CARD})
    assert act(cast, show_number, person=fresh(cast, pupil), which="identity") == CARD
    line = JournalRow.objects.order_by("pk").last()
    assert line
    assert (line.verb, line.subject_id, line.facts) == (
        "roster.show_number",
        str(pupil.pk),
        {"which": "identity"},
    )


@pytest.mark.parametrize("by", ["teacher", "doctor", "principal", "stranger"])
def test_rosters_are_changed_by_their_clerk_alone(cast: Cast, pupil: Person, by: str) -> None:
    assert code(cast, edit_person, by, person=pupil, said={"dorm": "1"}) == "roster.right"
    assert code(cast, show_number, by, person=pupil, which="identity") == "roster.right"
    assert code(cast, leave_school, by, person=pupil, last_day=MONDAY) == "roster.right"
    assert code(cast, return_to_school, by, person=pupil, klass=cast.klass) == "roster.right"


def test_one_new_pupil_stands_in_the_class_from_the_first_day(cast: Cast) -> None:
    said = {"name": "甲一", "sex": "", "id_number": CARD, "student_number": f"G{CARD}"}
    person = act(cast, add_person, school=cast.school, unit=cast.klass, said=said, first_day=MONDAY)
    with school_scope(cast.school):
        assert person in pupils_of_class(cast.klass.pk, MONDAY)
        assert person not in pupils_of_class(cast.klass.pk, MONDAY - timedelta(days=1))
    new = {"school": cast.school, "first_day": MONDAY}
    assert code(cast, add_person, unit=cast.foreign, said=said, **new) == "roster.class_missing"
    assert code(cast, add_person, unit=cast.klass, said={"name": ""}, **new) == "roster.name_missing"
    staff = group(cast, GroupKind.STAFF, "教职工")
    assert code(cast, add_person, unit=staff, said={"name": "钱老师"}, **new) == "roster.post_missing"
    teacher = act(cast, add_person, unit=staff, said={"name": "钱老师", "post": "teacher"}, **new)
    assert (teacher.kind, teacher.class_id) == ("staff", staff.pk)


@pytest.mark.requirement("R07")
def test_who_leaves_is_on_no_list_from_the_next_day_and_may_come_back(cast: Cast, pupil: Person) -> None:
    with school_scope(cast.school):
        guardian = Guardian.objects.create(person=pupil, school_id=cast.school.pk, class_id=cast.klass.pk)
    act(cast, leave_school, person=pupil, last_day=MONDAY)
    gone = fresh(cast, pupil)
    assert (gone.left_on, gone.class_id) == (MONDAY, None)
    with school_scope(cast.school):
        guardian.refresh_from_db()
        assert guardian.class_id is None
        assert gone in pupils_of_class(cast.klass.pk, MONDAY)
        assert gone not in pupils_of_class(cast.klass.pk, MONDAY + timedelta(days=1))
    assert code(cast, leave_school, person=gone, last_day=MONDAY) == "roster.left_already"
    act(cast, return_to_school, person=gone, klass=cast.sibling)
    back = fresh(cast, pupil)
    assert (back.left_on, back.class_id) == (None, cast.sibling.pk)
    with school_scope(cast.school):
        guardian.refresh_from_db()
        assert guardian.class_id == cast.sibling.pk
        assert back in pupils_of_class(cast.sibling.pk, MONDAY + timedelta(days=1))
    assert code(cast, return_to_school, person=back, klass=cast.klass) == "roster.in_class"


@pytest.mark.parametrize("days", [1, -32])
def test_the_last_day_lies_in_the_past_month_or_is_today(cast: Cast, pupil: Person, days: int) -> None:
    assert code(cast, leave_school, person=pupil, last_day=MONDAY + timedelta(days=days)) == "roster.last_day"


def test_a_pupil_does_not_leave_before_the_first_day_in_class(cast: Cast) -> None:
    person = act(
        cast, add_person, school=cast.school, unit=cast.klass, said={"name": "甲一"}, first_day=MONDAY
    )
    assert code(cast, leave_school, person=person, last_day=MONDAY - timedelta(days=2)) == "roster.last_day"


def test_a_pupil_of_another_school_is_not_put_into_a_class_here(cast: Cast, pupil: Person) -> None:
    assert code(cast, return_to_school, person=pupil, klass=cast.foreign) == "roster.class_missing"


@pytest.mark.requirement("R42")
def test_a_building_and_a_bus_hold_those_who_were_put_in(cast: Cast) -> None:
    one, two, three = cast.pupils[cast.klass.pk][:3]
    dorm, bus = group(cast, GroupKind.DORM, "1号楼"), group(cast, GroupKind.BUS, "3号线")
    stranger = cast.pupils[cast.foreign.pk][0]
    assert (
        act(
            cast,
            put_in_group,
            group=dorm,
            persons=[one.pk, two.pk, stranger.pk],
            rooms={one.pk: "302", two.pk: "301"},
        )
        == 2
    )
    assert act(cast, put_in_group, group=bus, persons=[one.pk, three.pk]) == 2
    with school_scope(cast.school):
        assert [person.pk for person in members_of(dorm, MONDAY)] == [two.pk, one.pk]  # by rooms
        assert {person.pk for person in members_of(bus, MONDAY)} == {one.pk, three.pk}
    assert act(cast, take_from_group, group=dorm, persons=[one.pk, three.pk]) == 1
    assert (fresh(cast, one).dorm, fresh(cast, one).dorm_id) == ("", None)
    assert fresh(cast, one).bus_id == bus.pk
    act(cast, leave_school, person=two, last_day=MONDAY)
    assert fresh(cast, two).dorm_id is None
    assert code(cast, put_in_group, group=cast.klass, persons=[one.pk]) == "roster.group"
    assert code(cast, put_in_group, "doctor", group=dorm, persons=[one.pk]) == "roster.right"


def test_the_figures_of_a_school_count_who_is_there_and_what_is_missing(cast: Cast, pupil: Person) -> None:
    act(cast, leave_school, person=cast.pupils[cast.klass.pk][1], last_day=MONDAY - timedelta(days=1))
    act(cast, edit_person, person=pupil, said={"id_number": CARD})
    with school_scope(cast.school):
        Guardian.objects.create(person=pupil, school_id=cast.school.pk, class_id=cast.klass.pk)
        Person.objects.in_scope().filter(pk=cast.pupils[cast.klass.pk][2].pk).update(class_id=None)
        figures = roster_figures(cast.school.pk, MONDAY)
    assert (figures.n_pupils, figures.n_staff, figures.n_without_class) == (79, 0, 1)
    assert (figures.n_without_guardian, figures.n_without_number, figures.n_pairs) == (78, 78, 0)
