"""A school at half past seven behind one address, with an attacker in the same building: the attacker waits, nobody else does."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone
from tests.cast import Cast

from xiaodun.responsibility.accounts.actions import open_account
from xiaodun.responsibility.accounts.lockout import COOKIE, OF_ONE_ACCOUNT, OF_ONE_BROWSER, remember_device
from xiaodun.responsibility.accounts.models import Account

PASSWORD = "一句自己记得住的长话"
PATH = "/account/sign-in"
PHONES = ("one common phone", "another common phone", "an old phone")
N_TEACHERS = 200


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the tests' own minutes


@pytest.fixture
def teachers(cast: Cast) -> list[Account]:
    first = open_account(actor_id=None, username="t000", name="老师", password=PASSWORD)
    others = [
        Account(username=f"t{n:03}", name="老师", password=first.password) for n in range(1, N_TEACHERS)
    ]
    return [first, *Account.objects.bulk_create(others)]


def post(client: Client, username: str, password: str, phone: str) -> int:
    answer = client.post(PATH, {"login": username, "password": password}, headers={"user-agent": phone})
    return int(answer.status_code)


def known_phone(username: str, phone: str) -> Client:
    """A browser from which this teacher has signed in before."""
    client = Client()
    assert post(client, username, PASSWORD, phone) == 302
    client.post("/account/sign-out")
    return client


def cookie_of(teacher: Account) -> str:
    """What such a browser keeps, without the hundred sign-ins it takes."""
    response = HttpResponse()
    remember_device(HttpRequest(), response, teacher)
    return str(response.cookies[COOKIE].value)


class Attacker:
    """Guesses from one browser. `is_locked` once told to wait."""

    def __init__(self, phone: str) -> None:
        self.phone, self.is_locked, self.n_guesses = phone, False, 0
        self.client = Client()

    def guess(self, username: str, phone: str | None = None) -> None:
        self.n_guesses += 1
        self.is_locked |= post(self.client, username, "wrong guess", phone or self.phone) == 429


def burst(teachers: list[Account], attacks: Iterator[Any]) -> list[str]:
    """All sign in once, every tenth after a typing error, half from phones known here; between them the attacks. Who failed."""
    draw = random.Random(730)
    failed = []
    client = Client()
    for n, teacher in enumerate(teachers):
        phone = PHONES[n % len(PHONES)]
        client.cookies.clear()
        if n % 2:
            client.cookies[COOKIE] = cookie_of(teacher)
        if n % 10 == 0:
            post(client, teacher.username, "a typing error", phone)
        next(attacks, None)
        if draw.random() < 0.5:
            next(attacks, None)
        if post(client, teacher.username, PASSWORD, phone) != 302:
            failed.append(teacher.username)
    return failed


def test_one_who_guesses_at_one_account_waits_and_nobody_else_does(teachers: list[Account]) -> None:
    attacker, victim = Attacker("the attacker's browser"), teachers[150].username

    def guesses() -> Iterator[None]:
        while True:
            attacker.guess(victim)
            yield

    assert burst(teachers, guesses()) == []
    assert attacker.is_locked
    assert attacker.n_guesses > 200


def test_one_who_tries_a_password_on_everybody_waits_and_nobody_else_does(teachers: list[Account]) -> None:
    attacker = Attacker("the attacker's browser")

    def guesses() -> Iterator[None]:
        for teacher in [*teachers, *teachers]:
            attacker.guess(teacher.username)
            yield

    assert burst(teachers, guesses()) == []
    assert attacker.is_locked
    made = AccessAttempt.objects.filter(user_agent__contains="attacker")
    assert sum(row.failures_since_start for row in made) <= OF_ONE_BROWSER


def test_one_who_changes_the_browsers_name_with_each_guess_waits_and_the_owner_does_not(
    teachers: list[Account],
) -> None:
    victim = teachers[0].username
    own = known_phone(victim, PHONES[0])
    attacker = Attacker("")
    for n in range(60):
        attacker.guess(victim, f"browser number {n}")
    assert attacker.is_locked
    told = AccessAttempt.objects.filter(username=victim)
    assert sum(row.failures_since_start for row in told) == OF_ONE_ACCOUNT
    assert post(own, victim, PASSWORD, PHONES[0]) == 302
    assert (
        post(known_phone(teachers[1].username, PHONES[1]), teachers[1].username, PASSWORD, PHONES[1]) == 302
    )


def test_a_browser_that_calls_itself_a_known_device_is_not_one(teachers: list[Account]) -> None:
    victim = teachers[0].username
    attacker = Attacker("")
    for n in range(OF_ONE_ACCOUNT + 1):
        attacker.guess(victim, f"known device {n}")
    assert attacker.is_locked


@pytest.mark.parametrize("cookie", ["made up", "x:y:z", ""])
def test_a_made_up_cookie_is_no_known_device(teachers: list[Account], cookie: str) -> None:
    victim = teachers[0].username
    for _n in range(5):
        client = Client()
        client.cookies[COOKIE] = cookie
        post(client, victim, "wrong guess", "a browser")
    assert post(Client(), victim, PASSWORD, "a browser") == 429


def test_misses_at_a_known_device_make_that_account_wait_there_and_nowhere_else(
    teachers: list[Account],
) -> None:
    """Somebody plays with a colleague's telephone."""
    name, other = teachers[0].username, teachers[1].username
    lent = known_phone(name, PHONES[0])
    for _n in range(5):
        post(lent, name, "wrong guess", PHONES[0])
    assert post(lent, name, PASSWORD, PHONES[0]) == 429
    assert post(lent, other, PASSWORD, PHONES[0]) == 302
    assert post(Client(), name, PASSWORD, PHONES[0]) == 302


def test_waiting_ends_by_itself_although_the_attacker_goes_on(teachers: list[Account]) -> None:
    attacker, victim = Attacker("a browser"), teachers[0].username
    for _n in range(30):
        attacker.guess(victim)
    rows = AccessAttempt.objects.filter(username=victim)
    assert sum(row.failures_since_start for row in rows) == 5
    rows.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert post(Client(), victim, PASSWORD, "a browser") == 302


def test_an_account_is_one_however_its_name_is_written(teachers: list[Account]) -> None:
    for written in ("t000", "T000", " t000 ", "T000 ", "t000"):
        post(Client(), written, "wrong guess", "a browser")
    assert post(Client(), "t000", PASSWORD, "a browser") == 429


def test_a_made_up_account_waits_as_a_real_one_does_and_is_told_the_same(teachers: list[Account]) -> None:
    def last_words(name: str) -> bytes:
        for _n in range(5):
            post(Client(), name, "wrong guess", "a browser")
        answer = Client().post(PATH, {"login": name, "password": "x"}, headers={"user-agent": "a browser"})
        assert answer.status_code == 429
        return bytes(answer.content)

    assert last_words("t000") == last_words("nobody-of-this-name")
