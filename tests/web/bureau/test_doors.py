"""Who stands before the county's doors and must stay outside: everyone but its own officer."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import MONDAY, Cast
from tests.web.bureau.scenes import climb, raise_signal, send_report

from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.models import Account, Role
from xiaodun.responsibility.orgs.actions import found_org
from xiaodun.responsibility.orgs.models import Level

COUNTY_PAGES = ("today", "absence", "first_things", "signals", "schools", "tasks")
OUTSIDERS = (
    "teacher",
    "stranger",
    "doctor",
    "reporter",
    "deputy",
    "principal",
    "cdc",
    "foreign_reporter",
    "nobody",
)


def officer_next_door(cast: Cast) -> Account:
    other = found_org(actor_id=None, level=Level.COUNTY, name="柳渡县", parent=cast.county.parent)
    account = open_account(actor_id=None, username="next_door", name="邻县")
    give_duty(actor_id=None, account=account, role=Role.COUNTY_OFFICER, org=other, from_day=MONDAY)
    return account


def addresses(cast: Cast) -> list[tuple[str, str]]:
    delivery = send_report(cast, raise_signal(cast))["bureau"]
    task = climb(cast)
    return [
        *(("get", reverse(f"bureau:{page}", args=[cast.county.pk])) for page in COUNTY_PAGES),
        ("get", reverse("bureau:report", args=[delivery.pk])),
        ("post", reverse("bureau:acknowledge", args=[delivery.pk])),
        ("post", reverse("bureau:answer", args=[delivery.pk])),
        ("post", reverse("bureau:acknowledge_task", args=[task.pk])),
        ("post", reverse("bureau:answer_task", args=[task.pk])),
    ]


def test_an_officer_of_another_county_finds_nothing_behind_any_address(cast: Cast, client: Client) -> None:
    client.force_login(officer_next_door(cast))
    for method, address in addresses(cast):
        assert getattr(client, method)(address, {"words": "x", "answer": "x"}).status_code == 404, address


@pytest.mark.parametrize("name", OUTSIDERS)
def test_nobody_below_or_beside_the_bureau_finds_anything_either(
    cast: Cast, name: str, client: Client
) -> None:
    client.force_login(cast.accounts[name])
    for method, address in addresses(cast):
        assert getattr(client, method)(address, {"words": "x", "answer": "x"}).status_code == 404, address


def test_a_visitor_is_sent_to_the_sign_in(cast: Cast, client: Client) -> None:
    for method, address in addresses(cast):
        response = getattr(client, method)(address)
        assert response.status_code == 302
        assert reverse("account_login") in response["Location"]


def test_a_school_s_number_is_no_county(cast: Cast, client: Client) -> None:
    client.force_login(cast.accounts["county"])
    for page in COUNTY_PAGES:
        assert client.get(reverse(f"bureau:{page}", args=[cast.school.pk])).status_code == 404


def test_reading_pages_take_no_posts_and_presses_no_gets(cast: Cast, client: Client) -> None:
    client.force_login(cast.accounts["county"])
    for method, address in addresses(cast):
        other = client.get if method == "post" else client.post
        assert other(address).status_code == 405, address
