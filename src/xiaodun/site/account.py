"""One's own account: what stands there, the password, the proof of who one is."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.stagekit import clear_login
from allauth.account.views import LoginView, ReauthenticateView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCodeView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.actions import live_tokens
from xiaodun.responsibility.accounts.doors import LINK, acting, declare, own_account, signed_in
from xiaodun.responsibility.accounts.identities import identity_of
from xiaodun.responsibility.accounts.passwords import account_of_link, change_password, set_password_by_link
from xiaodun.responsibility.accounts.second_factor import has_second_factor
from xiaodun.responsibility.accounts.sessions import can_confirm, prove
from xiaodun.web.page.context import frame

WRONG_OLD = Fault("password.old", "旧密码不对", "The old password is wrong", "old")
NO_PASSWORD = Fault(
    "password.none",
    "这个账号没有密码。找给您开账号的单位要一次性链接",
    "This account has no password: ask the office that opened it for a one-time link",
)
NOT_TWICE = Fault("password.twice", "两次新密码不一样", "The two new passwords differ", "again")


class SignIn(LoginView):
    """Account and password; beside them the other provider, where the installation names one. `?other`: begin anew."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if "other" in request.GET and not request.user.is_authenticated:
            clear_login(request)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "provider": settings.OIDC["NAME"] if settings.OIDC["ISSUER"] else ""
        }


class Confirm(ReauthenticateView):
    """Who is it? Asked before something weighty. Who has neither password nor code signs in anew."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not can_confirm(request):
            context = {"next": request.GET.get("next", ""), "provider": settings.OIDC["NAME"]}
            return render(request, "account/confirm_anew.html", context)
        return super().dispatch(request, *args, **kwargs)


class ConfirmByCode(ReauthenticateByCodeView):
    """The same by a code of the second factor; who has none is asked otherwise."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not has_second_factor(own_account(request)):
            return redirect(f"{reverse('account_reauthenticate')}?{request.GET.urlencode()}")
        return super().dispatch(request, *args, **kwargs)


@require_GET
@never_cache
@signed_in
def account(request: HttpRequest) -> HttpResponse:
    """我的账号: duties, ways in, devices."""
    mine = own_account(request)
    duties = mine.duties.from_now(clock.today()).select_related("org").order_by("from_day", "pk")
    context = {
        "account": mine,
        "duties": duties,
        "has_factor": has_second_factor(mine),
        "n_devices": live_tokens(mine).count(),
        "identity": identity_of(mine),
        "provider": settings.OIDC["NAME"] if settings.OIDC["ISSUER"] else "",
    }
    return render(request, "account/account.html", frame(request) | context)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@never_cache
@signed_in
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password, knowing the old one. Every other session and every device key end."""
    mine = own_account(request)
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            if not mine.has_usable_password():
                raise Refused(NO_PASSWORD)
            if not get_adapter(request).reauthenticate(mine, request.POST.get("old", "")):
                raise Refused(WRONG_OLD)
            change_password(actor=acting(request), account=mine, new=_new(request))
        except Refused as refused:
            faults = refused.faults
        else:
            update_session_auth_hash(request, mine)
            prove(request, mine, "password")
            messages.success(request, _("密码已改。别处的登录和设备都已退出"))
            return redirect("account")
    context = {"faults": faults, "has_password": mine.has_usable_password()}
    return render(request, "account/password.html", frame(request) | context, status=400 if faults else 200)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@never_cache
def set_password(request: HttpRequest, key: str) -> HttpResponse:
    """The bearer of a one-time link chooses a password for the account the link was given for."""
    of = account_of_link(key)
    if of is None:
        raise Http404
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            set_password_by_link(key=key, new=_new(request))
        except Refused as refused:
            faults = refused.faults
        else:
            messages.success(request, _("密码已设好。用它登录"))
            return redirect("account_login")
    context = {"faults": faults, "account": of, "key": key}
    return render(request, "account/set_password.html", context, status=400 if faults else 200)


declare(set_password, LINK)


def _new(request: HttpRequest) -> str:
    """The new password, written twice alike. Raises Refused."""
    new = request.POST.get("new", "")
    if new != request.POST.get("again", ""):
        raise Refused(NOT_TWICE)
    return new
