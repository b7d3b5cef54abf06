"""A duty holds from its first day to its last, both included, at its unit and below; nothing else gives a right."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import MONDAY, Cast, at_time

from xiaodun.foundation import clock
from xiaodun.foundation.models import JournalRow
from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.actor import NOBODY, Actor, HeldDuty, actor_of, holders
from xiaodun.responsibility.accounts.models import Duty, Role
from xiaodun.responsibility.accounts.rights import FULL_NAMES, PERSONS, RIGHTS, Right
from xiaodun.responsibility.orgs.models import Level, Org

DAY = timedelta(days=1)
paths = st.lists(st.integers(1, 30), min_size=1, max_size=5)


def held(path: list[int], role: Role = Role.EPIDEMIC_REPORTER) -> HeldDuty:
    return HeldDuty(role, path[-1], ".".join(map(str, path)), Level.SCHOOL, deputy=False)


def unit(path: list[int]) -> Org:
    return Org(pk=path[-1], path=".".join(map(str, path)), level=Level.SCHOOL)


@given(paths, paths)
def test_a_duty_covers_its_unit_and_what_lies_below_and_nothing_beside(
    own: list[int], other: list[int]
) -> None:
    """Unit 7 is not above unit 70, however alike their numbers begin."""
    assert held(own).covers(unit(other)) == (other[: len(own)] == own)


def test_a_number_that_begins_alike_is_another_unit() -> None:
    assert not held([1, 7]).covers(unit([1, 70]))
    assert not held([1, 70]).covers(unit([1, 7]))


@given(st.sampled_from(Role), st.sampled_from(Right), paths, paths)
def test_a_right_comes_from_a_role_at_a_covering_unit_alone(
    role: Role, right: Right, own: list[int], other: list[int]
) -> None:
    actor = Actor(1, "", (held(own, role),))
    assert actor.may(right, unit(other)) == (right in RIGHTS[role] and other[: len(own)] == own)


def test_nobody_may_nothing() -> None:
    assert not any(NOBODY.may(right, unit([1])) for right in Right)
    assert NOBODY.reach == Actor(5, "", ()).reach


def test_every_role_has_rights_and_full_names_are_for_those_who_care_for_the_pupils() -> None:
    assert set(RIGHTS) == set(Role)
    assert FULL_NAMES < PERSONS
    assert {Role.COUNTY_OFFICER, Role.CDC_DOCTOR}.isdisjoint(PERSONS)
    assert Role.PRINCIPAL not in FULL_NAMES


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (MONDAY - DAY, False),
        (MONDAY, True),
        (MONDAY + DAY, True),
        (MONDAY + 2 * DAY, True),
        (MONDAY + 3 * DAY, False),
    ],
)
def test_a_duty_holds_on_its_first_and_its_last_day(cast: Cast, day: date, holds: bool) -> None:
    account = open_account(actor_id=None, username="new", name="新人")
    give_duty(
        actor_id=None,
        account=account,
        role=Role.SCHOOL_DOCTOR,
        org=cast.school,
        from_day=MONDAY,
        to_day=MONDAY + 2 * DAY,
    )
    assert actor_of(account, day).may(Right.FOLLOW_HEALTH, cast.klass) is holds


def test_a_duty_without_an_end_holds_for_good(cast: Cast) -> None:
    actor = actor_of(cast.accounts["doctor"], date(2040, 1, 1))
    assert actor.may(Right.FOLLOW_HEALTH, cast.klass)


@pytest.mark.parametrize(
    ("instant", "holds"),
    [
        (datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 16, 0, 0, tzinfo=UTC), False),
    ],
)
def test_a_day_of_duty_ends_at_midnight_in_shanghai(cast: Cast, instant: datetime, holds: bool) -> None:
    account = open_account(actor_id=None, username="new", name="新人")
    give_duty(
        actor_id=None, account=account, role=Role.PRINCIPAL, org=cast.school, from_day=MONDAY, to_day=MONDAY
    )
    with at_time(instant):
        assert bool(actor_of(account, clock.today()).duties) is holds


def test_the_owner_stands_before_the_deputy_and_a_blank_post_is_blank(cast: Cast) -> None:
    owner, deputy = holders(Role.EPIDEMIC_REPORTER, cast.school, MONDAY)
    assert (owner, deputy) == (cast.accounts["reporter"].pk, cast.accounts["deputy"].pk)
    assert holders(Role.EPIDEMIC_REPORTER, cast.other_school, MONDAY)[1] is None
    assert holders(Role.PRINCIPAL, cast.other_school, MONDAY) == (None, None)
    assert holders(Role.EPIDEMIC_REPORTER, cast.school, date(2026, 8, 31)) == (None, None)


def test_two_posts_of_one_person_stay_apart(cast: Cast) -> None:
    """A reporter here who also teaches next door is no reporter there."""
    account = cast.accounts["reporter"]
    give_duty(actor_id=None, account=account, role=Role.CLASS_REPORTER, org=cast.foreign, from_day=MONDAY)
    actor = actor_of(account, MONDAY)
    assert actor.may(Right.RECORD_CHECK, cast.foreign)
    assert not actor.may(Right.FOLLOW_HEALTH, cast.foreign)
    assert not actor.reads_full_names_of(cast.other_school)
    assert actor.reach.persons_school_ids == {cast.school.pk}
    assert actor.reach.persons_class_ids == {cast.foreign.pk}


def test_an_officers_reach_holds_units_and_no_persons(cast: Cast) -> None:
    reach = cast.actor("county").reach
    assert reach.county_ids == {cast.county.pk}
    assert not reach.persons_school_ids
    assert not reach.persons_class_ids


def test_the_actor_of_a_request_costs_one_query(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert actor_of(cast.accounts["reporter"], MONDAY).may(Right.READ_SCHOOL, cast.school)


def test_giving_a_duty_leaves_a_line_with_ids_and_no_name(cast: Cast) -> None:
    account = cast.accounts["nobody"]
    duty = give_duty(
        actor_id=cast.accounts["county"].pk,
        account=account,
        role=Role.PRINCIPAL,
        org=cast.school,
        from_day=MONDAY,
    )
    row = JournalRow.objects.latest("pk")
    assert (row.verb, row.subject_id, row.school_id) == ("duty.give", str(duty.pk), cast.school.pk)
    assert row.facts == {"role": "principal", "org": cast.school.pk, "account": account.pk, "deputy": False}


def _bad_duties(cast: Cast) -> dict[str, dict[str, Any]]:
    held_once = {"account": cast.accounts["doctor"], "role": Role.SCHOOL_DOCTOR, "org": cast.school}
    return {
        "duty_ends_after_it_begins": held_once | {"from_day": MONDAY, "to_day": MONDAY - DAY},
        "duty_once": held_once | {"from_day": date(2026, 9, 1)},
    }


def test_every_constraint_of_a_duty_refuses_its_row(cast: Cast) -> None:
    bad = _bad_duties(cast)
    assert {constraint.name for constraint in Duty._meta.constraints} == set(bad)
    for name, facts in bad.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Duty.objects.create(**facts)
