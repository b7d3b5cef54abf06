"""What the doctor finds opens its own signals, on the day it was found: the mark is the judgement."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.cast import Cast, at_time, check, run_jobs, school_scope

from xiaodun.foundation import clock
from xiaodun.measures.checks.models import FindingKind
from xiaodun.measures.health.diagnosing import record_diagnosis
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.signals.models import ReportDuty, Signal
from xiaodun.responsibility.orgs.actions import found_org
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.actions import NewPupil, enrol_pupils


def found(cast: Cast, **facts: Any) -> FollowUp:
    """The doctor's finding on the school's one illness; the rules have run after it."""
    with school_scope(cast.school):
        follow_up = FollowUp.objects.in_scope().get(school_id=cast.school.pk)
        record_diagnosis(actor=cast.actor("doctor"), follow_up=follow_up, **facts)
    run_jobs()
    return follow_up


def duty(rule: str) -> ReportDuty:
    return ReportDuty.objects.in_scope().get(rule_id=rule)


@pytest.mark.requirement("R26")
def test_one_child_that_the_doctor_marks_severe_opens_a_signal_of_that_person(cast: Cast) -> None:
    check(cast, 0, symptoms=("fever",))
    run_jobs()
    assert not Signal.objects.in_scope().exists()
    child = found(cast, severe=True)
    signal = Signal.objects.in_scope().get()
    assert (signal.scope, signal.scope_id, signal.n_cases) == ("person", str(child.person_id), 1)
    assert signal.title.startswith("三(1)班")
    assert duty("SCH-IND-SEVERE").due_at == clock.now() + timedelta(hours=24)


def test_a_person_whose_number_is_also_that_of_a_unit_is_not_taken_for_the_unit(cast: Cast) -> None:
    pupil = cast.pupils[cast.klass.pk][-1]
    cast.sibling.periods.all().delete()
    Org.objects.filter(pk=cast.sibling.pk).update(id=pupil.pk, path=f"{cast.school.path}.{pupil.pk}")
    check(cast, -1, symptoms=("fever",))
    found(cast, severe=True)
    assert Signal.objects.in_scope().get().title.startswith("三(1)班")


def test_a_child_marked_severe_after_more_than_two_weeks_is_signalled_on_that_day(cast: Cast) -> None:
    check(cast, 0, symptoms=("fever",))
    run_jobs()
    with at_time(clock.now() + timedelta(days=20)):
        found(cast, severe=True)
        assert duty("SCH-IND-SEVERE").detected_on == clock.today()


def test_temperatures_taken_by_the_doctor_are_known_from_the_day_they_were_taken(cast: Cast) -> None:
    check(cast, 0, 1, 2, 3, 4, symptoms=("fever", "cough"))
    run_jobs()
    with at_time(clock.now() + timedelta(days=1)), school_scope(cast.school):
        for row in FollowUp.objects.in_scope().filter(school_id=cast.school.pk):
            record_diagnosis(actor=cast.actor("doctor"), follow_up=row, temperature=Decimal(38))
        run_jobs()
        assert duty("FLU-CLS-1D-5").detected_on == clock.today()
        assert duty("FLU-CLS-1D-5").first_true_on == clock.today() - timedelta(days=1)


def test_a_cough_that_becomes_one_of_two_weeks_is_signalled_though_the_illness_is_long_known(
    cast: Cast,
) -> None:
    check(cast, 0, symptoms=("cough",), kind=FindingKind.UNWELL)
    run_jobs()
    with at_time(clock.now() + timedelta(days=16)):
        check(cast, 0, symptoms=("cough_2w",), kind=FindingKind.UNWELL)
        run_jobs()
        assert duty("TB-SYM").detected_on == clock.today()


def test_a_duty_counts_persons_also_where_its_rule_counts_classes(cast: Cast) -> None:
    klasses = [cast.klass, cast.sibling]
    third = found_org(
        actor_id=None,
        level=Level.KLASS,
        name="三(3)班",
        parent=cast.klass.parent,
        stage="primary",
        grade_number=3,
        class_number=3,
    )
    new = [NewPupil(name="赵小明", sex="m")] * 30
    cast.pupils[third.pk] = enrol_pupils(actor_id=None, klass=third, pupils=new, from_day=clock.today())
    for klass in [*klasses, third]:
        check(cast, 0, 1, klass=klass, by="doctor", symptoms=("rash",))
    with school_scope(cast.school):
        for row in FollowUp.objects.in_scope().filter(school_id=cast.school.pk):
            record_diagnosis(actor=cast.actor("doctor"), follow_up=row, diagnosis="hfmd")
    run_jobs()
    assert duty("HFMD-SCH-SUSP-3CLS").n_cases == 6
