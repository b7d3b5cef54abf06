"""The school's day: which classes have said what, who is listed, what waits for me."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.calendar import at
from xiaodun.kernel.errors import Refused
from xiaodun.measures.checks.actions import DEADLINE
from xiaodun.measures.checks.school_queries import ClassState, findings_of_day, school_today
from xiaodun.response.signals.models import LADDER, Signal, SignalState
from xiaodun.responsibility.accounts.doors import acting, door, signed_in
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.models import Person
from xiaodun.responsibility.tasks.actions import acknowledge_task, answer_task
from xiaodun.responsibility.tasks.queries import open_tasks_for, tasks_for
from xiaodun.web.page.context import frame
from xiaodun.web.page.written import clock_time, short_date
from xiaodun.web.school.words import named, say_refused

MOST_TASKS = 50
MOST_SIGNALS = 5


@require_GET
@never_cache
@door(Right.READ_SCHOOL, org="school_id", level=Level.SCHOOL)
def day(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    """Today at one school: reported, nil, missing first; then the signals, my tasks, the classes."""
    actor = acting(request)
    today = school_today(unit, clock.today())
    context = frame(request, unit) | {
        "school": unit,
        "today": today,
        "n_reported": today.n(ClassState.REPORTED),
        "n_nil": today.n(ClassState.NIL),
        "n_missing": today.n(ClassState.MISSING),
        "deadline": f"{DEADLINE[0]}:{DEADLINE[1]:02}",
        "is_due": clock.now() > at(clock.today(), *DEADLINE),
        "may_record": actor.may(Right.RECORD_CHECK, unit),
        "signals": _live_signals(unit),
        "tasks": open_tasks_for(actor),
        "poll_seconds": 60,
    }
    return render(request, "school/day.html", context)


@require_GET
@never_cache
@door(Right.READ_SCHOOL, org="school_id", level=Level.SCHOOL)
def listed(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    """The rows behind the day's figures. Officers see classes and symptoms; names only who may read them."""
    actor = acting(request)
    chosen = _day(request.GET.get("day", ""))
    findings = findings_of_day(unit.pk, chosen)
    persons = {
        p.pk: p for p in Person.objects.visible_to(actor.reach).filter(pk__in=[f.person_id for f in findings])
    }
    classes = {org.pk: org for org in Org.objects.all().classes_of(unit.pk, clock.today())}
    rows = [(classes[f.class_id], named(persons.get(f.person_id), actor, unit), f) for f in findings]
    rows.sort(key=lambda row: row[0].sort)
    return render(
        request, "school/listed.html", frame(request, unit) | {"school": unit, "chosen": chosen, "rows": rows}
    )


@require_GET
@never_cache
@door(Right.READ_SCHOOL, org="school_id", level=Level.SCHOOL)
def tasks(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    """My tasks, the one due first on top; what was done stands below."""
    actor = acting(request)
    rows = list(
        tasks_for(actor)
        .select_related("owner", "deputy", "answered_by")
        .order_by("answered_at", "due_at")[:MOST_TASKS]
    )
    rows.sort(key=lambda task: task.state == "answered")
    return render(request, "school/tasks.html", frame(request, unit) | {"school": unit, "tasks": rows})


@require_POST
@signed_in
def acknowledge(request: HttpRequest, task_id: int) -> HttpResponse:
    return _on_task(request, task_id, "acknowledge")


@require_POST
@signed_in
def answer(request: HttpRequest, task_id: int) -> HttpResponse:
    return _on_task(request, task_id, "answer")


def _on_task(request: HttpRequest, task_id: int, verb: str) -> HttpResponse:
    actor = acting(request)
    if not tasks_for(actor).filter(pk=task_id).exists():
        raise Http404
    try:
        if verb == "acknowledge":
            task = acknowledge_task(actor=actor, task_id=task_id)
            messages.success(
                request,
                _("已签收。时限照走，到期 %(due)s")
                % {"due": f"{short_date(task.due_at)} {clock_time(task.due_at)}"},
            )
        else:
            task = answer_task(actor=actor, task_id=task_id, answer=request.POST.get("answer", ""))
            messages.success(request, _("已办结"))
    except Refused as refused:
        say_refused(request, refused)
        task = tasks_for(actor).get(pk=task_id)
    return redirect(reverse("school:tasks", args=[task.school_id]))


def _live_signals(school: Org) -> list[Signal]:
    rows = Signal.objects.in_scope().filter(
        school_id=school.pk, state__in=[SignalState.OPEN, SignalState.VERIFIED]
    )
    live = list(rows.prefetch_related("duties").order_by("-opened_at"))
    # Open before judged, grave before light, new before old.
    live.sort(key=lambda signal: (signal.state != SignalState.OPEN, -LADDER.index(signal.level)))
    return live[:MOST_SIGNALS]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else clock.today()
    except ValueError:
        raise Http404 from None
