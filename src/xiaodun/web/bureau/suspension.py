"""The county officer writes down what the authority has decided, and its lifting. The form computes nothing and imposes nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from xiaodun.foundation import clock
from xiaodun.kernel.calendar import ONE_DAY
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.response.outbreaks.deciding import record_decision, record_lift
from xiaodun.response.outbreaks.figures import figures_of
from xiaodun.response.outbreaks.models import Outbreak, Recommendation, SuspensionScope
from xiaodun.response.outbreaks.queries import Chain, chain_of, decision_for, outbreak_for, recommendation_for
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.web.bureau.outbreak_units import school_of_decision, school_of_outbreak
from xiaodun.web.page.context import frame
from xiaodun.web.page.outbreak_sheet import chain_sheet, class_names, day_typed, ids_typed


@require_http_methods(["GET", "POST"])
@never_cache
@door(Right.RECORD_DECISION, find=school_of_outbreak)
def decide(request: HttpRequest, outbreak_id: int, unit: Org) -> HttpResponse:
    """GET shows recommendation and assessment beside the form, POST records; a refusal keeps what was typed."""
    actor = acting(request)
    found = outbreak_for(actor, outbreak_id)
    if found is None or not found.is_live:
        raise Http404
    row = _recommendation(request, found)
    if request.method == "GET":
        return _form(request, unit, found, row, _proposed(row))
    said = request.POST
    try:
        with transaction.atomic():
            record_decision(
                actor=actor,
                outbreak_id=found.pk,
                recommendation_id=row.pk if row else None,
                **_announced(said),
            )
    except Refused as refused:
        return _form(request, unit, found, row, said, faults=refused.faults)
    messages.success(request, _("决定已登记，学校、疾控看得到"))
    return redirect("school:recommendation", row.pk) if row else redirect("school:outbreak", found.pk)


@require_http_methods(["GET", "POST"])
@never_cache
@door(Right.RECORD_DECISION, find=school_of_decision)
def lift(request: HttpRequest, decision_id: int, unit: Org) -> HttpResponse:
    """The same authority lifts: its document and the first day of lessons."""
    actor = acting(request)
    decision = decision_for(actor, decision_id)
    if decision is None or not decision.suspends:
        raise Http404
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            with transaction.atomic():
                record_lift(
                    actor=actor,
                    decision_id=decision.pk,
                    document_no=request.POST.get("document_no", ""),
                    lifted_on=day_typed(request.POST, "lifted_on"),
                )
            messages.success(request, _("解除已登记，学校看得到"))
            return redirect("school:outbreak", decision.outbreak_id)
        except Refused as refused:
            faults = refused.faults
    context = {
        "school": unit,
        "decision": decision,
        "places": class_names(decision.class_ids),
        "faults": faults,
        "typed": request.POST,
        "lifted_on": (clock.today() + ONE_DAY).isoformat(),
    }
    page = frame(request, unit) | context
    return render(request, "bureau/suspension_lift.html", page, status=400 if faults else 200)


def _recommendation(request: HttpRequest, found: Outbreak) -> Recommendation | None:
    """The recommendation that the decision answers, named in the address or in the form."""
    text = request.POST.get("recommendation") or request.GET.get("recommendation", "")
    if not text:
        return None
    row = recommendation_for(acting(request), int(text)) if text.isdecimal() and len(text) < 19 else None
    if row is None or row.outbreak_id != found.pk:
        raise Http404
    return row


def _announced(said: QueryDict) -> dict[str, Any]:
    suspends = said.get("suspends") != "0"
    facts: dict[str, Any] = {
        "suspends": suspends,
        "authority": said.get("authority", ""),
        "decided_on": day_typed(said, "decided_on"),
        "content": said.get("content", ""),
        "document_no": said.get("document_no", ""),
    }
    if not suspends:
        return facts
    return facts | {
        "scope": said.get("scope", ""),
        "class_ids": ids_typed(said, "classes"),
        "area": said.get("area", ""),
        "from_on": day_typed(said, "from_on") if said.get("from_on") else None,
        "to_on": day_typed(said, "to_on") if said.get("to_on") else None,
    }


def _proposed(row: Recommendation | None) -> QueryDict:
    """Scope, area and days as recommended; authority, document and content come from the paper and stay blank."""
    typed = QueryDict(mutable=True)
    typed["suspends"], typed["decided_on"] = "1", clock.today().isoformat()
    if row is not None:
        typed["scope"], typed["from_on"] = row.scope, row.from_on.isoformat()
        typed["to_on"] = row.to_on.isoformat() if row.to_on else ""
        typed.setlist("classes", [str(pk) for pk in row.class_ids])
        typed["area"] = class_names(row.class_ids)
    return typed


def _form(
    request: HttpRequest,
    unit: Org,
    found: Outbreak,
    row: Recommendation | None,
    typed: QueryDict,
    *,
    faults: tuple[Fault, ...] = (),
) -> HttpResponse:
    chosen = set(ids_typed(typed, "classes"))
    chain = chain_of(row) if row is not None else Chain(None, None, None)
    context = {
        "school": unit,
        "outbreak": found,
        "figures": figures_of(found),
        "sheet": chain_sheet(chain, with_loss=True) if row is not None else None,
        "typed": typed,
        "faults": faults,
        "scopes": SuspensionScope.choices,
        "classes": [
            {"klass": one, "chosen": one.pk in chosen}
            for one in Org.objects.all().classes_of(unit.pk, clock.today())
        ],
    }
    page = frame(request, unit) | context
    return render(request, "bureau/suspension_decision.html", page, status=400 if faults else 200)
