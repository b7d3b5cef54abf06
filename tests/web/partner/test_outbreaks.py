"""The CDC's part: what waits for its assessment, with grounds, figures and cost, and no name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests.cast import MORNING, Cast, at_time
from tests.response.outbreaks.chains import assessed, decided, recommended, verified

from xiaodun.response.outbreaks.models import Assessment, Outbreak

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def doctor(cast: Cast, who: str = "cdc") -> Client:
    client = Client()
    client.force_login(cast.accounts[who], backend=BACKEND)
    return client


@pytest.fixture
def outbreak(cast: Cast) -> Outbreak:
    return verified(cast)


def test_the_tray_is_empty_until_a_school_recommends(cast: Cast, outbreak: Outbreak) -> None:
    said = doctor(cast).get(f"/cdc/{cast.county.pk}/outbreaks").content.decode()
    assert "没有停课建议在等" in said
    assert "三(1)班 呕吐或腹泻 3人" in said


def test_a_recommendation_waits_with_its_reason_and_its_hours(cast: Cast, outbreak: Outbreak) -> None:
    recommended(cast, outbreak)
    with at_time(MORNING + timedelta(hours=5)):
        said = doctor(cast).get(f"/cdc/{cast.county.pk}/outbreaks").content.decode()
    assert "1 条停课建议等您评估" in said
    assert "一天内三人呕吐，同班还在增加" in said
    assert "5小时" in said


def test_the_form_shows_what_an_assessment_rests_on(cast: Cast, outbreak: Outbreak) -> None:
    row = recommended(cast, outbreak)
    said = doctor(cast).get(f"/cdc/recommendation/{row.pk}/assessment").content.decode()
    for word in ("已通风消毒、分开就餐，仍有新发", "人天课", "各班罹患率", "没有条款达到", "修改后支持"):
        assert word in said
    assert not [pupil.name for pupil in cast.pupils[cast.klass.pk] if pupil.name in said]


def test_an_assessment_needs_a_verdict_and_words_and_keeps_what_was_typed(
    cast: Cast, outbreak: Outbreak
) -> None:
    row = recommended(cast, outbreak)
    path = f"/cdc/recommendation/{row.pk}/assessment"
    answer = doctor(cast).post(path, {"words": "同班聚集，建议停课三天"})
    assert answer.status_code == 400
    assert "suspension.verdict" in answer.content.decode()
    assert "同班聚集，建议停课三天" in answer.content.decode()
    assert doctor(cast).post(path, {"verdict": "supports", "words": ""}).status_code == 400
    assert not Assessment.objects.in_scope().exists()
    answer = doctor(cast).post(path, {"verdict": "changes", "words": "改为停课三天"}, follow=True)
    assert "评估已送出" in answer.content.decode()
    assert Assessment.objects.in_scope().get().verdict == "changes"


def test_what_was_assessed_shows_what_became_of_it(cast: Cast, outbreak: Outbreak) -> None:
    row = recommended(cast, outbreak)
    assessed(cast, row, verdict="against")
    decided(cast, outbreak, row, suspends=False)
    said = doctor(cast).get(f"/cdc/{cast.county.pk}/outbreaks").content.decode()
    assert "决定不停课" in said
    again = doctor(cast).get(f"/cdc/recommendation/{row.pk}/assessment").content.decode()
    assert "送出评估" not in again


def test_nobody_else_reaches_the_assessment(cast: Cast, outbreak: Outbreak) -> None:
    row = recommended(cast, outbreak)
    for who in ("county", "principal", "reporter", "stranger", "foreign_reporter"):
        for path in (f"/cdc/{cast.county.pk}/outbreaks", f"/cdc/recommendation/{row.pk}/assessment"):
            assert doctor(cast, who).get(path).status_code == 404, (who, path)
