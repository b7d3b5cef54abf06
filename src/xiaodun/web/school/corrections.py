"""更正: what families say is wrong, on the school doctor's desk; each is answered in words that the family reads."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.kernel.errors import Refused
from xiaodun.measures.consents.actions import answer_correction
from xiaodun.measures.consents.desk import corrections_of
from xiaodun.measures.consents.models import HealthCorrection
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.web.page.context import frame


def school_of_correction(health_correction_id: int) -> Org | None:
    row = HealthCorrection.objects.in_scope().filter(pk=health_correction_id).first()
    return Org.objects.filter(pk=row.school_id).first() if row else None


@require_GET
@never_cache
@door(Right.FOLLOW_HEALTH, org="school_id", level=Level.SCHOOL)
def corrections(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    waiting, done = corrections_of(HealthCorrection, unit)
    context = {"school": unit, "waiting": waiting, "done": done, "answer_url": "school:answer_correction"}
    return render(request, "page/corrections.html", frame(request, unit) | context)


@require_POST
@door(Right.FOLLOW_HEALTH, find=school_of_correction)
def answer(request: HttpRequest, health_correction_id: int, unit: Org) -> HttpResponse:
    row = HealthCorrection.objects.in_scope().select_for_update().filter(pk=health_correction_id).first()
    if row is None:
        raise Http404
    try:
        answer_correction(
            actor=acting(request),
            correction=row,
            school=unit,
            corrected=request.POST.get("corrected") == "1",
            answer=request.POST.get("answer", ""),
        )
    except Refused as refused:
        for fault in refused.faults:
            messages.error(request, f"{fault.words(get_language() or 'zh')} ({fault.code})")
    return redirect("school:corrections", school_id=unit.pk)
