"""The persons behind a report: opened for one reader, with a purpose, for a while; readings leave a trace."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from xiaodun.kernel.errors import Refused
from xiaodun.measures.health.line_list import answers_of
from xiaodun.measures.partners.actions import ask_line_list, live_access, read_line_list
from xiaodun.measures.partners.models import LineListAccess
from xiaodun.measures.reporting.models import Delivery
from xiaodun.response.signals.models import Signal
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.web.page.context import frame
from xiaodun.web.page.report_sheet import report_sheet
from xiaodun.web.partner.units import school_of_delivery
from xiaodun.web.partner.views import delivery_of, report_page


@require_http_methods(["GET", "POST"])
@never_cache
@door(Right.ASK_LINE_LIST, find=school_of_delivery)
def line_list(request: HttpRequest, delivery_id: int, unit: Org) -> HttpResponse:
    """GET reads the reader's own open list, POST asks for it with a purpose."""
    delivery = delivery_of(request, delivery_id)
    return _ask(request, unit, delivery) if request.method == "POST" else _read(request, unit, delivery)


def _ask(request: HttpRequest, school: Org, delivery: Delivery) -> HttpResponse:
    purpose = request.POST.get("purpose", "")
    actor = acting(request)
    try:
        with transaction.atomic():
            ask_line_list(
                actor=actor,
                subject=_subject(delivery),
                school=school,
                follow_up_ids=_illnesses(actor, delivery),
                purpose=purpose,
            )
    except Refused as refused:
        return report_page(request, school, delivery, {"faults": refused.faults, "purpose": purpose})
    messages.success(request, _("名单已打开。每次打开都留痕"))
    return redirect("partner:line_list", delivery.pk)


def _read(request: HttpRequest, school: Org, delivery: Delivery) -> HttpResponse:
    """The open list; after its expiry the list is gone and the page says why (403)."""
    actor = acting(request)
    subject = _subject(delivery)
    access = live_access(actor, subject)
    context = frame(request, school) | {
        "delivery": delivery,
        "school": school,
        "sheet": report_sheet(delivery.report),
        "access": access,
        "last": None if access else _last(actor, subject),
    }
    if access is None:
        return render(request, "partner/line_list_closed.html", context, status=403)
    rows = read_line_list(actor=actor, access=access)
    classes = dict(Org.objects.filter(pk__in={case.class_id for _p, case in rows}).values_list("pk", "name"))
    language = get_language() or "zh"
    context["rows"] = [
        (person, classes.get(case.class_id, ""), case, answers_of(case, language)) for person, case in rows
    ]
    return render(request, "partner/line_list.html", context)


def _subject(delivery: Delivery) -> tuple[str, int]:
    return delivery.report.subject_kind, delivery.report.subject_id


def _illnesses(actor: Actor, delivery: Delivery) -> list[int]:
    """The illnesses of the report's signal as they stand now: a case added since is part of it."""
    kind, subject_id = _subject(delivery)
    found = Signal.objects.visible_to(actor.reach).filter(pk=subject_id).first() if kind == "signal" else None
    if found is None:
        raise Http404
    return list(found.follow_up_ids)


def _last(actor: Actor, subject: tuple[str, int]) -> LineListAccess | None:
    """The reader's last opening of this list, now over."""
    rows = LineListAccess.objects.visible_to(actor.reach).filter(
        subject_kind=subject[0], subject_id=subject[1], reader_id=actor.account_id
    )
    found: LineListAccess | None = rows.order_by("-opened_at").first()
    return found
