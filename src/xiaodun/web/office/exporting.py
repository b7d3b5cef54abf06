"""导出名册: ask with a reason, a second person agrees above 500, take the file once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.exporting import (
    ALONE,
    approve_export,
    ask_export,
    needs_second,
    take_export,
)
from xiaodun.responsibility.roster.models import ExportRequest, PersonKind
from xiaodun.web.office.saying import done, number, placed, tell
from xiaodun.web.page.context import frame

LISTED = 20
_LIVES = timedelta(hours=24)


def school_of(export_id: int) -> Org | None:
    found = ExportRequest.objects.in_scope().filter(pk=export_id).values_list("school_id", flat=True).first()
    return Org.objects.filter(pk=found).first() if found else None


@require_http_methods(["GET", "POST"])
@never_cache
@door(Right.KEEP_ROSTER, Right.APPROVE_EXPORT, org="org_id", level=Level.SCHOOL)
def export(request: HttpRequest, org_id: int, unit: Org) -> HttpResponse:
    """Ask for a list; below it what was asked, what waits for me."""
    actor, said = acting(request), request.POST
    keeps = actor.may(Right.KEEP_ROSTER, unit)
    faults: list[dict[str, str]] = []
    if request.method == "POST":
        if not keeps:
            raise Http404
        try:
            asked = _ask(actor, unit, request)
        except Refused as refused:
            faults = placed(refused.faults)
        else:
            if needs_second(asked):
                messages.info(request, _("已申请。请校长或另一位学籍管理员一小时内同意"))
            return redirect("office:export", org_id=org_id)
    context = {
        "keeps": keeps,
        "classes": Org.objects.all().classes_of(unit.pk, clock.today()),
        "mine": [_entry(one) for one in _recent(unit).filter(asked_by_id=actor.account_id)[:LISTED]],
        "waiting": waiting_for(unit, actor),
        "said": said,
        "faults": faults,
        "alone": ALONE,
    }
    return render(
        request, "office/export.html", frame(request, unit) | context, status=400 if faults else 200
    )


@require_POST
@door(Right.APPROVE_EXPORT, find=school_of)
def approve(request: HttpRequest, export_id: int, unit: Org) -> HttpResponse:
    asked = ExportRequest.objects.in_scope().select_for_update().get(pk=export_id)
    done(
        request,
        lambda: approve_export(actor=acting(request), request=asked),
        _("已同意。申请人一小时内可取"),
    )
    return redirect("office:export", org_id=unit.pk)


@require_POST
@never_cache
@door(Right.KEEP_ROSTER, find=school_of, fresh=True)
def take(request: HttpRequest, export_id: int, unit: Org) -> HttpResponse:
    """The file itself. It holds names: no cache, no sniffing of its kind."""
    try:
        taken = take_export(actor=acting(request), request_id=export_id)
    except Refused as refused:
        tell(request, refused)
        return redirect("office:export", org_id=unit.pk)
    response = HttpResponse(taken.data, content_type=taken.content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(taken.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def waiting_for(unit: Org, actor: Actor) -> list[ExportRequest]:
    """Lists that another person asked for and that nobody has agreed to or taken yet."""
    if not actor.may(Right.APPROVE_EXPORT, unit):
        return []
    rows = (
        _recent(unit)
        .filter(taken_at__isnull=True, approved_at__isnull=True)
        .exclude(asked_by_id=actor.account_id)
    )
    return [one for one in rows[:LISTED] if needs_second(one)]


def _recent(unit: Org) -> Any:
    rows = ExportRequest.objects.in_scope().filter(school_id=unit.pk, asked_at__gt=clock.now() - _LIVES)
    return rows.select_related("asked_by", "approved_by").order_by("-asked_at")


def _ask(actor: Actor, unit: Org, request: HttpRequest) -> ExportRequest:
    said = request.POST
    klass = Org.objects.filter(
        pk=number(said.get("class", ""), 0), school_id=unit.pk, level=Level.KLASS
    ).first()
    kind = PersonKind.STAFF if said.get("kind") == "staff" else PersonKind.PUPIL
    return ask_export(
        actor=actor,
        school=unit,
        kind=kind,
        klass=klass if kind == PersonKind.PUPIL else None,
        form=said.get("form", ""),
        with_numbers=said.get("numbers") == "1",
        reason=said.get("reason", ""),
    )


def _entry(one: ExportRequest) -> dict[str, Any]:
    waits = needs_second(one) and one.approved_at is None
    return {
        "export": one,
        "waits": waits and one.taken_at is None,
        "ready": not waits and one.taken_at is None,
    }
