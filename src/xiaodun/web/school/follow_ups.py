"""One illness at the doctor's desk: what is known, what was heard, what the doctor found, what others ordered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.words import DIAGNOSES, SYMPTOMS
from xiaodun.measures.health.course import answer_if_sound, form_values, must_clear
from xiaodun.measures.health.diagnosing import record_diagnosis, set_exposure
from xiaodun.measures.health.ending import name_cause, rule_out
from xiaodun.measures.health.models import (
    Cause,
    FollowUp,
    Isolation,
)
from xiaodun.measures.health.need import has_cause
from xiaodun.measures.health.queries import history_of
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.rules.forms import disease_form
from xiaodun.web.page.context import frame
from xiaodun.web.school.case import (
    case_of,
    classes_of,
    keeper_of,
    names_of,
    on_case,
    read_day,
    read_temperature,
)
from xiaodun.web.school.notices import NOTICE, record_notice

HEARD = 20


@require_GET
@never_cache
@door(Right.FOLLOW_HEALTH, find=keeper_of)
def follow_up(request: HttpRequest, follow_up_id: int, unit: Org) -> HttpResponse:
    case = case_of(request, follow_up_id)
    today = clock.today()
    language = get_language() or "zh"
    context = {
        "school": unit,
        "case": case,
        "name": names_of(request, unit, [case.person_id])[case.person_id],
        "klass": classes_of([case.keeper_class_id]).get(case.keeper_class_id or 0, ""),
        "diagnoses": [(word.code, word.words(language)) for word in DIAGNOSES],
        "symptoms": [(word.code, word.words(language)) for word in SYMPTOMS],
        "fields": _fields(case, language),
        "has_cause": has_cause(case),
        "causes": [Cause.INJURY, Cause.LEAVE, Cause.OTHER],
        "visits": history_of(case)[:HEARD],
        "answer": answer_if_sound(case, today),
        "waits": must_clear(case, today),
        "notices": Isolation.objects.in_scope().filter(person_id=case.person_id).order_by("-from_day"),
    }
    return render(
        request, "school/follow_up.html", frame(request, unit) | NOTICE | {"today": today} | context
    )


@on_case("school:follow_up")
def diagnose(request: HttpRequest, case: FollowUp, unit: Org) -> None:
    said = request.POST
    diagnosis = said.get("diagnosis", "")
    # The fields on the page are those of the disease it was loaded with.
    fields = None
    if diagnosis == case.diagnosis:
        asked = disease_form(diagnosis).fields
        fields = {one.code: said[f"f_{one.code}"] for one in asked if f"f_{one.code}" in said}
    record_diagnosis(
        actor=acting(request),
        follow_up=case,
        diagnosis=diagnosis,
        lab=said.get("lab") == "1",
        severe=said.get("severe") == "1",
        hospital=said.get("hospital") == "1",
        temperature=read_temperature(said.get("temperature", "")),
        onset_on=read_day(said.get("onset_on", ""), "onset_on"),
        fields=fields,
    )
    messages.success(request, _("已记下，规则正在重算"))


@on_case("school:follow_up")
def cause(request: HttpRequest, case: FollowUp, unit: Org) -> None:
    said = request.POST.get("cause", "")
    if said not in Cause.values:
        raise Http404
    name_cause(
        actor=acting(request), follow_up=case, cause=Cause(said), symptoms=request.POST.getlist("symptom")
    )
    messages.success(request, _("原因已记下"))


@on_case("school:follow_up")
def exposure(request: HttpRequest, case: FollowUp, unit: Org) -> None:
    set_exposure(actor=acting(request), follow_up=case, exposure=request.POST.get("exposure", ""))
    messages.success(request, _("共同暴露已记下，规则正在重算"))


@on_case("school:follow_up")
def isolation(request: HttpRequest, case: FollowUp, unit: Org) -> None:
    record_notice(request, case.person_id)


@require_POST
@door(Right.FOLLOW_HEALTH, find=keeper_of)
def rule_out_one(request: HttpRequest, follow_up_id: int, unit: Org) -> HttpResponse:
    rule_out(actor=acting(request), follow_up=case_of(request, follow_up_id))
    messages.success(request, _("已排除传染病。已发出的预警留档"))
    return redirect(reverse("school:follow_ups", args=[unit.pk]))


def _fields(case: FollowUp, language: str) -> list[dict[str, Any]]:
    """The questions of the disease with what was answered, in the reader's language."""
    values = form_values(case)
    zh = language.startswith("zh")
    return [
        {
            "code": one.code,
            "label": one.words(language),
            "why": one.why if zh else one.why_en,
            "kind": one.kind,
            "unit": one.unit if zh else one.unit_en,
            "least": one.least,
            "most": one.most,
            "choices": [(choice.code, choice.words(language)) for choice in one.choices],
            "value": values.get(one.code),
        }
        for one in disease_form(case.diagnosis).fields
    ]
