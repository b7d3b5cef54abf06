"""An outbreak's life: opened once, joined, led, watched, opened again by a new case, proposed for closing by the night."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import MONDAY, Cast, at_time, check, run_jobs, school_scope
from tests.response.outbreaks.chains import decided, lesson, recommended, verified

from xiaodun.foundation import clock
from xiaodun.foundation.models import JournalRow
from xiaodun.kernel.calendar import at
from xiaodun.kernel.errors import Refused
from xiaodun.measures.health.diagnosing import record_diagnosis
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.outbreaks.actions import (
    close_outbreak,
    join_outbreak,
    mark_case,
    open_outbreak,
    take_lead,
    watch_outbreak,
)
from xiaodun.response.outbreaks.advice import advice_of
from xiaodun.response.outbreaks.cases import counting
from xiaodun.response.outbreaks.intervals import QUIET_DAYS, quiet_period
from xiaodun.response.outbreaks.jobs import look_at_outbreaks
from xiaodun.response.outbreaks.loss import loss_of, n_school_days
from xiaodun.response.outbreaks.measuring import finish_measure, give_measure, suggested
from xiaodun.response.outbreaks.models import MeasureKind, Outbreak, OutbreakState
from xiaodun.response.outbreaks.queries import others_alike
from xiaodun.response.signals.actions import verify_signal
from xiaodun.response.signals.models import Signal
from xiaodun.responsibility.roster.models import Person
from xiaodun.responsibility.tasks.queries import open_tasks_for


@pytest.fixture
def outbreak(cast: Cast) -> Outbreak:
    return verified(cast)


def now(outbreak: Outbreak) -> Outbreak:
    found: Outbreak = Outbreak.objects.in_scope().get(pk=outbreak.pk)
    return found


def ill(cast: Cast) -> list[int]:
    with school_scope(cast.school):
        return list(FollowUp.objects.in_scope().order_by("pk").values_list("pk", flat=True))


def test_a_second_signal_of_the_family_joins_the_outbreak(cast: Cast, outbreak: Outbreak) -> None:
    check(cast, 0, 1, 2, klass=cast.sibling, by="reporter")
    run_jobs()
    for signal in Signal.objects.in_scope().filter(outbreak__isnull=True):
        verify_signal(actor=cast.actor("reporter"), signal_id=signal.pk)
    assert Outbreak.objects.in_scope().count() == 1
    with school_scope(cast.school):
        assert len(counting(now(outbreak)).cases) == 6


def test_another_family_with_the_same_illnesses_is_the_same_event(cast: Cast, outbreak: Outbreak) -> None:
    actor = cast.actor("reporter")
    same = open_outbreak(actor=actor, school=cast.school, family="NOV", follow_up_ids=ill(cast)[:1])
    assert same == outbreak
    other = open_outbreak(actor=actor, school=cast.school, family="HFMD", follow_up_ids=[987_654])
    assert other != outbreak


def test_a_closed_outbreak_does_not_take_the_next_signal(cast: Cast, outbreak: Outbreak) -> None:
    actor = cast.actor("reporter")
    close_outbreak(actor=actor, outbreak_id=outbreak.pk, early_reason="已查明是晕车", **lesson())
    assert open_outbreak(actor=actor, school=cast.school, family="SCH-SIM") != outbreak


def test_two_pages_of_one_event_become_one(cast: Cast, outbreak: Outbreak) -> None:
    actor = cast.actor("reporter")
    other = open_outbreak(actor=actor, school=cast.school, family="NOV")
    first = ill(cast)[0]
    mark_case(actor=actor, outbreak_id=other.pk, follow_up_id=first, counts=True, reason="同一批餐")
    row = recommended(cast, other)
    with school_scope(cast.school):
        assert others_alike(now(outbreak), counting(now(outbreak))) == [other]
    join_outbreak(actor=actor, outbreak_id=other.pk, into_id=outbreak.pk)
    joined = now(other)
    assert (joined.state, joined.joined_into) == (OutbreakState.CLOSED, outbreak)
    row.refresh_from_db(from_queryset=type(row).objects.in_scope())
    assert row.outbreak == outbreak
    with school_scope(cast.school):
        assert len(counting(now(outbreak)).cases) == 3


def test_an_outbreak_is_not_joined_into_itself_or_into_another_schools(
    cast: Cast, outbreak: Outbreak
) -> None:
    foreign = open_outbreak(actor=cast.actor("foreign_reporter"), school=cast.other_school, family="NOV")
    for into, code in ((outbreak, "outbreak.join_other"), (foreign, "outbreak.not_yours")):
        with pytest.raises(Refused) as refused:
            join_outbreak(actor=cast.actor("reporter"), outbreak_id=outbreak.pk, into_id=into.pk)
        assert refused.value.code == code


def test_who_verified_leads_until_somebody_takes_it(cast: Cast, outbreak: Outbreak) -> None:
    assert outbreak.lead == cast.accounts["reporter"]
    take_lead(actor=cast.actor("doctor"), outbreak_id=outbreak.pk)
    take_lead(actor=cast.actor("doctor"), outbreak_id=outbreak.pk)
    assert now(outbreak).lead == cast.accounts["doctor"]
    assert JournalRow.objects.filter(verb="outbreak.lead").count() == 1


def test_a_watched_outbreak_opens_again_with_a_new_case_and_not_without(
    cast: Cast, outbreak: Outbreak
) -> None:
    watch_outbreak(actor=cast.actor("doctor"), outbreak_id=outbreak.pk)
    with at_time(at(MONDAY + timedelta(days=1), 2, 20)):
        assert look_at_outbreaks() == 0
        assert now(outbreak).state == OutbreakState.WATCHING
    with at_time(at(MONDAY + timedelta(days=2), 7, 40)):
        check(cast, 0, 1, 2, 7)
        assert look_at_outbreaks() == 1
    assert (now(outbreak).state, now(outbreak).watching_since) == (OutbreakState.OPEN, None)


def test_the_night_proposes_to_close_after_one_quiet_period_and_never_closes(
    cast: Cast, outbreak: Outbreak
) -> None:
    with at_time(at(MONDAY + timedelta(days=QUIET_DAYS), 2, 20)):
        assert look_at_outbreaks() == 0
    with at_time(at(MONDAY + timedelta(days=QUIET_DAYS + 1), 2, 20)):
        assert look_at_outbreaks() == 1
        assert look_at_outbreaks() == 0
        assert now(outbreak).state == OutbreakState.OPEN
        assert [task.kind for task in open_tasks_for(cast.actor("reporter"))] == ["outbreak.close"]
        check(cast, 8)
        assert look_at_outbreaks() == 1
        assert now(outbreak).close_proposed_at is None


def test_the_quiet_period_is_read_from_the_packs_once_the_disease_is_known(
    cast: Cast, outbreak: Outbreak
) -> None:
    assert quiet_period("", MONDAY).assumed
    named = quiet_period("varicella", MONDAY)
    assert (named.days, named.assumed) == (21, False)
    assert named.source
    assert quiet_period("norovirus", MONDAY).days == 3
    with school_scope(cast.school):
        for row in FollowUp.objects.in_scope().all():
            record_diagnosis(actor=cast.actor("doctor"), follow_up=row, diagnosis="norovirus")
    with at_time(at(MONDAY + timedelta(days=4), 2, 20)):
        assert look_at_outbreaks() == 1


def test_after_the_quiet_period_no_reason_is_asked(cast: Cast, outbreak: Outbreak) -> None:
    with at_time(at(MONDAY + timedelta(days=QUIET_DAYS + 1), 9)):
        closed = close_outbreak(actor=cast.actor("doctor"), outbreak_id=outbreak.pk, **lesson())
    assert (closed.early_reason, closed.closed_by) == ("", cast.accounts["doctor"])


@pytest.mark.requirement("R27")
def test_a_measure_is_a_task_that_ends_with_one_tap(cast: Cast, outbreak: Outbreak) -> None:
    due = clock.now() + timedelta(hours=5)
    measure = give_measure(
        actor=cast.actor("reporter"), outbreak_id=outbreak.pk, kind="disinfect", words="三楼教室", role="school_doctor",
        due_at=due,
    )  # fmt: skip
    (task,) = [task for task in open_tasks_for(cast.actor("doctor")) if task.kind == "outbreak.measure"]
    assert (task.title, task.due_at, task.climb_at) == ("消毒 三楼教室", due, due)
    finish_measure(actor=cast.actor("principal"), measure_id=measure.pk)
    finish_measure(actor=cast.actor("doctor"), measure_id=measure.pk)
    assert now(outbreak).measures.get().done_by == cast.accounts["principal"]
    assert open_tasks_for(cast.actor("doctor")) == []


def test_what_is_suggested_follows_the_illness(cast: Cast, outbreak: Outbreak) -> None:
    with school_scope(cast.school):
        found = counting(outbreak)
    assert MeasureKind.KEEP_SAMPLES in suggested(outbreak, found)
    outbreak.disease = "varicella"
    assert MeasureKind.VACCINATE in suggested(outbreak, found)
    assert MeasureKind.KEEP_SAMPLES not in suggested(outbreak, found)


def test_a_suspend_rule_that_holds_is_advice_with_its_days_and_class(cast: Cast) -> None:
    check(cast, 0, 1, symptoms=("rash",))
    run_jobs()
    with school_scope(cast.school):
        for row in FollowUp.objects.in_scope().all():
            record_diagnosis(actor=cast.actor("doctor"), follow_up=row, diagnosis="hfmd")
    run_jobs()
    for signal in Signal.objects.in_scope().filter(family="HFMD"):
        verify_signal(actor=cast.actor("reporter"), signal_id=signal.pk)
    outbreak = Outbreak.objects.in_scope().get()
    (advice,) = [one for one in advice_of(outbreak) if one.rule.id == "HFMD-CLS-SUSP"]
    assert (advice.class_id, advice.n_cases, advice.rule.suspend_days) == (cast.klass.pk, 2, 10)
    assert advice.to_on == advice.from_on + timedelta(days=9)
    row = recommended(cast, outbreak, rule_id="HFMD-CLS-SUSP")
    assert (row.rule_id, row.rule_days) == ("HFMD-CLS-SUSP", 10)
    assert recommended(cast, outbreak, class_ids=[cast.sibling.pk], rule_id="VAR-PHE-7D-10").rule_id == ""


@pytest.mark.requirement("R77")
def test_the_cost_is_pupils_times_school_days_and_homes_are_counted_once(cast: Cast) -> None:
    with school_scope(cast.school):
        Person.objects.in_scope().filter(pk__in=[p.pk for p in cast.pupils[cast.klass.pk][:4]]).update(
            household=7
        )
        pair = [cast.pupils[cast.klass.pk][9].pk, cast.pupils[cast.sibling.pk][9].pk]
        Person.objects.in_scope().filter(pk__in=pair).update(household=8)
    # Monday to the next Monday: six school days.
    loss = loss_of(cast.school.pk, [cast.klass.pk, cast.sibling.pk], MONDAY, MONDAY + timedelta(days=7))
    first, second = (len(cast.pupils[klass.pk]) for klass in (cast.klass, cast.sibling))
    assert (loss.n_days, loss.n_lost) == (6, 6 * (first + second))
    assert [one.n_households for one in loss.classes] == [first - 3, second]
    assert loss.n_households == first + second - 4
    assert loss_of(cast.school.pk, [cast.klass.pk], MONDAY, None).n_lost is None
    assert n_school_days(MONDAY + timedelta(days=5), MONDAY + timedelta(days=6)) == 0


def test_the_days_lost_stop_with_the_lifting(cast: Cast, outbreak: Outbreak) -> None:
    decision = decided(cast, outbreak, None)
    assert decision.last_day == decision.to_on
    decision.lifted_on = decision.from_on
    assert decision.last_day is not None
    assert decision.from_on is not None
    assert decision.last_day < decision.from_on
    assert not decision.runs_on(decision.from_on)
