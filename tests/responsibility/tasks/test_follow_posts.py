"""Open tasks belong to a post: whoever takes it over finds them, and the pages name the new holder."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import MONDAY, MORNING, Cast, at_time, run_jobs

from xiaodun.foundation.models import JournalRow
from xiaodun.responsibility.accounts.actions import open_account
from xiaodun.responsibility.accounts.actor import actor_of
from xiaodun.responsibility.accounts.models import Account, Role
from xiaodun.responsibility.accounts.passwords import close_account
from xiaodun.responsibility.accounts.posts import end_duty, hand_over
from xiaodun.responsibility.tasks.actions import answer_task, follow_posts, give_task
from xiaodun.responsibility.tasks.models import Task
from xiaodun.responsibility.tasks.queries import tasks_for

pytestmark = pytest.mark.requirement("R16")
DAY = timedelta(days=1)


@pytest.fixture
def newcomer(cast: Cast) -> Account:
    return open_account(actor_id=None, username="newcomer", name="新人", org=cast.school)


def a_task(cast: Cast, number: int = 1) -> Task:
    return give_task(
        kind="test",
        subject=("school", number),
        title="核对名单",
        title_en="Check the list",
        role=Role.EPIDEMIC_REPORTER,
        org=cast.school,
        due_at=MORNING + DAY,
    )


def named(task: Task) -> tuple[str | None, str | None]:
    """Owner and deputy that the pages name."""
    now = Task.objects.in_scope().select_related("owner", "deputy").get(pk=task.pk)
    return (now.owner and now.owner.username, now.deputy and now.deputy.username)


def test_open_tasks_go_with_the_post_and_done_ones_stay(cast: Cast, newcomer: Account) -> None:
    task, done = a_task(cast), a_task(cast, 2)
    answer_task(actor=cast.actor("reporter"), task_id=done.pk, answer="已核对")
    duty = cast.accounts["reporter"].duties.get()
    hand_over(actor=cast.actor("principal"), duty=duty, to=newcomer, from_day=MONDAY)
    run_jobs()
    assert named(task) == ("newcomer", "deputy")
    assert named(done) == ("reporter", "deputy")
    assert list(tasks_for(actor_of(newcomer, MONDAY)).filter(pk=task.pk)) == [task]
    assert not tasks_for(cast.actor("reporter")).exists()
    lines = JournalRow.objects.filter(verb="task.change_hands")
    assert [line.subject_id for line in lines] == [str(task.pk)]


def test_a_stand_in_has_the_tasks_for_the_days_said(cast: Cast, newcomer: Account) -> None:
    task = a_task(cast)
    duty = cast.accounts["reporter"].duties.get()
    hand_over(
        actor=cast.actor("principal"), duty=duty, to=newcomer, from_day=MONDAY + DAY, to_day=MONDAY + DAY
    )
    run_jobs()
    assert named(task) == ("reporter", "deputy")
    for day, owner in ((1, "newcomer"), (2, "reporter")):
        with at_time(MORNING + day * DAY):
            follow_posts()
            assert named(task) == (owner, "deputy")


def test_a_blank_post_is_named_blank_and_nothing_is_written_twice(cast: Cast) -> None:
    task = a_task(cast)
    end_duty(actor=cast.actor("principal"), duty=cast.accounts["deputy"].duties.get())
    assert follow_posts() == 1
    assert follow_posts() == 0
    assert named(task) == ("reporter", None)
    close_account(actor=cast.actor("principal"), account=cast.accounts["reporter"])
    run_jobs()
    assert named(task) == (None, None)
