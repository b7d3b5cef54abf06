"""What a session has proved: when the person signed in, whether with a second factor, and when they last did something.

The sign-in library writes one record for each proof (a password, a code, another provider) with its instant of the
machine's own clock. Idle time runs on the product's clock.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from xiaodun.foundation import clock
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.models import Account
from xiaodun.responsibility.accounts.rights import needs_second_factor

BEGAN, SEEN = "began", "seen"
# Being there is noted once a minute: a page that is read writes nothing more often.
_NOTED_EVERY = timedelta(minutes=1)


@receiver(user_logged_in)
def begin(request: HttpRequest, **_facts: Any) -> None:
    request.session[BEGAN] = request.session[SEEN] = clock.now().isoformat()


def prove(request: HttpRequest, account: Account, method: str, **facts: Any) -> None:
    """Write down that this session has proved something now: `password`, `mfa`, `demo`."""
    record_authentication(request, account, method, reauthenticated=True, **facts)


def gave_second_factor(request: HttpRequest) -> bool:
    return any(record.get("method") == "mfa" for record in _records(request))


def is_fresh(request: HttpRequest) -> bool:
    """Has this session proved who it is within the last minutes (settings.FRESH_MINUTES)?"""
    latest = max((float(record.get("at", 0)) for record in _records(request)), default=0.0)
    return time.time() - latest < settings.FRESH_MINUTES * 60


def can_confirm(request: HttpRequest) -> bool:
    """Has this account anything to confirm with: a password, a second factor? The demo's cast has nothing."""
    return bool(get_reauthentication_flows(request.user))


def is_over(request: HttpRequest, actor: Actor) -> bool:
    """Whole sessions end after a working day; those with a high duty also when nobody touched them for a while."""
    now = clock.now()
    began, seen = _instant(request, BEGAN), _instant(request, SEEN)
    if began and now - began >= timedelta(seconds=settings.SESSION_COOKIE_AGE):
        return True
    is_high = any(needs_second_factor(duty.role, duty.level) for duty in actor.duties + actor.withheld)
    if not is_high or seen is None:
        return False
    if now - seen >= timedelta(minutes=settings.IDLE_MINUTES):
        return True
    # A page that fetches itself anew is no sign of anybody.
    if now - seen >= _NOTED_EVERY and "HX-Request" not in request.headers:
        request.session[SEEN] = now.isoformat()
    return False


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    user = request.user
    if not hasattr(request, "session") or not isinstance(user, Account):
        return []
    return list(get_authentication_records(request, user))


def _instant(request: HttpRequest, key: str) -> datetime | None:
    text = request.session.get(key) if hasattr(request, "session") else None
    return datetime.fromisoformat(text) if text else None
