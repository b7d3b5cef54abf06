"""Today in a county: who has reported, who needs help, what to do first, the signals, the map, the trend."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from xiaodun.foundation import clock
from xiaodun.kernel.calendar import at
from xiaodun.measures.checks.absence import FEWEST_BASE_DAYS, SHOWN_DAYS, absence_days
from xiaodun.measures.checks.actions import DEADLINE
from xiaodun.measures.checks.county import CountyDay, SchoolState, county_day, needs_help
from xiaodun.measures.checks.school_days import is_school_day, next_school_day
from xiaodun.response.signals.county import SchoolSignals, merged_by_school
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.web.bureau.drawings import absence_trend, school_map
from xiaodun.web.bureau.lines import SignalLine, help_line, signal_line
from xiaodun.web.bureau.overview import Watch, urgent_lines, watch
from xiaodun.web.bureau.units import county
from xiaodun.web.page.context import frame
from xiaodun.web.page.written import clock_time

POLL_SECONDS = 60
SHOWN_HELP, SHOWN_THINGS, SHOWN_SIGNALS = 8, 5, 8


@require_GET
@never_cache
@door(Right.READ_COUNTY, find=county)
def today(request: HttpRequest, county_id: int, unit: Org) -> HttpResponse:
    """The county officer's first screen, fetched anew every minute."""
    actor = acting(request)
    schools = county_day(unit, clock.today(), actor.reach)
    found = watch(unit, actor)
    names = {row.school.pk: row.school.name for row in schools.rows}
    merged = merged_by_school(found.signals)
    context = (
        frame(request, unit)
        | deadline(schools)
        | _figures(schools)
        | _help(schools, actor)
        | _absence(unit, schools, actor)
        | {
            "things": urgent_lines(found, names, SHOWN_THINGS),
            "n_things": len(found.things),
            "signals": _signals(merged[:SHOWN_SIGNALS], found, names),
            "n_signals": sum(1 + len(one.others) for one in merged),
            "n_signal_schools": len(merged),
            "n_settled": sum(not one.waits for one in found.signals),
            "map": school_map(schools.rows, merged, in_time=deadline(schools)["in_time"]),
            "poll_seconds": POLL_SECONDS,
        }
    )
    return render(request, "bureau/today.html", context)


@require_GET
@never_cache
@door(Right.READ_COUNTY, find=county)
def absence(request: HttpRequest, county_id: int, unit: Org) -> HttpResponse:
    """The rows and the formula behind 因病缺课 and its expected range."""
    actor = acting(request)
    days = absence_days(unit.pk, clock.today(), actor.reach)
    context = {"days": list(reversed(days)), "trend": absence_trend(days), "fewest": FEWEST_BASE_DAYS}
    return render(request, "bureau/absence.html", frame(request, unit) | context)


@require_GET
@never_cache
@door(Right.READ_COUNTY, find=county)
def first_things(request: HttpRequest, county_id: int, unit: Org) -> HttpResponse:
    """Everything that waits for the county, in order, and why in this order."""
    actor = acting(request)
    found = watch(unit, actor)
    names = dict(Org.objects.filter(pk__in={t.school_id for t in found.things}).values_list("pk", "name"))
    context = frame(request, unit) | {"things": urgent_lines(found, names)}
    return render(request, "bureau/first_things.html", context)


def deadline(schools: CountyDay) -> dict[str, Any]:
    """Whether lessons are held, and whether a check may still come in time."""
    day = schools.day
    lessons = is_school_day(day) or any(row.roll for row in schools.rows)
    due = at(day, *DEADLINE)
    return {
        "day": day,
        "lessons": lessons,
        "next_day": None if lessons else next_school_day(day),
        "deadline": clock_time(due),
        "in_time": clock.now() <= due,
    }


def _figures(schools: CountyDay) -> dict[str, Any]:
    reported, nil, missing = (schools.of(state) for state in SchoolState)
    return {
        "schools": schools,
        "n_schools": len(schools.rows),
        "n_reported": len(reported),
        "n_reported_late": sum(row.is_late for row in reported),
        "n_nil": len(nil),
        "n_nil_late": sum(row.is_late for row in nil),
        "n_missing": len(missing),
        "n_classes_missing": sum(row.n_classes_missing for row in missing),
    }


def _help(schools: CountyDay, actor: Actor) -> dict[str, Any]:
    """Before the deadline nobody needs help: every school still has its time."""
    known = deadline(schools)
    missing = schools.of(SchoolState.MISSING) if known["lessons"] and not known["in_time"] else []
    shown = needs_help(missing[:SHOWN_HELP], schools.day, actor.reach) if missing else []
    return {"helps": [help_line(one) for one in shown], "n_help": len(missing)}


def _absence(unit: Org, schools: CountyDay, actor: Actor) -> dict[str, Any]:
    days = absence_days(unit.pk, schools.day, actor.reach)
    last = days[-1] if days and days[-1].day == schools.day else None
    return {
        "absence": last,
        "trend": absence_trend(days),
        "trend_days": SHOWN_DAYS,
        "fewest": FEWEST_BASE_DAYS,
    }


def _signals(merged: list[SchoolSignals], found: Watch, names: dict[int, str]) -> list[SignalLine]:
    return [
        signal_line(
            one.first,
            names.get(one.school_id, ""),
            found.copies.get(one.first.signal.pk, {}),
            found.now,
            len(one.others),
        )
        for one in merged
    ]
