"""A sound row of what hangs on the checks, for tests that look at tables and not at actions."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from xiaodun.foundation import clock
from xiaodun.measures.checks.models import CheckPlan, LeaveNotice, Measuring, Session
from xiaodun.responsibility.accounts.models import Account
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Person


def a_notice(person: Person) -> LeaveNotice:
    """Inside an open scope of the person."""
    today = clock.today()
    notice: LeaveNotice = LeaveNotice.objects.create(
        client_id=uuid4(), person_id=person.pk, class_id=person.class_id, school_id=person.school_id,
        county_id=person.county_id, from_day=today, to_day=today, kind="ill", symptoms=["cough"], told_at=clock.now(),
    )  # fmt: skip
    return notice


def a_plan(unit: Org, by: Account) -> CheckPlan:
    today = clock.today()
    return CheckPlan.objects.create(
        unit=unit, sessions=list(Session), measuring=Measuring.EVERYBODY, from_day=today,
        to_day=today + timedelta(days=14), document_no="青教〔2026〕9号", set_by=by, set_at=clock.now(),
    )  # fmt: skip
