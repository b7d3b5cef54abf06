"""谁在岗 in the pages: blanks first, with who could fill them; appointing, ending, handing over; refusals in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import MONDAY, Cast

from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.models import Account, Duty, Role
from xiaodun.responsibility.orgs.actions import found_org
from xiaodun.responsibility.orgs.models import Level

pytestmark = [pytest.mark.requirement("R15"), pytest.mark.requirement("R24"), pytest.mark.requirement("R79")]
DAY = timedelta(days=1)


def as_(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.accounts[name])
    return client


def board(cast: Cast, name: str = "principal", org: Any = None) -> str:
    answer = as_(cast, name).get(reverse("office:duties", args=[(org or cast.school).pk]))
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.fixture
def newcomer(cast: Cast) -> Account:
    return open_account(actor_id=None, username="newcomer", name="新来的", org=cast.school)


def test_a_school_shows_every_post_and_counts_the_blanks(cast: Cast) -> None:
    """Clerk and the second class are blank."""
    page = board(cast)
    assert "还有 2 个岗位没人" in page
    for words in ("校长", "疫情报告人", "校医", "学籍管理员", "三(1)班 班主任", "三(2)班 班主任"):
        assert words in page
    assert "principal老师" in page
    assert "deputy老师" in page
    assert page.count('class="tag blank"') == 2
    assert "没有闲着的人" in page


def test_a_blank_proposes_its_deputy_else_somebody_without_a_post(cast: Cast, newcomer: Account) -> None:
    assert "新来的，现在没有岗位" in board(cast)
    Duty.objects.filter(account=cast.accounts["reporter"]).update(to_day=MONDAY - DAY)
    assert "deputy老师，现在的副手" in board(cast)


def test_two_owners_of_one_post_are_told(cast: Cast, newcomer: Account) -> None:
    give_duty(actor_id=None, account=newcomer, role=Role.PRINCIPAL, org=cast.school, from_day=MONDAY)
    assert "tag double_owner" in board(cast)


def test_a_duty_that_begins_later_leaves_the_post_blank_today(cast: Cast, newcomer: Account) -> None:
    give_duty(actor_id=None, account=newcomer, role=Role.SCHOOL_CLERK, org=cast.school, from_day=MONDAY + DAY)
    page = board(cast)
    assert "还有 2 个岗位没人" in page
    assert "11月24日起 新来的" in page


def test_groups_have_posts_too(cast: Cast) -> None:
    found_org(actor_id=None, level=Level.GROUP, name="1号楼", parent=cast.school, group_kind="dorm")
    assert "1号楼 宿管" in board(cast)


def test_a_county_shows_its_own_posts_and_the_schools_with_blanks(cast: Cast) -> None:
    page = board(cast, "county", cast.county)
    for words in ("县级值班", "疾控值班", "系统管理员", "明德小学", "育英小学"):
        assert words in page
    assert "还有 7 个岗位没人" in page  # the operator; clerk and a class here; three posts and a class there
    assert "2 / 2 所" in page


def test_a_class_leads_to_its_school(cast: Cast) -> None:
    answer = as_(cast, "county").get(reverse("office:duties", args=[cast.klass.pk]))
    assert answer["Location"] == reverse("office:duties", args=[cast.school.pk])


def test_a_principal_appoints_and_the_person_may_at_once(cast: Cast, newcomer: Account) -> None:
    client = as_(cast, "principal")
    answer = client.post(
        reverse("office:appoint", args=[cast.sibling.pk]),
        {"role": "class_reporter", "account": "newcomer", "from_day": "2026-11-23"},
        follow=True,
    )
    assert "已指定 新来的" in answer.content.decode()
    reader = Client()
    reader.force_login(newcomer)
    assert reader.get(reverse("classroom:check", args=[cast.sibling.pk])).status_code == 200


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"account": "nobody-of-this-name"}, "account.unknown"),
        ({"account": "principal"}, "duty.self"),
        ({"account": "newcomer", "from_day": "2026-11-01"}, "duty.days"),
        ({"account": "newcomer", "from_day": "明天"}, "duty.date"),
        ({"account": ""}, "account.unknown"),
    ],
)
def test_a_refusal_says_why_and_keeps_what_was_typed(
    cast: Cast, newcomer: Account, said: dict[str, str], code: str
) -> None:
    n_duties = Duty.objects.count()
    answer = as_(cast, "principal").post(
        reverse("office:appoint", args=[cast.school.pk]), {"role": "school_clerk", **said}
    )
    assert answer.status_code == 400
    page = answer.content.decode()
    assert code in page
    assert f'value="{said["account"]}"' in page or not said["account"]
    assert Duty.objects.count() == n_duties


def test_a_person_is_found_by_name_only_where_one_bears_it(cast: Cast, newcomer: Account) -> None:
    client, there = as_(cast, "principal"), reverse("office:appoint", args=[cast.school.pk])
    open_account(actor_id=None, username="second", name="新来的", org=cast.school)
    refused = client.post(there, {"role": "school_clerk", "account": "新来的"})
    assert "account.several" in refused.content.decode()
    assert client.post(there, {"role": "school_clerk", "account": "second"}).status_code == 302


def test_somebody_of_another_county_is_nobody_here(cast: Cast) -> None:
    far = found_org(actor_id=None, level=Level.COUNTY, name="白河县", parent=cast.county.parent)
    open_account(actor_id=None, username="far", name="远方", org=far)
    answer = as_(cast, "principal").post(
        reverse("office:appoint", args=[cast.school.pk]), {"role": "school_clerk", "account": "far"}
    )
    assert "account.unknown" in answer.content.decode()


def test_ending_and_handing_over_by_the_pages(cast: Cast, newcomer: Account) -> None:
    client = as_(cast, "principal")
    doctor = cast.accounts["doctor"].duties.get()
    handed = client.post(
        reverse("office:hand_over", args=[doctor.pk]),
        {"account": "newcomer", "from_day": "2026-11-23", "to_day": "2026-11-24"},
        follow=True,
    )
    assert "由 新来的 代班" in handed.content.decode()
    assert "doctor老师" in handed.content.decode()
    stand_in = newcomer.duties.get()
    ended = client.post(reverse("office:end_duty", args=[stand_in.pk]), follow=True)
    assert "已结束" in ended.content.decode()
    assert Duty.objects.on(MONDAY).get(role=Role.SCHOOL_DOCTOR).account.username == "doctor"


def test_a_post_tells_its_history(cast: Cast, newcomer: Account) -> None:
    Duty.objects.filter(account=cast.accounts["doctor"]).update(to_day=MONDAY - DAY)
    give_duty(actor_id=None, account=newcomer, role=Role.SCHOOL_DOCTOR, org=cast.school, from_day=MONDAY)
    there = reverse("office:post", args=[cast.school.pk]) + "?role=school_doctor"
    page = as_(cast, "principal").get(there).content.decode()
    assert page.index("新来的") < page.index("doctor老师")
    assert "已离任" in page


@pytest.mark.parametrize("role", ["county_officer", "class_reporter", "", "x"])
def test_a_post_that_the_unit_does_not_have_is_not_there(cast: Cast, role: str) -> None:
    there = reverse("office:post", args=[cast.school.pk])
    assert as_(cast, "principal").get(there, {"role": role}).status_code == 404


def test_the_board_costs_as_many_queries_for_many_classes_as_for_few(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for n in range(3, 9):
        found_org(
            actor_id=None,
            level=Level.KLASS,
            name=f"三({n})班",
            parent=cast.klass.parent,
            stage="primary",
            grade_number=3,
            class_number=n,
        )
    client = as_(cast, "principal")
    with django_assert_max_num_queries(22):
        client.get(reverse("office:duties", args=[cast.school.pk]))
