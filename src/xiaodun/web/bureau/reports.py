"""A report at the bureau: read, acknowledged, answered. Figures only; names go to the CDC, with a purpose."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.kernel.errors import Refused
from xiaodun.measures.reporting.actions import acknowledge_delivery, answer_delivery
from xiaodun.measures.reporting.models import Delivery, Receiver
from xiaodun.measures.reporting.queries import beside, delivery_for
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.web.bureau.units import school_of_delivery
from xiaodun.web.page.context import frame
from xiaodun.web.page.report_sheet import report_sheet


@require_GET
@never_cache
@door(Right.RECEIVE_AT_BUREAU, find=school_of_delivery)
def report(request: HttpRequest, delivery_id: int, unit: Org) -> HttpResponse:
    return _page(request, unit, _delivery(request, delivery_id))


@require_POST
@door(Right.RECEIVE_AT_BUREAU, find=school_of_delivery)
def acknowledge(request: HttpRequest, delivery_id: int, unit: Org) -> HttpResponse:
    acknowledge_delivery(actor=acting(request), delivery_id=delivery_id)
    messages.success(request, _("已签收，学校看得到"))
    return redirect("bureau:report", delivery_id)


@require_POST
@door(Right.RECEIVE_AT_BUREAU, find=school_of_delivery)
def answer(request: HttpRequest, delivery_id: int, unit: Org) -> HttpResponse:
    """Answer in one sentence; a refusal keeps what was typed."""
    words = request.POST.get("words", "")
    try:
        with transaction.atomic():
            answer_delivery(actor=acting(request), delivery_id=delivery_id, words=words)
    except Refused as refused:
        said = {"faults": refused.faults, "words": words}
        return _page(request, unit, _delivery(request, delivery_id), said, status=400)
    messages.success(request, _("已回复，学校看得到"))
    return redirect("bureau:report", delivery_id)


def _delivery(request: HttpRequest, delivery_id: int) -> Delivery:
    actor = acting(request)
    found = delivery_for(Receiver.BUREAU, delivery_id, actor.reach)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest,
    school: Org,
    delivery: Delivery,
    said: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = acting(request)
    context = {
        "delivery": delivery,
        "school": school,
        "sheet": report_sheet(delivery.report),
        "copies": beside(delivery, actor.reach),
        "data_hash": delivery.report.body_hash,
    }
    return render(
        request, "bureau/report.html", frame(request, school) | context | (said or {}), status=status
    )
