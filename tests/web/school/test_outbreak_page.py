"""The outbreak's one page: it says what is known to whom it may be said; a press does what its words say."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast, check, run_jobs, school_scope
from tests.response.outbreaks.chains import FRIDAY, TUESDAY, assessed, decided, lesson, recommended, verified

from xiaodun.measures.health.models import FollowUp
from xiaodun.response.outbreaks.models import CaseMark, Measure, Outbreak, PartnerWord, Recommendation

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
READERS = ("doctor", "reporter", "deputy", "principal", "county", "cdc")


def signed_in(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.accounts[who], backend=BACKEND)
    return client


@pytest.fixture
def outbreak(cast: Cast) -> Outbreak:
    return verified(cast)


def page(cast: Cast, who: str, outbreak: Outbreak, path: str = "") -> str:
    answer = signed_in(cast, who).get(f"/outbreak/{outbreak.pk}{path}")
    assert answer.status_code == 200
    return answer.content.decode()


def press(cast: Cast, who: str, path: str, **data: Any) -> str:
    answer = signed_in(cast, who).post(path, data, follow=True)
    return answer.content.decode()


def illness(cast: Cast, place: int) -> FollowUp:
    with school_scope(cast.school):
        return FollowUp.objects.in_scope().get(person_id=cast.pupils[cast.klass.pk][place].pk)


@pytest.mark.requirement("R21")
def test_every_reader_sees_the_sentence_the_rate_the_curve_and_the_links(
    cast: Cast, outbreak: Outbreak
) -> None:
    for who in READERS:
        said = page(cast, who, outbreak)
        assert "三(1)班 呕吐或腹泻 3人" in said, who
        assert "各班罹患率" in said
        assert f"{3 / len(cast.pupils[cast.klass.pk]):.1%}" in said
        assert "像是，不是结论" in said
        assert "观察期" in said


def test_a_stranger_and_a_class_teacher_find_nothing(cast: Cast, outbreak: Outbreak) -> None:
    for who in ("stranger", "foreign_reporter", "teacher", "nobody"):
        for path in ("", "/cases", "/summary", "/recommend", "/close"):
            assert signed_in(cast, who).get(f"/outbreak/{outbreak.pk}{path}").status_code == 404, (who, path)


def test_the_desk_reads_names_the_principal_stars_the_officers_days(cast: Cast, outbreak: Outbreak) -> None:
    names = [pupil.name for pupil in cast.pupils[cast.klass.pk][:3]]
    assert all(name in page(cast, "doctor", outbreak, "/cases") for name in names)
    masked = page(cast, "principal", outbreak, "/cases")
    assert not any(name in masked for name in names)
    assert masked.count("**") == 3
    for who in ("county", "cdc"):
        figures = page(cast, who, outbreak, "/cases")
        assert "您看到的是人数，不含姓名" in figures
        assert "**" not in figures


def test_the_lead_strikes_a_case_with_a_reason_and_takes_it_back(cast: Cast, outbreak: Outbreak) -> None:
    row = illness(cast, 2)
    said = press(
        cast, "doctor", f"/outbreak/{outbreak.pk}/mark", follow_up=row.pk, counts="0", reason="晕车呕吐"
    )
    assert "已剔出" in said
    assert "三(1)班 呕吐或腹泻 2人" in page(cast, "county", outbreak)
    assert "剔出 1 人" in page(cast, "county", outbreak)
    assert "晕车呕吐" not in page(cast, "county", outbreak, "/cases")
    press(cast, "doctor", f"/outbreak/{outbreak.pk}/mark", follow_up=row.pk, counts="1", reason="重新计入")
    assert "三(1)班 呕吐或腹泻 3人" in page(cast, "county", outbreak)


def test_striking_without_a_reason_is_refused_in_words(cast: Cast, outbreak: Outbreak) -> None:
    said = press(cast, "doctor", f"/outbreak/{outbreak.pk}/mark", follow_up=illness(cast, 2).pk, counts="0")
    assert "outbreak.words_short" in said
    with school_scope(cast.school):
        assert not CaseMark.objects.in_scope().exists()


def test_a_likeness_in_another_class_is_shown_and_counts_on_one_press(cast: Cast, outbreak: Outbreak) -> None:
    check(cast, 5, klass=cast.sibling, by="reporter")
    run_jobs()
    assert "本校另有 1 人症状相似" in page(cast, "county", outbreak)
    with school_scope(cast.school):
        row = FollowUp.objects.in_scope().get(class_id=cast.sibling.pk)
    press(cast, "doctor", f"/outbreak/{outbreak.pk}/mark", follow_up=row.pk, counts="1", reason="同桌就餐")
    assert "三(1)班等2个班 呕吐或腹泻 4人" in page(cast, "county", outbreak)


def test_a_definition_counts_the_whole_school(cast: Cast, outbreak: Outbreak) -> None:
    check(cast, 5, klass=cast.sibling, by="reporter")
    run_jobs()
    said = press(
        cast, "reporter", f"/outbreak/{outbreak.pk}/define",
        cases_from="2026-11-23", symptoms=["vomiting"], everywhere="1", disease="norovirus",
    )  # fmt: skip
    assert "病例按新定义重数" in said
    assert "三(1)班等2个班 诺如病毒感染 4例" in page(cast, "cdc", outbreak)


@pytest.mark.requirement("R27")
def test_a_suggested_measure_is_given_on_one_tap_and_done_on_one_tap(cast: Cast, outbreak: Outbreak) -> None:
    assert "食品、饮水留样送检" in page(cast, "doctor", outbreak)
    press(cast, "reporter", f"/outbreak/{outbreak.pk}/measure", kind="ventilate", role="school_doctor")
    measure = Measure.objects.in_scope().get()
    assert "已完成" in press(cast, "principal", f"/measure/{measure.pk}/done")
    assert Measure.objects.in_scope().get().done_by == cast.accounts["principal"]
    assert "完成 1 项" in page(cast, "county", outbreak)


def test_a_word_with_the_hospital_stands_on_the_page_for_all(cast: Cast, outbreak: Outbreak) -> None:
    said = {"partner": "hospital", "post": "县医院感染科值班", "words": "已收样，明天出结果"}
    press(cast, "doctor", f"/outbreak/{outbreak.pk}/partner", **said)
    assert PartnerWord.objects.in_scope().get().post == "县医院感染科值班"
    assert "县医院感染科值班" in page(cast, "county", outbreak)


@pytest.mark.requirement("R41")
def test_the_form_reckons_the_cost_before_anything_is_recommended(cast: Cast, outbreak: Outbreak) -> None:
    opened = page(cast, "principal", outbreak, "/recommend")
    assert "没有停课条款达到" in opened
    assert "是否考虑过影响更小的措施" in opened
    data = {"scope": "class", "classes": cast.klass.pk, "from_on": TUESDAY, "to_on": FRIDAY, "reckon": "1"}
    reckoned = press(cast, "principal", f"/outbreak/{outbreak.pk}/recommend", **data)
    roll = len(cast.pupils[cast.klass.pk])
    assert f">{4 * roll}</a> 人天课" in reckoned
    assert not Recommendation.objects.in_scope().exists()


def test_a_recommendation_without_lighter_measures_weighed_keeps_what_was_typed(
    cast: Cast, outbreak: Outbreak
) -> None:
    data = {"scope": "school", "from_on": TUESDAY, "grounds": "三人呕吐，还在增加", "considered": " "}
    answer = signed_in(cast, "doctor").post(f"/outbreak/{outbreak.pk}/recommend", data)
    assert answer.status_code == 400
    said = answer.content.decode()
    assert "outbreak.words_short" in said
    assert "三人呕吐，还在增加" in said
    assert not Recommendation.objects.in_scope().exists()


def test_the_chain_reads_the_same_for_school_county_and_cdc(cast: Cast, outbreak: Outbreak) -> None:
    row = recommended(cast, outbreak)
    assessed(cast, row, verdict="changes")
    decided(cast, outbreak, row)
    for who in READERS:
        answer = signed_in(cast, who).get(f"/recommendation/{row.pk}")
        assert answer.status_code == 200
        said = answer.content.decode()
        for word in ("青政函〔2026〕31号", "修改后支持", "已通风消毒、分开就餐，仍有新发", "人天课"):
            assert word in said, (who, word)
    assert signed_in(cast, "foreign_reporter").get(f"/recommendation/{row.pk}").status_code == 404


def test_closing_early_asks_why_and_the_summary_shows_lessons_and_the_day_of_deletion(
    cast: Cast, outbreak: Outbreak
) -> None:
    answer = signed_in(cast, "reporter").post(f"/outbreak/{outbreak.pk}/close", lesson())
    assert answer.status_code == 400
    assert "outbreak.too_early" in answer.content.decode()
    assert "当天报告，当天消毒" in answer.content.decode()
    press(cast, "reporter", f"/outbreak/{outbreak.pk}/close", early_reason="已查明是晕车", **lesson())
    for who in READERS:
        said = page(cast, who, outbreak, "/summary")
        assert "周末缺晨检，发现晚了一天" in said, who
        assert "2027年5月22日 星期六" in said
    assert "三(1)班 呕吐或腹泻 3人" in page(cast, "county", outbreak)


def test_a_closed_outbreak_takes_no_more_words(cast: Cast, outbreak: Outbreak) -> None:
    press(cast, "reporter", f"/outbreak/{outbreak.pk}/close", early_reason="已查明是晕车", **lesson())
    said = press(cast, "reporter", f"/outbreak/{outbreak.pk}/measure", kind="ventilate", role="school_doctor")
    assert "outbreak.closed" in said
    assert signed_in(cast, "principal").get(f"/outbreak/{outbreak.pk}/recommend").status_code == 404


def test_the_page_costs_a_bounded_number_of_queries(
    cast: Cast, outbreak: Outbreak, django_assert_max_num_queries: Any
) -> None:
    row = recommended(cast, outbreak)
    decided(cast, outbreak, row)
    client = signed_in(cast, "county")
    with django_assert_max_num_queries(75):
        client.get(f"/outbreak/{outbreak.pk}")


def test_a_task_leads_to_what_it_is_about(cast: Cast, outbreak: Outbreak) -> None:
    row = recommended(cast, outbreak)
    press(cast, "reporter", f"/outbreak/{outbreak.pk}/measure", kind="ventilate", role="school_doctor")
    measure = Measure.objects.in_scope().get()
    tasks = signed_in(cast, "doctor").get(f"/school/{cast.school.pk}/tasks").content.decode()
    assert f'<a href="/measure/{measure.pk}">通风</a>' in tasks
    assert signed_in(cast, "doctor").get(f"/measure/{measure.pk}").url == f"/outbreak/{outbreak.pk}#measures"
    county = signed_in(cast, "county").get(f"/county/{cast.county.pk}/tasks").content.decode()
    assert f'href="/recommendation/{row.pk}"' in county
    decision = decided(cast, outbreak, row)
    assert signed_in(cast, "county").get(f"/decision/{decision.pk}").url == f"/recommendation/{row.pk}"
    principal = signed_in(cast, "principal").get(f"/school/{cast.school.pk}/tasks").content.decode()
    assert f'href="/decision/{decision.pk}"' in principal
