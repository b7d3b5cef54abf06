"""The main job of the product: a class's morning check becomes a signal, a task and a report."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import Cast, check, run_jobs

from xiaodun.foundation import clock
from xiaodun.measures.reporting.models import Delivery, Report
from xiaodun.response.signals.actions import report_signal
from xiaodun.response.signals.models import DutyState, Signal
from xiaodun.responsibility.tasks.queries import open_tasks_for


@pytest.mark.requirement("R26")
def test_two_vomiting_children_raise_nothing(cast: Cast) -> None:
    check(cast, 0, 1)
    run_jobs()
    assert not Signal.objects.in_scope().exists()


@pytest.mark.requirement("R26")
def test_the_third_vomiting_child_of_a_class_raises_a_signal_with_its_clock(cast: Cast) -> None:
    check(cast, 0, 1, 2)
    run_jobs()
    signal = Signal.objects.in_scope().get()
    assert (signal.family, signal.scope, signal.n_cases) == ("SCH-SIM", "class", 3)
    assert signal.title == "三(1)班 1天内3人呕吐或腹泻"
    duty = signal.duties.get()
    assert duty.rule_id == "SCH-SIM-CLASS-1D"
    assert duty.detected_at == clock.now()
    assert duty.due_at == clock.now() + timedelta(hours=24)


@pytest.mark.requirement("R27")
def test_the_signal_gives_the_reporter_a_task_with_the_legal_due_time(cast: Cast) -> None:
    check(cast, 0, 1, 2)
    run_jobs()
    (task,) = open_tasks_for(cast.actor("reporter"))
    assert task.title == "三(1)班 1天内3人呕吐或腹泻"
    assert task.due_at == clock.now() + timedelta(hours=24)
    assert (task.owner_id, task.deputy_id) == (cast.accounts["reporter"].pk, cast.accounts["deputy"].pk)


@pytest.mark.requirement("R22")
def test_one_press_sends_the_unverified_signal_to_cdc_and_bureau_and_meets_the_duty(cast: Cast) -> None:
    check(cast, 0, 1, 2)
    run_jobs()
    signal = Signal.objects.in_scope().get()
    report = report_signal(actor=cast.actor("reporter"), signal_id=signal.pk)
    assert {d.receiver for d in Delivery.objects.in_scope()} == {"cdc", "bureau"}
    assert signal.duties.get().state == DutyState.MET
    assert report.body["n_cases"] == 3
    assert report.body["verified"] is False


def test_pressing_twice_sends_once(cast: Cast) -> None:
    check(cast, 0, 1, 2)
    run_jobs()
    signal = Signal.objects.in_scope().get()
    first = report_signal(actor=cast.actor("reporter"), signal_id=signal.pk)
    assert report_signal(actor=cast.actor("reporter"), signal_id=signal.pk).pk == first.pk
    assert Report.objects.in_scope().count() == 1
