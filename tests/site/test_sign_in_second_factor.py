"""The second factor: codes of a real authenticator on a clock that the test turns; forced above schools, offered to all."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axes.models import AccessAttempt
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from tests.cast import MORNING, Cast, at_time

from xiaodun.foundation.models import JournalRow
from xiaodun.foundation.sealed import unseal
from xiaodun.responsibility.accounts.actor import actor_of
from xiaodun.responsibility.accounts.models import Account
from xiaodun.responsibility.accounts.rights import Right

PASSWORD = "一句自己记得住的长话"


class Hands:
    """The hands of the machine's clock."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def turn(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands = Hands()
    monkeypatch.setattr(time, "time", lambda: hands.now)
    return hands


@pytest.fixture(autouse=True)
def _asked(settings: Any) -> None:
    settings.SECOND_FACTOR = "required"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def officer(cast: Cast) -> Iterator[Account]:
    account = cast.accounts["county"]
    account.set_password(PASSWORD)
    account.save()
    with at_time(MORNING):
        yield account


def code_of(secret: str, hands: Hands, steps: int = 0) -> str:
    """What the telephone shows now, or showed some steps of thirty seconds ago."""
    return format_hotp_value(hotp_value(secret.replace(" ", ""), int(hands.now) // 30 + steps))


def sign_in(account: Account, client: Client | None = None) -> tuple[Client, HttpResponse]:
    client = client or Client()
    return client, client.post("/account/sign-in", {"login": account.username, "password": PASSWORD})


def switched_on(account: Account, hands: Hands) -> tuple[str, list[str]]:
    """Secret and recovery codes of an account that switched it on through the pages; a minute passes."""
    client, _answer = sign_in(account)
    page = client.get(reverse("second_factor_on")).content.decode()
    secret = re.search(r"<b>([A-Z2-7 ]{32,})</b>", page)
    assert secret
    answer = client.post(reverse("second_factor_on"), {"code": code_of(secret[1], hands)})
    assert answer.status_code == 200
    codes = re.findall(r"<li>(\d{4} \d{4})</li>", answer.content.decode())
    hands.turn(60)
    return secret[1], codes


def test_an_officer_without_one_is_led_to_set_it_up_and_comes_to_where_they_were_going(
    cast: Cast, officer: Account, hands: Hands
) -> None:
    client, _answer = sign_in(officer)
    assert client.get("/home")["Location"] == reverse("second_factor")
    page = reverse("bureau:today", args=[cast.county.pk])
    led = client.get(page)
    assert led["Location"] == f"{reverse('second_factor')}?next={page}"
    shown = client.get(led["Location"])
    assert "先开第二验证" in shown.content.decode()
    on = f"{reverse('second_factor_on')}?next={page}"
    assert on in shown.content.decode()
    form = client.get(on).content.decode()
    assert "data:image/svg+xml;base64," in form
    secret = re.search(r"<b>([A-Z2-7 ]{32,})</b>", form)
    assert secret
    wrong = client.post(on, {"code": "000000", "next": page})
    assert wrong.status_code == 400
    done = client.post(on, {"code": code_of(secret[1], hands), "next": page})
    assert f'href="{page}"' in done.content.decode()
    assert client.get(page).status_code == 200
    assert JournalRow.objects.filter(verb="second_factor.on", actor_id=officer.pk).count() == 1


def test_before_it_is_given_a_high_duty_opens_no_page_no_api_and_no_row(
    cast: Cast, officer: Account, hands: Hands
) -> None:
    actor = actor_of(officer, MORNING.date(), second_factor=False)
    assert not actor.duties
    assert not actor.may(Right.READ_COUNTY, cast.county)
    assert not actor.reach.county_ids
    client, _answer = sign_in(officer)
    assert client.get("/api/v1/signals").json() == []
    issued = client.post("/api/v1/devices", {"label": "手机"}, content_type="application/json").json()
    key = Client().get("/api/v1/signals", HTTP_AUTHORIZATION=f"Bearer {issued['token']}")
    assert key.json() == []


def test_a_teacher_is_not_asked(cast: Cast, hands: Hands) -> None:
    client = Client()
    client.force_login(cast.accounts["teacher"])
    assert client.get(reverse("classroom:check", args=[cast.klass.pk])).status_code == 200


def test_a_stranger_is_not_told_that_a_second_factor_would_help(cast: Cast, hands: Hands) -> None:
    client = Client()
    client.force_login(cast.accounts["teacher"])
    assert client.get(reverse("bureau:today", args=[cast.county.pk])).status_code == 404


def test_where_it_is_offered_an_officer_works_without_and_may_switch_it_on(
    cast: Cast, officer: Account, hands: Hands, settings: Any
) -> None:
    settings.SECOND_FACTOR = "offered"
    client, _answer = sign_in(officer)
    assert client.get(reverse("bureau:today", args=[cast.county.pk])).status_code == 200
    assert "开第二验证" in client.get(reverse("second_factor")).content.decode()
    switched_on(officer, hands)
    _client, answer = sign_in(officer)
    assert answer["Location"] == reverse("mfa_authenticate")


def test_the_password_alone_opens_nothing_any_more(cast: Cast, officer: Account, hands: Hands) -> None:
    secret, _codes = switched_on(officer, hands)
    client, answer = sign_in(officer)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert client.get("/home")["Location"].startswith("/account/sign-in")
    wrong = client.post(reverse("mfa_authenticate"), {"code": code_of(secret, hands, -7)})
    assert wrong.status_code == 200
    assert "second_factor.code" in wrong.content.decode()
    right = client.post(reverse("mfa_authenticate"), {"code": code_of(secret, hands)})
    assert right["Location"] == "/home"
    assert client.get(reverse("bureau:today", args=[cast.county.pk])).status_code == 200


def test_a_session_from_before_asks_for_a_code_on_the_next_page(
    cast: Cast, officer: Account, hands: Hands
) -> None:
    before, _answer = sign_in(officer)
    secret, _codes = switched_on(officer, hands)
    page = reverse("bureau:today", args=[cast.county.pk])
    led = before.get(page, follow=True)
    assert led.redirect_chain[-1][0] == f"{reverse('mfa_reauthenticate')}?next={page.replace('/', '%2F')}"
    there = led.redirect_chain[-1][0]
    answer = before.post(there, {"code": code_of(secret, hands), "next": page})
    assert answer["Location"] == page
    assert before.get(page).status_code == 200


@pytest.mark.parametrize("later", [0, 29, 31, 59, 80])
def test_a_code_counts_once_however_long_it_would_be_taken(
    officer: Account, hands: Hands, later: int
) -> None:
    secret, _codes = switched_on(officer, hands)
    hands.now = hands.now // 30 * 30
    code = code_of(secret, hands)
    first, _answer = sign_in(officer)
    assert first.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    hands.turn(later)
    second, _answer = sign_in(officer)
    assert second.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200


def test_a_code_older_than_the_last_one_used_is_refused(officer: Account, hands: Hands) -> None:
    secret, _codes = switched_on(officer, hands)
    client, _answer = sign_in(officer)
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret, hands)}).status_code == 302
    other, _answer = sign_in(officer)
    assert other.post(reverse("mfa_authenticate"), {"code": code_of(secret, hands, -1)}).status_code == 200


def test_the_code_that_switched_it_on_opens_no_session(officer: Account, hands: Hands) -> None:
    secret, _codes = switched_on(officer, hands)
    hands.turn(-60)
    client, _answer = sign_in(officer)
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret, hands)}).status_code == 200


@pytest.mark.parametrize(("steps", "status"), [(-2, 200), (-1, 302), (0, 302), (1, 302), (2, 200)])
def test_a_telephone_may_be_half_a_minute_off(
    officer: Account, hands: Hands, steps: int, status: int
) -> None:
    secret, _codes = switched_on(officer, hands)
    hands.turn(300)
    client, _answer = sign_in(officer)
    assert (
        client.post(reverse("mfa_authenticate"), {"code": code_of(secret, hands, steps)}).status_code
        == status
    )


def test_a_recovery_code_works_once(officer: Account, hands: Hands) -> None:
    _secret, codes = switched_on(officer, hands)
    assert len(codes) == len(set(codes)) == 10
    for status in (302, 200):
        client, _answer = sign_in(officer)
        assert client.post(reverse("mfa_authenticate"), {"code": codes[3]}).status_code == status
    client, _answer = sign_in(officer)
    assert client.post(reverse("mfa_authenticate"), {"code": codes[4].replace(" ", "")}).status_code == 302
    assert "还剩 8 个" in client.get(reverse("second_factor")).content.decode()


def test_new_recovery_codes_end_the_old_ones(officer: Account, hands: Hands) -> None:
    secret, codes = switched_on(officer, hands)
    client, _answer = sign_in(officer)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret, hands)})
    again = client.post(reverse("recovery_codes"))
    fresh = re.findall(r"<li>(\d{4} \d{4})</li>", again.content.decode())
    assert not set(fresh) & set(codes)
    other, _answer = sign_in(officer)
    assert other.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 200
    assert other.post(reverse("mfa_authenticate"), {"code": fresh[0]}).status_code == 302


def test_five_wrong_codes_make_the_account_wait_at_that_browser(officer: Account, hands: Hands) -> None:
    secret, _codes = switched_on(officer, hands)
    AccessAttempt.objects.all().delete()
    client = Client(HTTP_USER_AGENT="a thief's")
    sign_in(officer, client)
    statuses = [client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code for _n in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret, hands)}).status_code == 429
    own, _answer = sign_in(officer, Client(HTTP_USER_AGENT="her own"))
    assert own.post(reverse("mfa_authenticate"), {"code": code_of(secret, hands)}).status_code == 302


def test_switching_it_off_withholds_the_high_duty_again(cast: Cast, officer: Account, hands: Hands) -> None:
    secret, _codes = switched_on(officer, hands)
    client, _answer = sign_in(officer)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret, hands)})
    assert client.post(reverse("second_factor_off"))["Location"] == reverse("second_factor")
    assert not Authenticator.objects.filter(user=officer).exists()
    later, _answer = sign_in(officer)
    assert later.get("/home")["Location"] == reverse("second_factor")
    assert JournalRow.objects.filter(verb="second_factor.off").count() == 1


def test_the_secret_lies_sealed_and_is_told_to_nobody(officer: Account, hands: Hands) -> None:
    secret, codes = switched_on(officer, hands)
    plain = secret.replace(" ", "")
    rows = Authenticator.objects.filter(user=officer)
    stored = " ".join(str(row.data) for row in rows)
    assert plain not in stored
    assert not [code for code in codes if code.replace(" ", "") in stored]
    sealed = rows.get(type="totp").data["secret"]
    assert unseal(bytes.fromhex(sealed), "second_factor") == plain
    told = " ".join(str(row.facts) for row in JournalRow.objects.all())
    assert plain not in told


def test_after_a_quarter_of_an_hour_a_weighty_page_asks_again_and_leads_back(
    officer: Account, hands: Hands
) -> None:
    client, _answer = sign_in(officer)
    assert client.get(reverse("second_factor_on")).status_code == 200
    hands.turn(15 * 60)
    led = client.get(reverse("second_factor_on") + "?next=/account")
    assert led["Location"].startswith(reverse("account_reauthenticate"))
    asked = client.get(led["Location"])
    assert "确认是您本人" in asked.content.decode()
    back = reverse("second_factor_on") + "?next=/account"
    wrong = client.post(led["Location"], {"password": "wrong", "next": back})
    assert wrong.status_code == 200
    answer = client.post(led["Location"], {"password": PASSWORD, "next": back})
    assert answer["Location"] == back
    assert client.get(back).status_code == 200


def test_who_has_only_a_code_confirms_by_the_code(officer: Account, hands: Hands) -> None:
    secret, _codes = switched_on(officer, hands)
    client, _answer = sign_in(officer)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret, hands)})
    hands.turn(16 * 60)
    led = client.post(
        reverse("recovery_codes"), headers={"referer": "http://testserver/account/second-factor"}
    )
    assert led["Location"] == "/account/confirm?next=/account/second-factor"
    answer = client.post(
        "/account/confirm/code", {"code": code_of(secret, hands), "next": "/account/second-factor"}
    )
    assert answer["Location"] == "/account/second-factor"
    assert client.post(reverse("recovery_codes")).status_code == 200


def test_a_form_from_a_foreign_page_leads_home_after_the_confirmation(officer: Account, hands: Hands) -> None:
    client, _answer = sign_in(officer)
    hands.turn(16 * 60)
    led = client.post(reverse("recovery_codes"), headers={"referer": "https://example.org/evil"})
    assert led["Location"] == "/account/confirm?next=/"


def test_before_the_code_one_may_begin_anew_with_another_account(officer: Account, hands: Hands) -> None:
    secret, _codes = switched_on(officer, hands)
    client, _answer = sign_in(officer)
    page = client.get(reverse("mfa_authenticate")).content.decode()
    assert 'href="/account/sign-in?other"' in page
    assert client.get("/account/sign-in")["Location"] == reverse("mfa_authenticate")
    assert client.get("/account/sign-in?other").status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret, hands)})["Location"] == (
        "/account/sign-in"
    )
