"""Codes of the second factor: each counts once, a miss counts as a miss of the account on that device."""

from __future__ import annotations

import time
from typing import Any

from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.conf import settings
from django.contrib.auth.signals import user_login_failed

_LAST = "last_counter"


def counter_of(secret: str, code: str) -> int | None:
    """The step of thirty seconds a code belongs to, of those that are accepted now; None for a wrong code."""
    now = int(time.time()) // settings.MFA_TOTP_PERIOD
    steps = range(now - settings.MFA_TOTP_TOLERANCE, now + settings.MFA_TOTP_TOLERANCE + 1)
    for step in steps:
        if compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, step))):
            return step
    return None


class _OnceOnly(forms.Form):
    """The library forgets a used code after one step, though it accepts it for three; we remember the step in the row."""

    user: Any

    def clean_code(self) -> str:
        request, credentials = context.request, {"username": self.user.get_username()}
        if not AxesProxyHandler.is_allowed(request, credentials):
            request.axes_locked_out = True
            request.axes_credentials = credentials
            raise get_adapter().validation_error("incorrect_code")
        code = str(self.cleaned_data["code"]).replace(" ", "")
        found = self._use(code)
        if found is None:
            user_login_failed.send(__name__, credentials=credentials, request=request)
            raise get_adapter().validation_error("incorrect_code")
        found.user = self.user
        self.authenticator = found
        return code

    def _use(self, code: str) -> Authenticator | None:
        """The authenticator that takes the code, which is spent from then on; its row is locked meanwhile."""
        rows = Authenticator.objects.select_for_update().filter(user=self.user).order_by("pk")
        for row in rows:
            if row.type == Authenticator.Type.TOTP:
                step = counter_of(get_adapter().decrypt(row.data["secret"]), code)
                if step is not None and step > row.data.get(_LAST, -1):
                    row.data[_LAST] = step
                    row.save(update_fields=["data"])
                    return row
            elif row.wrap().validate_code(code):
                row.refresh_from_db()
                return row
        return None


class CodeForm(_OnceOnly, AuthenticateForm):
    pass


class ConfirmCodeForm(_OnceOnly, ReauthenticateForm):
    pass


class FirstCodeForm(ActivateTOTPForm):
    """The code that switches the second factor on does not open a session afterwards."""

    def remember(self, row: Authenticator) -> None:
        row.data[_LAST] = counter_of(self.secret, self.cleaned_data["code"]) or -1
        row.save(update_fields=["data"])
