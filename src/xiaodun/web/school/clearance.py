"""复课: the criteria in sentences, what they still miss, the certificate, the doctor's evidence, the slip and its public page."""

from __future__ import annotations

from datetime import date
from typing import Any

import segno
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Refused
from xiaodun.measures.health.clearing import clear, record_facts, withdraw
from xiaodun.measures.health.course import answer, must_clear
from xiaodun.measures.health.isolating import isolated
from xiaodun.measures.health.models import CertificatePhoto, Clearance, FollowUp
from xiaodun.measures.health.photos import PHOTO_DAYS, has_consent, keep_photo, read_photo
from xiaodun.measures.health.picture import MOST_BYTES
from xiaodun.measures.health.verifying import verify
from xiaodun.responsibility.accounts.doors import LINK, acting, declare, door
from xiaodun.responsibility.accounts.models import Account
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Person
from xiaodun.rules.criterion import DAYS, FACTS
from xiaodun.rules.return_words import explain_return
from xiaodun.rules.returning import ReturnAnswer
from xiaodun.web.page.context import frame
from xiaodun.web.school.case import case_of, classes_of, keeper_of, names_of, on_case, read_day
from xiaodun.web.school.words import say_refused

_DAY_CODES = frozenset(word.code for word in DAYS)


@require_GET
@never_cache
@door(Right.FOLLOW_HEALTH, find=keeper_of)
def clearance(request: HttpRequest, follow_up_id: int, unit: Org) -> HttpResponse:
    """May this pupil come back, from when, and why; then the certificate, then the slip."""
    case = case_of(request, follow_up_id)
    today, language = clock.today(), get_language() or "zh"
    found, faults = _answer(case, today)
    slips = list(Clearance.objects.in_scope().filter(follow_up=case).order_by("-cleared_at"))
    person = Person.objects.visible_to(acting(request).reach).filter(pk=case.person_id).first()
    slip = next((one for one in slips if one.withdrawn_at is None), None)
    context = {
        "school": unit,
        "case": case,
        "name": names_of(request, unit, [case.person_id])[case.person_id],
        "klass": classes_of([case.keeper_class_id]).get(case.keeper_class_id or 0, ""),
        "answer": found,
        "faults": faults,
        "sentences": _sentences(slip, found, language),
        "missing": [_asked(code, language) for code in (found.missing if found else ())],
        "waits": must_clear(case, today),
        "notice": isolated(case.person_id, today),
        "slip": slip,
        "withdrawn": [one for one in slips if one.withdrawn_at is not None],
        "by": dict(
            Account.objects.filter(pk__in=[one.cleared_by for one in slips]).values_list("pk", "name")
        ),
        "photo": CertificatePhoto.objects.in_scope().filter(follow_up_id=case.pk).first(),
        "may_photo": person is not None and has_consent(person),
        "photo_days": PHOTO_DAYS,
        "from_day": max(today, (found.earliest_on if found else None) or today),
    }
    return render(request, "school/clearance.html", frame(request, unit) | context)


@on_case("school:clearance")
def facts(request: HttpRequest, case: FollowUp, unit: Org) -> None:
    """The facts that the criteria miss: days as dates, what a person must see as ticks."""
    said: dict[str, date | bool] = {}
    for code in FACTS:
        text = request.POST.get(code, "")
        if code in _DAY_CODES:
            day = read_day(text, code)
            if day is not None:
                said[code] = day
        elif text == "1":
            said[code] = True
    record_facts(actor=acting(request), follow_up=case, facts=said)
    messages.success(request, _("已记下，最早复课日已重算"))


@on_case("school:clearance")
def give(request: HttpRequest, case: FollowUp, unit: Org) -> None:
    said = request.POST
    slip = clear(
        actor=acting(request),
        follow_up=case,
        shown=said.get("shown", ""),
        from_day=read_day(said.get("from_day", ""), "from_day"),
        evidence_reason=said.get("evidence_reason", ""),
        evidence_document=said.get("evidence_document", ""),
    )
    messages.success(request, _("复课凭据已开，核对码 %(code)s") % {"code": slip.check_code})


@on_case("school:clearance")
def photo(request: HttpRequest, case: FollowUp, unit: Org) -> None:
    sent = request.FILES.get("photo")
    if sent is None:
        messages.error(request, _("先选一张照片"))
        return
    keep_photo(actor=acting(request), follow_up=case, data=sent.read(MOST_BYTES + 1))
    messages.success(request, _("照片已存，%(n)d 天后自动删除") % {"n": PHOTO_DAYS})


def school_of_photo(photo_id: int) -> Org | None:
    rows = CertificatePhoto.objects.in_scope().filter(pk=photo_id)
    school_id = rows.values_list("keeper_school_id", flat=True).first()
    return Org.objects.filter(pk=school_id).first() if school_id else None


@require_POST
@never_cache
@door(Right.FOLLOW_HEALTH, find=school_of_photo)
def show_photo(request: HttpRequest, photo_id: int, unit: Org) -> HttpResponse:
    """The picture itself. A POST, because each look leaves a line in the journal."""
    kept: CertificatePhoto = CertificatePhoto.objects.in_scope().get(pk=photo_id)
    try:
        with transaction.atomic():
            jpeg = read_photo(actor=acting(request), photo=kept)
    except Refused as refused:
        say_refused(request, refused)
        return redirect("school:clearance", kept.follow_up_id)
    return HttpResponse(jpeg, content_type="image/jpeg", headers={"Content-Disposition": "inline"})


def school_of_slip(clearance_id: int) -> Org | None:
    rows = Clearance.objects.in_scope().filter(pk=clearance_id)
    school_id = rows.values_list("keeper_school_id", flat=True).first()
    return Org.objects.filter(pk=school_id).first() if school_id else None


@require_GET
@never_cache
@door(Right.FOLLOW_HEALTH, find=school_of_slip)
def slip(request: HttpRequest, clearance_id: int, unit: Org) -> HttpResponse:
    """The slip to print and hand over, with its code; the disease does not stand on it."""
    found: Clearance = Clearance.objects.in_scope().get(pk=clearance_id)
    url = request.build_absolute_uri(reverse("school:verify_slip", args=[found.token]))
    context = {
        "school": unit,
        "slip": found,
        "name": names_of(request, unit, [found.person_id])[found.person_id],
        "klass": classes_of([found.keeper_class_id]).get(found.keeper_class_id or 0, ""),
        "by": Account.objects.filter(pk=found.cleared_by).values_list("name", flat=True).first(),
        "code": _qr(url),
        "url": url,
    }
    return render(request, "school/slip.html", frame(request, unit) | context)


@require_POST
@door(Right.FOLLOW_HEALTH, find=school_of_slip)
def withdraw_slip(request: HttpRequest, clearance_id: int, unit: Org) -> HttpResponse:
    found: Clearance = Clearance.objects.in_scope().get(pk=clearance_id)
    try:
        with transaction.atomic():
            withdraw(actor=acting(request), clearance=found, reason=request.POST.get("reason", ""))
        messages.success(request, _("凭据已撤回，扫码即见“已撤回”"))
    except Refused as refused:
        say_refused(request, refused)
    return redirect("school:clearance", found.follow_up_id)


@require_GET
@never_cache
def verified(request: HttpRequest, token: str) -> HttpResponse:
    """What the bearer of a slip's code sees. A code that nobody gave out is no page, like any other."""
    found = verify(token)
    if found is None:
        raise Http404
    response = render(request, "school/verify.html", {"found": found, "as_of": clock.now()})
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


declare(verified, LINK)


def _answer(case: FollowUp, today: date) -> tuple[ReturnAnswer | None, tuple[Any, ...]]:
    try:
        return answer(case, today), ()
    except Refused as refused:
        return None, refused.faults


def _sentences(slip: Clearance | None, found: ReturnAnswer | None, language: str) -> tuple[str, ...]:
    """Under a slip the criterion as it was when it was given; a later pack or fact changes nothing there."""
    if slip is not None:
        return tuple(slip.criterion.get("zh" if language.startswith("zh") else "en", ()))
    return explain_return(found, language) if found else ()


def _asked(code: str, language: str) -> dict[str, Any]:
    return {"code": code, "label": FACTS[code].words(language), "is_day": code in _DAY_CODES}


def _qr(url: str) -> SafeString:
    """The code as SVG. segno draws numbers only; the address is ours."""
    drawn = segno.make(url, error="m").svg_inline(
        scale=4, border=2, svgclass=None, lineclass=None, omitsize=True
    )
    return mark_safe(drawn)  # noqa: S308
