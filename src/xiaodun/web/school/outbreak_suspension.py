"""The school's part of a suspension: recommending it with grounds and lighter measures weighed; the chain as all read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.measures.checks.school_days import next_school_day
from xiaodun.response.outbreaks.advice import Advice, advice_of
from xiaodun.response.outbreaks.figures import Figures, figures_of, thawed
from xiaodun.response.outbreaks.loss import Loss, loss_of
from xiaodun.response.outbreaks.models import Decision, Outbreak, Recommendation, SuspensionScope
from xiaodun.response.outbreaks.queries import chain_of, outbreak_for, recommendation_for
from xiaodun.response.outbreaks.suspension import (
    recommend_suspension,
    scoped_classes,
    withdraw_recommendation,
)
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.web.page.context import frame
from xiaodun.web.page.outbreak_sheet import advice_line, chain_sheet, day_typed, ids_typed
from xiaodun.web.page.written import in_chinese
from xiaodun.web.school.outbreaks import found_for, headline, may, school_of
from xiaodun.web.school.words import say_refused


@require_http_methods(["GET", "POST"])
@never_cache
@door(Right.RECOMMEND_SUSPENSION, find=school_of)
def recommend(request: HttpRequest, outbreak_id: int, unit: Org) -> HttpResponse:
    """GET opens the form with what the rules advise, POST recommends, or reckons anew where `reckon` was pressed."""
    found = found_for(request, outbreak_id)
    if not found.is_live:
        raise Http404
    advice = advice_of(found)
    if request.method == "GET":
        return _form(request, unit, found, advice, _proposed(found, unit, advice))
    said = request.POST
    try:
        with transaction.atomic():
            chosen = _chosen(said)
            if said.get("reckon"):
                scoped_classes(unit, chosen["scope"], chosen["class_ids"])
                return _form(request, unit, found, advice, said)
            row = recommend_suspension(
                actor=acting(request),
                outbreak_id=found.pk,
                **chosen,
                grounds=said.get("grounds", ""),
                considered=said.get("considered", ""),
                rule_id=said.get("rule", ""),
            )
    except Refused as refused:
        return _form(request, unit, found, advice, said, faults=refused.faults)
    messages.success(request, _("停课建议已送疾控评估，教育局同时看得到。停不停由县级以上政府决定"))
    return redirect("school:recommendation", row.pk)


def school_of_recommendation(recommendation_id: int) -> Org | None:
    rows = Recommendation.objects.in_scope().filter(pk=recommendation_id)
    return Org.objects.filter(pk__in=rows.values("school_id")).first()


@require_GET
@never_cache
@door(Right.READ_SIGNAL, find=school_of_recommendation)
def recommendation(request: HttpRequest, recommendation_id: int, unit: Org) -> HttpResponse:
    """The chain of one suspension, its grounds and its cost, for every reader."""
    actor = acting(request)
    row = recommendation_for(actor, recommendation_id)
    found = outbreak_for(actor, row.outbreak_id) if row is not None else None
    if row is None or found is None:
        raise Http404
    figures = thawed({key: value for key, value in row.figures.items() if key != "loss"})
    context = headline(found, figures_of(found)) | {
        "school": unit,
        "sheet": chain_sheet(chain_of(row), with_loss=True),
        "then": figures,
        "then_title": figures.title if in_chinese() else figures.title_en,
    }
    context |= may(actor, unit, found)
    return render(request, "school/recommendation.html", frame(request, unit) | context)


@require_POST
@door(Right.RECOMMEND_SUSPENSION, find=school_of_recommendation)
def withdraw(request: HttpRequest, recommendation_id: int, unit: Org) -> HttpResponse:
    try:
        with transaction.atomic():
            withdraw_recommendation(
                actor=acting(request),
                recommendation_id=recommendation_id,
                reason=request.POST.get("reason", ""),
            )
        messages.success(request, _("建议已撤回，疾控和教育局看得到"))
    except Refused as refused:
        say_refused(request, refused)
    return redirect("school:recommendation", recommendation_id)


def school_of_decision(decision_id: int) -> Org | None:
    rows = Decision.objects.in_scope().filter(pk=decision_id)
    return Org.objects.filter(pk__in=rows.values("school_id")).first()


@require_GET
@never_cache
@door(Right.READ_SIGNAL, find=school_of_decision)
def decision(request: HttpRequest, decision_id: int, unit: Org) -> HttpResponse:
    """Where a task leads: the chain that a decision ends, or its outbreak where nobody had recommended it."""
    row = Decision.objects.visible_to(acting(request).reach).get(pk=decision_id)
    if row.recommendation_id is None:
        return redirect("school:outbreak", row.outbreak_id)
    return redirect("school:recommendation", row.recommendation_id)


def _chosen(said: QueryDict) -> dict[str, Any]:
    return {
        "scope": said.get("scope", ""),
        "class_ids": ids_typed(said, "classes"),
        "from_on": day_typed(said, "from_on"),
        "to_on": day_typed(said, "to_on") if said.get("to_on") else None,
    }


def _proposed(found: Outbreak, unit: Org, advice: Sequence[Advice]) -> QueryDict:
    """The form as the first advice fills it; without advice the classes that have cases."""
    typed = QueryDict(mutable=True)
    first = advice[0] if advice else None
    figures = figures_of(found)
    typed["scope"] = str(first.scope if first else SuspensionScope.KLASS)
    ids = [first.class_id] if first and first.class_id else [one.class_id for one in figures.classes]
    typed.setlist("classes", [str(pk) for pk in ids])
    tomorrow = next_school_day(clock.today())
    if first is not None:
        typed["rule"], typed["from_on"] = first.rule.id, first.from_on.isoformat()
        typed["to_on"] = first.to_on.isoformat() if first.to_on else ""
    elif tomorrow is not None:
        typed["from_on"] = tomorrow.isoformat()
    typed["grounds"] = figures.title if in_chinese() else figures.title_en
    return typed


def _form(
    request: HttpRequest,
    unit: Org,
    found: Outbreak,
    advice: Sequence[Advice],
    typed: QueryDict,
    *,
    faults: tuple[Fault, ...] = (),
) -> HttpResponse:
    figures = figures_of(found)
    classes = list(Org.objects.all().classes_of(unit.pk, clock.today()))
    names = {one.pk: one.name for one in classes}
    chosen = set(ids_typed(typed, "classes"))
    context = headline(found, figures) | {
        "school": unit,
        "faults": faults,
        "typed": typed,
        "advice": [advice_line(one, names) for one in advice],
        "scopes": SuspensionScope.choices,
        "classes": _class_boxes(classes, chosen, figures),
        "loss": _loss(unit, typed, chosen),
        "today": clock.today().isoformat(),
    }
    page = frame(request, unit) | context
    return render(request, "school/recommend.html", page, status=400 if faults else 200)


def _class_boxes(classes: Sequence[Org], chosen: set[int], figures: Figures) -> list[dict[str, Any]]:
    attacks = {one.class_id: one for one in figures.classes}
    return [{"klass": one, "chosen": one.pk in chosen, "attack": attacks.get(one.pk)} for one in classes]


def _loss(unit: Org, typed: QueryDict, chosen: set[int]) -> Loss | None:
    """What the choice would cost; None while the choice is not complete."""
    try:
        first = day_typed(typed, "from_on")
        last = day_typed(typed, "to_on") if typed.get("to_on") else None
        ids = scoped_classes(unit, typed.get("scope", ""), chosen)
    except Refused:
        return None
    if last is not None and not 0 <= (last - first).days <= 120:
        return None
    return loss_of(unit.pk, ids, first, last)
