"""密切接触者: of one case, proposed and judged; of the school, under observation, by exception."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Refused
from xiaodun.kernel.words import diagnosis
from xiaodun.measures.health.models import Contact, ContactState, FollowUp, Ground, Isolation, Tracing
from xiaodun.measures.health.observed import fallen_ill, observed
from xiaodun.measures.health.tracing import accept_contacts, strike_contact, trace_contacts
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.web.page.context import frame
from xiaodun.web.school.case import case_of, classes_of, keeper_of, names_of, on_case, read_day
from xiaodun.web.school.notices import NOTICE
from xiaodun.web.school.words import say_refused


@require_GET
@never_cache
@door(Right.FOLLOW_HEALTH, org="school_id", level=Level.SCHOOL)
def contacts(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    """Who falls ill while observed stands first; who is well today takes no line of work. What other schools told us waits below."""
    today = clock.today()
    rows = observed(unit.pk, today)
    told = list(
        Contact.objects.in_scope()
        .filter(keeper_school_id=unit.pk, state=ContactState.PROPOSED)
        .exclude(case_school_id=unit.pk)
        .order_by("pk")
    )
    notices = Isolation.objects.in_scope().filter(
        keeper_school_id=unit.pk, lifted_on__isnull=True, from_day__lte=today, to_day__gte=today
    )
    shown = _shown(request, unit, rows)
    names = names_of(request, unit, [one.person_id for one in notices])
    context = {
        "school": unit,
        "ill": [one for one in shown if one["ill"]],
        "well": [one for one in shown if not one["ill"]],
        "told": _shown(request, unit, told),
        "observed": shown,
        "today": today,
        "notices": [(one, names[one.person_id]) for one in notices.order_by("to_day", "pk")],
    }
    return render(request, "school/contacts.html", frame(request, unit) | NOTICE | context)


@require_GET
@never_cache
@door(Right.FOLLOW_HEALTH, find=keeper_of)
def case_contacts(request: HttpRequest, follow_up_id: int, unit: Org) -> HttpResponse:
    """The contacts of one case, those to judge first; grouped by what they shared."""
    case = case_of(request, follow_up_id)
    rows = list(Contact.objects.in_scope().filter(case_id=case.pk, keeper_school_id=unit.pk).order_by("pk"))
    shown = _shown(request, unit, rows)
    waiting = [one for one in shown if one["contact"].state == ContactState.PROPOSED]
    context = {
        "school": unit,
        "case": case,
        "name": names_of(request, unit, [case.person_id])[case.person_id],
        "tracing": Tracing.objects.in_scope().filter(follow_up=case).first(),
        "waiting": waiting,
        "judged": [one for one in shown if one not in waiting],
        "by_ground": [
            (ground.label, n) for ground in Ground if (n := sum(ground in row.grounds for row in rows))
        ],
    }
    return render(request, "school/case_contacts.html", frame(request, unit) | context)


@on_case("school:case_contacts")
def trace(request: HttpRequest, case: FollowUp, unit: Org) -> None:
    found = trace_contacts(actor=acting(request), follow_up=case)
    messages.success(request, _("列出 %(n)d 人，请逐个确认或划去") % {"n": found.n_proposed})


@on_case("school:case_contacts")
def accept(request: HttpRequest, case: FollowUp, unit: Org) -> None:
    """Those that are ticked, or all that still wait."""
    waiting = Contact.objects.in_scope().filter(
        case_id=case.pk, keeper_school_id=unit.pk, state=ContactState.PROPOSED
    )
    ticked = [int(said) for said in request.POST.getlist("contact") if said.isdigit()]
    chosen = waiting.filter(pk__in=ticked) if ticked else waiting
    until = read_day(request.POST.get("until", ""), "until")
    n = accept_contacts(actor=acting(request), school_id=unit.pk, contacts=list(chosen), until=until)
    messages.success(request, _("已确认 %(n)d 人，观察期内晨检不适会自动标出") % {"n": n})


def school_of_contact(contact_id: int) -> Org | None:
    rows = Contact.objects.in_scope().filter(pk=contact_id)
    school_id = rows.values_list("keeper_school_id", flat=True).first()
    return Org.objects.filter(pk=school_id).first() if school_id else None


@require_POST
@door(Right.FOLLOW_HEALTH, find=school_of_contact)
def judge(request: HttpRequest, contact_id: int, unit: Org) -> HttpResponse:
    """One contact: struck with a reason, or accepted."""
    contact: Contact = Contact.objects.in_scope().get(pk=contact_id)
    said = request.POST
    try:
        with transaction.atomic():
            if said.get("do") == "strike":
                strike_contact(actor=acting(request), contact=contact, reason=said.get("reason", ""))
                messages.success(request, _("已划去，理由留档"))
            else:
                until = read_day(said.get("until", ""), "until")
                accept_contacts(actor=acting(request), school_id=unit.pk, contacts=[contact], until=until)
                messages.success(request, _("已确认"))
    except Refused as refused:
        say_refused(request, refused)
    return redirect(_back(request, unit))


def _back(request: HttpRequest, unit: Org) -> str:
    said = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(said, {request.get_host()})
    return said if safe else reverse("school:contacts", args=[unit.pk])


def _shown(request: HttpRequest, unit: Org, rows: Sequence[Contact]) -> list[dict[str, Any]]:
    names = names_of(request, unit, [row.person_id for row in rows])
    classes = classes_of([row.keeper_class_id for row in rows])
    ill = fallen_ill(rows)
    language = get_language() or "zh"
    return [
        {
            "contact": row,
            "name": names[row.person_id],
            "klass": classes.get(row.keeper_class_id or 0, ""),
            "grounds": [Ground(code).label for code in row.grounds],
            "disease": diagnosis(row.diagnosis).words(language),
            "ill": ill.get(row.pk),
            "ours": row.case_school_id == unit.pk,
        }
        for row in rows
    ]
