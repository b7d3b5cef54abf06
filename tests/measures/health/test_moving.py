"""An open illness follows the pupil to the new school; the old school keeps what was its own."""

from __future__ import annotations

from datetime import date

import pytest
from tests.cast import Cast, at_time, check, school_scope

from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import at
from xiaodun.measures.health.models import FollowUp
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.orgs.changing import apply_due
from xiaodun.responsibility.roster.models import Person
from xiaodun.responsibility.roster.transfer import Claim, accept_pupil, offer_pupil, undo_transfer

SENDER, RECEIVER = Actor(11, "发", ()), Actor(12, "收", ())
BORN = date(2017, 3, 1)


@pytest.mark.requirement("R42")
def test_who_is_ill_at_a_transfer_is_followed_by_the_new_school_and_back_after_an_undo(cast: Cast) -> None:
    check(cast, 0, klass=cast.klass)
    pupil = cast.pupils[cast.klass.pk][0]
    with school_scope(cast.school):
        Person.objects.in_scope().filter(pk=pupil.pk).update(birth_on=BORN)
    code, _row = offer_pupil(actor=SENDER, school=cast.school, person_id=pupil.pk, asker="guardian")
    change = accept_pupil(
        actor=RECEIVER, klass=cast.foreign, claim=Claim(code, pupil.name, BORN), on_day=date(2026, 11, 24)
    )
    with at_time(at(date(2026, 11, 24), 0, 10)):
        apply_due()
        with open_scope(schools=[cast.other_school.pk]):
            row = FollowUp.objects.in_scope().get(person_id=pupil.pk)
        assert (row.keeper_school_id, row.keeper_class_id) == (cast.other_school.pk, cast.foreign.pk)
        assert (row.school_id, row.class_id) == (cast.school.pk, cast.klass.pk)
        undo_transfer(actor=RECEIVER, school=cast.other_school, change_id=change.pk)
        with open_scope(schools=[cast.school.pk]):
            row = FollowUp.objects.in_scope().get(person_id=pupil.pk)
        assert (row.keeper_school_id, row.keeper_class_id) == (cast.school.pk, cast.klass.pk)
