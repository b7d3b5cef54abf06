"""Recording a check of a class or group: one transaction, idempotent by client id, nothing overwritten in silence.

The answer codes are a closed set (created, same, conflict, other, forbidden), so that a later one-statement form of this
path can return the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count

from xiaodun.foundation import clock, jobs, journal
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import at
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.measures.checks.findings import AWAY, lay_findings, take_findings_back
from xiaodun.measures.checks.models import CheckSubmission, ClassCheck, FindingKind, SchoolDay, Session
from xiaodun.measures.checks.rollup import lock_school_day, recount_school_day
from xiaodun.measures.checks.submission import Said, Submission, check_submission
from xiaodun.measures.checks.units import members_of, sessions_of
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import CHECKED, Org

# After this a check of the day counts as late; product choice (practice of S45: by the third lesson; the noon check belongs
# before the first lesson of the afternoon, the evening check before the lights go out).
DEADLINE = (9, 30)
DEADLINES = {Session.NOON: (15, 0), Session.EVENING: (22, 0)}
LATE_DAYS = 7  # how far back a missed check may be entered
UNDO = timedelta(minutes=10)
SIGNAL_JOB = "signals.class_rules"


class Code(StrEnum):
    CREATED = "created"
    SAME = "same"
    CONFLICT = "conflict"
    OTHER = "other"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """What became of a submission. `check` is the present state of the class, `school_day` the roll-up after it."""

    code: Code
    check: ClassCheck | None = None
    school_day: SchoolDay | None = None


@transaction.atomic
def record_check(*, actor: Actor, submission: Submission) -> CheckAnswer:
    """Record one check of a class or group and answer with a code; raises Refused when the content cannot be true.

    A first or corrected check is `created`; the same client id with the same content is `same`, with other content
    `conflict`; a submission that did not start from the present revision is `other` and changes nothing.
    """
    klass = Org.objects.filter(pk=submission.class_id, level__in=CHECKED).first()
    if klass is None or not actor.may(Right.RECORD_CHECK, klass):
        return CheckAnswer(Code.FORBIDDEN)
    try:
        return _record(actor, klass, submission)
    except IntegrityError as error:
        if "checks_checksubmission" not in str(error):
            raise
        # The id was used at another school, whose rows cannot be seen from here.
        return CheckAnswer(Code.CONFLICT)


def _record(actor: Actor, klass: Org, submission: Submission) -> CheckAnswer:
    school = _school_of(klass)
    with open_scope(schools=[school.pk]):
        lock_school_day(school, submission.day, submission.session)
        earlier = (
            CheckSubmission.objects.in_scope()
            .filter(day=submission.day, client_id=submission.client_id)
            .first()
        )
        current = _current(submission)
        if earlier is not None:
            same = bytes(earlier.digest) == submission.digest
            return CheckAnswer(Code.SAME if same else Code.CONFLICT, current, _roll(submission, school))
        if submission.base_revision != (current.revision if current else 0):
            return CheckAnswer(Code.OTHER, current)
        members = frozenset(person.pk for person in members_of(klass, submission.day))
        check_submission(
            submission,
            today=clock.today(),
            oldest=clock.today() - timedelta(days=LATE_DAYS),
            class_person_ids=members,
            sessions=_sessions_on(klass, submission.day),
        )
        check = _write(actor, klass, submission, members, current)
        return CheckAnswer(
            Code.CREATED, check, recount_school_day(school.pk, submission.day, submission.session)
        )


@transaction.atomic
def withdraw_check(
    *, actor: Actor, client_id: UUID, klass: Org, session: Session
) -> tuple[SchoolDay | None, int]:
    """Undo one's own submission within ten minutes: the class goes back to what it was before (or to missing).

    Returns the roll-up and the revision that stands now (0 = missing). Withdrawing twice answers the same.
    """
    school, day = _school_of(klass), clock.today()
    with open_scope(schools=[school.pk]):
        lock_school_day(school, day, session)
        submissions = CheckSubmission.objects.in_scope().filter(day=day, class_id=klass.pk, session=session)
        checks = ClassCheck.objects.in_scope().filter(day=day, class_id=klass.pk, session=session)
        current = checks.first()
        if not submissions.filter(client_id=client_id, withdrawn_at__isnull=False).exists():
            current = _undoable(actor, current, client_id)
            submissions.filter(client_id=client_id).update(withdrawn_at=clock.now())
            _restore(
                actor,
                klass,
                current,
                submissions.filter(withdrawn_at__isnull=True).order_by("-revision").first(),
            )
            journal.write(
                actor.account_id,
                "check.withdraw",
                ("class", klass.pk),
                school_id=school.pk,
                county_id=school.county_id,
                day=day.isoformat(),
                client_id=str(client_id),
            )
            _wake(school.pk)
            current = checks.first()
        return recount_school_day(school.pk, day, session), current.revision if current else 0


def _undoable(actor: Actor, check: ClassCheck | None, client_id: UUID) -> ClassCheck:
    if check is None or check.client_id != client_id or check.account_id != actor.account_id:
        zh, en = "这份已被后来的更正取代，不能撤销", "A later correction replaced this one"
        raise Refused(Fault("check.not_last", zh, en, "client_id"))
    if clock.now() > check.received_at + UNDO:
        zh, en = "已过10分钟。打开名单更正", "Ten minutes are over. Correct the list instead"
        raise Refused(Fault("check.undo_over", zh, en, "client_id"))
    return check


def _sessions_on(klass: Org, day: date) -> tuple[Session, ...]:
    """What the unit can be checked in on that day: nothing before it was founded and after it was closed."""
    return sessions_of(klass) if Org.objects.standing(day).filter(pk=klass.pk).exists() else ()


def _revision(klass: Org, submission: Submission) -> int:
    """How often the state of this check has changed: it rises with each submission and each one taken back.

    Two states never share a number, or a device that has seen the one would overwrite the other in silence.
    """
    rows = CheckSubmission.objects.in_scope().filter(
        day=submission.day, class_id=klass.pk, session=submission.session
    )
    counted = rows.aggregate(n=Count("client_id"), n_withdrawn=Count("withdrawn_at"))
    return int(counted["n"] + counted["n_withdrawn"])


def _write(
    actor: Actor, klass: Org, submission: Submission, members: frozenset[int], current: ClassCheck | None
) -> ClassCheck:
    now = clock.now()
    revision = _revision(klass, submission) + 1
    CheckSubmission.objects.create(
        day=submission.day,
        client_id=submission.client_id,
        class_id=klass.pk,
        school_id=klass.of_school,
        session=submission.session,
        revision=revision,
        digest=submission.digest,
        findings=submission.findings_json(),
        account_id=actor.account_id,
        shown=None if submission.shown is None else sorted(submission.shown),
        all_measured=submission.all_measured,
        device_at=submission.device_at,
        received_at=now,
    )
    check = _state(
        klass,
        submission,
        len(members),
        revision=revision,
        account_id=actor.account_id,
        received_at=now,
        late=current.late if current else _is_late(submission, now),
    )
    check.save(force_insert=current is None, force_update=current is not None)
    lay_findings(klass, submission, members)
    journal.write(
        actor.account_id,
        "check.correct" if current else "check.record",
        ("class", klass.pk),
        school_id=klass.of_school,
        county_id=klass.of_county,
        day=submission.day.isoformat(),
        session=str(submission.session),
        client_id=str(submission.client_id),
        revision=check.revision,
        absent=check.absent,
        ill=check.n_ill_absent,
        unwell=check.n_unwell,
        unexplained=check.n_unexplained,
    )
    _wake(klass.of_school)
    return check


def _state(klass: Org, submission: Submission, n_enrolled: int, **known: object) -> ClassCheck:
    kinds = [said.kind for said in submission.findings]
    n_away = sum(kind in AWAY for kind in kinds)
    return ClassCheck(
        day=submission.day,
        class_id=klass.pk,
        session=submission.session,
        school_id=klass.of_school,
        county_id=klass.of_county,
        city_id=klass.city_id,
        client_id=submission.client_id,
        enrolled=n_enrolled,
        present=n_enrolled - n_away,
        absent=n_away,
        n_ill_absent=kinds.count(FindingKind.ILL_ABSENT),
        n_unwell=kinds.count(FindingKind.UNWELL),
        n_unexplained=kinds.count(FindingKind.UNEXPLAINED),
        all_measured=submission.all_measured,
        device_at=submission.device_at,
        **known,
    )


def _restore(actor: Actor, klass: Org, check: ClassCheck, before: CheckSubmission | None) -> None:
    members = frozenset(person.pk for person in members_of(klass, check.day))
    if before is None:
        gone = Submission(
            check.client_id, klass.pk, check.day, Session(check.session), check.device_at, 0, ()
        )
        take_findings_back(klass, gone, members)
        ClassCheck.objects.in_scope().filter(day=check.day, class_id=klass.pk, session=check.session).delete()
        return
    submission = submission_of(before)
    state = _state(
        klass,
        submission,
        check.enrolled,
        revision=_revision(klass, submission),
        account_id=before.account_id,
        received_at=before.received_at,
        late=check.late,
    )
    state.save(force_update=True)
    lay_findings(klass, submission, members)


def submission_of(row: CheckSubmission) -> Submission:
    """The submission as it was said, from its kept row."""
    findings = tuple(
        Said(
            said["person_id"],
            FindingKind(said["kind"]),
            frozenset(said["symptoms"]),
            datetime.fromisoformat(said["onset_on"]).date() if said["onset_on"] else None,
            said["carried"],
            Decimal(said["temperature"]) if said.get("temperature") else None,
        )
        for said in row.findings
    )
    return Submission(
        client_id=row.client_id,
        class_id=row.class_id,
        day=row.day,
        session=Session(row.session),
        device_at=row.device_at,
        base_revision=0,
        findings=findings,
        shown=None if row.shown is None else frozenset(row.shown),
        all_measured=row.all_measured,
    )


def _current(submission: Submission) -> ClassCheck | None:
    check: ClassCheck | None = (
        ClassCheck.objects.in_scope()
        .filter(day=submission.day, class_id=submission.class_id, session=submission.session)
        .first()
    )
    return check


def _roll(submission: Submission, school: Org) -> SchoolDay:
    row: SchoolDay = SchoolDay.objects.in_scope().get(
        day=submission.day, school_id=school.pk, session=submission.session
    )
    return row


def _school_of(klass: Org) -> Org:
    return Org.objects.get(pk=klass.of_school)


def _is_late(submission: Submission, now: datetime) -> bool:
    return now > at(submission.day, *DEADLINES.get(submission.session, DEADLINE))


def _wake(school_id: int | None) -> None:
    """Wake the legal rules for this school; whoever answers to the name runs after the commit."""
    jobs.enqueue(SIGNAL_JOB, lock=f"school-{school_id}", school_id=school_id)
