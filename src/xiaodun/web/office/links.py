"""家长链接: one secret link for one guardian, shown once, printed as a slip with its code; whole classes at one press."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.guardians import (
    end_guardian,
    guardians_of_class,
    issue_class_keys,
    issue_guardian_key,
    live_links,
    revoke_guardian_keys,
)
from xiaodun.responsibility.roster.models import Guardian
from xiaodun.web.office.saying import done, tell
from xiaodun.web.page.context import frame


def home_of(guardian_id: int) -> Org | None:
    """The class of a guardian's child (the school, where there is none), as far as the row policy shows the guardian."""
    found = (
        Guardian.objects.in_scope()
        .select_related("person")
        .filter(pk=guardian_id, ended_on__isnull=True)
        .first()
    )
    return Org.objects.filter(pk=found.person.class_id or found.school_id).first() if found else None


@require_http_methods(["GET", "POST"])
@never_cache
@door(Right.INVITE_GUARDIANS, org="class_id", level=Level.KLASS)
def links(request: HttpRequest, class_id: int, unit: Org) -> HttpResponse:
    """Who of a class holds a link; the press makes slips, which stand on that answer alone."""
    if request.method == "POST":
        issued = issue_class_keys(actor=acting(request), klass=unit, again=request.POST.get("again") == "1")
        if issued:
            return _slips(request, unit, issued)
        messages.info(request, _("这个班的监护人都有有效链接。要换新的，勾选“全部重出”"))
    guardians = guardians_of_class(unit.pk)
    live = live_links(guardians)
    context = {
        "klass": unit,
        "rows": [(one, live.get(one.pk)) for one in guardians],
        "n_without": sum(one.pk not in live for one in guardians),
        "keeps": acting(request).may(Right.KEEP_ROSTER, unit),
    }
    return render(request, "office/links.html", frame(request, unit) | context)


@require_POST
@never_cache
@door(Right.INVITE_GUARDIANS, find=home_of)
def give(request: HttpRequest, guardian_id: int, unit: Org) -> HttpResponse:
    """One new slip; the guardian's earlier links die."""
    guardian = _guardian(guardian_id)
    try:
        key = issue_guardian_key(actor=acting(request), guardian=guardian)
    except Refused as refused:
        tell(request, refused)
        return redirect("office:person", person_id=guardian.person_id)
    return _slips(request, unit, [(guardian, key)])


@require_POST
@door(Right.INVITE_GUARDIANS, find=home_of)
def revoke(request: HttpRequest, guardian_id: int, unit: Org) -> HttpResponse:
    guardian = _guardian(guardian_id)
    done(request, lambda: revoke_guardian_keys(actor=acting(request), guardian=guardian), _("链接已作废"))
    return _back(request, unit, guardian)


@require_POST
@door(Right.KEEP_ROSTER, find=home_of)
def end(request: HttpRequest, guardian_id: int, unit: Org) -> HttpResponse:
    """Somebody no longer answers for the child; the links go too."""
    guardian = _guardian(guardian_id)
    done(request, lambda: end_guardian(actor=acting(request), guardian=guardian), _("已停用，链接一并作废"))
    return redirect("office:person", person_id=guardian.person_id)


def _slips(request: HttpRequest, unit: Org, issued: list[tuple[Guardian, str]]) -> HttpResponse:
    school = unit if unit.level == Level.SCHOOL else Org.objects.get(pk=unit.of_school)
    slips = []
    for guardian, key in issued:
        url = request.build_absolute_uri(reverse("family:absence", args=[key]))
        slips.append({"guardian": guardian, "person": guardian.person, "url": url, "code": _code(url)})
    context: dict[str, Any] = {"klass": unit, "school": school, "slips": slips}
    response = render(request, "office/slips.html", frame(request, unit) | context)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _code(url: str) -> SafeString:
    """The link as a QR code, drawn inline; it holds nothing from outside but the address we made."""
    drawn = segno.make(url, error="m", micro=False).svg_inline(
        scale=1, border=2, omitsize=True, svgclass="qr", lineclass=None
    )
    return mark_safe(drawn)  # noqa: S308


def _guardian(guardian_id: int) -> Guardian:
    found: Guardian | None = (
        Guardian.objects.in_scope().select_related("person").filter(pk=guardian_id).first()
    )
    if found is None:
        raise Http404
    return found


def _back(request: HttpRequest, unit: Org, guardian: Guardian) -> HttpResponse:
    if unit.level == Level.KLASS and not acting(request).may(Right.KEEP_ROSTER, unit):
        return redirect("office:links", class_id=unit.pk)
    return redirect("office:person", person_id=guardian.person_id)
