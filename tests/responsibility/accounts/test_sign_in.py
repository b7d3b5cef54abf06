"""Signing in: on our own page, locked after five misses for one account on one device, never for a whole school."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from tests.cast import Cast

from xiaodun.responsibility.accounts.actions import choose_language, choose_type_size, open_account
from xiaodun.responsibility.accounts.models import Account

PASSWORD = "十个字以上的一句话吧"
PATH = "/account/sign-in"
MISSES = 5


@pytest.fixture(autouse=True)
def _fresh_counts(settings: Any) -> Iterator[None]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the tests' own minutes
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def account(cast: Cast) -> Account:
    return open_account(actor_id=None, username="liulaoshi", name="刘老师", password=PASSWORD)


def enter(username: str, password: str, *, device: str = "one", client: Client | None = None) -> HttpResponse:
    client = client or Client()
    return client.post(PATH, {"login": username, "password": password}, HTTP_USER_AGENT=device)  # type: ignore[no-any-return]


def is_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer["Location"] == "/home"


def test_the_sign_in_page_is_ours(account: Account) -> None:
    answer = Client().get(PATH)
    assert answer.status_code == 200
    assert 'autocomplete="current-password"' in answer.content.decode()
    assert "page/xiaodun.css" in answer.content.decode()
    assert not re.search(r'href="[^"]*closed"', answer.content.decode())


def test_the_right_password_signs_in(account: Account) -> None:
    client = Client()
    assert is_in(enter("liulaoshi", PASSWORD, client=client))
    assert client.get("/home").status_code == 200


def test_after_signing_in_one_comes_to_where_one_was_going(account: Account) -> None:
    answer = Client().post(PATH, {"login": "liulaoshi", "password": PASSWORD, "next": "/class/12"})
    assert answer["Location"] == "/class/12"
    away = Client().post(PATH, {"login": "liulaoshi", "password": PASSWORD, "next": "https://example.org/"})
    assert away["Location"] == "/home"


def test_a_wrong_password_and_an_unknown_name_are_told_the_same(account: Account) -> None:
    wrong, unknown = enter("liulaoshi", "x" * 12), enter("meiyouzhegeren", "x" * 12)
    token = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
    assert wrong.status_code == unknown.status_code == 200
    assert token.sub("", wrong.content.decode()) == token.sub("", unknown.content.decode())


def test_five_misses_lock_the_account_on_that_device(account: Account) -> None:
    for _n in range(MISSES):
        enter("liulaoshi", "x" * 12)
    locked = enter("liulaoshi", PASSWORD)
    assert not is_in(locked)
    assert locked.status_code in (403, 429)


def test_four_misses_do_not_lock(account: Account) -> None:
    for _n in range(MISSES - 1):
        enter("liulaoshi", "x" * 12)
    assert is_in(enter("liulaoshi", PASSWORD))


def test_a_locked_account_locks_neither_its_owners_phone_nor_a_colleague_at_the_same_address(
    account: Account,
) -> None:
    open_account(actor_id=None, username="wanglaoshi", name="王老师", password=PASSWORD)
    for _n in range(MISSES):
        enter("liulaoshi", "x" * 12, device="an attacker's")
    assert is_in(enter("liulaoshi", PASSWORD, device="her own"))
    assert is_in(enter("wanglaoshi", PASSWORD, device="an attacker's"))


def test_a_school_behind_one_address_can_sign_in_at_half_past_seven(account: Account) -> None:
    """Sixty teachers in one minute from one network address; thirty were let in before."""
    assert all(is_in(enter("liulaoshi", PASSWORD)) for _n in range(60))


def test_a_closed_account_does_not_get_in(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(is_active=False)
    client = Client()
    assert not is_in(enter("liulaoshi", PASSWORD, client=client))
    assert client.get("/home").status_code == 302


def test_an_account_without_a_password_is_entered_by_nobody(cast: Cast) -> None:
    assert not is_in(enter("teacher", ""))
    assert not is_in(enter("teacher", "x" * 12))


def test_nobody_opens_an_account_for_themselves(cast: Cast) -> None:
    n_accounts = Account.objects.count()
    answer = Client().post("/account/closed", {"username": "new", "password1": PASSWORD})
    assert (answer.status_code, Account.objects.count()) == (302, n_accounts)


def test_a_changed_password_ends_the_sessions_before_it(account: Account) -> None:
    client = Client()
    enter("liulaoshi", PASSWORD, client=client)
    account.set_password(PASSWORD + "新")
    account.save()
    assert client.get("/home").status_code == 302


def test_a_session_cookie_is_kept_from_scripts_and_other_sites(account: Account) -> None:
    answer = enter("liulaoshi", PASSWORD)
    cookie = answer.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_language_and_type_size_stay_with_ones_own_account(cast: Cast) -> None:
    choose_language(actor=cast.actor("teacher"), language="en")
    choose_type_size(actor=cast.actor("teacher"), large=True)
    changed = Account.objects.filter(language="en") | Account.objects.filter(large_type=True)
    assert [account.username for account in changed] == ["teacher"]
