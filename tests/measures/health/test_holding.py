"""The observation room: in with symptoms, the family told, out to a place and into somebody's hands; the illness is followed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.cast import MONDAY, MORNING, Cast, anything, at_time, check, school_scope
from tests.measures.health.desk import doctor, illness, lines, refused

from xiaodun.measures.health.holding import enter_room, leave_room, set_room, tell_parent
from xiaodun.measures.health.models import Cause, FollowUp, HoldingRoom, HoldingStay, Whereto
from xiaodun.responsibility.orgs.actions import found_org
from xiaodun.responsibility.orgs.models import Level
from xiaodun.responsibility.roster.models import Person


@pytest.fixture
def desk(cast: Cast) -> Iterator[Cast]:
    with school_scope(cast.school):
        yield cast


def enter(cast: Cast, place: int = 3, **facts: Any) -> HoldingStay:
    said: dict[str, Any] = {"symptoms": ["fever"], "temperature": Decimal("38.4")} | facts
    return enter_room(actor=doctor(cast), person=cast.pupils[cast.klass.pk][place], **said)


@pytest.mark.requirement("R68")
def test_coming_in_opens_an_illness_of_today_in_one_line(desk: Cast) -> None:
    before = lines()
    stay = enter(desk)
    row = illness(desk, 3)
    assert (row.symptoms, row.temperature, row.onset_on, row.cause) == (
        ["fever"],
        Decimal("38.4"),
        MONDAY,
        "illness",
    )
    assert (row.absent_from, row.is_open, stay.follow_up_id) == (None, True, row.pk)
    assert lines() == [*before, "holding.enter"]


def test_a_pupil_on_the_teachers_list_is_the_same_illness(desk: Cast) -> None:
    check(desk, 3, symptoms=("cough",))
    enter(desk, temperature=None)
    row = illness(desk, 3)
    assert (row.symptoms, anything(FollowUp).count()) == (["cough", "fever"], 1)


def test_a_complaint_alone_is_taken_in_and_its_cause_is_asked(desk: Cast) -> None:
    enter(desk, symptoms=[], temperature=None, complaint=" 头撞到  桌角 ")
    assert anything(HoldingStay).get().complaint == "头撞到 桌角"
    assert illness(desk, 3).cause == Cause.UNKNOWN


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"symptoms": [], "temperature": None, "complaint": "  "}, "holding.complaint"),
        ({"symptoms": ["flu"]}, "health.unknown_symptom"),
        ({"temperature": Decimal(50)}, "health.temperature"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_left(desk: Cast, facts: dict[str, Any], code: str) -> None:
    with refused(code):
        enter(desk, **facts)
    assert not anything(FollowUp).exists()


def test_nobody_sits_there_twice_at_once_but_may_come_again(desk: Cast) -> None:
    stay = enter(desk)
    with refused("holding.inside"):
        enter(desk)
    leave_room(actor=doctor(desk), stay=stay, whereto=Whereto.CLASS)
    enter(desk)
    assert anything(HoldingStay).count() == 2


def test_the_family_is_told_once_and_the_first_time_stays(desk: Cast) -> None:
    stay = tell_parent(actor=doctor(desk), stay=enter(desk))
    with at_time(MORNING + timedelta(minutes=20)):
        assert tell_parent(actor=doctor(desk), stay=stay).parent_told_at == MORNING


@pytest.mark.parametrize("whereto", list(Whereto))
def test_whoever_leaves_the_school_is_handed_to_somebody(desk: Cast, whereto: Whereto) -> None:
    stay = enter(desk)
    if whereto != Whereto.CLASS:
        with refused("holding.handed_to"):
            leave_room(actor=doctor(desk), stay=stay, whereto=whereto)
    out = leave_room(actor=doctor(desk), stay=stay, whereto=whereto, handed_to="母亲")
    assert (out.whereto, out.handed_to, out.out_at) == (whereto, "母亲", MORNING)
    with refused("holding.outside"):
        leave_room(actor=doctor(desk), stay=stay, whereto=Whereto.CLASS)


def test_a_place_that_does_not_exist_is_refused(desk: Cast) -> None:
    stay = enter(desk)
    with refused("holding.whereto"):
        leave_room(actor=doctor(desk), stay=stay, whereto="isolation", handed_to="校长")  # type: ignore[arg-type]


def test_staff_sit_there_too(desk: Cast) -> None:
    group = found_org(actor_id=None, level=Level.GROUP, name="教职工", parent=desk.school, group_kind="staff")
    cook = Person.objects.create(
        kind="staff", post="canteen", name="许师傅", name_sort="xu", initials="X", sex="m", birth_on=date(1980, 1, 1),
        school_id=desk.school.pk, class_id=group.pk, county_id=desk.county.pk,
    )  # fmt: skip
    enter_room(actor=doctor(desk), person=cook, symptoms=["diarrhoea"])
    row = anything(FollowUp).get(person_id=cook.pk)
    assert (row.class_id, row.grade_id) == (group.pk, None)


def test_the_room_has_as_many_beds_as_the_desk_says(desk: Cast) -> None:
    set_room(actor=doctor(desk), school_id=desk.school.pk, beds=3)
    set_room(actor=doctor(desk), school_id=desk.school.pk, beds=4)
    assert HoldingRoom.objects.in_scope().get().beds == 4
    for beds in (0, 201):
        with refused("holding.beds"):
            set_room(actor=doctor(desk), school_id=desk.school.pk, beds=beds)


def test_only_the_desk_of_the_school_takes_in_and_lets_out(desk: Cast) -> None:
    stay = enter(desk)
    for who in ("teacher", "principal", "county", "foreign_reporter"):
        with refused("health.doctor_only"):
            enter_room(actor=desk.actor(who), person=desk.pupils[desk.klass.pk][5], symptoms=["fever"])
        with refused("health.doctor_only"):
            leave_room(actor=desk.actor(who), stay=stay, whereto=Whereto.CLASS)
        with refused("health.doctor_only"):
            set_room(actor=desk.actor(who), school_id=desk.school.pk, beds=3)
