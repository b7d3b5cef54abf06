"""Two ways to be known here: the signed-in browser (with CSRF), or a device token (no cookie, so no CSRF)."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer, SessionAuth

from xiaodun.foundation import clock
from xiaodun.foundation.scope import set_scope
from xiaodun.responsibility.accounts.actor import Actor, actor_of
from xiaodun.responsibility.accounts.doors import enter
from xiaodun.responsibility.accounts.models import DeviceToken


class Browser(SessionAuth):
    """The session of a signed-in browser. A request that shows a token is judged by its token alone."""

    def _get_key(self, request: HttpRequest) -> str | None:
        return None if "Authorization" in request.headers else super()._get_key(request)

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        return None if "Authorization" in request.headers else enter(request)


class Device(HttpBearer):
    openapi_description = "A device token from POST /api/v1/devices"

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        row = (
            DeviceToken.objects.select_related("account")
            .filter(token_hash=DeviceToken.hash_of(token))
            .first()
        )
        now = clock.now()
        if row is None or not row.is_live(now) or not row.account.is_active:
            return None
        row.note_use(now)
        actor = actor_of(row.account, clock.today(), second_factor=row.second_factor)
        request.actor = actor  # type: ignore[attr-defined]
        set_scope(actor.reach)
        return actor


KEYS = [Device(), Browser()]
