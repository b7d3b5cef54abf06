"""The explainer's page: for the operator about everybody in the own units, for everybody about themselves."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import MONDAY, Cast

from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.orgs.models import Org

pytestmark = pytest.mark.requirement("R15")


@pytest.fixture
def operator(cast: Cast) -> Client:
    account = open_account(actor_id=None, username="operator", name="管理员")
    give_duty(actor_id=None, account=account, role=Role.OPERATOR, org=cast.county, from_day=MONDAY)
    client = Client()
    client.force_login(account)
    return client


def ask(client: Client, unit: Org, **said: object) -> str:
    query = "&".join(f"{name}={quote(str(value))}" for name, value in said.items())
    return str(client.get(f"{reverse('office:explain', args=[unit.pk])}?{query}").content.decode())


def test_why_a_teacher_reads_her_class(cast: Cast, operator: Client) -> None:
    page = ask(operator, cast.school, who="teacher", what="rows", where=cast.klass.pk)
    assert "能看谁生病：2026年9月1日起是三(1)班的班主任。" in page
    assert "能看全名" in page


def test_why_an_officer_does_not_and_who_could(cast: Cast, operator: Client) -> None:
    page = ask(operator, cast.county, who="county", what="health.follow", where=cast.school.pk)
    assert "不能随访、记诊断。" in page
    assert "明德小学校医" in page


def test_a_page_is_asked_about_by_its_address(cast: Cast, operator: Client) -> None:
    there = reverse("school:follow_ups", args=[cast.school.pk])
    assert "能随访、记诊断" in ask(operator, cast.county, who="doctor", address=there)
    assert "不能随访、记诊断" in ask(operator, cast.county, who="principal", address=there)


def test_an_answer_shows_no_pupil(cast: Cast, operator: Client) -> None:
    pages = [
        ask(operator, cast.school, who="doctor", what="rows", where=cast.klass.pk),
        ask(operator, cast.county, who="doctor", address=f"/class/{cast.klass.pk}"),
    ]
    names = [person.name for person in cast.pupils[cast.klass.pk]]
    assert not [name for page in pages for name in names if name in page]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"who": "nobody-of-this-name", "what": "rows"}, "account.unknown"),
        ({"who": "doctor", "what": "no.such.right"}, "explain.what"),
        ({"who": "doctor", "what": "rows", "day": "gestern"}, "explain.day"),
        ({"who": "doctor", "what": "rows", "where": "987654321"}, "explain.unit"),
        ({"who": "doctor", "address": "/no/such/page"}, "explain.address"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_in_words(
    cast: Cast, operator: Client, said: dict[str, str], code: str
) -> None:
    assert code in ask(operator, cast.school, **said)


def test_a_unit_that_is_not_within_the_one_asked_at_is_refused(cast: Cast, operator: Client) -> None:
    assert "explain.unit" in ask(operator, cast.school, who="doctor", what="rows", where=cast.other_school.pk)


@pytest.mark.parametrize("name", ["principal", "county", "doctor", "cdc", "teacher"])
def test_who_explains_nothing_finds_no_such_page(cast: Cast, name: str) -> None:
    client = Client()
    client.force_login(cast.accounts[name])
    assert client.get(reverse("office:explain", args=[cast.school.pk])).status_code == 404


def test_everybody_reads_what_they_see_themselves(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.accounts["principal"])
    page = client.get(reverse("office:my_access")).content.decode()
    assert "看 明德小学 谁生病。" in page
    assert "姓名有遮挡。" in page
    assert "安排谁在岗" in page
    client.force_login(cast.accounts["nobody"])
    assert "您现在没有职责" in client.get(reverse("office:my_access")).content.decode()
