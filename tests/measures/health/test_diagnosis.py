"""The doctor's finding: a disease with its answers, the day it began, what may not be so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from tests.cast import MONDAY, MORNING, Cast, at_time, check, school_scope
from tests.measures.health.desk import diagnosed, doctor, illness, lines, refused

from xiaodun.measures.checks.models import FindingKind
from xiaodun.measures.health.course import form_values
from xiaodun.measures.health.diagnosing import record_diagnosis, set_exposure
from xiaodun.measures.health.models import Cause

DAY = timedelta(days=1)


@pytest.fixture
def desk(cast: Cast) -> Iterator[Cast]:
    check(cast, 0, symptoms=("rash",))
    with school_scope(cast.school):
        yield cast


def test_a_finding_is_one_line_and_keeps_its_answers_as_what_they_are(desk: Cast) -> None:
    before = lines()
    row = diagnosed(
        desk, "measles", fields={"rash_on": "2026-11-23", "vaccination_doses": "２", "pneumonia": "1"}
    )
    assert lines() == [*before, "health.diagnose"]
    assert form_values(row) == {"rash_on": date(2026, 11, 23), "vaccination_doses": 2, "pneumonia": True}


def test_what_two_diseases_both_ask_is_kept_when_the_finding_changes(desk: Cast) -> None:
    diagnosed(desk, "measles", fields={"rash_on": "2026-11-23", "pneumonia": "1"})
    assert form_values(diagnosed(desk, "rubella")) == {"rash_on": date(2026, 11, 23)}


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"diagnosis": "flu"}, "health.unknown_diagnosis"),
        ({"diagnosis": "measles", "fields": {"rash_on": "昨天"}}, "forms.date"),
        ({"diagnosis": "measles", "fields": {"rash_on": "2026-11-24"}}, "forms.future"),
        ({"diagnosis": "measles", "fields": {"rash_on": "2026-11-22"}}, "returns.before_onset"),
        ({"diagnosis": "measles", "fields": {"sputum_result": "positive"}}, "forms.unknown_field"),
        ({"onset_on": MONDAY + DAY}, "health.onset"),
    ],
)
def test_what_cannot_be_so_is_refused_and_changes_nothing(
    desk: Cast, facts: dict[str, Any], code: str
) -> None:
    with refused(code):
        record_diagnosis(actor=doctor(desk), follow_up=illness(desk), **facts)
    assert (illness(desk).diagnosis, illness(desk).facts) == ("", {})


def test_the_doctor_may_learn_that_it_began_earlier(desk: Cast) -> None:
    row = diagnosed(desk, "measles", onset_on=MONDAY - 2 * DAY, fields={"rash_on": "2026-11-22"})
    assert row.onset_on == MONDAY - 2 * DAY


def test_an_answer_filled_in_later_does_not_make_an_old_case_speak_again(desk: Cast) -> None:
    diagnosed(desk, "measles")
    with at_time(MORNING + 5 * DAY):
        assert diagnosed(desk, "measles", fields={"rash_on": "2026-11-23"}).diagnosed_on == MONDAY
        assert diagnosed(desk, "measles", lab=True).diagnosed_on == MONDAY + 5 * DAY


def test_a_named_disease_is_a_cause(cast: Cast) -> None:
    check(cast, 4, kind=FindingKind.UNEXPLAINED, symptoms=())
    with school_scope(cast.school):
        assert diagnosed(cast, "mumps", 4).cause == Cause.ILLNESS


def test_a_shared_meal_is_the_same_words_whatever_the_spaces(desk: Cast) -> None:
    row = set_exposure(actor=doctor(desk), follow_up=illness(desk), exposure="  11月20日　午餐 ")
    assert row.exposure == "11月20日 午餐"
    assert set_exposure(actor=doctor(desk), follow_up=row, exposure=" ").exposure == ""
