"""The school's day and the doctor's desk."""

from __future__ import annotations

from typing import Any

from tests.cast import MONDAY, Cast, at_time, check, run_jobs, school_scope
from tests.web.school.test_signal_page import signed_in

from xiaodun.kernel.calendar import at
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.signals.models import Signal


def test_before_the_deadline_a_silent_class_is_not_yet_missing(cast: Cast) -> None:
    check(cast, 0)
    client = signed_in(cast, "doctor")
    assert "还没报" in client.get(f"/school/{cast.school.pk}").content.decode()
    with at_time(at(MONDAY, 9, 45)):
        assert "还没报" not in signed_in(cast, "doctor").get(f"/school/{cast.school.pk}").content.decode()


def test_an_empty_day_says_the_next_step(cast: Cast) -> None:
    said = signed_in(cast, "principal").get(f"/school/{cast.school.pk}").content.decode()
    assert "今天还没有班级提交。最早的通常 7:30 到" in said
    assert "今天没有预警" in said


def test_the_listed_pupils_lead_from_the_number_to_the_rows(cast: Cast) -> None:
    check(cast, 0, 1)
    said = signed_in(cast, "doctor").get(f"/school/{cast.school.pk}/listed").content.decode()
    assert all(pupil.name in said for pupil in cast.pupils[cast.klass.pk][:2])
    for_the_county = signed_in(cast, "county").get(f"/school/{cast.school.pk}/listed").content.decode()
    assert not any(pupil.name in for_the_county for pupil in cast.pupils[cast.klass.pk])


def test_the_doctor_records_a_diagnosis_and_the_rules_hear_of_it(cast: Cast) -> None:
    check(cast, 5, symptoms=("rash",))
    with school_scope(cast.school):
        case = FollowUp.objects.in_scope().get()
    client = signed_in(cast, "doctor")
    client.post(f"/follow-up/{case.pk}/diagnosis", {"diagnosis": "measles", "temperature": "38.6"})
    run_jobs()
    assert Signal.objects.in_scope().get().family == "SCH-DX"


def test_a_temperature_that_is_no_number_is_refused_in_words(cast: Cast) -> None:
    check(cast, 5)
    with school_scope(cast.school):
        case = FollowUp.objects.in_scope().get()
    client = signed_in(cast, "doctor")
    answer = client.post(f"/follow-up/{case.pk}/diagnosis", {"temperature": "高"}, follow=True)
    assert "体温填数字" in answer.content.decode()


def test_the_pages_cost_a_bounded_number_of_queries(cast: Cast, django_assert_max_num_queries: Any) -> None:
    check(cast, 0, 1, 2)
    client = signed_in(cast, "doctor")
    for path in ("", "/listed", "/signals", "/follow-ups", "/tasks"):
        with django_assert_max_num_queries(18):
            assert client.get(f"/school/{cast.school.pk}{path}").status_code == 200
