"""宿舍楼、校车: who is in a building and in which room, who rides a bus; put in by class, taken out one by one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.foundation import clock
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import GroupKind, Level, Org
from xiaodun.responsibility.roster.actions import put_in_group, take_from_group
from xiaodun.responsibility.roster.queries import members_of, pupils_of_class
from xiaodun.web.office.roster import listed
from xiaodun.web.office.saying import done, number
from xiaodun.web.page.context import frame

_keeps = door(Right.KEEP_ROSTER, org="group_id", level=Level.GROUP)


@require_GET
@never_cache
@_keeps
def group(request: HttpRequest, group_id: int, unit: Org) -> HttpResponse:
    """`?class=`: whose pupils are offered to be put in."""
    day = clock.today()
    chosen = number(request.GET.get("class", ""), 0)
    classes = list(Org.objects.all().classes_of(unit.of_school, day))
    klass = next((org for org in classes if org.pk == chosen), None)
    column = "dorm_id" if unit.group_kind == GroupKind.DORM else "bus_id"
    offered = (
        [one for one in pupils_of_class(klass.pk, day) if getattr(one, column) != unit.pk] if klass else []
    )
    context = {
        "group": unit,
        "is_dorm": unit.group_kind == GroupKind.DORM,
        "is_staff": unit.group_kind == GroupKind.STAFF,
        "rows": listed(members_of(unit, day)),
        "classes": classes,
        "klass": klass,
        "offered": offered,
    }
    return render(request, "office/group.html", frame(request, unit) | context)


@require_POST
@_keeps
def put_in(request: HttpRequest, group_id: int, unit: Org) -> HttpResponse:
    persons = [number(one) for one in request.POST.getlist("person")]
    rooms = {pk: room for pk in persons if (room := request.POST.get(f"room-{pk}", "").strip())}
    said = _("已编入 %(n)s 人") % {"n": len(persons)}
    done(request, lambda: put_in_group(actor=acting(request), group=unit, persons=persons, rooms=rooms), said)
    return redirect("office:group", group_id=group_id)


@require_POST
@_keeps
def take_out(request: HttpRequest, group_id: int, unit: Org) -> HttpResponse:
    persons = [number(one) for one in request.POST.getlist("person")]
    said = _("已移出 %(n)s 人") % {"n": len(persons)}
    done(request, lambda: take_from_group(actor=acting(request), group=unit, persons=persons), said)
    return redirect("office:group", group_id=group_id)
