"""Events and their legal duties: one open event for a family and place, clocks that nothing stops in silence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import MONDAY, Cast, at_time, check, run_jobs, school_scope

from xiaodun.foundation import clock
from xiaodun.kernel.calendar import at
from xiaodun.kernel.errors import Refused
from xiaodun.measures.health.diagnosing import record_diagnosis
from xiaodun.measures.health.ending import rule_out
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.outbreaks.models import Outbreak
from xiaodun.response.signals.actions import dismiss_signal, report_signal, verify_signal
from xiaodun.response.signals.judging import close_quiet_signals
from xiaodun.response.signals.models import DutyState, Signal, SignalState
from xiaodun.responsibility.tasks.models import Task


def the_signal() -> Signal:
    signal: Signal = Signal.objects.in_scope().get()
    return signal


def raised(cast: Cast) -> Signal:
    check(cast, 0, 1, 2)
    run_jobs()
    return the_signal()


def test_a_fourth_case_grows_the_same_event_and_adds_no_second_duty(cast: Cast) -> None:
    raised(cast)
    check(cast, 0, 1, 2, 3, base=1)
    run_jobs()
    signal = the_signal()
    assert signal.n_cases == 4
    assert signal.title == "三(1)班 1天内4人呕吐或腹泻"
    assert signal.duties.count() == 1


def test_five_in_three_days_add_their_own_duty_with_their_own_clock(cast: Cast) -> None:
    raised(cast)
    with at_time(at(MONDAY + timedelta(days=1), 7, 50)):
        check(cast, 0, 1, 2, 3, 4)
        run_jobs()
        tomorrow = clock.now()
    duties = {duty.rule_id: duty for duty in the_signal().duties.all()}
    assert set(duties) == {"SCH-SIM-CLASS-1D", "SCH-SIM-CLASS-3D"}
    assert duties["SCH-SIM-CLASS-1D"].detected_at == clock.now()
    assert duties["SCH-SIM-CLASS-3D"].detected_at == tomorrow


def test_verifying_opens_the_outbreak_and_leaves_the_clock_running(cast: Cast) -> None:
    signal = raised(cast)
    verify_signal(actor=cast.actor("reporter"), signal_id=signal.pk)
    assert Outbreak.objects.in_scope().get().school_id == cast.school.pk
    duty = the_signal().duties.get()
    assert (duty.state, duty.due_at) == (DutyState.OPEN, duty.detected_at + timedelta(hours=24))


@pytest.mark.parametrize("reason", ["", "  ", "没事"])
def test_dismissing_without_a_reason_is_refused(cast: Cast, reason: str) -> None:
    signal = raised(cast)
    with pytest.raises(Refused) as refused:
        dismiss_signal(actor=cast.actor("reporter"), signal_id=signal.pk, reason=reason)
    assert refused.value.code == "signal.reason"
    assert the_signal().state == SignalState.OPEN


def test_dismissing_ends_the_unreported_duty_with_a_name_and_a_reason(cast: Cast) -> None:
    signal = raised(cast)
    dismiss_signal(actor=cast.actor("reporter"), signal_id=signal.pk, reason="三人均为晕车呕吐")
    duty = the_signal().duties.get()
    assert (duty.state, duty.ended_by_id, duty.reason) == (
        DutyState.ENDED,
        cast.accounts["reporter"].pk,
        "三人均为晕车呕吐",
    )


def test_a_new_case_after_a_dismissal_opens_the_event_and_its_duty_again(cast: Cast) -> None:
    signal = raised(cast)
    dismiss_signal(actor=cast.actor("reporter"), signal_id=signal.pk, reason="三人均为晕车呕吐")
    check(cast, 0, 1, 2, 3, base=1)
    run_jobs()
    assert the_signal().state == SignalState.OPEN
    assert the_signal().duties.get().state == DutyState.OPEN


def test_ruling_a_case_out_keeps_the_signal_and_does_not_stop_its_clock(cast: Cast) -> None:
    raised(cast)
    with school_scope(cast.school):
        case = FollowUp.objects.in_scope().order_by("pk").first()
        rule_out(actor=cast.actor("doctor"), follow_up=case)
    run_jobs()
    signal = the_signal()
    assert signal.facts_hold is False
    assert signal.state == SignalState.OPEN
    assert signal.duties.get().state == DutyState.OPEN


@pytest.mark.requirement("R22")
def test_a_diagnosis_is_reported_for_one_child_at_once(cast: Cast) -> None:
    check(cast, 5, symptoms=("rash",))
    with school_scope(cast.school):
        case = FollowUp.objects.in_scope().get()
        record_diagnosis(actor=cast.actor("doctor"), follow_up=case, diagnosis="measles")
    run_jobs()
    signal = the_signal()
    duty = signal.duties.get()
    assert (duty.rule_id, duty.limit_hours) == ("SCH-DX-SUSP", 0)
    assert duty.due_at == duty.detected_at + timedelta(minutes=15)


def test_varicella_alone_is_not_reported_for_one_child(cast: Cast) -> None:
    check(cast, 5, symptoms=("rash",))
    with school_scope(cast.school):
        case = FollowUp.objects.in_scope().get()
        record_diagnosis(actor=cast.actor("doctor"), follow_up=case, diagnosis="varicella")
    run_jobs()
    assert not Signal.objects.in_scope().exists()


def test_reporting_twice_with_a_new_case_is_a_follow_up_report(cast: Cast) -> None:
    signal = raised(cast)
    actor = cast.actor("reporter")
    first = report_signal(actor=actor, signal_id=signal.pk)
    check(cast, 0, 1, 2, 3, base=1)
    run_jobs()
    second = report_signal(actor=actor, signal_id=signal.pk)
    assert (first.number, second.number) == (1, 2)
    assert (first.body["n_cases"], second.body["n_cases"]) == (3, 4)


def test_a_report_holds_no_name(cast: Cast) -> None:
    signal = raised(cast)
    report = report_signal(actor=cast.actor("reporter"), signal_id=signal.pk)
    said = str(report.body)
    assert not any(pupil.name in said for pupil in cast.pupils[cast.klass.pk])


def test_nobody_can_hold_a_report_back_and_the_principal_may_only_note(cast: Cast) -> None:
    signal = raised(cast)
    with pytest.raises(Refused):
        dismiss_signal(actor=cast.actor("principal"), signal_id=signal.pk, reason="先等等再说吧")
    assert report_signal(actor=cast.actor("reporter"), signal_id=signal.pk).number == 1


def test_a_judged_and_reported_event_closes_when_it_has_been_quiet_and_a_new_one_may_open(cast: Cast) -> None:
    signal = raised(cast)
    report_signal(actor=cast.actor("reporter"), signal_id=signal.pk)
    verify_signal(actor=cast.actor("reporter"), signal_id=signal.pk)
    later = MONDAY + timedelta(days=28)
    with at_time(at(later, 2, 10)):
        assert close_quiet_signals() == 1
    with at_time(at(later, 7, 50)):
        check(cast, 10, 11, 12)
        run_jobs()
    states = sorted(Signal.objects.in_scope().values_list("state", flat=True))
    assert states == ["closed", "open"]


def test_an_event_with_an_unreported_duty_never_closes_by_itself(cast: Cast) -> None:
    signal = raised(cast)
    verify_signal(actor=cast.actor("reporter"), signal_id=signal.pk)
    with at_time(at(MONDAY + timedelta(days=40), 2, 10)):
        assert close_quiet_signals() == 0
    assert the_signal().state == SignalState.VERIFIED


def test_the_task_is_settled_when_the_signal_is_judged(cast: Cast) -> None:
    signal = raised(cast)
    verify_signal(actor=cast.actor("reporter"), signal_id=signal.pk)
    assert Task.objects.in_scope().get().state == "answered"


def test_a_dismissed_event_that_grows_gives_the_reporter_a_task_again(cast: Cast) -> None:
    signal = raised(cast)
    dismiss_signal(actor=cast.actor("reporter"), signal_id=signal.pk, reason="三人均为晕车呕吐")
    check(cast, 0, 1, 2, 3, base=1)
    run_jobs()
    task = Task.objects.in_scope().get()
    assert (task.state, task.answered_by_id) == ("open", None)
    assert task.title == "三(1)班 1天内4人呕吐或腹泻"


def test_a_verified_event_that_grows_does_not_ask_to_be_verified_again(cast: Cast) -> None:
    signal = raised(cast)
    verify_signal(actor=cast.actor("reporter"), signal_id=signal.pk)
    check(cast, 0, 1, 2, 3, base=1)
    run_jobs()
    assert Task.objects.in_scope().get().state == "answered"


def test_one_more_child_days_after_a_dismissal_asks_nobody_again(cast: Cast) -> None:
    signal = raised(cast)
    dismiss_signal(actor=cast.actor("reporter"), signal_id=signal.pk, reason="三人均为晕车呕吐")
    with at_time(at(MONDAY + timedelta(days=3), 7, 40)):
        check(cast, 9)
        run_jobs()
    assert the_signal().state == SignalState.DISMISSED
    assert the_signal().duties.get().state == DutyState.ENDED
