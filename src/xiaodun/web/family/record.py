"""孩子的记录: everything the school keeps about one child, to read and to take away."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from xiaodun.foundation import clock
from xiaodun.responsibility.roster.models import Guardian
from xiaodun.web.family.doors import by_link
from xiaodun.web.family.frame import family_frame
from xiaodun.web.family.keeping import copy_of, kept

MOST_ROWS = 30


@require_GET
@by_link
def record(request: HttpRequest, key: str, guardian: Guardian) -> HttpResponse:
    """What is kept, newest first; rows beyond the thirtieth are in the copy."""
    own = kept(guardian.person)
    context: dict[str, Any] = family_frame(guardian, key) | {
        "illnesses": own.illnesses[:MOST_ROWS],
        "findings": own.findings[:MOST_ROWS],
        "n_findings": len(own.findings),
        "notices": own.notices[:MOST_ROWS],
        "enrolments": own.enrolments,
        "guardians": own.guardians,
    }
    return render(request, "family/record.html", context)


@require_GET
@by_link
def copy(request: HttpRequest, key: str, guardian: Guardian) -> HttpResponse:
    """A copy of everything, for a person or a machine. S21 (个人信息保护法) art. 45."""
    response = JsonResponse(
        copy_of(guardian.person, clock.now()), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    name = f"xiaodun-{clock.today()}.json"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
