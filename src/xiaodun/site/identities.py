"""Signing in by another provider (OpenID Connect), and binding what it says to one's own account."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from xiaodun.responsibility.accounts.doors import acting, freshly_signed_in, own_account, public
from xiaodun.responsibility.accounts.identities import (
    UNREACHABLE,
    SignedTokens,
    allow_binding,
    may_bind,
    refusal,
    unbind_identity,
)
from xiaodun.web.page.context import frame


class _Callback(OAuth2CallbackView):
    """Hands the state of this sign-in, with its nonce, to the check of the token."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, response = super()._get_state(request, provider)
        self.adapter.state = state
        return state, response


@require_GET
@never_cache
@public
def sign_in(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Off to the provider. To bind what it will say, the session must have been told so on our own page."""
    provider = _provider(request, provider_id)
    process = AuthProcess.CONNECT if may_bind(request) else AuthProcess.LOGIN
    nonce = get_random_string(32)
    try:
        return provider.redirect(
            request,
            process,
            get_next_redirect_url(request),
            auth_params=provider.get_auth_params() | {"nonce": nonce},
            nonce=nonce,
        )
    except (RequestException, KeyError, ValueError):
        return refusal(request, UNREACHABLE, 503)


@require_GET
@never_cache
@public
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider, with a code or with an error."""
    _provider(request, provider_id)
    try:
        return _Callback.adapter_view(SignedTokens(request, provider_id))(request)
    except RequestException:
        return refusal(request, UNREACHABLE, 503)


@require_POST
@freshly_signed_in
def bind(request: HttpRequest) -> HttpResponse:
    """The press that allows this session to bind; the page then leads to the provider."""
    allow_binding(request)
    context = {"provider": settings.OIDC["NAME"], "provider_id": settings.OIDC_PROVIDER}
    return render(request, "account/bind.html", frame(request) | context)


@require_POST
@freshly_signed_in
def unbind(request: HttpRequest) -> HttpResponse:
    mine = own_account(request)
    if unbind_identity(actor=acting(request), account=mine):
        messages.success(request, _("已解除绑定"))
    return redirect("account")


def _provider(request: HttpRequest, provider_id: str) -> Any:
    try:
        return SignedTokens(request, provider_id).get_provider()
    except SocialApp.DoesNotExist:
        raise Http404 from None
