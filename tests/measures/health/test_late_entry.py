"""A check entered late for an earlier day meets an illness that is already followed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import MONDAY, Cast, anything, check, school_scope

from xiaodun.measures.checks.actions import Code
from xiaodun.measures.health.models import FollowUp

pytestmark = pytest.mark.django_db

FRIDAY = MONDAY - timedelta(days=3)


def follow_ups(cast: Cast, place: int) -> list[FollowUp]:
    with school_scope(cast.school):
        return list(anything(FollowUp).filter(person_id=cast.pupils[cast.klass.pk][place].pk))


def test_late_entry_moves_the_beginning_of_the_same_illness(cast: Cast) -> None:
    check(cast, 0, symptoms=("fever",))
    answer = check(cast, 0, symptoms=("cough",), day=FRIDAY)
    assert answer.code == Code.CREATED
    (row,) = follow_ups(cast, 0)
    assert (row.onset_on, row.absent_from, row.absent_to) == (FRIDAY, FRIDAY, MONDAY)
    assert row.symptoms == ["cough", "fever"]
    assert row.known_on == row.opened_on == MONDAY
    assert row.is_open


def test_late_entry_without_the_pupil_leaves_the_later_illness_alone(cast: Cast) -> None:
    check(cast, 0)
    check(cast, 1, day=FRIDAY)
    (row,) = follow_ups(cast, 0)
    assert (row.onset_on, row.opened_on, row.is_open) == (MONDAY, MONDAY, True)
