"""A task that nobody takes on climbs to the deputy and to the county; taking it on stops the climbing, not the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.cast import MORNING, Cast, at_time

from xiaodun.foundation import clock
from xiaodun.foundation.jobs import REGISTER
from xiaodun.foundation.models import JournalRow
from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.accounts.models import Duty, Role
from xiaodun.responsibility.tasks.actions import (
    CLIMB_AFTER_MINUTES,
    acknowledge_task,
    answer_task,
    climb_late_tasks,
    give_task,
)
from xiaodun.responsibility.tasks.models import Rung, Task, TaskState
from xiaodun.responsibility.tasks.queries import tasks_for

STEP = timedelta(minutes=CLIMB_AFTER_MINUTES)
DUE = MORNING + timedelta(hours=24)
SECOND = timedelta(seconds=1)


def give(cast: Cast, **facts: Any) -> Task:
    said: dict[str, Any] = {
        "kind": "signal", "subject": ("signal", 1), "title": "三人呕吐", "title_en": "Three vomit",
        "role": Role.EPIDEMIC_REPORTER, "org": cast.school, "due_at": DUE,
    }  # fmt: skip
    return give_task(**(said | facts))


def holders(cast: Cast, task: Task) -> set[str]:
    """Who of the cast may answer the task now."""
    return {name for name in cast.accounts if tasks_for(cast.actor(name)).filter(pk=task.pk).exists()}


def stored(task: Task) -> Task:
    found: Task = Task.objects.in_scope().get(pk=task.pk)
    return found


def test_a_new_task_is_its_owners_alone(cast: Cast) -> None:
    task = give(cast)
    assert (task.rung, task.state, task.due_at, task.climb_at) == (0, "open", DUE, MORNING + STEP)
    assert holders(cast, task) == {"reporter"}


def test_a_task_climbs_when_its_time_is_up_and_not_before(cast: Cast) -> None:
    task = give(cast)
    with at_time(MORNING + STEP - SECOND):
        assert climb_late_tasks() == 0
    with at_time(MORNING + STEP):
        assert climb_late_tasks() == 1
    assert stored(task).rung == Rung.DEPUTY


def test_it_goes_to_the_deputy_then_to_the_county_and_stays_there(cast: Cast) -> None:
    task = give(cast)
    seen = []
    for n in range(1, 5):
        with at_time(MORNING + n * STEP):
            seen.append((climb_late_tasks(), holders(cast, task)))
    first, both = {"reporter", "deputy"}, {"reporter", "deputy", "county"}
    assert seen == [(1, first), (1, both), (0, both), (0, both)]
    assert stored(task).climb_at is None


def test_without_a_deputy_it_goes_to_the_county_at_once(cast: Cast) -> None:
    task = give(cast, org=cast.other_school)
    with at_time(MORNING + STEP):
        climb_late_tasks()
    assert stored(task).rung == Rung.COUNTY
    assert holders(cast, task) == {"foreign_reporter", "county"}


def test_a_blank_post_leaves_the_task_to_climb(cast: Cast) -> None:
    task = give(cast, org=cast.other_school, role=Role.SCHOOL_DOCTOR)
    assert holders(cast, task) == set()
    with at_time(MORNING + STEP):
        climb_late_tasks()
    assert holders(cast, task) == {"county"}


def test_two_climbs_at_once_are_one(cast: Cast) -> None:
    """The timer may fire twice in a minute; a rung is not skipped by it."""
    task = give(cast)
    with at_time(MORNING + STEP):
        assert climb_late_tasks() + climb_late_tasks() == 1
    assert stored(task).rung == Rung.DEPUTY


def test_each_climb_leaves_a_line_of_the_system(cast: Cast) -> None:
    task = give(cast)
    for n in (1, 2):
        with at_time(MORNING + n * STEP):
            climb_late_tasks()
    lines = JournalRow.objects.filter(verb="task.climb", subject_id=str(task.pk)).order_by("pk")
    assert [(line.actor_id, line.facts) for line in lines] == [(None, {"rung": 1}), (None, {"rung": 2})]


@pytest.mark.requirement("R27")
def test_acknowledging_stops_the_climbing_and_not_the_due_time(cast: Cast) -> None:
    task = give(cast)
    acknowledge_task(actor=cast.actor("reporter"), task_id=task.pk)
    with at_time(MORNING + 10 * STEP):
        assert climb_late_tasks() == 0
    after = stored(task)
    assert (after.state, after.rung, after.climb_at, after.due_at) == ("acknowledged", 0, None, DUE)


def test_the_first_acknowledgement_stands(cast: Cast) -> None:
    task = give(cast)
    with at_time(MORNING + STEP):
        climb_late_tasks()
        acknowledge_task(actor=cast.actor("deputy"), task_id=task.pk)
    with at_time(MORNING + 2 * STEP):
        acknowledge_task(actor=cast.actor("reporter"), task_id=task.pk)
    after = stored(task)
    assert (after.acknowledged_by_id, after.acknowledged_at) == (cast.accounts["deputy"].pk, MORNING + STEP)


@pytest.mark.parametrize(
    "name", ["deputy", "county", "principal", "doctor", "foreign_reporter", "cdc", "nobody"]
)
def test_whom_the_task_has_not_reached_may_neither_take_nor_answer_it(cast: Cast, name: str) -> None:
    task = give(cast)
    before = JournalRow.objects.count()
    for act in (
        lambda actor: acknowledge_task(actor=actor, task_id=task.pk),
        lambda actor: answer_task(actor=actor, task_id=task.pk, answer="已办"),
    ):
        with pytest.raises(Refused, match=r"task\.not_yours"):
            act(cast.actor(name))
    assert stored(task).state == TaskState.OPEN
    assert JournalRow.objects.count() == before


def test_a_task_that_does_not_exist_is_refused_in_the_same_words(cast: Cast) -> None:
    task = give(cast)
    with pytest.raises(Refused) as foreign:
        acknowledge_task(actor=cast.actor("principal"), task_id=task.pk)
    with pytest.raises(Refused) as missing:
        acknowledge_task(actor=cast.actor("principal"), task_id=987_654_321)
    assert [fault.code for fault in foreign.value.faults] == [fault.code for fault in missing.value.faults]


def test_an_answer_says_how_by_whom_and_when_and_the_first_one_stays(cast: Cast) -> None:
    task = give(cast)
    answer_task(actor=cast.actor("reporter"), task_id=task.pk, answer="已电话核实")
    with at_time(MORNING + STEP):
        answer_task(actor=cast.actor("reporter"), task_id=task.pk, answer="改口")
        assert climb_late_tasks() == 0
    after = stored(task)
    assert (after.state, after.answer, after.answered_at) == ("answered", "已电话核实", MORNING)
    assert after.answered_by_id == cast.accounts["reporter"].pk
    assert JournalRow.objects.filter(verb="task.answer", subject_id=str(task.pk)).count() == 1


def test_who_has_left_the_post_has_left_its_tasks(cast: Cast) -> None:
    task = give(cast)
    Duty.objects.filter(account=cast.accounts["reporter"]).update(to_day=MORNING.date() - timedelta(days=1))
    assert holders(cast, task) == set()


def test_asking_again_for_the_same_subject_is_the_same_task_with_its_newer_words(cast: Cast) -> None:
    first = give(cast)
    again = give(cast, title="四人呕吐", due_at=DUE + STEP)
    assert again.pk == first.pk
    after = stored(first)
    assert (after.title, after.due_at) == ("四人呕吐", DUE)
    assert JournalRow.objects.filter(verb="task.give").count() == 1
    assert JournalRow.objects.filter(verb="task.renew", subject_id=str(first.pk)).count() == 1


def test_asking_again_with_nothing_new_writes_nothing(cast: Cast) -> None:
    give(cast)
    before = JournalRow.objects.count()
    give(cast)
    assert JournalRow.objects.count() == before


def test_a_grown_subject_keeps_the_acknowledgement_and_brings_the_due_time_forward(cast: Cast) -> None:
    task = give(cast)
    acknowledge_task(actor=cast.actor("reporter"), task_id=task.pk)
    give(cast, title="四人呕吐", due_at=DUE - STEP)
    after = stored(task)
    assert (after.state, after.due_at, after.climb_at) == ("acknowledged", DUE - STEP, None)
    assert after.acknowledged_by_id == cast.accounts["reporter"].pk


def test_a_subject_that_grows_after_its_answer_asks_again_from_the_owner_up(cast: Cast) -> None:
    task = give(cast)
    answer_task(actor=cast.actor("reporter"), task_id=task.pk, answer="已办")
    with at_time(MORNING + 5 * STEP):
        give(cast, title="四人呕吐", due_at=DUE + STEP)
        after = stored(task)
        assert (after.state, after.rung, after.answer, after.answered_by_id) == ("open", 0, "", None)
        assert (after.due_at, after.climb_at) == (DUE + STEP, clock.now() + STEP)
    with at_time(MORNING + 6 * STEP):
        assert climb_late_tasks() == 1


def test_the_climbing_is_a_timed_job_of_its_name() -> None:
    assert "tasks.climb" in REGISTER
