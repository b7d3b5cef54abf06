"""The whole chain, once through: three vomiting, a signal, an outbreak, a suspension recommended to lifted, the close."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import MONDAY, Cast, at_time, run_jobs
from tests.response.outbreaks.chains import FRIDAY, TUESDAY, assessed, decided, lesson, recommended, verified

from xiaodun.foundation import clock
from xiaodun.foundation.models import JournalRow
from xiaodun.kernel.calendar import at
from xiaodun.kernel.errors import Refused
from xiaodun.response.outbreaks.actions import RETENTION_DAYS, close_outbreak
from xiaodun.response.outbreaks.deciding import record_lift
from xiaodun.response.outbreaks.figures import figures_of
from xiaodun.response.outbreaks.jobs import look_at_outbreaks
from xiaodun.response.outbreaks.models import Outbreak
from xiaodun.response.outbreaks.queries import Step, chains_of, suspended_classes
from xiaodun.response.signals.models import DutyState, Signal
from xiaodun.responsibility.tasks.models import TaskState
from xiaodun.responsibility.tasks.queries import open_tasks_for, tasks_for


def titles(cast: Cast, who: str) -> list[str]:
    return [task.title for task in open_tasks_for(cast.actor(who))]


@pytest.mark.requirement("R41")
@pytest.mark.requirement("R52")
@pytest.mark.requirement("R83")
def test_from_three_vomiting_children_to_the_lessons(cast: Cast) -> None:
    outbreak = verified(cast)
    row = recommended(cast, outbreak)
    assert titles(cast, "cdc") == ["明德小学 建议停课，等疾控评估"]
    assert titles(cast, "county") == ["明德小学 建议停课，疾控还没评估，等政府决定后登记"]
    assessed(cast, row)
    assert titles(cast, "cdc") == []
    assert titles(cast, "county") == ["明德小学 建议停课，疾控支持，等政府决定后登记"]
    decision = decided(cast, outbreak, row)
    assert decision.assessed
    assert "停课 11-24 – 11-27，告知家长，安排网课" in titles(cast, "principal")
    assert suspended_classes(cast.school.pk, MONDAY) == frozenset()
    assert suspended_classes(cast.school.pk, TUESDAY) == {cast.klass.pk}
    with at_time(at(TUESDAY + timedelta(days=1), 9)):
        record_lift(
            actor=cast.actor("county"),
            decision_id=decision.pk,
            document_no="青政函〔2026〕33号",
            lifted_on=FRIDAY,
        )
        assert not [task for task in tasks_for(cast.actor("county")) if task.state != TaskState.ANSWERED]
    assert suspended_classes(cast.school.pk, FRIDAY) == frozenset()
    assert suspended_classes(cast.school.pk, FRIDAY - timedelta(days=1)) == {cast.klass.pk}
    with at_time(at(MONDAY + timedelta(days=15), 9)):
        assert chains_of(outbreak)[0].step(clock.today()) == Step.LIFTED
        assert look_at_outbreaks() == 1
        assert titles(cast, "reporter") == ["疫情已过观察期，写小结，结束"]
        closed = close_outbreak(actor=cast.actor("reporter"), outbreak_id=outbreak.pk, **lesson())
        assert closed.retain_until == clock.today() + timedelta(days=RETENTION_DAYS)
        assert titles(cast, "reporter") == []
    figures = figures_of(Outbreak.objects.in_scope().get())
    assert (figures.n_cases, figures.title) == (3, "三(1)班 呕吐或腹泻 3人")
    assert figures.classes[0].rate == pytest.approx(3 / figures.classes[0].roll)
    # Tuesday to Thursday, the whole class.
    assert figures.n_lost == 3 * figures.classes[0].roll
    verbs = list(JournalRow.objects.filter(verb__startswith="suspension.").values_list("verb", flat=True))
    assert verbs == ["suspension.recommend", "suspension.assess", "suspension.decide", "suspension.lift"]


def test_nothing_in_the_chain_touches_a_duty_to_report(cast: Cast) -> None:
    outbreak = verified(cast)
    row = recommended(cast, outbreak)
    assessed(cast, row)
    decided(cast, outbreak, row)
    duty = Signal.objects.in_scope().get().duties.get()
    assert (duty.state, duty.due_at) == (DutyState.OPEN, duty.detected_at + timedelta(hours=24))


def test_a_decision_without_an_assessment_is_possible_and_says_so(cast: Cast) -> None:
    outbreak = verified(cast)
    decision = decided(cast, outbreak, recommended(cast, outbreak))
    assert not decision.assessed
    assert titles(cast, "cdc") == []


def test_a_decision_that_nobody_recommended_stands_alone(cast: Cast) -> None:
    outbreak = verified(cast)
    decision = decided(cast, outbreak, None)
    (chain,) = chains_of(outbreak)
    assert (chain.recommendation, chain.decision) == (None, decision)


def test_an_authority_may_decide_against_it_without_a_document_number(cast: Cast) -> None:
    outbreak = verified(cast)
    row = recommended(cast, outbreak)
    decided(cast, outbreak, row, suspends=False, document_no="", content="先分开就餐，观察三天")
    (chain,) = chains_of(outbreak)
    assert chain.step(clock.today()) == Step.DECLINED
    assert suspended_classes(cast.school.pk, TUESDAY) == frozenset()


def test_an_outbreak_with_a_running_suspension_cannot_be_closed(cast: Cast) -> None:
    outbreak = verified(cast)
    decided(cast, outbreak, None)
    with pytest.raises(Refused) as refused:
        close_outbreak(
            actor=cast.actor("reporter"), outbreak_id=outbreak.pk, early_reason="已查明不是传染病", **lesson()
        )
    assert refused.value.code == "outbreak.suspended"


def test_a_waiting_recommendation_keeps_the_outbreak_open(cast: Cast) -> None:
    outbreak = verified(cast)
    recommended(cast, outbreak)
    with pytest.raises(Refused) as refused:
        close_outbreak(
            actor=cast.actor("reporter"), outbreak_id=outbreak.pk, early_reason="已查明不是传染病", **lesson()
        )
    assert refused.value.code == "outbreak.suspension_waits"


def test_the_job_that_looks_every_night_is_registered(cast: Cast) -> None:
    from xiaodun.foundation.jobs import REGISTER

    assert "outbreaks.look" in REGISTER
    assert run_jobs() >= 0
