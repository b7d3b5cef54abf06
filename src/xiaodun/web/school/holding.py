"""临时留观: the room's board, taking somebody in, letting somebody out, the day's register."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Refused
from xiaodun.measures.checks.models import Finding, FindingKind
from xiaodun.measures.health.holding import enter_room, leave_room, set_room, tell_parent
from xiaodun.measures.health.models import HoldingStay, Whereto
from xiaodun.measures.health.room import board_of
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.models import Person
from xiaodun.responsibility.roster.search import find_persons
from xiaodun.web.page.context import frame
from xiaodun.web.school.case import classes_of, names_of, read_temperature
from xiaodun.web.school.words import say_refused

FOUND = 12
TAKERS = ("母亲", "父亲", "其他家长", "班主任陪同", "120急救车")


@require_GET
@never_cache
@door(Right.FOLLOW_HEALTH, org="school_id", level=Level.SCHOOL)
def holding(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    """Who is there now with the clock, then whom the teachers listed as unwell, then who left today."""
    return _page(request, unit)


@require_POST
@door(Right.FOLLOW_HEALTH, org="school_id", level=Level.SCHOOL)
def find(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    """Look for somebody to take in. The words are posted: no address holds a name."""
    said = request.POST.get("q", "")
    chosen = request.POST.get("person", "")
    people = Person.objects.visible_to(acting(request).reach).filter(
        school_id=unit.pk, left_on__isnull=True, merged_into__isnull=True
    )
    found = list(find_persons(people, said).order_by("name_sort", "pk")[:FOUND])
    if chosen.isdigit():
        found = list(people.filter(pk=int(chosen)))
    only = found[0] if len(found) == 1 else None
    return _page(request, unit, {"q": said, "found": found, "chosen": only, "searched": True})


@require_POST
@door(Right.FOLLOW_HEALTH, org="school_id", level=Level.SCHOOL)
def enter(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    said = request.POST
    person = _person(request, unit, said.get("person", ""))
    try:
        with transaction.atomic():
            enter_room(
                actor=acting(request),
                person=person,
                complaint=said.get("complaint", ""),
                symptoms=said.getlist("symptom"),
                temperature=read_temperature(said.get("temperature", "")),
                parent_told=said.get("told") == "1",
            )
        messages.success(request, _("已入室。留观是临时照看，不是隔离"))
    except Refused as refused:
        say_refused(request, refused)
        return _page(request, unit, {"chosen": person, "said": said, "saw": said.getlist("symptom")})
    return redirect("school:holding", unit.pk)


@require_POST
@door(Right.FOLLOW_HEALTH, org="school_id", level=Level.SCHOOL)
def beds(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    number = request.POST.get("beds", "")
    try:
        with transaction.atomic():
            room = set_room(
                actor=acting(request), school_id=unit.pk, beds=int(number) if number.isdigit() else 0
            )
        messages.success(request, _("床位已记为 %(n)d") % {"n": room.beds})
    except Refused as refused:
        say_refused(request, refused)
    return redirect("school:holding", unit.pk)


def room_of(stay_id: int) -> Org | None:
    """The school whose room a stay is in, as far as the reader's row policy shows it."""
    rows = HoldingStay.objects.in_scope().filter(pk=stay_id)
    school_id = rows.values_list("school_id", flat=True).first()
    return Org.objects.filter(pk=school_id).first() if school_id else None


@require_POST
@door(Right.FOLLOW_HEALTH, find=room_of)
def told(request: HttpRequest, stay_id: int, unit: Org) -> HttpResponse:
    tell_parent(actor=acting(request), stay=HoldingStay.objects.in_scope().get(pk=stay_id))
    messages.success(request, _("已记：家长知道了"))
    return redirect("school:holding", unit.pk)


@require_POST
@door(Right.FOLLOW_HEALTH, find=room_of)
def out(request: HttpRequest, stay_id: int, unit: Org) -> HttpResponse:
    whereto, taker = request.POST.get("whereto", ""), request.POST.get("handed_to", "")
    try:
        with transaction.atomic():
            stay = leave_room(
                actor=acting(request),
                stay=HoldingStay.objects.in_scope().get(pk=stay_id),
                whereto=whereto,
                handed_to=taker,
            )
        messages.success(request, _("已离室：%(where)s") % {"where": stay.get_whereto_display()})
    except Refused as refused:
        say_refused(request, refused)
    return redirect("school:holding", unit.pk)


def _page(request: HttpRequest, unit: Org, more: dict[str, Any] | None = None) -> HttpResponse:
    board = board_of(unit.pk, clock.today())
    inside = {stay.person_id for stay in board.inside}
    listed = [one for one in _unwell(unit) if one.person_id not in inside]
    stays = [*board.inside, *board.out]
    names = names_of(request, unit, [*(one.person_id for one in stays), *(one.person_id for one in listed)])
    classes = classes_of([*(one.class_id for one in stays), *(one.class_id for one in listed)])
    context: dict[str, Any] = {
        "school": unit,
        "board": board,
        "inside": [_shown(stay, names, classes) for stay in board.inside],
        "out": [_shown(stay, names, classes) for stay in board.out],
        "listed": [(one, names[one.person_id], classes.get(one.class_id, "")) for one in listed],
        "whereto": Whereto.choices,
        "takers": TAKERS,
        "said": {},
        "saw": [],
    } | (more or {})
    if context.get("chosen") is not None:
        context["chosen_class"] = classes_of([context["chosen"].class_id]).get(context["chosen"].class_id, "")
    if context.get("found"):
        in_classes = classes_of([one.class_id for one in context["found"]])
        context["found"] = [(one, in_classes.get(one.class_id or 0, "")) for one in context["found"]]
    return render(request, "school/holding.html", frame(request, unit) | context)


def _unwell(unit: Org) -> list[Finding]:
    """Whom the teachers listed today as there with symptoms."""
    rows = Finding.objects.in_scope().filter(school_id=unit.pk, day=clock.today(), kind=FindingKind.UNWELL)
    latest = {row.person_id: row for row in rows.order_by("class_id", "person_id")}
    return list(latest.values())


def _shown(stay: HoldingStay, names: dict[int, str], classes: dict[int, str]) -> dict[str, Any]:
    return {
        "stay": stay,
        "name": names[stay.person_id],
        "klass": classes.get(stay.class_id, ""),
        "for": (stay.out_at or clock.now()) - stay.in_at,
    }


def _person(request: HttpRequest, unit: Org, said: str) -> Person:
    people = Person.objects.visible_to(acting(request).reach).filter(school_id=unit.pk)
    person: Person | None = people.filter(pk=int(said)).first() if said.isdigit() else None
    if person is None:
        raise Http404
    return person
