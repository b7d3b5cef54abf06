"""Why somebody may, or may not: which duty gives a right, at which unit, since when; else what is missing and who could.

The answer is found in the rows (duties, days, units) and the table of rights, not by asking the actor; a test holds the two
together. Sentences name posts, never pupils, and of other people only what they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import Resolver404, resolve
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xiaodun.foundation.scope import Reach, set_scope
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.actor import Actor, actor_of
from xiaodun.responsibility.accounts.models import Account, Duty, Role
from xiaodun.responsibility.accounts.rights import (
    FULL_NAMES,
    HEALTH,
    LEVELS,
    PERSONS,
    RIGHTS,
    Right,
    needs_second_factor,
)
from xiaodun.responsibility.orgs.models import CHECKED, Level, Org

# What a right lets one do, for the page that explains it.
WORDS = {
    Right.RECORD_CHECK: gettext_lazy("登记晨检午检"),
    Right.SET_CHECKS: gettext_lazy("设置检查项目"),
    Right.READ_CLASS: gettext_lazy("看班级页面"),
    Right.READ_SCHOOL: gettext_lazy("看学校页面"),
    Right.READ_COUNTY: gettext_lazy("看全县页面"),
    Right.FOLLOW_HEALTH: gettext_lazy("随访、记诊断"),
    Right.READ_SIGNAL: gettext_lazy("看预警"),
    Right.JUDGE_SIGNAL: gettext_lazy("核实或排除预警"),
    Right.SEND_REPORT: gettext_lazy("发报告"),
    Right.ANNOTATE_REPORT: gettext_lazy("给报告加批注"),
    Right.RECEIVE_AT_BUREAU: gettext_lazy("教育局收报告"),
    Right.RECEIVE_AT_CDC: gettext_lazy("疾控收报告"),
    Right.ASK_LINE_LIST: gettext_lazy("凭用途要个案名单"),
    Right.ANSWER_TASK: gettext_lazy("签收和办结任务"),
    Right.KEEP_ROSTER: gettext_lazy("管学生名册"),
    Right.APPROVE_EXPORT: gettext_lazy("批准导出名单"),
    Right.ROLL_OVER: gettext_lazy("升级学年"),
    Right.CHANGE_UNITS: gettext_lazy("改机构"),
    Right.GIVE_DUTIES: gettext_lazy("安排谁在岗"),
    Right.EXPLAIN_ACCESS: gettext_lazy("查谁为什么能看"),
    Right.BIND_IDENTITY: gettext_lazy("替人绑定身份"),
    Right.INVITE_GUARDIANS: gettext_lazy("给家长发链接"),
    Right.LEAD_OUTBREAK: gettext_lazy("主持疫情处置"),
    Right.RECOMMEND_SUSPENSION: gettext_lazy("建议停课"),
    Right.ASSESS_SUSPENSION: gettext_lazy("评估停课"),
    Right.RECORD_DECISION: gettext_lazy("记停课决定"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no, and the sentences that say why, the decisive one first."""

    allowed: bool
    sentences: tuple[str, ...]


def explain(account: Account, right: Right, unit: Org, day: date) -> Answer:
    """May the account use a right at a unit on a day, and why."""
    return _explain(account, unit, day, lambda role: right in RIGHTS[role], right_word(right))


def explain_rows(account: Account, unit: Org, day: date) -> list[Answer]:
    """What the account reads of a class, group or school on a day: the roster, who is ill, and how names are shown."""
    roster = _explain(account, unit, day, PERSONS.__contains__, _("看学生名册"), of_rows=True)
    ill = _explain(account, unit, day, HEALTH.__contains__, _("看谁生病"), of_rows=True)
    if not roster.allowed:
        return [roster, ill]
    full = _explain(account, unit, day, FULL_NAMES.__contains__, _("看全名"), of_rows=True)
    if not full.allowed:
        full = Answer(False, (_("姓名打了遮挡，如“张**”：校长看情况，不看是谁。"),))
    return [roster, ill, full]


def explain_address(account: Account, address: str, day: date, *, asker: Actor, inside: Org) -> Answer:
    """May the account open a page of ours (`/school/12/follow-ups`)? Raises Refused for an address that is none.

    The thing that the address names is looked for with the account's own eyes; only the unit it stands in comes back, and
    only if it is within `inside`, the unit that the asker may ask about.
    """
    try:
        match = resolve("/" + address.strip().lstrip("/").partition("?")[0])
    except Resolver404:
        zh, en = (
            "没有这一页。从地址栏抄下 / 以后的部分",
            "There is no such page: copy what follows the host in the address bar",
        )
        raise Refused(Fault("explain.address", zh, en, "address")) from None
    policy = getattr(match.func, "policy", None)
    if policy is None or not policy.account:
        said = (
            _("这一页凭链接打开，不看账号。")
            if policy and policy.link
            else _("这一页谁都能看，没有个人信息。")
        )
        return Answer(bool(policy and not policy.link), (said,))
    if not policy.rights:
        return _any_account(account)
    unit = _unit_of(match.func, match.kwargs, account, day, asker)
    if unit is None or not unit.is_within(inside):
        return Answer(
            False,
            (
                _(
                    "这一页说的那件事，此人的职责范围里没有，或不在您管的单位里，或根本不存在。对此人都是“没有这一页”。"
                ),
            ),
        )
    answers = [explain(account, right, unit, day) for right in policy.rights]
    answer = next((one for one in answers if one.allowed), answers[0])
    if policy.fresh and answer.allowed:
        again = _("打开时还要在 %(n)s 分钟内确认过是本人。") % {"n": settings.FRESH_MINUTES}
        return Answer(True, (*answer.sentences, again))
    return answer


def right_word(right: Right) -> str:
    return str(WORDS[right])


def explain_own(account: Account, day: date) -> list[tuple[Duty, list[str], list[str]]]:
    """For each duty of today: the duty, what it lets one do, and what one reads by it."""
    duties = Duty.objects.on(day).filter(account=account).select_related("org").order_by("deputy", "pk")
    return [
        (duty, [right_word(right) for right in Right if right in RIGHTS[Role(duty.role)]], _reads(duty))
        for duty in duties
        if _holds(duty, day)
    ]


def _reads(duty: Duty) -> list[str]:
    role, unit = Role(duty.role), duty.org
    if role not in PERSONS:
        return [
            _("只看数字，不看姓名。要名单须写明用途，会留痕。")
            if role == Role.CDC_DOCTOR
            else _("只看数字，不看学生姓名。")
        ]
    said = [_("看 %(unit)s 的学生名册。") % {"unit": unit.name}]
    said.append(_("看 %(unit)s 谁生病。") % {"unit": unit.name} if role in HEALTH else _("不看谁生病。"))
    said.append(_("看到全名。") if role in FULL_NAMES else _("姓名有遮挡。"))
    return said


def _explain(
    account: Account,
    unit: Org,
    day: date,
    gives: Callable[[Role], bool],
    what: str,
    *,
    of_rows: bool = False,
) -> Answer:
    """`of_rows`: rows of persons are opened by duties at schools, classes and groups alone, not from above."""
    where = {"what": what, "unit": unit.name, "name": account.name}
    if not account.is_active:
        return Answer(False, (_("不能：账号已停用。") % where,))
    duties = list(Duty.objects.filter(account=account).select_related("org").order_by("deputy", "pk"))
    fitting = [duty for duty in duties if gives(Role(duty.role)) and unit.is_within(duty.org)]
    if of_rows:
        fitting = [duty for duty in fitting if duty.org.level in (Level.SCHOOL, *CHECKED)]
    for duty in fitting:
        if _holds(duty, day):
            return Answer(True, (_yes(duty, what), *_conditions(duty)))
    told = [_outside(duty, day) for duty in fitting] or [_elsewhere(duties, unit, day, gives)]
    return Answer(False, (_("不能%(what)s。") % where, *told, _who_could(unit, gives, of_rows)))


def _holds(duty: Duty, day: date) -> bool:
    """Within the duty's days, at a unit that still stands: rights follow today."""
    ends = [last for last in (duty.to_day, duty.org.to_day) if last]
    return duty.from_day <= day and all(day <= last for last in ends)


def _yes(duty: Duty, what: str) -> str:
    return _("能%(what)s：%(since)s起是%(unit)s的%(role)s%(deputy)s。") % {
        "what": what,
        "since": _day(duty.from_day),
        "unit": duty.org.name,
        "role": duty.get_role_display(),
        "deputy": _("（副手）") if duty.deputy else "",
    }


def _conditions(duty: Duty) -> list[str]:
    said = []
    if duty.to_day:
        said.append(_("到 %(day)s 为止。") % {"day": _day(duty.to_day)})
    if settings.SECOND_FACTOR == "required" and needs_second_factor(Role(duty.role), Level(duty.org.level)):
        said.append(_("登录时要有第二验证，没有就打不开。"))
    return said


def _outside(duty: Duty, day: date) -> str:
    closed = duty.org.to_day
    if closed and closed < day and (duty.to_day is None or duty.to_day > closed):
        return _("%(unit)s已于 %(day)s 撤销，职责随它结束。") % {"unit": duty.org.name, "day": _day(closed)}
    begins = duty.from_day > day
    said = (
        _("%(unit)s的%(role)s从 %(day)s 才开始。") if begins else _("%(unit)s的%(role)s到 %(day)s 已结束。")
    )
    return said % {
        "unit": duty.org.name,
        "role": duty.get_role_display(),
        "day": _day(duty.from_day if begins else duty.to_day or day),
    }


def _elsewhere(duties: list[Duty], unit: Org, day: date, gives: Callable[[Role], bool]) -> str:
    """Nothing fits: a duty of the right kind elsewhere, a duty of another kind here, or none at all."""
    now = [duty for duty in duties if _holds(duty, day)]
    if not now:
        return _("那天此人没有任何职责。")
    here = [duty for duty in now if unit.is_within(duty.org)]
    duty = next((duty for duty in now if gives(Role(duty.role))), None)
    if duty is not None and duty not in here:
        return _("此人是%(there)s的%(role)s，那份职责不到%(unit)s。") % {
            "there": duty.org.name,
            "role": duty.get_role_display(),
            "unit": unit.name,
        }
    if here:
        roles = _list(f"{duty.org.name}{duty.get_role_display()}" for duty in here)
        return _("此人是%(roles)s，这个岗位没有这项权。") % {"roles": roles}
    return _("此人在%(unit)s没有职责。") % {"unit": unit.name}


def _who_could(unit: Org, gives: Callable[[Role], bool], of_rows: bool) -> str:
    """The posts, at the unit and above it, that would be let in."""
    above = Org.objects.filter(pk__in=[int(step) for step in unit.path.split(".")]).order_by("-path")
    could = [
        f"{org.name}{Role(role).label}"
        for org in above
        if not of_rows or org.level in (Level.SCHOOL, *CHECKED)
        for role in Role
        if gives(role) and org.level in LEVELS[role]
    ]
    if not could and of_rows:
        return _("名册和病情只在学校和班里看。选一所学校或一个班再问。")
    if not could:
        return _("没有岗位有这项权。")
    return _("有这项权的岗位：%(posts)s。") % {"posts": _list(could)}


def _any_account(account: Account) -> Answer:
    if not account.is_active:
        return Answer(False, (_("不能：账号已停用。"),))
    return Answer(True, (_("能：登录了就能打开，里面只有本人的东西。"),))


def _unit_of(view: Any, kwargs: dict[str, Any], account: Account, day: date, asker: Actor) -> Org | None:
    find = getattr(view, "unit_of", None)
    if find is None:
        return None
    with transaction.atomic():
        set_scope(actor_of(account, day).reach if account.is_active else Reach())
        found: Org | None = find(**kwargs)
        set_scope(asker.reach)
    return found


def _list(parts: Iterable[str]) -> str:
    return _("、").join(dict.fromkeys(parts))


def _day(day: date) -> str:
    return date_format(day, _("Y年n月j日"))
