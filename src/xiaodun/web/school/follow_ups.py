"""The doctor's desk: every illness still open, and what the doctor found."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

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
from xiaodun.kernel.words import DIAGNOSES
from xiaodun.measures.health.diagnosing import record_diagnosis
from xiaodun.measures.health.ending import rule_out
from xiaodun.measures.health.models import FollowUp
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.models import Person
from xiaodun.web.page.context import frame
from xiaodun.web.school.words import named, say_refused

LISTED = 100


def school_of(follow_up_id: int) -> Org | None:
    """The school of a follow-up as far as the reader's row policy shows it: a stranger finds nothing."""
    school_id = (
        FollowUp.objects.in_scope().filter(pk=follow_up_id).values_list("school_id", flat=True).first()
    )
    return Org.objects.filter(pk=school_id).first() if school_id else None


@require_GET
@never_cache
@door(Right.FOLLOW_HEALTH, org="school_id", level=Level.SCHOOL)
def follow_ups(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    """Open illnesses, those not yet seen by the doctor first, newest first; at most LISTED."""
    actor = acting(request)
    open_rows = FollowUp.objects.visible_to(actor.reach).filter(
        school_id=unit.pk, recovered_on__isnull=True, ruled_out_on__isnull=True
    )
    n_open = open_rows.count()
    cases = list(open_rows.order_by("-seen_by_doctor_at", "-onset_on", "pk")[:LISTED])
    cases.sort(key=lambda case: case.seen_by_doctor_at is not None)
    context = {"school": unit, "rows": _listed(request, unit, cases), "n_open": n_open, "n_shown": len(cases)}
    return render(request, "school/follow_ups.html", frame(request, unit) | context)


@require_GET
@never_cache
@door(Right.FOLLOW_HEALTH, find=school_of)
def follow_up(request: HttpRequest, follow_up_id: int, unit: Org) -> HttpResponse:
    case = _case(request, follow_up_id)
    ((name, klass, _same),) = _listed(request, unit, [case])
    language = get_language() or "zh"
    context = {
        "school": unit,
        "case": case,
        "name": name,
        "klass": klass,
        "diagnoses": [(word.code, word.words(language)) for word in DIAGNOSES],
    }
    return render(request, "school/follow_up.html", frame(request, unit) | context)


@require_POST
@door(Right.FOLLOW_HEALTH, find=school_of)
def diagnose(request: HttpRequest, follow_up_id: int, unit: Org) -> HttpResponse:
    said = request.POST
    try:
        with transaction.atomic():
            record_diagnosis(
                actor=acting(request),
                follow_up=_case(request, follow_up_id),
                diagnosis=said.get("diagnosis", ""),
                lab=said.get("lab") == "1",
                severe=said.get("severe") == "1",
                hospital=said.get("hospital") == "1",
                temperature=_temperature(said.get("temperature", "")),
            )
        messages.success(request, _("已记下，规则正在重算"))
    except Refused as refused:
        say_refused(request, refused)
    return redirect(reverse("school:follow_up", args=[follow_up_id]))


@require_POST
@door(Right.FOLLOW_HEALTH, find=school_of)
def rule_out_one(request: HttpRequest, follow_up_id: int, unit: Org) -> HttpResponse:
    rule_out(actor=acting(request), follow_up=_case(request, follow_up_id))
    messages.success(request, _("已排除传染病。已发出的预警留档"))
    return redirect(reverse("school:follow_ups", args=[unit.pk]))


def _case(request: HttpRequest, follow_up_id: int) -> FollowUp:
    actor = acting(request)
    case = FollowUp.objects.visible_to(actor.reach).filter(pk=follow_up_id).first()
    if case is None:
        raise Http404
    return case


def _listed(request: HttpRequest, unit: Org, cases: list[FollowUp]) -> list[tuple[str, str, FollowUp]]:
    actor = acting(request)
    persons = {
        p.pk: p for p in Person.objects.visible_to(actor.reach).filter(pk__in=[c.person_id for c in cases])
    }
    classes = dict(Org.objects.all().classes_of(unit.pk, clock.today()).values_list("pk", "name"))
    return [(named(persons.get(c.person_id), actor, unit), classes.get(c.class_id, ""), c) for c in cases]


def _temperature(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text.strip() else None
    except InvalidOperation:
        raise Refused(
            Fault(
                "health.temperature",
                "体温填数字，如 38.5",
                "Write the temperature as a number, e.g. 38.5",
                "temperature",
                text,
            )
        ) from None
