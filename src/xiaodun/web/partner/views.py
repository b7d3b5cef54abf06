"""The CDC's tray and the report: read, acknowledged, answered. What am I to do, and on what ground?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Refused
from xiaodun.measures.partners.actions import live_access
from xiaodun.measures.reporting.actions import acknowledge_delivery, answer_delivery
from xiaodun.measures.reporting.models import Delivery, Receiver
from xiaodun.measures.reporting.queries import PAGE, beside, delivery_for, exchange, waiting
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.web.page.context import frame
from xiaodun.web.page.report_sheet import report_sheet
from xiaodun.web.partner.units import county, school_of_delivery

POLL_SECONDS = 60


@require_GET
@never_cache
@door(Right.RECEIVE_AT_CDC, find=county)
def tray(request: HttpRequest, county_id: int, unit: Org) -> HttpResponse:
    """The hand-over that waits longest, then the others that wait, then the exchange so far."""
    actor = acting(request)
    before = request.GET.get("before", "")
    now = clock.now()
    held = waiting(Receiver.CDC, unit.pk, actor.reach)
    done = exchange(Receiver.CDC, unit.pk, actor.reach, int(before) if before.isdecimal() else None)
    unread = [(delivery, report_sheet(delivery.report), now - delivery.sent_at) for delivery in held]
    context = {
        "first": unread[0] if unread else None,
        "unread": unread,
        "done": [(delivery, report_sheet(delivery.report)) for delivery in done[:PAGE]],
        "before": done[PAGE - 1].pk if len(done) > PAGE else None,
        "poll_seconds": POLL_SECONDS,
    }
    return render(request, "partner/tray.html", frame(request, unit) | context)


@require_GET
@never_cache
@door(Right.RECEIVE_AT_CDC, find=school_of_delivery)
def report(request: HttpRequest, delivery_id: int, unit: Org) -> HttpResponse:
    """The report's figures; never a name, also while a line list is open."""
    return report_page(request, unit, delivery_of(request, delivery_id))


@require_POST
@door(Right.RECEIVE_AT_CDC, find=school_of_delivery)
def acknowledge(request: HttpRequest, delivery_id: int, unit: Org) -> HttpResponse:
    acknowledge_delivery(actor=acting(request), delivery_id=delivery_id)
    messages.success(request, _("已签收，学校和教育局看得到"))
    return redirect("partner:report", delivery_id)


@require_POST
@door(Right.RECEIVE_AT_CDC, find=school_of_delivery)
def answer(request: HttpRequest, delivery_id: int, unit: Org) -> HttpResponse:
    """Answer in one sentence; a refusal keeps what was typed."""
    words = request.POST.get("words", "")
    try:
        with transaction.atomic():
            answer_delivery(actor=acting(request), delivery_id=delivery_id, words=words)
    except Refused as refused:
        said = {"faults": refused.faults, "words": words}
        return report_page(request, unit, delivery_of(request, delivery_id), said)
    messages.success(request, _("已回复，学校看得到"))
    return redirect("partner:report", delivery_id)


def delivery_of(request: HttpRequest, delivery_id: int) -> Delivery:
    actor = acting(request)
    found = delivery_for(Receiver.CDC, delivery_id, actor.reach)
    if found is None:
        raise Http404
    return found


def report_page(
    request: HttpRequest, school: Org, delivery: Delivery, said: dict[str, Any] | None = None
) -> HttpResponse:
    """The report, with `said`: the faults of a refused form and what was typed into it."""
    actor = acting(request)
    subject = (delivery.report.subject_kind, delivery.report.subject_id)
    context = {
        "delivery": delivery,
        "school": school,
        "sheet": report_sheet(delivery.report),
        "copies": beside(delivery, actor.reach),
        "access": live_access(actor, subject),
        "data_hash": delivery.report.body_hash,
    }
    context = frame(request, school) | context | (said or {})
    return render(request, "partner/report.html", context, status=400 if said else 200)
