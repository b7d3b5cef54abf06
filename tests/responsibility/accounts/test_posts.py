"""Posts change hands: who may appoint whom where, one owner at a time, and what stays of the past."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import MONDAY, MORNING, Cast, at_time

from xiaodun.foundation import clock
from xiaodun.foundation.models import JournalRow
from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.actor import Actor, actor_of, holders
from xiaodun.responsibility.accounts.models import Account, Duty, Role
from xiaodun.responsibility.accounts.posts import appoint, end_duty, hand_over, roles_at, unit_of_account
from xiaodun.responsibility.accounts.rights import (
    OFFICER_RIGHTS,
    PERSONS,
    Right,
    needs_second_factor,
    officers_of,
)
from xiaodun.responsibility.orgs.actions import found_org
from xiaodun.responsibility.orgs.models import Level, Org

pytestmark = [pytest.mark.requirement("R15"), pytest.mark.requirement("R79")]
DAY = timedelta(days=1)


@pytest.fixture
def newcomer(cast: Cast) -> Account:
    return open_account(actor_id=None, username="newcomer", name="新人", org=cast.school)


def operator(cast: Cast) -> Actor:
    account = open_account(actor_id=None, username="operator", name="管理员")
    give_duty(actor_id=None, account=account, role=Role.OPERATOR, org=cast.county, from_day=MONDAY)
    return actor_of(account, MONDAY)


def duty_of(cast: Cast, name: str) -> Duty:
    return cast.accounts[name].duties.get()


def owner_on(cast: Cast, role: Role, day: date) -> int | None:
    return holders(role, cast.school, day)[0]


def refused(code: str) -> object:
    return pytest.raises(Refused, match=code)


def test_a_principal_appoints_at_the_own_school_and_below(cast: Cast, newcomer: Account) -> None:
    principal = cast.actor("principal")
    appoint(actor=principal, account=newcomer, role=Role.SCHOOL_CLERK, org=cast.school, from_day=MONDAY)
    appoint(
        actor=principal,
        account=newcomer,
        role=Role.CLASS_REPORTER,
        org=cast.sibling,
        from_day=MONDAY,
        deputy=True,
    )
    assert actor_of(newcomer, MONDAY).may(Right.KEEP_ROSTER, cast.klass)
    rows = JournalRow.objects.order_by("-pk")[:2]
    assert [(row.verb, row.actor_id) for row in rows] == [("duty.give", principal.account_id)] * 2


@pytest.mark.parametrize("name", ["teacher", "doctor", "reporter", "cdc", "nobody", "stranger"])
def test_who_gives_no_duties_appoints_nobody(cast: Cast, newcomer: Account, name: str) -> None:
    with refused("duty.not_yours"):
        appoint(
            actor=cast.actor(name),
            account=newcomer,
            role=Role.CLASS_REPORTER,
            org=cast.klass,
            from_day=MONDAY,
        )
    assert not newcomer.duties.exists()


@pytest.mark.parametrize("role", list(Role))
def test_nobody_gives_anything_beyond_their_own_unit(cast: Cast, newcomer: Account, role: Role) -> None:
    """A principal, at every unit that is not within the school: whatever the role, refused."""
    for org in (cast.other_school, cast.foreign, cast.county, cast.county.parent):
        assert org
        with refused("duty"):
            appoint(actor=cast.actor("principal"), account=newcomer, role=role, org=org, from_day=MONDAY)
    assert not newcomer.duties.exists()


@pytest.mark.parametrize("role", list(Role))
def test_nobody_gives_themselves_anything(cast: Cast, role: Role) -> None:
    for name, org in (("principal", cast.school), ("county", cast.school), ("county", cast.county)):
        with pytest.raises(Refused):
            appoint(actor=cast.actor(name), account=cast.accounts[name], role=role, org=org, from_day=MONDAY)
        assert cast.accounts[name].duties.count() == 1


def test_nobody_ends_or_hands_over_their_own_post(cast: Cast, newcomer: Account) -> None:
    own = duty_of(cast, "principal")
    with refused("duty.self"):
        end_duty(actor=cast.actor("principal"), duty=own)
    with refused("duty.self"):
        hand_over(actor=cast.actor("principal"), duty=own, to=newcomer, from_day=MONDAY)


def test_a_role_stands_at_units_of_its_level_alone(cast: Cast, newcomer: Account) -> None:
    county = cast.actor("county")
    for org in (cast.county, cast.school, cast.klass, cast.klass.parent):
        assert org
        for role in set(Role) - set(roles_at(org)):
            with refused("duty.level"):
                appoint(actor=county, account=newcomer, role=role, org=org, from_day=MONDAY)


def test_a_group_has_the_post_of_its_kind(cast: Cast, newcomer: Account) -> None:
    dorm = found_org(actor_id=None, level=Level.GROUP, name="1号楼", parent=cast.school, group_kind="dorm")
    assert roles_at(dorm) == (Role.DORM_WARDEN,)
    principal = cast.actor("principal")
    appoint(actor=principal, account=newcomer, role=Role.DORM_WARDEN, org=dorm, from_day=MONDAY)
    with refused("duty.level"):
        appoint(actor=principal, account=newcomer, role=Role.BUS_ESCORT, org=dorm, from_day=MONDAY)


def test_whoever_runs_the_system_reads_no_pupils_and_the_other_way_round(
    cast: Cast, newcomer: Account
) -> None:
    county = cast.actor("county")
    runs = Account.objects.get(pk=operator(cast).account_id)
    for role in PERSONS & set(roles_at(cast.school)):
        with refused("duty.officer"):
            appoint(actor=county, account=runs, role=role, org=cast.school, from_day=MONDAY)
    with refused("duty.officer"):
        appoint(
            actor=county,
            account=cast.accounts["teacher"],
            role=Role.OPERATOR,
            org=cast.county,
            from_day=MONDAY,
        )
    appoint(actor=county, account=newcomer, role=Role.OPERATOR, org=cast.county, from_day=MONDAY)


def test_no_role_is_two_officers_and_no_officer_reads_persons() -> None:
    for role in Role:
        assert len(officers_of(role)) <= 1
        assert not (officers_of(role) and role in PERSONS)
    each = [right for rights in OFFICER_RIGHTS.values() for right in rights]
    assert len(each) == len(set(each))


def test_high_duties_are_those_of_a_county_and_above() -> None:
    high = {(role, level) for role in Role for level in Level if needs_second_factor(role, level)}
    assert {(Role.COUNTY_OFFICER, Level.COUNTY), (Role.CDC_DOCTOR, Level.COUNTY)} < high
    assert (Role.OPERATOR, Level.SCHOOL) in high
    assert (Role.PRINCIPAL, Level.SCHOOL) not in high


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("duty.days", {"from_day": MONDAY - DAY}),
        ("duty.days", {"from_day": MONDAY + DAY, "to_day": MONDAY}),
    ],
)
def test_a_duty_is_neither_backdated_nor_turned_round(
    cast: Cast, newcomer: Account, code: str, facts: dict[str, date]
) -> None:
    with refused(code):
        appoint(
            actor=cast.actor("principal"), account=newcomer, role=Role.SCHOOL_DOCTOR, org=cast.school, **facts
        )


def test_a_closed_account_and_a_closed_unit_get_no_duty(cast: Cast, newcomer: Account) -> None:
    principal = cast.actor("principal")
    Org.objects.filter(pk=cast.sibling.pk).update(to_day=MONDAY)
    closed = Org.objects.get(pk=cast.sibling.pk)
    with refused("duty.unit_closed"):
        appoint(
            actor=principal,
            account=newcomer,
            role=Role.CLASS_REPORTER,
            org=closed,
            from_day=MONDAY + DAY,
        )
    newcomer.is_active = False
    with refused("duty.closed"):
        appoint(actor=principal, account=newcomer, role=Role.CLASS_REPORTER, org=cast.klass, from_day=MONDAY)


def test_the_same_post_is_not_given_twice_for_the_same_days(cast: Cast, newcomer: Account) -> None:
    principal = cast.actor("principal")
    said = {"account": newcomer, "role": Role.SCHOOL_DOCTOR, "org": cast.school}
    appoint(actor=principal, **said, from_day=MONDAY + DAY, to_day=MONDAY + 3 * DAY)  # type: ignore[arg-type]
    for first, last in ((MONDAY, None), (MONDAY, MONDAY + DAY), (MONDAY + 3 * DAY, None)):
        with refused("duty.twice"):
            appoint(actor=principal, **said, from_day=first, to_day=last)  # type: ignore[arg-type]
    appoint(actor=principal, **said, from_day=MONDAY, to_day=MONDAY)  # type: ignore[arg-type]
    appoint(actor=principal, **said, from_day=MONDAY + 4 * DAY)  # type: ignore[arg-type]


def test_a_duty_that_ends_now_opens_nothing_from_this_moment(cast: Cast) -> None:
    end_duty(actor=cast.actor("principal"), duty=duty_of(cast, "doctor"))
    assert not cast.actor("doctor").may(Right.READ_SCHOOL, cast.school)
    assert duty_of(cast, "doctor").to_day == MONDAY - DAY
    assert JournalRow.objects.latest("pk").verb == "duty.end"


def test_a_duty_ends_with_the_day_that_was_said(cast: Cast) -> None:
    end_duty(actor=cast.actor("principal"), duty=duty_of(cast, "doctor"), last_day=MONDAY + DAY)
    assert cast.actor("doctor").may(Right.READ_SCHOOL, cast.school)
    with at_time(MORNING + 2 * DAY):
        assert not cast.actor("doctor").may(Right.READ_SCHOOL, cast.school)


def test_a_duty_that_never_held_a_day_leaves_no_row_but_a_line(cast: Cast, newcomer: Account) -> None:
    principal = cast.actor("principal")
    duty = appoint(
        actor=principal, account=newcomer, role=Role.SCHOOL_DOCTOR, org=cast.school, from_day=MONDAY
    )
    end_duty(actor=principal, duty=duty)
    assert not newcomer.duties.exists()
    line = JournalRow.objects.latest("pk")
    assert (line.verb, line.facts["account"]) == ("duty.end", newcomer.pk)


def test_the_past_cannot_be_rewritten_by_an_end(cast: Cast) -> None:
    with refused("duty.last_day"):
        end_duty(actor=cast.actor("principal"), duty=duty_of(cast, "doctor"), last_day=MONDAY - 2 * DAY)


def test_a_post_handed_over_for_good_has_its_old_holder_before_and_its_new_one_after(
    cast: Cast, newcomer: Account
) -> None:
    from_day = MONDAY + 2 * DAY
    hand_over(actor=cast.actor("principal"), duty=duty_of(cast, "reporter"), to=newcomer, from_day=from_day)
    old = cast.accounts["reporter"].pk
    assert [owner_on(cast, Role.EPIDEMIC_REPORTER, MONDAY + n * DAY) for n in range(4)] == [
        old,
        old,
        newcomer.pk,
        newcomer.pk,
    ]
    assert owner_on(cast, Role.EPIDEMIC_REPORTER, date(2040, 1, 1)) == newcomer.pk


def test_a_stand_in_holds_the_post_for_the_days_said_and_then_the_owner_again(
    cast: Cast, newcomer: Account
) -> None:
    hand_over(
        actor=cast.actor("principal"),
        duty=duty_of(cast, "reporter"),
        to=newcomer,
        from_day=MONDAY + DAY,
        to_day=MONDAY + 2 * DAY,
    )
    owner = cast.accounts["reporter"].pk
    held = [owner_on(cast, Role.EPIDEMIC_REPORTER, MONDAY + n * DAY) for n in range(5)]
    assert held == [owner, newcomer.pk, newcomer.pk, owner, owner]
    with at_time(MORNING + DAY):
        assert not cast.actor("reporter").duties


def test_a_stand_in_that_ends_early_gives_the_post_back(cast: Cast, newcomer: Account) -> None:
    principal = cast.actor("principal")
    new = hand_over(
        actor=principal,
        duty=duty_of(cast, "reporter"),
        to=newcomer,
        from_day=MONDAY,
        to_day=MONDAY + 5 * DAY,
    )
    with at_time(MORNING + 2 * DAY):
        end_duty(actor=principal, duty=new)
        owner = owner_on(cast, Role.EPIDEMIC_REPORTER, clock.today())
    assert owner == cast.accounts["reporter"].pk


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 6) | st.none()), min_size=1, max_size=4))
def test_through_every_row_of_hand_overs_a_post_has_one_owner_each_day(
    cast: Cast, steps: list[tuple[int, int | None]]
) -> None:
    """Property: whatever is handed over in turn, on each of thirty days exactly one person owns the post."""
    role, principal = Role.SCHOOL_DOCTOR, cast.actor("principal")
    Duty.objects.filter(role=role, org=cast.school).delete()
    people = [
        Account.objects.get_or_create(username=f"person{n}", defaults={"name": "人"})[0] for n in range(3)
    ]
    appoint(actor=principal, account=people[0], role=role, org=cast.school, from_day=MONDAY)
    for n, (start, length) in enumerate(steps):
        from_day = MONDAY + start * DAY
        duty = Duty.objects.on(from_day).get(role=role, org=cast.school)
        to = people[(n + 1) % 3]
        to_day = None if length is None else from_day + length * DAY
        with contextlib.suppress(Refused):  # the same person again, or twice on one day
            hand_over(actor=principal, duty=duty, to=to, from_day=from_day, to_day=to_day)
    owners = [Duty.objects.on(MONDAY + n * DAY).filter(role=role, org=cast.school).count() for n in range(30)]
    assert owners == [1] * 30


def test_a_post_is_not_handed_to_its_holder_nor_outside_its_days(cast: Cast, newcomer: Account) -> None:
    principal, duty = cast.actor("principal"), duty_of(cast, "reporter")
    with refused("duty.same"):
        hand_over(actor=principal, duty=duty, to=duty.account, from_day=MONDAY)
    Duty.objects.filter(pk=duty.pk).update(to_day=MONDAY + DAY)
    with refused("duty.outside"):
        hand_over(actor=principal, duty=duty, to=newcomer, from_day=MONDAY + 2 * DAY)


def test_the_unit_that_looks_after_an_account_lies_above_everything_it_holds(
    cast: Cast, newcomer: Account
) -> None:
    units = {
        name: unit_of_account(cast.accounts[name].pk) for name in ("teacher", "doctor", "county", "nobody")
    }
    assert units == {"teacher": cast.klass, "doctor": cast.school, "county": cast.county, "nobody": None}
    assert unit_of_account(newcomer.pk) == cast.school
    give_duty(
        actor_id=None, account=newcomer, role=Role.SCHOOL_DOCTOR, org=cast.other_school, from_day=MONDAY
    )
    assert unit_of_account(newcomer.pk) == cast.county
    assert unit_of_account(987_654_321) is None
