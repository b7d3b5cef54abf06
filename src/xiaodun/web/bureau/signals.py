"""The county's signals and the reports that wait for the bureau."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from xiaodun.foundation import clock
from xiaodun.measures.reporting.models import Receiver
from xiaodun.measures.reporting.queries import deliveries_of_county
from xiaodun.response.signals.county import (
    PAGE,
    TURNED_OUT_DAYS,
    CountySignal,
    live_signals,
    signals_page,
    turned_out,
)
from xiaodun.response.signals.models import SignalState
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.web.bureau.lines import signal_line
from xiaodun.web.bureau.units import county
from xiaodun.web.page.context import frame
from xiaodun.web.page.report_sheet import report_sheet

WAITING = "waiting"
STATES = {
    "all": tuple(SignalState),
    "verified": (SignalState.VERIFIED,),
    "dismissed": (SignalState.DISMISSED,),
    "closed": (SignalState.CLOSED,),
}
TABS = (
    (WAITING, _("待办")),
    ("verified", _("已核实")),
    ("dismissed", _("预警已排除")),
    ("closed", _("已结束")),
    ("all", _("全部")),
)


@require_GET
@never_cache
@door(Right.READ_COUNTY, find=county)
def signals(request: HttpRequest, county_id: int, unit: Org) -> HttpResponse:
    """Reports to acknowledge, then signals: those that wait, or by what became of them, newest first."""
    actor = acting(request)
    asked = request.GET.get("state", WAITING)
    shown = asked if asked in STATES else WAITING
    found = _chosen(unit, actor, shown, request.GET.get("before", ""))
    rows = found if shown == WAITING else found[:PAGE]
    ids = [one.signal.pk for one in rows]
    copies, unread = deliveries_of_county(unit.pk, "signal", ids, actor.reach, receiver=Receiver.BUREAU)
    schools = {one.signal.school_id for one in rows} | {delivery.school_id for delivery in unread}
    names = dict(Org.objects.filter(pk__in=schools).values_list("pk", "name"))
    now = clock.now()
    context = {
        "shown": shown,
        "tabs": TABS,
        "unread": [(delivery, report_sheet(delivery.report), now - delivery.sent_at) for delivery in unread],
        "lines": [
            signal_line(one, names[one.signal.school_id], copies.get(one.signal.pk, {}), now) for one in rows
        ],
        "before": rows[-1].signal.pk if len(found) > len(rows) else None,
        "turned_out": turned_out(unit.pk, actor.reach, now),
        "turned_out_days": TURNED_OUT_DAYS,
    }
    return render(request, "bureau/signals.html", frame(request, unit) | context)


def _chosen(unit: Org, actor: Actor, shown: str, before: str) -> list[CountySignal]:
    if shown == WAITING:
        return [one for one in live_signals(unit.pk, actor.reach) if one.waits]
    last = int(before) if before.isdecimal() else None
    return signals_page(unit.pk, actor.reach, STATES[shown], last)
