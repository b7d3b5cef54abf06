"""查重: two rows that may be one person, side by side; a person decides. Of another school only its name is shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.duplicates import keep_apart, merge_persons
from xiaodun.responsibility.roster.models import DuplicatePair, Person
from xiaodun.responsibility.roster.numbers import IDENTITY, STUDENT, masked
from xiaodun.responsibility.roster.queries import waiting_pairs
from xiaodun.web.office.saying import done, number
from xiaodun.web.page.context import frame

LISTED = 30


def own_side(pair_id: int) -> Org | None:
    """The school of whichever side the reader's row policy shows."""
    pair = DuplicatePair.objects.in_scope().filter(pk=pair_id).first()
    if pair is None:
        return None
    sides = Person.objects.in_scope().filter(pk__in=(pair.person_id, pair.other_person_id)).order_by("pk")
    found = sides.values_list("school_id", flat=True).first()
    return Org.objects.filter(pk=found).first() if found else None


_decides = door(Right.KEEP_ROSTER, find=own_side)


@require_GET
@never_cache
@door(Right.KEEP_ROSTER, org="org_id", level=Level.SCHOOL)
def duplicates(request: HttpRequest, org_id: int, unit: Org) -> HttpResponse:
    rows = list(waiting_pairs(unit.pk)[:LISTED])
    ids = {pk for pair in rows for pk in (pair.person_id, pair.other_person_id)}
    reach = acting(request).reach
    people = {one.pk: one for one in Person.objects.visible_to(reach).filter(pk__in=ids)}
    schools = {pk for pair in rows for pk in (pair.school_id, pair.other_school_id)}
    units = {one.class_id for one in people.values() if one.class_id} | schools
    names = dict(Org.objects.filter(pk__in=units).values_list("pk", "name"))
    context = {
        "pairs": [(pair, _sides(pair, people, names)) for pair in rows],
        "n_waiting": waiting_pairs(unit.pk).count(),
    }
    return render(request, "office/duplicates.html", frame(request, unit) | context)


@require_POST
@_decides
def merge(request: HttpRequest, pair_id: int, unit: Org) -> HttpResponse:
    keep = number(request.POST.get("keep", ""), 0)
    done(
        request,
        lambda: merge_persons(actor=acting(request), pair_id=pair_id, keep_id=keep),
        _("已合并。在班日期、监护人、记录都归到保留的那一条"),
    )
    return redirect("office:duplicates", org_id=unit.pk)


@require_POST
@_decides
def apart(request: HttpRequest, pair_id: int, unit: Org) -> HttpResponse:
    done(
        request,
        lambda: keep_apart(actor=acting(request), pair_id=pair_id),
        _("已记下：不是同一人，不再提示"),
    )
    return redirect("office:duplicates", org_id=unit.pk)


def _sides(pair: DuplicatePair, people: dict[int, Person], names: dict[int, str]) -> list[dict[str, Any]]:
    """Both sides; one at another school says that school's name and nothing else."""
    sides = []
    for pk, school in ((pair.person_id, pair.school_id), (pair.other_person_id, pair.other_school_id)):
        one = people.get(pk)
        side: dict[str, Any] = {"school": names.get(school, ""), "person": one}
        if one is not None:
            side |= {
                "klass": names.get(one.class_id or 0, ""),
                "identity": masked(one.id_sealed, IDENTITY),
                "student_number": masked(one.student_number_sealed, STUDENT),
                "first": one.enrolments.order_by("from_day").values_list("from_day", flat=True).first(),
                "homes": [home.name for home in one.guardians.filter(ended_on__isnull=True)],
            }
        sides.append(side)
    return sides
