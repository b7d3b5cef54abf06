"""The office's first page: what is missing, what waits, and what this post can do here."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from xiaodun.foundation import clock
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.models import BatchState, ExportRequest, RosterBatch
from xiaodun.responsibility.roster.queries import roster_figures
from xiaodun.web.office.exporting import waiting_for
from xiaodun.web.page.context import frame

WAITING = 5
_LEVELS = (Level.PROVINCE, Level.CITY, Level.COUNTY, Level.SCHOOL)


@dataclass(frozen=True, slots=True)
class Doorway:
    """One thing that can be done here: address, right, the levels at which it is there."""

    name: str
    right: Right
    levels: tuple[Level, ...]


_SCHOOL = (Level.SCHOOL,)
_DOORWAYS = (
    Doorway("office:roster", Right.KEEP_ROSTER, _SCHOOL),
    Doorway("office:import", Right.KEEP_ROSTER, _SCHOOL),
    Doorway("office:duplicates", Right.KEEP_ROSTER, _SCHOOL),
    Doorway("office:transfer", Right.KEEP_ROSTER, _SCHOOL),
    Doorway("office:corrections", Right.KEEP_ROSTER, _SCHOOL),
    Doorway("office:export", Right.APPROVE_EXPORT, _SCHOOL),
    Doorway("office:school_year", Right.ROLL_OVER, (Level.SCHOOL, Level.COUNTY)),
    Doorway("office:units", Right.CHANGE_UNITS, (Level.COUNTY,)),
    Doorway("office:unit", Right.CHANGE_UNITS, _SCHOOL),
    Doorway("office:duties", Right.GIVE_DUTIES, _LEVELS),
    Doorway("office:explain", Right.EXPLAIN_ACCESS, _LEVELS),
)


def office_of(org_id: int) -> Org | None:
    return Org.objects.filter(pk=org_id, level__in=_LEVELS).first()


@require_GET
@never_cache
@door(*dict.fromkeys(one.right for one in _DOORWAYS), find=office_of)
def home(request: HttpRequest, org_id: int, unit: Org) -> HttpResponse:
    actor = acting(request)
    keeps = actor.may(Right.KEEP_ROSTER, unit) and unit.level == Level.SCHOOL
    agrees = actor.may(Right.APPROVE_EXPORT, unit) and unit.level == Level.SCHOOL
    context = {
        "keeps": keeps,
        "figures": roster_figures(unit.pk, clock.today()) if keeps or agrees else None,
        "units": None if unit.level == Level.SCHOOL else _units(unit),
        "previews": _previews(unit) if keeps else [],
        "exports": _exports(unit, actor) if agrees else [],
        "doorways": [
            (reverse(one.name, args=[unit.pk]), *_words(one.name))
            for one in _DOORWAYS
            if unit.level in one.levels and actor.may(one.right, unit)
        ],
    }
    return render(request, "office/home.html", frame(request, unit) | context)


def _units(unit: Org) -> dict[str, int]:
    below = Org.objects.standing(clock.today()).filter(path__startswith=f"{unit.path}.")
    return {
        "n_schools": below.filter(level=Level.SCHOOL).count(),
        "n_classes": below.filter(level=Level.KLASS).count(),
    }


def _previews(unit: Org) -> list[RosterBatch]:
    rows = RosterBatch.objects.in_scope().filter(
        school_id=unit.pk, state=BatchState.PREVIEWED, expires_at__gt=clock.now()
    )
    return list(rows.select_related("uploaded_by").order_by("-uploaded_at")[:WAITING])


def _exports(unit: Org, actor: Actor) -> list[ExportRequest]:
    """Lists that somebody else asked for and that wait for a second person."""
    return waiting_for(unit, actor)[:WAITING]


def _words(name: str) -> tuple[str, str]:
    return {
        "office:roster": (_("名册"), _("按班看人、找人、改一个人")),
        "office:import": (_("导入名册"), _("学生、教职工、监护人，先看后导，可撤销")),
        "office:duplicates": (_("查重"), _("可能是同一人的，由您核对")),
        "office:transfer": (_("转学、转班"), _("转出给码，转入凭码")),
        "office:corrections": (_("家长更正"), _("家长说登记有误的，核对后答复")),
        "office:export": (_("导出名册"), _("写明用途，超过 500 人要第二人同意")),
        "office:school_year": (_("学年升级"), _("每年一次，先看后做")),
        "office:units": (_("单位"), _("设立、改名、合并、撤销")),
        "office:unit": (_("本校单位"), _("年级、班、宿舍楼、校车")),
        "office:duties": (_("谁在岗"), _("岗位、副手、账号")),
        "office:explain": (_("为什么能看"), _("谁凭什么看到什么")),
    }[name]
