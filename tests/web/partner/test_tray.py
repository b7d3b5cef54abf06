"""The CDC's tray and report: what waits first, figures only, receipt, answer."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.web.bureau.scenes import names_of, raise_signal, send_report

from xiaodun.measures.reporting.models import Delivery


@pytest.fixture
def doctor(cast: Cast, client: Client) -> Client:
    client.force_login(cast.accounts["cdc"])
    return client


@pytest.fixture
def own(cast: Cast) -> Delivery:
    return send_report(cast, raise_signal(cast))["cdc"]


def tray(doctor: Client, cast: Cast):
    return doctor.get(reverse("partner:tray", args=[cast.county.pk]))


def test_an_empty_tray_says_so_with_no_blame_and_no_wait(doctor: Client, cast: Cast) -> None:
    assert "没有等您签收的报告。" in tray(doctor, cast).content.decode()


@pytest.mark.requirement("R21")
def test_the_hand_over_that_waits_says_what_to_do_and_on_what_ground(
    doctor: Client, cast: Cast, own: Delivery
) -> None:
    response = tray(doctor, cast)
    assert response.context["first"][0] == own
    page = response.content.decode()
    for words in ("要我做什么", "凭什么", "同一班级，1天内3例以上相似症状", "未核", "签收报告"):
        assert words in page


def test_the_receipt_moves_the_report_to_the_exchange(doctor: Client, cast: Cast, own: Delivery) -> None:
    doctor.post(reverse("partner:acknowledge", args=[own.pk]))
    response = tray(doctor, cast)
    assert response.context["first"] is None
    assert [delivery.pk for delivery, _sheet in response.context["done"]] == [own.pk]


def test_the_report_holds_figures_and_no_name(doctor: Client, cast: Cast, own: Delivery) -> None:
    for address in (reverse("partner:report", args=[own.pk]), reverse("partner:tray", args=[cast.county.pk])):
        page = doctor.get(address).content.decode()
        assert "3 人" in page
        assert not [name for name in names_of(cast) if name in page]


def test_the_report_tells_its_time_limit_and_both_receipts(doctor: Client, own: Delivery) -> None:
    page = doctor.get(reverse("partner:report", args=[own.pk])).content.decode()
    assert "11月24日 星期二 7:40 到期" in page
    assert "在时限内" in page
    assert "疾控" in page
    assert "教育局" in page


def test_an_answer_is_kept_and_an_empty_one_refused(doctor: Client, own: Delivery) -> None:
    answer = reverse("partner:answer", args=[own.pk])
    assert doctor.post(answer, {"words": ""}).status_code == 400
    doctor.post(answer, {"words": "14:00 到校流调"})
    own.refresh_from_db()
    assert own.answer == "14:00 到校流调"


def test_the_bureau_s_copy_is_not_the_cdc_s(doctor: Client, own: Delivery) -> None:
    other = Delivery.objects.in_scope().get(report=own.report, receiver="bureau")
    assert doctor.get(reverse("partner:report", args=[other.pk])).status_code == 404


def test_the_report_speaks_english_to_an_english_reader(doctor: Client, own: Delivery) -> None:
    doctor.cookies["django_language"] = "en"
    page = doctor.get(reverse("partner:report", args=[own.pk])).content.decode()
    assert '<html lang="en"' in page
    assert "三(1)班: 3 persons with vomiting or diarrhoea in 1 day" in page
    assert "vomiting" in page
