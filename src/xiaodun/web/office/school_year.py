"""学年升级: the preview of a school or a county, its numbers open to the reviewer; one confirmation, one undo."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.changing import make_change, plan_change
from xiaodun.responsibility.orgs.models import ChangeState, Level, Org, OrgChange
from xiaodun.responsibility.orgs.plan import Plan
from xiaodun.responsibility.roster.school_year import KIND, school_year_of
from xiaodun.web.office.asking import day_said, placed
from xiaodun.web.office.units import change_line, change_lines
from xiaodun.web.page.context import frame
from xiaodun.web.page.written import tongue

FIRST_DAY = (9, 1)
_ENTRY = "n-"


def school_or_county(org_id: int) -> Org | None:
    return Org.objects.filter(pk=org_id, level__in=(Level.SCHOOL, Level.COUNTY)).first()


@require_http_methods(["GET", "POST"])
@never_cache
@door(Right.ROLL_OVER, find=school_or_county)
def school_year(request: HttpRequest, org_id: int, unit: Org) -> HttpResponse:
    """The preview; with `do=confirm` and the digest of what was shown, the deed."""
    said = request.POST
    faults: tuple[Fault, ...] = ()
    on_day = proposed_day(clock.today())
    plan: Plan | None = None
    try:
        on_day = day_said(said.get("on_day", ""), on_day)
        if said.get("do") == "confirm":
            return _done(request, unit, _make(request, unit, on_day))
        plan = _plan(request, unit, on_day)
        faults = tuple(plan.problems)
    except Refused as refused:
        faults = refused.faults
        plan = _again(request, unit, on_day, faults)
    done = change_lines(_changes(unit, on_day), acting(request))
    # That it was done already is no fault of the reader: the change itself is shown.
    faults = tuple(fault for fault in faults if not (done and fault.code == "roster.rolled_over"))
    ready = plan if plan and not plan.problems else None
    context = {
        "on_day": on_day.isoformat(),
        "rows": ready.figures["schools"] if ready else [],
        "left_out": ready.figures["done"] if ready else [],
        "total": _total(ready.figures["schools"]) if ready else {},
        "lines": [line.words(tongue()) for line in ready.lines] if ready else [],
        "digest": ready.digest if ready else "",
        "faults": placed(faults, {"on_day": _("从哪天起")}),
        "changes": done,
        "is_county": unit.level == Level.COUNTY,
    }
    status = 400 if request.method == "POST" and faults else 200
    return render(request, "office/school_year.html", frame(request, unit) | context, status=status)


def proposed_day(today: date) -> date:
    """The first of September that is meant: this year's until the end of September, then the next one's."""
    this = date(today.year, *FIRST_DAY)
    return max(this, today) if today.month <= FIRST_DAY[0] else date(today.year + 1, *FIRST_DAY)


def entry_of(said: QueryDict) -> dict[str, str]:
    """How many entry classes the reviewer wants, by the key of each entry grade."""
    return {name.removeprefix(_ENTRY): said.get(name, "").strip() for name in said if name.startswith(_ENTRY)}


def _asked(request: HttpRequest, unit: Org) -> dict[str, Any]:
    return {"unit": unit.pk, "entry": entry_of(request.POST)}


def _may(request: HttpRequest) -> Any:
    actor = acting(request)
    return lambda org: actor.may(Right.ROLL_OVER, org)


def _plan(request: HttpRequest, unit: Org, on_day: date) -> Plan:
    return plan_change(kind=KIND, asked=_asked(request, unit), on_day=on_day, may=_may(request))


def _again(request: HttpRequest, unit: Org, on_day: date, faults: tuple[Fault, ...]) -> Plan | None:
    """After a refused confirmation the new preview stands under the reason."""
    try:
        return _plan(request, unit, on_day)
    except Refused:
        return None


def _make(request: HttpRequest, unit: Org, on_day: date) -> OrgChange:
    return make_change(
        actor_id=acting(request).account_id,
        kind=KIND,
        asked=_asked(request, unit),
        on_day=on_day,
        may=_may(request),
        digest=request.POST.get("digest", ""),
    )


def _done(request: HttpRequest, unit: Org, made: OrgChange) -> HttpResponse:
    line = change_line(made)
    messages.success(request, (_("已升级：%(said)s") if made.is_applied else _("已排定：%(said)s")) % line)
    return redirect("office:school_year", unit.pk)


def _changes(unit: Org, day: date) -> list[OrgChange]:
    """The roll-overs of this unit, and of its county, in the school year of a day."""
    rows = OrgChange.objects.filter(
        kind=KIND, unit_id__in=[unit.pk, unit.county_id], state__in=(ChangeState.PLANNED, ChangeState.APPLIED)
    )
    year = school_year_of(day)
    return [one for one in rows.defer("images").order_by("-pk") if school_year_of(one.on_day) == year]


def _total(rows: list[dict[str, Any]]) -> dict[str, int]:
    sums = {name: sum(row[name] for row in rows) for name in ("n_up", "n_closing", "n_leaving")}
    return sums | {"n": len(rows), "n_new": sum(one["n"] for row in rows for one in row["entry"])}
