"""转学、转班: the clerk offers a pupil, takes one up, moves one within the school; codes are shown once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Asker, ChangeState, Level, Org, OrgChange, PupilTransfer
from xiaodun.responsibility.orgs.plan import no_such_unit
from xiaodun.responsibility.roster.models import Person, PersonKind
from xiaodun.responsibility.roster.transfer import (
    KIND,
    Claim,
    accept_pupil,
    move_within,
    offer_pupil,
    undo_transfer,
    withdraw_offer,
)
from xiaodun.web.office.asking import day_said, placed, tomorrow
from xiaodun.web.office.units import change_line
from xiaodun.web.page.context import frame

LISTED = 30
_door = door(Right.KEEP_ROSTER, org="school_id", level=Level.SCHOOL)


@require_GET
@never_cache
@_door
def transfer(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    """`?class=`: whose pupils can be chosen."""
    return _page(request, unit)


@require_POST
@_door
def offer(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    """The code stands on this answer and nowhere else."""
    said = request.POST
    try:
        code, row = offer_pupil(
            actor=acting(request),
            school=unit,
            person_id=_number(said.get("person", "")),
            asker=said.get("asker", ""),
            document_no=said.get("document_no", ""),
        )
    except Refused as refused:
        return _page(request, unit, refused.faults)
    person = Person.objects.visible_to(acting(request).reach).get(pk=row.person_ref)
    context = {"code": code, "row": row, "person": person}
    response = render(request, "office/transfer_code.html", frame(request, unit) | context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@_door
def accept(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    said = request.POST

    def take_up() -> str:
        claim = Claim(said.get("code", ""), said.get("name", ""), _birth(said.get("birth_on", "")))
        on_day = day_said(said.get("on_day", ""))
        made = accept_pupil(actor=acting(request), klass=_class(unit, said), claim=claim, on_day=on_day)
        return _("已转入。未结的随访一并接过来") if made.is_applied else _("已排定，到那天零点后转入")

    return _do(request, unit, take_up)


@require_POST
@_door
def move(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    said = request.POST

    def move_one() -> str:
        person_id, on_day = _number(said.get("person", "")), day_said(said.get("on_day", ""))
        klass = _class(unit, said)
        made = move_within(
            actor=acting(request), school=unit, person_id=person_id, klass=klass, on_day=on_day
        )
        return _("已转班") if made.is_applied else _("已排定，到那天零点后转班")

    return _do(request, unit, move_one)


@require_POST
@_door
def withdraw(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    transfer_id = _number(request.POST.get("transfer", ""))

    def withdraw_one() -> str:
        if not withdraw_offer(actor=acting(request), school=unit, transfer_id=transfer_id):
            raise Http404
        return _("转学码已作废，学生仍在本校")

    return _do(request, unit, withdraw_one)


@require_POST
@_door
def undo(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    change_id = _number(request.POST.get("change", ""))

    def undo_one() -> str:
        undo_transfer(actor=acting(request), school=unit, change_id=change_id)
        return _("已撤销，学生回到原班")

    return _do(request, unit, undo_one)


def _do(request: HttpRequest, unit: Org, deed: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, deed())
    except Refused as refused:
        return _page(request, unit, refused.faults)
    return redirect("office:transfer", unit.pk)


def _page(request: HttpRequest, unit: Org, faults: tuple[Fault, ...] = ()) -> HttpResponse:
    day = clock.today()
    said = request.POST or request.GET
    classes = list(Org.objects.all().classes_of(unit.pk, day))
    chosen = next((org for org in classes if str(org.pk) == said.get("class", "")), None)
    changes = OrgChange.objects.filter(
        kind=KIND, school_id=unit.pk, state__in=(ChangeState.PLANNED, ChangeState.APPLIED)
    ).defer("images")
    rows = list(changes.order_by("-asked_at", "-pk")[:LISTED])
    names = _names(request, [one.asked["person"] for one in rows])
    context = {
        "classes": classes,
        "chosen": chosen,
        "pupils": _pupils(request, chosen) if chosen else [],
        "askers": Asker.choices,
        "offers": _offers(request, unit),
        "changes": [
            change_line(one)
            | {
                "mine": one.is_planned or one.on_day == day,
                "who": names.get(one.asked["person"], _("一名学生")),
            }
            for one in rows
        ],
        "today": day,
        "tomorrow": tomorrow(day),
        "faults": placed(faults, {}),
        "said": request.POST,
    }
    return render(
        request, "office/transfer.html", frame(request, unit) | context, status=400 if faults else 200
    )


def _pupils(request: HttpRequest, klass: Org) -> list[Person]:
    rows = Person.objects.visible_to(acting(request).reach).filter(class_id=klass.pk, kind=PersonKind.PUPIL)
    return list(rows.filter(left_on__isnull=True).order_by("name_sort", "pk"))


def _names(request: HttpRequest, persons: list[int]) -> dict[int, str]:
    """The names that the reader may still read: not of those who have gone to another school."""
    rows = Person.objects.visible_to(acting(request).reach).filter(pk__in=persons)
    return dict(rows.values_list("pk", "name"))


def _offers(request: HttpRequest, unit: Org) -> list[dict[str, Any]]:
    """The offers of this school; a pupil who has gone is no longer read here."""
    rows = list(PupilTransfer.objects.filter(from_school_id=unit.pk).order_by("-offered_at", "-pk")[:LISTED])
    names = _names(request, [row.person_ref for row in rows])
    schools = dict(
        Org.objects.filter(pk__in=[r.to_school_id for r in rows if r.to_school_id]).values_list("pk", "name")
    )
    now = clock.now()
    return [
        {
            "row": row,
            "name": names.get(row.person_ref, _("一名学生")),
            "to": schools.get(row.to_school_id or 0, ""),
            "is_open": row.is_open(now),
        }
        for row in rows
        if row.withdrawn_at is None
    ]


def _class(unit: Org, said: Any) -> Org:
    """A class of this school that stands; Refused `orgs.no_such_unit`."""
    found = (
        Org.objects.all()
        .classes_of(unit.pk, clock.today())
        .filter(pk=_number(said.get("to_class", "")))
        .first()
    )
    if found is None:
        raise no_such_unit("to_class")
    return found


def _birth(text: str) -> date | None:
    try:
        return day_said(text) if text.strip() else None
    except Refused:
        return None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
