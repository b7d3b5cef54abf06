"""A report at the bureau: on the tray, acknowledged, answered; on the signals page by what became of it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.web.bureau.scenes import raise_signal, send_report

from xiaodun.foundation.models import JournalRow
from xiaodun.measures.reporting.models import Delivery
from xiaodun.response.signals.actions import dismiss_signal, verify_signal


@pytest.fixture
def officer(cast: Cast, client: Client) -> Client:
    client.force_login(cast.accounts["county"])
    return client


@pytest.fixture
def own(cast: Cast) -> Delivery:
    return send_report(cast, raise_signal(cast))["bureau"]


def signals(officer: Client, cast: Cast, **asked: str):
    return officer.get(reverse("bureau:signals", args=[cast.county.pk]), asked)


@pytest.mark.requirement("R22")
def test_a_waiting_report_stands_on_the_signals_page_until_it_is_acknowledged(
    officer: Client, cast: Cast, own: Delivery
) -> None:
    assert [row.pk for row, _sheet, _waited in signals(officer, cast).context["unread"]] == [own.pk]
    response = officer.post(reverse("bureau:acknowledge", args=[own.pk]), follow=True)
    assert "已签收，学校看得到" in response.content.decode()
    own.refresh_from_db()
    assert own.acknowledged_by == cast.accounts["county"]
    assert signals(officer, cast).context["unread"] == []


def test_the_report_shows_figures_clause_source_grade_and_its_hash(officer: Client, own: Delivery) -> None:
    page = officer.get(reverse("bureau:report", args=[own.pk])).content.decode()
    for words in ("3 人", "同一班级，1天内3例以上相似症状", "未核", "在时限内", own.report.body_hash[:8]):
        assert words in page


def test_an_answer_reaches_the_school_and_acknowledges(officer: Client, own: Delivery) -> None:
    officer.post(reverse("bureau:answer", args=[own.pk]), {"words": "下午去学校"})
    own.refresh_from_db()
    assert own.answer == "下午去学校"
    assert own.acknowledged_at is not None


def test_an_empty_answer_is_refused_in_words_and_changes_nothing(officer: Client, own: Delivery) -> None:
    response = officer.post(reverse("bureau:answer", args=[own.pk]), {"words": "  "})
    assert response.status_code == 400
    assert "report.answer_empty" in response.content.decode()
    own.refresh_from_db()
    assert own.acknowledged_at is None


def test_a_receipt_at_the_bureau_leaves_the_cdc_s_copy_waiting(officer: Client, own: Delivery) -> None:
    officer.post(reverse("bureau:acknowledge", args=[own.pk]))
    assert not Delivery.objects.in_scope().get(report=own.report, receiver="cdc").acknowledged_at
    assert JournalRow.objects.filter(verb="report.acknowledge", subject_id=str(own.pk)).count() == 1


def test_the_cdc_s_copy_is_not_the_bureau_s_to_read_or_to_sign(officer: Client, own: Delivery) -> None:
    other = Delivery.objects.in_scope().get(report=own.report, receiver="cdc")
    assert officer.get(reverse("bureau:report", args=[other.pk])).status_code == 404
    assert officer.post(reverse("bureau:acknowledge", args=[other.pk])).status_code == 404


def test_signals_stand_under_what_became_of_them(officer: Client, cast: Cast) -> None:
    verified, dismissed = raise_signal(cast), raise_signal(cast, elsewhere=True)
    assert len(signals(officer, cast).context["lines"]) == 2
    send_report(cast, verified)
    verify_signal(actor=cast.actor("reporter"), signal_id=verified.pk)
    dismiss_signal(actor=cast.actor("foreign_reporter"), signal_id=dismissed.pk, reason="三人均为晕车呕吐")

    def under(state: str) -> list[int]:
        return [line.one.signal.pk for line in signals(officer, cast, state=state).context["lines"]]

    assert under("waiting") == []
    assert under("verified") == [verified.pk]
    assert under("dismissed") == [dismissed.pk]
    assert under("all") == [dismissed.pk, verified.pk]


def test_a_dismissal_shows_the_county_who_and_why(officer: Client, cast: Cast) -> None:
    signal = raise_signal(cast)
    dismiss_signal(actor=cast.actor("reporter"), signal_id=signal.pk, reason="三人均为晕车呕吐")
    page = signals(officer, cast, state="dismissed").content.decode()
    assert "reporter老师 排除：三人均为晕车呕吐" in page
    assert "不再报" in page
