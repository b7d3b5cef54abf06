"""谁在岗: every post of a unit, its blanks, who could fill them; to appoint, to end, to hand over."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.models import Duty, Role
from xiaodun.responsibility.accounts.posts import appoint, end_duty, hand_over, roles_at, unit_of_duty
from xiaodun.responsibility.accounts.queries import (
    MOST_PEOPLE,
    find_person,
    gaps_of_schools,
    history_of,
    people_of,
    posts_of,
    units_of_school,
    who_could,
)
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import CHECKED, Level, Org
from xiaodun.web.page.context import frame

MOST_SCHOOLS = 200


@require_GET
@never_cache
@door(Right.GIVE_DUTIES, org="org_id")
def duties(request: HttpRequest, org_id: int, unit: Org) -> HttpResponse:
    """A school with its classes and groups; a unit above schools with its own posts and the schools that have blanks."""
    if unit.level in (Level.GRADE, Level.CAMPUS, *CHECKED):
        return redirect("office:duties", unit.of_school)
    day = clock.today()
    own, below, people = posts_of([unit], day), [], []
    context: dict[str, Any] = {"schools": None, "n_blank": 0}
    if unit.level == Level.SCHOOL:
        below = posts_of(units_of_school(unit, day), day)
        people = list(people_of(unit, day)[:MOST_PEOPLE])
        context["idle"] = [one for one in people if not one.n_duties]  # type: ignore[attr-defined]
    else:
        context |= _schools(unit, day)
    blanks = [(post, who_could(post, people)) for post in own + below if post.is_blank]
    # The classes fold: who is on duty everywhere takes no space.
    parts = [(unit.name, own, False), (_("班级和组"), below, True)]
    context |= {
        "parts": [part for part in parts if part[1]],
        "blanks": blanks,
        "n_blank": context["n_blank"] + len(blanks),
    }
    return render(request, "office/duties.html", frame(request, unit) | context)


def _schools(unit: Org, day: date) -> dict[str, Any]:
    """The schools below a unit that have blank posts, and how many there are in all."""
    gaps = gaps_of_schools(unit, day)
    return {
        "schools": [gap for gap in gaps if gap.n_blank][:MOST_SCHOOLS],
        "n_schools": len(gaps),
        "n_blank": sum(gap.n_blank for gap in gaps),
    }


@require_GET
@never_cache
@door(Right.GIVE_DUTIES, org="org_id")
def post(request: HttpRequest, org_id: int, unit: Org) -> HttpResponse:
    """One post (`?role=`): who holds it, who held it, and the forms."""
    return _page(request, unit, _role(request.GET.get("role", ""), unit))


@require_POST
@door(Right.GIVE_DUTIES, org="org_id")
def appoint_one(request: HttpRequest, org_id: int, unit: Org) -> HttpResponse:
    said, role = request.POST, _role(request.POST.get("role", ""), unit)
    try:
        person = find_person(said.get("account", ""), unit)
        appoint(
            actor=acting(request),
            account=person,
            role=role,
            org=unit,
            from_day=_day(said.get("from_day", ""), "from_day") or clock.today(),
            to_day=_day(said.get("to_day", ""), "to_day"),
            deputy=said.get("deputy") == "1",
        )
    except Refused as refused:
        return _page(request, unit, role, refused)
    messages.success(request, _("已指定 %(name)s") % {"name": person.name})
    return _back(unit, role)


@require_POST
@door(Right.GIVE_DUTIES, find=unit_of_duty)
def end(request: HttpRequest, duty_id: int, unit: Org) -> HttpResponse:
    duty = Duty.objects.select_related("org").get(pk=duty_id)
    role = Role(duty.role)
    try:
        last_day = _day(request.POST.get("last_day", ""), "last_day")
        end_duty(actor=acting(request), duty=duty, last_day=last_day)
    except Refused as refused:
        return _page(request, unit, role, refused)
    messages.success(request, _("已结束。现在就进不来了") if last_day is None else _("已定好最后一天"))
    return _back(unit, role)


@require_POST
@door(Right.GIVE_DUTIES, find=unit_of_duty)
def hand_over_one(request: HttpRequest, duty_id: int, unit: Org) -> HttpResponse:
    said = request.POST
    duty = Duty.objects.select_related("org").get(pk=duty_id)
    role = Role(duty.role)
    try:
        to = find_person(said.get("account", ""), unit)
        to_day = _day(said.get("to_day", ""), "to_day")
        from_day = _day(said.get("from_day", ""), "from_day") or clock.today()
        hand_over(actor=acting(request), duty=duty, to=to, from_day=from_day, to_day=to_day)
    except Refused as refused:
        return _page(request, unit, role, refused)
    words = (
        _("已交给 %(name)s，未办的任务跟着过去") if to_day is None else _("已由 %(name)s 代班，到期自动还回")
    )
    messages.success(request, words % {"name": to.name})
    return _back(unit, role)


def _page(request: HttpRequest, unit: Org, role: Role, refused: Refused | None = None) -> HttpResponse:
    day = clock.today()
    held = next(one for one in posts_of([unit], day) if one.role == role)
    school = Org.objects.filter(pk=unit.school_id).first() if unit.school_id else None
    context = {
        "post": held,
        "held": held.owners + held.deputies + held.coming,
        "role_word": role.label,
        "home": school or unit,
        "people": people_of(school or unit, day)[:MOST_PEOPLE],
        "history": history_of(unit, role),
        "proposed": request.GET.get("who", ""),
        "today": day,
        "today_text": day.isoformat(),
        "faults": refused.faults if refused else (),
        "said": request.POST if refused else {},
    }
    return render(request, "office/post.html", frame(request, unit) | context, status=400 if refused else 200)


def _back(unit: Org, role: Role) -> HttpResponse:
    return redirect(f"{reverse('office:post', args=[unit.pk])}?role={role}")


def _role(text: str, unit: Org) -> Role:
    """The post asked for; one that the unit does not have does not exist."""
    role = next((role for role in roles_at(unit) if role == text), None)
    if role is None:
        raise Http404
    return role


def _day(text: str, where: str) -> date | None:
    """A day as a date field sends it; None where it was left empty. Raises Refused."""
    try:
        return date.fromisoformat(text) if text.strip() else None
    except ValueError:
        zh, en = "日期写成 2026-12-01", "Write the date as 2026-12-01"
        raise Refused(Fault("duty.date", zh, en, where, text[:20])) from None
