"""Accounts in the office's pages: opened without a password, entered by a link, closed; each for one's own people alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import MONDAY, Cast

from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.identities import identity_of
from xiaodun.responsibility.accounts.models import Account, Role

PASSWORD, NEW = "一句自己记得住的长话", "另一句更长也记得住的话"


@pytest.fixture
def principal(cast: Cast, settings: Any) -> Client:
    """Signed in just now, with a password: what is weighty does not ask again."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return entered(cast.accounts["principal"])


def entered(account: Account) -> Client:
    account.set_password(PASSWORD)
    account.save()
    client = Client()
    assert (
        client.post("/account/sign-in", {"login": account.username, "password": PASSWORD}).status_code == 302
    )
    return client


def test_from_opening_an_account_to_the_first_sign_in(cast: Cast, principal: Client) -> None:
    opened = principal.post(
        reverse("office:open_account", args=[cast.school.pk]), {"username": "xin", "name": "新老师"}
    )
    person = Account.objects.get(username="xin")
    assert opened["Location"] == reverse("office:account", args=[person.pk])
    assert (person.org, person.has_usable_password()) == (cast.school, False)
    page = principal.post(reverse("office:give_link", args=[person.pk])).content.decode()
    assert "data:image/svg+xml;base64," in page
    link = re.search(r'value="http://testserver(/account/first/[^"]+)"', page)
    assert link
    assert "no-store" in principal.post(reverse("office:give_link", args=[person.pk]))["Cache-Control"]
    fresh = re.search(
        r'value="http://testserver(/account/first/[^"]+)"',
        principal.post(reverse("office:give_link", args=[person.pk])).content.decode(),
    )
    assert fresh
    assert Client().get(link[1]).status_code in (200, 404)
    assert Client().post(fresh[1], {"new": NEW, "again": NEW}).status_code == 302
    assert Client().post("/account/sign-in", {"login": "xin", "password": NEW}).status_code == 302


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"username": "doctor", "name": "某"}, "account.taken"),
        ({"username": "x y", "name": "某"}, "account.username"),
    ],
)
def test_a_name_that_will_not_do_is_refused_in_words(
    cast: Cast, principal: Client, said: dict[str, str], code: str
) -> None:
    answer = principal.post(reverse("office:open_account", args=[cast.school.pk]), said)
    assert answer.status_code == 400
    assert code in answer.content.decode()
    assert 'value="某"' in answer.content.decode()


def test_somebody_who_also_stands_elsewhere_is_looked_after_from_above(cast: Cast, principal: Client) -> None:
    doctor = cast.accounts["doctor"]
    there = reverse("office:account", args=[doctor.pk])
    assert principal.get(there).status_code == 200
    give_duty(actor_id=None, account=doctor, role=Role.SCHOOL_DOCTOR, org=cast.other_school, from_day=MONDAY)
    assert principal.get(there).status_code == 404
    assert principal.post(reverse("office:close_account", args=[doctor.pk])).status_code == 404
    assert entered(cast.accounts["county"]).get(there).status_code == 200


def test_a_principal_does_not_reach_those_above(cast: Cast, principal: Client) -> None:
    for name in ("county", "cdc", "foreign_reporter", "nobody"):
        account = cast.accounts[name]
        assert principal.get(reverse("office:account", args=[account.pk])).status_code == 404
        assert principal.post(reverse("office:give_link", args=[account.pk])).status_code == 404


def test_a_stale_session_is_asked_again_before_it_gives_a_link(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.accounts["principal"])
    asked = client.post(reverse("office:give_link", args=[cast.accounts["doctor"].pk]))
    assert asked["Location"].startswith("/account/confirm")


def test_closing_and_opening_again_by_the_pages(cast: Cast, principal: Client) -> None:
    person = cast.accounts["doctor"]
    closed = principal.post(reverse("office:close_account", args=[person.pk]), follow=True)
    assert "账号已停用" in closed.content.decode()
    again = principal.post(reverse("office:reopen_account", args=[person.pk]), follow=True)
    assert "账号已启用" in again.content.decode()
    person.refresh_from_db()
    assert person.is_active
    assert not person.duties.on(MONDAY).exists()


def test_nobody_closes_their_own_account_here(cast: Cast, principal: Client) -> None:
    own = cast.accounts["principal"]
    answer = principal.post(reverse("office:close_account", args=[own.pk]))
    assert answer.status_code == 400
    assert "account.self" in answer.content.decode()


def test_an_operator_binds_an_identity_and_others_do_not(
    cast: Cast, principal: Client, settings: Any
) -> None:
    teacher = cast.accounts["teacher"]
    there = reverse("office:bind_identity", args=[teacher.pk])
    account = open_account(actor_id=None, username="operator", name="管理员")
    give_duty(actor_id=None, account=account, role=Role.OPERATOR, org=cast.county, from_day=MONDAY)
    operator = entered(account)
    assert operator.post(there, {"subject": "s-1"}).status_code == 404
    settings.OIDC = settings.OIDC | {"ISSUER": "https://id.example.org", "NAME": "县统一认证"}
    assert principal.post(there, {"subject": "s-1"}).status_code == 404
    assert (
        "在县统一认证的用户标识"
        in operator.get(reverse("office:account", args=[teacher.pk])).content.decode()
    )
    assert operator.post(there, {"subject": " s-1 "}).status_code == 302
    bound = identity_of(teacher)
    assert bound
    assert bound.uid == "s-1"
    refused = operator.post(there, {"subject": ""})
    assert "identity.subject" in refused.content.decode()
    operator.post(reverse("office:unbind_identity", args=[teacher.pk]))
    assert identity_of(teacher) is None
