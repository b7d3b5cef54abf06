"""第二验证: switch it on with a telephone, off again, new recovery codes."""

from __future__ import annotations

import base64

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.accounts.codes import FirstCodeForm
from xiaodun.responsibility.accounts.doors import acting, freshly_signed_in, own_account, signed_in
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.accounts.second_factor import (
    codes_left,
    has_second_factor,
    new_codes,
    picture,
    switch_off,
    switch_on,
)
from xiaodun.responsibility.accounts.sessions import gave_second_factor
from xiaodun.web.page.context import frame


@require_GET
@never_cache
@signed_in
def second_factor(request: HttpRequest) -> HttpResponse:
    """Where it stands. Who was led here because a duty waits for it goes on where they were going."""
    mine, is_on = own_account(request), has_second_factor(own_account(request))
    if is_on and acting(request).withheld:
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': _next(request)})}")
    context = {
        "is_on": is_on,
        "is_given": gave_second_factor(request),
        "is_required": settings.SECOND_FACTOR == "required",
        "withheld": [Role(duty.role).label for duty in acting(request).withheld],
        "n_codes": codes_left(mine),
        "next": _next(request),
    }
    return render(request, "account/second_factor.html", frame(request) | context)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@never_cache
@freshly_signed_in
def on(request: HttpRequest) -> HttpResponse:
    """The secret as a picture and in letters; the first code proves that the telephone has it."""
    mine = own_account(request)
    if has_second_factor(mine):
        return redirect("second_factor")
    form = FirstCodeForm(data=request.POST if request.method == "POST" else None, user=mine)
    try:
        if form.is_valid():
            return _codes(request, switch_on(request=request, account=mine, form=form))
        drawn = base64.b64encode(picture(mine, form.secret).encode()).decode()
    except Refused as refused:
        return render(
            request, "account/second_factor.html", frame(request) | {"faults": refused.faults}, status=503
        )
    context = {
        "picture": f"data:image/svg+xml;base64,{drawn}",
        "letters": " ".join(form.secret[n : n + 4] for n in range(0, len(form.secret), 4)),
        "is_wrong": form.is_bound,
        "next": _next(request),
    }
    status = 400 if form.is_bound else 200
    return render(request, "account/second_factor_on.html", frame(request) | context, status=status)


@require_POST
@freshly_signed_in
def off(request: HttpRequest) -> HttpResponse:
    if has_second_factor(own_account(request)):
        switch_off(account=own_account(request))
        messages.success(request, _("第二验证已关"))
    return redirect("second_factor")


@require_POST
@freshly_signed_in
def codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown once."""
    if not has_second_factor(own_account(request)):
        return redirect("second_factor")
    return _codes(request, new_codes(account=own_account(request)))


def _codes(request: HttpRequest, told: list[str]) -> HttpResponse:
    context = {"codes": [f"{code[:4]} {code[4:]}" for code in told], "next": _next(request)}
    return render(request, "account/recovery_codes.html", frame(request) | context)


def _next(request: HttpRequest) -> str:
    """Where one was going, if it is one of our own pages."""
    there = request.POST.get("next") or request.GET.get("next") or ""
    return there if url_has_allowed_host_and_scheme(there, {request.get_host()}) else reverse("home")
