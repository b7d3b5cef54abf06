"""The schools of a county on one day: the rows behind its figures, and whom to call where they lack."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from xiaodun.foundation import clock
from xiaodun.measures.checks.county import CountyDay, SchoolRow, SchoolState, county_day, needs_help
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.web.bureau.lines import help_line
from xiaodun.web.bureau.today import deadline
from xiaodun.web.bureau.units import county
from xiaodun.web.page.context import frame

PAGE = 50
ALL = "all"


@require_GET
@never_cache
@door(Right.READ_COUNTY, find=county)
def schools(request: HttpRequest, county_id: int, unit: Org) -> HttpResponse:
    """PAGE schools in administrative order, of one state or all; `page`: the last one of the page above."""
    actor = acting(request)
    found = county_day(unit, clock.today(), actor.reach)
    asked = request.GET.get("state", ALL)
    state = SchoolState(asked) if asked in list(SchoolState) else None
    chosen = found.of(state) if state else list(found.rows)
    rows = _after(chosen, request.GET.get("page", ""))
    shown = rows[:PAGE]
    missing = [row for row in shown if row.state == SchoolState.MISSING]
    helps = needs_help(missing, found.day, actor.reach) if state == SchoolState.MISSING else []
    context = (
        frame(request, unit)
        | deadline(found)
        | {
            "state": state or ALL,
            "tabs": [(code, len(found.of(code))) for code in SchoolState],
            "n_all": len(found.rows),
            "rows": shown,
            "total": _total(found, chosen),
            "helps": [help_line(one) for one in helps],
            "next_page": shown[-1].school.pk if len(rows) > PAGE else None,
            "is_whole": len(shown) == len(chosen),
        }
    )
    return render(request, "bureau/schools.html", context)


def _after(rows: list[SchoolRow], last: str) -> list[SchoolRow]:
    """The rows after the school with this id; all of them where it is not among them."""
    place = next((n + 1 for n, row in enumerate(rows) if str(row.school.pk) == last), 0)
    return rows[place:]


def _total(found: CountyDay, chosen: list[SchoolRow]) -> dict[str, Any]:
    """The sums of all the chosen rows, those on other pages included."""
    part = CountyDay(found.day, tuple(chosen))
    return {
        "n": len(chosen),
        "n_classes": part.n_classes,
        "n_classes_in": part.n_classes_in,
        "enrolled": part.enrolled,
        "n_ill_absent": part.n_ill_absent,
        "n_unwell": part.n_unwell,
        "share": part.n_ill_absent / part.enrolled if part.enrolled else None,
    }
