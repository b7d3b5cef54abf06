"""Who changes school takes the open illness along; of two rows that are one person the illnesses become one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.cast import MONDAY, Cast, anything, check, school_scope
from tests.measures.health.desk import diagnosed, doctor, illness
from tests.measures.health.rows import fill_health

from xiaodun.foundation import clock
from xiaodun.foundation.scope import open_scope
from xiaodun.measures.health.clearing import clear
from xiaodun.measures.health.holding import enter_room
from xiaodun.measures.health.models import (
    CertificatePhoto,
    Clearance,
    Contact,
    FollowUp,
    HoldingStay,
    Isolation,
    Tracing,
    Visit,
)
from xiaodun.measures.health.moving import merged
from xiaodun.measures.health.queries import days_list, uncleared
from xiaodun.measures.health.tracing import trace_contacts
from xiaodun.measures.health.verifying import verify
from xiaodun.responsibility.orgs.changing import undo_change
from xiaodun.responsibility.roster.dependents import tables_of_persons
from xiaodun.responsibility.roster.models import Person
from xiaodun.responsibility.roster.transfer import Claim, accept_pupil, move_within, offer_pupil

HANGING = (Visit, HoldingStay, Isolation, Tracing, Contact, Clearance, CertificatePhoto)
BORN = date(2017, 3, 4)


@pytest.fixture
def sick(cast: Cast) -> Person:
    """A pupil with varicella since Friday of last week, and a row of everything that can hang on it."""
    check(cast, 0, symptoms=("rash",), day=MONDAY - timedelta(days=3))
    with school_scope(cast.school):
        pupil = cast.pupils[cast.klass.pk][0]
        Person.objects.in_scope().filter(pk=pupil.pk).update(birth_on=BORN)
        diagnosed(cast, "varicella")
        fill_health(illness(cast))
        anything(FollowUp).update(cleared_on=None)
        anything(Isolation).update(lifted_on=MONDAY, lifted_document="解1号")
        anything(Clearance).update(withdrawn_at=clock.now(), withdrawn_by=1, withdrawn_reason="写错班")
    return pupil


def transfer(cast: Cast, pupil: Person) -> object:
    code, _row = offer_pupil(actor=doctor(cast), school=cast.school, person_id=pupil.pk, asker="guardian")
    return accept_pupil(
        actor=cast.actor("foreign_reporter"),
        klass=cast.foreign,
        claim=Claim(code, pupil.name, BORN),
        on_day=MONDAY,
    )


@pytest.mark.requirement("R07")
def test_the_new_school_keeps_the_illness_and_the_old_one_its_history(cast: Cast, sick: Person) -> None:
    transfer(cast, sick)
    with school_scope(cast.other_school):
        (listed,) = days_list(cast.other_school.pk, MONDAY)
        row = listed.row
        assert (row.school_id, row.class_id) == (cast.school.pk, cast.klass.pk), (
            "the onset stays where it was"
        )
        assert (row.keeper_school_id, row.keeper_class_id) == (cast.other_school.pk, cast.foreign.pk)
        assert uncleared(cast.foreign.pk, MONDAY) == {sick.pk}
        assert all(anything(model).filter(person_id=sick.pk).count() == 1 for model in HANGING)
        clear(
            actor=cast.actor("foreign_reporter"), follow_up=row, shown="paper", evidence_reason="已结痂",
            evidence_document="118",
        )  # fmt: skip
        slip = anything(Clearance).get(withdrawn_at__isnull=True)
    with school_scope(cast.school):
        assert days_list(cast.school.pk, MONDAY) == []
        assert anything(FollowUp).get(person_id=sick.pk).cleared_on == MONDAY
    with open_scope():
        found = verify(slip.token)
        assert found is not None
        assert found.is_valid


def test_taken_back_the_illness_is_kept_where_it_was(cast: Cast, sick: Person) -> None:
    change = transfer(cast, sick)
    undo_change(actor_id=1, change_id=change.pk, may=lambda org: True)  # type: ignore[attr-defined]
    with school_scope(cast.school):
        row = anything(FollowUp).get()
        assert (row.keeper_school_id, row.keeper_class_id) == (cast.school.pk, cast.klass.pk)
        assert all(
            anything(model).get(person_id=sick.pk).keeper_school_id == cast.school.pk for model in HANGING
        )


def test_a_change_of_class_within_the_school_moves_the_keeping_class(cast: Cast, sick: Person) -> None:
    move_within(actor=doctor(cast), school=cast.school, person_id=sick.pk, klass=cast.sibling, on_day=MONDAY)
    with school_scope(cast.school):
        assert anything(FollowUp).get().keeper_class_id == cast.sibling.pk
        assert uncleared(cast.sibling.pk, MONDAY) == {sick.pk}
        assert uncleared(cast.klass.pk, MONDAY) == set()


def test_two_rows_of_one_person_become_one_illness_and_nothing_stays_behind(cast: Cast, sick: Person) -> None:
    other = cast.pupils[cast.klass.pk][1]
    with school_scope(cast.school):
        check(cast, 0, 1, symptoms=("fever",))
        fill_health(illness(cast, 1))
        merged(sick.pk, other.pk)
        rows = list(anything(FollowUp).filter(person_id=sick.pk).order_by("onset_on"))
        assert [(row.is_open, row.ruled_out_reason) for row in rows] == [(True, ""), (False, "merged")]
        assert (rows[0].symptoms, rows[0].diagnosis) == (["fever", "rash"], "varicella")
        ours = [(model, column) for model, column in tables_of_persons() if model._meta.app_label == "health"]
        assert {model for model, _column in ours} == {FollowUp, *HANGING}
        assert not any(anything(model).filter(person_id=other.pk).exists() for model, _column in ours)
        assert anything(HoldingStay).filter(out_at__isnull=True).count() == 1


def test_nobody_becomes_a_contact_of_himself_and_a_contact_of_both_is_one(cast: Cast, sick: Person) -> None:
    one, two, three = (cast.pupils[cast.klass.pk][place] for place in (0, 5, 6))
    with school_scope(cast.school):
        anything(Contact).delete()
        trace_contacts(actor=doctor(cast), follow_up=illness(cast))
        n = anything(Contact).count()
        merged(one.pk, two.pk)
        merged(three.pk, cast.pupils[cast.klass.pk][7].pk)
        assert anything(Contact).count() == n - 2
        assert not anything(Contact).filter(person_id=one.pk).exists()


def test_who_sits_in_the_room_twice_sits_there_once(cast: Cast) -> None:
    one, two = cast.pupils[cast.klass.pk][:2]
    with school_scope(cast.school):
        for pupil in (one, two):
            enter_room(actor=doctor(cast), person=pupil, symptoms=["fever"])
        merged(one.pk, two.pk)
        assert anything(HoldingStay).filter(person_id=one.pk, out_at__isnull=True).count() == 1
