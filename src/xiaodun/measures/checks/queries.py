"""One class or group on one day: who belongs to it, who stands on the list before anybody has said a word, what was said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from xiaodun.foundation import clock
from xiaodun.measures.checks.findings import AWAY
from xiaodun.measures.checks.models import ClassCheck, Finding, FindingKind, LeaveNotice, SchoolDay, Session
from xiaodun.measures.checks.plans import Asked, asked
from xiaodun.measures.checks.sources import notices_on
from xiaodun.measures.checks.units import is_expected, members_of, sessions_of
from xiaodun.measures.health.models import Cause, FollowUp
from xiaodun.responsibility.orgs.models import GroupKind, Level, Org
from xiaodun.responsibility.roster.models import Person

LAST_CHECK_DAYS = 70  # the longest holiday of a term lies between two checks
KNOWN_REASONS = (Cause.INJURY, Cause.LEAVE, Cause.OTHER)


@dataclass(frozen=True, slots=True)
class Carried:
    """Why somebody stands on the list already. `since`: first day as far as known.

    kind: how the list shows it until somebody says otherwise. back: the last noon check said that the pupil was here.
    reason: the cause that the doctor found, for an absence that is no illness. today: another source said it today.
    """

    since: date
    symptoms: tuple[str, ...]
    kind: FindingKind
    back: bool = False
    reason: str = ""
    today: bool = False


@dataclass(frozen=True, slots=True)
class ListedPupil:
    """A person of the class or group; `notice` is what the family told for today."""

    person: Person
    carried: Carried | None
    notice: LeaveNotice | None = None


@dataclass(frozen=True, slots=True)
class SessionDay:
    """One session of a unit and day. `expected`: this day asks for it; `school_day`: the roll-up as it stands."""

    session: Session
    expected: bool
    check: ClassCheck | None
    findings: list[Finding]
    school_day: SchoolDay | None


@dataclass(frozen=True, slots=True)
class ClassDay:
    """`sessions`: those asked of the unit, the first of the day first; never empty."""

    klass: Org
    day: date
    asked: Asked
    pupils: list[ListedPupil]
    sessions: tuple[SessionDay, ...]

    def of(self, session: Session | None) -> SessionDay:
        """That session, asked or not; None: the first one."""
        found = (one for one in self.sessions if session is None or one.session == session)
        assert session is not None or self.sessions
        return next(found, None) or SessionDay(session or self.sessions[0].session, False, None, [], None)


def class_day(unit: Org) -> ClassDay:
    """Today of a class or group, read inside the reader's scope; as many queries whatever its size."""
    day = clock.today()
    persons = members_of(unit, day)
    orders = asked(unit, day)
    sessions = _sessions(unit, day, orders.sessions)
    said = {finding.person_id for one in sessions for finding in one.findings}
    carried = _carried(unit, day, [person.pk for person in persons], said)
    notices = notices_on(day, [person.pk for person in persons])
    pupils = [ListedPupil(person, carried.get(person.pk), notices.get(person.pk)) for person in persons]
    return ClassDay(unit, day, orders, pupils, sessions)


def _sessions(unit: Org, day: date, asked_for: Sequence[Session]) -> tuple[SessionDay, ...]:
    wanted = asked_for or sessions_of(unit)[:1]
    here = {"day": day, "class_id": unit.pk, "session__in": wanted}
    checks = {Session(check.session): check for check in ClassCheck.objects.in_scope().filter(**here)}
    findings = list(Finding.objects.in_scope().filter(**here)) if checks else []
    rolls = {
        Session(roll.session): roll
        for roll in SchoolDay.objects.in_scope().filter(day=day, school_id=unit.of_school, session__in=wanted)
    }
    return tuple(
        SessionDay(
            session,
            session in asked_for and is_expected(session, day),
            checks.get(session),
            [finding for finding in findings if finding.session == session],
            rolls.get(session),
        )
        for session in wanted
    )


def _carried(unit: Org, day: date, members: Collection[int], said: set[int]) -> dict[int, Carried]:
    """Open illnesses that this unit has not said itself today, and absences whose reason the doctor has found."""
    last = _LastCheck.of(unit, day)
    rows = FollowUp.objects.in_scope().filter(
        person_id__in=members, recovered_on__isnull=True, ruled_out_on__isnull=True, opened_on__lte=day
    )
    found = last.still_away(members) if unit.level == Level.KLASS else {}
    for row in rows:
        here = row.opened_on < day or row.person_id not in said
        # The staff's check ends nothing: who was not in the last one is left to the doctor and not asked of again.
        left_out = unit.group_kind == GroupKind.STAFF and last.day is not None and row.last_seen_on < last.day
        if here and not left_out:
            found[row.person_id] = Carried(
                since=row.onset_on,
                symptoms=tuple(row.symptoms),
                kind=_kind(row),
                back=last.saw_back(row),
                today=row.opened_on == day,
            )
    return found


def _kind(row: FollowUp) -> FindingKind:
    if row.absent_from is None:
        return FindingKind.UNWELL
    unknown = row.cause == Cause.UNKNOWN and not row.symptoms
    return FindingKind.UNEXPLAINED if unknown else FindingKind.ILL_ABSENT


@dataclass(frozen=True, slots=True)
class _LastCheck:
    """What a unit said on the last day on which it said anything."""

    day: date | None
    sessions: frozenset[str]
    findings: dict[tuple[str, int], Finding]

    @classmethod
    def of(cls, unit: Org, today: date) -> _LastCheck:
        rows = ClassCheck.objects.in_scope().filter(
            class_id=unit.pk, day__range=(today - timedelta(days=LAST_CHECK_DAYS), today - timedelta(days=1))
        )
        days = list(rows.order_by("-day").values_list("day", "session")[:2])
        if not days:
            return cls(None, frozenset(), {})
        day = days[0][0]
        findings = Finding.objects.in_scope().filter(day=day, class_id=unit.pk)
        return cls(
            day,
            frozenset(session for one, session in days if one == day),
            {(finding.session, finding.person_id): finding for finding in findings},
        )

    def saw_back(self, row: FollowUp) -> bool:
        """Away in the morning, here at noon. Of a boarder the evening may know better, which a class does not read."""
        return (
            row.last_seen_on == self.day
            and row.dorm_id is None
            and Session.NOON in self.sessions
            and (Session.MORNING, row.person_id) in self.findings
            and (Session.NOON, row.person_id) not in self.findings
        )

    def still_away(self, members: Collection[int]) -> dict[int, Carried]:
        """Who was away for a reason that is no illness and was not said to be back: listed on, as leave, asked nothing."""
        away = {
            person: finding
            for (_session, person), finding in self.findings.items()
            if finding.kind in AWAY and person in set(members)
        }
        if not away:
            return {}
        ended = FollowUp.objects.in_scope().filter(
            person_id__in=away, ruled_out_on__gte=self.day, ruled_out_reason__in=KNOWN_REASONS
        )
        reasons = {row.person_id: row for row in ended}
        found = {}
        for person, finding in away.items():
            row = reasons.get(person)
            if row is not None or (finding.kind == FindingKind.LEAVE and finding.carried):
                found[person] = Carried(
                    since=row.onset_on if row else finding.onset_on,
                    symptoms=(),
                    kind=FindingKind.LEAVE,
                    reason=str(row.cause) if row else "",
                )
        return found
