"""What is asked where: set by county or school with a document, inherited downward, only ever stricter below.

Where nobody has ordered anything every session is asked of the units that have it (DU-AM, DU-PM, DU-EVE after WS/T 772-2020;
`rules.md` 12 leaves the noon check to the county and makes daily the default): a noon check with nothing new costs two taps.
Temperatures are asked only by an order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from xiaodun.foundation import clock, journal
from xiaodun.foundation.periods import on
from xiaodun.kernel.calendar import ONE_DAY
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.measures.checks.models import CheckPlan, Measuring, Session
from xiaodun.measures.checks.units import sessions_of
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org

# The gate's limit of the emergency era, in degrees Celsius (technical plans of 2020 to 2022; `rules.md` 6 and the rule for
# conflicting criteria in 4.2). It says who is looked at again. The 38.0 of an influenza-like illness is another constant
# (rules/kinds.py), and neither ever stands in for the other.
GATE_TEMPERATURE = Decimal("37.3")


@dataclass(frozen=True, slots=True)
class Asked:
    """What one unit is asked: its sessions, the first of the day first, and whose temperature."""

    sessions: tuple[Session, ...]
    measuring: Measuring


DEFAULT = Asked(tuple(Session), Measuring.NOBODY)


def asked(unit: Org, day: date) -> Asked:
    """What a unit is asked on a day, the orders of its county and school put together; one query.

    For a class or a group only its own sessions; for a school or a county all that stand there.
    """
    orders = {plan.unit_id: plan for plan in CheckPlan.objects.filter(on(day), unit_id__in=_above(unit))}
    county, school = orders.get(unit.county_id or 0), orders.get(unit.school_id or 0)
    together = [_of(plan) for plan in (county, school) if plan is not None] or [DEFAULT]
    own = sessions_of(unit) or tuple(Session)
    wanted = {session for one in together for session in one.sessions}
    return Asked(
        tuple(session for session in own if session in wanted),
        max((one.measuring for one in together), key=_RANK.__getitem__),
    )


def sessions_asked(unit: Org, day: date) -> tuple[Session, ...]:
    return asked(unit, day).sessions


def temperature_asked(unit: Org, day: date) -> Measuring:
    return asked(unit, day).measuring


def plans_of(unit: Org, day: date) -> list[CheckPlan]:
    """The orders of a county or school that hold on a day or later, the earliest first."""
    rows = CheckPlan.objects.filter(Q(to_day__isnull=True) | Q(to_day__gte=day), unit=unit)
    return list(rows.select_related("set_by").order_by("from_day"))


@transaction.atomic
def set_check_plan(
    *,
    actor: Actor,
    unit: Org,
    sessions: Iterable[Session],
    measuring: Measuring = Measuring.NOBODY,
    from_day: date,
    to_day: date | None = None,
    document_no: str = "",
) -> CheckPlan:
    """Order what is asked of a county or school from a day on; an earlier order steps aside for these days only.

    Raises Refused `check_plan.*` for a missing right, a day gone by, less than the morning or less than the county asks.
    """
    wanted = tuple(session for session in Session if session in set(sessions))
    document = document_no.strip()[:60]
    Org.objects.select_for_update().get(pk=unit.pk)  # one order of a unit after another
    _check_plan(actor, unit, Asked(wanted, measuring), from_day=from_day, to_day=to_day, document=document)
    _step_aside(unit, from_day, to_day)
    plan: CheckPlan = CheckPlan.objects.create(
        unit=unit,
        sessions=list(wanted),
        measuring=measuring,
        from_day=from_day,
        to_day=to_day,
        document_no=document,
        set_by_id=actor.account_id,
        set_at=clock.now(),
    )
    journal.write(
        actor.account_id,
        "checks.plan",
        ("org", unit.pk),
        school_id=unit.school_id,
        county_id=unit.county_id,
        sessions=[str(session) for session in wanted],
        measuring=str(measuring),
        from_day=from_day.isoformat(),
        to_day=to_day.isoformat() if to_day else None,
        document_no=document,
    )
    return plan


_RANK = {measuring: rank for rank, measuring in enumerate(Measuring)}


def _above(unit: Org) -> list[int]:
    return [pk for pk in (unit.school_id, unit.county_id) if pk is not None]


def _of(plan: CheckPlan) -> Asked:
    return Asked(tuple(Session(one) for one in plan.sessions), Measuring(plan.measuring))


def _check_plan(
    actor: Actor, unit: Org, wanted: Asked, *, from_day: date, to_day: date | None, document: str
) -> None:
    if unit.level not in (Level.COUNTY, Level.SCHOOL) or not actor.may(Right.SET_CHECKS, unit):
        zh, en = "检查安排由校长或县里定", "The principal or the county orders the checks"
        raise Refused(Fault("check_plan.not_yours", zh, en, "unit", str(unit.pk)))
    faults = []
    if from_day < clock.today():
        zh, en = "从今天或以后的一天起", "Begin today or later"
        faults.append(Fault("check_plan.past", zh, en, "from_day", from_day.isoformat()))
    if to_day is not None and to_day < from_day:
        zh, en = "结束不能早于开始", "The end cannot come before the beginning"
        faults.append(Fault("check_plan.days", zh, en, "to_day", to_day.isoformat()))
    if Session.MORNING not in wanted.sessions:
        zh, en = "晨检每个上课日都要做", "The morning check is made every school day"
        faults.append(Fault("check_plan.no_morning", zh, en, "sessions"))
    if wanted.measuring == Measuring.EVERYBODY and (to_day is None or not document):
        zh = "人人测温是应急措施：写文号和结束日期"
        en = "Measuring everybody is an emergency measure: give its document and its last day"
        faults.append(Fault("check_plan.measuring", zh, en, "measuring", str(wanted.measuring)))
    faults += _less_than_county(unit, wanted, from_day) if unit.level == Level.SCHOOL else []
    if faults:
        raise Refused(*faults)


def _less_than_county(unit: Org, wanted: Asked, day: date) -> list[Fault]:
    order = CheckPlan.objects.filter(on(day), unit_id=unit.of_county).first()
    if order is None:
        return []
    county = _of(order)
    lacking = [session for session in county.sessions if session not in wanted.sessions]
    if not lacking and _RANK[wanted.measuring] >= _RANK[county.measuring]:
        return []
    zh = "学校可以多做，不能比县里要求的少"
    en = "A school may ask for more than its county, not for less"
    value = ";".join(str(one) for one in lacking) or str(wanted.measuring)
    return [Fault("check_plan.less_than_county", zh, en, "sessions", value)]


def _step_aside(unit: Org, from_day: date, to_day: date | None) -> None:
    """Cut the days of a new order out of the standing ones; what lies before and after them goes on."""
    standing = CheckPlan.objects.filter(Q(to_day__isnull=True) | Q(to_day__gte=from_day), unit=unit)
    if to_day is not None:
        standing = standing.filter(from_day__lte=to_day)
    for plan in standing:
        begins, ends = plan.from_day, plan.to_day
        if begins < from_day:
            plan.to_day = from_day - ONE_DAY
            plan.save(update_fields=["to_day"])
        else:
            plan.delete()
        if to_day is not None and (ends is None or ends > to_day):
            plan.pk, plan.from_day, plan.to_day = None, to_day + ONE_DAY, ends
            plan._state.adding = True
            plan.save(force_insert=True)
