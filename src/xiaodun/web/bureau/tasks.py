"""The county officer's tasks: those of the post, and those that climbed because nobody below took them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.kernel.errors import Fault
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.tasks.actions import acknowledge_task, answer_task
from xiaodun.responsibility.tasks.models import Task, TaskState
from xiaodun.responsibility.tasks.queries import tasks_for
from xiaodun.web.bureau.lines import said
from xiaodun.web.bureau.units import county, county_of_task
from xiaodun.web.page.context import frame

MOST_OPEN, MOST_DONE = 50, 20
EMPTY = Fault("task.answer_empty", "写一句怎么办的", "Say in one sentence what was done", "answer")


@require_GET
@never_cache
@door(Right.READ_COUNTY, find=county)
def tasks(request: HttpRequest, county_id: int, unit: Org) -> HttpResponse:
    return _page(request, unit)


@require_POST
@door(Right.ANSWER_TASK, find=county_of_task)
def acknowledge(request: HttpRequest, task_id: int, unit: Org) -> HttpResponse:
    """签收: the climbing ends here, the time limit does not."""
    _mine(request, task_id)
    acknowledge_task(actor=acting(request), task_id=task_id)
    messages.success(request, _("已签收。时限照走"))
    return redirect("bureau:tasks", unit.pk)


@require_POST
@door(Right.ANSWER_TASK, find=county_of_task)
def answer(request: HttpRequest, task_id: int, unit: Org) -> HttpResponse:
    """办结, in one sentence: a task that is done says how."""
    _mine(request, task_id)
    words = request.POST.get("answer", "").strip()
    if not words:
        return _page(request, unit, {"faults": [EMPTY]})
    answer_task(actor=acting(request), task_id=task_id, answer=words)
    messages.success(request, _("已办结"))
    return redirect("bureau:tasks", unit.pk)


def _mine(request: HttpRequest, task_id: int) -> None:
    """A task that is not the reader's does not exist for the reader."""
    actor = acting(request)
    if not tasks_for(actor).filter(pk=task_id).exists():
        raise Http404


def _page(request: HttpRequest, unit: Org, refused: dict[str, Any] | None = None) -> HttpResponse:
    actor = acting(request)
    mine = tasks_for(actor).filter(county_id=unit.pk).select_related("org", "owner", "deputy", "answered_by")
    due = mine.exclude(state=TaskState.ANSWERED).order_by("due_at", "pk")[:MOST_OPEN]
    done = mine.filter(state=TaskState.ANSWERED).order_by("-answered_at")[:MOST_DONE]
    context = {"due": [_line(task) for task in due], "done": [_line(task) for task in done]}
    context = frame(request, unit) | context | (refused or {})
    return render(request, "bureau/tasks.html", context, status=400 if refused else 200)


def _line(task: Task) -> tuple[Task, str]:
    return task, said(task)
