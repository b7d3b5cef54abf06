"""What the lead does from the outbreak's page: lead, watch, join, measures, words with partners, the close and its summary."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiaodun.foundation import clock
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import at
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.response.outbreaks.actions import (
    RETENTION_DAYS,
    close_outbreak,
    join_outbreak,
    quiet_until,
    take_lead,
    watch_outbreak,
)
from xiaodun.response.outbreaks.cases import STATUS_WORDS, CaseStatus, counting
from xiaodun.response.outbreaks.figures import figures_of
from xiaodun.response.outbreaks.measuring import finish_measure, give_measure, note_partner
from xiaodun.response.outbreaks.models import Measure, Outbreak
from xiaodun.response.outbreaks.queries import chains_of
from xiaodun.response.outbreaks.timeline import timeline_of
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.web.page.context import frame
from xiaodun.web.page.outbreak_sheet import chain_sheet, curve, day_typed, ids_typed, shared_words, told
from xiaodun.web.page.written import clock_time, short_date
from xiaodun.web.school.outbreak_posts import post
from xiaodun.web.school.outbreaks import found_for, headline, may, school_of
from xiaodun.web.school.words import say_refused

USUAL_HOURS = 24  # a suggested measure is due in one day unless another time is said


@post(Right.LEAD_OUTBREAK)
def lead(request: HttpRequest, found: Outbreak, unit: Org) -> str:
    take_lead(actor=acting(request), outbreak_id=found.pk)
    return _("现在由您牵头")


@post(Right.LEAD_OUTBREAK)
def watch(request: HttpRequest, found: Outbreak, unit: Org) -> str:
    watch_outbreak(actor=acting(request), outbreak_id=found.pk)
    return _("已转入观察。有新病例会自己转回处置")


@post(Right.LEAD_OUTBREAK)
def join(request: HttpRequest, found: Outbreak, unit: Org) -> str:
    into_id = next(iter(ids_typed(request.POST, "into")), 0)
    join_outbreak(actor=acting(request), outbreak_id=found.pk, into_id=into_id)
    return _("两起已并成一页，都在这里")


@post(Right.LEAD_OUTBREAK)
def measure(request: HttpRequest, found: Outbreak, unit: Org) -> str:
    said = request.POST
    given = give_measure(
        actor=acting(request),
        outbreak_id=found.pk,
        kind=said.get("kind", ""),
        words=said.get("words", ""),
        role=said.get("role", ""),
        due_at=_due(said),
    )
    due = f"{short_date(given.due_at)} {clock_time(given.due_at)}"
    return _("已派给%(role)s，%(due)s 前完成") % {"role": given.get_role_display(), "due": due}


@post(Right.LEAD_OUTBREAK)
def partner(request: HttpRequest, found: Outbreak, unit: Org) -> str:
    said = request.POST
    note_partner(
        actor=acting(request),
        outbreak_id=found.pk,
        partner=said.get("partner", ""),
        post=said.get("post", ""),
        words=said.get("words", ""),
    )
    return _("联系已记下")


def school_of_measure(measure_id: int) -> Org | None:
    rows = Measure.objects.in_scope().filter(pk=measure_id)
    return Org.objects.filter(pk__in=rows.values("school_id")).first()


@require_GET
@never_cache
@door(Right.READ_SIGNAL, find=school_of_measure)
def measure_page(request: HttpRequest, measure_id: int, unit: Org) -> HttpResponse:
    """Where a task leads: the measures of its outbreak."""
    row = Measure.objects.visible_to(acting(request).reach).get(pk=measure_id)
    return redirect(f"{reverse('school:outbreak', args=[row.outbreak_id])}#measures")


@require_POST
@door(Right.LEAD_OUTBREAK, Right.SEND_REPORT, find=school_of_measure)
def done(request: HttpRequest, measure_id: int, unit: Org) -> HttpResponse:
    """One tap: the measure is done."""
    try:
        with transaction.atomic():
            finished = finish_measure(actor=acting(request), measure_id=measure_id)
        messages.success(request, _("%(what)s已完成") % {"what": finished.get_kind_display()})
    except Refused as refused:
        say_refused(request, refused)
    row = Measure.objects.visible_to(acting(request).reach).get(pk=measure_id)
    return redirect("school:outbreak", row.outbreak_id)


@require_http_methods(["GET", "POST"])
@never_cache
@door(Right.LEAD_OUTBREAK, find=school_of)
def close(request: HttpRequest, outbreak_id: int, unit: Org) -> HttpResponse:
    """GET shows what will be frozen and asks for the lessons, POST closes; a refusal keeps what was typed."""
    found = found_for(request, outbreak_id)
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            with transaction.atomic():
                close_outbreak(
                    actor=acting(request),
                    outbreak_id=found.pk,
                    went_well=request.POST.get("went_well", ""),
                    to_change=request.POST.get("to_change", ""),
                    early_reason=request.POST.get("early_reason", ""),
                )
            messages.success(request, _("处置已结束，数字已冻结。小结可打印"))
            return redirect("school:outbreak_summary", outbreak_id)
        except Refused as refused:
            faults = refused.faults
    if not found.is_live:
        return redirect("school:outbreak_summary", outbreak_id)
    with open_scope(schools=[unit.pk]):
        until = quiet_until(found, counting(found))
    context = headline(found, figures_of(found)) | {
        "school": unit,
        "faults": faults,
        "typed": request.POST,
        "quiet_until": until,
        "is_early": clock.today() <= until,
        "retain_until": clock.today() + timedelta(days=RETENTION_DAYS),
    }
    page = frame(request, unit) | context
    return render(request, "school/outbreak_close.html", page, status=400 if faults else 200)


@require_GET
@never_cache
@door(Right.READ_SIGNAL, find=school_of)
def summary(request: HttpRequest, outbreak_id: int, unit: Org) -> HttpResponse:
    """For paper: figures, lessons, suspension, measures, times. No person."""
    found = found_for(request, outbreak_id)
    figures = figures_of(found)
    chains = [chain_sheet(chain, with_loss=True) for chain in chains_of(found)]
    context = headline(found, figures) | {
        "school": unit,
        "curve": curve(figures, clock.today()),
        "statuses": [(STATUS_WORDS[one], figures.by_status.get(str(one), 0)) for one in CaseStatus],
        "links": shared_words(figures.shared),
        "chains": [one for one in chains if one.chain.decision is not None],
        "measures": list(found.measures.select_related("done_by").order_by("given_at")),
        "told": told(list(reversed(timeline_of(found)))),
    }
    context |= may(acting(request), unit, found)
    return render(request, "school/outbreak_summary.html", frame(request, unit) | context)


def _due(said: QueryDict) -> datetime:
    """The evening of the day named; without one a day from now."""
    if not said.get("due_on"):
        return clock.now() + timedelta(hours=USUAL_HOURS)
    day = day_typed(said, "due_on")
    return at(day, 17) if at(day, 17) > clock.now() else at(day, 23, 59)
