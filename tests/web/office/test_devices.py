"""A lost telephone: its owner, or the office above the owner, shuts it out; nobody else."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import MORNING, Cast, at_time

from xiaodun.foundation.models import JournalRow
from xiaodun.responsibility.accounts.actions import issue_device_token
from xiaodun.responsibility.accounts.models import DeviceToken


def as_(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.accounts[name])
    return client


def opens(cast: Cast, key: str) -> bool:
    there = f"/api/v1/classes/{cast.klass.pk}/roster"
    return Client().get(there, HTTP_AUTHORIZATION=f"Bearer {key}").status_code == 200


@pytest.fixture
def keys(cast: Cast) -> list[tuple[str, DeviceToken]]:
    return [issue_device_token(actor=cast.actor("teacher"), label=label) for label in ("旧手机", "新手机")]


def test_ones_devices_are_listed_with_what_is_known_of_them(
    cast: Cast, keys: list[tuple[str, DeviceToken]]
) -> None:
    page = as_(cast, "teacher").get(reverse("office:my_devices")).content.decode()
    assert "旧手机" in page
    assert "新手机" in page
    assert "11月26日 星期四 7:40 自动失效" in page
    assert "旧手机" not in as_(cast, "doctor").get(reverse("office:my_devices")).content.decode()


def test_when_a_device_last_came_is_kept_to_some_minutes(
    cast: Cast, keys: list[tuple[str, DeviceToken]]
) -> None:
    from datetime import timedelta

    key, row = keys[0]
    for minutes, noted in ((4, 0), (5, 5), (8, 5), (11, 11)):
        with at_time(MORNING + timedelta(minutes=minutes)):
            assert opens(cast, key)
        row.refresh_from_db()
        assert row.last_used_at == MORNING + timedelta(minutes=noted)


def test_one_is_revoked_and_the_other_lives(cast: Cast, keys: list[tuple[str, DeviceToken]]) -> None:
    (old, row), (new, _row) = keys
    as_(cast, "teacher").post(reverse("office:revoke_my_device", args=[row.pk]))
    assert not opens(cast, old)
    assert opens(cast, new)


def test_all_are_revoked_with_one_press_and_one_line(cast: Cast, keys: list[tuple[str, DeviceToken]]) -> None:
    before = JournalRow.objects.count()
    answer = as_(cast, "teacher").post(reverse("office:revoke_my_devices"), follow=True)
    assert "已作废 2 台" in answer.content.decode()
    assert not any(opens(cast, key) for key, _row in keys)
    assert JournalRow.objects.count() == before + 1


@pytest.mark.parametrize(("name", "may"), [("principal", True), ("county", True), ("doctor", False)])
def test_the_office_above_shuts_out_somebodys_lost_telephone(
    cast: Cast, keys: list[tuple[str, DeviceToken]], name: str, may: bool
) -> None:
    (old, row), (new, _row) = keys
    client, there = as_(cast, name), reverse("office:revoke_devices", args=[cast.accounts["teacher"].pk])
    assert client.post(there, {"token_id": row.pk}).status_code == (302 if may else 404)
    assert opens(cast, old) is not may
    assert opens(cast, new)
    if may:
        line = JournalRow.objects.latest("pk")
        assert (line.verb, line.actor_id) == ("device.revoke", cast.accounts[name].pk)
        assert client.post(there).status_code == 302
        assert not opens(cast, new)


def test_a_key_of_somebody_else_is_not_revoked_by_naming_it(
    cast: Cast, keys: list[tuple[str, DeviceToken]]
) -> None:
    """The number of the teacher's key, sent to the doctor's account."""
    key, row = keys[0]
    there = reverse("office:revoke_devices", args=[cast.accounts["doctor"].pk])
    assert as_(cast, "principal").post(there, {"token_id": row.pk}).status_code == 302
    assert opens(cast, key)


def test_what_needs_a_second_factor_is_not_opened_by_a_key_without(cast: Cast, settings: object) -> None:
    key, _row = issue_device_token(actor=cast.actor("county"), label="平板")
    DeviceToken.objects.update(second_factor=False)
    there = "/api/v1/signals"
    assert Client().get(there, HTTP_AUTHORIZATION=f"Bearer {key}").status_code == 200
    settings.SECOND_FACTOR = "required"  # type: ignore[attr-defined]
    assert Client().get(there, HTTP_AUTHORIZATION=f"Bearer {key}").json() == []
