"""Where a rule looks: the room, the home across schools, the shared meal, the campus."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.cast import Cast, anything, at_time, check, run_jobs, school_scope

from xiaodun.foundation import clock
from xiaodun.foundation.scope import open_scope
from xiaodun.measures.checks.households import members_elsewhere
from xiaodun.measures.checks.models import FindingKind
from xiaodun.measures.health.diagnosing import record_diagnosis, set_exposure
from xiaodun.measures.health.models import Cause, FollowUp
from xiaodun.response.signals.models import Signal
from xiaodun.responsibility.orgs.actions import found_org
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.models import Person


def live_in(cast: Cast, places: range, **home: Any) -> None:
    with school_scope(cast.school):
        pks = [cast.pupils[cast.klass.pk][n].pk for n in places]
        Person.objects.in_scope().filter(pk__in=pks).update(**home)


def signals(**where: Any) -> list[Signal]:
    return list(anything(Signal).filter(**where).order_by("pk"))


@pytest.fixture
def building(cast: Cast) -> Org:
    return found_org(actor_id=None, level=Level.GROUP, name="3号楼", parent=cast.school, group_kind="dorm")


@pytest.mark.requirement("R26")
def test_three_of_one_room_are_a_signal_of_that_room_and_name_it(cast: Cast, building: Org) -> None:
    live_in(cast, range(3), dorm_id=building.pk, dorm="201")
    check(cast, 0, 1, symptoms=("vomiting",))
    check(cast, 2, klass=cast.klass, base=1, symptoms=("fever",))
    run_jobs()
    assert not signals(scope="dorm")
    check(cast, 0, 1, 2, base=2, symptoms=("vomiting",))
    run_jobs()
    (signal,) = signals(scope="dorm")
    assert (signal.title, signal.title_en) == (
        "3号楼 201 1天内3人呕吐或腹泻",
        "3号楼 201: 3 persons with vomiting or diarrhoea in 1 day",
    )
    assert signal.scope_id == f"{building.pk}/201"


def test_the_same_number_in_two_buildings_is_two_rooms(cast: Cast, building: Org) -> None:
    other = found_org(actor_id=None, level=Level.GROUP, name="4号楼", parent=cast.school, group_kind="dorm")
    live_in(cast, range(2), dorm_id=building.pk, dorm="201")
    live_in(cast, range(2, 4), dorm_id=other.pk, dorm="201")
    check(cast, 0, 1, 2, 3)
    run_jobs()
    assert not signals(scope="dorm")
    assert signals(scope="class")


def test_three_who_shared_a_meal_are_linked_whatever_their_symptoms(cast: Cast) -> None:
    for place, symptom in enumerate(("fever", "rash", "vomiting")):
        check(cast, *range(place + 1), base=place, symptoms=(symptom,))
    with school_scope(cast.school):
        for n, row in enumerate(anything(FollowUp).order_by("pk")):
            row.symptoms = [("fever", "rash", "vomiting")[n]]
            row.save()
    run_jobs()
    assert not signals()
    with school_scope(cast.school):
        for row in anything(FollowUp).all():
            set_exposure(actor=cast.actor("doctor"), follow_up=row, exposure="周一食堂午餐")
    run_jobs()
    assert [(one.family, one.n_cases) for one in signals(scope="class")] == [("SCH-SIM", 3)]


@pytest.mark.requirement("R26")
def test_two_children_of_one_home_at_two_schools_are_one_event_at_each(cast: Cast) -> None:
    here, there = cast.pupils[cast.klass.pk][0], cast.pupils[cast.foreign.pk][0]
    with school_scope(cast.school, cast.other_school):
        Person.objects.in_scope().filter(pk__in=[here.pk, there.pk]).update(household=77)
    check(cast, 0, symptoms=("rash",))
    check(cast, 0, klass=cast.foreign, by="stranger", symptoms=("rash",))
    for school, doctor in ((cast.school, "doctor"), (cast.other_school, "foreign_reporter")):
        with school_scope(school):
            row = anything(FollowUp).get(school_id=school.pk)
            record_diagnosis(actor=cast.actor(doctor), follow_up=row, diagnosis="hfmd")
        run_jobs()
    events = {one.school_id: one for one in signals(scope="household")}
    assert set(events) == {cast.school.pk, cast.other_school.pk}
    for school, child in ((cast.school, here), (cast.other_school, there)):
        event = events[school.pk]
        assert (event.family, event.n_cases) == ("HFMD", 2)
        assert event.title == "一户家庭（其中1人在外校） 7天内2例手足口病"
        with school_scope(cast.school, cast.other_school):
            kept = anything(FollowUp).filter(pk__in=event.follow_up_ids)
            assert [row.person_id for row in kept] == [child.pk]
    run_jobs()
    assert len(signals(scope="household")) == 2


def test_a_case_of_another_school_counts_in_no_class_and_no_school_of_this_one(cast: Cast) -> None:
    here, there = cast.pupils[cast.klass.pk][0], cast.pupils[cast.foreign.pk][0]
    with school_scope(cast.school, cast.other_school):
        Person.objects.in_scope().filter(pk__in=[here.pk, there.pk]).update(household=77)
    check(cast, 0, klass=cast.foreign, by="stranger", symptoms=("rash",))
    with school_scope(cast.other_school):
        row = anything(FollowUp).get(school_id=cast.other_school.pk)
        record_diagnosis(actor=cast.actor("foreign_reporter"), follow_up=row, diagnosis="hfmd")
    check(cast, 0, symptoms=("rash",))
    run_jobs()
    assert not signals(school_id=cast.school.pk)


def test_the_homes_function_tells_numbers_of_other_schools_and_opens_nothing(cast: Cast) -> None:
    there = cast.pupils[cast.foreign.pk][0]
    with school_scope(cast.other_school):
        Person.objects.in_scope().filter(pk=there.pk).update(household=77)
    with open_scope(schools=[cast.school.pk]):
        (one,) = members_elsewhere([77], cast.school.pk)
        assert (one.household, one.person_id, one.school_id) == (77, there.pk, cast.other_school.pk)
        assert not anything(Person).filter(school_id=cast.other_school.pk).exists()
    assert not anything(Person).exists()


def test_schools_with_several_campuses_are_judged_whole_and_by_campus(cast: Cast) -> None:
    east, west = (
        found_org(actor_id=None, level=Level.CAMPUS, name=f"明德小学{name}", parent=cast.school)
        for name in ("东校区", "西校区")
    )
    Org.objects.filter(pk=cast.klass.pk).update(campus_id=east.pk)
    Org.objects.filter(pk=cast.sibling.pk).update(campus_id=west.pk)
    check(cast, 0, 1, 2, 3, 4, symptoms=("rash",))
    check(cast, 0, klass=cast.sibling, by="doctor", symptoms=("rash",))
    with school_scope(cast.school):
        for row in anything(FollowUp).all():
            record_diagnosis(actor=cast.actor("doctor"), follow_up=row, diagnosis="varicella")
    run_jobs()
    found = {
        one.scope_id: (one.n_cases, one.title.split()[0]) for one in signals(scope="school", family="VAR")
    }
    assert found == {
        str(cast.school.pk): (6, "明德小学"),
        str(east.pk): (5, "明德小学东校区"),
    }


def test_an_injury_is_no_case_of_anything(cast: Cast) -> None:
    check(cast, 0, 1, 2)
    with school_scope(cast.school):
        anything(FollowUp).filter(person_id=cast.pupils[cast.klass.pk][0].pk).update(cause=Cause.INJURY)
    run_jobs()
    assert not signals()


def test_temperatures_taken_by_a_teacher_count_with_the_check(cast: Cast) -> None:
    check(cast, *range(5), symptoms=("cough",), kind=FindingKind.UNWELL)
    with school_scope(cast.school):
        anything(FollowUp).update(temperature=Decimal("38.0"))
    run_jobs()
    (signal,) = [one for one in signals() if one.duties.filter(rule_id="FLU-CLS-1D-5").exists()]
    assert signal.duties.get(rule_id="FLU-CLS-1D-5").detected_on == clock.today()


def test_an_event_of_a_home_grows_with_a_case_at_the_other_school(cast: Cast) -> None:
    mine = cast.pupils[cast.klass.pk][0]
    theirs = cast.pupils[cast.foreign.pk][:2]
    with school_scope(cast.school, cast.other_school):
        Person.objects.in_scope().filter(pk__in=[mine.pk, *(p.pk for p in theirs)]).update(household=77)
    check(cast, 0, symptoms=("rash",))
    check(cast, 0, klass=cast.foreign, by="stranger", symptoms=("rash",))
    with school_scope(cast.school, cast.other_school):
        for row in anything(FollowUp).all():
            who = "doctor" if row.school_id == cast.school.pk else "foreign_reporter"
            record_diagnosis(actor=cast.actor(who), follow_up=row, diagnosis="hfmd")
    run_jobs()
    with at_time(clock.now() + timedelta(days=1)):
        check(cast, 0, 1, klass=cast.foreign, by="stranger", symptoms=("rash",))
        with school_scope(cast.other_school):
            row = anything(FollowUp).get(person_id=theirs[1].pk)
            record_diagnosis(actor=cast.actor("foreign_reporter"), follow_up=row, diagnosis="hfmd")
        run_jobs()
    events = {one.school_id: (one.n_cases, len(one.follow_up_ids)) for one in signals(scope="household")}
    assert events == {cast.school.pk: (3, 1), cast.other_school.pk: (3, 2)}
