"""The CDC's part of a suspension: what waits for its assessment, and the assessment."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.response.outbreaks.figures import figures_of, thawed
from xiaodun.response.outbreaks.models import Recommendation, Verdict
from xiaodun.response.outbreaks.queries import (
    assessed_lately,
    chain_of,
    live_lines,
    outbreak_for,
    recommendation_for,
    waiting_for_assessment,
)
from xiaodun.response.outbreaks.suspension import assess_suspension
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.web.page.context import frame
from xiaodun.web.page.outbreak_sheet import chain_sheet, chain_sheets
from xiaodun.web.page.report_sheet import level_state
from xiaodun.web.page.written import in_chinese
from xiaodun.web.partner.units import county


@require_GET
@never_cache
@door(Right.ASSESS_SUSPENSION, find=county)
def outbreaks(request: HttpRequest, county_id: int, unit: Org) -> HttpResponse:
    """Recommendations that wait for the CDC, the longest first; the county's outbreaks; what was assessed."""
    actor = acting(request)
    waiting = waiting_for_assessment(unit.pk, actor.reach)
    done = assessed_lately(unit.pk, actor.reach)
    ids = {row.school_id for row in waiting} | {row.school_id for row in done}
    names = dict(Org.objects.filter(pk__in=ids).values_list("pk", "name"))
    context = {
        "waiting": [
            (names[row.school_id], sheet, row)
            for row, sheet in zip(waiting, chain_sheets([chain_of(row) for row in waiting]), strict=True)
        ],
        "lines": [
            (line, level_state(line.level), line.title if in_chinese() else line.title_en)
            for line in live_lines(actor.reach, clock.today(), county_id=unit.pk)
        ],
        "done": [
            (names[row.school_id], row, sheet)
            for row, sheet in zip(
                done, chain_sheets([chain_of(row.recommendation) for row in done]), strict=True
            )
        ],
    }
    return render(request, "partner/outbreaks.html", frame(request, unit) | context)


def school_of_recommendation(recommendation_id: int) -> Org | None:
    rows = Recommendation.objects.in_scope().filter(pk=recommendation_id)
    return Org.objects.filter(pk__in=rows.values("school_id")).first()


@require_http_methods(["GET", "POST"])
@never_cache
@door(Right.ASSESS_SUSPENSION, find=school_of_recommendation)
def assess(request: HttpRequest, recommendation_id: int, unit: Org) -> HttpResponse:
    """GET shows grounds, figures and cost beside the form, POST assesses; a refusal keeps what was typed."""
    actor = acting(request)
    row = recommendation_for(actor, recommendation_id)
    found = outbreak_for(actor, row.outbreak_id) if row is not None else None
    if row is None or found is None:
        raise Http404
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            with transaction.atomic():
                assess_suspension(
                    actor=actor,
                    recommendation_id=row.pk,
                    verdict=request.POST.get("verdict", ""),
                    words=request.POST.get("words", ""),
                )
            messages.success(request, _("评估已送出，学校和教育局看得到。停不停由县级以上政府决定"))
            return redirect("school:recommendation", row.pk)
        except Refused as refused:
            faults = refused.faults
    context = {
        "school": unit,
        "outbreak": found,
        "figures": figures_of(found),
        "then": thawed({key: value for key, value in row.figures.items() if key != "loss"}),
        "sheet": chain_sheet(chain_of(row), with_loss=True),
        "verdicts": Verdict.choices,
        "typed": request.POST,
        "faults": faults,
    }
    page = frame(request, unit) | context
    return render(request, "partner/outbreak_assessment.html", page, status=400 if faults else 200)
