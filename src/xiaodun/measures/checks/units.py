"""Who is checked in which session, when it is expected, and who belongs to a unit that is checked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q

from xiaodun.kernel.calendar import ONE_DAY, SHANGHAI
from xiaodun.measures.checks.models import Session
from xiaodun.measures.checks.school_days import LONGEST_HOLIDAY_DAYS, is_school_day
from xiaodun.responsibility.orgs.models import GroupKind, Level, Org, OrgQuerySet
from xiaodun.responsibility.roster.models import Person, Post
from xiaodun.responsibility.roster.queries import pupils_of_class

CLASS_SESSIONS = (Session.MORNING, Session.NOON)
GROUP_SESSION = {
    GroupKind.DORM: Session.EVENING,
    GroupKind.BUS: Session.BUS,
    GroupKind.STAFF: Session.STAFF,
}
# The noon check belongs before the first lesson of the afternoon (WS/T 772-2020): from half past eleven it is what one opens.
BEGINS = {Session.NOON: (11, 30)}
_POSTS = (*Post.values, "")
_KIND = {session: kind for kind, session in GROUP_SESSION.items()}


def sessions_of(unit: Org) -> tuple[Session, ...]:
    """The sessions that a class or group can have, the first of the day first; () for any other unit."""
    if unit.level == Level.KLASS:
        return CLASS_SESSIONS
    return (GROUP_SESSION[GroupKind(unit.group_kind)],) if unit.level == Level.GROUP else ()


def checked_in(session: Session) -> Q:
    """The units that a session checks: classes, or the groups of one kind."""
    kind = _KIND.get(session)
    return Q(level=Level.KLASS) if kind is None else Q(level=Level.GROUP, group_kind=kind)


def units_of(school_id: int, day: date, session: Session) -> OrgQuerySet:
    """The units of a school that a session of that day expects, in the order of the register."""
    return Org.objects.standing(day).filter(checked_in(session), school_id=school_id).order_by("sort", "pk")


def is_expected(session: Session, day: date) -> bool:
    """Is this check due on that day? Boarders are in their rooms on the evening before a school day, Sundays too."""
    return is_school_day(day + ONE_DAY) if session == Session.EVENING else is_school_day(day)


def next_day_of(session: Session, day: date) -> date | None:
    """The first day after that one on which a session is due; None when none comes within the longest holiday."""
    coming = (day + n * ONE_DAY for n in range(1, LONGEST_HOLIDAY_DAYS))
    return next((one for one in coming if is_expected(session, one)), None)


def begins_at(session: Session) -> int:
    """From which minute of the day a page opens with this session."""
    hour, minute = BEGINS.get(session, (0, 0))
    return hour * 60 + minute


def current_session(sessions: Sequence[Session], instant: datetime) -> Session:
    """The session of this hour: the last one that has begun. `sessions` in the order of the day, at least one."""
    local = instant.astimezone(SHANGHAI)
    begun = [session for session in sessions if begins_at(session) <= local.hour * 60 + local.minute]
    return (begun or sessions)[-1 if begun else 0]


def members_of(unit: Org, day: date) -> list[Person]:
    """The persons of a class or group on a day, in the order of its list. Runs inside an open scope.

    A dormitory is in the order of its rooms, the staff in that of their posts.
    """
    if unit.level == Level.KLASS:
        return pupils_of_class(unit.pk, day)
    here = Person.objects.in_scope().filter(Q(left_on__isnull=True) | Q(left_on__gte=day), merged_into=None)
    if unit.group_kind == GroupKind.DORM:
        return list(here.filter(dorm_id=unit.pk).order_by("dorm", "name_sort", "pk"))
    if unit.group_kind == GroupKind.BUS:
        return list(here.filter(bus_id=unit.pk).order_by("name_sort", "pk"))
    return sorted(
        here.filter(class_id=unit.pk).order_by("name_sort", "pk"), key=lambda one: _POSTS.index(one.post)
    )
