"""The doors of the whole house: front page, home of each role, language, the demo's sign-in links."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.responsibility.accounts.actions import choose_language, choose_type_size
from xiaodun.responsibility.accounts.doors import acting, enter, public, signed_in
from xiaodun.responsibility.accounts.models import Account, Role
from xiaodun.responsibility.accounts.sessions import prove
from xiaodun.site import demo_family
from xiaodun.site.cast import demo_cast

HOMES = {
    Role.CLASS_REPORTER: "classroom:check",
    Role.DORM_WARDEN: "classroom:check",
    Role.BUS_ESCORT: "classroom:check",
    Role.STAFF_REPORTER: "classroom:check",
    Role.EPIDEMIC_REPORTER: "school:day",
    Role.SCHOOL_DOCTOR: "school:follow_ups",
    Role.PRINCIPAL: "school:day",
    Role.COUNTY_OFFICER: "bureau:today",
    Role.CDC_DOCTOR: "partner:tray",
    Role.SCHOOL_CLERK: "office:home",
    Role.OPERATOR: "office:duties",
}


@require_GET
@public
def front(request: HttpRequest) -> HttpResponse:
    """What this is; in the demo, one sign-in link for each role."""
    return render(request, "site/front.html", {"cast": demo_cast() if settings.DEMO else []})


@require_GET
@never_cache
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """The page of one's first post: a teacher's class, a school's day, a county's day, the CDC's tray."""
    actor = acting(request)
    if actor.withheld:
        return redirect(settings.SECOND_FACTOR_URL)
    duty = next((duty for duty in actor.duties if duty.role in HOMES), None)
    if duty is None:
        return render(request, "site/no_duty.html", status=200)
    return redirect(reverse(HOMES[duty.role], args=[duty.org_id]))


@require_POST
@public
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language, kept with the account and in a cookie."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise Http404
    actor = enter(request)
    if actor:
        choose_language(actor=actor, language=chosen)
    response = _back(request)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, chosen, max_age=365 * 86400, samesite="Lax", secure=settings.HTTPS
    )
    return response


@require_POST
@signed_in
def large_type(request: HttpRequest) -> HttpResponse:
    """Switch large type on or off, kept with the account."""
    choose_type_size(actor=acting(request), large=request.POST.get("large") == "1")
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    back = request.POST.get("next", "/")
    return redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/")


@require_GET
@public
def demo_sign_in(request: HttpRequest, username: str) -> HttpResponse:
    """Enter as one of the demo's cast. Outside the demo there is no such address."""
    if not settings.DEMO or username not in {member.username for member in demo_cast()}:
        raise Http404
    if username == demo_family.USERNAME:
        key = demo_family.parent_link()
        if key is None:
            raise Http404
        return redirect("family:absence", key=key)
    account = Account.objects.filter(username=username, is_active=True).first()
    if account is None:
        raise Http404
    login(request, account, backend=settings.AUTHENTICATION_BACKENDS[1])
    prove(request, account, "demo")
    return redirect("home")


@require_GET
@public
def healthz(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


def closed(request: HttpRequest) -> HttpResponse:
    """Accounts are opened by the school or the bureau, not here."""
    return redirect(settings.LOGIN_URL)
