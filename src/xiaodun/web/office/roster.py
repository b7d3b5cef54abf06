"""名册: a school's people by class, what each still lacks, and a search that leaves no name in an address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.foundation import clock
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.models import Guardian, Person, PersonKind
from xiaodun.responsibility.roster.queries import here, roster_figures
from xiaodun.responsibility.roster.search import PAGE, find_persons, next_page
from xiaodun.web.office.saying import number
from xiaodun.web.page.context import frame

_keeps = door(Right.KEEP_ROSTER, org="org_id", level=Level.SCHOOL)


@require_GET
@never_cache
@_keeps
def roster(request: HttpRequest, org_id: int, unit: Org) -> HttpResponse:
    """`?of=`: a class by its id, or staff, all, none (without a class), gone, guardian, number (who lack one)."""
    of = request.GET.get("of", "")
    context = _ground(unit) | {"of": of, "class_id": number(of, 0)}
    if of:
        people = _people(unit, of)
        rows, after = next_page(people, number(request.GET.get("after", ""), 0))
        context |= {
            "rows": listed(rows),
            "after": after,
            "n": people.count(),
            "title": _title(of, context["units"]),
        }
    return render(request, "office/roster.html", frame(request, unit) | context)


@require_POST
@never_cache
@_keeps
def search(request: HttpRequest, org_id: int, unit: Org) -> HttpResponse:
    """Sent as a form and not as an address: what is looked for is a name or a number."""
    text = request.POST.get("q", "")[:100]
    reach = acting(request).reach
    people = Person.objects.visible_to(reach).filter(school_id=unit.pk, merged_into__isnull=True)
    found = find_persons(people, text)
    rows, after = next_page(found, number(request.POST.get("after", ""), 0))
    context = {"q": text, "rows": listed(rows), "after": after, "page": PAGE}
    return render(request, "office/found.html", frame(request, unit) | context)


def listed(people: Sequence[Person]) -> list[dict[str, Any]]:
    """Rows for a table: the person, the class's name, whether guardians and numbers are there. Two queries."""
    ids = [one.pk for one in people]
    guarded = dict(
        Guardian.objects.in_scope()
        .filter(person_id__in=ids, ended_on__isnull=True)
        .values_list("person_id")
        .annotate(n=Count("pk"))
    )
    units = (
        {one.class_id for one in people} | {one.dorm_id for one in people} | {one.bus_id for one in people}
    )
    names = dict(Org.objects.filter(pk__in=[pk for pk in units if pk]).values_list("pk", "name"))
    return [
        {
            "person": one,
            "klass": names.get(one.class_id or 0, ""),
            "dorm": names.get(one.dorm_id or 0, ""),
            "bus": names.get(one.bus_id or 0, ""),
            "n_guardians": guarded.get(one.pk, 0),
            "has_number": one.id_index is not None or one.student_number_index is not None,
        }
        for one in people
    ]


def _ground(unit: Org) -> dict[str, Any]:
    """The classes and groups of the school with how many are in each, and the figures above them."""
    day = clock.today()
    standing = Org.objects.standing(day).filter(school_id=unit.pk).order_by("sort", "pk")
    people = Person.objects.in_scope().filter(here(day), school_id=unit.pk)
    sizes: dict[int, int] = {}
    for column in ("class_id", "dorm_id", "bus_id"):
        sizes |= dict(people.exclude(**{column: None}).values_list(column).annotate(n=Count("pk")))
    classes = [(org, sizes.get(org.pk, 0)) for org in standing if org.level == Level.KLASS]
    groups = [(org, sizes.get(org.pk, 0)) for org in standing if org.level == Level.GROUP]
    return {
        "figures": roster_figures(unit.pk, day),
        "classes": classes,
        "groups": groups,
        "units": {org.pk: org.name for org, _n in [*classes, *groups]},
        "n_gone": Person.objects.in_scope()
        .filter(school_id=unit.pk, left_on__lt=day, merged_into__isnull=True)
        .count(),
    }


def _people(unit: Org, of: str) -> QuerySet[Person]:
    everybody = Person.objects.in_scope().filter(school_id=unit.pk, merged_into__isnull=True)
    if of == "gone":
        return everybody.filter(left_on__lt=clock.today())
    present = everybody.filter(here(clock.today()))
    guardian = Guardian.objects.in_scope().filter(person_id=OuterRef("pk"), ended_on__isnull=True)
    pupils = Q(kind=PersonKind.PUPIL)
    known = {
        "all": pupils,
        "staff": Q(kind=PersonKind.STAFF),
        "none": pupils & Q(class_id__isnull=True),
        "guardian": pupils & ~Exists(guardian),
        "number": pupils & Q(id_index__isnull=True, student_number_index__isnull=True),
    }
    return present.filter(known[of] if of in known else Q(class_id=number(of)))


def _title(of: str, names: dict[int, str]) -> str:
    known = {
        "all": _("全校学生"),
        "staff": _("教职工"),
        "none": _("没有班级的学生"),
        "guardian": _("没有监护人的学生"),
        "number": _("没有学籍号和证件号的学生"),
        "gone": _("离校的人"),
    }
    return known.get(of) or names.get(number(of, 0), "")
