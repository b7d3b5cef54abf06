"""一个人: the card of one person, and what the clerk changes on it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.ages import age_on
from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import GroupKind, Level, Org
from xiaodun.responsibility.orgs.queries import names_on
from xiaodun.responsibility.roster.actions import (
    add_person,
    edit_person,
    leave_school,
    return_to_school,
    show_number,
)
from xiaodun.responsibility.roster.guardians import add_guardian, live_links
from xiaodun.responsibility.roster.importing_cells import read_day
from xiaodun.responsibility.roster.models import IdKind, Person, PersonKind, Post, Relation
from xiaodun.responsibility.roster.numbers import IDENTITY, PHONE, STUDENT, masked
from xiaodun.web.office.saying import done, number, placed
from xiaodun.web.page.context import frame

FIELDS = ("name", "sex", "birth_on", "entered_on", "post", "dorm", "id_kind", "id_number", "student_number")


def school_of(person_id: int) -> Org | None:
    """The school of a person, as far as the reader's row policy shows the person: a stranger finds nothing."""
    found = Person.objects.in_scope().filter(pk=person_id).values_list("school_id", flat=True).first()
    return Org.objects.filter(pk=found).first() if found else None


_keeps = door(Right.KEEP_ROSTER, find=school_of)


@require_GET
@never_cache
@_keeps
def person(request: HttpRequest, person_id: int, unit: Org) -> HttpResponse:
    return _card(request, unit, _person(person_id))


@require_POST
@never_cache
@_keeps
def number_of(request: HttpRequest, person_id: int, unit: Org) -> HttpResponse:
    """One number in clear, on this answer alone; the reading leaves its line."""
    one = _person(person_id)
    which = request.POST.get("which", "")
    try:
        shown = show_number(actor=acting(request), person=one, which=which)
    except Refused as refused:
        return _card(request, unit, one, status=400, faults=placed(refused.faults))
    return _card(request, unit, one, shown={which: shown})


@require_POST
@_keeps
def edit(request: HttpRequest, person_id: int, unit: Org) -> HttpResponse:
    one = _person(person_id)
    said = {name: request.POST[name] for name in FIELDS if name in request.POST}
    try:
        changed = edit_person(actor=acting(request), person=one, said=said)
    except Refused as refused:
        one.refresh_from_db()
        return _card(request, unit, one, status=400, faults=placed(refused.faults), said=said)
    messages.success(request, _("已改") if changed else _("没有变化，没有改动"))
    return redirect("office:person", person_id=person_id)


@require_POST
@_keeps
def leave(request: HttpRequest, person_id: int, unit: Org) -> HttpResponse:
    one, day = _person(person_id), _day(request.POST.get("last_day", ""))
    done(
        request,
        lambda: leave_school(actor=acting(request), person=one, last_day=day),
        _("已记离校。次日起不在名单上，以前的记录留着"),
    )
    return redirect("office:person", person_id=person_id)


@require_POST
@_keeps
def come_back(request: HttpRequest, person_id: int, unit: Org) -> HttpResponse:
    one = _person(person_id)
    klass = Org.objects.filter(pk=number(request.POST.get("class", ""), 0), school_id=unit.pk).first()
    done(
        request,
        lambda: return_to_school(actor=acting(request), person=one, klass=klass or unit),
        _("已编入班级"),
    )
    return redirect("office:person", person_id=person_id)


@require_POST
@_keeps
def guardian(request: HttpRequest, person_id: int, unit: Org) -> HttpResponse:
    """One more guardian of this pupil."""
    one, said = _person(person_id), request.POST
    relation = said.get("relation", "")
    done(
        request,
        lambda: add_guardian(
            actor=acting(request),
            person=one,
            relation=Relation(relation) if relation in Relation.values else Relation.OTHER,
            name=said.get("name", ""),
            phone=said.get("phone", ""),
            first=said.get("first") == "1",
        ),
        _("已加监护人"),
    )
    return redirect("office:person", person_id=person_id)


@require_http_methods(["GET", "POST"])
@never_cache
@door(Right.KEEP_ROSTER, org="org_id", level=Level.SCHOOL)
def add(request: HttpRequest, org_id: int, unit: Org) -> HttpResponse:
    """One person who comes without a file."""
    said = request.POST
    faults: list[dict[str, str]] = []
    if request.method == "POST":
        place = Org.objects.filter(pk=number(said.get("class", ""), 0), school_id=unit.pk).first() or unit
        fields = {name: said[name] for name in FIELDS if said.get(name)} | {"name": said.get("name", "")}
        try:
            made = add_person(
                actor=acting(request),
                school=unit,
                unit=place,
                said=fields,
                first_day=_day(said.get("from_day", "")),
            )
        except Refused as refused:
            faults = placed(refused.faults)
        else:
            messages.success(request, _("已加入名册。可能是已有的人时，会列在查重里"))
            return redirect("office:person", person_id=made.pk)
    context = _choices() | {
        "places": _places(unit),
        "said": said,
        "faults": faults,
        "today": clock.today().isoformat(),
    }
    return render(
        request, "office/new_person.html", frame(request, unit) | context, status=400 if faults else 200
    )


def _card(
    request: HttpRequest,
    unit: Org,
    one: Person,
    *,
    status: int = 200,
    said: dict[str, str] | None = None,
    **more: Any,
) -> HttpResponse:
    today = clock.today()
    days = list(one.enrolments.order_by("-from_day"))
    names = names_on(
        {row.class_id for row in days} | {one.class_id or 0, one.dorm_id or 0, one.bus_id or 0}, today
    )
    homes = list(one.guardians.order_by("ended_on", "-first", "pk"))
    links = live_links(homes)
    context = _choices() | {
        "person": one,
        "is_pupil": one.kind == PersonKind.PUPIL,
        "is_here": one.left_on is None or one.left_on >= today,
        "age": age_on(one.birth_on, today) if one.birth_on else None,
        "klass": names.get(one.class_id or 0, ""),
        "dorm": names.get(one.dorm_id or 0, ""),
        "bus": names.get(one.bus_id or 0, ""),
        "identity": masked(one.id_sealed, IDENTITY),
        "student_number": masked(one.student_number_sealed, STUDENT),
        "days": [(row, names.get(row.class_id, "")) for row in days],
        "homes": [(row, masked(row.phone_sealed, PHONE), links.get(row.pk)) for row in homes],
        "places": _places(unit),
        "today": today.isoformat(),
        "said": _kept(one) | (said or {}),
    }
    return render(request, "office/person.html", frame(request, unit) | context | more, status=status)


def _kept(one: Person) -> dict[str, str]:
    """The fields of a person as a form shows them; numbers are never among them."""
    days = {
        name: day.isoformat() if (day := getattr(one, name)) else "" for name in ("birth_on", "entered_on")
    }
    texts = {name: str(getattr(one, name)) for name in ("name", "sex", "post", "dorm", "id_kind")}
    return texts | days | {"id_number": "", "student_number": ""}


def _choices() -> dict[str, Any]:
    relations = [one for one in Relation if one != Relation.SELF]
    return {
        "posts": Post.choices,
        "id_kinds": IdKind.choices,
        "relations": [(one.value, one.label) for one in relations],
    }


def _places(unit: Org) -> list[Org]:
    """Classes, and the staff's group: where somebody can be enrolled."""
    standing = Org.objects.standing(clock.today()).filter(school_id=unit.pk).order_by("sort", "pk")
    return [org for org in standing if org.level == Level.KLASS or org.group_kind == GroupKind.STAFF]


def _person(person_id: int) -> Person:
    """The person, if nobody else's row now stands for them."""
    found: Person | None = Person.objects.in_scope().filter(pk=person_id, merged_into__isnull=True).first()
    if found is None:
        raise Http404
    return found


def _day(text: str) -> date:
    return read_day(text) or clock.today()
