"""What can never be true of a task is refused by the database, whoever writes it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.cast import MORNING, Cast

from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.tasks.models import Task


def task(cast: Cast, **facts: Any) -> Task:
    said: dict[str, Any] = {
        "kind": "signal", "subject_kind": "signal", "subject_id": 1, "title": "核实", "title_en": "Verify",
        "role": Role.EPIDEMIC_REPORTER, "org": cast.school, "school_id": cast.school.pk, "county_id": cast.county.pk,
        "created_at": MORNING, "due_at": MORNING,
    }  # fmt: skip
    made: Task = Task.objects.create(**(said | facts))
    return made


def _bad_tasks() -> dict[str, dict[str, Any]]:
    return {
        "task_once": {},
        "task_answered_has_when_and_who": {"subject_id": 2, "state": "answered", "answered_at": MORNING},
        "task_acknowledged_has_when": {"subject_id": 3, "state": "acknowledged"},
    }


def test_every_constraint_of_a_task_refuses_its_row(cast: Cast) -> None:
    task(cast)
    bad = _bad_tasks()
    assert {constraint.name for constraint in Task._meta.constraints} == set(bad)
    for name, facts in bad.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            task(cast, **facts)


def test_the_same_subject_may_be_another_kind_of_task(cast: Cast) -> None:
    task(cast)
    task(cast, kind="follow-up")
    task(cast, role=Role.SCHOOL_DOCTOR)
    assert Task.objects.in_scope().count() == 3
