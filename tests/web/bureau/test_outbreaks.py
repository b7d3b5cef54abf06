"""The county's outbreaks: who waits for whom, for how long; the officer writes a document down, and reads no pupil."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.cast import MORNING, Cast, at_time
from tests.response.outbreaks.chains import FRIDAY, TUESDAY, assessed, decided, lesson, recommended, verified

from xiaodun.response.outbreaks.actions import close_outbreak
from xiaodun.response.outbreaks.models import Decision, Outbreak

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PAPER = {
    "suspends": "1", "authority": "青禾县人民政府", "document_no": "青政函〔2026〕31号", "decided_on": "2026-11-23",
    "content": "停止到校上课，改线上教学", "area": "明德小学三(1)班", "scope": "class", "from_on": TUESDAY.isoformat(),
    "to_on": FRIDAY.isoformat(),
}  # fmt: skip


def officer(cast: Cast, who: str = "county") -> Client:
    client = Client()
    client.force_login(cast.accounts[who], backend=BACKEND)
    return client


@pytest.fixture
def outbreak(cast: Cast) -> Outbreak:
    return verified(cast)


def read(cast: Cast, path: str) -> str:
    answer = officer(cast).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def list_of(cast: Cast) -> str:
    return read(cast, f"/county/{cast.county.pk}/outbreaks")


def record(cast: Cast, outbreak: Outbreak, **facts: Any) -> Any:
    data = {**PAPER, "classes": cast.klass.pk, **facts}
    return officer(cast).post(f"/county/outbreak/{outbreak.pk}/decision", data)


def test_a_county_without_outbreaks_says_where_they_come_from(cast: Cast) -> None:
    assert "现在没有疫情在处置" in list_of(cast)


@pytest.mark.requirement("R52")
def test_the_list_says_whose_turn_it_is_and_how_long_it_waits(cast: Cast, outbreak: Outbreak) -> None:
    assert "三(1)班 呕吐或腹泻 3人" in list_of(cast)
    row = recommended(cast, outbreak)
    with at_time(MORNING + timedelta(hours=2, minutes=14)):
        said = list_of(cast)
        assert "等疾控评估" in said
        assert "2小时14分" in said
        assessed(cast, row, verdict="against")
    with at_time(MORNING + timedelta(hours=3)):
        said = list_of(cast)
        assert "等政府决定" in said
        assert "不支持" in said
        assert "46分" in said
    decided(cast, outbreak, row)
    assert "已决定，还没开始" in list_of(cast)
    with at_time(MORNING + timedelta(days=1)):
        assert "停课中 1 起" in list_of(cast)


def test_the_form_is_filled_as_recommended_and_leaves_the_paper_to_the_officer(
    cast: Cast, outbreak: Outbreak
) -> None:
    row = recommended(cast, outbreak)
    said = read(cast, f"/county/outbreak/{outbreak.pk}/decision?recommendation={row.pk}")
    assert f'value="{FRIDAY.isoformat()}"' in said
    assert 'name="authority" maxlength="60" required value=""' in said
    assert "疾控还没评估" in said
    assert "已通风消毒、分开就餐，仍有新发" in said


def test_recording_answers_the_recommendation_and_shows_the_document(cast: Cast, outbreak: Outbreak) -> None:
    row = recommended(cast, outbreak)
    answer = record(cast, outbreak, recommendation=row.pk)
    assert answer.url == f"/recommendation/{row.pk}"
    said = read(cast, f"/recommendation/{row.pk}")
    assert "青政函〔2026〕31号" in said
    assert "没有疾控评估" in said
    assert Decision.objects.in_scope().get().recommendation == row


@pytest.mark.parametrize("missing", ["authority", "document_no", "area", "content", "to_on", "decided_on"])
def test_a_missing_word_keeps_the_rest_and_records_nothing(
    cast: Cast, outbreak: Outbreak, missing: str
) -> None:
    answer = record(cast, outbreak, **{missing: ""})
    assert answer.status_code == 400
    kept = "停止到校上课，改线上教学" if missing != "content" else "青政函〔2026〕31号"
    assert kept in answer.content.decode()
    assert not Decision.objects.in_scope().exists()


def test_a_decision_against_needs_no_document_number(cast: Cast, outbreak: Outbreak) -> None:
    row = recommended(cast, outbreak)
    record(
        cast, outbreak, recommendation=row.pk, suspends="0", document_no="", content="先分开就餐，观察三天"
    )
    assert "决定不停课" in read(cast, f"/outbreak/{outbreak.pk}")


def test_a_decision_nobody_recommended_says_so(cast: Cast, outbreak: Outbreak) -> None:
    said = read(cast, f"/county/outbreak/{outbreak.pk}/decision")
    assert "没有学校建议，也没有疾控评估" in said
    assert record(cast, outbreak).url == f"/outbreak/{outbreak.pk}"
    assert "没有学校建议" in read(cast, f"/outbreak/{outbreak.pk}")


def test_the_same_authority_lifts_and_the_first_day_of_lessons_is_named(
    cast: Cast, outbreak: Outbreak
) -> None:
    decision = decided(cast, outbreak, None)
    path = f"/county/decision/{decision.pk}/lift"
    assert "青禾县人民政府" in read(cast, path)
    assert officer(cast).post(path, {"document_no": "", "lifted_on": FRIDAY.isoformat()}).status_code == 400
    officer(cast).post(path, {"document_no": "青政函〔2026〕33号", "lifted_on": FRIDAY.isoformat()})
    said = read(cast, f"/outbreak/{outbreak.pk}")
    assert "青政函〔2026〕33号" in said
    assert "11月27日 星期五 恢复上课" in said


def test_neither_school_nor_cdc_reaches_the_officers_forms(cast: Cast, outbreak: Outbreak) -> None:
    decision = decided(cast, outbreak, None)
    paths = (
        f"/county/{cast.county.pk}/outbreaks",
        f"/county/outbreak/{outbreak.pk}/decision",
        f"/county/decision/{decision.pk}/lift",
    )
    for who in ("reporter", "principal", "cdc", "stranger"):
        for path in paths:
            assert officer(cast, who).get(path).status_code == 404, (who, path)


@pytest.mark.requirement("R83")
def test_no_page_of_the_county_or_the_cdc_holds_a_pupils_name(cast: Cast, outbreak: Outbreak) -> None:
    row = recommended(cast, outbreak)
    assessed(cast, row)
    decision = decided(cast, outbreak, row)
    paths = [
        f"/county/{cast.county.pk}/outbreaks",
        f"/county/decision/{decision.pk}/lift",
        f"/recommendation/{row.pk}",
        *(f"/outbreak/{outbreak.pk}{part}" for part in ("", "/cases", "/summary")),
    ]
    with at_time(MORNING + timedelta(days=30)):
        close_outbreak(actor=cast.actor("reporter"), outbreak_id=outbreak.pk, **lesson())
    names = [person.name for persons in cast.pupils.values() for person in persons]
    for who in ("county", "cdc"):
        for path in paths:
            text = officer(cast, who).get(path).content.decode()
            assert not [name for name in names if name in text], (who, path)
            assert "**" not in text


def test_many_outbreaks_cost_no_more_queries_than_one(
    cast: Cast, outbreak: Outbreak, django_assert_max_num_queries: Any
) -> None:
    recommended(cast, outbreak)
    client = officer(cast)
    with django_assert_max_num_queries(32):
        client.get(f"/county/{cast.county.pk}/outbreaks")


def test_a_lifting_recorded_ahead_shows_the_new_end_and_is_not_asked_for_again(
    cast: Cast, outbreak: Outbreak
) -> None:
    row = recommended(cast, outbreak)
    decision = decided(cast, outbreak, row)
    with at_time(MORNING + timedelta(days=1)):
        assert "登记解除" in read(cast, f"/outbreak/{outbreak.pk}")
        path = f"/county/decision/{decision.pk}/lift"
        officer(cast).post(path, {"document_no": "青政函〔2026〕33号", "lifted_on": FRIDAY.isoformat()})
        said = read(cast, f"/outbreak/{outbreak.pk}")
        assert "停课中，11月24日 – 11月26日" in said
        assert "登记解除" not in said
        chain = read(cast, f"/recommendation/{row.pk}")
        assert f">{3 * len(cast.pupils[cast.klass.pk])}</a> 人天课" in chain
