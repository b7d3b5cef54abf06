"""One illness at the doctor's desk: what is known, what was heard, what the doctor found, what others ordered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.kernel.words import DIAGNOSES, SYMPTOMS
from xiaodun.measures.health.course import answer_if_sound, form_values, must_clear
from xiaodun.measures.health.diagnosing import record_diagnosis, set_exposure
from xiaodun.measures.health.ending import name_cause, rule_out
from xiaodun.measures.health.isolating import lift_isolation, record_isolation
from xiaodun.measures.health.models import (
    Cause,
    FollowUp,
    Isolation,
    IsolationKind,
    IsolationPlace,
    OrderedBy,
)
from xiaodun.measures.health.need import has_cause
from xiaodun.measures.health.queries import history_of
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Person
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
from xiaodun.web.school.words import say_refused

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
        "isolation_kinds": IsolationKind.choices,
        "ordered_by": OrderedBy.choices,
        "places": IsolationPlace.choices,
        "today": today,
    }
    return render(request, "school/follow_up.html", frame(request, unit) | context)


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
    """A notice that a hospital or the CDC has issued; the school writes it down."""
    said = request.POST
    from_day, to_day = (
        read_day(said.get("from_day", ""), "from_day"),
        read_day(said.get("to_day", ""), "to_day"),
    )
    if from_day is None or to_day is None:
        zh, en = "写明起止日期，结束不早于开始", "Give both days, the end not before the beginning"
        raise Refused(Fault("isolation.term", zh, en, "to_day"))
    person = Person.objects.visible_to(acting(request).reach).filter(pk=case.person_id).first()
    if person is None:
        raise Http404
    record_isolation(
        actor=acting(request),
        person=person,
        kind=said.get("kind", ""),
        ordered_by=said.get("ordered_by", ""),
        orderer=said.get("orderer", ""),
        document=said.get("document", ""),
        place=said.get("place", ""),
        from_day=from_day,
        to_day=to_day,
    )
    messages.success(request, _("通知书已登记。学校只登记，不作决定"))


@require_POST
@door(Right.FOLLOW_HEALTH, find=keeper_of)
def rule_out_one(request: HttpRequest, follow_up_id: int, unit: Org) -> HttpResponse:
    rule_out(actor=acting(request), follow_up=case_of(request, follow_up_id))
    messages.success(request, _("已排除传染病。已发出的预警留档"))
    return redirect(reverse("school:follow_ups", args=[unit.pk]))


def keeper_of_notice(isolation_id: int) -> Org | None:
    rows = Isolation.objects.in_scope().filter(pk=isolation_id)
    school_id = rows.values_list("keeper_school_id", flat=True).first()
    return Org.objects.filter(pk=school_id).first() if school_id else None


@require_POST
@door(Right.FOLLOW_HEALTH, find=keeper_of_notice)
def lift(request: HttpRequest, isolation_id: int, unit: Org) -> HttpResponse:
    notice: Isolation = Isolation.objects.in_scope().get(pk=isolation_id)
    try:
        with transaction.atomic():
            lift_isolation(actor=acting(request), isolation=notice, document=request.POST.get("document", ""))
        messages.success(request, _("解除通知已登记"))
    except Refused as refused:
        say_refused(request, refused)
    return (
        redirect("school:follow_up", notice.follow_up_id)
        if notice.follow_up_id
        else redirect("school:contacts", unit.pk)
    )


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
