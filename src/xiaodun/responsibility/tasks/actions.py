"""Giving a task, acknowledging it, answering it, and letting a late one climb."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.actor import Actor, holders
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.tasks.models import Rung, Task, TaskState
from xiaodun.responsibility.tasks.queries import tasks_for

# Minutes without an acknowledgement before a task climbs one rung. Product choice (assumption), not law.
CLIMB_AFTER_MINUTES = 30


@transaction.atomic
def give_task(
    *,
    kind: str,
    subject: tuple[str, int],
    title: str,
    title_en: str,
    role: Role,
    org: Org,
    due_at: datetime,
    climb_after_minutes: int = CLIMB_AFTER_MINUTES,
    school: Org | None = None,
) -> Task:
    """Give the holders of a role at a unit one task; asking again for the same subject returns the same task.

    `school`: which school a post above the schools is asked about; else the unit's own.
    """
    now = clock.now()
    school = school or org
    owner, deputy = holders(role, org, clock.today())
    task, made = Task.objects.in_scope().get_or_create(
        kind=kind,
        subject_kind=subject[0],
        subject_id=subject[1],
        role=role,
        defaults={
            "title": title,
            "title_en": title_en,
            "org": org,
            "school_id": school.of_school,
            "county_id": school.of_county,
            "owner_id": owner,
            "deputy_id": deputy,
            "created_at": now,
            "due_at": due_at,
            "climb_at": now + timedelta(minutes=climb_after_minutes),
        },
    )
    if made:
        journal.write(
            None,
            "task.give",
            ("task", task.pk),
            school_id=school.of_school,
            county_id=school.of_county,
            kind=kind,
            about=subject[1],
            role=role,
            due_at=due_at.isoformat(),
        )
    else:
        _renew(task, title, title_en, due_at, now + timedelta(minutes=climb_after_minutes))
    return task


def _renew(task: Task, title: str, title_en: str, due_at: datetime, climb_at: datetime) -> None:
    """The subject has grown: its words, an earlier due time, and open again if it had been answered."""
    task.refresh_from_db(
        from_queryset=Task.objects.in_scope().select_for_update()
    )  # somebody may be taking it on
    is_done = task.state == TaskState.ANSWERED
    if not is_done and (task.title, task.title_en) == (title, title_en) and task.due_at <= due_at:
        return
    task.title, task.title_en, task.due_at = title, title_en, min(task.due_at, due_at)
    if is_done:
        task.state, task.rung, task.climb_at, task.due_at = TaskState.OPEN, Rung.OWNER, climb_at, due_at
        task.acknowledged_at = task.acknowledged_by_id = task.answered_at = task.answered_by_id = None
        task.answer = ""
    task.save()
    journal.write(
        None,
        "task.renew",
        ("task", task.pk),
        school_id=task.school_id,
        county_id=task.county_id,
        due_at=task.due_at.isoformat(),
        asks_again=is_done,
    )


@transaction.atomic
def acknowledge_task(*, actor: Actor, task_id: int) -> Task:
    """签收: the reader takes the task on; its climbing stops, its due time does not."""
    task = _mine(actor, task_id)
    if task.state == TaskState.OPEN:
        task.state, task.acknowledged_at, task.acknowledged_by_id = (
            TaskState.ACKNOWLEDGED,
            clock.now(),
            actor.account_id,
        )
        task.climb_at = None
        task.save(update_fields=["state", "acknowledged_at", "acknowledged_by", "climb_at"])
        _journal(actor, "task.acknowledge", task)
    return task


@transaction.atomic
def answer_task(*, actor: Actor, task_id: int, answer: str) -> Task:
    """办结: the task is done and says how. Answering twice keeps the first answer."""
    task = _mine(actor, task_id)
    if task.state != TaskState.ANSWERED:
        _answer(task, actor.account_id, answer)
        _journal(actor, "task.answer", task)
    return task


@transaction.atomic
def settle_tasks(*, actor: Actor, subject: tuple[str, int], answer: str) -> int:
    """Answer every open task about a subject: the work was done where the subject lives. Returns how many."""
    open_tasks = (
        Task.objects.in_scope()
        .select_for_update()
        .filter(subject_kind=subject[0], subject_id=subject[1])
        .exclude(state=TaskState.ANSWERED)
    )
    settled = 0
    for task in open_tasks:
        _answer(task, actor.account_id, answer)
        _journal(actor, "task.answer", task)
        settled += 1
    return settled


@transaction.atomic
def climb_late_tasks() -> int:
    """Let each unacknowledged task whose time is up climb one rung; returns how many climbed."""
    now = clock.now()
    late = (
        Task.objects.in_scope()
        .select_for_update(skip_locked=True)
        .filter(state=TaskState.OPEN, climb_at__lte=now)
    )
    climbed = 0
    for task in late:
        skip_deputy = task.rung == Rung.OWNER and task.deputy_id is None
        task.rung = Rung.COUNTY if skip_deputy or task.rung >= Rung.DEPUTY else Rung.DEPUTY
        task.climb_at = None if task.rung == Rung.COUNTY else now + timedelta(minutes=CLIMB_AFTER_MINUTES)
        task.save(update_fields=["rung", "climb_at"])
        journal.write(
            None,
            "task.climb",
            ("task", task.pk),
            school_id=task.school_id,
            county_id=task.county_id,
            rung=task.rung,
        )
        climbed += 1
    return climbed


@transaction.atomic
def follow_posts() -> int:
    """Write on every open task who holds its post today; returns how many changed hands.

    Who may answer follows the post by itself (queries.tasks_for); this is what the pages say about it.
    """
    today = clock.today()
    posts: dict[tuple[str, int], tuple[int | None, int | None]] = {}
    changed = 0
    open_tasks = Task.objects.in_scope().select_for_update(of=("self",)).exclude(state=TaskState.ANSWERED)
    for task in open_tasks.select_related("org"):
        post = (task.role, task.org_id)
        if post not in posts:
            posts[post] = holders(Role(task.role), task.org, today)
        if (task.owner_id, task.deputy_id) == posts[post]:
            continue
        task.owner_id, task.deputy_id = posts[post]
        task.save(update_fields=["owner", "deputy"])
        journal.write(
            None,
            "task.change_hands",
            ("task", task.pk),
            school_id=task.school_id,
            county_id=task.county_id,
            owner=task.owner_id,
            deputy=task.deputy_id,
        )
        changed += 1
    return changed


def _mine(actor: Actor, task_id: int) -> Task:
    task: Task | None = tasks_for(actor).select_for_update(of=("self",)).filter(pk=task_id).first()
    if task is None:
        raise Refused(
            Fault("task.not_yours", "这不是您的任务", "This is not your task", "task", str(task_id))
        )
    return task


def _answer(task: Task, account_id: int, answer: str) -> None:
    task.state, task.answered_at, task.answered_by_id = TaskState.ANSWERED, clock.now(), account_id
    task.answer, task.climb_at = answer[:300], None
    task.save(update_fields=["state", "answered_at", "answered_by", "answer", "climb_at"])


def _journal(actor: Actor, verb: str, task: Task) -> None:
    journal.write(
        actor.account_id, verb, ("task", task.pk), school_id=task.school_id, county_id=task.county_id
    )
