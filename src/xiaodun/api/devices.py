"""Device tokens: issued to a signed-in account, revoked by it, dead after a few days by themselves."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema
from ninja.responses import Status

from xiaodun.api.keys import Browser
from xiaodun.api.problems import problem
from xiaodun.responsibility.accounts.actions import issue_device_token, revoke_device_token
from xiaodun.responsibility.accounts.doors import ACCOUNT, acting, declare

router = Router()


class DeviceIn(Schema):
    label: str = Field(..., max_length=60, description="what the device is called")


class DeviceOut(Schema):
    id: int
    token: str = Field(..., description="shown once")
    expires_at: datetime


# Only a person who has signed in: a token that could ask for the next one would never die.
@router.post("/devices", auth=Browser(), response={201: DeviceOut}, summary="Issue a token to this device")
def issue(request: HttpRequest, body: DeviceIn) -> Status[dict[str, object]]:
    token, row = issue_device_token(actor=acting(request), label=body.label)
    return Status(201, {"id": row.pk, "token": token, "expires_at": row.expires_at})


@router.delete("/devices/{token_id}", response={204: None}, summary="Revoke one of your device tokens")
def revoke(request: HttpRequest, token_id: int) -> HttpResponse | Status[None]:
    if not revoke_device_token(actor=acting(request), token_id=token_id):
        return problem(404, "not_found")
    return Status(204, None)


for _view in (issue, revoke):
    declare(_view, ACCOUNT)
