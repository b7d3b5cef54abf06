"""变更: plan, make, undo. One engine for every verb: what was shown is what is written, and it can be taken back whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from xiaodun.foundation import clock, journal
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.orgs.followers import FOLLOWERS, n_facts_since
from xiaodun.responsibility.orgs.images import Images, changed_since
from xiaodun.responsibility.orgs.models import CHECKED, ChangeState, Level, Org, OrgChange, OrgPeriod
from xiaodun.responsibility.orgs.plan import Asked, Plan, Verb, day_en, day_zh, no_such_unit, verb_of
from xiaodun.responsibility.orgs.writing import number_units, write_units

May = Callable[[Org], bool]
MOST_DAYS_AHEAD = 400
MOST_DAYS_BACK = 60
_NOT_WRITTEN = Fault(
    "orgs.not_written",
    "数据库没有接受。撤销这项计划后重做",
    "the database refused it: undo the plan and make it anew",
)


def plan_change(*, kind: str, asked: Asked, on_day: date, may: May) -> Plan:
    """What the change would do; reads only. `may`: does the asker answer for this unit?

    Refused `orgs.no_such_unit` for a unit that is not there or not theirs, `orgs.day_far`, and the verb's own refusals of
    arguments. What stands in the way of a change that was asked for rightly are the plan's `problems`.
    """
    verb = verb_of(kind)
    _check_day(on_day)
    _check_named(verb, asked, may)
    return _plan(verb, asked, on_day)


@transaction.atomic
def make_change(
    *, actor_id: int, kind: str, asked: Asked, on_day: date, may: May, digest: str | None = None
) -> OrgChange:
    """Do it today, or keep it for its day. With a `digest` only what was shown under it is done.

    Refused as `plan_change`, with the plan's problems, and `orgs.plan_changed` where the plan is not the one shown.
    """
    verb = verb_of(kind)
    _check_day(on_day)
    _check_named(verb, asked, may)
    _hold_county(verb, asked)
    plan = _plan(verb, asked, on_day)
    if plan.problems:
        raise Refused(*plan.problems)
    if digest is not None and digest != plan.digest:
        zh, en = (
            "预览之后情况变了。看过新的预览再确认",
            "Things changed since the preview. Read the new one, then confirm",
        )
        raise Refused(Fault("orgs.plan_changed", zh, en, "digest"))
    change = OrgChange(
        kind=kind,
        unit_id=plan.unit.pk,
        unit_name=plan.unit.name,
        school_id=plan.unit.school_id,
        county_id=plan.unit.county_id,
        on_day=on_day,
        asked=dict(asked),
        told=plan.told,
        asked_by_id=actor_id,
        asked_at=clock.now(),
    )
    if on_day <= clock.today():
        _apply(verb, plan, change)
    change.save()
    _journal(actor_id, "orgs.change" if change.is_applied else "orgs.plan", change)
    return change


def apply_due() -> dict[str, int]:
    """Apply the planned changes whose day has come, in their order, each in its own transaction; returns counts.

    One that has met a problem stays planned and says why; it is tried again the next time.
    """
    counts = {"applied": 0, "blocked": 0}
    due = OrgChange.objects.filter(state=ChangeState.PLANNED, on_day__lte=clock.today())
    for pk in due.order_by("on_day", "pk").values_list("pk", flat=True):
        counts["applied" if _apply_planned(pk) else "blocked"] += 1
    return counts


@transaction.atomic
def undo_change(*, actor_id: int, change_id: int, may: May) -> OrgChange:
    """Take back a change, or the plan of one: afterwards every row is what it was before.

    Refused `orgs.no_such_unit`, `orgs.already_undone`, `orgs.facts_recorded` where facts stand in its new units,
    `orgs.changed_since` where its rows were changed again, and the verb's own reasons.
    """
    change = OrgChange.objects.select_for_update().get(pk=change_id)
    verb = verb_of(change.kind)
    _check_named(verb, change.asked, may)
    if change.state == ChangeState.UNDONE:
        raise Refused(Fault("orgs.already_undone", "已经撤销过了", "it was undone already", "change"))
    if change.is_applied:
        faults = verb.may_undo(change)
        if faults:
            raise Refused(*faults)
        _take_back(change)
    change.state, change.undone_at, change.undone_by_id = ChangeState.UNDONE, clock.now(), actor_id
    change.problem = []
    change.save(update_fields=["state", "undone_at", "undone_by_id", "problem"])
    _journal(actor_id, "orgs.undo", change)
    return change


def _plan(verb: Verb, asked: Asked, on_day: date) -> Plan:
    plan = verb.plan(asked, on_day)
    _look_at_days(plan)
    with open_scope(schools=plan.tree.schools()):
        _look_at_facts(plan)
        for follower in FOLLOWERS:
            follower.look(plan)
    return plan


def _apply(verb: Verb, plan: Plan, change: OrgChange) -> None:
    """Write the plan and keep its images."""
    images = Images()
    number_units(plan.tree)
    with open_scope(schools=plan.tree.schools()):
        write_units(plan.tree, images)
        for follower in FOLLOWERS:
            follower.follow(plan, images)
        verb.write(plan, images)
    change.images = images.as_json() | {"schools": sorted(plan.tree.schools())}
    change.state, change.applied_at, change.problem = ChangeState.APPLIED, clock.now(), []


@transaction.atomic
def _apply_planned(change_id: int) -> bool:
    change = OrgChange.objects.select_for_update().get(pk=change_id)
    if not change.is_planned:
        return True
    try:
        with transaction.atomic():
            verb = verb_of(change.kind)
            _hold_county(verb, change.asked)
            # A verb that happens once must not find its own plan in its way.
            plan = _plan(verb, {**change.asked, "change": change_id}, change.on_day)
            if plan.problems:
                raise Refused(*plan.problems)
            _apply(verb, plan, change)
    except (Refused, IntegrityError) as error:
        faults = error.faults if isinstance(error, Refused) else (_NOT_WRITTEN,)
        problem = [{"code": fault.code, "zh": fault.zh, "en": fault.en} for fault in faults]
        if problem != change.problem:  # told once, not every hour
            OrgChange.objects.filter(pk=change_id).update(problem=problem)
            _journal(change.asked_by_id, "orgs.blocked", change)
        return False
    change.save()
    _journal(change.asked_by_id, "orgs.change", change)
    return True


def _take_back(change: OrgChange) -> None:
    images, schools = Images(change.images), change.images["schools"]
    founded = set(images.made.get("orgs.org", {}))
    changed = images.changed.get("orgs.org", {})
    moved = {pk for pk, row in changed.items() if {"school_id", "county_id"} & set(row)}
    _hold(Org.objects.filter(pk__in=schools).values("county_id"))
    with open_scope(schools=schools):
        n_facts = n_facts_since(founded | moved, change.on_day)
        if n_facts:
            raise Refused(
                Fault(
                    "orgs.facts_recorded",
                    f"变更后的单位已有 {n_facts} 次检查记录，不能再撤销。用新的变更改正",
                    f"{n_facts} checks were recorded in the changed units: correct with a new change instead",
                    "change",
                    str(n_facts),
                )
            )
        n_hanging = sum(follower.n_hanging(images, change.on_day) for follower in FOLLOWERS)
        if n_hanging:
            raise changed_since(n_hanging)
        images.restore()
        _require_sound(set(changed), founded)


def _require_sound(units: set[int], gone: set[int]) -> None:
    """After an undo nothing may stand under a unit that is gone, or on a path that its parent no longer has."""
    children = Org.objects.filter(
        Q(parent_id__in=units) | Q(parent_id__in=gone) | Q(pk__in=units), to_day__isnull=True
    )
    unsound = [
        org.pk
        for org in children.select_related("parent")
        if org.parent is None
        or org.path != f"{org.parent.path}.{org.pk}"
        or (org.level != Level.SCHOOL and org.school_id != org.parent.school_id)
    ]
    if unsound:
        raise changed_since(len(unsound))


def _check_day(on_day: date) -> None:
    ahead = (on_day - clock.today()).days
    if not -MOST_DAYS_BACK <= ahead <= MOST_DAYS_AHEAD:
        zh = f"生效日选今天到 {MOST_DAYS_AHEAD} 天之内"
        en = f"choose a day within {MOST_DAYS_AHEAD} days from today"
        raise Refused(Fault("orgs.day_far", zh, en, "on_day", on_day.isoformat()))


def _check_named(verb: Verb, asked: Asked, may: May) -> None:
    named = set(verb.named(asked))
    found = Org.objects.filter(pk__in=named)
    if len(found) != len(named) or not all(may(org) for org in found):
        raise no_such_unit("unit")


def _hold_county(verb: Verb, asked: Asked) -> None:
    _hold(Org.objects.filter(pk__in=verb.named(asked)).values("county_id"))


def _hold(counties: QuerySet[Org, Any]) -> None:
    """Changes of one county go one after another."""
    list(Org.objects.select_for_update(no_key=True).filter(pk__in=counties).order_by("pk"))


def _look_at_days(plan: Plan) -> None:
    """A unit has one history: nothing is changed under a later change, and what began on the day does not end on its eve."""
    ending = Q(org_id__in=_ids(plan.tree.closed), from_day__gte=plan.on_day)
    changing = Q(org_id__in=_ids(plan.tree.changes()), from_day__gt=plan.on_day)
    n = OrgPeriod.objects.filter(ending | changing).values("org_id").distinct().count()
    if n:
        plan.block(
            "orgs.changed_that_day",
            f"{n} 个单位在{day_zh(plan.on_day)}或之后刚设立或变更过。改选晚一天，或先撤销那次变更",
            f"{n} units were founded or changed on {day_en(plan.on_day)} or later: choose a later day or undo that change",
            "on_day",
            n,
        )


def _look_at_facts(plan: Plan) -> None:
    """The past belongs to the unit of its day: what moves or closes has no facts on or after the day."""
    units = {org.pk for org in plan.tree.moved(*CHECKED)} | set(_ids(plan.tree.closed))
    if plan.on_day > clock.today():
        return
    n = n_facts_since([pk for pk in units if pk > 0], plan.on_day)
    if n:
        plan.block(
            "orgs.facts_since",
            f"{day_zh(plan.on_day)}起这些班已有 {n} 次检查记录，归当天的单位。生效日改为明天或以后",
            f"{n} checks since {day_en(plan.on_day)} belong to the units of that day: choose tomorrow or later",
            "on_day",
            n,
        )


def _ids(units: Iterable[int]) -> list[int]:
    return [pk for pk in units if pk > 0]


def _journal(actor_id: int | None, verb: str, change: OrgChange) -> None:
    journal.write(
        actor_id,
        verb,
        ("org_change", change.pk),
        school_id=change.school_id,
        county_id=change.county_id,
        kind=change.kind,
        unit=change.unit_id,
        on_day=change.on_day.isoformat(),
    )
