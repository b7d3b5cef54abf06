"""Guessing at passwords and codes is stopped without stopping a school that sits behind one address.

A browser from which somebody has signed in carries a signed cookie that says so. Misses are counted apart:

    at a known device        5 misses of one account            that account waits at that device
    at unknown devices       5 of one account and one browser   that account waits at such browsers
                             20 of one account                  that account waits at every unknown device
                             40 from one address and browser    such a browser waits at that address
                             300 from one address               unknown devices wait at that address

within fifteen minutes (settings.AXES_COOLOFF_TIME). Whoever comes from a device of their own is touched by the first row
alone: an attacker in the same building, or at the other end of the world, locks nobody out of their own telephone. A miss
while waiting is not counted, so that no one can keep an account shut. The numbers are product choices.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_user_agent
from axes.models import AccessAttempt
from django.conf import settings
from django.core import signing
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse

from xiaodun.responsibility.accounts.models import Account

COOKIE = "xiaodun_device"
COOKIE_DAYS = 180
MOST_ACCOUNTS = 12  # on one device: a computer in the staff room has many users
_SALT = "accounts.lockout"
_KNOWN, _UNKNOWN = "known device ", "browser "

OF_ONE_DEVICE = 5
OF_ONE_ACCOUNT = 20
OF_ONE_BROWSER = 40
OF_ONE_ADDRESS = 300


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """What a device's cookie says: its own random name, and the accounts that have signed in there, newest first."""

    name: str
    accounts: tuple[str, ...]

    def knows(self, username: str) -> bool:
        return _sign_of(username) in self.accounts


def typed_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The account name as typed, however it was written: one account, one count."""
    told = (credentials or {}).get("username") or request.POST.get("login") or ""
    return str(told).strip().casefold()[:150]


def device_of(request: HttpRequest) -> KnownDevice | None:
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=COOKIE_DAYS * 86400)
        return KnownDevice(str(told["name"]), tuple(map(str, told["accounts"])))
    except (signing.BadSignature, KeyError, TypeError):
        return None


def remember_device(request: HttpRequest, response: HttpResponse, account: Account) -> None:
    """After a whole sign-in, code included: this account's own misses are counted apart here from now on."""
    known = device_of(request)
    others = [sign for sign in (known.accounts if known else ()) if sign != _sign_of(account.username)]
    accounts = [_sign_of(account.username), *others][:MOST_ACCOUNTS]
    told = {"name": known.name if known else secrets.token_urlsafe(12), "accounts": accounts}
    response.set_cookie(
        COOKIE,
        signing.dumps(told, salt=_SALT),
        max_age=COOKIE_DAYS * 86400,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


class Budgets(AxesDatabaseHandler):
    """Counts misses as the table above says; axes keeps the rows and stops the sign-in."""

    def is_allowed(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        self._name_device(request, credentials)
        return bool(super().is_allowed(request, credentials))

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: Any = None, **facts: Any
    ) -> None:
        if request is not None:
            self._name_device(request, credentials)
        super().user_login_failed(sender, credentials, request, **facts)

    def user_logged_in(self, sender: Any, request: HttpRequest, user: Account, **facts: Any) -> None:
        self._name_device(request, {"username": user.get_username()})
        super().user_logged_in(sender, request, user, **facts)

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Misses of this account here, or as many as lock where one of the wider budgets is spent."""
        username, where = typed_name(request, credentials), request.axes_user_agent  # type: ignore[attr-defined]
        recent = AccessAttempt.objects.filter(attempt_time__gte=get_cool_off_threshold(request))
        here = _misses(recent.filter(username=username, user_agent=where))
        if where.startswith(_KNOWN):
            return here
        unknown = recent.exclude(user_agent__startswith=_KNOWN)
        address = Q(ip_address=request.axes_ip_address)  # type: ignore[attr-defined]
        wider = (
            (Q(username=username), OF_ONE_ACCOUNT),
            (address & Q(user_agent=where), OF_ONE_BROWSER),
            (address, OF_ONE_ADDRESS),
        )
        spent = any(_misses(unknown.filter(which)) >= budget for which, budget in wider)
        return max(here, OF_ONE_DEVICE) if spent else here

    def _name_device(self, request: HttpRequest, credentials: dict[str, Any] | None) -> None:
        """In the place of the browser's name, which everybody may choose, stands the known device's own."""
        known = device_of(request)
        if known and known.knows(typed_name(request, credentials)):
            name = _KNOWN + known.name
        else:
            name = f"{_UNKNOWN}{get_client_user_agent(request)}"[:255]
        request.axes_user_agent = name  # type: ignore[attr-defined]


def _misses(rows: QuerySet[AccessAttempt]) -> int:
    return int(rows.aggregate(n=Sum("failures_since_start"))["n"] or 0)


def _sign_of(username: str) -> str:
    """An account's sign in the cookie: enough to know it again, not its name."""
    text = f"{settings.SECRET_KEY}:{username.strip().casefold()}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
