"""How long a session lives: a working day for all, half an hour without a hand on it for high duties."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import MORNING, Cast, at_time

from xiaodun.responsibility.accounts.doors import Policy, door, freshly_signed_in
from xiaodun.responsibility.accounts.rights import Right

MINUTE = timedelta(minutes=1)


def entered(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.accounts[name])
    return client


def page(cast: Cast, name: str) -> str:
    if name == "teacher":
        return reverse("classroom:check", args=[cast.klass.pk])
    return reverse("bureau:today", args=[cast.county.pk])


def test_an_officer_who_walked_away_is_signed_out_and_comes_back_to_the_page(cast: Cast) -> None:
    client, there = entered(cast, "county"), page(cast, "county")
    with at_time(MORNING + 29 * MINUTE):
        assert client.get(there).status_code == 200
    with at_time(MORNING + 58 * MINUTE):
        assert client.get(there).status_code == 200
    with at_time(MORNING + 88 * MINUTE):
        out = client.get(there)
        assert out["Location"] == f"/account/sign-in?next={there}"
        assert "很久没有操作" in client.get(out["Location"]).content.decode()
        assert client.get(there).status_code == 302


def test_a_page_that_fetches_itself_keeps_nobody_signed_in(cast: Cast) -> None:
    client, there = entered(cast, "county"), page(cast, "county")
    for minutes in range(1, 30):
        with at_time(MORNING + minutes * MINUTE):
            assert client.get(there, headers={"hx-request": "true"}).status_code == 200
    with at_time(MORNING + 30 * MINUTE):
        assert client.get(there, headers={"hx-request": "true"}).status_code == 302


def test_the_api_is_shut_as_well(cast: Cast) -> None:
    client = entered(cast, "county")
    with at_time(MORNING + 31 * MINUTE):
        assert client.get("/api/v1/signals").status_code == 401


def test_a_teacher_between_two_lessons_is_not_signed_out(cast: Cast) -> None:
    client, there = entered(cast, "teacher"), page(cast, "teacher")
    with at_time(MORNING + timedelta(hours=8)):
        assert client.get(there).status_code == 200


@pytest.mark.parametrize(("hours", "status"), [(11.9, 200), (12, 302)])
def test_every_session_ends_after_a_working_day_however_busy(cast: Cast, hours: float, status: int) -> None:
    client, there = entered(cast, "teacher"), page(cast, "teacher")
    for hour in range(1, 12):
        with at_time(MORNING + timedelta(hours=hour)):
            assert client.get(there).status_code == 200
    with at_time(MORNING + timedelta(hours=hours)):
        assert client.get(there).status_code == status


def test_a_reading_officer_writes_once_a_minute_at_most(
    cast: Cast, django_assert_num_queries: object
) -> None:
    from django.contrib.sessions.models import Session

    client, there = entered(cast, "county"), page(cast, "county")
    client.get(there)
    before = list(Session.objects.values_list("session_data", flat=True))
    with at_time(MORNING + timedelta(seconds=59)):
        client.get(there)
    assert list(Session.objects.values_list("session_data", flat=True)) == before


def test_a_fresh_door_says_so_in_its_policy() -> None:
    def view() -> None: ...

    hung = door(Right.KEEP_ROSTER, org="school_id", fresh=True)(view)
    assert hung.policy == Policy(account=True, rights=(Right.KEEP_ROSTER,), fresh=True)  # type: ignore[attr-defined]
    assert freshly_signed_in(view).policy == Policy(account=True, fresh=True)  # type: ignore[attr-defined]


def test_in_the_demo_whoever_came_by_a_link_is_not_asked_for_a_password_nobody_has(
    cast: Cast, settings: object
) -> None:
    client = entered(cast, "county")
    asked = client.get(reverse("second_factor_on"))
    assert asked["Location"].startswith("/account/confirm")
    assert "没法确认" in client.get(asked["Location"]).content.decode()
    settings.DEMO = True  # type: ignore[attr-defined]
    assert client.get(reverse("second_factor_on")).status_code == 200
