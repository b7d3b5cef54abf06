"""What the sign-in library asks us: nobody signs up, misses are counted by us, secrets are sealed, words are ours."""

from __future__ import annotations

import io
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest, HttpResponse

from xiaodun.foundation.sealed import seal, unseal
from xiaodun.responsibility.accounts.lockout import remember_device
from xiaodun.responsibility.accounts.models import Account

_SEALED_FOR = "second_factor"


class ClosedDoor(DefaultAccountAdapter):
    """Accounts are opened by an office or an import; nobody signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: the library's own limit would lock an account on all its devices because somebody guesses."""

    def post_login(self, request: HttpRequest, user: Account, **facts: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **facts)
        remember_device(request, response, user)
        return response

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The library's sentences are not said; our pages say what happened."""


class SealedSecrets(DefaultMFAAdapter):
    """The secret of a second factor lies sealed in the database; its picture is drawn here."""

    def encrypt(self, text: str) -> str:
        return seal(text, _SEALED_FOR).hex()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(bytes.fromhex(encrypted_text), _SEALED_FOR)

    def get_totp_label(self, user: Account) -> str:
        return user.username

    def build_totp_svg(self, url: str) -> str:
        picture = io.BytesIO()
        segno.make(url, error="m").save(picture, kind="svg", scale=5, border=2, xmldecl=False)
        return picture.getvalue().decode()


def client_address(request: HttpRequest) -> str | None:
    """The address a request came from, past the proxies we trust (settings.ALLAUTH_TRUSTED_PROXY_COUNT)."""
    return str(get_client_ip(request) or "") or None
