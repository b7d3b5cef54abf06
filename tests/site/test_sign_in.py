"""Signing in: by password, locked by account and device after five misses, the same words for known and unknown names."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.cast import MONDAY, Cast

from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.models import Role

PASSWORD = "correct horse 校盾 2026"
PHONE, OTHER = "phone of the teacher", "another phone behind the same address"


@pytest.fixture
def teacher(cast: Cast) -> str:
    account = open_account(actor_id=None, username="li", name="李老师", password=PASSWORD)
    give_duty(actor_id=None, account=account, role=Role.CLASS_REPORTER, org=cast.klass, from_day=MONDAY)
    return "li"


def sign_in(client: Client, name: str, password: str, device: str = PHONE) -> int:
    answer = client.post(
        "/account/sign-in", {"login": name, "password": password}, headers={"user-agent": device}
    )
    return answer.status_code


def test_a_teacher_signs_in_and_stands_at_her_class(cast: Cast, teacher: str) -> None:
    client = Client()
    assert sign_in(client, teacher, PASSWORD) == 302
    assert client.get("/home")["Location"] == f"/class/{cast.klass.pk}"


def test_a_wrong_password_is_refused_in_words_and_says_nothing_of_the_name(teacher: str) -> None:
    client = Client()
    known = client.post("/account/sign-in", {"login": teacher, "password": "wrong"})
    unknown = client.post("/account/sign-in", {"login": "nobody at all", "password": "wrong"})
    assert known.status_code == unknown.status_code == 200
    said = "账号或密码不对"
    assert said in known.content.decode()
    assert said in unknown.content.decode()


def test_five_misses_lock_this_account_on_this_device_and_no_other(teacher: str) -> None:
    for _miss in range(5):
        sign_in(Client(), teacher, "wrong")
    locked = Client().post(
        "/account/sign-in", {"login": teacher, "password": PASSWORD}, headers={"user-agent": PHONE}
    )
    assert locked.status_code == 429
    assert "account.locked" in locked.content.decode()
    assert sign_in(Client(), teacher, PASSWORD, device=OTHER) == 302


def test_signing_out_ends_the_session(teacher: str) -> None:
    client = Client()
    sign_in(client, teacher, PASSWORD)
    client.post("/account/sign-out")
    assert client.get("/home").status_code == 302
    assert "/account/sign-in" in client.get("/home")["Location"]


def test_nobody_signs_up_by_themselves(db: None) -> None:
    assert Client().get("/account/closed")["Location"] == "/account/sign-in"
