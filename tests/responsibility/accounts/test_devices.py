"""A device's key: shown once, kept as a hash, dead by date or by a word of its owner."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from tests.cast import MORNING, Cast, at_time

from xiaodun.foundation.models import JournalRow
from xiaodun.responsibility.accounts.actions import TOKEN_DAYS, issue_device_token, revoke_device_token
from xiaodun.responsibility.accounts.models import DeviceToken

LIFE = timedelta(days=TOKEN_DAYS)


def roster(cast: Cast, key: str) -> int:
    answer = Client().get(f"/api/v1/classes/{cast.klass.pk}/roster", HTTP_AUTHORIZATION=f"Bearer {key}")
    return int(answer.status_code)


def test_the_key_itself_is_stored_nowhere(cast: Cast) -> None:
    key, row = issue_device_token(actor=cast.actor("teacher"), label="手机")
    row.refresh_from_db()
    stored = [str(value) for value in vars(row).values()] + [str(JournalRow.objects.latest("pk").facts)]
    assert not [value for value in stored if key in value]
    assert bytes(row.token_hash) == DeviceToken.hash_of(key)


def test_no_two_keys_are_alike(cast: Cast) -> None:
    keys = {issue_device_token(actor=cast.actor("teacher"), label="手机")[0] for _n in range(20)}
    assert len(keys) == 20
    assert min(len(key) for key in keys) >= 40


def test_a_live_key_opens_what_its_owner_may_open(cast: Cast) -> None:
    key, _row = issue_device_token(actor=cast.actor("teacher"), label="手机")
    assert roster(cast, key) == 200
    foreign, _row = issue_device_token(actor=cast.actor("stranger"), label="手机")
    assert roster(cast, foreign) == 404


@pytest.mark.parametrize(
    ("after", "status"), [(LIFE - timedelta(seconds=1), 200), (LIFE, 401), (2 * LIFE, 401)]
)
def test_a_key_dies_by_itself(cast: Cast, after: timedelta, status: int) -> None:
    key, _row = issue_device_token(actor=cast.actor("teacher"), label="手机")
    with at_time(MORNING + after):
        assert roster(cast, key) == status


def test_a_key_lives_no_longer_than_a_lost_phone_may(cast: Cast) -> None:
    assert timedelta(hours=24) <= LIFE <= timedelta(hours=72)


def test_a_revoked_key_is_refused_from_then_on(cast: Cast) -> None:
    key, row = issue_device_token(actor=cast.actor("teacher"), label="手机")
    assert revoke_device_token(actor=cast.actor("teacher"), token_id=row.pk)
    assert roster(cast, key) == 401
    assert JournalRow.objects.latest("pk").verb == "device.revoke"


def test_revoking_twice_and_revoking_anothers_key_is_nothing(cast: Cast) -> None:
    key, row = issue_device_token(actor=cast.actor("teacher"), label="手机")
    before = JournalRow.objects.count()
    assert not revoke_device_token(actor=cast.actor("doctor"), token_id=row.pk)
    assert not revoke_device_token(actor=cast.actor("doctor"), token_id=987_654_321)
    assert JournalRow.objects.count() == before
    assert roster(cast, key) == 200
    revoke_device_token(actor=cast.actor("teacher"), token_id=row.pk)
    assert not revoke_device_token(actor=cast.actor("teacher"), token_id=row.pk)


def test_the_key_of_a_closed_account_is_refused(cast: Cast) -> None:
    key, _row = issue_device_token(actor=cast.actor("teacher"), label="手机")
    account = cast.accounts["teacher"]
    account.is_active = False
    account.save()
    assert roster(cast, key) == 401


def test_a_key_opens_nothing_once_the_duty_has_ended(cast: Cast) -> None:
    key, _row = issue_device_token(actor=cast.actor("teacher"), label="手机")
    cast.accounts["teacher"].duties.update(to_day=MORNING.date() - timedelta(days=1))
    assert roster(cast, key) == 404


def test_a_key_cannot_ask_for_the_next_key(cast: Cast) -> None:
    key, _row = issue_device_token(actor=cast.actor("teacher"), label="手机")
    asked = Client().post(
        "/api/v1/devices",
        {"label": "又一台"},
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {key}",
    )
    assert asked.status_code == 401
    assert DeviceToken.objects.count() == 1


def test_a_made_up_key_is_told_what_a_dead_one_is_told(cast: Cast) -> None:
    key, row = issue_device_token(actor=cast.actor("teacher"), label="手机")
    revoke_device_token(actor=cast.actor("teacher"), token_id=row.pk)
    path = f"/api/v1/classes/{cast.klass.pk}/roster"
    dead, made_up = (Client().get(path, HTTP_AUTHORIZATION=f"Bearer {text}") for text in (key, "made-up"))
    assert dead.status_code == made_up.status_code == 401
    assert dead.content == made_up.content
    assert dead["Content-Type"] == "application/problem+json"


def test_a_dead_key_is_not_helped_by_the_session_beside_it(cast: Cast) -> None:
    key, row = issue_device_token(actor=cast.actor("teacher"), label="手机")
    revoke_device_token(actor=cast.actor("teacher"), token_id=row.pk)
    client = Client()
    client.force_login(cast.accounts["teacher"], backend=settings.AUTHENTICATION_BACKENDS[1])
    path = f"/api/v1/classes/{cast.klass.pk}/roster"
    assert client.get(path).status_code == 200
    assert client.get(path, HTTP_AUTHORIZATION=f"Bearer {key}").status_code == 401
