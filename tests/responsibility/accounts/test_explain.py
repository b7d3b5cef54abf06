"""The explainer says what the doors and the rows do, for every duty, day and unit; and why, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import MONDAY, Cast

from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.actor import actor_of
from xiaodun.responsibility.accounts.explain import (
    WORDS,
    explain,
    explain_address,
    explain_own,
    explain_rows,
    right_word,
)
from xiaodun.responsibility.accounts.models import Account, Duty, Role
from xiaodun.responsibility.accounts.rights import LEVELS, RIGHTS, Right
from xiaodun.responsibility.orgs.models import CHECKED, Level, Org

pytestmark = pytest.mark.requirement("R15")
DAY = timedelta(days=1)
days = st.integers(-5, 5).map(lambda n: MONDAY + n * DAY)


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


def units(cast: Cast) -> list[Org]:
    return list(Org.objects.order_by("pk"))


def one_duty(draw: Any, cast: Cast, account: Account) -> None:
    role = draw(st.sampled_from(list(Role)))
    places = [org for org in units(cast) if org.level in LEVELS[role]]
    if places:
        first = draw(days)
        length = draw(st.none() | st.integers(0, 4))
        last = None if length is None else first + length * DAY
        place = draw(st.sampled_from(places))
        Duty.objects.create(account=account, role=role, org=place, from_day=first, to_day=last)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_the_explainer_agrees_with_the_doors_and_with_the_rows(cast: Cast, data: st.DataObject) -> None:
    account = cast.accounts["nobody"]
    account.duties.all().delete()
    for _n in range(data.draw(st.integers(0, 3))):
        if not account.duties.exists() or data.draw(st.booleans()):
            try_duty(data, cast, account)
    Org.objects.filter(pk=cast.sibling.pk).update(to_day=data.draw(st.none() | days))
    day, unit = data.draw(days), data.draw(st.sampled_from(units(cast)))
    right = data.draw(st.sampled_from(Right))
    if account.duties.exists() and data.draw(st.booleans()):  # often enough something that is held
        held = data.draw(st.sampled_from(list(account.duties.select_related("org"))))
        right = data.draw(st.sampled_from(sorted(RIGHTS[Role(held.role)])))
        unit = data.draw(st.sampled_from([org for org in units(cast) if org.is_within(held.org)]))
    actor = actor_of(account, day)
    assert explain(account, right, unit, day).allowed == actor.may(right, unit)
    if unit.level in (Level.SCHOOL, *CHECKED):
        reach = actor.reach
        told = [answer.allowed for answer in explain_rows(account, unit, day)]
        roster = unit.school_id in reach.persons_school_ids or unit.pk in reach.persons_class_ids
        ill = unit.school_id in reach.health_school_ids or unit.pk in reach.health_class_ids
        assert told[:2] == [roster, ill]
        if roster:
            assert told[2] == actor.reads_full_names_of(unit)


def try_duty(data: st.DataObject, cast: Cast, account: Account) -> None:
    n_before = account.duties.count()
    from django.db import IntegrityError, transaction

    try:
        with transaction.atomic():
            one_duty(data.draw, cast, account)
    except IntegrityError:
        assert account.duties.count() == n_before


def test_a_yes_names_the_duty_the_unit_and_since_when(cast: Cast) -> None:
    ill = explain_rows(cast.accounts["teacher"], cast.klass, MONDAY)
    assert [answer.allowed for answer in ill] == [True, True, True]
    assert ill[1].sentences[0] == "能看谁生病：2026年9月1日起是三(1)班的班主任。"


def test_a_no_says_what_is_missing_and_which_posts_could(cast: Cast) -> None:
    roster, ill = explain_rows(cast.accounts["county"], cast.klass, MONDAY)
    assert not roster.allowed
    assert roster.sentences[0] == "不能看学生名册。"
    assert "青禾县县级值班，这个岗位没有这项权" in roster.sentences[1]
    for post in ("三(1)班班主任", "明德小学校医", "明德小学疫情报告人", "明德小学校长", "明德小学学籍管理员"):
        assert post in roster.sentences[2]
    assert "明德小学学籍管理员" not in ill.sentences[2]


@pytest.mark.parametrize(
    ("name", "place", "says"),
    [
        ("teacher", "sibling", "此人是三(1)班的班主任，那份职责不到三(2)班。"),
        ("nobody", "klass", "那天此人没有任何职责。"),
        ("foreign_reporter", "school", "此人是育英小学的疫情报告人，那份职责不到明德小学。"),
    ],
)
def test_a_no_tells_near_misses_apart(cast: Cast, name: str, place: str, says: str) -> None:
    answer = explain_rows(cast.accounts[name], getattr(cast, place), MONDAY)[0]
    assert not answer.allowed
    assert says in answer.sentences


def test_a_duty_that_has_ended_or_not_begun_is_named_with_its_day(cast: Cast) -> None:
    account = open_account(actor_id=None, username="new", name="新人")
    give_duty(
        actor_id=None,
        account=account,
        role=Role.SCHOOL_DOCTOR,
        org=cast.school,
        from_day=MONDAY,
        to_day=MONDAY + DAY,
    )
    said = [
        explain(account, Right.FOLLOW_HEALTH, cast.school, MONDAY + n * DAY).sentences for n in (-1, 0, 2)
    ]
    assert "明德小学的校医从 2026年11月23日 才开始。" in said[0]
    assert said[1][1] == "到 2026年11月24日 为止。"
    assert "明德小学的校医到 2026年11月24日 已结束。" in said[2]


def test_a_duty_at_a_unit_that_was_closed_says_so(cast: Cast) -> None:
    Org.objects.filter(pk=cast.klass.pk).update(to_day=MONDAY)
    teacher = cast.accounts["teacher"]
    assert explain(teacher, Right.RECORD_CHECK, cast.klass, MONDAY).allowed
    after = explain(teacher, Right.RECORD_CHECK, cast.klass, MONDAY + DAY)
    assert not after.allowed
    assert "三(1)班已于 2026年11月23日 撤销，职责随它结束。" in after.sentences
    assert explain_own(teacher, MONDAY + DAY) == []


def test_a_principal_is_told_that_names_are_masked(cast: Cast) -> None:
    full = explain_rows(cast.accounts["principal"], cast.klass, MONDAY)[2]
    assert not full.allowed
    assert "遮挡" in full.sentences[0]


def test_a_closed_account_may_nothing(cast: Cast) -> None:
    teacher = cast.accounts["teacher"]
    teacher.is_active = False
    assert explain(teacher, Right.RECORD_CHECK, cast.klass, MONDAY).sentences == ("不能：账号已停用。",)


def asked(cast: Cast, name: str, address: str, inside: Org | None = None) -> Any:
    return explain_address(
        cast.accounts[name], address, MONDAY, asker=cast.actor("county"), inside=inside or cast.county
    )


def test_an_address_is_explained_by_its_own_door(cast: Cast) -> None:
    page = f"/school/{cast.school.pk}/follow-ups"
    assert asked(cast, "doctor", page).allowed
    assert "明德小学的校医" in asked(cast, "doctor", page).sentences[0]
    assert not asked(cast, "principal", page).allowed
    assert not asked(cast, "foreign_reporter", page).allowed
    assert asked(cast, "doctor", "account/devices?x=1").allowed
    assert asked(cast, "doctor", "/healthz").allowed
    with pytest.raises(Refused, match=r"explain\.address"):
        asked(cast, "doctor", "/nothing/of/the/kind")


def test_what_lies_outside_the_askers_unit_is_not_told_apart_from_what_is_not_there(cast: Cast) -> None:
    there = asked(cast, "foreign_reporter", f"/school/{cast.other_school.pk}", inside=cast.school)
    nothing = asked(cast, "foreign_reporter", "/school/987654321", inside=cast.school)
    assert there == nothing
    assert not there.allowed


def test_looking_with_anothers_eyes_leaves_the_askers_own(cast: Cast) -> None:
    from xiaodun.foundation import scope
    from xiaodun.foundation.scope import set_scope

    set_scope(cast.actor("county").reach)
    asked(cast, "doctor", f"/school/{cast.school.pk}/follow-ups")
    assert set(scope._read()) == {"{}"}


def test_what_one_may_oneself_is_told_duty_by_duty(cast: Cast) -> None:
    ((duty, does, reads),) = explain_own(cast.accounts["teacher"], MONDAY)
    assert duty.role == Role.CLASS_REPORTER
    assert "登记晨检午检" in does
    assert reads == ["看 三(1)班 的学生名册。", "看 三(1)班 谁生病。", "看到全名。"]
    ((_duty, _does, cdc),) = explain_own(cast.accounts["cdc"], MONDAY)
    assert cdc == ["只看数字，不看姓名。要名单须写明用途，会留痕。"]
    assert explain_own(cast.accounts["nobody"], MONDAY) == []


def test_every_right_has_its_word() -> None:
    assert set(WORDS) == set(Right)
    words = [right_word(right) for right in Right]
    assert len(set(words)) == len(words)


def test_the_days_of_a_yes_are_those_of_the_duty(cast: Cast) -> None:
    for n in (-100, 0, 1000):
        day = date.fromordinal(MONDAY.toordinal() + n)
        expected = bool(Duty.objects.on(day).filter(account=cast.accounts["doctor"]).exists())
        assert explain(cast.accounts["doctor"], Right.FOLLOW_HEALTH, cast.school, day).allowed == expected
