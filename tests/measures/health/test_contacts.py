"""Contacts of a case: proposed by what was shared, never by names; judged by the doctor; other schools are told by number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.cast import MONDAY, Cast, anything, at_time, check, school_scope
from tests.measures.health.desk import diagnosed, doctor, illness, lines, refused

from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import at
from xiaodun.measures.health.diagnosing import set_exposure
from xiaodun.measures.health.models import Contact, ContactState, FollowUp, Ground, Tracing
from xiaodun.measures.health.observed import fallen_ill, observed
from xiaodun.measures.health.tracing import accept_contacts, strike_contact, trace_contacts
from xiaodun.responsibility.roster.models import Person
from xiaodun.responsibility.tasks.models import Task

DAY = timedelta(days=1)
HOME, BUS = 4711, 815


def pupil(cast: Cast, place: int, *, of: str = "klass") -> Person:
    return cast.pupils[getattr(cast, of).pk][place]


def put(*persons: Person, **facts: object) -> None:
    anything(Person).filter(pk__in=[person.pk for person in persons]).update(**facts)


@pytest.fixture
def desk(cast: Cast) -> Iterator[Cast]:
    """The first pupil of 三(1)班 has varicella. A room-mate and a bus neighbour are of 三(2)班, a twin of 育英小学."""
    case, roommate, on_bus = pupil(cast, 0), pupil(cast, 1, of="sibling"), pupil(cast, 2, of="sibling")
    with open_scope(schools=[cast.school.pk, cast.other_school.pk]):
        put(case, roommate, dorm="301")
        put(case, on_bus, bus_id=BUS)
        put(case, pupil(cast, 3, of="sibling"), pupil(cast, 0, of="foreign"), household=HOME)
        # The same room number at another school is another room.
        put(pupil(cast, 5, of="foreign"), dorm="301")
    check(cast, 0, symptoms=("rash",))
    with school_scope(cast.school):
        yield cast


def contact(person: Person) -> Contact:
    found: Contact = anything(Contact).get(person_id=person.pk)
    return found


def test_a_case_that_nobody_has_named_has_no_contacts_yet(desk: Cast) -> None:
    with refused("contact.no_diagnosis"):
        trace_contacts(actor=doctor(desk), follow_up=illness(desk))


@pytest.mark.requirement("R07")
def test_contacts_are_proposed_with_their_grounds_and_nobody_else(desk: Cast) -> None:
    tracing = trace_contacts(actor=doctor(desk), follow_up=diagnosed(desk, "varicella"))
    grounds = {row.person_id: row.grounds for row in anything(Contact)}
    n_classmates = len(desk.pupils[desk.klass.pk]) - 1
    assert grounds.pop(pupil(desk, 1, of="sibling").pk) == [Ground.DORM]
    assert grounds.pop(pupil(desk, 2, of="sibling").pk) == [Ground.BUS]
    assert grounds.pop(pupil(desk, 3, of="sibling").pk) == [Ground.HOUSEHOLD]
    assert set(grounds) == {one.pk for one in desk.pupils[desk.klass.pk][1:]}
    assert set(map(tuple, grounds.values())) == {(Ground.CLASS,)}
    assert (tracing.n_proposed, tracing.n_elsewhere) == (n_classmates + 3, 1)
    assert (tracing.observation_days, anything(Tracing).count()) == (21, 1)


def test_two_grounds_stand_on_one_row_and_the_later_day_counts(desk: Cast) -> None:
    put(pupil(desk, 1), household=HOME)
    trace_contacts(actor=doctor(desk), follow_up=diagnosed(desk, "varicella"))
    row = contact(pupil(desk, 1))
    assert row.grounds == [Ground.CLASS, Ground.HOUSEHOLD]
    # Away from school since Monday, but at home with each other today.
    assert (row.last_exposure_on, row.observed_until) == (MONDAY, MONDAY + 21 * DAY)
    assert contact(pupil(desk, 2)).last_exposure_on == MONDAY - DAY


def test_who_ate_the_same_is_a_contact_by_the_same_words(desk: Cast) -> None:
    check(desk, 8, klass=desk.sibling, by="doctor", symptoms=("vomiting",))
    other = anything(FollowUp).get(person_id=pupil(desk, 8, of="sibling").pk)
    for case in (diagnosed(desk, "norovirus"), other):
        set_exposure(actor=doctor(desk), follow_up=case, exposure=" 11月20日  午餐 ")
    trace_contacts(actor=doctor(desk), follow_up=illness(desk))
    assert contact(pupil(desk, 8, of="sibling")).grounds == [Ground.MEAL]


def test_the_other_school_learns_of_its_own_pupil_and_this_school_only_a_number(desk: Cast) -> None:
    trace_contacts(actor=doctor(desk), follow_up=diagnosed(desk, "varicella"))
    twin = pupil(desk, 0, of="foreign")
    assert not anything(Contact).filter(person_id=twin.pk).exists(), "not to be read from this school"
    (task,) = Task.objects.in_scope().filter(kind="contact")
    assert (task.school_id, task.role) == (desk.other_school.pk, "school_doctor")
    assert task.title == "核对一名外校病例的家庭接触者"
    with school_scope(desk.other_school):
        row = contact(twin)
        assert (row.pk, row.grounds) == (task.subject_id, [Ground.HOUSEHOLD])
        assert not anything(FollowUp).filter(pk=row.case_id).exists(), "who the case is stays at its school"
        accept_contacts(actor=desk.actor("foreign_reporter"), school_id=desk.other_school.pk, contacts=[row])
    task.refresh_from_db(from_queryset=Task.objects.in_scope())
    assert task.state == "answered"


def test_the_doctor_accepts_many_with_one_line_and_strikes_one_with_a_reason(desk: Cast) -> None:
    trace_contacts(actor=doctor(desk), follow_up=diagnosed(desk, "varicella"))
    away, *others = list(anything(Contact).order_by("pk"))
    before = lines()
    strike_contact(actor=doctor(desk), contact=away, reason="当天请假")
    n = accept_contacts(actor=doctor(desk), school_id=desk.school.pk, contacts=others)
    assert (n, lines()) == (len(others), [*before, "contact.strike", "contact.accept"])
    states = list(anything(Contact).order_by("pk").values_list("state", flat=True))
    assert states == [ContactState.STRUCK] + [ContactState.ACCEPTED] * len(others)
    with refused("contact.reason"):
        strike_contact(actor=doctor(desk), contact=others[0], reason=" ")


def test_tracing_again_adds_who_is_new_and_leaves_what_was_judged(desk: Cast) -> None:
    case = diagnosed(desk, "varicella")
    trace_contacts(actor=doctor(desk), follow_up=case)
    first = anything(Contact).order_by("pk").first()
    strike_contact(actor=doctor(desk), contact=first, reason="当天请假")
    n = anything(Contact).count()
    put(pupil(desk, 20, of="sibling"), bus_id=BUS)
    trace_contacts(actor=doctor(desk), follow_up=case)
    assert anything(Contact).count() == n + 1
    assert contact(pupil(desk, 20, of="sibling")).grounds == [Ground.BUS]
    assert anything(Contact).get(pk=first.pk).state == ContactState.STRUCK


def test_a_disease_without_days_needs_the_doctors_last_day(desk: Cast) -> None:
    trace_contacts(actor=doctor(desk), follow_up=diagnosed(desk, "tb"))
    row = contact(pupil(desk, 5))
    for until in (None, row.last_exposure_on - DAY, row.last_exposure_on + 61 * DAY):
        with refused("contact.until"):
            accept_contacts(actor=doctor(desk), school_id=desk.school.pk, contacts=[row], until=until)
    accept_contacts(
        actor=doctor(desk), school_id=desk.school.pk, contacts=[row], until=MONDAY + 60 * DAY - DAY
    )
    assert contact(pupil(desk, 5)).observed_until == MONDAY + 59 * DAY


def test_a_contact_who_falls_ill_is_linked_and_leaves_the_quiet_ones(desk: Cast) -> None:
    trace_contacts(actor=doctor(desk), follow_up=diagnosed(desk, "varicella"))
    accept_contacts(actor=doctor(desk), school_id=desk.school.pk, contacts=list(anything(Contact)))
    with at_time(at(MONDAY + 14 * DAY, 7, 40)):
        check(desk, 6, symptoms=("rash",))
        rows = observed(desk.school.pk, MONDAY + 14 * DAY)
        ill = fallen_ill(rows)
    assert {row.person_id: ill[row.pk].person_id for row in rows if row.pk in ill} == {
        pupil(desk, 6).pk: pupil(desk, 6).pk
    }
    assert observed(desk.school.pk, MONDAY + 23 * DAY) == []


def test_nobody_but_the_desk_judges_contacts(desk: Cast) -> None:
    trace_contacts(actor=doctor(desk), follow_up=diagnosed(desk, "varicella"))
    row = anything(Contact).first()
    for who in ("teacher", "principal", "cdc", "foreign_reporter"):
        with refused("health.doctor_only"):
            accept_contacts(actor=desk.actor(who), school_id=desk.school.pk, contacts=[row])
        with refused("health.doctor_only"):
            trace_contacts(actor=desk.actor(who), follow_up=illness(desk))
