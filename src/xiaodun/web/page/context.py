"""The frame of a page: who reads, in which post, as of when, and where else that post may go."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from xiaodun.foundation import clock
from xiaodun.responsibility.accounts.actor import Actor, HeldDuty
from xiaodun.responsibility.accounts.doors import acting
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.orgs.models import Org

_SCHOOL = (
    ("今日", "school:day"),
    ("预警", "school:signals"),
    ("疫情", "school:outbreaks"),
    ("随访", "school:follow_ups"),
    ("留观", "school:holding"),
    ("我的任务", "school:tasks"),
)
NAV: dict[Role, tuple[tuple[str, str], ...]] = {
    Role.CLASS_REPORTER: (("晨检", "classroom:check"),),
    Role.DORM_WARDEN: (("晚检", "classroom:check"),),
    Role.BUS_ESCORT: (("乘车", "classroom:check"),),
    Role.STAFF_REPORTER: (("教职工晨检", "classroom:check"),),
    Role.SCHOOL_DOCTOR: _SCHOOL,
    Role.EPIDEMIC_REPORTER: _SCHOOL,
    Role.PRINCIPAL: (
        *(item for item in _SCHOOL if item[1] not in ("school:follow_ups", "school:holding")),
        ("谁在岗", "office:duties"),
    ),
    Role.COUNTY_OFFICER: (
        ("今日", "bureau:today"),
        ("预警", "bureau:signals"),
        ("疫情", "bureau:outbreaks"),
        ("学校", "bureau:schools"),
        ("我的任务", "bureau:tasks"),
        ("谁在岗", "office:duties"),
        ("单位", "office:units"),
    ),
    Role.SCHOOL_CLERK: (
        ("教务", "office:home"),
        ("名册", "office:roster"),
        ("学年升级", "office:school_year"),
        ("更正", "office:corrections"),
    ),
    Role.OPERATOR: (
        ("谁在岗", "office:duties"),
        ("单位", "office:units"),
        ("为什么能看", "office:explain"),
    ),
    Role.CDC_DOCTOR: (("收件", "partner:tray"), ("疫情", "partner:outbreaks")),
}
_CHECKS = (_("晚检"), _("乘车"), _("教职工晨检"))
# The words above, for the translators' catalogue.
# How a task was answered, kept as it was said.
_ANSWERS = (_("核实属实"), _("排除"), _("已报告"))
_WORDS = (
    _("今日"),
    _("预警"),
    _("随访"),
    _("留观"),
    _("我的任务"),
    _("晨检"),
    _("学校"),
    _("收件"),
    _("疫情"),
    _("谁在岗"),
    _("为什么能看"),
    _("单位"),
    _("教务"),
    _("名册"),
    _("学年升级"),
    _("更正"),
)


def frame(request: HttpRequest, unit: Org | None = None) -> dict[str, Any]:
    """The context every working page starts from. `unit` is the unit the page is about."""
    actor = acting(request)
    duty = _post(actor, unit)
    return {
        "mode": "routine",
        "as_of": clock.now(),
        "unit": unit,
        "org_name": _home_name(duty),
        "actor": actor,
        "actor_name": actor.name,
        "actor_role": (Role(duty.role).label + (_("（副手）") if duty.deputy else "")) if duty else "",
        "nav": _nav(request, duty),
        "large": getattr(request.user, "large_type", False),
    }


def _post(actor: Actor, unit: Org | None) -> HeldDuty | None:
    covering = [duty for duty in actor.duties if unit is not None and duty.covers(unit)]
    return next(iter(covering or actor.duties), None)


def _home_name(duty: HeldDuty | None) -> str:
    if duty is None:
        return ""
    org = Org.objects.get(pk=duty.org_id)
    if duty.role == Role.CDC_DOCTOR:
        return _("%(county)s疾控中心") % {"county": org.name}
    return _("%(county)s教育局") % {"county": org.name} if duty.role == Role.COUNTY_OFFICER else org.name


def _nav(request: HttpRequest, duty: HeldDuty | None) -> list[tuple[str, str, bool]]:
    if duty is None:
        return []
    items = [(_(word), reverse(name, args=[duty.org_id])) for word, name in NAV.get(duty.role, ())]
    return [(word, url, request.path == url) for word, url in items]
