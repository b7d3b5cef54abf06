"""Signals as the county reads them: only what waits, merged by school; what to do first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import MORNING, Cast, at_time, check, run_jobs

from xiaodun.foundation import clock
from xiaodun.measures.reporting.actions import acknowledge_delivery
from xiaodun.measures.reporting.models import Delivery, Receiver
from xiaodun.response.signals.actions import dismiss_signal, report_signal, verify_signal
from xiaodun.response.signals.county import (
    Kind,
    Rank,
    Urgent,
    live_signals,
    merged_by_school,
    signals_page,
    turned_out,
    urgent,
)
from xiaodun.response.signals.models import Signal, SignalState
from xiaodun.responsibility.tasks.actions import climb_late_tasks
from xiaodun.responsibility.tasks.models import Task


def raise_signal(cast: Cast, *, elsewhere: bool = False) -> Signal:
    klass, by = (cast.foreign, "stranger") if elsewhere else (cast.klass, "teacher")
    check(cast, 0, 1, 2, klass=klass, by=by)
    run_jobs()
    return Signal.objects.in_scope().get(class_id=klass.pk)


def report(cast: Cast, signal: Signal) -> None:
    report_signal(actor=cast.actor("reporter"), signal_id=signal.pk)


def climb(cast: Cast) -> list[Task]:
    for minutes in (31, 62):
        with at_time(MORNING + timedelta(minutes=minutes)):
            climb_late_tasks()
    return list(Task.objects.in_scope().all())


def things(cast: Cast, climbed: list[Task], minutes: int = 0) -> list[Urgent]:
    unread = Delivery.objects.in_scope().filter(receiver=Receiver.BUREAU, acknowledged_at__isnull=True)
    signals = live_signals(cast.county.pk, cast.actor("county").reach)
    return urgent(
        signals, list(unread.select_related("report")), climbed, clock.now() + timedelta(minutes=minutes)
    )


def waits(cast: Cast) -> list[int]:
    found = merged_by_school(live_signals(cast.county.pk, cast.actor("county").reach))
    return [school.first.signal.pk for school in found]


@pytest.mark.requirement("R26")
def test_a_signal_reaches_the_county_while_nobody_has_judged_it(cast: Cast) -> None:
    signal = raise_signal(cast)
    report(cast, signal)
    assert waits(cast) == [signal.pk]


def test_a_verified_signal_with_its_report_sent_leaves_the_county_s_list(cast: Cast) -> None:
    signal = raise_signal(cast)
    report(cast, signal)
    verify_signal(actor=cast.actor("reporter"), signal_id=signal.pk)
    assert waits(cast) == []


def test_a_verified_signal_whose_report_is_owed_stays(cast: Cast) -> None:
    signal = raise_signal(cast)
    verify_signal(actor=cast.actor("reporter"), signal_id=signal.pk)
    assert waits(cast) == [signal.pk]


def test_two_signals_of_one_school_make_one_line(cast: Cast) -> None:
    raise_signal(cast)
    check(cast, 0, 1, 2, klass=cast.sibling, by="doctor")
    run_jobs()
    (line,) = merged_by_school(live_signals(cast.county.pk, cast.actor("county").reach))
    assert line.school_id == cast.school.pk
    assert len(line.others) == Signal.objects.in_scope().count() - 1 > 0


def test_a_signal_s_legal_duty_comes_before_advice_and_the_next_due_first(cast: Cast) -> None:
    raise_signal(cast)
    (one,) = live_signals(cast.county.pk, cast.actor("county").reach)
    assert one.leading is not None
    assert not one.leading.advice
    assert one.due_at == clock.now() + timedelta(hours=24)


def test_an_unsent_report_and_its_climbed_task_are_one_thing(cast: Cast) -> None:
    raise_signal(cast)
    (thing,) = things(cast, climb(cast))
    assert (thing.kind, thing.rank) == (Kind.UNSENT, Rank.CLIMBED)
    assert thing.task is not None


def test_once_the_report_is_sent_the_climbed_task_and_the_receipt_remain(cast: Cast) -> None:
    signal = raise_signal(cast)
    climbed = climb(cast)
    report(cast, signal)
    assert {thing.kind for thing in things(cast, climbed)} == {Kind.CLIMBED, Kind.UNREAD}


def test_what_is_over_its_limit_comes_before_what_climbed_before_what_is_coming(cast: Cast) -> None:
    first = raise_signal(cast)
    raise_signal(cast, elsewhere=True)
    climbed = [task for task in climb(cast) if task.school_id != cast.school.pk]
    report(cast, first)
    late = things(cast, climbed, minutes=121)
    assert [(thing.kind, thing.rank) for thing in late] == [
        (Kind.UNREAD, Rank.OVERDUE),
        (Kind.UNSENT, Rank.CLIMBED),
    ]
    early = things(cast, climbed)
    assert [thing.rank for thing in early] == [Rank.CLIMBED, Rank.COMING]


def test_things_of_one_kind_at_one_school_are_one_line_that_says_how_many(cast: Cast) -> None:
    raise_signal(cast)
    check(cast, 0, 1, 2, klass=cast.sibling, by="doctor")
    run_jobs()
    (thing,) = things(cast, [])
    assert thing.n_others == Signal.objects.in_scope().count() - 1 > 0


def test_a_receipt_takes_the_report_off_the_list(cast: Cast) -> None:
    report(cast, raise_signal(cast))
    (thing,) = things(cast, [])
    assert thing.delivery is not None
    acknowledge_delivery(actor=cast.actor("county"), delivery_id=thing.delivery.pk)
    assert things(cast, []) == []


def test_how_signals_turned_out_counts_verified_and_dismissed(cast: Cast) -> None:
    reach = cast.actor("county").reach
    assert turned_out(cast.county.pk, reach, clock.now()).share_true is None
    verify_signal(actor=cast.actor("reporter"), signal_id=raise_signal(cast).pk)
    other = raise_signal(cast, elsewhere=True)
    dismiss_signal(actor=cast.actor("foreign_reporter"), signal_id=other.pk, reason="三人均为晕车呕吐")
    found = turned_out(cast.county.pk, reach, clock.now())
    assert (found.n_verified, found.n_dismissed, found.share_true) == (1, 1, 0.5)


def test_a_page_of_signals_goes_on_below_the_last(cast: Cast) -> None:
    first, second = raise_signal(cast), raise_signal(cast, elsewhere=True)
    reach, states = cast.actor("county").reach, tuple(SignalState)
    assert [one.signal for one in signals_page(cast.county.pk, reach, states, None)] == [second, first]
    assert [one.signal for one in signals_page(cast.county.pk, reach, states, second.pk)] == [first]
