"""家长请假: a family tells once; the teacher finds it filled in, the doctor has it at the same moment.

The caller is the bearer of a guardian's link: no account acts, the journal names the guardian by number.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from xiaodun.foundation import clock, jobs, journal
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import ONE_DAY
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.measures.checks.actions import SIGNAL_JOB, UNDO
from xiaodun.measures.checks.models import LeaveNotice, NoticeKind
from xiaodun.measures.checks.sources import said_elsewhere
from xiaodun.measures.checks.submission import SYMPTOM_CODES
from xiaodun.measures.health.actions import Around, Seen, follow_class
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Guardian, Person

__all__ = ["LONGEST_DAYS", "UNDO", "tell_absence", "withdraw_notice"]

LONGEST_DAYS = 30  # a longer absence is the school's to follow, not a notice's


def tell_absence(
    *,
    guardian: Guardian,
    kind: str,
    symptoms: Iterable[str] = (),
    client_id: UUID,
    from_day: date | None = None,
    to_day: date | None = None,
) -> LeaveNotice:
    """A child stays away, today unless days are given. Telling twice with one client id is telling once.

    An illness of today is followed at once. Raises Refused `notice.*` for what cannot be true.
    """
    today = clock.today()
    first = from_day or today
    last = to_day or first
    said = sorted(set(symptoms))
    with transaction.atomic(), open_scope(persons=[guardian.person_id]):
        earlier: LeaveNotice | None = LeaveNotice.objects.in_scope().filter(client_id=client_id).first()
        if earlier is not None:
            return earlier
        person = Person.objects.in_scope().get(pk=guardian.person_id)
        _check_notice(person, kind, said, first, last)
        klass = Org.objects.get(pk=person.class_id or 0)
        notice = _store(
            LeaveNotice(
                client_id=client_id,
                person_id=person.pk,
                class_id=klass.pk,
                school_id=klass.of_school,
                county_id=klass.of_county,
                guardian_id=guardian.pk,
                from_day=first,
                to_day=last,
                kind=kind,
                symptoms=said,
                told_at=clock.now(),
            )
        )
        if kind == NoticeKind.ILL and first <= today <= last:
            _follow(notice, klass, today)
        _tell("notice.tell", notice, days=(last - first).days + 1)
        return notice


def withdraw_notice(*, guardian: Guardian, notice: LeaveNotice) -> LeaveNotice:
    """The family takes it back: what only this notice had opened today is ruled out. Twice is once.

    Raises Refused `notice.not_yours` for the notice of another child.
    """
    today = clock.today()
    with transaction.atomic(), open_scope(persons=[guardian.person_id]):
        row: LeaveNotice | None = (
            LeaveNotice.objects.in_scope()
            .select_for_update()
            .filter(pk=notice.pk, person_id=guardian.person_id)
            .first()
        )
        if row is None:
            zh, en = "没有这条请假", "There is no such notice"
            raise Refused(Fault("notice.not_yours", zh, en, "notice"))
        if row.withdrawn_at is not None:
            return row
        row.withdrawn_at = clock.now()
        row.save(update_fields=["withdrawn_at"])
        if row.kind == NoticeKind.ILL:
            klass = Org.objects.get(pk=row.class_id)
            elsewhere = said_elsewhere(today, [row.person_id]).symptoms
            around = Around(before=(row.person_id,), elsewhere=elsewhere, ends=False)
            follow_class(klass=klass, day=today, seen=None, around=around)
            _wake(row)
        _tell("notice.withdraw", row)
        return row


def _store(notice: LeaveNotice) -> LeaveNotice:
    try:
        with transaction.atomic():
            notice.save(force_insert=True)
    except IntegrityError as error:
        if "client_id" not in str(error):
            raise
        # Another child's notice carries the id; nothing of it is told.
        zh, en = "这次没有记下，再点一次发送", "This was not recorded. Send it once more"
        raise Refused(Fault("notice.conflict", zh, en, "client_id", str(notice.client_id))) from error
    return notice


def _follow(notice: LeaveNotice, klass: Org, today: date) -> None:
    person = notice.person_id
    seen = Seen(person, frozenset(notice.symptoms), today, absent=True)
    around = Around(elsewhere=said_elsewhere(today, [person]).symptoms, ends=False)
    follow_class(klass=klass, day=today, seen=[seen], around=around)
    _wake(notice)


def _check_notice(person: Person, kind: str, symptoms: list[str], first: date, last: date) -> None:
    faults = []
    if person.class_id is None:
        zh, en = "孩子还没有编班，打电话给学校", "The child is in no class yet. Call the school"
        faults.append(Fault("notice.no_class", zh, en, "person"))
    if kind not in NoticeKind.values:
        zh, en = "选病假或事假", "Choose illness or leave"
        faults.append(Fault("notice.kind", zh, en, "kind", kind))
    unknown = sorted(set(symptoms) - SYMPTOM_CODES)
    if unknown:
        zh, en = "没有这个症状。从列表中选", "Unknown symptom. Choose from the list"
        faults.append(Fault("notice.unknown_symptom", zh, en, "symptoms", ";".join(unknown)))
    if (kind == NoticeKind.ILL) != bool(symptoms):
        zh = "病假要选一个症状，事假不选"
        en = "Illness needs a symptom, leave has none"
        faults.append(Fault("notice.symptoms", zh, en, "symptoms", ";".join(symptoms)))
    if first < clock.today():
        zh, en = "从今天起请假；以前的告诉班主任", "Notices begin today. Tell the teacher about earlier days"
        faults.append(Fault("notice.past", zh, en, "from_day", first.isoformat()))
    if not first <= last <= first + (LONGEST_DAYS - 1) * ONE_DAY:
        zh = f"一次最多请{LONGEST_DAYS}天，结束不早于开始"
        en = f"At most {LONGEST_DAYS} days at once, the end not before the beginning"
        faults.append(Fault("notice.days", zh, en, "to_day", last.isoformat()))
    if faults:
        raise Refused(*faults)


def _tell(verb: str, notice: LeaveNotice, **facts: object) -> None:
    journal.write(
        None,
        verb,
        ("notice", notice.pk),
        school_id=notice.school_id,
        county_id=notice.county_id,
        guardian=notice.guardian_id,
        kind=notice.kind,
        **facts,
    )


def _wake(notice: LeaveNotice) -> None:
    jobs.enqueue(SIGNAL_JOB, lock=f"school-{notice.school_id}", school_id=notice.school_id)
