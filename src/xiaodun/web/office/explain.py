"""为什么能看: why somebody may open a page or use a right at a unit, or why not and who could; and the same for oneself."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.doors import acting, door, own_account, signed_in
from xiaodun.responsibility.accounts.explain import (
    explain,
    explain_address,
    explain_own,
    explain_rows,
    right_word,
)
from xiaodun.responsibility.accounts.queries import MOST_PEOPLE, find_person, people_of, within
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import CHECKED, Level, Org
from xiaodun.web.page.context import frame

ROWS = "rows"  # beside the rights: what is read of a unit's pupils
MOST_UNITS = 400


@require_GET
@never_cache
@door(Right.EXPLAIN_ACCESS, org="org_id")
def explain_access(request: HttpRequest, org_id: int, unit: Org) -> HttpResponse:
    """Asked in the address line: `who`, `what` (a right, `rows`, or nothing with an `address`), `where`, `day`."""
    said = request.GET
    context: dict[str, Any] = {
        "said": said,
        "people": people_of(unit, clock.today())[:MOST_PEOPLE],
        "units": _units(unit),
        "rights": [(right.value, right_word(right)) for right in Right],
        "today": clock.today(),
    }
    try:
        if said.get("who"):
            context |= _answered(request, unit)
    except Refused as refused:
        context["faults"] = refused.faults
    status = 400 if context.get("faults") else 200
    return render(request, "office/explain.html", frame(request, unit) | context, status=status)


@require_GET
@never_cache
@signed_in
def my_access(request: HttpRequest) -> HttpResponse:
    """我能看到什么: for each of one's duties, what it lets one do and see."""
    mine = own_account(request)
    context = {"duties": explain_own(mine, clock.today()), "withheld": acting(request).withheld}
    return render(request, "office/my_access.html", frame(request) | context)


def _answered(request: HttpRequest, unit: Org) -> dict[str, Any]:
    said = request.GET
    person, day = find_person(said["who"], unit), _day(said.get("day", ""))
    if said.get("address"):
        answers = [explain_address(person, said["address"], day, asker=acting(request), inside=unit)]
        return {"person": person, "answers": answers, "day": day, "about": None}
    about = _unit(unit, said.get("where", ""))
    if said.get("what") == ROWS:
        return {"person": person, "answers": explain_rows(person, about, day), "day": day, "about": about}
    answer = explain(person, _right(said.get("what", "")), about, day)
    return {"person": person, "answers": [answer], "day": day, "about": about}


def _units(unit: Org) -> list[Org]:
    """The units that may be asked about: of a school all its classes and groups, above schools the schools."""
    levels = (
        (Level.SCHOOL, *CHECKED) if unit.level == Level.SCHOOL else (Level.COUNTY, Level.CITY, Level.SCHOOL)
    )
    below = Org.objects.standing(clock.today()).filter(within(unit), level__in=levels)
    return list(below.order_by("path")[:MOST_UNITS])


def _unit(unit: Org, text: str) -> Org:
    """The unit asked about, by its number, within the unit of the page. Raises Refused."""
    found = Org.objects.filter(pk=int(text)).first() if text.isdecimal() else unit
    if found is None or not found.is_within(unit):
        zh, en = "选一个本单位里的学校或班", "Choose a school or class within this unit"
        raise Refused(Fault("explain.unit", zh, en, "where"))
    return found


def _right(text: str) -> Right:
    try:
        return Right(text)
    except ValueError:
        zh, en = "选一件要问的事", "Choose what to ask about"
        raise Refused(Fault("explain.what", zh, en, "what")) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else clock.today()
    except ValueError:
        zh, en = "日期写成 2026-12-01", "Write the date as 2026-12-01"
        raise Refused(Fault("explain.day", zh, en, "day", text[:20])) from None
