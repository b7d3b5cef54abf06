"""Recording a class's check: by exception, idempotent, never overwriting in silence."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from tests.cast import MONDAY, Cast, at_time, check, run_jobs, school_scope

from xiaodun.foundation import clock
from xiaodun.foundation.models import JournalRow
from xiaodun.kernel.calendar import at
from xiaodun.kernel.errors import Refused
from xiaodun.measures.checks.actions import Code, withdraw_check
from xiaodun.measures.checks.models import (
    CheckSubmission,
    ClassCheck,
    Finding,
    FindingKind,
    SchoolDay,
    Session,
)
from xiaodun.measures.checks.school_queries import ClassState, school_today
from xiaodun.measures.health.models import FollowUp


def the_check(cast: Cast) -> ClassCheck:
    row: ClassCheck = ClassCheck.objects.in_scope().get(class_id=cast.klass.pk)
    return row


def follow_ups(cast: Cast) -> list[FollowUp]:
    with school_scope(cast.school):
        return list(FollowUp.objects.in_scope().order_by("pk"))


@pytest.mark.requirement("R55")
def test_a_healthy_class_is_one_row_and_no_finding(cast: Cast) -> None:
    answer = check(cast)
    assert answer.code == Code.CREATED
    assert the_check(cast).is_nil
    with school_scope(cast.school):
        assert Finding.objects.in_scope().count() == 0


@pytest.mark.requirement("R22")
def test_reported_nil_and_missing_are_three_states_that_never_mix(cast: Cast) -> None:
    check(cast, 0, 1)
    today = school_today(cast.school, MONDAY)
    assert [row.state for row in today.rows] == [ClassState.REPORTED, ClassState.MISSING]
    check(cast, klass=cast.sibling, by="reporter")
    today = school_today(cast.school, MONDAY)
    assert [today.n(state) for state in ClassState] == [1, 1, 0]


def test_present_and_absent_are_always_the_enrolled(cast: Cast) -> None:
    check(cast, 0, 1, 2)
    row = the_check(cast)
    assert (row.enrolled, row.present, row.absent, row.n_ill_absent) == (40, 37, 3, 3)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE checks_classcheck SET present = present + 1")


def test_the_same_client_id_with_the_same_content_answers_as_before_and_writes_nothing(cast: Cast) -> None:
    client_id = uuid4()
    first = check(cast, 3, client_id=client_id)
    n_lines = JournalRow.objects.count()
    again = check(cast, 3, client_id=client_id)
    assert (first.code, again.code) == (Code.CREATED, Code.SAME)
    assert JournalRow.objects.count() == n_lines
    with school_scope(cast.school):
        assert CheckSubmission.objects.in_scope().count() == 1


def test_the_same_client_id_with_other_content_is_a_conflict_and_changes_nothing(cast: Cast) -> None:
    client_id = uuid4()
    check(cast, 3, client_id=client_id)
    assert check(cast, 3, 4, client_id=client_id).code == Code.CONFLICT
    assert the_check(cast).n_ill_absent == 1


def test_a_second_device_that_has_not_seen_the_first_gets_the_difference_not_the_last_word(
    cast: Cast,
) -> None:
    check(cast, 3)
    answer = check(cast, 5, by="doctor")
    assert answer.code == Code.OTHER
    assert answer.check is not None
    assert answer.check.revision == 1
    assert the_check(cast).account_id == cast.accounts["teacher"].pk


def test_a_correction_starts_from_the_present_revision_and_keeps_what_was_said(cast: Cast) -> None:
    check(cast, 3)
    answer = check(cast, 3, 4, base=1)
    assert answer.code == Code.CREATED
    assert the_check(cast).revision == 2
    assert the_check(cast).n_ill_absent == 2
    with school_scope(cast.school):
        assert [row.revision for row in CheckSubmission.objects.in_scope().order_by("revision")] == [1, 2]


def test_each_write_is_one_journal_line_without_a_name(cast: Cast) -> None:
    before = JournalRow.objects.count()
    check(cast, 3)
    (line,) = JournalRow.objects.order_by("pk")[before:]
    assert line.verb == "check.record"
    assert cast.pupils[cast.klass.pk][3].name not in str(line.facts)


def test_a_check_after_the_deadline_is_late_and_a_correction_does_not_make_it_late(cast: Cast) -> None:
    check(cast, klass=cast.sibling, by="doctor")
    with at_time(at(MONDAY, 9, 31)):
        check(cast)
        check(cast, 1, klass=cast.sibling, by="doctor", base=1)
    late = {row.class_id: row.late for row in ClassCheck.objects.in_scope()}
    assert late == {cast.klass.pk: True, cast.sibling.pk: False}


def test_the_roll_up_is_the_sum_of_the_classes(cast: Cast) -> None:
    check(cast, 0, 1)
    check(cast, 2, klass=cast.sibling, by="doctor", kind=FindingKind.UNWELL, symptoms=("cough",))
    roll = SchoolDay.objects.in_scope().get(school_id=cast.school.pk)
    assert (roll.n_classes, roll.n_with_findings, roll.n_nil, roll.n_missing) == (2, 2, 0, 0)
    assert (roll.enrolled, roll.n_ill_absent, roll.n_unwell) == (80, 2, 1)
    assert roll.symptoms == {"vomiting": 2, "cough": 1}


@pytest.mark.requirement("R42")
def test_one_unwell_child_opens_a_follow_up_and_no_report(cast: Cast) -> None:
    check(cast, 7, symptoms=("fever",))
    run_jobs()
    (row,) = follow_ups(cast)
    assert row.symptoms == ["fever"]
    assert (row.onset_on, row.known_on) == (MONDAY, MONDAY)


def test_an_illness_goes_on_while_listed_and_ends_when_no_longer_listed(cast: Cast) -> None:
    check(cast, 7)
    with at_time(at(MONDAY + timedelta(days=1), 7, 40)):
        check(cast, 7, symptoms=("vomiting", "fever"))
    with at_time(at(MONDAY + timedelta(days=2), 7, 40)):
        check(cast)
    (row,) = follow_ups(cast)
    assert row.symptoms == ["fever", "vomiting"]
    assert (row.absent_from, row.absent_to) == (MONDAY, MONDAY + timedelta(days=1))
    assert row.recovered_on == MONDAY + timedelta(days=2)


def test_a_correction_that_takes_a_pupil_off_the_list_takes_the_follow_up_back(cast: Cast) -> None:
    check(cast, 7, 8)
    check(cast, 8, base=1)
    taken, kept = follow_ups(cast)
    assert (taken.ruled_out_on, taken.ruled_out_reason) == (MONDAY, "corrected")
    assert kept.is_open


def test_a_late_entry_for_an_earlier_day_is_known_today_and_closes_nobody(cast: Cast) -> None:
    check(cast, 7)
    friday = MONDAY - timedelta(days=3)
    check(cast, 9, day=friday)
    by_person = {row.person_id: row for row in follow_ups(cast)}
    pupils = cast.pupils[cast.klass.pk]
    assert by_person[pupils[7].pk].is_open
    assert by_person[pupils[9].pk].onset_on == friday
    assert by_person[pupils[9].pk].known_on == MONDAY


def test_undo_within_ten_minutes_makes_the_class_missing_again(cast: Cast) -> None:
    client_id = uuid4()
    check(cast, 7, client_id=client_id)
    roll, revision = withdraw_check(
        actor=cast.actor("teacher"), client_id=client_id, klass=cast.klass, session=Session.MORNING
    )
    assert roll is not None
    assert (roll.n_missing, revision) == (2, 0)
    assert not ClassCheck.objects.in_scope().exists()
    assert not follow_ups(cast)[0].is_open


def test_undo_twice_answers_the_same_and_the_same_words_said_again_stay_withdrawn(cast: Cast) -> None:
    client_id = uuid4()
    check(cast, 7, client_id=client_id)
    for _twice in range(2):
        _roll, revision = withdraw_check(
            actor=cast.actor("teacher"), client_id=client_id, klass=cast.klass, session=Session.MORNING
        )
        assert revision == 0
    assert check(cast, 7, client_id=client_id).code == Code.SAME
    assert not ClassCheck.objects.in_scope().exists()


def test_undo_of_a_correction_goes_back_to_what_was_said_before(cast: Cast) -> None:
    check(cast, 7)
    client_id = uuid4()
    check(cast, 7, 8, base=1, client_id=client_id)
    withdraw_check(
        actor=cast.actor("teacher"), client_id=client_id, klass=cast.klass, session=Session.MORNING
    )
    assert the_check(cast).n_ill_absent == 1
    assert [row.is_open for row in follow_ups(cast)] == [True, False]


def test_undo_is_over_after_ten_minutes_and_says_so(cast: Cast) -> None:
    client_id = uuid4()
    check(cast, 7, client_id=client_id)
    with at_time(clock.now() + timedelta(minutes=11)), pytest.raises(Refused) as refused:
        withdraw_check(
            actor=cast.actor("teacher"), client_id=client_id, klass=cast.klass, session=Session.MORNING
        )
    assert refused.value.code == "check.undo_over"


@pytest.mark.parametrize(
    ("day", "code"),
    [(MONDAY + timedelta(days=1), "check.future_day"), (MONDAY - timedelta(days=8), "check.too_old")],
)
def test_a_day_that_cannot_be_is_refused_by_name(cast: Cast, day: date, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check(cast, 7, day=day)
    assert refused.value.code == code
    assert not ClassCheck.objects.in_scope().exists()


def test_a_pupil_of_another_class_is_refused_and_nothing_is_half_done(cast: Cast) -> None:
    pupils = cast.pupils
    cast.pupils = {cast.klass.pk: pupils[cast.sibling.pk]}
    with pytest.raises(Refused) as refused:
        check(cast, 0)
    assert refused.value.code == "check.not_in_class"
    assert not ClassCheck.objects.in_scope().exists()


def test_a_teacher_may_not_report_for_another_class(cast: Cast) -> None:
    assert check(cast, 0, klass=cast.foreign, by="teacher").code == Code.FORBIDDEN
    assert check(cast, 0, klass=cast.sibling, by="teacher").code == Code.FORBIDDEN
    assert not ClassCheck.objects.in_scope().exists()
