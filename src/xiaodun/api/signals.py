"""Signals in the reader's area, as figures."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Router, Schema

from xiaodun.response.signals.models import Signal
from xiaodun.responsibility.accounts.doors import Policy, acting, declare
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org

router = Router()
MOST = 200


class DutyOut(Schema):
    rule_id: str
    rule_version: str
    level: str
    advice: bool
    n_cases: int
    first_true_on: date
    detected_at: datetime
    due_at: datetime | None
    state: str


class SignalOut(Schema):
    id: int
    school_id: int
    family: str
    scope: str
    scope_id: str
    level: str
    state: str
    title: str
    title_en: str
    n_cases: int
    first_true_on: date
    opened_at: datetime
    duties: list[DutyOut]


@router.get("/signals", response=list[SignalOut], summary="Signals you may read, newest first, at most 200")
def signals(request: HttpRequest, before: int | None = None) -> list[Signal]:
    actor = acting(request)
    rows = Signal.objects.visible_to(actor.reach)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk").prefetch_related("duties")[:MOST])
    schools = {org.pk: org for org in Org.objects.filter(pk__in={row.school_id for row in found})}
    return [row for row in found if actor.may(Right.READ_SIGNAL, schools[row.school_id])]


declare(signals, Policy(account=True, rights=(Right.READ_SIGNAL,)))
