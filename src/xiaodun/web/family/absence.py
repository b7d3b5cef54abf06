"""请假: the parent's one screen. Tap a reason, tap send; the teacher finds it filled in and asks nothing again."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Refused
from xiaodun.measures.checks.models import LeaveNotice
from xiaodun.measures.checks.notices import UNDO, tell_absence, withdraw_notice
from xiaodun.measures.health.models import FollowUp
from xiaodun.responsibility.roster.models import Guardian
from xiaodun.web.family.doors import by_link
from xiaodun.web.family.frame import family_frame
from xiaodun.web.page.states import CHIPS

LEAVE = "leave"


@require_GET
@by_link
def absence(request: HttpRequest, key: str, guardian: Guardian) -> HttpResponse:
    """Not at school today? If the school knows already, the page says so and asks nothing."""
    return _page(request, key, guardian)


@require_POST
@by_link
def send(request: HttpRequest, key: str, guardian: Guardian) -> HttpResponse:
    reason = request.POST.get("reason", "")
    if reason != LEAVE and reason not in CHIPS:
        return _page(request, key, guardian, no_reason=True, status=400)
    try:
        tell_absence(
            guardian=guardian,
            kind="leave" if reason == LEAVE else "ill",
            symptoms=() if reason == LEAVE else (reason,),
            client_id=_client_id(request.POST.get("client_id", "")),
        )
    except Refused as refused:
        return _page(request, key, guardian, refused=refused, status=400)
    return redirect("family:absence", key=key)


@require_POST
@by_link
def withdraw(request: HttpRequest, key: str, guardian: Guardian) -> HttpResponse:
    notice = _todays(guardian)
    if notice is not None:
        try:
            withdraw_notice(guardian=guardian, notice=notice)
        except Refused as refused:
            return _page(request, key, guardian, refused=refused, status=400)
    return redirect("family:absence", key=key)


def _page(
    request: HttpRequest,
    key: str,
    guardian: Guardian,
    *,
    no_reason: bool = False,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    notice = _todays(guardian)
    known = (
        FollowUp.objects.in_scope()
        .filter(
            person_id=guardian.person_id,
            recovered_on__isnull=True,
            ruled_out_on__isnull=True,
            absent_from__isnull=False,
        )
        .first()
    )
    context = family_frame(guardian, key) | {
        "notice": notice,
        "undo_until": notice.told_at + UNDO if notice else None,
        "may_undo": notice is not None and clock.now() <= notice.told_at + UNDO,
        "known": known,
        "chips": CHIPS,
        "leave": LEAVE,
        "client_id": uuid4(),
        "no_reason": no_reason,
        "faults": refused.faults if refused else (),
    }
    return render(request, "family/absence.html", context, status=status)


def _todays(guardian: Guardian) -> LeaveNotice | None:
    today = clock.today()
    rows = LeaveNotice.objects.in_scope().filter(
        person_id=guardian.person_id, from_day__lte=today, to_day__gte=today, withdrawn_at__isnull=True
    )
    return rows.order_by("-told_at").first()


def _client_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()
