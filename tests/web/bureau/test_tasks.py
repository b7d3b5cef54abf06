"""The county officer's tasks: only those that climbed, taken and answered here."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.web.bureau.scenes import climb, raise_signal

from xiaodun.responsibility.tasks.models import Task, TaskState


@pytest.fixture
def officer(cast: Cast, client: Client) -> Client:
    client.force_login(cast.accounts["county"])
    return client


def due(officer: Client, cast: Cast) -> list[int]:
    response = officer.get(reverse("bureau:tasks", args=[cast.county.pk]))
    return [task.pk for task, _title in response.context["due"]]


@pytest.mark.requirement("R27")
def test_a_task_appears_only_once_it_has_climbed_to_the_county(officer: Client, cast: Cast) -> None:
    raise_signal(cast)
    assert due(officer, cast) == []
    task = climb(cast)
    assert due(officer, cast) == [task.pk]


def test_a_task_is_taken_then_answered_with_a_sentence(officer: Client, cast: Cast) -> None:
    raise_signal(cast)
    task = climb(cast)
    officer.post(reverse("bureau:acknowledge_task", args=[task.pk]))
    task.refresh_from_db()
    assert task.state == TaskState.ACKNOWLEDGED
    response = officer.post(
        reverse("bureau:answer_task", args=[task.pk]), {"answer": "已电话核实"}, follow=True
    )
    task.refresh_from_db()
    assert (task.state, task.answer) == (TaskState.ANSWERED, "已电话核实")
    assert "已办结" in response.content.decode()


def test_an_answer_without_words_is_refused(officer: Client, cast: Cast) -> None:
    raise_signal(cast)
    task = climb(cast)
    response = officer.post(reverse("bureau:answer_task", args=[task.pk]), {"answer": " "})
    assert response.status_code == 400
    assert "task.answer_empty" in response.content.decode()
    assert Task.objects.in_scope().get(pk=task.pk).state == TaskState.OPEN


def test_a_task_that_has_not_climbed_does_not_exist_for_the_county(officer: Client, cast: Cast) -> None:
    raise_signal(cast)
    task = Task.objects.in_scope().get()
    assert officer.post(reverse("bureau:acknowledge_task", args=[task.pk])).status_code == 404
    assert officer.post(reverse("bureau:answer_task", args=[task.pk]), {"answer": "x"}).status_code == 404
