"""What dies with a password: every other session, every device key, at once; and the link by which an office gives a new one."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse
from tests.cast import MONDAY, Cast

from xiaodun.foundation.models import JournalRow
from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.accounts import passwords
from xiaodun.responsibility.accounts.actions import give_duty, issue_device_token, open_account
from xiaodun.responsibility.accounts.actor import actor_of
from xiaodun.responsibility.accounts.models import Account, DeviceToken, Role
from xiaodun.responsibility.accounts.passwords import (
    account_of_link,
    change_password,
    close_account,
    invite,
    reopen_account,
    set_password_by_link,
)

OLD, NEW = "一句自己记得住的长话", "另一句更长也记得住的话"


@pytest.fixture
def li(cast: Cast, settings: Any) -> Account:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    account = open_account(actor_id=None, username="li", name="李老师", password=OLD, org=cast.school)
    give_duty(actor_id=None, account=account, role=Role.CLASS_REPORTER, org=cast.klass, from_day=MONDAY)
    return account


def enter(password: str = OLD) -> Client:
    client = Client()
    assert client.post("/account/sign-in", {"login": "li", "password": password}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/account").status_code == 200


def key_of(account: Account) -> str:
    return issue_device_token(actor=actor_of(account, MONDAY), label="手机")[0]


def opens(cast: Cast, key: str) -> bool:
    path = f"/api/v1/classes/{cast.klass.pk}/roster"
    return Client().get(path, HTTP_AUTHORIZATION=f"Bearer {key}").status_code == 200


def test_changing_ones_own_password_ends_all_other_sessions_and_every_key_but_not_this_session(
    cast: Cast, li: Account
) -> None:
    here, elsewhere, key = enter(), enter(), key_of(li)
    assert opens(cast, key)
    answer = here.post("/account/password", {"old": OLD, "new": NEW, "again": NEW})
    assert answer["Location"] == "/account"
    assert is_in(here)
    assert not is_in(elsewhere)
    assert not opens(cast, key)
    assert is_in(enter(NEW))
    line = JournalRow.objects.get(verb="password.change")
    assert (line.actor_id, line.facts) == (li.pk, {"n_keys": 1})


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"old": "wrong", "new": NEW, "again": NEW}, "password.old"),
        ({"old": OLD, "new": NEW, "again": NEW + "x"}, "password.twice"),
        ({"old": OLD, "new": OLD, "again": OLD}, "password.same"),
        ({"old": OLD, "new": "短", "again": "短"}, "password.weak"),
        ({"old": OLD, "new": "1234567890", "again": "1234567890"}, "password.weak"),
        ({"old": OLD, "new": "", "again": ""}, "password.weak"),
    ],
)
def test_a_change_that_is_refused_changes_nothing(
    cast: Cast, li: Account, said: dict[str, str], code: str
) -> None:
    here, elsewhere, key = enter(), enter(), key_of(li)
    answer = here.post("/account/password", said)
    assert answer.status_code == 400
    assert code in answer.content.decode()
    assert is_in(here)
    assert is_in(elsewhere)
    assert opens(cast, key)


def test_guessing_the_old_password_in_an_open_session_is_counted(cast: Cast, li: Account) -> None:
    here = enter()
    statuses = [
        here.post("/account/password", {"old": "wrong", "new": NEW, "again": NEW}).status_code
        for _n in range(5)
    ]
    assert statuses == [400, 400, 400, 400, 429]


def test_an_office_shuts_the_old_way_in_and_never_learns_the_new_one(cast: Cast, li: Account) -> None:
    session, key = enter(), key_of(li)
    link = invite(actor=cast.actor("principal"), account=li)
    assert not is_in(session)
    assert not opens(cast, key)
    assert Client().post("/account/sign-in", {"login": "li", "password": OLD}).status_code == 200
    page = Client().get(reverse("set_password", args=[link]))
    assert "李老师" in page.content.decode()
    client = Client()
    answer = client.post(reverse("set_password", args=[link]), {"new": NEW, "again": NEW})
    assert answer["Location"] == "/account/sign-in"
    assert not is_in(client)
    assert is_in(enter(NEW))
    verbs = list(JournalRow.objects.filter(verb__startswith="password").values_list("verb", "actor_id"))
    assert verbs == [("password.reset", cast.accounts["principal"].pk), ("password.set", li.pk)]
    assert link.partition("-")[2] not in str(list(JournalRow.objects.values_list("facts", flat=True)))


def test_a_link_works_once_and_a_newer_one_ends_it(cast: Cast, li: Account) -> None:
    principal = cast.actor("principal")
    first = invite(actor=principal, account=li)
    second = invite(actor=principal, account=li)
    assert account_of_link(first) is None
    set_password_by_link(key=second, new=NEW)
    assert account_of_link(second) is None
    with pytest.raises(Refused, match=r"password\.link"):
        set_password_by_link(key=second, new=OLD)
    assert Client().get(reverse("set_password", args=[second])).status_code == 404


def test_a_link_dies_after_a_day(cast: Cast, li: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    link = invite(actor=cast.actor("principal"), account=li)
    for hours, lives in ((23, True), (25, False)):
        later = datetime.now() + timedelta(hours=hours)  # noqa: DTZ005
        monkeypatch.setattr(passwords._one_time, "_now", lambda later=later: later)
        assert (account_of_link(link) is not None) is lives


@pytest.mark.parametrize("key", ["", "-", "1-", "zzzzzzzzzzzzzzzzzzzzzz-x", "1-abc-def", "用户-1"])
def test_a_made_up_link_is_none(cast: Cast, li: Account, key: str) -> None:
    assert account_of_link(key) is None


def test_a_link_of_one_account_opens_no_other(cast: Cast, li: Account) -> None:
    link = invite(actor=cast.actor("principal"), account=li)
    other = cast.accounts["doctor"]
    forged = link.replace(link.partition("-")[0], passwords.int_to_base36(other.pk), 1)
    assert account_of_link(forged) is None


def test_lost_telephone_and_codes_may_be_dropped_with_the_password(cast: Cast, li: Account) -> None:
    TOTP.activate(li, generate_totp_secret())
    invite(actor=cast.actor("principal"), account=li)
    assert Authenticator.objects.filter(user=li).exists()
    invite(actor=cast.actor("principal"), account=li, drop_second_factor=True)
    assert not Authenticator.objects.filter(user=li).exists()
    assert JournalRow.objects.latest("pk").facts == {"n_keys": 0, "n_factors": 1}


def test_closing_an_account_ends_duties_keys_sessions_and_what_it_proved_with(
    cast: Cast, li: Account
) -> None:
    session, key = enter(), key_of(li)
    TOTP.activate(li, generate_totp_secret())
    give_duty(
        actor_id=None,
        account=li,
        role=Role.SCHOOL_DOCTOR,
        org=cast.school,
        from_day=MONDAY - timedelta(days=30),
    )
    n_lines = JournalRow.objects.count()
    close_account(actor=cast.actor("principal"), account=li)
    assert not is_in(session)
    assert not opens(cast, key)
    assert not actor_of(li, MONDAY).duties
    assert [duty.to_day for duty in li.duties.all()] == [MONDAY - timedelta(days=1)]
    assert not Authenticator.objects.filter(user=li).exists()
    assert JournalRow.objects.count() == n_lines + 1
    line = JournalRow.objects.latest("pk")
    assert (line.verb, line.facts) == ("account.close", {"n_keys": 1, "n_duties": 2})
    assert Client().post("/account/sign-in", {"login": "li", "password": OLD}).status_code != 302


def test_an_opened_again_account_has_no_duty_and_no_password(cast: Cast, li: Account) -> None:
    close_account(actor=cast.actor("principal"), account=li)
    reopen_account(actor=cast.actor("principal"), account=li)
    li.refresh_from_db()
    assert li.is_active
    assert not li.has_usable_password()
    assert not actor_of(li, MONDAY).duties


@pytest.mark.parametrize("act", [invite, close_account])
def test_nobody_does_this_to_themselves(cast: Cast, act: Any) -> None:
    with pytest.raises(Refused, match=r"account\.self"):
        act(actor=cast.actor("principal"), account=cast.accounts["principal"])


def test_changing_a_password_touches_nobody_elses_keys(cast: Cast, li: Account) -> None:
    other = key_of(cast.accounts["teacher"])
    change_password(actor=actor_of(li, MONDAY), account=li, new=NEW)
    assert opens(cast, other)
    assert DeviceToken.objects.filter(revoked_at__isnull=True).count() == 1


@pytest.mark.parametrize(
    ("username", "name", "code"),
    [
        ("li", "李", "account.taken"),
        ("LI", "李", "account.taken"),
        ("", "李", "account.username"),
        ("a b", "李", "account.username"),
        ("x" * 41, "李", "account.username"),
        ("new", "  ", "account.name"),
        ("new", "李" * 81, "account.name_long"),
    ],
)
def test_an_account_that_nobody_could_enter_is_not_opened(
    li: Account, username: str, name: str, code: str
) -> None:
    n_accounts = Account.objects.count()
    with pytest.raises(Refused, match=re.escape(code)):
        open_account(actor_id=None, username=username, name=name)
    assert Account.objects.count() == n_accounts
