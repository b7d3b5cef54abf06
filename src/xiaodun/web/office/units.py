"""单位: the schools of a county and what they are made of; every change asked for, shown, confirmed, taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.changing import make_change, plan_change, undo_change
from xiaodun.responsibility.orgs.models import Level, Org, OrgChange
from xiaodun.responsibility.orgs.plan import Plan, verb_of
from xiaodun.responsibility.orgs.queries import changes_of_county
from xiaodun.responsibility.roster.school_year import KIND as ROLL_OVER
from xiaodun.web.office.asking import OFFERED, asked_of, day_said, fields_of, placed, tomorrow
from xiaodun.web.office.standing import school_lines, school_tree
from xiaodun.web.page.context import frame
from xiaodun.web.page.written import tongue

TRANSFER = "transfer"


def county_or_above(org_id: int) -> Org | None:
    return Org.objects.filter(pk=org_id, level__in=(Level.COUNTY, Level.CITY, Level.PROVINCE)).first()


def unit_of_change(change_id: int) -> Org | None:
    """The unit a change is about, while it stands; a pupil's transfer has a page of its own."""
    change = OrgChange.objects.filter(pk=change_id).exclude(kind=TRANSFER).first()
    return Org.objects.filter(pk=change.unit_id).first() if change else None


@require_GET
@never_cache
@door(Right.CHANGE_UNITS, find=county_or_above)
def units(request: HttpRequest, org_id: int, unit: Org) -> HttpResponse:
    """The county's schools, what is planned, what was changed; above counties the way down to them."""
    day = clock.today()
    if unit.level != Level.COUNTY:
        counties = Org.objects.standing(day).filter(level=Level.COUNTY, path__startswith=f"{unit.path}.")
        above = frame(request, unit) | {"counties": counties.order_by("path")}
        return render(request, "office/counties.html", above)
    changes = change_lines(changes_of_county(unit.pk), acting(request))
    context = {
        "lines": school_lines(unit, day),
        "planned": [line for line in reversed(changes) if line["change"].is_planned],
        "past": [line for line in changes if not line["change"].is_planned],
        "closed": Org.objects.filter(county_id=unit.pk, level=Level.SCHOOL, to_day__lt=day).order_by(
            "-to_day", "pk"
        ),
    }
    return render(request, "office/units.html", frame(request, unit) | context)


@require_GET
@never_cache
@door(Right.CHANGE_UNITS, org="org_id", level=Level.SCHOOL)
def unit_page(request: HttpRequest, org_id: int, unit: Org) -> HttpResponse:
    """One school: campuses, grades with their classes, groups, closed units; each with what can be done to it."""
    county = Org.objects.get(pk=unit.of_county)
    verbs = [(kind, level, verb_words(kind, level)) for kind, level in OFFERED[Level.SCHOOL]]
    context = {"county": county, "tree": school_tree(unit, clock.today()), "verbs": verbs}
    return render(request, "office/unit.html", frame(request, unit) | context)


@require_http_methods(["GET", "POST"])
@never_cache
@door(Right.CHANGE_UNITS, org="org_id")
def change(request: HttpRequest, org_id: int, unit: Org) -> HttpResponse:
    """One verb at one unit: the form, then what it would do, then the deed (`digest`: of what was shown)."""
    said = request.POST or request.GET
    kind, level = said.get("kind", ""), said.get("level", "")
    if (kind, level) not in OFFERED.get(Level(unit.level), ()):
        raise Http404
    plan: Plan | None = None
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            if "digest" in said:
                return _done(request, unit, _make(request, kind, level, unit))
            plan = _preview(request, kind, level, unit)
            faults = tuple(plan.problems)
        except Refused as refused:
            faults = refused.faults
    fields = _filled(kind, level, unit, request)
    context = {
        "county": Org.objects.get(pk=unit.of_county),
        "school": Org.objects.filter(pk=unit.school_id or 0).first(),
        "kind": kind,
        "level": level,
        "title": verb_words(kind, level),
        "fields": fields,
        "plan": plan if plan and not faults else None,
        "lines": [line.words(tongue()) for line in plan.lines] if plan and not faults else [],
        "faults": placed(faults, {one["field"].name: one["field"].label for one in fields}),
    }
    status = 400 if faults else 200
    return render(request, "office/change.html", frame(request, unit) | context, status=status)


@require_POST
@door(Right.CHANGE_UNITS, Right.ROLL_OVER, find=unit_of_change)
def undo(request: HttpRequest, change_id: int, unit: Org) -> HttpResponse:
    actor, kind = acting(request), OrgChange.objects.values_list("kind", flat=True).get(pk=change_id)
    right = right_of(kind)
    if not actor.may(right, unit):
        raise Http404
    try:
        undo_change(actor_id=actor.account_id, change_id=change_id, may=lambda org: actor.may(right, org))
        messages.success(request, _("已撤销，一切如前"))
    except Refused as refused:
        _say_faults(request, refused.faults)
    if kind == ROLL_OVER:
        return redirect("office:school_year", unit.pk)
    return redirect("office:units", unit.of_county)


def change_lines(changes: list[OrgChange], actor: Actor) -> list[dict[str, Any]]:
    """Changes in words; `mine`: the reader answers for every unit of it and may ask for its undo."""
    named = {change.pk: set(verb_of(change.kind).named(change.asked)) for change in changes}
    units = Org.objects.in_bulk(set().union(*named.values()))
    return [
        change_line(one)
        | {"mine": all(pk in units and actor.may(right_of(one.kind), units[pk]) for pk in named[one.pk])}
        for one in changes
    ]


def right_of(kind: str) -> Right:
    return {ROLL_OVER: Right.ROLL_OVER, TRANSFER: Right.KEEP_ROSTER}.get(kind, Right.CHANGE_UNITS)


def change_line(change: OrgChange) -> dict[str, Any]:
    """A change in the reader's words: what it is, what it did, what stands in its way."""
    language = tongue()
    told = [line.get(language) or line["zh"] for line in change.told]
    return {
        "change": change,
        "what": verb_of(change.kind).words(language),
        "said": told[0] if told else change.unit_name,
        "problem": [fault.get(language) or fault["zh"] for fault in change.problem],
    }


def verb_words(kind: str, level: str) -> str:
    """设立年级, 合并: the verb with what it founds."""
    words = {
        "found": {
            Level.SCHOOL: _("设立学校"),
            Level.CAMPUS: _("设立校区"),
            Level.GRADE: _("设立年级"),
            Level.KLASS: _("设立班级"),
            Level.GROUP: _("设立宿舍楼、校车、教职工组"),
        }.get(Level(level) if level else Level.SCHOOL, "")
    }
    return words.get(kind) or verb_of(kind).words(tongue())


def _preview(request: HttpRequest, kind: str, level: str, unit: Org) -> Plan:
    actor, said = acting(request), request.POST
    asked = asked_of(kind, level, unit, said)
    return plan_change(kind=kind, asked=asked, on_day=day_said(said.get("on_day", "")), may=_may(actor))


def _make(request: HttpRequest, kind: str, level: str, unit: Org) -> OrgChange:
    actor, said = acting(request), request.POST
    return make_change(
        actor_id=actor.account_id,
        kind=kind,
        asked=asked_of(kind, level, unit, said),
        on_day=day_said(said.get("on_day", "")),
        may=_may(actor),
        digest=said["digest"],
    )


def _may(actor: Actor) -> Any:
    return lambda org: actor.may(Right.CHANGE_UNITS, org)


def _done(request: HttpRequest, unit: Org, made: OrgChange) -> HttpResponse:
    line = change_line(made)
    messages.success(request, (_("已生效：%(said)s") if made.is_applied else _("已排定：%(said)s")) % line)
    return redirect("office:units", unit.of_county)


def _filled(kind: str, level: str, unit: Org, request: HttpRequest) -> list[dict[str, Any]]:
    """The fields with what was said in them; the day is tomorrow until somebody says otherwise."""
    filled = []
    for field in fields_of(kind, level, unit, acting(request), clock.today()):
        said = request.POST.getlist(field.name)
        if request.method != "POST":
            said = {"on_day": [tomorrow(clock.today())], "name": [unit.name] if kind == "rename" else []}.get(
                field.name, []
            )
        filled.append({"field": field, "said": said, "value": said[0] if said else ""})
    return filled


def _say_faults(request: HttpRequest, faults: tuple[Fault, ...]) -> None:
    for fault in faults:
        messages.error(request, f"{fault.words(tongue())} ({fault.code})")
