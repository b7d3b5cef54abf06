"""Another provider's word for who somebody is (OpenID Connect), bound to an account that exists already.

Bound by the person, signed in, or by an operator; never by an e-mail address, and nobody signs up by it. Of what the provider
tells only the subject is kept. The second factor is ours and is asked for all the same.
"""

from __future__ import annotations

import logging
import time
from typing import Any

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xiaodun.foundation import journal
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.doors import acting, enter, own_account
from xiaodun.responsibility.accounts.models import Account

log = logging.getLogger(__name__)

# Signatures with a public key only: a secret that both sides know proves nothing to a third.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384")
SUBJECT_LENGTH = 191
# The session may bind an identity for some minutes: said by a press on our own page, so that no foreign link can do it.
_MAY_BIND = "may_bind_identity"
_BIND_MINUTES = 10

UNKNOWN = Fault(
    "identity.unknown",
    "那边认得您，这里还没有账号和它绑定。用账号密码登录后在“我的账号”里绑定，或找系统管理员绑定",
    "You are known there, but no account here is bound to it. Sign in with your password and bind it under My account, "
    "or ask your operator",
)
CANCELLED = Fault("identity.cancelled", "您在那边取消了登录", "You cancelled the sign-in there")
STALE = Fault(
    "identity.state", "这次登录不是从这里开始的，或已过期。从登录页再来一次",
    "This sign-in did not begin here or is out of date: start again from the sign-in page",
)  # fmt: skip
REFUSED = Fault(
    "identity.refused", "那边发来的身份凭据不对，没有登录。再试一次，还不行就用账号密码登录",
    "The proof of identity was not valid; you are not signed in. Try again, or use your password",
)  # fmt: skip
UNREACHABLE = Fault(
    "identity.unreachable", "那边现在连不上。用账号密码登录，或稍后再来",
    "The provider cannot be reached: use your password, or come back later",
)  # fmt: skip
TAKEN = Fault(
    "identity.taken", "这个身份已绑定到别的账号。先在那个账号里解除", "This identity is bound to another account: unbind it there first"
)  # fmt: skip
HAS_ONE = Fault(
    "identity.has_one",
    "这个账号已绑定一个身份，先解除",
    "This account has an identity already: unbind it first",
)


@transaction.atomic
def bind_identity(*, actor: Actor, account: Account, subject: str) -> SocialAccount:
    """Bind a provider's subject to an account. The caller has passed the operator's door, or is the account's own person."""
    subject = subject.strip()
    if not 0 < len(subject) <= SUBJECT_LENGTH:
        zh, en = (
            "填对方给的用户标识（sub），不超过 191 字",
            "Give the provider's subject (sub), at most 191 characters",
        )
        raise Refused(Fault("identity.subject", zh, en, "subject"))
    Account.objects.select_for_update().get(pk=account.pk)
    if SocialAccount.objects.filter(provider=settings.OIDC_PROVIDER, uid=subject).exists():
        raise Refused(TAKEN)
    if identity_of(account):
        raise Refused(HAS_ONE)
    bound = SocialAccount.objects.create(user=account, provider=settings.OIDC_PROVIDER, uid=subject)
    journal.write(actor.account_id, "identity.bind", ("account", account.pk))
    return bound


@transaction.atomic
def unbind_identity(*, actor: Actor, account: Account) -> bool:
    """Unbind; False where nothing was bound."""
    n_removed, _by_model = SocialAccount.objects.filter(user=account).delete()
    if n_removed:
        journal.write(actor.account_id, "identity.unbind", ("account", account.pk))
    return bool(n_removed)


def identity_of(account: Account) -> SocialAccount | None:
    return SocialAccount.objects.filter(user=account, provider=settings.OIDC_PROVIDER).first()


def allow_binding(request: HttpRequest) -> None:
    request.session[_MAY_BIND] = time.time()


def may_bind(request: HttpRequest) -> bool:
    return time.time() - float(request.session.get(_MAY_BIND, 0)) < _BIND_MINUTES * 60


class SignedTokens(OpenIDConnectOAuth2Adapter):
    """The code flow with every check on: issuer, signature, audience, expiry, and the nonce of this very sign-in."""

    state: dict[str, Any] | None = None

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **told: Any) -> SocialLogin:
        claims = self._claims(app, told["response"].get("id_token") or "")
        return self.get_provider().sociallogin_from_response(request, {"sub": claims["sub"]})

    def _claims(self, app: Any, id_token: str) -> dict[str, Any]:
        found = self.openid_config["issuer"]
        if found.rstrip("/") != app.settings["server_url"].partition("/.well-known/")[0].rstrip("/"):
            raise OAuth2Error("the issuer found is not the one configured")
        try:
            algorithm, key = jwtkit.fetch_key(id_token, self.openid_config["jwks_uri"], jwtkit.lookup_kid_jwk)
            if algorithm not in ALGORITHMS:
                raise OAuth2Error("not signed with a public key")
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key=key,
                algorithms=[algorithm],
                audience=app.client_id,
                issuer=found,
                options={"require": ["exp", "iat", "aud", "iss", "sub"]},
            )
        except (jwt.PyJWTError, KeyError) as wrong:
            raise OAuth2Error("not a valid id token") from wrong
        if not str(claims["sub"]).strip():
            raise OAuth2Error("no subject")
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("issued for another party")
        nonce = (self.state or {}).get("nonce")
        if not nonce or claims.get("nonce") != nonce:
            raise OAuth2Error("not the answer to this sign-in")
        return claims


class BoundOnly(DefaultSocialAccountAdapter):
    """Whoever is not bound gets a page that says what to do; nobody is signed up, nobody is found by an address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        process = sociallogin.state.get("process")
        if process == AuthProcess.CONNECT:
            raise ImmediateHttpResponse(_bind_own(request, sociallogin))
        if process != AuthProcess.LOGIN or not sociallogin.is_existing:
            raise ImmediateHttpResponse(refusal(request, UNKNOWN, 403))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        log.warning("identity refused: %s %s", error, type(exception).__name__)
        fault = REFUSED
        if error == AuthError.CANCELLED:
            fault = CANCELLED
        elif exception is None and "state_id" in (extra_context or {}):
            fault = STALE
        raise ImmediateHttpResponse(refusal(request, fault, 400 if fault is STALE else 401))


def refusal(request: HttpRequest, fault: Fault, status: int) -> HttpResponse:
    context = {"faults": [fault], "provider": settings.OIDC["NAME"]}
    return render(request, "account/identity_refused.html", context, status=status)


def _bind_own(request: HttpRequest, sociallogin: SocialLogin) -> HttpResponse:
    """The signed-in person has come back from the provider to bind what it said."""
    is_allowed = may_bind(request)
    request.session.pop(_MAY_BIND, None)
    if not is_allowed or enter(request) is None:
        return refusal(request, STALE, 400)
    try:
        bind_identity(actor=acting(request), account=own_account(request), subject=sociallogin.account.uid)
        messages.success(request, _("已绑定。下次可以用它登录"))
    except Refused as refused:
        for fault in refused.faults:
            messages.error(request, f"{fault.words(get_language() or 'zh')} ({fault.code})")
    return redirect("account")
