"""Posts change hands: an office appoints, ends and hands over. One owner at a time; the past stays as it was.

A duty counts in whole days. One that ends "now" ended yesterday; one that never held a whole day leaves no row, the journal
tells of it. Open tasks belong to a post: the tasks' room, above this one, follows whoever holds it (FOLLOW_POSTS).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from xiaodun.foundation import clock, journal
from xiaodun.foundation.jobs import enqueue
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.models import Account, Duty, Role
from xiaodun.responsibility.accounts.rights import LEVELS, PERSONS, Right, officers_of
from xiaodun.responsibility.orgs.models import GroupKind, Level, Org

FOLLOW_POSTS = "tasks.follow_posts"
DAY = timedelta(days=1)
Days = tuple[date, date | None]  # from, to; both inclusive, null = for good


@transaction.atomic
def appoint(
    *,
    actor: Actor,
    account: Account,
    role: Role,
    org: Org,
    from_day: date,
    to_day: date | None = None,
    deputy: bool = False,
) -> Duty:
    """Give somebody a duty from a day on, today at the earliest. Raises Refused with the reason."""
    _refuse(actor, account, role, org, (from_day, to_day))
    _refuse_twice(account, role, org, deputy, (from_day, to_day))
    duty = Duty.objects.create(
        account=account, role=role, org=org, deputy=deputy, from_day=from_day, to_day=to_day
    )
    _tell(actor, "duty.give", duty, account=account.pk, deputy=deputy, from_day=from_day, to_day=to_day)
    return duty


@transaction.atomic
def end_duty(*, actor: Actor, duty: Duty, last_day: date | None = None) -> None:
    """End a duty with a last day; without one it ends now. A stand-in who ends early gives the post back the next day."""
    duty = Duty.objects.select_for_update().get(pk=duty.pk)
    _refuse_office(actor, duty.account_id, duty.org)
    last_day = last_day or clock.today() - DAY
    if last_day < clock.today() - DAY or (duty.to_day and last_day > duty.to_day):
        zh, en = (
            "最后一天填今天或以后，不晚于原来的最后一天",
            "The last day is today or later, within the duty's days",
        )
        raise Refused(Fault("duty.last_day", zh, en, "last_day", last_day.isoformat()))
    _tell(actor, "duty.end", duty, account=duty.account_id, last_day=last_day)
    owner = duty.stands_for
    if owner is not None and owner.from_day > last_day:
        owner.from_day = max(last_day + DAY, clock.today())
        owner.save(update_fields=["from_day"])
    _cut(duty, last_day)


@transaction.atomic
def hand_over(*, actor: Actor, duty: Duty, to: Account, from_day: date, to_day: date | None = None) -> Duty:
    """The post goes to somebody else from a day on: for good, or until `to_day`, after which the owner holds it again.

    Returns the new holder's duty. In between the owner holds nothing: a post has one owner.
    """
    duty = Duty.objects.select_for_update().get(pk=duty.pk)
    role, last = Role(duty.role), duty.to_day
    if to.pk == duty.account_id:
        zh, en = "这个岗位就是此人的，换一个人", "This person holds the post already: choose another"
        raise Refused(Fault("duty.same", zh, en, "account"))
    _refuse_office(actor, duty.account_id, duty.org)
    _refuse(actor, to, role, duty.org, (from_day, to_day))
    if from_day < duty.from_day or (last and from_day > last):
        zh, en = "交接那天此人还没有或已不在这个岗位", "On that day the person does not hold the post"
        raise Refused(Fault("duty.outside", zh, en, "from_day", from_day.isoformat()))
    ends = min(filter(None, (to_day, last)), default=None)
    _refuse_twice(to, role, duty.org, duty.deputy, (from_day, ends))
    returning = None
    if to_day and (last is None or to_day < last):
        returning = _copy(duty, account=duty.account, from_day=to_day + DAY, to_day=last)
    _cut(duty, from_day - DAY)
    new = _copy(duty, account=to, from_day=from_day, to_day=ends, stands_for=returning or duty.stands_for)
    facts = {"from_account": duty.account_id, "account": to.pk, "from_day": from_day, "to_day": to_day}
    _tell(actor, "duty.hand_over", new, **facts)
    return new


def _copy(duty: Duty, **facts: Any) -> Duty:
    return Duty.objects.create(role=duty.role, org=duty.org, deputy=duty.deputy, **facts)


def _cut(duty: Duty, last_day: date) -> None:
    """Let a duty end with a day; it goes without a row if it never held one."""
    if last_day < duty.from_day:
        duty.delete()
    else:
        duty.to_day = last_day
        duty.save(update_fields=["to_day"])


def _tell(actor: Actor, verb: str, duty: Duty, **facts: Any) -> None:
    """One line, and whoever follows the posts is woken. Days are told as texts."""
    org = duty.org
    facts = {key: value.isoformat() if isinstance(value, date) else value for key, value in facts.items()}
    journal.write(
        actor.account_id,
        verb,
        ("duty", duty.pk),
        school_id=org.school_id,
        county_id=org.county_id,
        role=duty.role,
        org=org.pk,
        **facts,
    )
    enqueue(FOLLOW_POSTS, lock=FOLLOW_POSTS)


def _refuse(actor: Actor, account: Account, role: Role, org: Org, days: Days) -> None:
    """Whatever forbids this person this post at this unit in these days."""
    from_day, to_day = days
    _refuse_office(actor, account.pk, org)
    if role not in roles_at(org):
        zh, en = "这个单位没有这个岗位", "This unit has no such post"
        raise Refused(Fault("duty.level", zh, en, "role", role))
    if not account.is_active:
        zh, en = "这个账号已停用，先启用", "This account is closed: open it again first"
        raise Refused(Fault("duty.closed", zh, en, "account"))
    if from_day < clock.today() or (to_day and to_day < from_day):
        zh, en = "从今天或以后开始，结束不早于开始", "Begins today or later and does not end before it begins"
        raise Refused(Fault("duty.days", zh, en, "from_day", from_day.isoformat()))
    if org.to_day and from_day > org.to_day:
        zh, en = "这个单位那时已撤销", "The unit is closed by then"
        raise Refused(Fault("duty.unit_closed", zh, en, "from_day", from_day.isoformat()))
    _refuse_mixture(account, role, days)


def _refuse_office(actor: Actor, account_id: int, org: Org) -> None:
    """Only from above or from the unit's own office, and never for oneself: a second person answers for it."""
    if not actor.may(Right.GIVE_DUTIES, org):
        zh, en = "这个单位的岗位不归您安排", "The posts of this unit are not yours to fill"
        raise Refused(Fault("duty.not_yours", zh, en, "org", str(org.pk)))
    if account_id == actor.account_id:
        zh, en = "自己的岗位要别人来办", "One's own posts are somebody else's to change"
        raise Refused(Fault("duty.self", zh, en, "account"))


def _refuse_mixture(account: Account, role: Role, days: Days) -> None:
    """三员分立: nobody is two officers, and no officer reads persons."""
    officers = officers_of(role)
    for held in _overlapping(account.duties.all(), days):
        others = officers_of(Role(held.role))
        two = len(officers | others) > 1
        reads = (officers and held.role in PERSONS) or (others and role in PERSONS)
        if two or reads:
            zh = "系统管理员不能同时看学生名单，换一个人"
            en = "Who runs the system does not read pupils: choose another person"
            raise Refused(Fault("duty.officer", zh, en, "role", role))


def _refuse_twice(account: Account, role: Role, org: Org, deputy: bool, days: Days) -> None:
    same = account.duties.filter(role=role, org=org, deputy=deputy)
    if _overlapping(same, days).exists():
        zh, en = "这几天此人已在这个岗位", "The person holds this post on those days already"
        raise Refused(Fault("duty.twice", zh, en, "from_day", days[0].isoformat()))


def _overlapping(duties: Any, days: Days) -> Any:
    from_day, to_day = days
    begun = Q(from_day__lte=to_day) if to_day else Q()
    return duties.filter(begun, Q(to_day__isnull=True) | Q(to_day__gte=from_day))


def unit_of_account(account_id: int) -> Org | None:
    """The lowest unit above everything an account stands in; whoever gives duties there looks after it.

    Its own unit and those of its duties from today on; where there are none, of its last ones. None for no account.
    """
    account = Account.objects.select_related("org").filter(pk=account_id).first()
    if account is None:
        return None
    duties = account.duties.select_related("org")
    now = list(duties.from_now(clock.today())) or list(duties)
    units = [duty.org for duty in now] + ([account.org] if account.org else [])
    if not units:
        return None
    shared = _shared([unit.path.split(".") for unit in units])
    return Org.objects.filter(pk=shared[-1]).first() if shared else None


def _shared(paths: list[list[str]]) -> list[str]:
    """The beginning that all paths share."""
    steps = zip(*paths, strict=False)
    shared: list[str] = []
    for step in steps:
        if len(set(step)) > 1:
            break
        shared.append(step[0])
    return shared


def unit_of_duty(duty_id: int) -> Org | None:
    return Org.objects.filter(duties__pk=duty_id).first()


# Who answers for a group that is checked like a class.
_OF_GROUPS = {
    GroupKind.DORM: Role.DORM_WARDEN,
    GroupKind.BUS: Role.BUS_ESCORT,
    GroupKind.STAFF: Role.STAFF_REPORTER,
}


def roles_at(org: Org) -> tuple[Role, ...]:
    """The posts a unit has, in the order of a page."""
    if org.level == Level.GROUP:
        return (_OF_GROUPS[GroupKind(org.group_kind)],)
    return tuple(role for role in Role if org.level in LEVELS[role])
