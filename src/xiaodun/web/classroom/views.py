"""The class teacher's one page, and the worker that keeps it for the time without network."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from xiaodun.foundation import clock
from xiaodun.measures.checks.actions import UNDO
from xiaodun.measures.checks.models import Finding
from xiaodun.measures.checks.queries import Carried, ClassDay, ListedPupil, SessionDay, class_day
from xiaodun.responsibility.accounts.doors import door, public
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.web.classroom import script as page_script
from xiaodun.web.page.context import frame
from xiaodun.web.page.written import weekday

WORKER = "classroom/worker.js"
NO_CLIENT_ID = "00000000-0000-0000-0000-000000000000"


@require_GET
@never_cache
@door(Right.RECORD_CHECK, org="class_id", level=Level.KLASS)
def check(request: HttpRequest, class_id: int, unit: Org) -> HttpResponse:
    """The morning check of one class."""
    today = class_day(unit)
    context = frame(request, unit) | {
        "data": page_data(request, today),
        "klass_name": unit.name,
        "day": today.day,
        "session_word": today.of(None).session.label,
        "enrolled": len(today.pupils),
        "pupils": today.pupils,
    }
    return render(request, "classroom/check.html", context)


@require_GET
@public
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, served from above the pages that it keeps."""
    path = finders.find(WORKER)
    with open(str(path), "rb") as file:
        response = HttpResponse(file.read(), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/class/"
    # Asked for again at most once an hour: unchanged, it would cost 2 KB of every morning's 5.
    response["Cache-Control"] = "max-age=3600"
    return response


@require_GET
@public
def script(request: HttpRequest) -> HttpResponse:
    """The page's one script in the language its address names. No data in it."""
    try:
        text = page_script.script(request.GET.get("l", ""))
    except LookupError as fault:
        raise Http404 from fault
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "max-age=31536000, immutable"
    return response


def page_data(request: HttpRequest, today: ClassDay) -> dict[str, Any]:
    """What the page's script needs, and no more: ids, names, initials, what is carried, what was said today."""
    class_id = today.klass.pk
    one = today.of(None)
    return {
        "class_id": class_id,
        "class_name": today.klass.name,
        "day": today.day.isoformat(),
        "today": clock.today().isoformat(),
        "session": str(one.session),
        "enrolled": len(today.pupils),
        "revision": one.check.revision if one.check else 0,
        "account": _account_key(request),
        "pupils": [_pupil(pupil, today.day) for pupil in today.pupils],
        "submitted": _submitted(one, request.user.pk),
        "urls": {
            "checks": reverse("api:record"),
            "withdraw": reverse("api:withdraw", args=[NO_CLIENT_ID]).replace(NO_CLIENT_ID, "{client_id}"),
            "page": reverse("classroom:check", args=[class_id]),
            "worker": reverse("classroom:worker"),
            "sign_in": reverse(settings.LOGIN_URL),
        },
    }


def _account_key(request: HttpRequest) -> str:
    """Tells accounts on one phone apart without naming them."""
    return hashlib.sha256(f"{settings.SECRET_KEY}:{request.user.pk}".encode()).hexdigest()[:12]


def _pupil(pupil: ListedPupil, day: date) -> dict[str, Any]:
    carried = pupil.carried
    return {
        "id": pupil.person.pk,
        "name": pupil.person.name,
        "initials": pupil.person.initials,
        "carried": carried
        and {
            "since": carried.since.isoformat(),
            "symptoms": list(carried.symptoms),
            "words": carried_words(carried, day),
            "kind": str(carried.kind),
        },
    }


def carried_words(carried: Carried, day: date) -> str:
    days = (day - carried.since).days + 1
    since = weekday(carried.since) if days <= 7 else f"{carried.since:%m-%d}"
    return _("%(since)s起，第%(days)d天") % {"since": since, "days": days}


def _submitted(today: SessionDay, account_id: int | None) -> dict[str, Any] | None:
    check, day = today.check, today.school_day
    if check is None or day is None:
        return None
    return {
        "client_id": str(check.client_id),
        "received_at": check.received_at.isoformat(),
        "revision": check.revision,
        "findings": [_finding(row) for row in today.findings],
        "present": check.present,
        "absent": check.absent,
        "classes_reported": day.n_with_findings + day.n_nil,
        "classes_expected": day.n_classes,
        "undo_until": (check.received_at + UNDO).isoformat() if check.account_id == account_id else None,
    }


def _finding(row: Finding) -> dict[str, Any]:
    return {
        "person_id": row.person_id,
        "kind": row.kind,
        "symptoms": row.symptoms,
        "carried": row.carried,
        "onset_on": row.onset_on.isoformat(),
    }
