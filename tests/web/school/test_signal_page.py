"""The signal's page: it says why, how long and to whom; a press does what its words say."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast, check, run_jobs

from xiaodun.measures.reporting.models import Annotation, Delivery
from xiaodun.response.signals.models import Signal

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.accounts[who], backend=BACKEND)
    return client


@pytest.fixture
def raised(cast: Cast) -> Signal:
    check(cast, 0, 1, 2)
    run_jobs()
    signal: Signal = Signal.objects.in_scope().get()
    return signal


def page(cast: Cast, who: str, signal: Signal, path: str = "") -> str:
    answer = signed_in(cast, who).get(f"/signal/{signal.pk}{path}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.requirement("R05")
def test_it_says_clause_source_grade_cases_and_what_speaks_against_it(cast: Cast, raised: Signal) -> None:
    said = page(cast, "reporter", raised)
    assert "三(1)班 1天内3人呕吐或腹泻" in said
    assert "同一班级，1天内3例以上相似症状" in said
    assert "学校和托幼机构传染病疫情报告工作规范(试行)，未核" in said
    assert "反面证据" in said
    assert "11月25日" not in said
    assert "11月24日 星期二 7:40 到期" in said


def test_a_rule_that_no_second_reader_has_checked_says_so_on_its_own_page(cast: Cast, raised: Signal) -> None:
    said = Client().get("/rule/SCH-SIM-CLASS-1D").content.decode()
    assert "未核" in said
    assert Client().get("/rule/NO-SUCH-RULE").status_code == 404


def test_one_press_sends_to_both_and_the_page_shows_both_receipts(cast: Cast, raised: Signal) -> None:
    client = signed_in(cast, "reporter")
    answer = client.post(f"/signal/{raised.pk}/report", follow=True)
    assert "第1次报告已发给疾控和教育局" in answer.content.decode()
    assert Delivery.objects.in_scope().count() == 2
    assert answer.content.decode().count("已发送") == 2


def test_dismissing_without_a_reason_says_what_to_do_and_changes_nothing(cast: Cast, raised: Signal) -> None:
    answer = signed_in(cast, "reporter").post(f"/signal/{raised.pk}/dismiss", {"reason": ""}, follow=True)
    assert "signal.reason" in answer.content.decode()
    assert Signal.objects.in_scope().get().state == "open"


def test_a_dismissal_shows_the_name_and_the_reason(cast: Cast, raised: Signal) -> None:
    client = signed_in(cast, "reporter")
    answer = client.post(f"/signal/{raised.pk}/dismiss", {"reason": "三人均为晕车呕吐"}, follow=True)
    assert "reporter老师" in answer.content.decode()
    assert "三人均为晕车呕吐" in page(cast, "county", raised)


def test_the_principal_notes_and_sees_masked_names_only(cast: Cast, raised: Signal) -> None:
    client = signed_in(cast, "principal")
    client.post(f"/signal/{raised.pk}/note", {"words": "已通知食堂留样"})
    assert Annotation.objects.in_scope().get().words == "已通知食堂留样"
    rows = page(cast, "principal", raised, "/rows")
    ill = [pupil.name for pupil in cast.pupils[cast.klass.pk][:3]]
    assert not any(name in rows for name in ill)
    assert rows.count("**") == 3


def test_officers_see_the_number_of_cases_by_day_and_no_person(cast: Cast, raised: Signal) -> None:
    for who in ("county", "cdc"):
        rows = page(cast, who, raised, "/rows")
        assert "您看到的是人数，不含姓名" in rows
        assert not any(pupil.name in rows for pupil in cast.pupils[cast.klass.pk])


def test_the_page_costs_a_bounded_number_of_queries(
    cast: Cast, raised: Signal, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(cast, "reporter")
    with django_assert_max_num_queries(32):
        client.get(f"/signal/{raised.pk}")
