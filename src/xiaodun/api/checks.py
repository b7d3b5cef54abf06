"""The class roster for a device that will be offline, the check it sends, and its undo."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Field, Router, Schema

from xiaodun.api.problems import problem, refusal
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.errors import Refused
from xiaodun.measures.checks.actions import UNDO, CheckAnswer, Code, record_check, withdraw_check
from xiaodun.measures.checks.models import (
    CheckSubmission,
    ClassCheck,
    FindingKind,
    Measuring,
    SchoolDay,
    Session,
)
from xiaodun.measures.checks.queries import ListedPupil, class_day
from xiaodun.measures.checks.submission import Said, Submission
from xiaodun.responsibility.accounts.doors import Policy, acting, declare
from xiaodun.responsibility.accounts.models import Account
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import CHECKED, Org

router = Router()

TENTH = Decimal("0.1")  # one decimal is kept; rounded down, 37.96 stays below a threshold of 38.0


class FindingIn(Schema):
    person_id: int
    kind: FindingKind
    symptoms: list[str] = Field(default_factory=list, max_length=20)
    onset_on: date | None = None
    carried: bool = False
    temperature: Decimal | None = Field(
        None, max_digits=4, decimal_places=2, description="degrees Celsius, where it is asked"
    )


class CheckIn(Schema):
    client_id: UUID
    class_id: int = Field(..., description="the class, or the group that is checked like one")
    day: date
    session: Session = Session.MORNING
    device_at: datetime
    base_revision: int = Field(0, ge=0, description="the revision the device started from; 0 = none seen")
    findings: list[FindingIn] = Field(default_factory=list, max_length=500)
    shown: list[int] | None = Field(
        None,
        max_length=500,
        description="persons whom the device had before it; leaving one out says that they are back",
    )
    all_measured: bool = Field(
        False, description="everybody's temperature was taken; who is not listed was below 37.3"
    )


class CheckOut(Schema):
    code: str
    client_id: UUID
    revision: int
    received_at: datetime
    present: int
    absent: int
    classes_reported: int
    classes_expected: int
    undo_until: datetime


class CarriedOut(Schema):
    since: date
    symptoms: list[str]
    kind: FindingKind


class NoticeOut(Schema):
    kind: str = Field(..., description="ill or leave")
    symptoms: list[str]
    told_at: datetime


class PupilOut(Schema):
    id: int
    name: str
    initials: str
    carried: CarriedOut | None
    notice: NoticeOut | None = Field(None, description="what the family told for today")


class RosterOut(Schema):
    class_id: int
    class_name: str
    day: date
    session: Session
    enrolled: int
    revision: int
    pupils: list[PupilOut]
    sessions: list[Session] = Field(..., description="the sessions asked of this class or group today")
    expected: bool = Field(..., description="false where today asks for no check of this session")
    measuring: Measuring = Field(..., description="whose temperature is asked")


@router.get(
    "/classes/{class_id}/roster",
    response=RosterOut,
    summary="Today's register of a class or group, least data",
)
def roster(
    request: HttpRequest, class_id: int, session: Session | None = None
) -> dict[str, Any] | HttpResponse:
    klass = Org.objects.filter(pk=class_id, level__in=CHECKED).first()
    actor = acting(request)
    if klass is None or not actor.may(Right.RECORD_CHECK, klass):
        return problem(404, "not_found")
    today = class_day(klass)
    one = today.of(session)
    return {
        "class_id": klass.pk,
        "class_name": klass.name,
        "day": today.day,
        "session": one.session,
        "enrolled": len(today.pupils),
        "revision": one.check.revision if one.check else 0,
        "pupils": [_pupil(pupil) for pupil in today.pupils],
        "sessions": [each.session for each in today.sessions],
        "expected": one.expected,
        "measuring": today.asked.measuring,
    }


def _pupil(pupil: ListedPupil) -> dict[str, Any]:
    carried, notice = pupil.carried, pupil.notice
    return {
        "id": pupil.person.pk,
        "name": pupil.person.name,
        "initials": pupil.person.initials,
        "carried": carried
        and {"since": carried.since, "symptoms": list(carried.symptoms), "kind": carried.kind},
        "notice": notice and {"kind": notice.kind, "symptoms": notice.symptoms, "told_at": notice.told_at},
    }


@router.post(
    "/checks", response={201: CheckOut, 200: CheckOut}, summary="Record the check of one class and session"
)
def record(request: HttpRequest, body: CheckIn) -> HttpResponse:
    actor = acting(request)
    submission = Submission(
        client_id=body.client_id,
        class_id=body.class_id,
        day=body.day,
        session=body.session,
        device_at=body.device_at,
        base_revision=body.base_revision,
        findings=tuple(_finding(one) for one in body.findings),
        shown=None if body.shown is None else frozenset(body.shown),
        all_measured=body.all_measured,
    )
    return _said(record_check(actor=actor, submission=submission), submission)


@router.post(
    "/checks/{client_id}/withdraw", response={200: dict}, summary="Undo your own check within ten minutes"
)
def withdraw(request: HttpRequest, client_id: UUID) -> HttpResponse:
    actor = acting(request)
    row = CheckSubmission.objects.visible_to(actor.reach).filter(client_id=client_id).order_by("-day").first()
    klass = Org.objects.filter(pk=row.class_id).first() if row else None
    if row is None or klass is None or not actor.may(Right.RECORD_CHECK, klass):
        return problem(404, "not_found")
    session = Session(row.session)
    try:
        roll, revision = withdraw_check(actor=actor, client_id=client_id, klass=klass, session=session)
    except Refused as refused:
        # What stands instead, so that the page shows the school's state and not its own.
        standing = ClassCheck.objects.in_scope().filter(day=row.day, class_id=klass.pk, session=session)
        return refusal(refused, theirs=_theirs(standing.first(), row.day))
    return JsonResponse(
        {
            "code": "withdrawn",
            "revision": revision,
            "classes_reported": _reported(roll),
            "classes_expected": roll.n_classes if roll else 0,
        }
    )


for _view in (roster, record, withdraw):
    declare(_view, Policy(account=True, rights=(Right.RECORD_CHECK,)))


def _finding(one: FindingIn) -> Said:
    degrees = None if one.temperature is None else one.temperature.quantize(TENTH, ROUND_DOWN)
    return Said(one.person_id, one.kind, frozenset(one.symptoms), one.onset_on, one.carried, degrees)


def _said(answer: CheckAnswer, submission: Submission) -> HttpResponse:
    if answer.code == Code.FORBIDDEN:
        return problem(403, "forbidden")
    if answer.code == Code.CONFLICT:
        return problem(409, "conflict")
    if answer.code == Code.OTHER:
        return problem(409, "other", theirs=_theirs(answer.check, submission.day))
    assert answer.school_day
    if answer.check is None:  # said again after it was withdrawn: it stays withdrawn
        said = {"code": "same", "client_id": str(submission.client_id), "revision": 0, "withdrawn": True}
        return JsonResponse(
            said
            | {
                "classes_reported": _reported(answer.school_day),
                "classes_expected": answer.school_day.n_classes,
            }
        )
    return JsonResponse(
        check_json(answer.check, answer.school_day, str(answer.code), submission.client_id),
        status=201 if answer.code == Code.CREATED else 200,
    )


def check_json(check: ClassCheck, day: SchoolDay, code: str, client_id: UUID) -> dict[str, Any]:
    return {
        "code": code,
        "client_id": str(client_id),
        "revision": check.revision,
        "received_at": check.received_at.isoformat(),
        "present": check.present,
        "absent": check.absent,
        "classes_reported": _reported(day),
        "classes_expected": day.n_classes,
        "undo_until": (check.received_at + UNDO).isoformat(),
    }


def _reported(day: SchoolDay | None) -> int:
    return day.n_with_findings + day.n_nil if day else 0


def _theirs(check: ClassCheck | None, day: date) -> dict[str, Any] | None:
    """What stands on the server now, for the second device to compare with; readable by whoever may record here."""
    if check is None:
        return None
    with open_scope(schools=[check.school_id]):
        row = CheckSubmission.objects.in_scope().filter(day=day, client_id=check.client_id).first()
    by = Account.objects.filter(pk=check.account_id).values_list("name", flat=True).first()
    return {
        "by": by or "",
        "received_at": check.received_at.isoformat(),
        "revision": check.revision,
        "findings": row.findings if row else [],
    }
