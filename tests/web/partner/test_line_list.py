"""The line list: asked for with a purpose, read by one reader, journalled each time, gone after its time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import MORNING, Cast, at_time, school_scope
from tests.measures.health.desk import diagnosed
from tests.web.bureau.scenes import names_of, raise_signal, send_report

from xiaodun.foundation.models import JournalRow
from xiaodun.measures.partners.models import LineListAccess
from xiaodun.measures.reporting.models import Delivery
from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.models import Role

PURPOSE = "现场流调，核实共同就餐"


@pytest.fixture
def doctor(cast: Cast, client: Client) -> Client:
    client.force_login(cast.accounts["cdc"])
    return client


@pytest.fixture
def own(cast: Cast) -> Delivery:
    return send_report(cast, raise_signal(cast))["cdc"]


@pytest.fixture
def address(own: Delivery) -> str:
    return reverse("partner:line_list", args=[own.pk])


def ill(cast: Cast) -> set[str]:
    return {person.name for person in cast.pupils[cast.klass.pk][:3]}


@pytest.mark.requirement("R21")
def test_asking_states_a_purpose_and_opens_exactly_the_persons_counted(
    doctor: Client, cast: Cast, address: str
) -> None:
    page = doctor.post(address, {"purpose": PURPOSE}, follow=True).content.decode()
    assert {name for name in names_of(cast) if name in page and "*" not in name} == ill(cast)
    assert PURPOSE in page
    assert "11月24日 星期二 7:40 收回" in page
    opened = JournalRow.objects.get(verb="line_list.open")
    assert (opened.actor_id, opened.facts["purpose"]) == (cast.accounts["cdc"].pk, PURPOSE)


def test_every_reading_is_journalled(doctor: Client, address: str) -> None:
    doctor.post(address, {"purpose": PURPOSE})
    for n in (1, 2, 3):
        doctor.get(address)
        assert JournalRow.objects.filter(verb="line_list.read").count() == n


def test_a_printed_list_names_its_reader_the_time_and_the_purpose(
    doctor: Client, cast: Cast, address: str
) -> None:
    doctor.post(address, {"purpose": PURPOSE})
    head = doctor.get(address).content.decode().split("<thead>")[1].split("</thead>")[0]
    assert f"疾控值班 cdc老师 2026年11月23日 星期一 7:40 阅读，仅用于{PURPOSE}" in head


def test_a_list_is_never_fetched_by_itself(doctor: Client, address: str) -> None:
    doctor.post(address, {"purpose": PURPOSE})
    assert "hx-get" not in doctor.get(address).content.decode()


@pytest.mark.parametrize("purpose", ["", "   ", "看看"])
def test_without_a_purpose_nothing_opens_and_the_words_stay(
    doctor: Client, cast: Cast, address: str, purpose: str
) -> None:
    response = doctor.post(address, {"purpose": purpose})
    assert response.status_code == 400
    assert "line_list.purpose" in response.content.decode()
    assert not LineListAccess.objects.in_scope().exists()
    assert not [name for name in names_of(cast) if name in response.content.decode()]


def test_before_it_is_asked_for_there_is_no_list(doctor: Client, cast: Cast, address: str) -> None:
    response = doctor.get(address)
    assert response.status_code == 403
    assert "名单没有为您打开过。" in response.content.decode()
    assert not [name for name in names_of(cast) if name in response.content.decode()]


def test_after_its_time_the_list_is_gone_and_the_page_says_why(
    doctor: Client, cast: Cast, address: str
) -> None:
    doctor.post(address, {"purpose": PURPOSE})
    with at_time(MORNING + timedelta(hours=24)):
        response = doctor.get(address)
    assert response.status_code == 403
    page = response.content.decode()
    assert "11月24日 星期二 7:40 已收回" in page
    assert PURPOSE in page
    assert not [name for name in names_of(cast) if name in page]
    assert not JournalRow.objects.filter(verb="line_list.read").exists()


def test_a_list_opened_for_one_is_closed_to_a_colleague(doctor: Client, cast: Cast, address: str) -> None:
    doctor.post(address, {"purpose": PURPOSE})
    colleague = open_account(actor_id=None, username="cdc2", name="cdc2老师")
    give_duty(
        actor_id=None, account=colleague, role=Role.CDC_DOCTOR, org=cast.county, from_day=MORNING.date()
    )
    doctor.force_login(colleague)
    assert doctor.get(address).status_code == 403


def test_the_report_page_shows_no_name_while_the_list_is_open(
    doctor: Client, cast: Cast, own: Delivery, address: str
) -> None:
    doctor.post(address, {"purpose": PURPOSE})
    page = doctor.get(reverse("partner:report", args=[own.pk])).content.decode()
    assert "看名单" in page
    assert not [name for name in names_of(cast) if name in page]


@pytest.mark.parametrize(
    "name", ["teacher", "stranger", "doctor", "reporter", "deputy", "principal", "county", "nobody"]
)
def test_nobody_but_the_cdc_finds_the_tray_the_report_or_the_list(
    cast: Cast, own: Delivery, address: str, name: str, client: Client
) -> None:
    client.force_login(cast.accounts[name])
    for url in (
        reverse("partner:tray", args=[cast.county.pk]),
        reverse("partner:report", args=[own.pk]),
        address,
    ):
        assert client.get(url).status_code == 404, url
    for url in (reverse(f"partner:{verb}", args=[own.pk]) for verb in ("acknowledge", "answer")):
        assert client.post(url, {"words": "x"}).status_code == 404, url
    assert client.post(address, {"purpose": PURPOSE}).status_code == 404


def test_the_cdc_of_another_county_finds_nothing(
    cast: Cast, own: Delivery, address: str, client: Client
) -> None:
    from xiaodun.responsibility.orgs.actions import found_org
    from xiaodun.responsibility.orgs.models import Level

    other = found_org(actor_id=None, level=Level.COUNTY, name="柳渡县", parent=cast.county.parent)
    account = open_account(actor_id=None, username="cdc3", name="cdc3老师")
    give_duty(actor_id=None, account=account, role=Role.CDC_DOCTOR, org=other, from_day=MORNING.date())
    client.force_login(account)
    for url in (
        reverse("partner:tray", args=[cast.county.pk]),
        reverse("partner:report", args=[own.pk]),
        address,
    ):
        assert client.get(url).status_code == 404, url
    assert client.post(address, {"purpose": PURPOSE}).status_code == 404


def test_it_shows_what_the_disease_asks(doctor: Client, cast: Cast, address: str) -> None:
    with school_scope(cast.school):
        diagnosed(cast, "norovirus", fields={"vomiting_per_day": "6", "last_meal_place": "食堂二楼"})
    page = doctor.post(address, {"purpose": PURPOSE}, follow=True).content.decode()
    assert "最多一天呕吐次数 6 次" in page
    assert "食堂二楼" in page
