"""同意与更正: what is kept by law, what only with consent, and how to say that something is wrong."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Refused
from xiaodun.measures.consents.actions import ask_correction, give_consent, withdraw_consent
from xiaodun.measures.consents.models import About, Correction, Giver, HealthCorrection, RosterCorrection
from xiaodun.measures.consents.purposes import PURPOSES
from xiaodun.measures.consents.queries import giver_on, in_force
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Guardian, Relation
from xiaodun.web.family.doors import by_link
from xiaodun.web.family.frame import family_frame


@require_GET
@by_link
def consent(request: HttpRequest, key: str, guardian: Guardian) -> HttpResponse:
    return _page(request, key, guardian)


@require_POST
@by_link
def choose(request: HttpRequest, key: str, guardian: Guardian) -> HttpResponse:
    """Agree to one purpose, or take it back. One press, at once, both ways."""
    purpose = request.POST.get("purpose", "")
    if purpose not in PURPOSES:
        raise Http404
    try:
        if request.POST.get("agree") == "1":
            give_consent(guardian=guardian, purpose=purpose)
        else:
            withdraw_consent(guardian=guardian, purpose=purpose)
    except Refused as refused:
        return _page(request, key, guardian, refused)
    return redirect("family:consent", key=key)


@require_POST
@by_link
def correct(request: HttpRequest, key: str, guardian: Guardian) -> HttpResponse:
    about = request.POST.get("about", "")
    if about not in About.values:
        raise Http404
    school = Org.objects.get(pk=guardian.person.school_id)
    try:
        ask_correction(
            guardian=guardian, about=About(about), said=request.POST.get("said", ""), school=school
        )
    except Refused as refused:
        return _page(request, key, guardian, refused)
    return redirect("family:consent", key=key)


def _page(request: HttpRequest, key: str, guardian: Guardian, refused: Refused | None = None) -> HttpResponse:
    person, today, tongue = guardian.person, clock.today(), get_language() or "zh"
    giver = giver_on(person, today)
    given = set(in_force(person, today).values_list("purpose", flat=True))
    is_zh = tongue.startswith("zh")
    purposes = [
        {
            "code": one.code,
            "word": one.zh if is_zh else one.en,
            "what": one.what_zh if is_zh else one.what_en,
            "basis": one.basis,
            "given": one.code in given,
        }
        for one in PURPOSES.values()
    ]
    own: list[Correction] = [
        row
        for model in (RosterCorrection, HealthCorrection)
        for row in model.objects.in_scope().filter(person=person)
    ]
    context = family_frame(guardian, key) | {
        "purposes": purposes,
        "giver": giver,
        "may_agree": (giver == Giver.SELF) == (guardian.relation == Relation.SELF),
        "abouts": About.choices,
        "corrections": sorted(own, key=lambda row: row.asked_at, reverse=True),
        "faults": refused.faults if refused else (),
        "said": request.POST.get("said", "") if refused else "",
    }
    return render(request, "family/consent.html", context, status=400 if refused else 200)
