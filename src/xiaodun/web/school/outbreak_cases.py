"""Who is a case: the rows for those who care for the pupils, days for the others; the lead strikes, adds and defines."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from xiaodun.foundation import clock
from xiaodun.kernel.words import DIAGNOSES, SYMPTOMS
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.outbreaks.actions import define_case, mark_case
from xiaodun.response.outbreaks.cases import STATUS_WORDS, Case, Counting, counting
from xiaodun.response.outbreaks.figures import Figures, figures_of, links_of
from xiaodun.response.outbreaks.links import SHARED_WORDS, Link
from xiaodun.response.outbreaks.models import Outbreak
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Person
from xiaodun.web.page.context import frame
from xiaodun.web.page.outbreak_sheet import day_typed, ids_typed
from xiaodun.web.school.outbreak_posts import post
from xiaodun.web.school.outbreaks import found_for, headline, may, school_of
from xiaodun.web.school.words import named

SHOWN_LINKS = 3
MOST_ALIKE = 50


@require_GET
@never_cache
@door(Right.READ_SIGNAL, find=school_of)
def cases(request: HttpRequest, outbreak_id: int, unit: Org) -> HttpResponse:
    """The rows behind the number. Officers and the CDC see days and numbers; the row policy gives them no row."""
    actor = acting(request)
    found = found_for(request, outbreak_id)
    figures = figures_of(found)
    context = frame(request, unit) | headline(found, figures) | may(actor, unit, found) | {"school": unit}
    if unit.pk in actor.reach.health_school_ids:
        context |= _rows(request, unit, found)
    else:
        context["by_day"] = _by_day(figures)
    return render(request, "school/outbreak_cases.html", context)


@post(Right.LEAD_OUTBREAK, page="school:outbreak_cases")
def mark(request: HttpRequest, found: Outbreak, unit: Org) -> str:
    counts = request.POST.get("counts") == "1"
    mark_case(
        actor=acting(request),
        outbreak_id=found.pk,
        follow_up_id=next(iter(ids_typed(request.POST, "follow_up")), 0),
        counts=counts,
        reason=request.POST.get("reason", ""),
    )
    return _("已计入，规则和曲线随之更新") if counts else _("已剔出，理由和您的姓名留档")


@post(Right.LEAD_OUTBREAK, page="school:outbreak_cases")
def define(request: HttpRequest, found: Outbreak, unit: Org) -> str:
    said = request.POST
    define_case(
        actor=acting(request),
        outbreak_id=found.pk,
        disease=said.get("disease", ""),
        symptoms=said.getlist("symptoms"),
        diagnoses=said.getlist("diagnoses"),
        class_ids=[] if said.get("everywhere") else ids_typed(said, "classes"),
        cases_from=day_typed(said, "cases_from"),
    )
    return _("病例定义已改，病例按新定义重数")


def _rows(request: HttpRequest, unit: Org, found: Outbreak) -> dict[str, Any]:
    actor = acting(request)
    counted = counting(found)
    links, window = links_of(found, counted)
    alike = counted.alike[:MOST_ALIKE]
    shown = [*(case.row for case in counted.cases), *alike, *(row for row, _mark in counted.struck)]
    persons = {
        p.pk: p
        for p in Person.objects.visible_to(actor.reach).filter(pk__in=[row.person_id for row in shown])
    }
    classes = dict(Org.objects.all().classes_of(unit.pk, clock.today()).values_list("pk", "name"))

    def line(row: FollowUp) -> dict[str, Any]:
        return {
            "row": row,
            "name": named(persons.get(row.person_id), actor, unit),
            "klass": classes.get(row.class_id, ""),
        }

    return {
        "rows": [line(case.row) | _case(case, links[case.number]) for case in counted.cases],
        "alike": [line(row) for row in alike],
        "n_alike": len(counted.alike),
        "struck": [line(row) | {"mark": said} for row, said in counted.struck],
        "window": window,
        "reads_rows": True,
    } | _definition(found, counted, classes)


def _case(case: Case, links: list[Link]) -> dict[str, Any]:
    return {
        "number": case.number,
        "status": STATUS_WORDS[case.status],
        "origin": str(case.origin),
        "links": [_link(link) for link in links[:SHOWN_LINKS]],
        "n_more_links": max(len(links) - SHOWN_LINKS, 0),
    }


def _link(link: Link) -> dict[str, Any]:
    return {
        "earlier": link.earlier,
        "days": link.days,
        "shared": _("、").join(str(SHARED_WORDS[kind]) for kind in link.shared),
    }


def _definition(found: Outbreak, counted: Counting, classes: dict[int, str]) -> dict[str, Any]:
    """The form of the case definition, as it stands."""
    language = get_language() or "zh"
    now = counted.definition
    return {
        "definition": now,
        "symptom_boxes": [
            (word.code, word.words(language), now is not None and word.code in now.symptoms)
            for word in SYMPTOMS
        ],
        "diagnosis_boxes": [
            (word.code, word.words(language), now is not None and word.code in now.diagnoses)
            for word in DIAGNOSES
        ],
        "class_boxes": [
            (pk, name, now is not None and now.class_ids is not None and pk in now.class_ids)
            for pk, name in classes.items()
        ],
        "everywhere": now is not None and now.class_ids is None,
        "disease": found.disease or counted.diagnosis,
    }


def _by_day(figures: Figures) -> list[tuple[date, int, int]]:
    days = sorted({*figures.seen, *figures.symptoms_only})
    return [(day, figures.seen.get(day, 0), figures.symptoms_only.get(day, 0)) for day in days]
