"""病例一览: every illness of a stretch of days with what its disease asks, on screen and to take away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.kernel.words import DIAGNOSES
from xiaodun.measures.health.line_list import answers_of, illnesses, take_line_list
from xiaodun.measures.health.models import FollowUp
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.web.page.context import frame
from xiaodun.web.school.case import classes_of, names_of, read_day

DAYS = timedelta(days=13)
LISTED = 100
CODES = {word.code for word in DIAGNOSES}


@require_GET
@never_cache
@door(Right.FOLLOW_HEALTH, org="school_id", level=Level.SCHOOL)
def line_list(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    """The last two weeks unless days are asked for, of one disease or of all."""
    try:
        return _page(request, unit, _asked(request.GET))
    except Refused as refused:
        return _page(request, unit, _usual(), refused.faults)


@require_POST
@door(Right.FOLLOW_HEALTH, org="school_id", level=Level.SCHOOL)
def take(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    """The same rows as a file, for a stated reason."""
    language = get_language() or "zh"
    asked = _usual()
    try:
        asked = _asked(request.POST)
        taken = take_line_list(
            actor=acting(request),
            school_id=unit.pk,
            rows=illnesses(unit.pk, asked.first, asked.last, asked.disease),
            reason=request.POST.get("reason", ""),
            form="csv" if request.POST.get("form") == "csv" else "xlsx",
            language=language,
        )
    except Refused as refused:
        return _page(request, unit, asked, refused.faults)
    headers = {"Content-Disposition": f'attachment; filename="{taken.name}"'}
    return HttpResponse(taken.data, content_type=taken.content_type, headers=headers)


@dataclass(frozen=True, slots=True)
class Asked:
    """Days of onset, both inclusive, and a diagnosis or "" for all."""

    first: date
    last: date
    disease: str = ""


def _usual() -> Asked:
    return Asked(clock.today() - DAYS, clock.today())


def _asked(said: Any) -> Asked:
    last = read_day(said.get("last", ""), "last") or clock.today()
    first = read_day(said.get("first", ""), "first") or last - DAYS
    disease = said.get("disease", "")
    return Asked(first, last, disease if disease in CODES else "")


def _page(request: HttpRequest, unit: Org, asked: Asked, faults: tuple[Fault, ...] = ()) -> HttpResponse:
    try:
        rows = illnesses(unit.pk, asked.first, asked.last, asked.disease)
    except Refused as refused:
        rows, faults = [], refused.faults
    page = Paginator(rows, LISTED).get_page(request.GET.get("page"))
    language = get_language() or "zh"
    context = {
        "school": unit,
        "rows": _shown(request, unit, list(page.object_list), language),
        "page": page,
        "n": len(rows),
        "first": asked.first,
        "last": asked.last,
        "disease": asked.disease,
        "diagnoses": [(word.code, word.words(language)) for word in DIAGNOSES],
        "faults": faults,
        "said": request.POST,
    }
    return render(
        request, "school/line_list.html", frame(request, unit) | context, status=400 if faults else 200
    )


def _shown(request: HttpRequest, unit: Org, rows: list[FollowUp], language: str) -> list[dict[str, Any]]:
    names = names_of(request, unit, [row.person_id for row in rows])
    classes = classes_of([row.class_id for row in rows])
    return [
        {
            "case": row,
            "name": names[row.person_id],
            "klass": classes.get(row.class_id, ""),
            "answers": answers_of(row, language) if row.diagnosis else [],
        }
        for row in rows
    ]
